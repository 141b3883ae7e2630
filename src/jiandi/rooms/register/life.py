"""What the sources of a person's life add up to: when a death is settled, when a departure, and what lists say of either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
from django.db.models import Exists, OuterRef, Q

from jiandi.rooms.access.models import Unit
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.queries_snapshot import snapshot

SOURCES_NEEDED = 2
ARRIVAL_BEFORE_DAYS = (
    60  # papers of the two sides differ by weeks; an arrival of years ago confirms no departure of today
)
# What a township, its villages and their doors say is one source: whoever hides somebody speaks through all of them.
LOCAL, LOCAL_KINDS = "local", frozenset({"township", "village"})
# A branch says what its bureau says: the two do not know it from each other's papers alone.
BRANCHES = {"station": "police", "clinic": "health"}
_ENDING = ("death", "moved_out")


def origin_of(unit: Unit) -> str:
    """Return as which source a unit counts."""
    if unit.kind in LOCAL_KINDS:
        return LOCAL
    if unit.kind in BRANCHES:
        above = [int(part) for part in unit.path.split("/") if part]
        bureau = Unit.objects.filter(pk__in=above, kind=BRANCHES[unit.kind]).first()
        unit = bureau or unit
    return f"unit:{unit.pk}"


def state_of(event: LifeEvent, events: Sequence[LifeEvent]) -> str:
    """Return the state an event has beside everything else that is live about the person.

    A death needs two sources that do not know it from each other; everything local is one. A departure needs the other side: its receipt, or an
    arrival entered by another unit that is no branch of the same. Births and arrivals stand by themselves.
    """
    alike = [one for one in events if one.kind == event.kind]
    if event.kind == "death":
        return "settled" if len({one.origin for one in alike}) >= SOURCES_NEEDED else "question"
    if event.kind == "moved_out":
        arrived = [
            one
            for one in events
            if one.kind == "moved_in"
            and one.entered_by.unit_id != event.entered_by.unit_id
            and (one.origin != event.origin or one.origin == LOCAL)
            and one.village_id != event.village_id
            and one.effective_on >= event.effective_on - timedelta(days=ARRIVAL_BEFORE_DAYS)
        ]
        confirmed = arrived or any(one.source == "transfer" for one in alike)
        return "settled" if confirmed else "question"
    return str(event.state)


def from_rosters(con: duckdb.DuckDBPyConnection, since: date) -> list[tuple[Any, ...]]:
    """Return (person, kind, day, "roster", row, origin) of every death and every birth since a day that a list holds."""
    kinds = set(Roster.objects.filter(state=Roster.State.READ).values_list("kind", flat=True).distinct())
    if not kinds & {"death", "birth"}:
        return []
    snapshot(con, only=("death", "birth"))
    read = Roster.objects.filter(state=Roster.State.READ).select_related("unit")
    origins = {roster.pk: origin_of(roster.unit) for roster in read}
    found: list[tuple[Any, ...]] = []
    if "death" in kinds:
        found += con.execute("""SELECT subject_person, 'death', coalesce(died_on, cancelled_on), 'roster', row_id, roster_id
            FROM rows_death WHERE subject_person IS NOT NULL AND coalesce(died_on, cancelled_on) IS NOT NULL ORDER BY row_id""").fetchall()  # fmt: skip
    if "birth" in kinds:
        found += con.execute(f"""SELECT child_person, 'birth', birth_on, 'roster', b.row_id, b.roster_id
            FROM rows_birth b JOIN records r ON r.row_id = b.row_id AND r.role = 3
            WHERE child_person IS NOT NULL AND birth_on >= DATE '{since.isoformat()}' ORDER BY b.row_id""").fetchall()
    return [(*row[:5], origins[row[5]]) for row in found]


def _events(kind: str, state: str, person: str) -> Exists:
    return Exists(
        LifeEvent.objects.filter(person=OuterRef(person), kind=kind, state=state, superseded_by__isnull=True)
    )


def living(on: date, person: str = "pk", prefix: str = "") -> Q:
    """Return the condition that a person counts as living on a day: a death one source alone knows of ends nothing."""
    by_list = Q(**{f"{prefix}died_on__isnull": True}) | Q(**{f"{prefix}died_on__gt": on})
    settled = Exists(
        LifeEvent.objects.filter(
            person=OuterRef(person),
            kind="death",
            state="settled",
            effective_on__lte=on,
            superseded_by__isnull=True,
        )
    )
    return (by_list & ~Q(settled)) | Q(_events("death", "question", person))


# The same for a statement written by hand: %s twice is the day, {events} the table, {p} the person.
LIVING_SQL = """((({p}.died_on IS NULL OR {p}.died_on > %s) AND NOT EXISTS (SELECT 1 FROM {events} ended
    WHERE ended.person_id = {p}.id AND ended.kind = 'death' AND ended.state = 'settled' AND ended.effective_on <= %s))
  OR EXISTS (SELECT 1 FROM {events} asked WHERE asked.person_id = {p}.id AND asked.kind = 'death' AND asked.state = 'question'))"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A settled death, or a settled departure from a village (or from a town, where no village was known)."""

    kind: str
    village_id: int | None
    town_id: int | None
    settled_at: datetime  # when the last of the sources came in

    def reaches(self, village_id: int | None, town_id: int | None) -> bool:
        """Answer whether somebody expected at a place is expected there no more: the dead anywhere, who left where they left."""
        if self.kind == "death":
            return True
        return self.village_id == village_id if self.village_id else self.town_id == town_id


def ended_people() -> dict[int, Ended]:
    """Return everybody whose death or departure is settled; a death outweighs a departure, a later departure an earlier.

    Whoever came back to the place they left, on that day or later, is expected there again.
    """
    settled = LifeEvent.objects.filter(kind__in=_ENDING, state="settled", superseded_by__isnull=True)
    rows = settled.order_by("-kind", "effective_on", "pk")
    came = LifeEvent.objects.filter(kind="moved_in", state="settled", superseded_by__isnull=True)
    back: dict[tuple[int, int | None], date] = {}
    for person, village, town, on in came.values_list("person", "village", "town", "effective_on"):
        for place in (village, town):
            back[person, place] = max(on, back.get((person, place), on))
    found: dict[int, Ended] = {}
    for event in rows:
        returned = back.get((event.person_id, event.village_id or event.town_id))
        if event.kind == "moved_out" and returned is not None and returned >= event.effective_on:
            continue
        before = found.get(event.person_id)
        same = before is not None and before.kind == event.kind
        last = max(before.settled_at, event.entered_at) if before is not None and same else event.entered_at
        found[event.person_id] = Ended(event.kind, event.village_id, event.town_id, last)
    return found


def arrivals() -> list[LifeEvent]:
    """Return everybody who moved in and is not known to have died."""
    live = LifeEvent.objects.filter(kind="moved_in", state="settled", superseded_by__isnull=True)
    return list(live.exclude(_events("death", "settled", "person")).order_by("pk"))
