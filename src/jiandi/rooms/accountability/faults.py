"""The four faults, one question per line. Add a question: write it in a faults_ module and list it here."""

from __future__ import annotations

from datetime import datetime

from jiandi.core.values import Text
from jiandi.rooms.accountability import faults_alerts, faults_referrals, faults_visits
from jiandi.rooms.accountability.finding import Found, Question

QUESTIONS: dict[str, tuple[Text, Question]] = {
    # no action
    "referral_untouched": (
        Text(zh="转办无人接手", en="Referral untouched"),
        faults_referrals.referral_untouched,
    ),
    "alert_untouched": (Text(zh="疑点无人签收", en="Alert untouched"), faults_alerts.alert_untouched),
    "report_unread": (Text(zh="线索无人阅看", en="Report unread"), faults_alerts.report_unread),
    "order_unanswered": (
        Text(zh="督办单未回复", en="Supervision order unanswered"),
        faults_referrals.order_unanswered,
    ),
    "doors_never_visited": (Text(zh="从未上门", en="Doors never visited"), faults_visits.doors_never_visited),
    # slow
    "referral_late": (Text(zh="转办超期", en="Referral late"), faults_referrals.referral_late),
    "alert_late": (Text(zh="疑点迟签", en="Alert acknowledged late"), faults_alerts.alert_late),
    "doors_late": (Text(zh="期后上门", en="Doors visited late"), faults_visits.doors_late),
    "danger_told_late": (Text(zh="险情迟报", en="Danger told late"), faults_visits.danger_told_late),
    # improper
    "passed_around": (Text(zh="反复退回", en="Passed around"), faults_referrals.passed_around),
    "verified_by_related": (
        Text(zh="自己核实自己", en="Verified by oneself"),
        faults_referrals.verified_by_related,
    ),
    "closed_unverified": (
        Text(zh="未核实即销号", en="Closed unverified"),
        faults_referrals.closed_unverified,
    ),
    "explained_by_implicated": (
        Text(zh="涉及单位自行说明", en="Explained by the unit concerned"),
        faults_alerts.explained_by_implicated,
    ),
    "visited_own_kin": (Text(zh="走访自己亲友", en="Visited one's own kin"), faults_visits.visited_own_kin),
    # fake
    "answer_refuted": (Text(zh="答复不实", en="Answer refuted"), faults_referrals.answer_refuted),
    "outcome_refuted": (Text(zh="结果不实", en="Outcome refuted"), faults_referrals.outcome_refuted),
    "claims_refuted": (Text(zh="走访不实", en="Visits refuted"), faults_visits.claims_refuted),
    "all_clear_refuted": (Text(zh="“无问题”不实", en="All-clear refuted"), faults_visits.all_clear_refuted),
}


def find_all(at: datetime) -> list[Found]:
    """Return every fault the events show at a moment, each matter once."""
    found: dict[str, Found] = {}
    for _, question in QUESTIONS.values():
        for each in question(at):
            found[each.key] = each
    return list(found.values())
