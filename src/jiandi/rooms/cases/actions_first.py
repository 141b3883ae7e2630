"""The first safe action of a question, in one click: a case, the plan that holds it, and the request to who can do it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiandi.core.checks.shapes import Rule
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.cases import policies_first, queries
from jiandi.rooms.cases.actions import assess, make_plan, open_case
from jiandi.rooms.cases.actions_referrals import send_referral
from jiandi.rooms.cases.measures import KINDS, MEASURE_OF_RECIPIENT
from jiandi.rooms.cases.models import Referral
from jiandi.rooms.checks.models import Alert

# What a unit needs to begin, and no more: who it is about, how to reach them, what to mind.
SECTIONS = ("who", "contact", "safety")
QUIETLY = "落实前不告知与此事有关的单位、村组和家属;先单独见到本人。"


@transaction.atomic
def refer_first(*, by: Officer, at: datetime, alert: Alert, rule: Rule) -> Referral:
    """Open a case on an alert, plan the rule's first action, and send it to the unit that does such things.

    Four steps with an event each, all of them or none.
    Refuses where the rule's first action is a visit, where danger asks for a second officer, and where no unit is left
    that no wall keeps out.
    """
    policies_first.check_is_referral(rule)
    policies_first.check_no_second_needed(alert)
    kind = measure_kind(rule)
    unit = receiver(by, alert, kind)
    policies_first.check_somebody_left(unit)
    assert unit is not None  # just checked
    case = open_case(by=by, at=at, person=alert.person, owner_unit=by.unit, alert=alert)
    assess(by=by, at=at, case=case)
    plan = make_plan(
        by=by,
        at=at,
        case=case,
        assessment=alert.detail_zh,
        safety=QUIETLY,
        measures=[(kind, rule.first_action.zh, unit, None)],
    )
    return send_referral(
        by=by,
        at=at,
        case=case,
        unit=unit,
        kind=kind,
        clock=KINDS[kind].clock,
        ask=f"{rule.first_action.zh}。",
        sections=SECTIONS,
        measure=plan.measures.get(),
    )


def measure_kind(rule: Rule) -> str:
    """Return the kind of measure a rule's first action is: an inquiry of the police, else what its first recipient does."""
    if rule.action == "police":
        return "police"
    return next(
        (MEASURE_OF_RECIPIENT[one] for one in rule.recipients if one in MEASURE_OF_RECIPIENT), "other"
    )


def receiver(by: Officer, alert: Alert, kind: str) -> Unit | None:
    """Return who is asked: the unit the alert was sent to, else the county's unit for it; never one's own, never a walled one."""
    free = queries.units_outside(alert.wall_id).exclude(pk=by.unit_id)
    sent_to = free.filter(pk=alert.routed_to_id).first() if alert.routed_to_id else None
    return sent_to or free.filter(kind=KINDS[kind].unit_kind, place=alert.county_id).first()
