"""Submissions read beside the office: while one batch is written down, a process of its own reads the next.

Reading asks nobody and changes nothing, so what comes out is the same with and without the second process, in the same
order. This file is also that process: it imports the forms and nothing of the service, so it starts at once.
"""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jiandi.core.forms.problems import Problem, problems
from jiandi.core.forms.visit import VisitForm, parse
from jiandi.core.values import Refused, Text

_SOURCE = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Read:
    """What a submission says by itself: its digest, the body as it is stored, its form and what does not add up in it; or
    (code, why) it cannot be read."""

    sha256: bytes
    stored: bytes = b""
    form: VisitForm | None = None
    problems: tuple[Problem, ...] = ()
    refusal: tuple[str, Text] | None = None


def read(body: bytes, *, received_at: datetime) -> Read:
    """Read one submission."""
    digest = hashlib.sha256(body).digest()
    try:
        form = parse(body)
    except Refused as why:
        return Read(digest, refusal=(why.code, why.text))
    return Read(digest, packed(body), form, tuple(problems(form, received_at=received_at)))


def packed(body: bytes) -> bytes:
    """Return a body as it is stored."""
    return zlib.compress(body, 1)  # a tenth larger than at 6, at a third of the cost


def read_all(bodies: Sequence[bytes], *, received_at: datetime) -> list[Read]:
    """Read submissions here and now."""
    return [read(body, received_at=received_at) for body in bodies]


def read_ahead(batches: Iterable[list[bytes]], *, received_at: datetime) -> Iterator[list[Read]]:
    """Yield every batch's readings; the next batch is fetched and read while the caller works on this one.

    A single batch is read on the spot, where starting a process would cost more than it saves.
    """
    waiting = iter(batches)
    first, second = next(waiting, None), next(waiting, None)
    if first is None:
        return
    if second is None:
        yield read_all(first, received_at=received_at)
        return
    with _Reader(received_at) as reader:
        under_way = [reader.begin(first), reader.begin(second)]
        while under_way:
            readings = under_way.pop(0).result()
            later = next(waiting, None)
            if later is not None:
                under_way.append(reader.begin(later))
            yield readings


class _Reader:
    """The reading process, asked one batch at a time; when it dies, batches are read on the spot instead."""

    def __init__(self, received_at: datetime) -> None:
        command = [sys.executable, "-c", f"from {__name__} import serve; serve()"]
        self._at = received_at
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_SOURCE)
        self._talk = ThreadPoolExecutor(1)

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it holds nothing that could be lost
        self._talk.shutdown()
        self._process.communicate()

    def begin(self, batch: list[bytes]) -> Future[list[Read]]:
        """Have a batch read as soon as those before it are."""
        return self._talk.submit(self._ask, batch)

    def _ask(self, batch: list[bytes]) -> list[Read]:
        assert self._process.stdin is not None and self._process.stdout is not None  # both were asked for
        try:
            pickle.dump((self._at, batch), self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
            answer: list[Read] = pickle.load(self._process.stdout)
            return answer
        except (OSError, EOFError, pickle.UnpicklingError):
            return read_all(batch, received_at=self._at)


def serve() -> None:
    """Be the reading process: batches in by the standard input, readings out, until the office hangs up."""
    while True:
        try:
            received_at, bodies = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer = read_all(bodies, received_at=received_at)
        pickle.dump(answer, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
