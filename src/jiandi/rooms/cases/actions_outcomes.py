"""From what the responsible unit says was achieved to what somebody unrelated has seen, and seen again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.cases import policies, policies_outcomes, states
from jiandi.rooms.cases.measures import DIED, LOOK_BACK_DAYS, LOOK_BACK_DAYS_OF_DEATH
from jiandi.rooms.cases.models import Case, LookBack, Outcome, Referral, Verification
from jiandi.rooms.register.safeguarding import begin_safeguard, end_safeguard

State = Case.State


@action
def propose_outcome(*, by: Officer, at: datetime, case: Case, summary: str, result: str = "safe") -> Outcome:
    """Say what was achieved, so that somebody unrelated can go and see whether it is so."""
    permit(by, "cases.propose_outcome", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    policies_outcomes.check_result(result)
    if result == DIED:
        policies_outcomes.check_death_on_record(case)
    policies_outcomes.check_answers_settled(case)
    policies.check_written(summary, code="cases.summary", what=Text(zh="办理结果", en="what was achieved"))
    states.check_case_moves(case, State.OUTCOME_PROPOSED)
    outcome = Outcome.objects.create(
        case=case, result=result, summary=summary.strip(), proposed_by=by, proposed_at=at
    )
    _move(case, State.OUTCOME_PROPOSED)
    _record(by, at, "cases.propose_outcome", case, {"outcome": outcome.pk, "result": result})
    return outcome


@action
def verify_outcome(
    *,
    by: Officer,
    at: datetime,
    outcome: Outcome,
    met_person: bool,
    met_alone: bool,
    holds: bool,
    own_words: str = "",
    not_alone_reason: str = "",
    note: str = "",
    refuted: Sequence[Referral] = (),
) -> Verification:
    """Go and see: was the person met, alone, what did they say, and does the outcome hold?

    `refuted` names the referrals whose answers the visit showed to be untrue.
    """
    case = outcome.case
    permit(by, "cases.verify_outcome", at=at, place=case.county, wall=case.wall_id)
    policies_outcomes.check_unrelated(by, case)
    policies_outcomes.check_no_tie_to_subjects(by, case)
    policies_outcomes.check_kind_of_verification(outcome, of_death=False)
    states.check_case_moves(case, State.VERIFIED if holds else State.RETURNED)
    policies_outcomes.check_verification(
        met_person=met_person,
        met_alone=met_alone,
        not_alone_reason=not_alone_reason,
        holds=holds,
        own_words=own_words,
        note=note,
        names_refuted=bool(refuted),
    )
    verification = Verification.objects.create(
        outcome=outcome,
        verifier=by,
        unit=by.unit,
        met_person=met_person,
        met_alone=met_person and met_alone,
        not_alone_reason=not_alone_reason.strip(),
        own_words=own_words.strip(),
        holds=holds,
        note=note.strip(),
        at=at,
    )
    verification.refuted.set([] if holds else refuted)
    _move(case, State.VERIFIED if holds else State.RETURNED)
    payload = {"outcome": outcome.pk, "holds": holds, "alone": verification.met_alone}
    _record(by, at, "cases.verify_outcome", case, {**payload, "refuted": [r.pk for r in refuted]})
    return verification


@action
def verify_death(
    *,
    by: Officer,
    at: datetime,
    outcome: Outcome,
    holds: bool,
    is_unexplained: bool = False,
    paper: str = "",
    review: str = "",
    note: str = "",
) -> Verification:
    """See the papers of a death at their source, and answer what nobody can ask the person any more: was help in time?"""
    case = outcome.case
    permit(by, "cases.verify_death", at=at, place=case.county, wall=case.wall_id)
    policies_outcomes.check_unrelated(by, case)
    policies_outcomes.check_no_tie_to_subjects(by, case)
    policies_outcomes.check_kind_of_verification(outcome, of_death=True)
    to = State.VERIFIED if holds else State.RETURNED
    states.check_case_moves(case, to)
    policies_outcomes.check_death(
        case, holds=holds, is_unexplained=is_unexplained, paper=paper, review=review, note=note
    )
    verification = Verification.objects.create(
        outcome=outcome,
        verifier=by,
        unit=by.unit,
        met_person=False,
        met_alone=False,
        holds=holds,
        death_paper=paper.strip() if holds else "",
        death_review=review.strip() if holds else "",
        note=note.strip(),
        at=at,
    )
    _move(case, to)
    payload: dict[str, object] = {"outcome": outcome.pk, "holds": holds, "unexplained": is_unexplained}
    _record(by, at, "cases.verify_death", case, payload)
    return verification


@action
def close_case(*, by: Officer, at: datetime, case: Case) -> Case:
    """Strike the case off, on a verified outcome. It will be looked at again after 30 and 90 days: closed is not fixed."""
    permit(by, "cases.close_case", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    verification = policies_outcomes.check_may_close(case)
    states.check_case_moves(case, State.CLOSED)
    today = timezone.localdate(at)
    terms = LOOK_BACK_DAYS_OF_DEATH if verification.outcome.result == DIED else LOOK_BACK_DAYS
    LookBack.objects.bulk_create(
        [LookBack(case=case, days=days, due_on=today + timedelta(days=days)) for days in terms]
    )
    Case.objects.filter(pk=case.pk).update(closed_at=at)
    case.closed_at = at
    _move(case, State.CLOSED)
    _record(
        by,
        at,
        "cases.close_case",
        case,
        {"verification": verification.pk, "look_backs": list(terms)},
    )
    return case


# What a look comes to has its own name in the log: clocks stop on it.
_VERB_OF_LOOK: dict[str, str] = {
    State.LOOK_BACK: "cases.look_back",
    State.SETTLED: "cases.settle_case",
    State.REOPENED: "cases.reopen_case",
}


@action
def look_back(*, by: Officer, at: datetime, look_back: LookBack, holds: bool, note: str) -> LookBack:
    """Look again: does it still hold? If not, the case opens again; if the last look holds, it is settled."""
    case = look_back.case
    permit(by, "cases.look_back", at=at, place=case.county, wall=case.wall_id)
    policies_outcomes.check_unrelated(by, case)
    policies_outcomes.check_no_tie_to_subjects(by, case)
    policies_outcomes.check_look_back_due(look_back, timezone.localdate(at))
    policies.check_written(
        note, code="cases.look_back_note", what=Text(zh="回头看见到的情况", en="what was seen")
    )
    first_waiting = case.look_backs.filter(done_at__isnull=True).order_by("due_on").first()
    if first_waiting is not None and first_waiting.pk != look_back.pk:
        raise Refused(
            "cases.earlier_look_first",
            Text(
                zh=f"请先完成第{first_waiting.days}天的回头看。",
                en=f"Do the look after {first_waiting.days} days first.",
            ),
        )
    LookBack.objects.filter(pk=look_back.pk).update(done_at=at, done_by=by, holds=holds, note=note.strip())
    look_back.refresh_from_db()
    if not holds:
        to = State.REOPENED
    elif case.look_backs.filter(done_at__isnull=True).exists():
        to = State.LOOK_BACK
    else:
        to = State.SETTLED
    states.check_case_moves(case, to)
    _move(case, to)
    if to == State.SETTLED:
        # Not before: closed is not fixed, and whom nobody finds again cannot be looked at again.
        end_safeguard(ground=case.pk, at=at)
    _record(
        by, at, _VERB_OF_LOOK[to], case, {"look_back": look_back.pk, "days": look_back.days, "holds": holds}
    )
    return look_back


@action
def reopen_case(*, by: Officer, at: datetime, case: Case, reason: str) -> Case:
    """Open a closed case again, because something says it does not hold."""
    permit(by, "cases.reopen_case", at=at, place=case.county, wall=case.wall_id)
    policies.check_written(
        reason, code="cases.reopen_reason", what=Text(zh="重新立案的原因", en="why it is opened again")
    )
    states.check_case_moves(case, State.REOPENED)
    _move(case, State.REOPENED)
    begin_safeguard(case.subjects.values_list("person", flat=True), ground=case.pk, at=at)
    _record(by, at, "cases.reopen_case", case, {"reason": reason.strip()})
    return case


def _move(case: Case, to: str) -> None:
    if to == State.REOPENED:
        # Looks still to come belong to the closing that did not hold; the next closing sets its own.
        LookBack.objects.filter(case=case, done_at__isnull=True).delete()
    Case.objects.filter(pk=case.pk).update(state=to)
    case.state = to


def _record(by: Officer, at: datetime, verb: str, case: Case, payload: dict[str, object]) -> None:
    place = case.village or case.town or case.county
    record(verb, by=by, at=at, subject=case, payload=payload, place=place, wall=case.wall)
