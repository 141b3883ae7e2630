"""People who enter from the door rather than from a file, and corrections people ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register import decided, peopling, policies
from jiandi.rooms.register.models import CORRECTABLE, FOUND, ChangeRequest, Person
from jiandi.rooms.register.queries_golden import value_by_rows
from jiandi.rooms.register.standing import whom

_COLUMN = {
    "village": "village_id",
    "town": "town_id",
    "county": "county_id",
    "dwelling": "dwelling_id",
    "household": "household_id",
}


@action
def add_found_person(
    *,
    by: Officer,
    at: datetime,
    name: str,
    sex: int | None,
    birth_year: int | None,
    village: Place,
    dwelling: Dwelling | None = None,
    visit_id: int | None = None,
) -> Person:
    """Enter a person whom a visit found and no list knows; from now on somebody is expected to see them."""
    permit(by, "register.add_found_person", at=at, place=village)
    row: dict[str, Any] = {
        "name": name, "sex": sex, "birth_year": birth_year, "village": village.pk, "town": village.town_id,
        "county": village.county_id, "dwelling": dwelling.pk if dwelling else None, "household": None,
    }  # fmt: skip
    (person,) = _enter([row])
    record(
        "register.add_found_person", by=by, at=at, subject=person, place=village, payload={"visit": visit_id}
    )
    return person


@action
def add_found_people(*, by: Officer, at: datetime, rows: Sequence[Mapping[str, Any]]) -> list[Person]:
    """Enter the people a batch of visits found on no list, in the order of the rows; one event for the batch.

    Each row: name, sex, birth_year, village, town, county, dwelling, household (numbers or None), visit_id. A county's own visits
    may add people wherever they were sent, so the area was checked with the visit.
    """
    permit(by, "register.add_found_people", at=at)
    people = _enter(rows)
    record_batch(
        "register.add_found_people",
        by=by,
        at=at,
        subject=by.unit,
        subjects_kind="person",
        subject_ids=[person.pk for person in people],
        payload={"visits": sorted({int(row["visit_id"]) for row in rows if row.get("visit_id")})[:1000]},
        place=by.unit.place,
    )
    return people


def _enter(rows: Sequence[Mapping[str, Any]]) -> list[Person]:
    last = Person.objects.aggregate(last=Max("pk"))["last"] or 0
    people = [
        Person(
            pk=last + at,
            code=code,
            name=str(row["name"] or "")[:60],
            sex=row["sex"] if row["sex"] in (1, 2) else None,
            birth_on=date(row["birth_year"], 1, 1) if row.get("birth_year") else None,
            birth_precision="year" if row.get("birth_year") else "",
            is_provisional=True,
            kinds=FOUND,
            **{column: row.get(name) for name, column in _COLUMN.items()},
        )
        for at, (row, code) in enumerate(zip(rows, dice.codes(len(rows), 10), strict=True), start=1)
    ]
    Person.objects.bulk_create(people, batch_size=2000)
    peopling.continue_numbering(Person)
    peopling.index([person.pk for person in people])
    return people


@action
def ask_change(
    *, by: Officer, at: datetime, person: Person, field: str, proposed: str, reason: str
) -> ChangeRequest:
    """Ask for a correction; the department's row is never edited, the proposal goes back to it."""
    _permit(by, "register.ask_change", at, person)
    policies.check_reason(reason)
    if field not in CORRECTABLE:
        raise Refused(
            "register.unknown_field",
            Text(zh=f"“{field}”这一项不能这样更正。", en=f"“{field}” cannot be corrected in this way."),
        )
    (request,) = ChangeRequest.objects.bulk_create(
        [
            ChangeRequest(
                person=person,
                field=field,
                proposed=proposed.strip()[:200],
                reason=reason.strip()[:300],
                asked_by=by,
                asked_at=at,
            )
        ]
    )
    record(
        "register.ask_change",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"field": field, "request": request.pk},
    )
    return request


@action
def decide_change(
    *, by: Officer, at: datetime, request: ChangeRequest, accepted: bool, stands: bool = False
) -> ChangeRequest:
    """Pass a correction on to the departments that hold the row, or decline it.

    `stands`: the value also stands in the register from now on, before what rows say; by another person than who asked.
    """
    request = _locked(request)
    person = whom(request.person)
    _permit(by, "register.decide_change", at, person)
    policies.check_undecided(request)
    if stands and accepted:
        policies.check_other_than_asked(request, by)
        value = decided.canonical(request.field, request.proposed, at)
        ChangeRequest.objects.filter(person=request.person_id, field=request.field, **decided.LIVE).update(
            superseded_at=at
        )
        request.stands, request.value = True, value
    request.decided_by, request.decided_at, request.accepted = by, at, accepted
    ChangeRequest.objects.bulk_update([request], ["stands", "value", "decided_by", "decided_at", "accepted"])
    if request.stands:
        _put(person, decided.columns_of(request.field, request.value))
    record(
        "register.decide_change",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"request": request.pk, "accepted": accepted, "stands": request.stands},
    )
    return request


@action
def take_back_change(*, by: Officer, at: datetime, request: ChangeRequest, reason: str) -> ChangeRequest:
    """Take a decided value back: what was decided before it stands again, else what the rows say. It stays on record."""
    request = _locked(request)
    person = whom(request.person)
    _permit(by, "register.take_back_change", at, person)
    policies.check_reason(reason)
    policies.check_in_force(request)
    ChangeRequest.objects.filter(pk=request.pk).update(
        taken_back_at=at, taken_back_by=by, taken_back_reason=reason.strip()[:300]
    )
    _put(person, _columns_now(person, request.field))
    record(
        "register.take_back_change",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"request": request.pk},
    )
    request.refresh_from_db()
    return request


def _permit(by: Officer, verb: str, at: datetime, person: Person) -> None:
    permit(by, verb, at=at, place=person.village or person.town or person.county, wall=person.wall_id)


def _locked(request: ChangeRequest) -> ChangeRequest:
    held = ChangeRequest.objects.select_for_update(of=("self",))
    return held.select_related("person__wall", "person__village", "person__town", "person__county").get(
        pk=request.pk
    )


def _put(person: Person, columns: Mapping[str, Any]) -> None:
    """Let values stand at once; the next match run keeps to them."""
    Person.objects.filter(pk=person.pk).update(**columns)
    peopling.index([person.pk])


def _columns_now(person: Person, field: str) -> dict[str, Any]:
    """Return what stands of an attribute: an earlier decision, else what the rows say; with neither, nothing is said."""
    earlier = decided.standing_change(person, field)
    if earlier is not None:
        return decided.columns_of(field, earlier.value)
    said = value_by_rows(person, field)
    if said is None:
        nothing: dict[str, dict[str, Any]] = {
            "sex": {"sex": None},
            "birth_on": {"birth_on": None, "birth_precision": ""},
        }
        return nothing.get(field, {field: ""})
    columns = decided.columns_of(field, said.value)
    return columns | {"birth_precision": said.precision[:6]} if field == "birth_on" else columns
