"""What a finding of fault is, and how many of what kind make one. Each question stands in its own module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from jiandi.core.values import Source, Text

NO_ACTION, SLOW, IMPROPER, FAKE = "no_action", "slow", "improper", "fake"
KINDS: dict[str, Text] = {
    NO_ACTION: Text(zh="不作为", en="No action"),
    SLOW: Text(zh="慢作为", en="Slow"),
    IMPROPER: Text(zh="乱作为", en="Improper"),
    FAKE: Text(zh="假作为", en="Fake"),
}
KIND_MEANS: dict[str, Text] = {
    NO_ACTION: Text(zh="时限到了,没有任何动作", en="nothing happened before the clock ran out"),
    SLOW: Text(zh="做了,但超过时限", en="done, but after the clock ran out"),
    IMPROPER: Text(zh="超出职权或违反程序", en="outside power or procedure"),
    FAKE: Text(zh="记录与证据相反", en="a record that evidence contradicts"),
}
MOST_SOURCES = 50  # ids kept with a finding; the sentence says how many there are


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: what, of which unit, what it is about (the key), where it stands, behind which wall."""

    kind: str
    code: str
    about: str
    unit_id: int
    county_id: int
    detail: Text
    sources: tuple[Source, ...] = field(default=())
    wall_id: int | None = None

    @property
    def key(self) -> str:
        """The same matter found again has the same key."""
        return f"{self.code}:{self.about}"


Question = Callable[[datetime], Iterator[Found]]


def listed(kind: str, rows: QuerySet[Any]) -> tuple[Source, ...]:
    """Return rows as sources: the fifty that came first, so that the same matter cites the same."""
    ids = rows.order_by("pk").values_list("pk", flat=True)[:MOST_SOURCES]
    return tuple(Source(kind, number) for number in ids)
