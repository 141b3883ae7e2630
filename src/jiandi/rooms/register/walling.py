"""A wall goes where the person it seals goes: through a merge, and to whoever is newly parted from a sealed person.

Nothing here takes a wall away. Who is unsealed again after a wrong merge is for two people to say, not for a program.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jiandi.rooms.access.actions_walls import add_entries
from jiandi.rooms.access.bulk import among, update
from jiandi.rooms.access.models import WallEntry
from jiandi.rooms.register.models import Person


def carry_walls(moves: Iterable[tuple[int, int]], at: datetime) -> int:
    """Seal whoever records of a sealed person went to, as that person is sealed; return how many were.

    `moves`: (the number records had, the number they have). Whoever has a wall already keeps it, and whoever stood outside
    the other one stands outside it too. Called by the actions that move records, inside their transaction.
    """
    wanted = sorted({(was, now) for was, now in moves if was != now})
    sealed = Person.objects.filter(among("pk", {was for was, _ in wanted}), wall__isnull=False)
    walls: dict[int, int] = dict(sealed.values_list("pk", "wall_id"))
    if not walls:
        return 0
    own = dict(
        Person.objects.filter(among("pk", {now for was, now in wanted if was in walls})).values_list(
            "pk", "wall_id"
        )
    )
    fresh: dict[int, int] = {}
    for was, now in wanted:
        wall = walls.get(was)
        standing = fresh.get(now) or own.get(now)
        if wall is None or wall == standing:
            continue
        if standing is None:
            fresh[now] = wall
        else:
            _widen(standing, wall, at)
    update(Person, ("wall",), [(wall, person) for person, wall in sorted(fresh.items())])
    return len(fresh)


def _widen(wall: int, other: int, at: datetime) -> None:
    """Put everybody who stands outside the other wall outside this one too."""
    outside = WallEntry.objects.filter(wall=other, removed_at__isnull=True).select_related("unit", "officer")
    entries = [(entry.unit or entry.officer, entry.why) for entry in outside.order_by("pk")]
    add_entries(wall, [(who, why) for who, why in entries if who is not None], by=None, at=at)
