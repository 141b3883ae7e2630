"""Right of reply, decisions by somebody outside, orders to units that may know what they are about."""

from __future__ import annotations

from datetime import date, datetime

from jiandi.core.clocks import ClockEvent, clock, evaluate
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.cases.clocks import calendar, day_of
from jiandi.rooms.cases.policies import are_related, check_written, is_unit_walled, path_ids

__all__ = ["check_written"]


def check_own_unit(by: Officer, unit: Unit) -> None:
    """A unit answers for itself, or through the unit above it."""
    if unit.pk != by.unit_id and by.unit_id not in path_ids(unit):
        raise Refused(
            "accountability.not_your_unit",
            Text(
                zh="只能由该单位或其上级单位答复。",
                en="Only the unit itself, or the one above it, answers here.",
            ),
        )


def reply_due(fault: Fault, at: datetime) -> datetime | None:
    """Return until when a unit may reply before anything is decided (clock accountability.reply)."""
    state = evaluate(
        clock("accountability.reply"),
        [ClockEvent("accountability.compute_faults", fault.found_at)],
        at,
        calendar(),
    )
    return state.due_at if state else None


def check_may_decide(by: Officer, fault: Fault, at: datetime, *, upheld: bool) -> None:
    """Nothing is upheld before the unit has replied or its term is over; never by the unit's own people."""
    if are_related(by.unit, fault.unit):
        raise Refused(
            "accountability.own_unit",
            Text(
                zh="不能认定本单位或下属单位的问题。", en="Nobody decides on their own unit, or one below it."
            ),
        )
    if not upheld:
        return
    if is_unit_walled(fault.unit, fault.wall_id) and not fault.replies.exists():
        raise Refused(
            "accountability.not_yet_told",
            Text(
                zh="该单位被隔离,尚未能申辩,不能认定。隔离撤除并给予申辩后再定。",
                en="The unit is walled off and could not reply yet. Decide once the wall is down and it has been heard.",
            ),
        )
    due = reply_due(fault, at)
    if fault.state == Fault.State.OPEN and (due is None or at <= due):
        until = f"{day_of(due):%Y-%m-%d}" if due else "—"
        raise Refused(
            "accountability.reply_first",
            Text(
                zh=f"申辩期至{until},期满前且未收到申辩时不能认定。",
                en=f"The unit may reply until {until}. Nothing is upheld before that without a reply.",
            ),
        )


def check_appeal_judge(by: Officer, fault: Fault) -> None:
    """An appeal is decided by somebody other than who decided first."""
    if fault.state == Fault.State.APPEALED and by.pk == fault.decided_by_id:
        raise Refused(
            "accountability.same_judge",
            Text(
                zh="申诉须由另一名监督员决定。",
                en="An appeal is decided by another overseer than the first decision.",
            ),
        )


def check_first_appeal(fault: Fault) -> None:
    """One appeal; what it decides stands."""
    if fault.replies.filter(is_appeal=True).exists():
        raise Refused(
            "accountability.appealed_conflict",
            Text(zh="已申诉过一次,决定为终局。", en="It was appealed once; that decision stands."),
        )


def check_order(unit: Unit, due_on: date, fault: Fault | None, today: date) -> None:
    """An order goes to a unit that may know what it is about, with a day that lies ahead."""
    if due_on <= today:
        raise Refused(
            "accountability.due_passed", Text(zh="时限须在今天之后。", en="The deadline lies after today.")
        )
    if fault is not None and fault.unit_id != unit.pk:
        raise Refused(
            "accountability.other_unit",
            Text(zh="督办单须发给该问题所涉单位。", en="The order goes to the unit the finding is about."),
        )
    if fault is not None and is_unit_walled(unit, fault.wall_id):
        raise Refused(
            "accountability.unit_walled",
            Text(
                zh="该单位与此事隔离,不能向其发督办单。",
                en="The unit is walled off from this matter; no order can be sent to it.",
            ),
        )


def check_order_open(order: SupervisionOrder) -> None:
    """A closed order is not answered or closed again."""
    if order.closed_at is not None:
        raise Refused(
            "accountability.order_closed_conflict",
            Text(zh="此督办单已办结。", en="This order has been closed."),
        )


def check_order_answered(order: SupervisionOrder) -> None:
    """An order closes on a reply."""
    if order.replied_at is None:
        raise Refused(
            "accountability.order_unanswered",
            Text(zh="单位尚未回复,不能办结。", en="The unit has not replied; the order cannot be closed."),
        )
