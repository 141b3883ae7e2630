"""Field workers at work beside the office: a replay in a process of its own, which hands in visits as they are made.

In a county submissions come from phones; here a second process stands for the phones, so that receiving is timed alone.
A line of JSON goes in (a chunk of tasks), a line comes out (their submissions); the order is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import IO

from jiandi.world.visitors import Replay, Task

CHUNK = 250
AHEAD = 12  # chunks under way while one is being received: more than the office takes in at a time
_SOURCE = Path(__file__).parents[2]


class Workers:
    """The field workers of a world, in a process that ends with the `with` block."""

    def __init__(self, out: Path) -> None:
        command = [sys.executable, "-m", "jiandi.world.replaying", str(out.resolve())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_SOURCE)
        # A pipe holds less than one chunk: both ends are served apart, so that neither side waits while the other works.
        self._post, self._fetch = ThreadPoolExecutor(1), ThreadPoolExecutor(1)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it only reads files; whoever stopped listening must not wait for it
        self._post.shutdown()
        self._fetch.shutdown()
        self._process.communicate()

    def visit(self, tasks: Iterable[Task]) -> Iterator[bytes]:
        """Yield what `Replay.visit` yields, a few chunks ahead of the reader; RuntimeError when the process died."""
        assert self._process.stdin is not None and self._process.stdout is not None  # both were asked for
        waiting, under_way = iter(tasks), deque[tuple[Future[None], Future[bytes]]]()
        while True:
            chunk = list(islice(waiting, CHUNK))
            if chunk:
                sent = self._post.submit(_send, self._process.stdin, chunk)
                under_way.append((sent, self._fetch.submit(self._process.stdout.readline)))
            if under_way and (not chunk or len(under_way) > AHEAD):
                sent, made = under_way.popleft()
                line = made.result()
                if not line:
                    raise RuntimeError("the process that replays visits ended before its work was done")
                sent.result()
                yield from (body.encode() for body in json.loads(line))
            elif not chunk:
                return


def _send(to: IO[bytes], chunk: list[Task]) -> None:
    to.write(json.dumps(chunk).encode() + b"\n")
    to.flush()


def _serve(out: Path, tasks: IO[bytes], submissions: IO[bytes]) -> None:
    replay = Replay(out)
    for line in tasks:
        bodies = [body.decode() for body in replay.visit(json.loads(line))]
        submissions.write(json.dumps(bodies, ensure_ascii=False).encode() + b"\n")
        submissions.flush()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
