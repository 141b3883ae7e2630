"""What becomes of a submission: counted already, taken as it stands, or kept for a supervisor. Reads, never writes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from jiandi.core.forms import visit as forms
from jiandi.core.forms.problems import LEEWAY, OLDEST, Problem
from jiandi.core.forms.visit import VisitForm
from jiandi.core.values import Text
from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.standing import standing_for
from jiandi.rooms.screening import sentences
from jiandi.rooms.screening.ahead import Read
from jiandi.rooms.screening.models import Form, Visit, VisitTask
from jiandi.rooms.screening.outcomes import Lineage

State = Visit.State
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A body that could not be kept: its place in the delivery, and why, in a sentence."""

    index: int
    code: str
    text: Text


@dataclass(slots=True)
class Door:
    """A task as the work on a batch needs it."""

    id: int
    campaign_id: int | None
    dwelling_id: int | None
    household_id: int | None
    where: Lineage
    purpose: str
    worker_id: int | None
    state: str
    tries: int
    is_over: bool  # its campaign is closed or certified


@dataclass(slots=True)
class Reading:
    """A submission read: the body as it is stored, and what it means against the register."""

    stored: bytes
    sha256: bytes
    form: VisitForm
    problems: list[Problem] = field(default_factory=list)
    door: Door | None = None
    worker: tuple[int, int] | None = None  # officer, unit
    form_pk: int | None = None
    person_ids: tuple[int | None, ...] = ()  # one per person of the form; None for people on no list
    visit_id: int = 0
    started_at: datetime | None = None  # None where it cannot be right
    ended_at: datetime | None = None

    @property
    def state(self) -> str:
        """Applied when nothing is wrong; otherwise it waits for a supervisor."""
        return State.QUARANTINED if self.problems else State.APPLIED

    @property
    def problem(self) -> dict[str, str]:
        """Everything wrong with it, as stored."""
        if not self.problems:
            return {}
        texts = [problem.text for problem in self.problems]
        return {
            "code": self.problems[0].code,
            "zh": "\n".join(t.zh for t in texts),
            "en": "\n".join(t.en for t in texts),
        }


@dataclass(slots=True)
class Sorted:
    """A batch sorted: new readings, ids of visits that were here already, refusals."""

    readings: list[Reading] = field(default_factory=list)
    same: list[int] = field(default_factory=list)  # visit ids
    again: int = 0  # repeats within the batch itself
    refused: list[Refusal] = field(default_factory=list)


def unpacked(stored: bytes | memoryview) -> bytes:
    """Return a stored body as it was sent; empty once the night's listing was erased."""
    return zlib.decompress(bytes(stored)) if stored else b""


def known_visits(instance_ids: Iterable[str]) -> dict[str, list[tuple[int, bytes]]]:
    """Return the stored visits of these instance ids: id -> (visit, digest)."""
    known: dict[str, list[tuple[int, bytes]]] = {}
    rows = Visit.objects.filter(bulk.among("instance_id", instance_ids)).values_list(
        "instance_id", "pk", "sha256"
    )
    for instance_id, pk, digest in rows:
        known.setdefault(instance_id, []).append((pk, bytes(digest)))
    return known


def sort(
    said: Sequence[Read],
    *,
    by: Officer,
    at: datetime,
    channel: str,
    first_index: int = 0,
) -> Sorted:
    """Sort a batch by what each body says: the same bytes count once, other bytes under a known id and whatever does not
    add up wait, and what cannot be read is refused by itself."""
    result = Sorted()
    readings: list[Reading] = []
    for index, read in enumerate(said, first_index):
        if read.refusal is not None:
            result.refused.append(Refusal(index, *read.refusal))
        elif read.form is not None:
            readings.append(Reading(read.stored, read.sha256, read.form, list(read.problems)))
    known = known_visits({reading.form.instance_id for reading in readings})
    in_batch: dict[str, set[bytes]] = {}
    for reading in readings:
        instance_id = reading.form.instance_id
        stored = {digest: pk for pk, digest in known.get(instance_id, [])}
        if reading.sha256 in stored:
            result.same.append(stored[reading.sha256])
            continue
        earlier = in_batch.setdefault(instance_id, set())
        if reading.sha256 in earlier:
            result.again += 1
            continue
        if stored or earlier:
            reading.problems.insert(0, Problem("changed_body", sentences.CHANGED_BODY))
        earlier.add(reading.sha256)
        result.readings.append(reading)
    look_up(result.readings, at=at)
    _judge(result.readings, by=by, at=at, channel=channel)
    return result


def look_up(readings: Sequence[Reading], *, at: datetime) -> None:
    """Find the task, worker, form version and people each reading names; what is missing stays None."""
    doors = _doors({reading.form.task for reading in readings})
    workers = {
        name: (pk, unit)
        for name, pk, unit in Officer.objects.filter(
            username__in={reading.form.worker for reading in readings}
        ).values_list("username", "pk", "unit_id")
    }
    versions = {
        (form_id, version): pk
        for form_id, version, pk in Form.objects.values_list("form_id", "version", "pk")
    }
    codes = {person.listed for reading in readings for person in reading.form.people if person.listed}
    people: dict[str, int] = {}
    for some in in_parts(codes):
        people.update(Person.objects.filter(bulk.among("code", some)).values_list("code", "pk"))
    now = standing_for(people.values())  # a door's list may be older than a merge
    people = {code: now.get(number, number) for code, number in people.items()}
    for reading in readings:
        form = reading.form
        reading.door = doors.get(form.task)
        reading.worker = workers.get(form.worker)
        reading.form_pk = versions.get((form.form_id, form.version))
        reading.person_ids = tuple(
            [people.get(person.listed) if person.listed else None for person in form.people]
        )
        reading.started_at = _believed(form.started_at, at)
        reading.ended_at = _believed(form.ended_at, at)


def in_parts(things: Iterable[T], size: int = 5_000) -> Iterator[list[T]]:
    """Cut a long list of keys into parts a database takes in one question."""
    waiting = iter(things)
    while part := list(islice(waiting, size)):
        yield part


def send_to(reading: Reading, task: VisitTask) -> None:
    """Give a visit the task a supervisor found to be the right one."""
    reading.door = _doors({task.code})[task.code]


def _doors(codes: set[str]) -> dict[str, Door]:
    names = [
        "campaign",
        "dwelling",
        "household",
        "village",
        "town",
        "county",
        "purpose",
        "worker",
        "state",
        "tries",
    ]
    columns = [
        "code",
        "pk",
        *[name if name in ("purpose", "state", "tries") else f"{name}_id" for name in names],
    ]
    rows = VisitTask.objects.filter(bulk.among("code", codes)).values_list(
        *columns, "campaign__closed_at", "campaign__certified_at"
    )
    return {
        row[0]: Door(
            row[1],
            row[2],
            row[3],
            row[4],
            (row[5], row[6], row[7]),
            row[8],
            row[9],
            row[10],
            row[11],
            bool(row[12] or row[13]),
        )
        for row in rows
    }


def _believed(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment and at - OLDEST <= moment <= at + LEEWAY else None


def _judge(readings: Sequence[Reading], *, by: Officer, at: datetime, channel: str) -> None:
    reach = None if channel == "replay" else _reach(by, at)
    counties = {reading.door.where[2] for reading in readings if reading.door} if reach is not None else set()
    above: dict[int | None, tuple[int | None, ...]] = {pk: tuple(up) for pk, *up in _parents(counties)}
    for reading in readings:
        found, form = reading.problems, reading.form
        if reading.form_pk is None:
            found.append(
                Problem(
                    "unknown_form",
                    sentences.UNKNOWN_FORM.filled(form=form.form_id[:40], version=form.version[:20]),
                )
            )
        found.extend(_about_people(reading))
        if reading.worker is None:
            found.append(Problem("unknown_worker", sentences.UNKNOWN_WORKER.filled(worker=form.worker[:40])))
        if reading.door is None:
            found.append(Problem("unknown_task", sentences.UNKNOWN_TASK.filled(task=form.task[:20])))
            continue
        lineage = {*reading.door.where, *above.get(reading.door.where[2], ())}
        found.extend(
            _about_door(reading, reading.door, by, channel, is_inside=reach is None or bool(reach & lineage))
        )


def _reach(by: Officer, at: datetime) -> set[int | None]:
    """Return the places whose doors the officer may answer for."""
    areas = granting(by, "screening.receive_visit", at)
    return {area.village_id if area.level == Level.GRID else area.id for area in areas}


def _parents(counties: set[int | None]) -> Iterable[tuple[int, int | None, int | None]]:
    return Place.objects.filter(pk__in=[pk for pk in counties if pk]).values_list(
        "pk", "city_id", "province_id"
    )


def _about_people(reading: Reading) -> list[Problem]:
    return [
        Problem("unknown_person", sentences.UNKNOWN_PERSON.filled(number=number, code=person.listed[:20]))
        for number, (person, pk) in enumerate(zip(reading.form.people, reading.person_ids, strict=True), 1)
        if person.listed and pk is None
    ]


def _about_door(reading: Reading, door: Door, by: Officer, channel: str, *, is_inside: bool) -> list[Problem]:
    found = []
    if door.is_over or door.state == VisitTask.State.CLOSED:
        found.append(Problem("round_over", sentences.ROUND_OVER))
    if not is_inside:
        found.append(Problem("outside_area", sentences.OUTSIDE_AREA))
    worker = reading.worker[0] if reading.worker else None
    if channel in ("phone", "web") and worker not in (None, by.pk):
        found.append(
            Problem("another_worker", sentences.ANOTHER_WORKER.filled(worker=reading.form.worker[:40]))
        )
    # Blind re-visits are for the inspector drawn for them; nobody else may answer one.
    if door.purpose == "revisit" and worker is not None and door.worker_id not in (None, worker):
        found.append(
            Problem("another_worker", sentences.ANOTHER_WORKER.filled(worker=reading.form.worker[:40]))
        )
    return found


def forgive(reading: Reading) -> None:
    """Read a released visit as well as it can be: people no code fits count as people on no list."""
    people = []
    for person, pk in zip(reading.form.people, reading.person_ids, strict=True):
        changes: dict[str, Any] = {}
        if person.listed and pk is None:
            changes["listed"] = ""
        if person.danger not in forms.DANGERS:
            changes["danger"], changes["need"] = "none", f"{person.need} [{person.danger}]".strip()
        if person.sex not in forms.SEXES:
            changes["sex"] = None
        if person.birth_year is not None and not 1890 <= person.birth_year <= 2200:
            changes["birth_year"] = None
        people.append(replace(person, **changes) if changes else person)
    reading.form = replace(reading.form, people=tuple(people))
