"""What may be proposed, who may verify it, and what alone may close a case."""

from __future__ import annotations

from datetime import date, timedelta

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer, Unit, WallEntry
from jiandi.rooms.cases.measures import DIED, NEVER_CLOSES, RESULTS
from jiandi.rooms.cases.models import Case, LookBack, Outcome, Verification
from jiandi.rooms.cases.policies import are_related, check_listed, check_no_tie, check_written

EARLY_DAYS = 7  # a look-back may be done up to a week before its day, so that a walk can serve several


def check_answers_settled(case: Case) -> None:
    """An outcome is proposed when no referral is still waiting."""
    waiting = list(case.referrals.exclude(state__in=["confirmed", "revoked"]).values_list("id", flat=True))
    if waiting:
        numbers = "、".join(f"Z{number}" for number in waiting)
        raise Refused(
            "cases.referrals_waiting",
            Text(
                zh=f"还有转办单未确认或撤回:{numbers}。先处理完再提出结果。",
                en=f"These referrals are neither confirmed nor revoked: {numbers}. Settle them first.",
            ),
        )


def check_result(result: str) -> None:
    """“Cannot locate” and “no match” say where a search stands. They never end a case (R21)."""
    check_listed(result, RESULTS, code="cases.result")
    if result in NEVER_CLOSES:
        word = RESULTS[result]
        raise Refused(
            "cases.never_closes",
            Text(
                zh=f"“{word.zh}”不是结果,不能销号。此案保持打开,请安排下一次查找、比对或见面。",
                en=f"“{word.en}” is not an outcome and never closes a case. It stays open: plan the next search, comparison or meeting.",
            ),
        )


def related_units(case: Case) -> list[tuple[Unit, Text]]:
    """Return every unit with a part in the case, and which: owner, referral, measure, implicated."""
    found = [(case.owner_unit, Text(zh="主办单位", en="the responsible unit"))]
    found += [
        (referral.unit, Text(zh="承办过转办事项", en="a unit with a referral"))
        for referral in case.referrals.exclude(state="revoked").select_related("unit")
    ]
    entries = WallEntry.objects.filter(wall_id=case.wall_id, unit__isnull=False).select_related("unit")
    found += [
        (entry.unit, Text(zh="有利害关系", en="a unit the case concerns")) for entry in entries if entry.unit
    ]
    return found


def check_unrelated(by: Officer, case: Case) -> None:
    """Who verifies belongs to no unit with a part in the case, and has not worked on it."""
    for unit, part in related_units(case):
        if are_related(by.unit, unit):
            raise Refused(
                "cases.verifier_related",
                Text(
                    zh=f"核实人须与此案无关:您所在单位与{unit.name}({part.zh})有隶属关系。",
                    en=f"Whoever verifies must have no part in the case: your unit is tied to {unit.name} ({part.en}).",
                ),
            )
    if by.pk in (case.opened_by_id, case.second_officer_id):
        raise Refused(
            "cases.verifier_worked_on_it",
            Text(zh="您参与过此案,不能核实。", en="You worked on this case, so you cannot verify it."),
        )


def check_verification(
    *,
    met_person: bool,
    met_alone: bool,
    not_alone_reason: str,
    holds: bool,
    own_words: str,
    note: str,
    names_refuted: bool = False,
) -> None:
    """An outcome holds only if the person was met, alone or with the reason why not, in their own words."""
    if holds and not met_person:
        raise Refused(
            "cases.person_not_met",
            Text(
                zh="没有见到本人,结果不能认定属实。请写明情况并退回,或再次走访。",
                en="The person was not met, so the outcome cannot be confirmed. Say what happened and send it back, or go again.",
            ),
        )
    if met_person and not met_alone and not not_alone_reason.strip():
        raise Refused(
            "cases.alone_or_why_not",
            Text(zh="未能单独见面的,须写明原因。", en="If the person was not met alone, say why."),
        )
    if holds:
        check_written(
            own_words,
            code="cases.own_words",
            what=Text(zh="本人原话", en="what the person said, in their words"),
            least=2,
        )
    elif not names_refuted:
        check_written(note, code="cases.why_not", what=Text(zh="哪里不属实", en="what does not hold"))


def check_death_on_record(case: Case) -> None:
    """A death is proposed only where a record of it stands on a roster; hearsay of a death is a reason to search."""
    people = [subject.person for subject in case.subjects.filter(part="protected").select_related("person")]
    if not people or any(person.died_on is None for person in people):
        raise Refused(
            "cases.no_death_record",
            Text(
                zh="登记册里没有本人的死亡记录。请先由公安或卫健报送死亡名册;听说去世不能结案,请继续查找。",
                en="The register holds no record of the death. Have the police or health department deliver it first; "
                "a death by hearsay ends nothing: go on searching.",
            ),
        )


def check_kind_of_verification(outcome: Outcome, *, of_death: bool) -> None:
    """A death is verified by papers and a review, everything else by meeting the person."""
    if (outcome.result == DIED) != of_death:
        raise Refused(
            "cases.other_verification",
            Text(
                zh="去世的核实看死亡证明并作回顾;其他结果须当面见到本人。",
                en="A death is verified by its papers and a review; any other outcome by meeting the person.",
            ),
        )


def check_death(case: Case, *, holds: bool, is_unexplained: bool, paper: str, review: str, note: str) -> None:
    """A death holds on a paper seen at its source, with the review answered, and never while it is unexplained."""
    if not holds:
        check_written(note, code="cases.why_not", what=Text(zh="哪里不属实", en="what does not hold"))
        return
    check_written(
        paper,
        code="cases.death_paper",
        what=Text(zh="看到的死亡证明或注销记录、出具单位", en="which death paper was seen and who issued it"),
    )
    check_written(
        review,
        code="cases.death_review",
        what=Text(
            zh="回顾:去世前办了什么、还差什么、能否避免",
            en="the review: what was done before, what was missing, could it have been prevented",
        ),
        least=20,
    )
    if is_unexplained and not case.milestones.exists():
        raise Refused(
            "cases.death_unexplained",
            Text(
                zh="死因不明。请先报公安并记录立案等节点,此案保持打开。",
                en="The death is unexplained. Report it to the police and note their step first; the case stays open.",
            ),
        )


def check_may_close(case: Case) -> Verification:
    """A case is closed on an outcome verified by somebody unrelated; nothing else closes it."""
    outcome: Outcome | None = case.outcomes.order_by("-id").first()
    last = outcome.verifications.order_by("-id").first() if outcome else None
    if case.state != "verified" or last is None or not last.holds:
        raise Refused(
            "cases.not_verified",
            Text(
                zh="没有经无关单位当面核实属实的结果,不能销号。",
                en="A case closes only on an outcome that somebody unrelated has verified in person.",
            ),
        )
    return last


def check_no_tie_to_subjects(by: Officer, case: Case) -> None:
    """Who verifies has declared no tie to anybody in the case."""
    for subject in case.subjects.select_related("person"):
        check_no_tie(by, subject.person)


def check_look_back_due(look: LookBack, today: date) -> None:
    """A look-back is done once, and not long before its day."""
    if look.done_at is not None:
        raise Refused(
            "cases.look_back_done_conflict",
            Text(zh="这次回头看已经完成。", en="This look has been done already."),
        )
    if today < look.due_on - timedelta(days=EARLY_DAYS):
        raise Refused(
            "cases.look_back_early",
            Text(
                zh=f"这次回头看定于{look.due_on:%Y-%m-%d},最早可提前{EARLY_DAYS}天。",
                en=f"This look is due on {look.due_on:%Y-%m-%d}; at the earliest {EARLY_DAYS} days before.",
            ),
        )
