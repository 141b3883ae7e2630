"""The child that asks a county's own Python for its SQL: alone, with little memory and time, without files.

Run by path, not as a module: it imports no Jiandi code and is given no connection, so that a rule's Python can say what it would
ask and reach no record. Reads one JSON object (source, name, at, day, limits) from standard input and binds itself before it runs the
source. Writes one JSON object: the SQL, or the line and the kind of error.
"""

from __future__ import annotations

import datetime as dt
import json
import math  # noqa: F401 - what a rule's Python may want is here before the doors are closed
import re  # noqa: F401
import resource
import sys
import textwrap  # noqa: F401
import traceback
from types import SimpleNamespace
from typing import Any


class Limits(dict[str, float]):
    """A rule's thresholds, read as the server's own rules read them."""

    def whole(self, name: str) -> int:
        """Return a threshold as a whole number."""
        return int(self[name])


def main(seconds: int, memory: int) -> int:
    """Ask the source for its SQL, or say where it fails."""
    told = json.load(sys.stdin)
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever the source prints is not the answer
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # no file, no socket, no module that is not here yet
    ):
        resource.setrlimit(what, (most, most))
    sys.addaudithook(_refuse)
    try:
        answer: dict[str, Any] = {"sql": asked(told)}
    except BaseException as broken:  # noqa: BLE001 - also a rule that calls exit() has failed, and says where
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(broken.__traceback__)
            if frame.filename == told["name"]
        ]
        answer = {
            "line": (lines or [getattr(broken, "lineno", None) or 1])[-1],
            "kind": type(broken).__name__,
        }
    json.dump(answer, answers)
    return 0


_CLOSED = (
    "open",
    "os.",
    "socket.",
    "subprocess.",
    "shutil.",
    "ctypes.",
    "resource.",
    "signal.",
    "pty.",
    "mmap.",
)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    """Stop what reaches out of the process: limits alone do not keep the server's own user from removing or moving files."""
    if event.startswith(_CLOSED):
        raise PermissionError(event)


def asked(told: dict[str, Any]) -> str:
    """Run the source and return what its `judge` says."""
    space: dict[str, Any] = {"__name__": "rule"}
    exec(compile(told["source"], told["name"], "exec"), space)
    limits = Limits(told["limits"])
    ask = SimpleNamespace(
        at=dt.date.fromisoformat(told["at"]), day=told["day"], limits=limits, days=limits.whole
    )
    sql = space["judge"](ask)
    if not isinstance(sql, str):
        raise TypeError("judge returns SQL")
    return sql


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
