"""Run the rules, look for danger, and the steps on an alert."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
from django.utils import timezone

from jiandi.core import checks as rules
from jiandi.core.checks import Finding, Implicated, RuleRun, Said
from jiandi.core.checks.shapes import RunReport
from jiandi.core.values import Source, Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.checks import packs, policies, raising, standing, streams
from jiandi.rooms.checks.models import Alert, Run, ScanCursor, Triage
from jiandi.rooms.checks.raising import ReportWalls
from jiandi.rooms.checks.states import State
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import queries as register
from jiandi.rooms.screening import queries as screening

Progress = Callable[[int, int], None]
Fill = Callable[[duckdb.DuckDBPyConnection], object]
SECONDS_PER_RULE = 120.0


@dataclass(frozen=True, slots=True)
class Stream:
    """Where danger signs can come in: a name for its cursor, and how to read what came after an id."""

    name: str
    read: Callable[[int], tuple[list[Said], int]]
    walls: ReportWalls | None = None


def _county() -> Place:
    return Installation.objects.select_related("county").get(pk=1).county  # type: ignore[return-value]


@action
def run_checks(
    *,
    by: Officer,
    at: datetime,
    also: Sequence[Fill] = (),
    report_walls: ReportWalls | None = None,
    progress: Progress | None = None,
    is_kept: bool = False,
) -> Run:
    """Ask every rule over today's records and visits; `also` fills in what rooms above know (public reports).

    What the run stood on is kept where told so, for runs after the day's visits.
    """
    permit(by, "checks.run_checks", at=at)
    shelf = packs.shelf()
    run = Run.objects.create(
        started_at=at,
        reference_on=timezone.localdate(at),
        read_to=standing.last_event(),
        rules=standing.rules_digest(shelf),
    )
    with duckdb.connect() as con:
        con.execute("SET threads = 2")
        fills: tuple[Fill, ...] = (register.snapshot, screening.snapshot, *also)
        for number, fill in enumerate(fills, start=1):
            fill(con)
            if progress:
                progress(number, 5 + len(also))
        report = _ask_all(con, run, shelf)
        findings = _findings(con, "findings")
        # What an earlier run stood on is no longer the last run's.
        standing.keep(con, run) if is_kept else standing.forget()
    if progress:
        progress(3 + len(also), 5 + len(also))
    ids = apply_findings(findings, report.rules, by=by, at=at, report_walls=report_walls)
    counts = {line.rule: line.findings for line in report.rules}
    _finish(
        run,
        [_line(line) for line in (*report.rules, *shelf.lines())],
        ids,
        counts,
        by,
        at,
        "checks.run_checks",
    )
    if progress:
        progress(5 + len(also), 5 + len(also))
    return run


def _ask_all(con: duckdb.DuckDBPyConnection, run: Run, shelf: packs.Shelf) -> RunReport:
    return rules.run(
        con, at=run.reference_on, rules=shelf.rules, seconds_per_rule=SECONDS_PER_RULE, clock=time.monotonic
    )


@action
def run_after_visits(
    *, by: Officer, at: datetime, kept: standing.Standing, report_walls: ReportWalls | None = None
) -> Run:
    """Ask again what visits since the last run can change, and bring the alerts to where a run over everything would."""
    permit(by, "checks.run_checks", at=at)
    shelf, con, before = packs.shelf(), kept.con, kept.run
    run = Run.objects.create(
        started_at=at,
        reference_on=before.reference_on,
        read_to=standing.last_event(),
        rules=before.rules,
        is_whole=False,
    )
    con.execute("CREATE OR REPLACE TABLE findings_before AS FROM findings")
    report = rules.run_after(
        con,
        at=run.reference_on,
        visits=kept.visits,
        rules=shelf.rules,
        seconds_per_rule=SECONDS_PER_RULE,
        clock=time.monotonic,
    )
    changed = _findings(con, "(FROM findings EXCEPT FROM findings_before)")
    silent = con.execute("SELECT key FROM findings_before EXCEPT SELECT key FROM findings").fetchall()
    counts = dict(con.execute("SELECT rule, count(*) FROM findings GROUP BY rule").fetchall())
    con.execute("DROP TABLE findings_before")
    standing.keep(con, run)
    # Only what changed is written: an alert whose records say what they said is as it was.
    ids = apply_changes(changed, {key[:120] for (key,) in silent}, by=by, at=at, report_walls=report_walls)
    asked = {line.rule: {**_line(line), "count": counts.get(line.rule, 0)} for line in report.rules}
    lines = [asked.get(line["rule"], line) for line in before.report]
    _finish(run, lines, ids, counts, by, at, "checks.run_after_visits")
    return run


def _finish(
    run: Run,
    lines: list[dict[str, Any]],
    ids: list[int],
    counts: dict[str, int],
    by: Officer,
    at: datetime,
    verb: str,
) -> None:
    run.report, run.finished_at = lines, at
    run.save(update_fields=["report", "finished_at"])
    record_batch(
        verb, by=by, at=at, subject=run, subjects_kind="alert", subject_ids=ids, payload={"findings": counts}
    )


def _line(line: RuleRun) -> dict[str, Any]:
    reason = line.reason or Text(zh="", en="")
    return {
        "rule": line.rule,
        "state": line.state,
        "count": line.findings,
        "seconds": line.seconds,
        "zh": reason.zh,
        "en": reason.en,
    }


def _findings(con: duckdb.DuckDBPyConnection, table: str) -> list[Finding]:
    rows = con.execute(
        f"SELECT rule, key, person_id, household_id, village, detail_zh, detail_en, sources, implicated, people FROM {table} ORDER BY rule, key"
    ).fetchall()
    return [
        Finding(
            rule=rule,
            key=key,
            person_id=person,
            household_id=household,
            village=village,
            detail=Text(zh=zh, en=en),
            sources=tuple(Source(s["kind"], s["id"]) for s in sources or ()),
            implicated=tuple(Implicated(i["kind"], i["name"], i["id"], i["why"]) for i in implicated or ()),
            people=tuple(people or ()),
        )
        for rule, key, person, household, village, zh, en, sources, implicated, people in rows
    ]


def apply_findings(
    findings: Sequence[Finding],
    ran: Iterable[RuleRun],
    *,
    by: Officer,
    at: datetime,
    report_walls: ReportWalls | None = None,
) -> list[int]:
    """Turn a run's findings into alerts, inside the action that calls; returns the ids of all alerts touched."""
    seen = {finding.key[:120] for finding in findings}
    asked = [line.rule for line in ran if line.state == "ran"]
    silent = Alert.objects.filter(rule__in=asked, gone_at__isnull=True).values_list("key", flat=True)
    return apply_changes(findings, set(silent) - seen, by=by, at=at, report_walls=report_walls)


def apply_changes(
    findings: Sequence[Finding],
    silent: set[str],
    *,
    by: Officer,
    at: datetime,
    report_walls: ReportWalls | None = None,
) -> list[int]:
    """Raise or bring up to date the alerts of findings, and mark those of the keys that fell silent; returns all touched."""
    unique = list({finding.key[:120]: finding for finding in findings}.values())
    known = _alerts_of(finding.key[:120] for finding in unique)
    atlas = raising.Atlas(unique, _county())
    old = [finding for finding in unique if finding.key[:120] in known]
    raising.bring_up_to_date(known, old, atlas, by=by, at=at, report_walls=report_walls)
    new = [finding for finding in unique if finding.key[:120] not in known]
    made = raising.raise_new(new, atlas, by=by, at=at, report_walls=report_walls)
    fell = [alert for alert in _alerts_of(silent).values() if alert.gone_at is None]
    gone = raising.gone(fell)
    Alert.objects.filter(among("pk", gone)).update(gone_at=at)
    return [alert.pk for alert in made] + [known[f.key[:120]].pk for f in old] + gone


def _alerts_of(keys: Iterable[str]) -> dict[str, Alert]:
    return {alert.key: alert for alert in Alert.objects.filter(among("key", keys)).order_by("key")}


VISITS = Stream("visits", streams.visits_after)


def scan_danger(*, by: Officer, at: datetime, sources: Sequence[Stream] = (VISITS,)) -> list[Alert]:
    """Read what came in since the last look and raise danger alerts at once; writes nothing when nothing is there."""
    raised: list[Alert] = []
    for stream in sources:
        cursor = ScanCursor.objects.filter(name=stream.name).first()
        said, last = stream.read(cursor.last_id if cursor else 0)
        if said or last > (cursor.last_id if cursor else 0):
            raised += raise_danger(by=by, at=at, said=said, stream=stream, last_id=last)
    return raised


@action
def raise_danger(
    *, by: Officer, at: datetime, said: Sequence[Said], stream: Stream, last_id: int
) -> list[Alert]:
    """Raise the danger signs of newly arrived texts and move the stream's cursor past them."""
    permit(by, "checks.run_checks", at=at)
    findings = rules.danger_now(said)
    keys = [finding.key[:120] for finding in findings]
    known = set(Alert.objects.filter(key__in=keys).values_list("key", flat=True))
    fresh = [finding for finding in findings if finding.key[:120] not in known]
    made = []
    if fresh:
        atlas = raising.Atlas(fresh, _county())
        made = raising.raise_new(fresh, atlas, by=by, at=at, report_walls=stream.walls)
    cursor, _ = ScanCursor.objects.update_or_create(name=stream.name, defaults={"last_id": last_id})
    record_batch(
        "checks.raise_danger",
        by=by,
        at=at,
        subject=by,
        subjects_kind="alert",
        subject_ids=[alert.pk for alert in made],
        payload={"stream": stream.name, "read_to": cursor.last_id},
    )
    return made


def _step(alert: Alert, to: str, words: str, by: Officer, at: datetime, **changes: object) -> None:
    """Write one step of an alert, inside the action that calls."""
    Triage.objects.create(alert=alert, from_state=alert.state, to_state=to, note=words[:500], by=by, at=at)
    Alert.objects.filter(pk=alert.pk).update(state=to, **changes)
    alert.state = to
    for name, value in changes.items():
        setattr(alert, name, value)


def _record(verb: str, by: Officer, at: datetime, alert: Alert, **payload: object) -> None:
    record(
        f"checks.{verb}", by=by, at=at, subject=alert, place=alert.county, wall=alert.wall, payload=payload
    )


@action
def acknowledge(*, by: Officer, at: datetime, alert: Alert, note: str = "") -> Alert:
    """Say that somebody has read the question and will see to it."""
    permit(by, "checks.triage_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_move(alert, State.ACKNOWLEDGED)
    _step(alert, State.ACKNOWLEDGED, note, by, at)
    _record("acknowledge", by, at, alert)
    return alert


@action
def verify(*, by: Officer, at: datetime, alert: Alert, note: str = "") -> Alert:
    """Say that the first action is under way; an explained question may be taken up again."""
    permit(by, "checks.triage_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_move(alert, State.VERIFYING)
    _step(alert, State.VERIFYING, note, by, at, explained_as="", explained_by=None, seconded_by=None)
    _record("verify", by, at, alert)
    return alert


@action
def explain(*, by: Officer, at: datetime, alert: Alert, reason: str, note: str) -> Alert:
    """Answer the question by a reason from the list; a danger alert stays open until a second person agrees."""
    permit(by, "checks.explain_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_move(alert, State.EXPLAINED)
    policies.check_explanation(reason, note)
    to = State.VERIFYING if alert.rule_class == "danger" else State.EXPLAINED
    _step(alert, to, note, by, at, explained_as=reason, note=note[:500], explained_by=by, seconded_by=None)
    _record("explain", by, at, alert, reason=reason)
    return alert


@action
def second(*, by: Officer, at: datetime, alert: Alert) -> Alert:
    """Agree, as somebody of another unit, that a danger alert is explained."""
    permit(by, "checks.second_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_second(by, alert)
    _step(alert, State.EXPLAINED, "", by, at, seconded_by=by)
    _record("second", by, at, alert)
    return alert


@action
def leave_unanswered(*, by: Officer, at: datetime, alert: Alert, note: str) -> Alert:
    """Say that nothing could be established. The question stays open and is asked again when records arrive."""
    permit(by, "checks.triage_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_move(alert, State.UNANSWERED)
    _step(alert, State.UNANSWERED, note, by, at)
    _record("leave_unanswered", by, at, alert)
    return alert


@action
def confirm(*, by: Officer, at: datetime, alert: Alert) -> Alert:
    """Mark an alert as taken up by a case."""
    permit(by, "checks.triage_alert", at=at, place=alert.county, wall=alert.wall_id)
    policies.check_move(alert, State.CONFIRMED)
    _step(alert, State.CONFIRMED, "", by, at)
    _record("confirm", by, at, alert)
    return alert


@action
def read_alert(*, by: Officer, at: datetime, alert: Alert) -> Alert:
    """Note that somebody opened the question: reading what is sensitive is an event of its own."""
    permit(by, "checks.read_alert", at=at, wall=alert.wall_id)
    _record("read_alert", by, at, alert)
    return alert
