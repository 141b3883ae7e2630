"""Supervision orders: issued, answered, closed - each works, refuses, leaves one event."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.accountability import actions
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.cases.tests import cast


def order(county, **changes):
    asked = {
        "by": county.officer("lead"),
        "at": county.MONDAY,
        "unit": county.unit("明溪县卫生健康局"),
        "item": "转办事项超期",
        "requirement": "三日内办结并书面说明",
        "due_on": date(2026, 11, 6),
    }
    return actions.issue_order(**(asked | changes))


def test_an_order_from_issue_to_result(county):
    issued = order(county)
    assert issued.number == "督〔2026〕第1号"

    actions.answer_order(
        by=county.officer("handler_health"), at=county.TUESDAY, order=issued, reply="已办结,附说明"
    )
    actions.close_order(by=county.officer("lead"), at=county.WEDNESDAY, order=issued, result="已完成整改")

    assert cast.verbs(issued) == [
        "accountability.issue_order",
        "accountability.answer_order",
        "accountability.close_order",
    ]
    assert order(county).number == "督〔2026〕第2号"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"due_on": date(2026, 11, 2)}, "accountability.due_passed"),
        ({"item": ""}, "accountability.item"),
        ({"requirement": ""}, "accountability.requirement"),
    ],
)
def test_it_refuses_an_order(county, change, code):
    with pytest.raises(Refused) as refused:
        order(county, **change)

    assert refused.value.code == code


def test_it_sends_no_order_to_a_walled_unit(county):
    referral = cast.sent()
    actions.compute_faults(by=county.officer("engine"), at=county.MONDAY + timedelta(days=21))
    access_actions.add_wall_entry(
        by=county.officer("lead"), at=county.TUESDAY, wall=referral.case.wall, party=referral.unit, why="涉及"
    )

    with pytest.raises(Refused) as refused:
        order(county, fault=Fault.objects.get())

    assert refused.value.code == "accountability.unit_walled"


def test_it_closes_only_what_was_answered_and_only_once(county):
    issued = order(county)
    lead = county.officer("lead")

    with pytest.raises(Refused) as refused:
        actions.close_order(by=lead, at=county.TUESDAY, order=issued, result="已完成整改")
    assert refused.value.code == "accountability.order_unanswered"
    with pytest.raises(Refused) as refused:
        actions.answer_order(
            by=county.officer("handler_civil"), at=county.TUESDAY, order=issued, reply="不是我们的事"
        )
    assert refused.value.code == "accountability.not_your_unit"
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.update(closed_at=county.TUESDAY)


def test_an_unanswered_order_becomes_no_action(county):
    order(county)

    actions.compute_faults(by=county.officer("engine"), at=county.MONDAY + timedelta(days=7))

    assert Fault.objects.get().code == "order_unanswered"
