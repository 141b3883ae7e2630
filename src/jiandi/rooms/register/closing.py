"""People whom no delivered row speaks for any more: who was entered by a wrong delivery alone is closed, and opens again with a row.

Nobody is deleted. Who fell off a list that was followed by a newer one stays somebody to be seen: that is where a hidden person shows.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from jiandi.rooms.access.bulk import update
from jiandi.rooms.register.models import FOUND, Person, Record, Roster
from jiandi.rooms.register.reach import Reach
from jiandi.rooms.register.safeguarding import known_otherwise

_SPEAKING = (Roster.State.READ, Roster.State.STANDING)


def settle_unspoken(reach: Reach, at: datetime) -> dict[str, int]:
    """Close whoever is left without a row by withdrawals alone, open again whoever has one; return how many there are of each.

    Closed are only provisional people: whom one department alone had named, and never one behind a wall. `unspoken`: people
    without a row who stay open all the same. Whoever another county handed over, or of whom an officer, a door or a case
    knows more than the list did, stays: nobody else would count them.
    """
    if not Roster.objects.filter(state__in=(Roster.State.REPLACED, Roster.State.WITHDRAWN)).exists():
        return {"closed": 0, "opened": 0, "unspoken": 0}
    people = reach.of(Person.objects.filter(superseded_by__isnull=True), "pk")
    opened = list(people.filter(closed_at__isnull=False).filter(_has_row(_SPEAKING)).order_by("pk"))
    update(Person, ("closed_at",), [(None, person.pk) for person in opened])
    silent = people.exclude(kinds=FOUND).exclude(_has_row(_SPEAKING))
    update(Person, ("record_count",), [(0, pk) for pk in _numbers(silent.exclude(record_count=0))])
    still = silent.filter(closed_at__isnull=True)
    closing = _numbers(
        still.filter(is_provisional=True, wall__isnull=True)
        .exclude(_has_row((Roster.State.REPLACED,)))
        .exclude(known_otherwise())
    )
    update(Person, ("closed_at",), [(at, pk) for pk in closing])
    return {"closed": len(closing), "opened": len(opened), "unspoken": still.count()}


def reopen(person: Person) -> None:
    """Count somebody again who came from elsewhere, inside the action that says so; a withdrawn list ends no arrival."""
    Person.objects.filter(pk=person.pk, closed_at__isnull=False).update(closed_at=None)


def _has_row(states: tuple[str, ...]) -> Exists:
    return Exists(Record.objects.filter(person=OuterRef("pk"), roster__state__in=states))


def _numbers(people: QuerySet[Person]) -> list[int]:
    return list(people.order_by("pk").values_list("pk", flat=True))
