"""People about whom somebody knows more than the lists: a program neither closes them, nor merges them away, nor parts them.

Cases are kept in a room above, which the register cannot see. It writes a `Safeguard` here, in the transaction that opens the case,
and ends it when the case is settled. What the register does for their sake it does for everybody else of whom papers, an officer or
another county know more than the lists, in the same words: nobody can tell from a question, a refusal or an order who has a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb
import pyarrow as pa
from django.db.models import Exists, OuterRef, Q

from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import Guardianship, LifeEvent
from jiandi.rooms.register.models_safeguard import Safeguard
from jiandi.rooms.register.models_transfer import Transfer
from jiandi.rooms.register.standing import standing_for

# Why a pair waits that the comparison would have decided by itself; said of everybody the rule protects.
HELD = "held"
HELD_SAYS = Text(
    zh="比对结果与登记册现状不一致,程序不自行改动,由人判定",
    en="The comparison says otherwise than the register stands; no program changes it, a person decides",
)
_PEOPLE = {"person_id": pa.int64()}
_BY_PEOPLE = (LifeEvent.Source.OFFICER, LifeEvent.Source.TRANSFER)


def known_otherwise() -> Q:
    """Return the condition that somebody works on what becomes of a person, or that papers or another county know of them."""
    live = {"person": OuterRef("pk"), "superseded_by__isnull": True}
    told = LifeEvent.objects.filter(**live).exclude(source=LifeEvent.Source.ROSTER).exclude(kind="undone")
    handed = Transfer.objects.filter(person=OuterRef("pk"), direction=Transfer.Direction.IN)
    guarded = Safeguard.objects.filter(person=OuterRef("pk"), until__isnull=True)
    return (
        Q(Exists(guarded))
        | Q(Exists(told))
        | Q(Exists(Guardianship.objects.filter(**live)))
        | Q(Exists(handed))
    )


def held_among(people: Iterable[int | None]) -> set[int]:
    """Return those of these people about whom two must decide: what is held of them is sealed, or is more than lists say."""
    numbers = sorted({one for one in people if one})
    if not numbers:
        return set()
    theirs = Person.objects.filter(among("pk", numbers))
    return set(theirs.filter(Q(wall__isnull=False) | known_otherwise()).values_list("pk", flat=True))


def load_held(con: duckdb.DuckDBPyConnection) -> None:
    """Make held_people(person_id): whom the run may give rows that were nobody's, and otherwise leaves as they are.

    Few everywhere: asked table by table, so that nobody reads all people to find them.
    """
    written = LifeEvent.objects.filter(superseded_by__isnull=True, source__in=_BY_PEOPLE).exclude(
        kind="undone"
    )
    found = {
        *Safeguard.objects.filter(until__isnull=True).values_list("person", flat=True),
        *Guardianship.objects.filter(superseded_by__isnull=True).values_list("person", flat=True),
        *Transfer.objects.filter(direction=Transfer.Direction.IN).values_list("person", flat=True),
        *written.values_list("person", flat=True),
    }
    shelf.load(con, "held_people", _PEOPLE, [(one,) for one in sorted(found)])


def begin_safeguard(
    people: Iterable[int], *, ground: int, at: datetime, reason: str = Safeguard.Reason.CASE
) -> None:
    """Leave these people, and whoever they are now, to be decided about by people; inside the action that has the ground.

    Whoever is safeguarded for this ground already stays so.
    """
    numbers = set(people)
    numbers |= set(standing_for(numbers).values())
    live = Safeguard.objects.filter(reason=reason, ground=ground, until__isnull=True)
    fresh = numbers - set(live.values_list("person", flat=True))
    Safeguard.objects.bulk_create(
        [Safeguard(person_id=one, reason=reason, ground=ground, since=at) for one in sorted(fresh)]
    )


def end_safeguard(*, ground: int, at: datetime, reason: str = Safeguard.Reason.CASE) -> None:
    """Let everybody go who was safeguarded for this ground; inside the action that ends it."""
    Safeguard.objects.filter(reason=reason, ground=ground, until__isnull=True).update(until=at)


def carry_safeguards(moves: Iterable[tuple[int, int]], at: datetime) -> None:
    """Safeguard whoever records of a safeguarded person went to, for the same ground, as walls are carried.

    `moves`: (the number records had, the number they have). Of two people parted no program knows which the case is about.
    """
    wanted = [(was, now) for was, now in moves if was != now]
    live = Safeguard.objects.filter(among("person_id", {was for was, _ in wanted}), until__isnull=True)
    grounds: dict[int, list[tuple[str, int]]] = {}
    for person, reason, ground in live.order_by("pk").values_list("person", "reason", "ground"):
        grounds.setdefault(person, []).append((reason, ground))
    for was, now in wanted:
        for reason, ground in grounds.get(was, ()):
            begin_safeguard([now], ground=ground, at=at, reason=reason)
