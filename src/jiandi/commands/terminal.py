"""How commands speak: a progress bar per stage, a table, JSON - and as which officer they act."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jiandi.commands.speaking import add_common, language_of, show
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer

__all__ = [
    "Bar",
    "acting_officer",
    "add_common",
    "cpu_seconds",
    "language_of",
    "peak_megabytes",
    "show",
    "stage",
]

WIDTH = 24


class Bar:
    """One line that fills while a stage works; plain lines where nobody watches a terminal."""

    def __init__(self, text: Text, language: str) -> None:
        self.text = text.say(language)
        self.started = time.monotonic()
        self.last = 0.0
        self.is_live = sys.stderr.isatty()

    def __call__(self, done: int, whole: int) -> None:
        """Show how far the stage is."""
        now = time.monotonic()
        if not self.is_live or (now - self.last < 0.1 and done < whole):
            return
        self.last = now
        filled = WIDTH * done // whole if whole else 0
        sys.stderr.write(f"\r  {self.text}  {'█' * filled}{'░' * (WIDTH - filled)} {done:,}/{whole:,}   ")
        sys.stderr.flush()

    def close(self, figures: str) -> float:
        """End the line with what came out and how long it took."""
        seconds = time.monotonic() - self.started
        start = "\r\x1b[K" if self.is_live else ""
        sys.stderr.write(f"{start}  ✓ {self.text}  {figures}  {seconds:.1f} s\n")
        sys.stderr.flush()
        return seconds


@contextmanager
def stage(text: Text, language: str = "zh") -> Iterator[Bar]:
    """Show a bar while the block runs."""
    bar = Bar(text, language)
    yield bar


def cpu_seconds() -> float:
    """Return the processor time this process and its finished children have used."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def peak_megabytes() -> int:
    """Return the most memory this process and its children have held, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, children) // 1024


def acting_officer(arguments: argparse.Namespace) -> Officer:
    """Return the named officer a command acts as; there is no nameless operator."""
    username = arguments.officer or os.environ.get("JIANDI_OFFICER")
    if not username:
        raise Refused(
            "access.no_officer",
            Text(
                zh="请用 --as 用户名(或环境变量 JIANDI_OFFICER)说明您是谁:每一步都记在一个人的名下。",
                en="Say who you are with --as USERNAME (or JIANDI_OFFICER): every step is recorded under a person's name.",
            ),
        )
    found = Officer.objects.select_related("unit").filter(username=username, is_active=True).first()
    if found is None:
        raise Refused(
            "access.unknown_officer",
            Text(zh=f"没有用户名为“{username}”的在岗人员。", en=f"There is no active officer “{username}”."),
        )
    return found
