"""Numbers people can see that say nothing about how many there are, so that a gap never gives a walled matter away."""

from __future__ import annotations

from django.db.models import QuerySet

from jiandi.rooms.access import dice
from jiandi.rooms.access.bulk import among


def unused(taken: QuerySet, count: int = 1, *, digits: int, field: str = "pk") -> list[int]:  # type: ignore[type-arg]
    """Return so many random numbers of a length, none of them taken: counting on from one tells nobody of the next."""
    low = 10 ** (digits - 1)
    found: dict[int, None] = {}
    while len(found) < count:
        need = count - len(found)
        rolled = dice.token_bytes(8 * need)
        fresh = {
            low + int.from_bytes(rolled[i : i + 8], "big") % (9 * low): None for i in range(0, 8 * need, 8)
        }
        known = set(taken.filter(among(field, fresh)).values_list(field, flat=True))
        found.update((number, None) for number in fresh if number not in known)
    return list(found)[:count]
