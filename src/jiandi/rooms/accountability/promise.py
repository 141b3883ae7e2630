"""A promise of the ledger and what can be shown about it. Nothing is green because it is hoped for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from jiandi.core.values import Text
from jiandi.rooms.accountability.facts import Facts

MET, PARTLY, NOT_MET, CANNOT = "met", "partly", "not_met", "cannot_be_shown"
Figure = tuple[Text, int | float | str]


@dataclass(frozen=True, slots=True)
class Promise:
    """One row of the ledger, in our own words: what was diagnosed or promised, by whom, what would prove it."""

    number: str
    kind: str  # diagnosis | commitment
    theme: str
    text: Text
    departments: tuple[Text, ...]
    group: Text
    proof: Text
    query: str
    groups: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    missing: Text = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the evidence says: a state, a sentence, the figures behind it; sealed where it counts alerts or cases."""

    state: str
    detail: Text
    figures: list[Figure] = field(default_factory=list)
    is_sealed: bool = False


Query = Callable[[Facts, Promise], Shown]


def cannot(zh: str, en: str, figures: list[Figure] | None = None, *, sealed: bool = False) -> Shown:
    """Say exactly what is missing before anything can be shown."""
    return Shown(CANNOT, Text(zh=f"尚不能证明:{zh}", en=f"Cannot be shown yet: {en}"), figures or [], sealed)


def graded(done: int, whole: int, *, is_complete: bool = True) -> str:
    """Return met, partly or not met for a part of a whole; a whole that is not complete is never met."""
    if done >= whole and is_complete:
        return MET
    return PARTLY if done > 0 else NOT_MET


def figure(zh: str, en: str, value: int | float | str) -> Figure:
    """Return one labelled figure."""
    return (Text(zh=zh, en=en), value)
