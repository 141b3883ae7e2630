"""Whom a run writes about: everybody, or the few whom a change can have touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet

from jiandi.rooms.access.bulk import among

Thing = TypeVar("Thing", bound=Model)


@dataclass(frozen=True, slots=True)
class Reach:
    """The people a run writes about; None is everybody."""

    people: frozenset[int] | None = None

    def of(self, things: QuerySet[Thing], *columns: str) -> QuerySet[Thing]:
        """Return those of the things that name somebody within reach in one of the columns."""
        if self.people is None:
            return things
        condition = among(columns[0], self.people)
        for column in columns[1:]:
            condition |= among(column, self.people)
        return things.filter(condition)


EVERYBODY = Reach()
