"""A round's doors: one task for each, with whoever the register expects behind it, given to whoever walks there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from jiandi.rooms.access import bulk, dice
from jiandi.rooms.access.models import Conflict, Grant, Officer
from jiandi.rooms.access.permissions import area_filter, permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.places.models import Dwelling, Level
from jiandi.rooms.register import life
from jiandi.rooms.register.groups import NEEDS_ALONE
from jiandi.rooms.register.models import Household, Membership, Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.screening import policies, walking
from jiandi.rooms.screening.actions_counting import recount
from jiandi.rooms.screening.models import EXPECTED_COLUMNS, Campaign, Expected, VisitTask
from jiandi.rooms.screening.states import PRETEXTS
from jiandi.rooms.screening.walking import Stop, Walks

Progress = Callable[[int, int], None]
Walkers = dict[int | None, list[int]]  # village -> officers
ROLES_THAT_WALK = (
    "grid",
    "doctor",
    "township",
)  # who gets a village's doors: the first of these that has anybody
_COLUMNS = [
    "code",
    "campaign",
    "dwelling",
    "household",
    "village",
    "town",
    "county",
    "purpose",
    "pretext_zh",
    "pretext_en",
    "worker",
    "walk_day",
    "walk_order",
    "state",
    "due_on",
    "tries",
]


@action
def plan_tasks(*, by: Officer, at: datetime, campaign: Campaign, progress: Progress | None = None) -> int:
    """Make a task for every door of the round that has none: houses, empty doors, households and people without a door.

    Returns how many were made; called again it makes only what is missing, and expects only who is not expected yet.
    """
    permit(by, "screening.plan_tasks", at=at, place=campaign.place)
    policies.check_open(campaign)
    ours = VisitTask.objects.filter(campaign=campaign, purpose="round")
    last = VisitTask.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    whole = Dwelling.objects.filter(area_filter([campaign.place])).count()
    walkers, walks = _walkers(campaign), Walks()
    done = 0
    for stops in _villages(campaign):
        _insert(campaign, stops, walkers.get(stops[0].village_id, []), walks)
        done += len(stops)
        if progress:
            progress(done, max(done, whole))
    _expect_people(campaign)
    done += _plan_for_people_without_a_door(campaign, walkers, walks)
    _keep_ties_apart(campaign, walkers)
    recount(campaign)
    record_batch(
        "screening.plan_tasks",
        by=by,
        at=at,
        subject=campaign,
        subjects_kind="visittask",
        subject_ids=list(ours.filter(pk__gt=last).values_list("pk", flat=True)),
        place=campaign.place,
    )
    return done


def _villages(campaign: Campaign) -> Iterator[list[Stop]]:
    """Yield the doors that still need a task, a village at a time; households without a known door come last."""
    ours = VisitTask.objects.filter(campaign=campaign, purpose="round")
    for village in _village_ids(campaign):
        rows = (
            Dwelling.objects.filter(village_id=village)
            .exclude(Exists(ours.filter(dwelling=OuterRef("pk"))))
            .order_by("pk")
            .values_list("pk", "village_id", "town_id", "county_id", "group_no", "address", "lon", "lat")
        )
        stops = [
            Stop(r[0], None, r[1], r[2], r[3], r[4] or 0, walking.house_number(r[5]), r[6], r[7])
            for r in rows
        ]
        if stops:
            yield stops
    living = Person.objects.filter(_is_expected(campaign), household=OuterRef("pk"), dwelling__isnull=True)
    households = (
        Household.objects.filter(area_filter([campaign.place]), Exists(living), dwelling__isnull=True)
        .exclude(Exists(ours.filter(household=OuterRef("pk"))))
        .order_by("village_id", "id")
        .values_list("pk", "village_id", "town_id", "county_id")
    )
    for _, homes in groupby(list(households), key=lambda row: row[1]):
        yield [Stop(None, home[0], home[1], home[2], home[3]) for home in homes]


def _is_expected(campaign: Campaign) -> Q:
    """Whom a round expects: everybody the register has, alive on the reference day.

    Whose every row was taken back is expected all the same where somebody has seen them: a person met is no mistake of a list.
    """
    met = Exists(Expected.objects.filter(person=OuterRef("pk"), outcome=Expected.Outcome.SEEN))
    stands = Q(superseded_by__isnull=True) & (Q(closed_at__isnull=True) | Q(met))
    return life.living(campaign.reference_on) & stands


def _village_ids(campaign: Campaign) -> list[int]:
    rows = Dwelling.objects.filter(area_filter([campaign.place])).order_by("village_id")
    return list(rows.values_list("village_id", flat=True).distinct())


def _walkers(campaign: Campaign) -> Walkers:
    """Return who walks each village: its grid workers, else its doctors, else its township's own people."""
    live = Grant.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=campaign.starts_on),
        role__in=ROLES_THAT_WALK,
        starts_on__lte=campaign.ends_on,
        officer__is_active=True,
        revoked_at__isnull=True,
    )
    by_role: dict[str, Walkers] = {role: {} for role in ROLES_THAT_WALK}
    for grant in live.select_related("place").order_by("officer_id"):
        place = grant.place.village_id if grant.place.level == Level.GRID else grant.place_id
        people = by_role[grant.role].setdefault(place, [])
        if grant.officer_id not in people:
            people.append(grant.officer_id)
    found: Walkers = {}
    towns = Dwelling.objects.filter(area_filter([campaign.place])).order_by("village_id")
    for village, town in towns.values_list("village_id", "town_id").distinct():
        of_roles = [
            by_role["grid"].get(village),
            by_role["doctor"].get(village),
            by_role["township"].get(town),
        ]
        found[village] = next((people for people in of_roles if people), [])
    return found


def _insert(campaign: Campaign, stops: list[Stop], workers: Sequence[int], walks: Walks) -> dict[Stop, str]:
    """Write the tasks of one village; returns the code of each stop's task."""
    pretext = PRETEXTS[campaign.pretext]
    codes = [f"T{code}" for code in dice.codes(len(stops), 9)]
    planned = list(zip(codes, walks.plan(stops, workers), strict=True))
    rows = [
        (
            code, campaign.pk, stop.dwelling_id, stop.household_id, stop.village_id, stop.town_id, stop.county_id,
            "round", pretext.zh, pretext.en, worker, day, order, VisitTask.State.OPEN, campaign.ends_on, 0,
        )
        for code, (stop, worker, day, order) in planned
    ]  # fmt: skip
    bulk.insert(VisitTask, _COLUMNS, rows)
    return {stop: code for code, (stop, *_) in planned}


# {where} binds a task to a person: by the door, or by the household while nobody knows its door.
_EXPECT = """
INSERT INTO {expected}
  (task_id, person_id, village_id, town_id, county_id, outcome, seen_alone, needs_alone, is_found, excuse)
SELECT t.id, p.id, t.village_id, t.town_id, t.county_id, 'not_yet', %s,
  EXISTS (SELECT 1 FROM {members} m WHERE m.person_id = p.id
          AND (m.ends_on IS NULL OR m.ends_on > %s) AND m."group" IN ({groups})), %s, ''
FROM {people} p LEFT JOIN {households} h ON h.id = p.household_id
JOIN {tasks} t ON t.campaign_id = %s AND t.purpose = 'round' AND {where}
WHERE p.superseded_by_id IS NULL AND (p.closed_at IS NULL OR EXISTS (
    SELECT 1 FROM {expected} s WHERE s.person_id = p.id AND s.outcome = 'seen')) AND {living}
  AND NOT {is_expected}
ORDER BY p.id, t.id
"""
# CROSS JOIN: SQLite then starts from the person; left to choose, it walks through all doors for each of them.
_IS_EXPECTED = """EXISTS (SELECT 1 FROM {expected} e CROSS JOIN {tasks} o WHERE e.person_id = {person}
  AND o.id = e.task_id AND o.campaign_id = %s AND o.purpose = 'round')"""
_BY_DOOR = "t.dwelling_id = COALESCE(p.dwelling_id, h.dwelling_id)"
_BY_HOUSEHOLD = "t.household_id = p.household_id AND p.dwelling_id IS NULL AND h.dwelling_id IS NULL"


def _expect_people(campaign: Campaign) -> None:
    """Expect each person behind their own door, else their household's; two statements, whatever the county's size."""
    tables = {
        "expected": Expected._meta.db_table,
        "members": Membership._meta.db_table,
        "people": Person._meta.db_table,
        "households": Household._meta.db_table,
        "tasks": VisitTask._meta.db_table,
        "groups": ", ".join(["%s"] * len(NEEDS_ALONE)),
        "is_expected": _is_expected_already("p.id"),
        "living": life.LIVING_SQL.format(p="p", events=LifeEvent._meta.db_table),
    }
    day = campaign.reference_on
    values: list[Any] = [False, day, *sorted(NEEDS_ALONE), False, campaign.pk, day, day, campaign.pk]
    with connection.cursor() as cursor:
        for where in (_BY_DOOR, _BY_HOUSEHOLD):
            if connection.vendor == "postgresql":
                # What this very transaction wrote is unknown to the planner, which then compares all with all.
                cursor.execute("ANALYZE {people}, {tasks}, {expected}, {members}".format(**tables))
            cursor.execute(_EXPECT.format(where=where, **tables), values)


def _is_expected_already(person: str) -> str:
    return _IS_EXPECTED.format(
        expected=Expected._meta.db_table, tasks=VisitTask._meta.db_table, person=person
    )


def _plan_for_people_without_a_door(campaign: Campaign, walkers: Walkers, walks: Walks) -> int:
    """Give everybody left, whose household and door are both unknown, a task of their own."""
    planned = RawSQL(
        _is_expected_already(f"{Person._meta.db_table}.id"), [campaign.pk], output_field=BooleanField()
    )
    protected = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=campaign.reference_on),
        person=OuterRef("pk"),
        group__in=NEEDS_ALONE,
    )
    people = list(
        Person.objects.filter(_is_expected(campaign), area_filter([campaign.place]))
        .annotate(is_planned=planned, needs_alone=Exists(protected))
        .filter(is_planned=False)
        .order_by("village_id", "id")
        .values_list("pk", "village_id", "town_id", "county_id", "needs_alone")
    )
    for village, rows in groupby(people, key=lambda row: row[1]):
        alike = list(rows)
        stops = [Stop(None, None, row[1], row[2], row[3], number=n) for n, row in enumerate(alike)]
        codes = _insert(campaign, stops, walkers.get(village, []), walks)
        made = VisitTask.objects.filter(bulk.among("code", codes.values()))
        tasks = dict(made.values_list("code", "pk"))
        expected = [
            (
                tasks[codes[stop]],
                row[0],
                row[1],
                row[2],
                row[3],
                Expected.Outcome.NOT_YET,
                False,
                row[4],
                False,
                "",
            )
            for stop, row in zip(stops, alike, strict=True)
        ]
        bulk.insert(Expected, EXPECTED_COLUMNS, expected)
    return len(people)


def _keep_ties_apart(campaign: Campaign, walkers: Walkers) -> None:
    """Give a door to a colleague where its worker has declared a tie to who lives there."""
    tied = Conflict.objects.filter(
        officer_id__in={worker for people in walkers.values() for worker in people},
        subject_kind__in=["person", "household"],
    ).order_by("pk")
    for conflict in tied:
        who = conflict.subject_id
        behind = (
            Q(household_id=who) | Q(expected__person__household_id=who)
            if conflict.subject_kind == "household"
            else Q(expected__person_id=who)
        )
        tasks = VisitTask.objects.filter(
            behind, campaign=campaign, purpose="round", worker_id=conflict.officer_id
        )
        for pk, village in list(tasks.values_list("pk", "village_id").distinct()):
            others = [worker for worker in walkers.get(village, []) if worker != conflict.officer_id]
            VisitTask.objects.filter(pk=pk).update(worker_id=others[0] if others else None)
