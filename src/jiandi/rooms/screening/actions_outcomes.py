"""What sound visits change: who was seen, whom no list knew, what was found, and the round's counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F

from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Officer
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.groups import NEEDS_ALONE
from jiandi.rooms.register.models import Membership
from jiandi.rooms.register.standing import standing_for
from jiandi.rooms.screening import outcomes
from jiandi.rooms.screening.models import Coverage, Expected, Finding, Sighting, Visit, VisitTask
from jiandi.rooms.screening.outcomes import Saying, Standing
from jiandi.rooms.screening.sorting import Door, Reading, in_parts

_T, _O = VisitTask.State, Expected.Outcome
Told = tuple[str, int | None, int | None, int]  # name, sex, birth year, which of several told alike
Key = tuple[int, int]  # task, person
Where = tuple[int | None, int | None, int | None, int | None]  # campaign, village, town, county


def apply(readings: Sequence[Reading], *, by: Officer, at: datetime) -> None:
    """Apply visits inside the caller's transaction. Their order does not matter."""
    if not readings:
        return
    doors_now = _lock_doors({_door(reading).id for reading in readings})
    found = _find_people(readings, by, at)
    standings = _standings(readings, found)
    behind: dict[int, list[Standing]] = {}
    for (task, _), standing in standings.items():
        if standing.task_id == task:
            behind.setdefault(task, []).append(standing)
    for reading in readings:
        _hear(reading, found, standings, behind.get(_door(reading).id, []))
    _write_sightings(readings, found)
    moved = _write_doors(readings, doors_now)
    everyone = {id(standing): standing for standing in standings.values()}.values()
    _write_standings(everyone)
    _count(moved, everyone)


def _door(reading: Reading) -> Door:
    assert reading.door is not None  # only readings with a known door are applied
    return reading.door


def _find_people(readings: Sequence[Reading], by: Officer, at: datetime) -> dict[tuple[int, int], int]:
    """Return the person of each row about somebody on no list, (visit, row) -> person; new ones enter the register."""
    rows: list[tuple[int, int, int, Told]] = []
    for reading in readings:
        for row, _, told in outcomes.unlisted(reading.form):
            rows.append((reading.visit_id, row, _door(reading).id, told))
    if not rows:
        return {}
    known = _met_before({task for _, _, task, _ in rows})
    doors = {reading.visit_id: _door(reading) for reading in readings}
    new: dict[tuple[int, Told], dict[str, object]] = {}
    for visit_id, _, task, told in rows:
        if (task, told) not in known and (task, told) not in new:
            new[task, told] = _new_person(told, doors[visit_id], visit_id)
    if new:
        people = register.add_found_people(by=by, at=at, rows=list(new.values()))
        known.update(zip(new, [person.pk for person in people], strict=True))
    return {(visit_id, row): known[task, told] for visit_id, row, task, told in rows}


def _new_person(told: Told, door: Door, visit_id: int) -> dict[str, object]:
    village, town, county = door.where
    return {
        "name": told[0],
        "sex": told[1],
        "birth_year": told[2],
        "village": village,
        "town": town,
        "county": county,
        "dwelling": door.dwelling_id,
        "household": door.household_id,
        "visit_id": visit_id,
    }


def _met_before(task_ids: set[int]) -> dict[tuple[int, Told], int]:
    """Return the people earlier visits to the same doors met who were on no list."""
    counted: Counter[tuple[object, ...]] = Counter()
    known: dict[tuple[int, Told], int] = {}
    rows = list(
        Sighting.objects.filter(
            bulk.among("visit__task_id", task_ids), is_unlisted=True, person__isnull=False
        )
        .order_by("visit_id", "id")
        .values_list("visit__task_id", "visit_id", "name", "sex", "birth_year", "person_id")
    )
    now = standing_for(row[-1] for row in rows)
    for task, visit, name, sex, year, person in rows:
        counted[visit, name, sex, year] += 1
        known.setdefault((task, (name, sex, year, counted[visit, name, sex, year])), now.get(person, person))
    return known


def _standings(readings: Sequence[Reading], found: dict[tuple[int, int], int]) -> dict[Key, Standing]:
    """Return everybody the batch can say something about, by task and person."""
    standings = _load(Expected.objects.filter(bulk.among("task_id", {_door(r).id for r in readings})))
    named = {
        (_door(reading).id, person): reading
        for reading in readings
        for person in [*reading.person_ids, *_found_of(reading, found)]
        if person is not None
    }
    missing = {key: reading for key, reading in named.items() if key not in standings}
    if missing:
        _borrow(missing, standings)
        new = {key: reading for key, reading in missing.items() if key not in standings}
        _expect_new(new, standings, {reading.visit_id for reading in readings})
    return standings


def _found_of(reading: Reading, found: dict[tuple[int, int], int]) -> Iterable[int]:
    if not found:
        return ()
    return [found[reading.visit_id, row] for row, _, _ in outcomes.unlisted(reading.form)]


_LOADED = [
    "id",
    "task_id",
    "person_id",
    "village_id",
    "town_id",
    "county_id",
    "needs_alone",
    "is_found",
    "outcome",
    "seen_alone",
    "visit_id",
    "visit__started_at",
    "visit__instance_id",
    "task__campaign_id",
    "task__purpose",
]


def _load(rows: object) -> dict[Key, Standing]:
    loaded = {}
    for row in rows.order_by("pk").values_list(*_LOADED):  # type: ignore[attr-defined]
        campaign = row[13] if row[14] == "round" else None
        loaded[row[1], row[2]] = Standing(
            row[0], row[1], row[2], (row[3], row[4], row[5]), campaign, row[6], row[7], row[8], row[9], row[10],
            row[11], row[12] or "", (row[8], row[9]),
        )  # fmt: skip
    return loaded


def _borrow(missing: dict[Key, Reading], standings: dict[Key, Standing]) -> None:
    """Find people of the same round who are expected behind another door: met here, they are met."""
    away = {person for (_, person), r in missing.items() if _door(r).purpose == "round"}
    if not away:
        return
    elsewhere: dict[Key, Standing] = {}
    for some in in_parts(away):
        # By person alone: few stand behind a person, and a condition on the round would make the database walk the round.
        elsewhere.update(_load(Expected.objects.filter(bulk.among("person_id", some))))
    # Somebody may stand in the batch already, behind their own door: one person, one standing.
    by_round: dict[tuple[int | None, int], Standing] = {
        (s.campaign_id, s.person_id): standings.get(key, s)
        for key, s in elsewhere.items()
        if s.campaign_id is not None
    }
    for key, reading in missing.items():
        standing = by_round.get((_door(reading).campaign_id, key[1]))
        if standing is not None and _door(reading).purpose == "round":
            standings[key] = standing


def _expect_new(missing: dict[Key, Reading], standings: dict[Key, Standing], batch: set[int]) -> None:
    """Add people the round did not expect: the denominator grows."""
    members = Membership.objects.filter(group__in=NEEDS_ALONE, ends_on__isnull=True)
    protected: set[int] = set()
    for some in in_parts({person for _, person in missing}):
        protected.update(members.filter(bulk.among("person_id", some)).values_list("person_id", flat=True))
    in_round: dict[tuple[int | None, int], Standing] = {}
    for (task, person), reading in sorted(missing.items(), key=lambda item: item[0]):
        door = _door(reading)
        campaign = door.campaign_id if door.purpose == "round" else None
        standing = in_round.get((campaign, person)) if campaign else None
        if standing is None:
            standing = Standing(0, task, person, door.where, campaign, person in protected, is_found=True)
            in_round[campaign, person] = standing
        standings[task, person] = standing
    _hear_earlier([standings[key] for key in missing], batch)


def _hear_earlier(new: Sequence[Standing], batch: set[int]) -> None:
    """Let visits that came before say about somebody new what they said about everybody they did not name.

    The batch itself is stored by now and speaks for itself.
    """
    by_task: dict[int, list[Standing]] = {}
    for standing in new:
        by_task.setdefault(standing.task_id, []).append(standing)
    earlier = Visit.objects.filter(
        bulk.among("task_id", by_task), state=Visit.State.APPLIED, result__in=outcomes.OUTCOME_OF_RESULT
    ).values_list("task_id", "result", "started_at", "instance_id", "pk")
    for task, result, started_at, instance_id, pk in earlier:
        for standing in by_task[task] if pk not in batch else ():
            standing.hear(Saying(outcomes.OUTCOME_OF_RESULT[result], False, started_at, instance_id, pk))


def _hear(
    reading: Reading,
    found: dict[tuple[int, int], int],
    standings: dict[Key, Standing],
    behind: Sequence[Standing],
) -> None:
    """Let one visit say what it says about everybody behind its door."""
    door, form = _door(reading), reading.form
    named = set()
    for row, person in enumerate(form.people):
        person_id = reading.person_ids[row] or found.get((reading.visit_id, row))
        if person_id is None:
            continue
        saying = outcomes.saying_of(person, form, reading.visit_id, reading.started_at)
        standings[door.id, person_id].hear(saying)
        named.add(person_id)
    silence = outcomes.saying_of_door(form, reading.visit_id, reading.started_at)
    if silence is not None:
        for standing in behind:
            if standing.person_id not in named:
                standing.hear(silence)


def _write_sightings(readings: Sequence[Reading], found: dict[tuple[int, int], int]) -> None:
    rows, remarks = [], []
    for reading in readings:
        for row, person in enumerate(reading.form.people):
            person_id = reading.person_ids[row] or found.get((reading.visit_id, row))
            alone = person.alone and person.present == "seen"
            rows.append(
                (
                    reading.visit_id, person_id, person.name[:60], person.sex, person.birth_year, person.present[:10],
                    alone, person.own_id[:8], not person.listed,
                )
            )  # fmt: skip
        for row, kind, value in outcomes.findings(reading.form.people):
            remarks.append((reading, row, kind, value))
    names = ["visit", "person", "name", "sex", "birth_year", "present", "alone", "own_id", "is_unlisted"]
    bulk.insert(Sighting, names, rows)
    if remarks:
        _write_findings(remarks)


def _write_findings(remarks: list[tuple[Reading, int, str, str]]) -> None:
    sightings: dict[int, list[tuple[int, int | None]]] = {}
    stored = Sighting.objects.filter(
        bulk.among("visit_id", {reading.visit_id for reading, *_ in remarks})
    ).order_by("id")
    for pk, visit_id, person in stored.values_list("id", "visit_id", "person_id"):
        sightings.setdefault(visit_id, []).append((pk, person))
    rows = []
    for reading, row, kind, value in remarks:
        sighting_id, person_id = sightings[reading.visit_id][row]
        village = _door(reading).where[0]
        rows.append((reading.visit_id, sighting_id, person_id, kind, value, village, kind == "danger"))
    bulk.insert(Finding, ["visit", "sighting", "person", "kind", "value", "village", "is_danger_now"], rows)


def _lock_doors(ids: set[int]) -> dict[int, tuple[str, int]]:
    """Return the doors' state and tries as they are now, held until the transaction ends."""
    rows = (
        VisitTask.objects.select_for_update()
        .filter(bulk.among("pk", ids))
        .order_by("pk")
        .values_list("pk", "state", "tries")
    )
    return {pk: (state, tries) for pk, state, tries in rows}


def _write_doors(readings: Sequence[Reading], before: dict[int, tuple[str, int]]) -> Counter[Where]:
    """Move the doors forwards; return how many of each village's doors were answered for the first time."""
    now = dict(before)
    for reading in readings:
        door = _door(reading)
        state, tries = now[door.id]
        now[door.id] = (outcomes.further(state, reading.form.result), tries + 1)
    bulk.update(VisitTask, ["state", "tries"], [(state, tries, pk) for pk, (state, tries) in now.items()])
    moved: Counter[Where] = Counter()
    for door in {_door(reading).id: _door(reading) for reading in readings}.values():
        if door.purpose == "round" and now[door.id][0] == _T.VISITED and before[door.id][0] != _T.VISITED:
            moved[door.campaign_id, *door.where] += 1
    return moved


def _write_standings(standings: Iterable[Standing]) -> None:
    changed = [standing for standing in standings if standing.is_changed]
    bulk.update(
        Expected,
        ["outcome", "seen_alone", "visit"],
        [(s.outcome, s.seen_alone, s.visit_id, s.id) for s in changed if s.id],
    )
    names = [
        "task",
        "person",
        "village",
        "town",
        "county",
        "outcome",
        "seen_alone",
        "needs_alone",
        "is_found",
        "visit",
        "excuse",
    ]
    bulk.insert(
        Expected,
        names,
        [
            (s.task_id, s.person_id, *s.where, s.outcome, s.seen_alone, s.needs_alone, True, s.visit_id, "")
            for s in changed
            if not s.id
        ],
    )


def _count(moved: Counter[Where], standings: Iterable[Standing]) -> None:
    """Move the counters by what changed, in a fixed order so that two transactions cannot wait for each other."""
    steps: dict[Where, Counter[str]] = {where: Counter(doors_visited=count) for where, count in moved.items()}
    for standing in standings:
        if standing.campaign_id is not None and standing.is_changed:
            _step(steps.setdefault((standing.campaign_id, *standing.where), Counter()), standing)
    for where in sorted(steps, key=lambda where: tuple(part or 0 for part in where)):
        add_to_counters(where, steps[where])


def _step(step: Counter[str], standing: Standing) -> None:
    if standing.before is None:
        step["unlisted_found"] += 1
        step["alone_needed"] += standing.needs_alone
    was, was_alone = standing.before or ("", False)
    if was != standing.outcome:
        step[standing.outcome] += 1
        if was:
            step[was] -= 1
    if standing.seen_alone and not was_alone:
        step["seen_alone"] += 1
        step["alone_done"] += standing.needs_alone


def add_to_counters(where: Where, step: Counter[str]) -> None:
    """Add to one village's counters of a round; a village without a row yet gets one."""
    campaign, village, town, county = where
    place = {"campaign_id": campaign, "village_id": village, "town_id": town, "county_id": county}
    changes = {name: F(name) + count for name, count in step.items() if count}
    if changes and not Coverage.objects.filter(**place).update(**changes):
        Coverage.objects.create(**place, **{name: count for name, count in step.items() if count})
