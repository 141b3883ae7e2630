"""Who was to be reached and who was: both parts of the denominator, seen in person and seen alone, never one number.

Full coverage = (seen in person or excused by rule) / (everybody on any roster + people found on no list). Somebody
found on no list raises the denominator, so the rate may fall: that is good news, and is said so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiandi.core.values import Text


@dataclass(frozen=True, slots=True)
class Coverage:
    """The count of one place or group: listed people (union of all rosters) and people found on no list.

    `seen` counts people seen in person, `seen_alone` those of them seen alone, `excused` those excused by rule.
    """

    place: str
    listed: int
    unlisted_found: int
    seen: int
    seen_alone: int
    excused: int

    def __post_init__(self) -> None:
        if (
            not 0
            <= self.seen_alone
            <= self.seen
            <= self.seen + self.excused
            <= self.listed + self.unlisted_found
        ):
            raise ValueError(f"coverage of {self.place} does not add up")

    @property
    def denominator(self) -> int:
        """Everybody who was to be reached."""
        return self.listed + self.unlisted_found

    @property
    def not_seen(self) -> int:
        """Who was neither seen in person nor excused."""
        return self.denominator - self.seen - self.excused

    @property
    def rate(self) -> float | None:
        """Seen in person or excused, as a share of everybody to be reached; None where there was nobody."""
        return (self.seen + self.excused) / self.denominator if self.denominator else None

    @property
    def percent(self) -> str:
        """The rate in percent, cut down to one decimal so that it never reads more than it is."""
        return "-" if self.rate is None else f"{math.floor(1000 * self.rate + 1e-9) / 10:.1f}%"

    def text(self) -> Text:
        """The count in one sentence, both parts of the denominator in it."""
        return _COVERAGE.filled(
            listed=self.listed,
            unlisted=self.unlisted_found,
            all=self.denominator,
            seen=self.seen,
            alone=self.seen_alone,
            excused=self.excused,
            left=self.not_seen,
        )


def count_coverage(
    places: np.ndarray, *, listed: np.ndarray, seen: np.ndarray, seen_alone: np.ndarray, excused: np.ndarray
) -> list[Coverage]:
    """Count coverage by place from one row per person: place code and four yes/no columns of equal length.

    A person not listed counts as found on no list. Somebody both seen and excused counts as seen.
    """
    names, place = np.unique(places, return_inverse=True)

    def count(which: np.ndarray) -> list[int]:
        return np.bincount(place[which], minlength=len(names)).astype(int).tolist()

    seen, listed = seen.astype(bool), listed.astype(bool)
    columns = (
        count(listed),
        count(~listed),
        count(seen),
        count(seen & seen_alone.astype(bool)),
        count(~seen & excused.astype(bool)),
    )
    return [Coverage(str(name), *values) for name, *values in zip(names, *columns, strict=True)]


def add_coverage(place: str, parts: Sequence[Coverage]) -> Coverage:
    """The coverage of a place from that of its parts."""
    return Coverage(
        place,
        sum(part.listed for part in parts),
        sum(part.unlisted_found for part in parts),
        sum(part.seen for part in parts),
        sum(part.seen_alone for part in parts),
        sum(part.excused for part in parts),
    )


def compare_coverage(before: Coverage, after: Coverage) -> Text:
    """Say what changed between two counts; people found on no list are good news though the rate may fall."""
    found = after.unlisted_found - before.unlisted_found
    if found > 0:
        return _FOUND_MORE.filled(n=found, before=before.percent, after=after.percent)
    return _CHANGED.filled(before=before.percent, after=after.percent)


_COVERAGE = Text(
    zh="应见{all:,}人(各名册合并{listed:,}人,名册外发现{unlisted:,}人):见到本人{seen:,}人,其中单独见面{alone:,}人,"
    "依规免访{excused:,}人,尚未见到{left:,}人。",
    en="{all:,} people to be reached ({listed:,} on the rosters together, {unlisted:,} found on no list): {seen:,} seen in"
    " person, {alone:,} of them alone, {excused:,} excused by rule, {left:,} not seen yet.",
)
_FOUND_MORE = Text(
    zh="新发现名册外{n}人,这是好事;分母因此变大,覆盖率由{before}变为{after}。",
    en="{n} more people were found on no list, which is good news; the denominator grew, the rate went from {before}"
    " to {after}.",
)
_CHANGED = Text(zh="覆盖率由{before}变为{after}。", en="The rate went from {before} to {after}.")
