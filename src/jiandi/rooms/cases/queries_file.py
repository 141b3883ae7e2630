"""一人一档: everything known of the people in a case, each line with where it stands. Read only through the case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from jiandi.core.names.masks import mask_id
from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Source, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.cases import queries
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.groups import GROUPS
from jiandi.rooms.register.models import Judgement, Membership, Person, Record, Relation
from jiandi.rooms.screening.models import Expected, Finding, Sighting

ROLES = ["subject", "husband", "wife", "child", "mother", "father", "guardian", "guardian2"]
ROLE_WORDS = {
    "subject": Text(zh="本人", en="The person"),
    "husband": Text(zh="男方", en="Husband"),
    "wife": Text(zh="女方", en="Wife"),
    "child": Text(zh="子女", en="Child"),
    "mother": Text(zh="母亲", en="Mother"),
    "father": Text(zh="父亲", en="Father"),
    "guardian": Text(zh="监护人", en="Guardian"),
    "guardian2": Text(zh="第二监护人/开户人", en="Second guardian or payee"),
}
MOST = 200  # lines of one part on a page; a person with more is read in the register


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a file: when, what, and where it stands."""

    on: date | None
    text: Text
    source: Source
    note: Text = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class PersonFile:
    """One person's file as a case officer reads it."""

    subject: Subject
    person: Person
    id_number: str
    records: list[Entry]
    lists: list[Entry]
    kin: list[Entry]
    visits: list[Entry]
    findings: list[Entry]
    decisions: list[Entry]
    alerts: list[Entry]


def person_files(case: Case, by: Officer, at: datetime) -> list[PersonFile]:
    """Return the files of everybody in a case; the caller has found the case among those the officer may read."""
    subjects = case.subjects.select_related(
        "person__village", "person__town", "person__county", "person__household"
    )
    return [_file(subject, by, at) for subject in subjects.order_by("id")]


def _file(subject: Subject, by: Officer, at: datetime) -> PersonFile:
    person = subject.person
    return PersonFile(
        subject=subject,
        person=person,
        id_number=mask_id(queries.id_number(person)),
        records=_records(person),
        lists=_lists(person),
        kin=_kin(person),
        visits=_visits(person),
        findings=_findings(person),
        decisions=_decisions(person),
        alerts=_alerts(person, by, at),
    )


def _kind(kind: str) -> Text:
    known = catalogue().kinds.get(kind)
    return known.title if known else Text(zh=kind, en=kind)


def _records(person: Person) -> list[Entry]:
    found = (
        Record.objects.filter(person=person)
        .select_related("roster__unit")
        .order_by("-roster__reference_on", "id")
    )
    return [_record(record) for record in found[:MOST]]


def _record(record: Record) -> Entry:
    roster, role = record.roster, ROLE_WORDS[ROLES[record.role]]
    kind = _kind(roster.kind)
    born = f"{record.birth_on:%Y-%m-%d}" if record.birth_on else "—"
    return Entry(
        on=roster.reference_on,
        text=Text(
            zh=f"{kind.zh}({role.zh}):{record.name or '—'},出生{born}",
            en=f"{kind.en} ({role.en}): {record.name or '—'}, born {born}",
        ),
        source=Source(
            "record",
            record.pk,
            f"{roster.unit.name} · {roster.file_name} · {roster.sheet or ''}#{record.row_no}",
        ),
        note=_how(record.how),
    )


_HOW = {
    "id": Text(zh="凭身份证号归并", en="joined by identity number"),
    "alias": Text(zh="凭曾用信息归并", en="joined by an earlier name or number"),
    "auto": Text(zh="凭多项一致归并", en="joined by agreement of several fields"),
    "authority": Text(zh="户籍行自成一人", en="a row of the police register, a person of its own"),
    "manual": Text(zh="由人判定归并", en="joined by an officer's decision"),
    "new": Text(zh="单独成人", en="stands alone"),
}


def _how(how: str) -> Text:
    return _HOW.get(how, Text(zh=how, en=how))


def _lists(person: Person) -> list[Entry]:
    found = Membership.objects.filter(person=person).select_related("roster__unit").order_by("group")
    return [
        Entry(
            on=line.starts_on,
            text=GROUPS[line.group].title if line.group in GROUPS else Text(zh=line.group, en=line.group),
            source=Source("record", line.record_id or 0, line.roster.unit.name if line.roster else ""),
            note=Text(zh=line.detail, en=line.detail),
        )
        for line in found
    ]


_KIN = {
    "spouse": Text(zh="配偶", en="Spouse"),
    "mother": Text(zh="母亲", en="Mother"),
    "father": Text(zh="父亲", en="Father"),
    "child": Text(zh="子女", en="Child"),
    "guardian": Text(zh="监护人", en="Guardian"),
    "payee": Text(zh="开户人", en="Payee"),
    "same_household": Text(zh="同户", en="Same household"),
}


def _kin(person: Person) -> list[Entry]:
    found = (
        Relation.objects.filter(person=person, other__wall__isnull=True)
        .select_related("other")
        .order_by("kind", "id")
    )
    lines = []
    for relation in found[:MOST]:
        word = _KIN.get(relation.kind, Text(zh=relation.kind, en=relation.kind))
        text = Text(zh=f"{word.zh}:{relation.other.name}", en=f"{word.en}: {relation.other.name}")
        lines.append(Entry(on=None, text=text, source=Source("row", relation.row_id)))
    return lines


_PRESENT = {
    "seen": Text(zh="见到本人", en="seen in person"),
    "away": Text(zh="外出", en="away"),
    "not_here": Text(zh="不在此居住", en="does not live here"),
    "dead": Text(zh="据称已故", en="said to be dead"),
    "unknown": Text(zh="情况不明", en="unknown"),
}


def _visits(person: Person) -> list[Entry]:
    found = (
        Sighting.objects.filter(person=person)
        .select_related("visit__worker", "visit__unit")
        .order_by("-visit__started_at")
    )
    lines = []
    for seen in found[:MOST]:
        visit, word = seen.visit, _PRESENT.get(seen.present, Text(zh=seen.present, en=seen.present))
        alone = Text(zh=",单独见面", en=", alone") if seen.alone else Text(zh=",未单独", en=", not alone")
        if seen.present != "seen":
            alone = Text(zh="", en="")
        who = f"{visit.unit.name if visit.unit else ''} {visit.worker.name if visit.worker else ''}".strip()
        lines.append(
            Entry(
                on=visit.started_at.date() if visit.started_at else None,
                text=Text(zh=f"{word.zh}{alone.zh}", en=f"{word.en}{alone.en}"),
                source=Source("visit", visit.pk, who),
            )
        )
    waiting = Expected.objects.filter(person=person, outcome="not_yet").select_related("task")
    not_yet = Text(zh="列入走访,尚未见到", en="on a visit list, not yet seen")
    lines += [
        Entry(on=expected.task.due_on, text=not_yet, source=Source("task", expected.task.code))
        for expected in waiting
    ]
    return lines


def _findings(person: Person) -> list[Entry]:
    kinds = {
        "danger": Text(zh="危险迹象", en="Danger sign"),
        "need": Text(zh="需求", en="Need"),
        "words": Text(zh="本人的话", en="In their words"),
    }
    found = Finding.objects.filter(person=person).select_related("visit").order_by("-visit__started_at")
    lines = []
    for finding in found[:MOST]:
        word = kinds.get(finding.kind, Text(zh=finding.kind, en=finding.kind))
        text = Text(zh=f"{word.zh}:{finding.value}", en=f"{word.en}: {finding.value}")
        day = finding.visit.started_at.date() if finding.visit.started_at else None
        lines.append(Entry(on=day, text=text, source=Source("visit", finding.visit_id)))
    return lines


_VERDICTS = {
    "same": Text(zh="判定为同一人", en="judged the same person"),
    "not_same": Text(zh="判定不是同一人", en="judged not the same"),
    "unsure": Text(zh="存疑", en="unsure"),
}


def _decisions(person: Person) -> list[Entry]:
    found = (
        Judgement.objects.filter(record__person=person).select_related("made_by__unit").order_by("-made_at")
    )
    return [
        Entry(
            on=judged.made_at.date(),
            text=Text(
                zh=f"{_VERDICTS[judged.verdict].zh}:{judged.reason}",
                en=f"{_VERDICTS[judged.verdict].en}: {judged.reason}",
            ),
            source=Source("judgement", judged.pk, f"{judged.made_by.unit.name} {judged.made_by.name}"),
            note=Text(zh="", en="")
            if judged.superseded_at is None
            else Text(zh="后来已改判", en="later changed"),
        )
        for judged in found[:MOST]
    ]


def _alerts(person: Person, by: Officer, at: datetime) -> list[Entry]:
    found = visible(
        Alert.objects.filter(Q(person=person) | Q(listed__person=person)), by, "checks.read_alert", at=at
    ).order_by("-first_seen_at")
    return [
        Entry(
            on=alert.first_seen_at.date(),
            text=Text(zh=alert.detail_zh, en=alert.detail_en),
            source=Source("alert", alert.pk, alert.rule),
        )
        for alert in found[:MOST]
    ]
