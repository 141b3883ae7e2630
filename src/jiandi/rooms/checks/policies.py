"""What may be done with an alert. Each refusal is a sentence."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.checks.states import EXPLANATIONS, MOVES, NAMES, State

LEAST_NOTE = 8


def check_move(alert: Alert, to: str) -> None:
    """Refuse a step the alert's state does not allow."""
    if to not in MOVES[alert.state]:
        here, there = NAMES[alert.state], NAMES[to]
        raise Refused(
            "checks.state",
            Text(
                zh=f"疑点现在是“{here.zh}”,不能变为“{there.zh}”。",
                en=f"The alert is “{here.en}”; it cannot become “{there.en}”.",
            ),
        )


def check_explanation(reason: str, note: str) -> None:
    """Refuse an explanation that is not on the list, or that nobody could check later."""
    if reason not in EXPLANATIONS:
        raise Refused(
            "checks.reason",
            Text(
                zh="请从列表选择理由。“找不到人”“比对未中”不是理由:疑点保持开放。",
                en="Choose a reason from the list. “Cannot locate” and “no match” are not reasons: the question stays open.",
            ),
        )
    if len(note.strip()) < LEAST_NOTE:
        raise Refused(
            "checks.note",
            Text(
                zh="请写明谁、何时、看到了什么,便于他人核对。",
                en="Write who saw what and when, so that somebody else can check it.",
            ),
        )


def check_second(by: Officer, alert: Alert) -> None:
    """Refuse a second voice that is the first one's, or from the same unit, or where nothing waits for it."""
    if alert.explained_by is None or alert.state == State.EXPLAINED:
        raise Refused(
            "checks.nothing_to_second",
            Text(zh="没有等待第二人确认的说明。", en="No explanation waits for a second person."),
        )
    if by.pk == alert.explained_by_id or by.unit_id == alert.explained_by.unit_id:
        raise Refused(
            "checks.same_voice",
            Text(
                zh="危险类疑点须由另一单位的人确认说明。",
                en="A danger alert is explained only when somebody of another unit agrees.",
            ),
        )
