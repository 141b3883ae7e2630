"""A request to a unit's inbox, and every move it makes. The clock runs from dispatch; returns are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.notices import post_notice
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.cases import clocks, policies, states
from jiandi.rooms.cases.measures import KINDS, RETURN_REASONS, REVOKE_REASONS
from jiandi.rooms.cases.models import Case, Measure, Referral, ReferralStep

State = Referral.State


@action
def send_referral(
    *,
    by: Officer,
    at: datetime,
    case: Case,
    unit: Unit,
    kind: str,
    clock: str,
    ask: str,
    sections: Sequence[str],
    measure: Measure | None = None,
) -> Referral:
    """Ask a unit to do one thing, with only the sections of the case it needs; its clock starts now."""
    permit(by, "cases.send_referral", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    policies.check_may_refer(case)
    policies.check_listed(kind, KINDS, code="cases.measure_kind")
    policies.check_owner_unit(unit, case.wall_id, code="cases.receiver_walled")
    policies.check_sections(sections)
    policies.check_written(
        ask, code="cases.ask", what=Text(zh="请该单位办什么", en="what the unit is asked to do")
    )
    due = clocks.due(clock, at)
    referral = Referral.objects.create(
        pk=unused(Referral.objects.all(), digits=8)[0],  # people see it: Z48120937
        case=case,
        measure=measure,
        unit=unit,
        kind=kind,
        clock=clock,
        ask=ask.strip(),
        sections=list(sections),
        sent_at=at,
        sent_by=by,
        due_at=due.at,
        due_note=due.note.zh,
        wall=case.wall,
        county=case.county,
    )
    _step(referral, "sent", by, at)
    if case.state != Case.State.ACTIVE:
        states.check_case_moves(case, Case.State.ACTIVE)
        Case.objects.filter(pk=case.pk).update(state=Case.State.ACTIVE)
        case.state = Case.State.ACTIVE
    _tell_unit(referral, at)
    _record(by, at, "cases.send_referral", referral, {"unit": unit.pk, "kind": kind, "clock": clock})
    return referral


@action
def accept_referral(*, by: Officer, at: datetime, referral: Referral) -> Referral:
    """Take the request on for the unit."""
    permit(by, "cases.accept_referral", at=at, wall=referral.wall_id)
    policies.check_in_inbox(by, referral)
    _move(referral, State.ACCEPTED)
    _step(referral, "accepted", by, at)
    _record(by, at, "cases.accept_referral", referral, {})
    return referral


@action
def return_referral(*, by: Officer, at: datetime, referral: Referral, reason: str, note: str) -> Referral:
    """Hand the request back for a listed reason. The clock does not stop, and the return is counted."""
    permit(by, "cases.return_referral", at=at, wall=referral.wall_id)
    policies.check_in_inbox(by, referral)
    policies.check_listed(reason, RETURN_REASONS, code="cases.return_reason")
    policies.check_written(
        note, code="cases.return_note", what=Text(zh="退回说明", en="why it is handed back")
    )
    _move(referral, State.RETURNED, returns=F("returns") + 1)
    referral.refresh_from_db(fields=["returns"])
    _step(referral, "returned", by, at, f"{RETURN_REASONS[reason].zh}:{note.strip()}")
    _record(by, at, "cases.return_referral", referral, {"reason": reason, "returns": referral.returns})
    return referral


@action
def resend_referral(*, by: Officer, at: datetime, referral: Referral, note: str) -> Referral:
    """Send a returned request again, with what was missing. Its clock has been running since the first dispatch."""
    permit(by, "cases.resend_referral", at=at, place=referral.county, wall=referral.wall_id)
    policies.check_works_on(by, referral.case, at)
    policies.check_owner_unit(referral.unit, referral.wall_id, code="cases.receiver_walled")
    policies.check_written(note, code="cases.resend_note", what=Text(zh="补充说明", en="what is added"))
    _move(referral, State.SENT)
    _step(referral, "resent", by, at, note.strip())
    _record(by, at, "cases.resend_referral", referral, {})
    return referral


@action
def answer_referral(*, by: Officer, at: datetime, referral: Referral, answer: str) -> Referral:
    """Say what was done, for whom and when, so that somebody else can check it."""
    permit(by, "cases.answer_referral", at=at, wall=referral.wall_id)
    policies.check_in_inbox(by, referral)
    policies.check_written(answer, code="cases.answer", what=Text(zh="办理结果", en="what was done"))
    _move(referral, State.ANSWERED, answer=answer.strip(), answered_at=at, answered_by=by)
    _step(referral, "answered", by, at)
    _record(
        by, at, "cases.answer_referral", referral, {"late": bool(referral.due_at and at > referral.due_at)}
    )
    return referral


@action
def confirm_referral(*, by: Officer, at: datetime, referral: Referral) -> Referral:
    """Agree, on the side of the case, that the request has been met. The receiver's view of the case ends."""
    permit(by, "cases.confirm_referral", at=at, place=referral.county, wall=referral.wall_id)
    policies.check_works_on(by, referral.case, at)
    policies.check_not_the_answerer(by, referral)
    _move(referral, State.CONFIRMED)
    _step(referral, "confirmed", by, at)
    _record(by, at, "cases.confirm_referral", referral, {})
    return referral


@action
def redo_referral(*, by: Officer, at: datetime, referral: Referral, reason: str) -> Referral:
    """Send an answer back to be done again, with what is still missing. The clock keeps its first deadline."""
    permit(by, "cases.redo_referral", at=at, place=referral.county, wall=referral.wall_id)
    policies.check_works_on(by, referral.case, at)
    policies.check_written(
        reason, code="cases.redo_reason", what=Text(zh="还缺什么", en="what is still missing")
    )
    _move(referral, State.REDONE)
    _step(referral, "redone", by, at, reason.strip())
    _record(by, at, "cases.redo_referral", referral, {})
    return referral


@action
def revoke_referral(
    *, by: Officer, at: datetime, referral: Referral, reason: str, note: str = ""
) -> Referral:
    """Withdraw a request, for a listed reason. What it carried is no longer readable to the receiver."""
    permit(by, "cases.revoke_referral", at=at, place=referral.county, wall=referral.wall_id)
    policies.check_works_on(by, referral.case, at)
    policies.check_listed(reason, REVOKE_REASONS, code="cases.revoke_reason")
    _move(referral, State.REVOKED)
    _step(
        referral,
        "revoked",
        by,
        at,
        f"{REVOKE_REASONS[reason].zh}{':' + note.strip() if note.strip() else ''}",
    )
    _record(by, at, "cases.revoke_referral", referral, {"reason": reason})
    return referral


def _tell_unit(referral: Referral, at: datetime) -> None:
    """Neutral words to the unit's officers; what it is about stays behind the link (design rule 8)."""
    officers = Officer.objects.filter(
        unit=referral.unit, is_active=True, grants__role__in=("handler", "township")
    )
    text = Text(zh="本单位收件箱有1项待办。", en="There is one task in your unit's inbox.")
    post_notice(officers.distinct(), text, link=referral.get_absolute_url(), at=at)


def _move(referral: Referral, to: str, **changes: object) -> None:
    """Change the state only if nobody else did since we read it; then say so."""
    states.check_referral_moves(referral, to)
    changed = Referral.objects.filter(pk=referral.pk, state=referral.state).update(state=to, **changes)
    if not changed:
        referral.refresh_from_db()
        states.check_referral_moves(referral, to)
    referral.state = to
    for name, value in changes.items():
        setattr(referral, name, value)


def _step(referral: Referral, verb: str, by: Officer, at: datetime, reason: str = "") -> None:
    ReferralStep.objects.create(referral=referral, verb=verb, reason=reason[:300], by=by, at=at)


def _record(by: Officer, at: datetime, verb: str, referral: Referral, payload: dict[str, object]) -> None:
    record(
        verb,
        by=by,
        at=at,
        subject=referral,
        payload={"case": referral.case_id, **payload},
        place=referral.county,
        wall=referral.wall,
    )
