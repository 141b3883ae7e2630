"""What a round shows: how far it is, whom it has not seen, whose doors these are, and its tables for the checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Grant, Officer
from jiandi.rooms.access.permissions import area_filter, granting, is_within, visible, walled_off
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import SEXES
from jiandi.rooms.screening.models import Attachment, Campaign, Coverage, Expected, Sighting, Visit, VisitTask
from jiandi.rooms.screening.queries_snapshot import add_visits, snapshot
from jiandi.rooms.screening.states import OUTCOME_NAMES, UNSEEN

__all__ = [
    "add_visits",
    "campaigns",
    "coverage",
    "deaths_told",
    "doors",
    "snapshot",
    "tasks_for_replay",
    "unseen",
]

READ = "screening.read_campaign"


def deaths_told() -> list[tuple[int, int, date]]:
    """Return who was said at a door to have died: person, visit, and the day of the visit."""
    told = Expected.objects.filter(outcome=Expected.Outcome.DEAD, visit__started_at__isnull=False)
    rows = told.order_by("pk").values_list("person_id", "visit_id", "visit__started_at")
    return [(person, visit, timezone.localdate(started)) for person, visit, started in rows]


@dataclass(frozen=True, slots=True)
class Figures:
    """A round's counters over an area. The denominator has two parts: whom lists expected, and whom nobody listed."""

    doors: int = 0
    doors_visited: int = 0
    listed: int = 0
    unlisted_found: int = 0
    seen: int = 0
    seen_alone: int = 0
    alone_needed: int = 0
    alone_done: int = 0
    excused: int = 0
    away: int = 0
    no_contact: int = 0
    not_here: int = 0
    dead: int = 0
    not_yet: int = 0

    @property
    def whole(self) -> int:
        """Everybody who counts: expected by a list, or met on no list."""
        return self.listed + self.unlisted_found

    @property
    def reached(self) -> int:
        """Seen in person, or excused by the township for a listed reason."""
        return self.seen + self.excused

    @property
    def claims(self) -> int:
        """Said to be away, elsewhere or dead: claims nobody has granted yet."""
        return self.away + self.not_here + self.dead

    @property
    def left(self) -> int:
        """Neither seen nor excused."""
        return self.whole - self.reached


_NAMES = [field.name for field in fields(Figures)]
_SUMS = {f"sum_{name}": Sum(name) for name in _NAMES}


def coverage(place: Place, campaign: Campaign) -> Figures:
    """Return a round's figures over a place and everything below it."""
    return figures(campaign, [place])


def figures(campaign: Campaign, areas: list[Place]) -> Figures:
    """Return a round's figures over several areas."""
    row = Coverage.objects.filter(area_filter(areas), campaign=campaign).aggregate(**_SUMS)
    return Figures(**{name: int(row[f"sum_{name}"] or 0) for name in _NAMES})


def by_town(campaign: Campaign, areas: list[Place]) -> list[tuple[int | None, str, Figures]]:
    """Return (town, name, figures) for each town of the areas; people whose town is unknown come last."""
    rows = Coverage.objects.filter(area_filter(areas), campaign=campaign).order_by("town_id")
    summed: Any = rows.values("town_id", "town__name").annotate(**_SUMS)
    return [
        (
            row["town_id"],
            row["town__name"] or "",
            Figures(**{name: int(row[f"sum_{name}"]) for name in _NAMES}),
        )
        for row in summed
    ]


def by_village(campaign: Campaign, areas: list[Place], town_id: int) -> list[tuple[int | None, str, Figures]]:
    """Return (village, name, figures) for each village of a town."""
    rows = Coverage.objects.filter(area_filter(areas), campaign=campaign, town_id=town_id)
    return [
        (
            row.village_id,
            row.village.name if row.village else "",
            Figures(**{n: getattr(row, n) for n in _NAMES}),
        )
        for row in rows.select_related("village").order_by("village_id")
    ]


def campaigns(by: Officer, at: datetime) -> list[Campaign]:
    """Return the rounds that touch the officer's areas, the newest first."""
    areas = granting(by, READ, at)
    rounds = Campaign.objects.select_related("place", "opened_by").order_by("-starts_on", "-pk")[:200]
    return [
        campaign
        for campaign in rounds
        if any(is_within(area, campaign.place) or is_within(campaign.place, area) for area in areas)
    ]


def areas_of(by: Officer, campaign: Campaign, at: datetime, verb: str = READ) -> list[Place]:
    """Return where the officer may look within a round."""
    return [
        area if is_within(area, campaign.place) else campaign.place
        for area in granting(by, verb, at)
        if is_within(area, campaign.place) or is_within(campaign.place, area)
    ]


def listings_due(also: Q = Q()) -> QuerySet[Campaign]:
    """Return the certified rounds whose listing still stands, or stands again because a held visit was released since.

    `also` says of which other rounds it stands again: blind re-visits belong to no round and are known above alone.
    """
    late = Visit.objects.filter(
        task__campaign=OuterRef("pk"), state=Visit.State.APPLIED, decided_at__gt=OuterRef("erased_at")
    )
    due = Q(erased_at__isnull=True) | Exists(late) | also
    return Campaign.objects.filter(due, certified_at__isnull=False).select_related("place").order_by("pk")


def erased_visits(ids: Iterable[int]) -> set[int]:
    """Return which of these visits no longer say who was met where: nothing more can be concluded from their silence."""
    gone = Visit.objects.filter(among("pk", ids), task__campaign__erased_at__isnull=False)
    return set(gone.values_list("pk", flat=True))


def doors(by: Officer) -> QuerySet[VisitTask]:
    """Return an officer's own open doors in walking order."""
    waiting = Q(state=VisitTask.State.OPEN) | Q(state=VisitTask.State.CALL_BACK)
    running = Q(campaign__isnull=True) | Q(campaign__closed_at__isnull=True)
    return (
        VisitTask.objects.filter(waiting, running, worker=by)
        .exclude(purpose="revisit")
        .select_related("dwelling", "household", "village")
        .order_by("walk_day", "village_id", "walk_order", "pk")
    )


def days_of(by: Officer) -> dict[int, list[VisitTask]]:
    """Return an officer's open doors by day; added ones stand among those of the next day and look like all others."""
    waiting = list(doors(by)[:5_000])
    first = min((door.walk_day for door in waiting if door.walk_day), default=1)
    days: dict[int, list[VisitTask]] = {}
    for door in sorted(waiting, key=lambda door: (door.walk_day or first, door.walk_order or 0, door.pk)):
        days.setdefault(door.walk_day or first, []).append(door)
    return days


def with_people(shown: list[VisitTask]) -> list[tuple[VisitTask, list[Expected]]]:
    """Return each door with whoever is expected behind it."""
    behind_each: dict[int, list[Expected]] = {}
    rows = Expected.objects.filter(task__in=shown).select_related("person").order_by("pk")
    for row in rows:
        behind_each.setdefault(row.task_id, []).append(row)
    return [(door, behind_each.get(door.pk, [])) for door in shown]


def my_counts(by: Officer) -> dict[str, int]:
    """Return how many of an officer's doors are in which state."""
    rows = VisitTask.objects.filter(worker=by).exclude(purpose="revisit").order_by()
    counted = dict(rows.values_list("state").annotate(Count("id")))
    return {state: counted.get(state, 0) for state in VisitTask.State.values}


def behind(door: VisitTask) -> list[Expected]:
    """Return whoever is expected behind a door, the oldest first."""
    return list(door.expected.select_related("person").order_by("person__birth_on", "pk"))


def workers_for(by: Officer, at: datetime) -> QuerySet[Officer]:
    """Return who may have filled in a sheet of paper: everybody who visits within the officer's areas."""
    areas = granting(by, "screening.receive_visits", at)
    inside = area_filter(areas, "place__") | Q(place__in=areas)
    grants = Grant.objects.filter(inside, role__in=("grid", "doctor", "township"), revoked_at__isnull=True)
    return (
        Officer.objects.filter(is_active=True, grants__in=grants)
        .select_related("unit")
        .order_by("name")
        .distinct()
    )


def paper_doors(village: Place, campaign: Campaign) -> list[tuple[VisitTask, list[Expected]]]:
    """Return a village's doors in walking order with their people, for the printed list."""
    rows = VisitTask.objects.filter(campaign=campaign, village=village, purpose="round").select_related(
        "dwelling", "household"
    )
    ordered = list(rows.order_by("walk_day", "worker_id", "walk_order", "pk"))
    behind_each: dict[int, list[Expected]] = {}
    for row in expected_in(village, campaign).order_by("person__birth_on", "pk"):
        behind_each.setdefault(row.task_id, []).append(row)
    return [(door, behind_each.get(door.pk, [])) for door in ordered]


def tasks(by: Officer, at: datetime) -> QuerySet[VisitTask]:
    """Return the doors an officer may fill a form for: in their area, or given to them; blind re-visits to nobody else."""
    mine = Q(worker=by)
    ordinary = VisitTask.objects.exclude(purpose="revisit")
    in_area = Exists(
        visible(ordinary, by, "screening.receive_visit", at=at).order_by().filter(pk=OuterRef("pk"))
    )
    return VisitTask.objects.filter(mine | Q(in_area)).select_related(
        "dwelling", "household", "village", "town", "county", "worker", "campaign"
    )


def waiting_visits(by: Officer, at: datetime) -> QuerySet[Visit]:
    """Return the quarantined visits a supervisor may decide about, the oldest first."""
    held = Visit.objects.filter(state=Visit.State.QUARANTINED)
    return (
        visible(held, by, "screening.release_quarantine", at=at)
        .select_related("worker", "unit", "village", "town", "county", "task__dwelling")
        .order_by("pk")
    )


def visits(by: Officer, at: datetime) -> QuerySet[Visit]:
    """Return the visits an officer may read as received: a supervisor's area, and everybody their own.

    A visit to somebody behind a wall does not exist for those the wall stands against; blind re-visits are for
    those who drew them.
    """
    walled = Exists(Sighting.objects.filter(walled_off(by, "person__wall"), visit=OuterRef("pk")))
    readable = visible(Visit.objects.all(), by, "screening.read_visit", at=at).exclude(walled)
    blind = Q(task__purpose="revisit")
    # Asked of each visit by its number: as a list, the database would first make the whole county's.
    here = Exists(readable.filter(pk=OuterRef("pk")))
    return Visit.objects.filter(here & ~blind | Q(worker=by)).select_related(
        "task__dwelling",
        "task__campaign",
        "worker",
        "unit",
        "village",
        "town",
        "county",
        "decided_by",
        "form",
    )


def photos(visit: Visit) -> QuerySet[Attachment]:
    """Return a visit's photographs in the order they came; their place in it is their number on the page."""
    return visit.attachments.filter(kind=Attachment.Kind.PHOTO).order_by("pk")


def expected_in(village: Place, campaign: Campaign) -> QuerySet[Expected]:
    """Return everybody a round expects in a village."""
    return Expected.objects.filter(
        village=village, task__campaign=campaign, task__purpose="round"
    ).select_related("person", "task__dwelling", "task__worker", "visit__worker")


UNSEEN_COLUMNS = [
    Text(zh="姓名", en="Name"),
    Text(zh="性别", en="Sex"),
    Text(zh="出生年", en="Born"),
    Text(zh="住址", en="Address"),
    Text(zh="目前情况", en="So far"),
    Text(zh="已上门次数", en="Tries"),
    Text(zh="走访人", en="Visitor"),
    Text(zh="任务编号", en="Task"),
]


def unseen(village: Place, campaign: Campaign) -> Iterator[list[object]]:
    """Yield a line for everybody of a village who has not been seen, in walking order, without any protection flag."""
    rows = expected_in(village, campaign).filter(outcome__in=UNSEEN)
    for row in rows.order_by("task__walk_day", "task__walk_order", "person_id").iterator(chunk_size=2_000):
        task = row.task
        yield [
            row.person.name,
            SEXES.get(row.person.sex or 0, ""),
            row.person.birth_on.year if row.person.birth_on else "",
            task.dwelling.address if task.dwelling else row.person.address,
            OUTCOME_NAMES[row.outcome],
            task.tries,
            task.worker.name if task.worker else "",
            task.code,
        ]


def tasks_for_replay(campaign: Campaign, round: int = 1) -> Iterator[dict[str, Any]]:
    """Yield a round's doors as a replay of visits reads them: all on the first round, then those nobody was met at.

    Village by village, in walking order. Doors nobody is sent to are left out: there is no worker who could knock.
    """
    state = VisitTask.State.OPEN if round == 1 else VisitTask.State.CALL_BACK
    tasks = VisitTask.objects.filter(campaign=campaign, purpose="round")
    villages = tasks.order_by("village_id").values_list("village_id", flat=True).distinct()
    for village in list(villages):
        rows = list(
            tasks.filter(village=village, state=state, worker__isnull=False)
            .order_by("walk_day", "walk_order", "pk")
            .values_list("pk", "code", "dwelling__code", "worker__username")
        )
        behind = replay_people([row[0] for row in rows])
        for pk, code, dwelling, worker in rows:
            yield {
                "task": code,
                "dwelling_code": dwelling or "",
                "village_code": f"{village:012d}" if village else "",
                "worker": worker,
                "round": round,
                "expected": behind.get(pk, []),
            }


def replay_people(task_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """Return whom each task expects, as a replay reads them: code, name, sex, birth year."""
    behind: dict[int, list[dict[str, Any]]] = {}
    rows = Expected.objects.filter(among("task_id", task_ids)).order_by("pk")
    for task, code, name, sex, born in rows.values_list(
        "task_id", "person__code", "person__name", "person__sex", "person__birth_on"
    ):
        behind.setdefault(task, []).append(
            {"code": code, "name": name, "sex": sex, "birth_year": born.year if born else None}
        )
    return behind
