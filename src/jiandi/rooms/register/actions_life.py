"""Deaths, births and moves: noted from lists and visits, entered with a paper, taken back by an event of their own.

A death that one source alone knows of is a question and ends nothing; two sources that do not know it from each other settle
it. Somebody who moved out stays counted until the other side has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from jiandi.rooms.access.bulk import among, insert
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import closing, life, policies_life, shelf
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.standing import whom

_STATE, _KIND = LifeEvent.State, LifeEvent.Kind
BIRTHS_OF_DAYS = (
    400  # older births are in every list already; these are the newborn who should now be counted
)
_COLUMNS = ("person", "kind", "effective_on", "source", "source_id", "origin", "document", "other_place", "note", "state",
            "village", "town", "county", "entered_by", "entered_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What was said at a door: that a person has died, on which visit, on which day."""

    person_id: int
    visit_id: int
    on: date


def note_life_events(*, by: Officer, at: datetime, told: Sequence[Told] = ()) -> int:
    """Note deaths and births that the lists hold and deaths told at doors, each source once; return how many were new.

    Everything local is one source, however often it is told. `told` is handed down by whoever reads visits. What was taken back stays so: the same row is not noted again. Where
    nothing is new, nothing is written.
    """
    permit(by, "register.note_life_events", at=at)
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        rows = life.from_rosters(con, since=timezone.localdate(at) - timedelta(days=BIRTHS_OF_DAYS))
        con.close()
    rows += [(one.person_id, "death", one.on, "visit", one.visit_id, life.LOCAL) for one in told]
    known = set(LifeEvent.objects.values_list("person_id", "kind", "source", "source_id"))
    fresh = [row for row in rows if (row[0], row[1], row[3], row[4]) not in known]
    return _note(by=by, at=at, fresh=fresh) if fresh else 0


@action
def _note(*, by: Officer, at: datetime, fresh: Sequence[tuple[Any, ...]]) -> int:
    """Write what is new, inside one transaction; one event for all of it."""
    where = {p.pk: p for p in Person.objects.filter(among("pk", {row[0] for row in fresh}))}
    first = {"death": _STATE.QUESTION, "birth": _STATE.SETTLED}
    insert(
        LifeEvent,
        _COLUMNS,
        [
            (*row, "", "", "", first[row[1]], where[row[0]].village_id, where[row[0]].town_id, where[row[0]].county_id,
             by.pk, at)
            for row in fresh
            if row[0] in where
        ],
    )  # fmt: skip
    people = {row[0] for row in fresh if row[1] == "death"}
    settle(people)
    record_batch(
        "register.note_life_events",
        by=by,
        at=at,
        subject=by,
        subjects_kind="person",
        subject_ids=sorted(where),
        place=by.unit.place,
        payload={"events": len(fresh)},
    )
    return len(fresh)


@action
def enter_life_event(
    *,
    by: Officer,
    at: datetime,
    person: Person,
    kind: str,
    effective_on: date,
    document: str,
    place: Place | None = None,
    other_place: str = "",
    note: str = "",
) -> LifeEvent:
    """Write down a death, birth or move with the paper that shows it; `place` is where somebody moved in."""
    here = place or person.village or person.town or person.county
    permit(by, "register.enter_life_event", at=at, place=here, wall=person.wall)
    policies_life.check_no_tie(by, person)
    policies_life.check_life_event(kind, effective_on, document, other_place, place, at)
    (event,) = LifeEvent.objects.bulk_create(
        [
            LifeEvent(
                person=person, kind=kind, effective_on=effective_on, source=LifeEvent.Source.OFFICER, origin=life.origin_of(by.unit),
                document=document.strip()[:120], other_place=other_place.strip()[:100], note=note.strip()[:300],
                state=_STATE.SETTLED if kind in (_KIND.BIRTH, _KIND.MOVED_IN) else _STATE.QUESTION,
                village=(place.village if place and place.level > 4 else place) if place else person.village,
                town=place.town if place else person.town, county=(place.county if place else None) or person.county,
                entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip
    settle({person.pk})
    if kind == _KIND.MOVED_IN:
        closing.reopen(person)
    event.refresh_from_db()
    record(
        "register.enter_life_event",
        by=by,
        at=at,
        subject=person,
        place=here,
        wall=person.wall,
        payload={"event": event.pk, "kind": kind, "state": event.state},
    )
    return event


@action
def undo_life_event(*, by: Officer, at: datetime, event: LifeEvent, reason: str) -> LifeEvent:
    """Take an event back by another one with a reason; what it settled is open again. The old one stays readable."""
    person = whom(event.person)
    permit(
        by,
        "register.undo_life_event",
        at=at,
        place=event.village or event.town or event.county,
        wall=person.wall,
    )
    policies_life.check_no_tie(by, person)
    policies_life.check_undoing(event, reason)
    (undone,) = LifeEvent.objects.bulk_create(
        [
            LifeEvent(
                person=event.person, kind=_KIND.UNDONE, effective_on=timezone.localdate(at), source=LifeEvent.Source.OFFICER,
                origin=life.origin_of(by.unit), document=event.document or str(event.pk), note=reason.strip()[:300],
                state=_STATE.SETTLED, village_id=event.village_id, town_id=event.town_id, county_id=event.county_id,
                entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip
    LifeEvent.objects.filter(pk=event.pk).update(superseded_by=undone, state=_STATE.SUPERSEDED)
    settle({event.person_id})
    record(
        "register.undo_life_event",
        by=by,
        at=at,
        subject=person,
        place=event.village,
        wall=person.wall,
        payload={"event": event.pk, "kind": event.kind, "by": undone.pk},
    )
    return undone


def settle(people: Iterable[int]) -> None:
    """Bring deaths and departures of these people to the state their sources allow, inside the action that calls."""
    live = LifeEvent.objects.filter(among("person_id", set(people)), superseded_by__isnull=True)
    by_person: dict[int, list[LifeEvent]] = {}
    for event in live.select_related("entered_by").order_by("pk"):
        by_person.setdefault(event.person_id, []).append(event)
    moves: dict[str, list[int]] = {_STATE.SETTLED: [], _STATE.QUESTION: []}
    for events in by_person.values():
        for event in events:
            state = life.state_of(event, events)
            if state != event.state:
                moves[state].append(event.pk)
    for state, numbers in moves.items():
        if numbers:
            LifeEvent.objects.filter(among("pk", numbers)).update(state=state)
