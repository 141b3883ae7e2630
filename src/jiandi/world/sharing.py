"""Two processes make a world's villages: the neighbour makes them while this one writes them down, and helps when free.

A village needs nothing but the seed and its place, so it does not matter who makes it, nor when: the bytes are the same.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from jiandi.world.settling import Settler
from jiandi.world.sheaves import Sheaf

WORTH_IT = 12_000  # people; below, a process takes longer to begin than it saves
ASKED = 2  # villages the second process knows of, so that it never waits for the next
AHEAD = 6  # villages that may be ready before their turn to be written
_GONE = "the process that makes villages beside this one ended before its work was done"
_SOURCE = Path(__file__).parents[2]


def spare_core() -> bool:
    """Say whether this process may use a second core."""
    return len(os.sched_getaffinity(0)) > 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) > 1


class Neighbour:
    """The second process; it ends with the `with` block. OSError where no process can be had."""

    def __init__(self, people: int, seed: int, parameter_file: Path | None) -> None:
        command = [sys.executable, "-m", "jiandi.world.beside", str(people), str(seed)]
        command += [str(parameter_file.resolve())] if parameter_file else []
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_SOURCE)
        self._post = ThreadPoolExecutor(1)

    def __enter__(self) -> Neighbour:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()  # it writes no file; whoever stopped listening must not wait for it
        self._post.shutdown()
        self._process.communicate()

    def ask(self, village: int) -> Future[bytes]:
        """Ask for a village by its number; the answer is a pickled sheaf, or RuntimeError when the process died."""
        stdin = self._process.stdin
        assert stdin is not None  # it was asked for
        try:
            stdin.write(b"%d\n" % village)
            stdin.flush()
        except BrokenPipeError as broken:
            raise RuntimeError(_GONE) from broken
        return self._post.submit(self._read)

    def _read(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None  # it was asked for
        length = int.from_bytes(stdout.read(8), "big")
        body = stdout.read(length)
        if not length or len(body) < length:
            raise RuntimeError(_GONE)
        return body


def share(settler: Settler, neighbour: Neighbour) -> Iterator[Sheaf]:
    """Yield every village's sheaf in order: those the neighbour made, and those made here while waiting for it."""
    coming, ahead = iter(settler.places.villages), deque[Sheaf | Future[bytes]]()
    while True:
        busy = sum(isinstance(one, Future) and not one.done() for one in ahead)
        for place in islice(coming, min(ASKED - busy, AHEAD - len(ahead))):
            ahead.append(neighbour.ask(place.index))
        if not ahead:
            return
        first = ahead[0]
        if isinstance(first, Future) and not first.done():
            here = next(coming, None) if len(ahead) < AHEAD else None
            if here is not None:
                ahead.append(settler.sheaf(here))
                continue
        ahead.popleft()
        yield first if isinstance(first, Sheaf) else pickle.loads(first.result())
