"""What of the alerts may be seen, and the published precision of each rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from jiandi.core.checks.audiences import NOT_TOLD, RECIPIENTS
from jiandi.core.checks.shapes import Rule
from jiandi.core.estimate.audits import Rate, clopper_pearson
from jiandi.core.numbering import ROLE_CODES, record_ids
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.access.verbs import kind_name
from jiandi.rooms.checks import packs
from jiandi.rooms.checks.models import Alert, Run
from jiandi.rooms.checks.states import CLASSES, OPEN
from jiandi.rooms.register.models import Person, Record
from jiandi.rooms.register.queries_review import ROLES
from jiandi.rooms.screening import queries as screening
from jiandi.rooms.screening.models import Campaign, Visit

# What the number in a row is worth, as the reading of it said (core.identity).
ID_STATUSES: dict[str, Text] = {
    "valid": Text(zh="有效", en="valid"),
    "repaired": Text(zh="整理后有效", en="valid once tidied"),
    "lunar": Text(zh="出生日期为农历", en="holds a lunar birth date"),
    "invalid": Text(zh="不成立", en="not a possible number"),
    "placeholder": Text(zh="占位内容", en="a filler stands there"),
    "missing": Text(zh="未填写", en="none given"),
}
LEAST_LABELS = 20  # below this a precision says nothing (assurance page: minimum samples)


def alerts(by: Officer, at: datetime, *, rule: str = "", state: str = "", klass: str = "") -> QuerySet[Alert]:
    """Return the alerts the officer may see, gravest first; open ones unless a state is asked for."""
    found = Alert.objects.filter(gone_at__isnull=True).select_related(
        "person", "village", "town", "routed_to"
    )
    found = found.filter(state=state) if state else found.filter(state__in=OPEN)
    if rule:
        found = found.filter(rule=rule)
    if klass:
        found = found.filter(rule_class=klass)
    return visible(found, by, "checks.read_alert", at=at).order_by("-rank", "pk")


def page_of(found: QuerySet[Alert], size: int) -> list[Alert]:
    """Return the first alerts of a list: their numbers are put in order first, and only the page is read whole."""
    numbers = list(found.values_list("pk", flat=True)[:size])
    read = {alert.pk: alert for alert in found.filter(pk__in=numbers)}
    return [read[number] for number in numbers]


def alerts_about(by: Officer, at: datetime, *, rule: str, person: Person) -> list[Alert]:
    """Return what a rule asks about a person, as far as the officer may see: behind a wall there is nothing."""
    about = Q(person=person) | Q(listed__person=person)
    found = Alert.objects.filter(about, gone_at__isnull=True, rule=rule)
    return list(visible(found, by, "checks.read_alert", at=at).order_by("pk"))


def people_listed(alert: Alert, by: Officer, at: datetime) -> tuple[list[Person], int]:
    """Return whom a question about several people is about, as far as the officer may read them, and how many more there are."""
    listed = Person.objects.filter(listed_in__alert=alert)
    readable = (
        visible(listed, by, "register.read_person", at=at).select_related("village").order_by("name", "pk")
    )
    shown = list(readable)
    return shown, listed.count() - len(shown)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of an alert, as a clerk can look it up: which file, which row, what it says."""

    kind: str
    label: Text
    record: Record | None = None
    id_status: Text | None = None
    url: str = ""
    differs: frozenset[str] = frozenset()  # what another of the rows says otherwise: name, sex, born


def source_rows(alert: Alert, by: Officer, at: datetime) -> list[SourceRow]:
    """Return an alert's sources: rows with file and row, visits with place and day, and the pages the reader may open."""
    row_ids = [source["id"] for source in alert.sources if source["kind"] == "row"]
    keys = [record for row in row_ids for record in record_ids(row)]
    records = list(Record.objects.filter(pk__in=keys).select_related("roster__unit", "person").order_by("pk"))
    differing = _differing(records)
    shown = [
        SourceRow(
            "row",
            Text(
                zh=f"{r.roster.unit.name} {r.roster.file_name} 第{r.row_no}行 · {ROLES[r.role].zh}",
                en=f"{r.roster.unit.name} {r.roster.file_name}, row {r.row_no} · {ROLES[r.role].en}",
            ),
            r,
            ID_STATUSES.get(r.id_status),
            differs=differing[r.pk],
        )
        for r in records
    ]
    visits = [source["id"] for source in alert.sources if source["kind"] == "visit"]
    shown += _visit_rows(visits, by, at)
    for source in alert.sources:
        if source["kind"] not in ("row", "visit"):
            shown.append(SourceRow(source["kind"], kind_name(source["kind"])))
    return shown


_FACTS = {"name": "name", "sex": "sex", "born": "birth_on"}


def _differing(records: list[Record]) -> dict[int, frozenset[str]]:
    """Return by record what another row says otherwise: of the same person, or of the wife and the mother of one family."""
    groups: dict[object, list[Record]] = {}
    for record in records:
        wife = record.role in (ROLE_CODES["wife"], ROLE_CODES["mother"])
        groups.setdefault("wife" if wife else record.person_id or -record.pk, []).append(record)
    differing: dict[int, frozenset[str]] = {}
    for same in groups.values():
        told = {word: {getattr(r, column) for r in same} - {None, ""} for word, column in _FACTS.items()}
        several = frozenset(word for word, values in told.items() if len(values) > 1)
        differing |= {record.pk: several for record in same}
    return differing


def _visit_rows(ids: list[int], by: Officer, at: datetime) -> list[SourceRow]:
    """Return visits by day, place and the time they began; with their page for those who may read the visit as it came."""
    readable = set(screening.visits(by, at).filter(pk__in=ids).values_list("pk", flat=True))
    rows = []
    for visit in (
        Visit.objects.filter(pk__in=ids).select_related("village", "dwelling").order_by("started_at")
    ):
        day = timezone.localdate(visit.started_at or visit.received_at)
        place = visit.village.name if visit.village else ""
        hour = f" {timezone.localtime(visit.started_at):%H:%M}" if visit.started_at else ""
        label = Text(zh=f"{day}在{place}的走访{hour}", en=f"Visit of {day} in {place}{hour}")
        url = reverse("screening:visit", args=[visit.pk]) if visit.pk in readable else ""
        rows.append(SourceRow("visit", label, url=url))
    return rows


@dataclass(frozen=True, slots=True)
class RoundLine:
    """How a rule's questions of one round of visits were answered."""

    title: Text
    confirmed: int
    explained: int
    precision: Rate | None


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule, what its last run came to, and how often its questions turned out to matter - as far as the reader may see."""

    rule: Rule
    klass: Text
    last: Mapping[str, object]
    asked: int
    confirmed: int
    explained: int
    precision: Rate | None
    rounds: list[RoundLine]
    recipients: list[Text]
    not_told: list[Text]


def rule_lines(by: Officer, at: datetime) -> list[RuleLine]:
    """Return the table of rules with the last run and the precision, where enough labels exist.

    Every count goes through the walls: a total that differs from the reader's list would give a walled alert away.
    """
    run = Run.objects.filter(finished_at__isnull=False).order_by("-pk").first()
    last = {line["rule"]: line for line in run.report} if run else {}
    labels = {
        row["rule"]: row
        for row in visible(Alert.objects.all(), by, "checks.read_alert", at=at)
        .values("rule")
        .annotate(
            asked=Count("pk", filter=Q(gone_at__isnull=True)),
            confirmed=Count("pk", filter=Q(state="confirmed")),
            explained=Count("pk", filter=Q(state="explained")),
        )
    }
    rounds = _rounds(by, at)
    lines = []
    for rule in packs.shelf().rules:
        label = labels.get(rule.id, {"asked": 0, "confirmed": 0, "explained": 0})
        total = label["confirmed"] + label["explained"]
        lines.append(
            RuleLine(
                rule=rule,
                klass=CLASSES[rule.klass],
                last=last.get(rule.id, {}),
                asked=label["asked"],
                confirmed=label["confirmed"],
                explained=label["explained"],
                precision=_precision(label["confirmed"], total),
                rounds=rounds.get(rule.id, []),
                recipients=[RECIPIENTS[code] for code in rule.recipients],
                not_told=[NOT_TOLD[code] for code in rule.not_told],
            )
        )
    return lines


def _precision(confirmed: int, total: int) -> Rate | None:
    return clopper_pearson(confirmed, total) if total >= LEAST_LABELS else None


def _rounds(by: Officer, at: datetime) -> dict[str, list[RoundLine]]:
    """Return by rule, round by round, how its questions were answered; a question belongs to the round it was first asked in."""
    begun = Campaign.objects.filter(starts_on__lte=OuterRef("asked_on")).order_by("-starts_on", "-pk")
    answered = (
        visible(Alert.objects.filter(state__in=("confirmed", "explained")), by, "checks.read_alert", at=at)
        .annotate(asked_on=TruncDate("first_seen_at"))
        .annotate(campaign=Subquery(begun.values("pk")[:1]))
        .values("rule", "campaign")
        .annotate(
            confirmed=Count("pk", filter=Q(state="confirmed")),
            explained=Count("pk", filter=Q(state="explained")),
        )
        .order_by("rule", "campaign")
    )
    titles = {one.pk: Text(zh=one.title_zh, en=one.title_en) for one in Campaign.objects.all()}
    before = Text(zh="首轮排查之前", en="before the first round")
    found: dict[str, list[RoundLine]] = {}
    for row in answered:
        total = row["confirmed"] + row["explained"]
        line = RoundLine(
            titles.get(row["campaign"], before),
            row["confirmed"],
            row["explained"],
            _precision(row["confirmed"], total),
        )
        found.setdefault(row["rule"], []).append(line)
    return found
