"""When the first safe action cannot be done in one click, and what to do instead."""

from __future__ import annotations

from jiandi.core.checks.shapes import Rule
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Unit
from jiandi.rooms.checks.models import Alert

BY_HAND = Text(
    zh="请用“立案”一步步办理。",
    en="Use “Open a case” and go step by step.",
)


def check_is_referral(rule: Rule) -> None:
    """Refuse a rule whose first action is a visit: that is arranged on the question's page."""
    if rule.action == "visit":
        raise Refused(
            "cases.first_is_visit",
            Text(
                zh="这条规则的第一步是走访,请用“安排走访”。",
                en="This rule's first action is a visit: use “Arrange the visit”.",
            ),
        )


def check_no_second_needed(alert: Alert) -> None:
    """Refuse danger: it is taken up by two, and the second is chosen by name."""
    if alert.rule_class == "danger":
        raise Refused(
            "cases.first_needs_two",
            Text(
                zh=f"危险类疑点须由两人办理,先选定第二人。{BY_HAND.zh}",
                en=f"Danger is taken up by two; choose the second first. {BY_HAND.en}",
            ),
        )


def check_somebody_left(unit: Unit | None) -> None:
    """Refuse where every unit that could do it is walled off or one's own."""
    if unit is None:
        raise Refused(
            "cases.first_nobody",
            Text(
                zh=f"没有其他不受牵连的单位可以转办。{BY_HAND.zh}",
                en=f"No other unit is left that has no part in this. {BY_HAND.en}",
            ),
        )
