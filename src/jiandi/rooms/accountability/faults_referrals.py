"""Faults in what units were asked to do: referrals, their answers, verifications, supervision orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q

from jiandi.core.values import Source, Text
from jiandi.rooms.accountability.finding import FAKE, IMPROPER, NO_ACTION, SLOW, Found
from jiandi.rooms.accountability.models import SupervisionOrder
from jiandi.rooms.cases.clocks import day_of
from jiandi.rooms.cases.models import Case, Referral, ReferralStep, Verification
from jiandi.rooms.cases.policies import are_related
from jiandi.rooms.cases.policies_outcomes import related_units

MOST_RETURNS = 2  # a matter handed back a third time is being passed around (county default)
_MOVED = ("accepted", "returned", "answered")


def _of(referral: Referral, kind: str, code: str, detail: Text) -> Found:
    return Found(
        kind=kind,
        code=code,
        about=str(referral.pk),
        unit_id=referral.unit_id,
        county_id=referral.county_id,
        detail=detail,
        sources=(Source("referral", referral.pk),),
        wall_id=referral.wall_id,
    )


def _due(referral: Referral) -> str:
    return f"{day_of(referral.due_at):%Y-%m-%d}" if referral.due_at else ""


def referral_untouched(at: datetime) -> Iterator[Found]:
    """A referral's clock ran out and its unit neither accepted, returned nor answered it."""
    moved = ReferralStep.objects.filter(referral=OuterRef("pk"), verb__in=_MOVED)
    for referral in Referral.objects.filter(~Exists(moved), state="sent", due_at__lt=at):
        due = _due(referral)
        yield _of(
            referral,
            NO_ACTION,
            "referral_untouched",
            Text(
                zh=f"转办单Z{referral.pk}应于{due}前答复,至今未接收、未退回、未答复。",
                en=f"Referral Z{referral.pk} was due by {due}; it was neither accepted, returned nor answered.",
            ),
        )


def referral_late(at: datetime) -> Iterator[Found]:
    """A referral was answered after its clock ran out, or is in hand and overdue."""
    moved = ReferralStep.objects.filter(referral=OuterRef("pk"), verb__in=_MOVED)
    answered = Q(state__in=["answered", "confirmed"], answered_at__gt=F("due_at"))
    waiting = Q(Exists(moved), state__in=["sent", "accepted", "redone"], due_at__lt=at)
    for referral in Referral.objects.filter(answered | waiting):
        due = _due(referral)
        done = referral.answered_at if referral.state in ("answered", "confirmed") else None
        zh = f"于{day_of(done):%Y-%m-%d}答复" if done else "接手后仍未办结"
        en = f"answered on {day_of(done):%Y-%m-%d}" if done else "taken on and still not answered"
        yield _of(
            referral,
            SLOW,
            "referral_late",
            Text(
                zh=f"转办单Z{referral.pk}应于{due}前答复,{zh}。",
                en=f"Referral Z{referral.pk} was due by {due}; {en}.",
            ),
        )


def passed_around(at: datetime) -> Iterator[Found]:
    """A unit handed the same referral back more than twice."""
    for referral in Referral.objects.filter(returns__gt=MOST_RETURNS):
        yield _of(
            referral,
            IMPROPER,
            "passed_around",
            Text(
                zh=f"转办单Z{referral.pk}被同一单位退回{referral.returns}次。",
                en=f"Referral Z{referral.pk} was handed back {referral.returns} times by the same unit.",
            ),
        )


def answer_refuted(at: datetime) -> Iterator[Found]:
    """A verification in person contradicted what a unit had answered."""
    for refuted in Verification.refuted.through.objects.select_related("verification", "referral"):
        referral, verification = refuted.referral, refuted.verification
        found = _of(
            referral,
            FAKE,
            "answer_refuted",
            Text(
                zh=f"转办单Z{referral.pk}的答复与{day_of(verification.at):%Y-%m-%d}当面核实所见不符。",
                en=f"What was answered to referral Z{referral.pk} is contradicted by the verification in person on "
                f"{day_of(verification.at):%Y-%m-%d}.",
            ),
        )
        yield found


def outcome_refuted(at: datetime) -> Iterator[Found]:
    """The responsible unit claimed an outcome, the person was met, and it was not so.

    Where another unit's answer was refuted, that unit answers for it: the one that relied on it could not have known.
    """
    theirs = Verification.refuted.through.objects.filter(verification=OuterRef("pk")).exclude(
        referral__unit=OuterRef("outcome__case__owner_unit")
    )
    refused = Verification.objects.filter(~Exists(theirs), holds=False, met_person=True).select_related(
        "outcome__case", "outcome__proposed_by"
    )
    for verification in refused:
        case = verification.outcome.case
        yield Found(
            kind=FAKE,
            code="outcome_refuted",
            about=str(verification.outcome_id),
            unit_id=case.owner_unit_id,
            county_id=case.county_id,
            detail=Text(
                zh=f"个案{case.number}申报的结果,经当面核实不属实。",
                en=f"The outcome claimed for case {case.number} did not hold when the person was met.",
            ),
            sources=(Source("verification", verification.pk), Source("case", case.pk)),
            wall_id=case.wall_id,
        )


def verified_by_related(at: datetime) -> Iterator[Found]:
    """An outcome was verified by a unit that has a part in the case (the system refuses it; imported data may not)."""
    held = Verification.objects.filter(holds=True).select_related(
        "unit", "outcome__case__owner_unit", "outcome__case__county"
    )
    for verification in held:
        case = verification.outcome.case
        if not any(are_related(verification.unit, unit) for unit, _ in related_units(case)):
            continue
        yield Found(
            kind=IMPROPER,
            code="verified_by_related",
            about=str(verification.pk),
            unit_id=verification.unit_id,
            county_id=case.county_id,
            detail=Text(
                zh=f"个案{case.number}由与案有关的单位自己核实。",
                en=f"Case {case.number} was verified by a unit that has a part in it.",
            ),
            sources=(Source("verification", verification.pk),),
            wall_id=case.wall_id,
        )


def closed_unverified(at: datetime) -> Iterator[Found]:
    """A case stands closed without an outcome verified in person."""
    verified = Verification.objects.filter(outcome__case=OuterRef("pk"), holds=True)
    for case in Case.objects.filter(~Exists(verified), state__in=["closed", "look_back", "settled"]):
        yield Found(
            kind=IMPROPER,
            code="closed_unverified",
            about=str(case.pk),
            unit_id=case.owner_unit_id,
            county_id=case.county_id,
            detail=Text(
                zh=f"个案{case.number}未经当面核实即销号。",
                en=f"Case {case.number} was closed without a verification in person.",
            ),
            sources=(Source("case", case.pk),),
            wall_id=case.wall_id,
        )


def order_unanswered(at: datetime) -> Iterator[Found]:
    """A supervision order's term passed without a reply."""
    waiting = SupervisionOrder.objects.filter(
        due_on__lt=day_of(at), replied_at__isnull=True, closed_at__isnull=True
    )
    for order in waiting:
        yield Found(
            kind=NO_ACTION,
            code="order_unanswered",
            about=str(order.pk),
            unit_id=order.unit_id,
            county_id=order.county_id,
            detail=Text(
                zh=f"督办单{order.number}应于{order.due_on:%Y-%m-%d}前回复,至今未回复。",
                en=f"Supervision order {order.number} was to be answered by {order.due_on:%Y-%m-%d}; no reply.",
            ),
            sources=(Source("supervisionorder", order.pk),),
            wall_id=order.wall_id,
        )
