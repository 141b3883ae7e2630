"""Cases and referrals as offices list them (台账, 挂账销号), and events as sentences. No name of a person in any of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from jiandi.core.values import Text
from jiandi.rooms.access.models import Event
from jiandi.rooms.cases import queries, states
from jiandi.rooms.cases.measures import KINDS, RESULTS
from jiandi.rooms.cases.models import Case, LookBack, Outcome, Referral, Verification

CASES = Text(zh="个案挂账销号台账", en="Ledger of cases")
CASE_COLUMNS = [
    Text(zh="编号", en="Number"),
    Text(zh="代号", en="Code name"),
    Text(zh="乡镇", en="Town"),
    Text(zh="问题描述(类别)", en="What about"),
    Text(zh="发现时间", en="Found on"),
    Text(zh="责任单位", en="Responsible unit"),
    Text(zh="状态", en="State"),
    Text(zh="措施(件)", en="Measures referred"),
    Text(zh="最近时限", en="Next deadline"),
    Text(zh="超期(件)", en="Overdue"),
    Text(zh="结果", en="Outcome"),
    Text(zh="复核人", en="Verified by"),
    Text(zh="复核单位", en="Verifying unit"),
    Text(zh="销号时间", en="Closed on"),
    Text(zh="回头看", en="Next look-back"),
]
INBOX = Text(zh="转办事项台账", en="Ledger of referrals")
REFERRAL_COLUMNS = [
    Text(zh="转办单", en="Referral"),
    Text(zh="个案编号", en="Case"),
    Text(zh="类别", en="Kind"),
    Text(zh="转办时间", en="Sent"),
    Text(zh="时限", en="Due"),
    Text(zh="状态", en="State"),
    Text(zh="时限状态", en="Clock"),
    Text(zh="退回次数", en="Returns"),
    Text(zh="答复时间", en="Answered"),
]


def case_rows(found: QuerySet[Case], at: datetime) -> Iterator[list[object]]:
    """Yield one ledger line per case, oldest first."""
    outcome = Outcome.objects.filter(case=OuterRef("pk")).order_by("-pk")
    verified = Verification.objects.filter(outcome__case=OuterRef("pk"), holds=True).order_by("-pk")
    look = LookBack.objects.filter(case=OuterRef("pk"), done_at__isnull=True).order_by("due_on")
    lines = found.annotate(
        last_result=Subquery(outcome.values("result")[:1]),
        verifier_name=Subquery(verified.values("verifier__name")[:1]),
        verifier_unit=Subquery(verified.values("unit__name")[:1]),
        next_look=Subquery(look.values("due_on")[:1]),
    )
    lines = (
        lines.select_related("town", "owner_unit", "alert")
        .prefetch_related("referrals")
        .order_by("opened_at", "pk")
    )
    for case in lines:
        yield _case_row(case, at)


def _case_row(case: Case, at: datetime) -> list[object]:
    sent = [referral for referral in case.referrals.all() if referral.state != Referral.State.REVOKED]
    running = [referral for referral in sent if referral.state in states.RUNNING]
    dues = [referral.due_at for referral in running if referral.due_at]
    result = getattr(case, "last_result", None)
    return [
        case.number,
        Text(zh=case.code_name, en=case.code_name_en),
        case.town.name if case.town else "",
        ground(case),
        case.opened_at,
        case.owner_unit.name,
        states.CASE_WORDS[case.state],
        len(sent),
        min(dues) if dues else None,
        sum(due < at for due in dues),
        RESULTS[result] if result else "",
        getattr(case, "verifier_name", None) or "",
        getattr(case, "verifier_unit", None) or "",
        case.closed_at,
        getattr(case, "next_look", None),
    ]


def ground(case: Case) -> Text:
    """Return on what a case stands, without a word about the person."""
    if case.is_danger_now:
        return Text(zh="当前危险", en="Danger now")
    if case.alert_id:
        return Text(
            zh=f"疑点{case.alert.rule if case.alert else ''}",
            en=f"Alert {case.alert.rule if case.alert else ''}",
        )
    return Text(zh="群众线索", en="Report")


def referral_rows(found: QuerySet[Referral], at: datetime) -> Iterator[list[object]]:
    """Yield one ledger line per referral, the nearest deadline first."""
    for referral in found.order_by("due_at", "pk"):
        light = queries.clock_of(referral, at)
        yield [
            f"Z{referral.pk}",
            referral.case.number,
            KINDS[referral.kind].text,
            referral.sent_at,
            referral.due_at or referral.due_note,
            states.REFERRAL_WORDS[referral.state],
            light.short,
            referral.returns,
            referral.answered_at,
        ]


VERBS: dict[str, Text] = {
    "cases.open_case": Text(zh="立案", en="Case opened"),
    "cases.add_subject": Text(zh="加入相关人", en="Person added"),
    "cases.assess": Text(zh="开始评估", en="Assessment begun"),
    "cases.make_plan": Text(zh="制定方案", en="Plan made"),
    "cases.record_wish": Text(zh="询问本人意愿", en="Wishes asked"),
    "cases.record_milestone": Text(zh="刑事节点", en="Step of the proceedings"),
    "cases.send_referral": Text(zh="转办", en="Referral sent"),
    "cases.resend_referral": Text(zh="再次转办", en="Referral sent again"),
    "cases.accept_referral": Text(zh="单位接收", en="Referral accepted"),
    "cases.return_referral": Text(zh="单位退回", en="Referral handed back"),
    "cases.answer_referral": Text(zh="单位答复", en="Referral answered"),
    "cases.confirm_referral": Text(zh="确认答复", en="Answer confirmed"),
    "cases.redo_referral": Text(zh="退回重办", en="Sent back to be redone"),
    "cases.revoke_referral": Text(zh="撤回", en="Referral revoked"),
    "cases.propose_outcome": Text(zh="提出结果", en="Outcome proposed"),
    "cases.verify_outcome": Text(zh="当面核实", en="Outcome verified in person"),
    "cases.verify_death": Text(zh="核实去世并回顾", en="Death verified and reviewed"),
    "cases.close_case": Text(zh="销号", en="Case closed"),
    "cases.look_back": Text(zh="回头看", en="Looked at again"),
    "cases.settle_case": Text(zh="了结", en="Case settled"),
    "cases.reopen_case": Text(zh="重新立案", en="Case reopened"),
}
_STEPS: dict[str, Text] = {
    "sent": VERBS["cases.send_referral"],
    "resent": VERBS["cases.resend_referral"],
    "accepted": VERBS["cases.accept_referral"],
    "returned": VERBS["cases.return_referral"],
    "answered": VERBS["cases.answer_referral"],
    "confirmed": VERBS["cases.confirm_referral"],
    "redone": VERBS["cases.redo_referral"],
    "revoked": VERBS["cases.revoke_referral"],
}


def step_text(verb: str) -> Text:
    """Return what a referral's move is called."""
    return _STEPS.get(verb, Text(zh=verb, en=verb))


def told(events: Iterable[Event]) -> list[tuple[Event, Text]]:
    """Return each event with the words people use for it."""
    return [(event, VERBS.get(event.verb, Text(zh=event.verb, en=event.verb))) for event in events]
