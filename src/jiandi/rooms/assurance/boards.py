"""The sets behind the coverage board, each counted by the database: the round's people, its lists, its rosters, signals.

A wall changes no number of the shared part: whoever an ordinary roster or an ordinary visit knows is counted the same
before and after, so no subtraction tells who is sealed. What only sealed matters know (sensitive lists, somebody entered
through a case, outside signals) stands in cells and counts of the working group alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from jiandi.core.estimate.misses import Standing
from jiandi.core.numbering import ROW_BITS
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.permissions import area_filter
from jiandi.rooms.assurance.models import BoardCell
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.register.groups import GROUPS, SENSITIVE, SENSITIVE_FILES
from jiandi.rooms.register.linking import kinds_known
from jiandi.rooms.register.models import COUNTED, FOUND, Membership, Person, Record, Roster
from jiandi.rooms.screening.models import Campaign, Expected, Sighting, Visit

#: Each person once who is on any protection list; on any that is not sensitive.
ANY, ANY_OPEN = "any", "any_open"
EVERYBODY = ""
#: Lists that are signals from outside and put nobody on a list to be reached; the rule on people like a missing one.
SIGNAL_ROSTERS, MISSING_RULE = ("hotline", "missing"), "R20"
_PLACE = ("village_id", "town_id", "county_id")
_O = Expected.Outcome
_REACHED = Q(outcome__in=(_O.SEEN, _O.EXCUSED))
#: On no roster as linkage stands: entered at a door or elsewhere, or met in this round and known to no roster since.
_UNLISTED = Q(person__kinds=FOUND) | Q(is_found=True, person__kinds="")
_HUKOU_ONLY = Q(person__kinds="hukou") & ~_UNLISTED
_COUNTS = {
    "listed": Count("pk", filter=~_UNLISTED),
    "unlisted_found": Count("pk", filter=_UNLISTED),
    "seen": Count("pk", filter=Q(outcome=_O.SEEN)),
    "seen_alone": Count("pk", filter=Q(outcome=_O.SEEN, seen_alone=True)),
    "excused": Count("pk", filter=Q(outcome=_O.EXCUSED)),
    "hukou_only": Count("pk", filter=_HUKOU_ONLY),
    "hukou_only_left": Count("pk", filter=_HUKOU_ONLY & ~_REACHED),
}
# Prefixed: a counter named like a column would be taken for it inside the other counters.
_NAMED = {f"count_{name}": count for name, count in _COUNTS.items()}


def cells_of(campaign: Campaign) -> Iterator[BoardCell]:
    """Yield the cells of a round: everybody, every protection list, and each person once who is on any."""
    people = Expected.objects.filter(task__campaign=campaign, task__purpose="round")
    everybody = {place: counts for place, _, counts in _counted(people)}
    for place, count in _unplanned(campaign).items():
        everybody.setdefault(place, {})["unplanned"] = count
    for place, counts in everybody.items():
        yield _cell(EVERYBODY, False, place, counts)
    live = _live("person__memberships__", campaign.reference_on)
    on_lists = people.filter(live, person__memberships__group__in=list(GROUPS))
    for place, group, counts in _counted(on_lists, "person__memberships__group"):
        yield _cell(group, group in SENSITIVE, place, counts)
    for name, groups, is_sensitive in ((ANY, set(GROUPS), True), (ANY_OPEN, set(GROUPS) - SENSITIVE, False)):
        lists = Membership.objects.filter(_live("", campaign.reference_on), group__in=sorted(groups))
        for place, _, counts in _counted(people.filter(Exists(lists.filter(person=OuterRef("person"))))):
            yield _cell(name, is_sensitive, place, counts)


Place3 = tuple[int | None, int | None, int]


def _counted(people: QuerySet[Expected], *more: str) -> Iterator[tuple[Place3, str, dict[str, int]]]:
    """Yield place, list and counts of a set of expected people, grouped by the database."""
    for row in people.order_by().values(*_PLACE, *more).annotate(**_NAMED):
        place = (row["village_id"], row["town_id"], row["county_id"])
        group = str(row[more[0]]) if more else EVERYBODY
        yield place, group, {name: row[f"count_{name}"] for name in _COUNTS}


def _cell(group: str, is_sensitive: bool, place: Place3, counts: dict[str, int]) -> BoardCell:
    village, town, county = place
    return BoardCell(
        group=group,
        is_sensitive=is_sensitive,
        place_id=village or town or county,
        village_id=village,
        town_id=town,
        county_id=county,
        **counts,
    )


def _live(prefix: str, day: date) -> Q:
    """Whether a membership stands on a day."""
    return Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gt": day})


def _unplanned(campaign: Campaign) -> dict[Place3, int]:
    """Count people on a roster whom the round expects nowhere: listed after its doors were planned."""
    # A set, not a question asked of each person: SQLite would answer that by walking through all doors, each time.
    expected = Expected.objects.filter(task__campaign=campaign, task__purpose="round").values("person")
    alive = Q(died_on__isnull=True) | Q(died_on__gt=campaign.reference_on)
    known = Person.objects.filter(area_filter([campaign.place]), alive, COUNTED)
    waiting = known.exclude(kinds__in=(FOUND, "")).exclude(pk__in=expected)
    rows = waiting.order_by().values_list(*_PLACE).annotate(n=Count("pk"))
    return {(village, town, county): n for village, town, county, n in rows}


def rosters_of(campaign: Campaign) -> list[dict[str, Any]]:
    """Return the rosters behind the denominators: kind, unit, reference day, delivery day, records."""
    read = Roster.objects.filter(county_filter(campaign), state=Roster.State.READ, kind__in=kinds_known())
    return [
        {
            "kind": roster.kind,
            "unit": roster.unit.name,
            "reference_on": roster.reference_on.isoformat(),
            "delivered_on": roster.delivered_at.date().isoformat(),
            "records": int(roster.report.get("records") or roster.report.get("accepted") or 0),
            "is_sensitive": roster.kind in SENSITIVE_FILES | set(SIGNAL_ROSTERS),
        }
        for roster in read.select_related("unit").order_by("kind", "unit_id", "reference_on", "pk")
    ]


def county_filter(campaign: Campaign) -> Q:
    """The condition that something of a county belongs to a round."""
    place = campaign.place
    if place.county_id:
        return Q(county=place.county_id)
    return Q(county__city=place) | Q(county__province=place)


def signal_cases(found: QuerySet[Case]) -> list[Case]:
    """Return those of some cases that stand on a signal from outside: a report, a hotline order, a notice of somebody missing."""
    rows = list(found.select_related("alert", "report").order_by("pk"))
    of_signals = set(Roster.objects.filter(kind__in=SIGNAL_ROSTERS).values_list("pk", flat=True))
    return [case for case in rows if case.report_id or (case.alert and _is_outside(case, of_signals))]


def _is_outside(case: Case, rosters: set[int]) -> bool:
    assert case.alert is not None
    if case.alert.rule == MISSING_RULE:
        return True
    return any(
        source["kind"] == "report" or (source["kind"] == "row" and int(source["id"]) >> ROW_BITS in rosters)
        for source in case.alert.sources
    )


def standings(cases: Iterable[Case]) -> list[Standing]:
    """Return how everybody stood whom outside signals led to; a doubt never makes a miss.

    Somebody is missed only where no roster names them, or every one that does was delivered after the signal and took
    nothing's place, and no visit had seen them by the day of the signal.
    """
    of_case = {case.pk: case for case in cases}
    protected = Subject.objects.filter(among("case_id", of_case), part="protected")
    rows = list(protected.values_list("case_id", "person_id", "person__superseded_by_id"))
    first_day: dict[int, date] = {}
    for case, person, since in rows:
        root, day = since or person, _day_of(of_case[case])
        first_day[root] = min(day, first_day.get(root, day))
    named = first_day.keys() | {person for _, person, _ in rows}
    home = {person: since or person for _, person, since in rows}
    seen, listed = _first_seen(named), _first_listed(named)
    found: list[Standing] = []
    for root, day in sorted(first_day.items()):
        own = {root} | {person for person, where in home.items() if where == root}
        found.append(_standing(day, [seen.get(p) for p in own], [listed.get(p) for p in own]))
    unknown: Standing = "unknown"
    return found + [unknown] * len(set(of_case) - {case for case, _, _ in rows})


def _standing(day: date, seen: list[date | None], listed: list[date | None]) -> Standing:
    if any(when is not None and when <= day for when in seen):
        return "seen"
    return "listed" if any(when is not None and when <= day for when in listed) else "missed"


def _day_of(case: Case) -> date:
    if case.report is not None:
        return case.report.received_on
    return case.alert.first_seen_at.date() if case.alert is not None else case.opened_at.date()


def _first_seen(people: Iterable[int]) -> dict[int, date]:
    applied = Sighting.objects.filter(
        among("person_id", people), present="seen", visit__state=Visit.State.APPLIED
    )
    rows = applied.order_by().values_list("person").annotate(first=Min("visit__received_at"))
    return {person: first.date() for person, first in rows if person and first}


def _first_listed(people: Iterable[int]) -> dict[int, date]:
    """When a roster first named each person; one that took an earlier one's place is dated to before everything."""
    records = Record.objects.filter(among("person_id", people)).exclude(
        roster__kind__in=(FOUND, *SIGNAL_ROSTERS)
    )
    rows = records.order_by().values_list("person", "roster__replaces", "roster__delivered_at").distinct()
    found: dict[int, date] = defaultdict(lambda: date.max)
    for person, replaced, delivered in rows:
        found[person] = min(found[person], date.min if replaced else delivered.date())
    return dict(found)
