"""Faults in how questions and reports were taken up: not at all, late, or by the very unit they concern."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Min
from django.utils import timezone

from jiandi.core.values import Source, Text
from jiandi.rooms.access.models import Unit
from jiandi.rooms.accountability.finding import IMPROPER, NO_ACTION, SLOW, Found
from jiandi.rooms.cases.clocks import calendar, day_of
from jiandi.rooms.cases.policies import are_related
from jiandi.rooms.checks.models import Alert, Triage
from jiandi.rooms.intake.models import Report

# Hours, not a calendar day: what arrives at ten at night is not overdue at midnight. The clock starts on receipt.
DANGER_HOURS = 24
# Working days until somebody must have looked (county defaults, from the hotline's clocks).
WORKING_DAYS = {"contradiction": 5, "service_gap": 15}
REPORT_WORKING_DAYS = 5
CLASSES = {
    "danger": Text(zh="危险类", en="danger"),
    "contradiction": Text(zh="矛盾类", en="contradiction"),
    "service_gap": Text(zh="服务缺口类", en="service gap"),
}


def due_of(first_seen_at: datetime, rule_class: str) -> datetime:
    """Return the last moment by which somebody must have acknowledged an alert, counted from when it reached them."""
    if rule_class == "danger":
        return first_seen_at + timedelta(hours=DANGER_HOURS)
    return _end_of(calendar().after(day_of(first_seen_at), WORKING_DAYS.get(rule_class, 5)))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _of(alert: Alert, kind: str, code: str, unit_id: int, detail: Text) -> Found:
    return Found(
        kind=kind,
        code=code,
        about=f"{alert.pk}:{unit_id}",
        unit_id=unit_id,
        county_id=alert.county_id,
        detail=detail,
        sources=(Source("alert", alert.pk),),
        wall_id=alert.wall_id,
    )


def alert_untouched(at: datetime) -> Iterator[Found]:
    """An alert lay with a unit until its term passed and nobody acknowledged it."""
    lying = Alert.objects.filter(state="new", routed_to__isnull=False, gone_at__isnull=True)
    for alert in lying.only("pk", "rule", "rule_class", "first_seen_at", "routed_to", "county", "wall"):
        due = due_of(alert.first_seen_at, alert.rule_class)
        if at <= due or alert.routed_to_id is None:
            continue
        word = CLASSES[alert.rule_class]
        yield _of(
            alert,
            NO_ACTION,
            "alert_untouched",
            alert.routed_to_id,
            Text(
                zh=f"{word.zh}疑点{alert.rule}应于{day_of(due):%Y-%m-%d}前有人签收,至今无人签收。",
                en=f"A {word.en} alert ({alert.rule}) was to be acknowledged by {day_of(due):%Y-%m-%d}; nobody did.",
            ),
        )


def alert_late(at: datetime) -> Iterator[Found]:
    """An alert was acknowledged after its term."""
    first = dict(Triage.objects.values_list("alert").annotate(first=Min("at")))
    touched = Alert.objects.filter(pk__in=first, routed_to__isnull=False)
    for alert in touched.only("pk", "rule", "rule_class", "first_seen_at", "routed_to", "county", "wall"):
        due = due_of(alert.first_seen_at, alert.rule_class)
        if first[alert.pk] <= due or alert.routed_to_id is None:
            continue
        yield _of(
            alert,
            SLOW,
            "alert_late",
            alert.routed_to_id,
            Text(
                zh=f"疑点{alert.rule}应于{day_of(due):%Y-%m-%d}前签收,{day_of(first[alert.pk]):%Y-%m-%d}才签收。",
                en=f"An alert ({alert.rule}) was to be acknowledged by {day_of(due):%Y-%m-%d} and was on "
                f"{day_of(first[alert.pk]):%Y-%m-%d}.",
            ),
        )


def explained_by_implicated(at: datetime) -> Iterator[Found]:
    """An alert was explained away by an officer of a unit it implicates (walls refuse it; imported data may not)."""
    explained = Alert.objects.filter(explained_by__isnull=False).select_related("explained_by__unit")
    for alert in explained:
        ids = [entry.get("id") for entry in alert.implicated if entry.get("kind") == "unit"]
        officer = alert.explained_by
        if officer is None or not ids:
            continue
        if any(are_related(officer.unit, unit) for unit in Unit.objects.filter(pk__in=ids)):
            yield _of(
                alert,
                IMPROPER,
                "explained_by_implicated",
                officer.unit_id,
                Text(
                    zh=f"疑点{alert.rule}由其涉及的单位自己说明了结。",
                    en=f"An alert ({alert.rule}) was explained by the very unit it concerns.",
                ),
            )


def report_unread(at: datetime) -> Iterator[Found]:
    """A report from the public lay with a unit until its term passed."""
    today = day_of(at)
    lying = Report.objects.filter(
        state="new", routed_to__isnull=False, received_on__lt=today - timedelta(days=1)
    )
    for report in lying:
        due = (
            report.received_on
            if report.is_danger_now
            else calendar().after(report.received_on, REPORT_WORKING_DAYS)
        )
        if today <= due or report.routed_to_id is None:
            continue
        yield Found(
            kind=NO_ACTION,
            code="report_unread",
            about=str(report.pk),
            unit_id=report.routed_to_id,
            county_id=report.county_id,
            detail=Text(
                zh=f"{report.received_on:%Y-%m-%d}收到的群众线索,应于{due:%Y-%m-%d}前有人阅看,至今未阅看。",
                en=f"A report of {report.received_on:%Y-%m-%d} was to be read by {due:%Y-%m-%d}; nobody did.",
            ),
            sources=(Source("report", report.pk),),
            wall_id=report.wall_id,
        )
