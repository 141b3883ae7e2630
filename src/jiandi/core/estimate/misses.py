"""Measured misses: people whom somebody outside the screening pointed out, and whom no list and no visit had.

A report, a hotline call or a notice of a missing person that leads to somebody tests the screening from outside, as a
traveller tests a timetable. Such signals are not drawn by lottery: they come from where people dare to speak. So they are
counted, each miss stands for itself, and no rate and no estimate of how many others there are may be made of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from jiandi.core.values import Text

Standing = Literal["seen", "listed", "missed", "unknown"]


@dataclass(frozen=True, slots=True)
class Misses:
    """How the people stood whom outside signals led to, on the day of the signal: counts of people, not of signals.

    `seen` had been seen by a visit, `listed` stood on a roster and had not been seen, `missed` were on no roster and no
    visit had met them; `unknown` signals led to nobody yet.
    """

    seen: int = 0
    listed: int = 0
    missed: int = 0
    unknown: int = 0

    @property
    def people(self) -> int:
        """Everybody the signals led to."""
        return self.seen + self.listed + self.missed

    def text(self) -> Text:
        """The counts in a sentence that claims no more than they do."""
        if not self.people:
            return _NOBODY.filled(u=self.unknown)
        return _MISSES.filled(n=self.people, m=self.missed, l=self.listed, s=self.seen, u=self.unknown)


def count_misses(standings: Iterable[Standing]) -> Misses:
    """Count people by how they stood when the signal came."""
    told = list(standings)
    return Misses(told.count("seen"), told.count("listed"), told.count("missed"), told.count("unknown"))


_MISSES = Text(
    zh="外来信号指到{n}人:其中{m}人当时不在任何名册上,走访也没有见过(实测遗漏);{l}人在册而未见到;{s}人已见到。另有{u}件还没有指到人。"
    "这些信号不是抽签来的,只作计数,不能推算比例或总数。",
    en="Outside signals led to {n} people: {m} were on no roster and no visit had met them (measured misses), {l} were on a"
    " roster and not seen, {s} had been seen. {u} more have led to nobody yet. Signals do not come by lottery: they are"
    " counted, and no rate or total follows from them.",
)
_NOBODY = Text(
    zh="还没有外来信号指到人(另有{u}件未查明)。没有信号不等于没有遗漏。",
    en="No outside signal has led to anybody yet ({u} are not cleared up). No signal does not mean nobody was missed.",
)
