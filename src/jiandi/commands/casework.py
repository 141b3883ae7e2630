"""Cases of the main job: opened on questions, worked by units that are quick, slow, idle or untruthful, verified by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import has_wall_between, visible
from jiandi.rooms.cases import actions as cases
from jiandi.rooms.cases.measures import KINDS
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.checks import actions as checks
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake import actions as intake
from jiandi.rooms.intake import queries as intake_queries
from jiandi.rooms.intake.models import Report
from jiandi.world.units import Answers

if TYPE_CHECKING:
    from jiandi.commands.mainjob import Job

Progress = Callable[[int, int], None]

# Contradictions taken up besides every danger: one working group can only do so many in three weeks.
PEOPLE_PER_CASE = 1_500
MEASURES_OF_RULE: dict[str, tuple[str, ...]] = {
    "R1": ("police", "identity", "companion"),
    "R2": ("police", "identity"),
    "R3": ("identity",),
    "R4": ("identity", "companion", "medical"),
    "R5": ("identity", "companion"),
    "R6": ("medical", "identity"),
    "R7": ("police", "companion", "school"),
    "R9": ("psychiatric", "benefit"),
    "R10": ("psychiatric", "companion"),
    "R11": ("police", "medical", "psychiatric", "companion"),
    "R12": ("benefit", "guardianship"),
    "R13": ("benefit",),
    "R16": ("school", "companion"),
    "R17": ("police", "school"),
    "R18": ("guardianship",),
    "R19": ("guardianship", "companion"),
    "R22": ("police", "legal_aid", "companion"),
    "R23": ("disability", "benefit"),
}
OTHERWISE = ("companion", "benefit")
RECEIVED = time(2)  # ten in the morning in the county: what the public says carries a day, no hour
SECTIONS = ["who", "contact", "safety", "wishes"]


def work_cases(job: Job, progress: Progress) -> dict[str, Any]:
    """Open cases on the gravest questions and carry each as far as the units carry it."""
    answers, until, staff = Answers(job.folder), job.moment(23, 18), _Staff(job)
    chosen = _chosen(job, staff.handler)
    with transaction.atomic():
        _read_reports(answers, until, staff)
        _take_up(answers, until, staff, {alert.pk: days.opened for alert, days in chosen})
    for number, (alert, days) in enumerate(chosen, start=1):
        # One transaction a case: a disk waits once for it, not once a step, and who is interrupted starts over anyway.
        with transaction.atomic():
            _work(job, alert, days, answers, staff)
        progress(number, len(chosen))
    return {
        "cases": Case.objects.count(),
        "referrals": Referral.objects.count(),
        "refusals": dict(job.refusals),
        "verified": Case.objects.filter(state__in=("verified", "closed", "look_back", "settled")).count(),
    }


@dataclass(frozen=True, slots=True)
class _Days:
    """The moments of one case, in November 2026."""

    opened: datetime
    verified: datetime
    closed: datetime


class _Staff:
    """Who does the casework, each looked up once: nobody comes or goes while it is worked."""

    def __init__(self, job: Job) -> None:
        self.handler, self.lead, self.overseer = (
            job.officer(name) for name in ("handler_women", "lead", "overseer")
        )
        self.of_unit: dict[int, list[Officer]] = {}
        for one in Officer.objects.filter(is_active=True).select_related("unit").order_by("pk"):
            self.of_unit.setdefault(one.unit_id, []).append(one)
        self.of_kind: dict[tuple[str, int | None], list[Unit]] = {}
        for unit in Unit.objects.order_by("pk"):
            self.of_kind.setdefault((unit.kind, unit.place_id), []).append(unit)

    def first_of(self, unit: Unit) -> Officer | None:
        """Return the unit's first officer, who takes what comes to it."""
        return next(iter(self.of_unit.get(unit.pk, [])), None)


def _read_reports(answers: Answers, until: datetime, staff: _Staff) -> None:
    """Let each unit read what the public told it, after its own fashion."""
    for report in Report.objects.filter(state="new").select_related("routed_to", "wall").order_by("pk"):
        unit, received = report.routed_to, datetime.combine(report.received_on, RECEIVED, tzinfo=UTC)
        hours = answers.reads({"id": report.pk, "unit_name": unit.name, "kind": "report"}) if unit else None
        at = received + timedelta(hours=hours) if hours is not None else until
        reader = _first(intake_queries.reports, staff, unit, report, at) if at < until else None
        if reader is not None:
            intake.read_report(by=reader, at=at, report=report)


def _take_up(answers: Answers, until: datetime, staff: _Staff, opened: Mapping[int, datetime]) -> None:
    """Let each unit acknowledge, after its own fashion, the dangers and contradictions that reached it.

    opened: alert -> when a case is opened on it; what a unit would only have read after that, the case answers.
    """
    waiting = Alert.objects.filter(
        state="new", rule_class__in=("danger", "contradiction"), routed_to__isnull=False
    )
    for alert in waiting.select_related("routed_to", "county", "wall").order_by("key"):
        unit = alert.routed_to
        assert unit is not None  # the query asks for routed ones
        hours = answers.reads({"id": alert.key, "unit_name": unit.name, "kind": "alert"})
        at = alert.first_seen_at + timedelta(hours=hours) if hours is not None else until
        reader = _first(_alerts, staff, unit, alert, at) if at < opened.get(alert.pk, until) else None
        if reader is not None:
            checks.acknowledge(by=reader, at=at, alert=alert)


def _alerts(by: Officer, *, at: datetime) -> QuerySet[Alert]:
    return visible(Alert.objects.all(), by, "checks.triage_alert", at=at)


def _first(
    readable: Callable[..., Any], staff: _Staff, unit: Unit | None, matter: Any, at: datetime
) -> Officer | None:
    """Return the first of a unit's officers who may read the matter; a unit without one never learns of it."""
    officers = staff.of_unit.get(unit.pk, []) if unit else []
    return next((one for one in officers if readable(one, at=at).filter(pk=matter.pk).exists()), None)


def _chosen(job: Job, by: Officer) -> list[tuple[Alert, _Days]]:
    """Return the questions taken up and when: what the lists said in the second week, what visits showed the day after."""
    during = _Days(job.moment(12, 10), job.moment(20, 10), job.moment(20, 16))
    after = _Days(job.moment(21, 9), job.moment(23, 10), job.moment(23, 16))
    waiting = Alert.objects.filter(state="new", person__isnull=False)
    mine = visible(waiting, by, "checks.read_alert", at=after.opened).select_related(
        "person__village", "person__town", "person__county", "village", "town", "county"
    )
    asked_before = mine.filter(first_seen_at__lt=during.opened)
    danger = mine.filter(rule_class="danger").order_by("-rank", "key")[: job.people // 600 + 5]
    others = asked_before.filter(rule_class="contradiction").order_by("-rank", "key")
    chosen = [*danger, *others[: job.people // PEOPLE_PER_CASE]]
    return [(alert, during if alert.first_seen_at < during.opened else after) for alert in chosen]


def _work(job: Job, alert: Alert, days: _Days, answers: Answers, staff: _Staff) -> None:
    by, lead = staff.handler, staff.lead
    alert.refresh_from_db(fields=["state"])  # its unit may have taken it up meanwhile
    try:
        case = cases.open_case(
            by=by, at=days.opened, person=alert.person, owner_unit=by.unit, alert=alert,
            second_officer=lead if alert.rule_class == "danger" else None,
        )  # fmt: skip
        cases.assess(by=by, at=days.opened + timedelta(hours=2), case=case)
        plan = cases.make_plan(
            by=by,
            at=days.opened + timedelta(hours=4),
            case=case,
            assessment="入户所见与记录不符,先确认本人处境与意愿。",
            safety="以健康体检名义上门,先单独见到本人;方案落实前不通知村组和家属。",
            measures=_measures(alert, case, days, staff),
        )
        # What falls to the owner itself needs no referral: nobody sends a request to their own inbox.
        for measure in plan.measures.exclude(unit=by.unit).select_related("unit").order_by("pk"):
            _refer(case, measure, days, answers, staff)
        _finish(case, days, answers, staff)
    except Refused as refusal:
        # A case that meets a wall or a missing step stays where it is; the board shows it open, as a county would see it.
        job.refusals[refusal.code] = job.refusals.get(refusal.code, 0) + 1


def _unit_for(kind: str, case: Case, staff: _Staff) -> Unit | None:
    """Return the county unit that usually does this, unless the case's wall stands before it."""
    for unit in staff.of_kind.get((KINDS[kind].unit_kind, case.county_id), []):
        officer = staff.first_of(unit)
        if officer is not None and not has_wall_between(officer, case.wall_id):
            return unit
    return None


def _measures(alert: Alert, case: Case, days: _Days, staff: _Staff) -> list[tuple[str, str, Unit, Any]]:
    found = []
    for kind in MEASURES_OF_RULE.get(alert.rule, OTHERWISE):
        unit = _unit_for(kind, case, staff)
        if unit is not None:
            found.append((kind, KINDS[kind].text.zh, unit, (days.opened + timedelta(days=8)).date()))
    return found


def _refer(case: Case, measure: Any, days: _Days, answers: Answers, staff: _Staff) -> None:
    sent = days.opened + timedelta(hours=6)
    referral = cases.send_referral(
        by=staff.handler, at=sent, case=case, unit=measure.unit, kind=measure.kind, clock=KINDS[measure.kind].clock,
        ask=f"请办理:{measure.what}", sections=SECTIONS, measure=measure,
    )  # fmt: skip
    done = answers.answer(_asked(referral))
    handler = staff.first_of(measure.unit)
    if done["accepted_after_hours"] is None or handler is None:
        return
    accepted = sent + timedelta(hours=done["accepted_after_hours"])
    if accepted >= days.verified:
        return
    cases.accept_referral(by=handler, at=accepted, referral=referral)
    if done["answered_after_hours"] is None:
        return
    answered = sent + timedelta(hours=done["answered_after_hours"])
    if answered < days.verified:
        cases.answer_referral(
            by=handler, at=max(answered, accepted), referral=referral, answer=done["answer"]
        )


def _asked(referral: Referral) -> dict[str, Any]:
    """Return a referral as the world's units read it; its id there does not hang on the number it got here."""
    about = referral.case.alert.key if referral.case.alert else ""
    return {
        "id": f"{about}|{referral.kind}",
        "unit_name": referral.unit.name,
        "kind": referral.kind,
        "sent_at": referral.sent_at,
        "due_at": referral.due_at,
    }


def _finish(case: Case, days: _Days, answers: Answers, staff: _Staff) -> None:
    """Propose an outcome where every unit says it is done; let somebody unrelated see for themselves; close what held."""
    referrals = list(case.referrals.select_related("unit", "county", "wall").order_by("measure"))
    if not referrals or any(referral.state != Referral.State.ANSWERED for referral in referrals):
        return
    if not all(answers.answer(_asked(referral))["outcome_claimed"] for referral in referrals):
        return  # somebody says it is still in hand: nothing is proposed over their head
    at = days.verified - timedelta(hours=2)
    for referral in referrals:
        cases.confirm_referral(by=staff.handler, at=at, referral=referral)
    outcome = cases.propose_outcome(by=staff.handler, at=at, case=case, summary="各项措施均已答复办结。")
    if _verify(outcome, referrals, days, answers, staff):
        cases.close_case(by=staff.lead, at=days.closed, case=case)


def _verify(
    outcome: Any, referrals: Sequence[Referral], days: _Days, answers: Answers, staff: _Staff
) -> bool:
    seen = answers.verify([_asked(referral) for referral in referrals])
    refuted = [referral for referral in referrals if _asked(referral)["id"] in seen["refuted"]]
    cases.verify_outcome(
        by=staff.overseer,
        at=days.verified,
        outcome=outcome,
        met_person=seen["met_person"],
        met_alone=seen["met_alone"],
        not_alone_reason="" if seen["met_alone"] else "家属拒绝离开房间",
        holds=not refuted and seen["met_person"],
        own_words=seen["own_words"],
        refuted=refuted,
    )
    return not refuted and bool(seen["met_person"])
