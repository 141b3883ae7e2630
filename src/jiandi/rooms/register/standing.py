"""Who stands for a number now: a merge leads onwards, and so may the one after it, until somebody is reached who has records."""

from __future__ import annotations

from collections.abc import Iterable

from jiandi.rooms.access.bulk import among
from jiandi.rooms.register.models import Person


def standing_for(numbers: Iterable[int]) -> dict[int, int]:
    """Return, for those of these people who were merged into others, whom they are now: the end of the chain A -> B -> C.

    One question for each length of chain, not for each person. Who was not merged is left out.
    """
    onwards: dict[int, int] = {}
    asked = {number for number in numbers if number}
    waiting = set(asked)
    while waiting:
        merged = Person.objects.filter(among("pk", waiting), superseded_by__isnull=False)
        step: dict[int, int] = dict(merged.values_list("pk", "superseded_by_id"))
        onwards |= step
        waiting = set(step.values()) - onwards.keys()
    return {number: _end(onwards, number) for number in asked & onwards.keys()}


def whom(person: Person) -> Person:
    """Return whom a person is now: whoever was merged stands where, and behind which wall, the other one stands."""
    number = standing_for([person.pk]).get(person.pk)
    known = Person.objects.select_related("wall", "village", "town", "county")
    return known.get(pk=number) if number else person


def numbers_of(people: Iterable[int]) -> set[int]:
    """Return every number these people ever had: their own, and those of everybody merged into them, at any remove."""
    reached = {number for number in people if number}
    waiting = set(reached)
    while waiting:
        into = Person.objects.filter(among("superseded_by_id", waiting))
        waiting = set(into.values_list("pk", flat=True)) - reached
        reached |= waiting
    return reached


def _end(onwards: dict[int, int], number: int) -> int:
    passed = {number}
    while (after := onwards.get(number)) is not None and after not in passed:
        passed.add(after)
        number = after
    return number
