"""Findings become alerts: new ones with wall and route, known ones brought up to date, gone ones marked as gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiandi.core.checks import Finding, Rule
from jiandi.rooms.access import bulk
from jiandi.rooms.access.actions import extend_walls, raise_walls
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer, Unit, Wall, WallEntry
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.checks import packs
from jiandi.rooms.checks.models import Alert, Listed, Triage
from jiandi.rooms.checks.routing import Directory
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.circles import ties_around
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import queries as screening

WEIGHT = {"danger": 300, "contradiction": 200, "service_gap": 100}
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
        named = Person.objects.filter(among("pk", {person for f in findings for person in about(f)}))
        self.people: dict[int, tuple[int | None, int | None, int, int | None]] = {
            int(pk): (village, town, county_id or self.county, household)
            for pk, village, town, county_id, household in named.values_list(
                "pk", "village", "town", "county", "household"
            )
        }

    def where(self, finding: Finding) -> Where:
        """Return where a finding lies: its village, else its person's place, else the county."""
        place = self.places.get(finding.village or 0)
        if place is not None:
            return Where(place.pk, place.town_id, place.county_id or self.county)
        village, town, county, _ = self.people.get(finding.person_id or 0, (None, None, self.county, None))
        return Where(village, town, county)


def about(finding: Finding) -> tuple[int, ...]:
    """Return whom a finding is about: one person, several, or nobody by name."""
    return (finding.person_id,) if finding.person_id else finding.people


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
    indexes = [i for i, (entries, finding) in enumerate(walls_wanted) if entries or about(finding)]
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
    _list(dict(zip((alert.pk for alert in alerts), findings, strict=True)))
    return alerts


def _list(findings: Mapping[int, Finding]) -> None:
    """Write by alert whom a question about several people is about, as the records say now."""
    wanted = {(alert, person) for alert, finding in findings.items() for person in finding.people}
    rows = Listed.objects.filter(among("alert_id", findings)).values_list("pk", "alert_id", "person_id")
    held = {(alert, person): pk for pk, alert, person in rows}
    Listed.objects.filter(among("pk", (pk for pair, pk in held.items() if pair not in wanted))).delete()
    bulk.insert(Listed, ["alert", "person"], sorted(wanted - set(held)))


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
    """Whoever declared a tie to one of the people, their kin or their household is walled off too."""
    found: list[tuple[str, int]] = [("household", finding.household_id)] if finding.household_id else []
    for person in about(finding):
        found.append(("person", person))
        household = atlas.people.get(person, (None,) * 4)[3]
        if household and not finding.household_id:
            found.append(("household", household))
        found += atlas.ties.get(person, [])
    return found


def _sources(finding: Finding) -> list[dict[str, Any]]:
    return [{"kind": source.kind, "id": source.id} for source in finding.sources]


def _implicated(finding: Finding) -> list[dict[str, Any]]:
    return [{"kind": i.kind, "id": i.id, "name": i.name, "why": i.why} for i in finding.implicated]


def _rank(rule: Rule, finding: Finding) -> int:
    """Danger first, then what can be acted on: a known person and a known door. Orders the queue, is never shown."""
    reachable = (20 if about(finding) else 0) + (10 if finding.household_id else 0)
    return WEIGHT[rule.klass] + (100 if rule.danger_now else 0) + reachable + min(len(finding.sources), 9)


_KEPT = (
    *("detail_zh", "detail_en", "sources", "implicated", "last_seen_at", "gone_at"),
    *("wall", "routed_to", "routed_why_zh", "routed_why_en", "state"),
)
AGAIN = "有新记录 · new records have arrived"


def _speaks_anew(alert: Alert, finding: Finding) -> bool:
    """Tell whether a question rests on a record it did not rest on before: what found no answer is then asked again."""
    return any(source not in alert.sources for source in _sources(finding))


def bring_up_to_date(
    known: dict[str, Alert],
    findings: Sequence[Finding],
    atlas: Atlas,
    *,
    by: Officer,
    at: datetime,
    report_walls: ReportWalls | None = None,
) -> None:
    """Write what the records say now into alerts that exist; one that had gone is back.

    Whoever the records name since stands outside the wall from now on, and so do those with a tie to people added to a list,
    and those whom a report that came in since keeps out.
    """
    _keep_out(known, findings, atlas, inherited(findings, report_walls), by=by, at=at)
    changed, again = [], []
    for finding in findings:
        alert = known[finding.key[:120]]
        if alert.state == Alert.State.UNANSWERED and _speaks_anew(alert, finding):
            again.append(
                Triage(
                    alert=alert, from_state=alert.state, to_state=Alert.State.NEW, note=AGAIN, by=by, at=at
                )
            )
            alert.state = Alert.State.NEW
        alert.detail_zh, alert.detail_en = finding.detail.zh, finding.detail.en
        alert.sources, alert.implicated = _sources(finding), _implicated(finding)
        alert.last_seen_at, alert.gone_at = at, None
        changed.append(alert)
    Alert.objects.bulk_update(changed, _KEPT, batch_size=500)
    Triage.objects.bulk_create(again, batch_size=500)
    several = {known[finding.key[:120]].pk: finding for finding in findings if finding.people}
    if several:
        _list(several)


def _keep_out(
    known: dict[str, Alert],
    findings: Sequence[Finding],
    atlas: Atlas,
    kept_out: Mapping[str, list[Outsider]],
    *,
    by: Officer,
    at: datetime,
) -> None:
    directory, shelf = Directory(at), packs.shelf()
    grown: list[tuple[int, list[Outsider], list[tuple[str, int]]]] = []
    unwalled: dict[int, tuple[str, list[Outsider], list[tuple[str, int]]]] = {}
    moved = _naming_more(known, findings, kept_out)
    for alert, finding in moved:
        rule = shelf.of(finding.rule)
        entries = outsiders(finding, rule, atlas.where(finding), directory) + kept_out.get(finding.key, [])
        _route_around(alert, rule, entries, directory)
        if alert.wall_id is not None:
            grown.append((alert.wall_id, entries, _about(finding, atlas)))
        elif entries:
            unwalled[alert.pk] = (rule.title.zh, entries, _about(finding, atlas))
    if grown:
        extend_walls(by=by, at=at, walls=grown)
    if unwalled:
        made = dict(zip(unwalled, raise_walls(by=by, at=at, walls=list(unwalled.values())), strict=True))
        for alert, _ in moved:
            alert.wall = made.get(alert.pk, alert.wall)


def _naming_more(
    known: dict[str, Alert], findings: Sequence[Finding], kept_out: Mapping[str, list[Outsider]]
) -> list[tuple[Alert, Finding]]:
    """Return the alerts whose records name other parties than before, people who were not on the list, or a walled report."""
    several = {finding.rule for finding in findings if finding.people}
    listed: dict[int, set[int]] = {}
    rows = Listed.objects.filter(alert__rule__in=several).values_list("alert_id", "person_id")
    for alert_id, person in rows if several else ():
        listed.setdefault(alert_id, set()).add(person)
    pairs = [(known[finding.key[:120]], finding) for finding in findings]
    return [
        (alert, finding)
        for alert, finding in pairs
        if (finding.implicated and alert.implicated != _implicated(finding))
        or not set(finding.people) <= listed.get(alert.pk, set())
        or finding.key in kept_out
    ]


def _route_around(alert: Alert, rule: Rule, entries: list[Outsider], directory: Directory) -> None:
    """Take a question away from a unit the records name since."""
    walled = {who.pk if isinstance(who, Unit) else who.unit_id for who, _ in entries}
    if alert.routed_to_id in walled or alert.routed_to_id is None:
        route = directory.route(rule, alert.county_id, walled)
        alert.routed_to = route.unit
        alert.routed_why_zh, alert.routed_why_en = route.why.zh[:300], route.why.en[:300]


def gone(silent: Sequence[Alert]) -> list[int]:
    """Return which alerts the records no longer support. An erased listing supports nothing and refutes nothing."""
    cited = {alert.pk: {int(s["id"]) for s in alert.sources if s["kind"] == "visit"} for alert in silent}
    erased = screening.erased_visits({visit for visits in cited.values() for visit in visits})
    return [pk for pk, visits in cited.items() if not visits & erased]
