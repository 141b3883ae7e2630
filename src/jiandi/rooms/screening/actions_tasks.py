"""Visits asked for beside the round: a check's follow-up, a case's, or the re-visits of a draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiandi.rooms.access import bulk, dice
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register import life
from jiandi.rooms.register.models import Household, Person
from jiandi.rooms.screening import policies
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask
from jiandi.rooms.screening.states import PRETEXTS

CODE_LENGTH = 9


@dataclass(frozen=True, slots=True)
class Errand:
    """One visit to ask for: about the person, else the household, else the door, and by whom."""

    person: Person | None = None
    household: Household | None = None
    dwelling: Dwelling | None = None
    worker: Officer | None = None


@action
def add_task(
    *,
    by: Officer,
    at: datetime,
    purpose: str,
    pretext: str,
    due_on: date,
    person: Person | None = None,
    household: Household | None = None,
    dwelling: Dwelling | None = None,
    worker: Officer | None = None,
    unit: Unit | None = None,
    campaign: Campaign | None = None,
) -> VisitTask:
    """Ask for one more visit, for a check, a re-visit or a case. What the worker sees is a true, neutral reason.

    About the person, else the household, else the door; each seen alone. A `unit` stands for its first active officer.
    """
    if worker is None and unit is not None:
        worker = unit.officers.filter(is_active=True).order_by("pk").first()
    errand = Errand(person, household, dwelling, worker)
    (task,) = _tasks(
        [errand], by=by, at=at, purpose=purpose, pretext=pretext, due_on=due_on, campaign=campaign
    )
    # Neither place nor person: a village that reads its log learns nothing.
    record("screening.add_task", by=by, at=at, subject=task, payload={"purpose": purpose, "due_on": due_on})
    return task


@action
def add_tasks(
    *,
    by: Officer,
    at: datetime,
    purpose: str,
    pretext: str,
    due_on: date,
    errands: Sequence[Errand],
) -> list[VisitTask]:
    """Ask for many visits at once, as `add_task` asks for one; returns the tasks in the order of the errands."""
    tasks = _tasks(errands, by=by, at=at, purpose=purpose, pretext=pretext, due_on=due_on)
    record_batch(
        "screening.add_tasks",
        by=by,
        at=at,
        subject=by,
        subjects_kind="visittask",
        subject_ids=[task.pk for task in tasks],
        payload={"purpose": purpose, "due_on": due_on},
    )
    return tasks


def _tasks(
    errands: Sequence[Errand],
    *,
    by: Officer,
    at: datetime,
    purpose: str,
    pretext: str,
    due_on: date,
    campaign: Campaign | None = None,
) -> list[VisitTask]:
    """Write the tasks and whom each is about, inside the action that calls."""
    subjects = [policies.check_task(purpose, pretext, [e.person, e.household, e.dwelling]) for e in errands]
    for place in {_place_of(subject) for subject in subjects}:
        permit(by, "screening.add_task", at=at, place=place)
    codes = dice.codes(len(errands), CODE_LENGTH)
    tasks = [
        VisitTask(
            code=f"T{code}",
            campaign=campaign,
            purpose=purpose,
            due_on=due_on,
            **_wording(pretext),
            **_where(errand, subject),
        )
        for errand, subject, code in zip(errands, subjects, codes, strict=True)
    ]
    VisitTask.objects.bulk_create(tasks, batch_size=500)
    _expect(tasks, errands)
    return tasks


def _expect(tasks: Sequence[VisitTask], errands: Sequence[Errand]) -> None:
    """Write whom each task is about; each is to be seen alone."""
    places = ("village_id", "town_id", "county_id")
    rows = [
        (task.pk, person, *(getattr(task, place) for place in places), "not_yet", False, True, False, "")
        for task, errand in zip(tasks, errands, strict=True)
        for person in _behind(errand)
    ]
    states = ("outcome", "seen_alone", "needs_alone", "is_found", "excuse")
    bulk.insert(Expected, ["task_id", "person_id", *places, *states], rows)


def _wording(pretext: str) -> dict[str, str]:
    return {"pretext_zh": PRETEXTS[pretext].zh, "pretext_en": PRETEXTS[pretext].en}


def _where(errand: Errand, subject: policies.Subject) -> dict[str, Any]:
    return {
        "dwelling": _door_of(errand),
        "household": errand.household or getattr(errand.person, "household", None),
        "village_id": subject.village_id,
        "town_id": subject.town_id,
        "county_id": subject.county_id,
        "worker": errand.worker,
    }


def _place_of(subject: policies.Subject) -> Place:
    return subject.village or subject.town or subject.county


def _door_of(errand: Errand) -> Dwelling | None:
    home = errand.household or getattr(errand.person, "household", None)
    return errand.dwelling or getattr(errand.person, "dwelling", None) or getattr(home, "dwelling", None)


def _behind(errand: Errand) -> list[int]:
    """Return whom the errand is about: the person, else whoever is known to live there."""
    if errand.person is not None:
        return [errand.person.pk]
    living = Person.objects.filter(life.living(date.max), superseded_by__isnull=True)
    here = {"household": errand.household} if errand.household else {"dwelling": errand.dwelling}
    return list(living.filter(**here).values_list("pk", flat=True))
