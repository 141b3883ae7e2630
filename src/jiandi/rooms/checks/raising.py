"""Findings become alerts: new ones with wall and route, known ones brought up to date, gone ones marked as gone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiandi.core.checks import Finding, Rule
from jiandi.rooms.access import bulk
from jiandi.rooms.access.actions import raise_walls
from jiandi.rooms.access.models import Officer, Unit, Wall, WallEntry
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.checks import packs
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.checks.routing import Directory
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.circles import ties_around
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import queries as screening

WEIGHT = {"danger": 300, "contradiction": 200, "service_gap": 100}
BATCH = 2_000
Outsider = tuple[Unit | Officer, str]
ReportWalls = Callable[[list[int]], dict[int, int]]


@dataclass(frozen=True, slots=True)
class Where:
    """The columns by which areas select an alert."""

    village: int | None
    town: int | None
    county: int


class Atlas:
    """Villages and people's places, read once for a whole run."""

    def __init__(self, findings: Sequence[Finding], county: Place) -> None:
        self.county = county.pk
        villages = {f.village for f in findings if f.village}
        self.places = {p.pk: p for p in Place.objects.filter(pk__in=villages)}
        self.ties = ties_around()
        ids = [f.person_id for f in findings if f.person_id]
        self.people: dict[int, tuple[int | None, int | None, int, int | None]] = {}
        for start in range(0, len(ids), BATCH):
            rows = Person.objects.filter(pk__in=ids[start : start + BATCH])
            for pk, village, town, county_id, household in rows.values_list(
                "pk", "village", "town", "county", "household"
            ):
                self.people[int(pk)] = (village, town, county_id or self.county, household)

    def where(self, finding: Finding) -> Where:
        """Return where a finding lies: its village, else its person's place, else the county."""
        place = self.places.get(finding.village or 0)
        if place is not None:
            return Where(place.pk, place.town_id, place.county_id or self.county)
        village, town, county, _ = self.people.get(finding.person_id or 0, (None, None, self.county, None))
        return Where(village, town, county)


def outsiders(finding: Finding, rule: Rule, where: Where, directory: Directory) -> list[Outsider]:
    """Return everyone who must not learn of a finding: named in its records, or by the rule's structure."""
    found: dict[tuple[str, int], Outsider] = {}
    for party in finding.implicated:
        who = _party(party.kind, party.id, party.name, directory)
        if who is not None:
            found[(type(who).__name__, who.pk)] = (who, party.why or "named")
    for code, by_place, place in (
        ("village_committee", directory.villages, where.village),
        ("township", directory.townships, where.town),
    ):
        if code in rule.not_told and place is not None:
            for unit in by_place.get(place, []):
                found.setdefault(("Unit", unit.pk), (unit, code))
    return list(found.values())


def _party(kind: str, id_: int | None, name: str | None, directory: Directory) -> Unit | Officer | None:
    if kind == "officer":
        return directory.officers.get(id_ or 0)
    if kind == "unit":
        by_id = next((unit for unit in directory.units if unit.pk == id_), None) if id_ else None
        return by_id or directory.named(name)
    return None


def inherited(findings: Sequence[Finding], report_walls: ReportWalls | None) -> dict[str, list[Outsider]]:
    """Return, per finding, whoever the wall of a report it rests on already keeps out."""
    ids = {int(s.id) for f in findings for s in f.sources if s.kind == "report"}
    walls = report_walls(sorted(ids)) if ids and report_walls else {}
    entries: dict[int, list[Outsider]] = {}
    standing = WallEntry.objects.filter(wall__in=set(walls.values()), removed_at__isnull=True)
    for entry in standing.select_related("unit", "officer__unit"):
        entries.setdefault(entry.wall_id, []).append((entry.unit or entry.officer, entry.why))  # type: ignore[arg-type]
    found: dict[str, list[Outsider]] = {}
    for finding in findings:
        for source in finding.sources:
            wall = walls.get(int(source.id)) if source.kind == "report" else None
            if wall is not None:
                found.setdefault(finding.key, []).extend(entries.get(wall, []))
    return found


def raise_new(
    findings: Sequence[Finding],
    atlas: Atlas,
    *,
    by: Officer,
    at: datetime,
    report_walls: ReportWalls | None = None,
) -> list[Alert]:
    """Create alerts for findings nobody has seen; their walls stand before anybody is told."""
    directory, kept_out = Directory(at), inherited(findings, report_walls)
    shelf = packs.shelf()
    prepared = [(finding, shelf.of(finding.rule), atlas.where(finding)) for finding in findings]
    walls_wanted = [
        (outsiders(finding, rule, where, directory) + kept_out.get(finding.key, []), finding)
        for finding, rule, where in prepared
    ]
    indexes = [i for i, (entries, finding) in enumerate(walls_wanted) if entries or finding.person_id]
    wanted = [
        (shelf.of(walls_wanted[i][1].rule).title.zh, walls_wanted[i][0], _about(walls_wanted[i][1], atlas))
        for i in indexes
    ]
    walls = dict(zip(indexes, raise_walls(by=by, at=at, walls=wanted), strict=True)) if wanted else {}
    numbers = unused(Alert.objects.all(), len(prepared), digits=10)
    alerts = [
        _alert(finding, rule, where, directory, walls_wanted[index][0], walls.get(index), at, numbers[index])
        for index, (finding, rule, where) in enumerate(prepared)
    ]
    columns = [field.attname for field in Alert._meta.concrete_fields]
    bulk.insert(Alert, columns, [[getattr(alert, column) for column in columns] for alert in alerts])
    return alerts


def _alert(
    finding: Finding,
    rule: Rule,
    where: Where,
    directory: Directory,
    entries: list[Outsider],
    wall: Wall | None,
    at: datetime,
    number: int,
) -> Alert:
    walled = {who.pk if isinstance(who, Unit) else who.unit_id for who, _ in entries}
    route = directory.route(rule, where.county, walled)
    return Alert(
        pk=number,  # it stands in addresses, where a gap would give a walled alert away
        key=finding.key[:120],
        rule=rule.id,
        rule_version=rule.version,
        rule_class=rule.klass,
        person_id=finding.person_id,
        household_id=finding.household_id,
        village_id=where.village,
        town_id=where.town,
        county_id=where.county,
        wall=wall,
        detail_zh=finding.detail.zh,
        detail_en=finding.detail.en,
        sources=_sources(finding),
        implicated=_implicated(finding),
        routed_to=route.unit,
        routed_why_zh=route.why.zh[:300],
        routed_why_en=route.why.en[:300],
        rank=_rank(rule, finding),
        first_seen_at=at,
        last_seen_at=at,
    )


def _about(finding: Finding, atlas: Atlas) -> list[tuple[str, int]]:
    """Whoever declared a tie to the person, their kin or their household is walled off too."""
    about: list[tuple[str, int]] = []
    if finding.person_id:
        about.append(("person", finding.person_id))
    household = finding.household_id or atlas.people.get(finding.person_id or 0, (None,) * 4)[3]
    if household:
        about.append(("household", household))
    return about + atlas.ties.get(finding.person_id or 0, [])


def _sources(finding: Finding) -> list[dict[str, Any]]:
    return [{"kind": source.kind, "id": source.id} for source in finding.sources]


def _implicated(finding: Finding) -> list[dict[str, Any]]:
    return [{"kind": i.kind, "id": i.id, "name": i.name, "why": i.why} for i in finding.implicated]


def _rank(rule: Rule, finding: Finding) -> int:
    """Danger first, then what can be acted on: a known person and a known door. Orders the queue, is never shown."""
    reachable = (20 if finding.person_id else 0) + (10 if finding.household_id else 0)
    return WEIGHT[rule.klass] + (100 if rule.danger_now else 0) + reachable + min(len(finding.sources), 9)


def bring_up_to_date(known: dict[str, Alert], findings: Sequence[Finding], at: datetime) -> None:
    """Write what the records say now into alerts that exist; one that had gone is back."""
    changed = []
    for finding in findings:
        alert = known[finding.key[:120]]
        alert.detail_zh, alert.detail_en = finding.detail.zh, finding.detail.en
        alert.sources, alert.last_seen_at, alert.gone_at = _sources(finding), at, None
        changed.append(alert)
    Alert.objects.bulk_update(
        changed, ["detail_zh", "detail_en", "sources", "last_seen_at", "gone_at"], batch_size=500
    )


def gone(silent: Sequence[Alert]) -> list[int]:
    """Return which alerts the records no longer support. An erased listing supports nothing and refutes nothing."""
    cited = {alert.pk: {int(s["id"]) for s in alert.sources if s["kind"] == "visit"} for alert in silent}
    erased = screening.erased_visits({visit for visits in cited.values() for visit in visits})
    return [pk for pk, visits in cited.items() if not visits & erased]
