"""An outcome holds when somebody unrelated met the person; closed is not fixed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.cases import actions, ledgers, queries
from jiandi.rooms.cases.models import Verification
from jiandi.rooms.cases.tests import cast

HELD = {"met_person": True, "met_alone": True, "holds": True, "own_words": "好多了"}


def test_it_closes_on_a_verified_outcome_and_sets_two_looks(county):
    case = cast.verified()

    actions.close_case(by=county.officer("lead"), at=county.FRIDAY, case=case)

    assert [look.days for look in case.look_backs.order_by("due_on")] == [30, 90]
    assert cast.verbs(case)[-3:] == ["cases.propose_outcome", "cases.verify_outcome", "cases.close_case"]


@pytest.mark.parametrize("result", ["cannot_locate", "no_match", "refused_contact", "moved_away"])
def test_cannot_locate_and_no_match_never_close(county, result):
    referral = cast.sent()
    actions.revoke_referral(
        by=county.officer("lead"), at=county.TUESDAY, referral=referral, reason="plan_changed"
    )

    with pytest.raises(Refused) as refused:
        actions.propose_outcome(
            by=county.officer("lead"),
            at=county.TUESDAY,
            case=referral.case,
            summary="多次查找",
            result=result,
        )

    assert refused.value.code == "cases.never_closes"


def test_it_refuses_an_outcome_while_a_referral_waits(county):
    referral = cast.sent()

    with pytest.raises(Refused) as refused:
        actions.propose_outcome(
            by=county.officer("lead"), at=county.TUESDAY, case=referral.case, summary="已妥善办理"
        )

    assert refused.value.code == "cases.referrals_waiting"


def test_it_refuses_to_close_what_nobody_verified(county):
    outcome = cast.proposed()

    with pytest.raises(Refused) as refused:
        actions.close_case(by=county.officer("lead"), at=county.FRIDAY, case=outcome.case)

    assert refused.value.code == "cases.not_verified"


def test_a_verifier_of_a_related_unit_is_refused(county):
    """The owner, the receiver of a referral, the implicated village's township: none of them verifies."""
    outcome = cast.proposed()
    access_actions.grant_role(
        by=county.officer("admin"),
        at=county.MONDAY,
        officer=county.officer("handler_health"),
        role="inspector",
        place=outcome.case.county,
        starts_on=county.MONDAY.date(),
    )

    for name, code in [
        ("handler_health", "cases.verifier_related"),
        ("inspector_a", "cases.verifier_related"),
    ]:
        with pytest.raises(Refused) as refused:
            actions.verify_outcome(by=county.officer(name), at=county.FRIDAY, outcome=outcome, **HELD)
        assert refused.value.code in (code, "not_found")
    assert not queries.to_verify(county.officer("inspector_a"), county.FRIDAY).exists()
    assert queries.to_verify(county.officer("inspector_b"), county.FRIDAY).get() == outcome.case


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"met_person": False, "met_alone": False}, "cases.person_not_met"),
        ({"met_alone": False}, "cases.alone_or_why_not"),
        ({"own_words": ""}, "cases.own_words"),
        ({"holds": False, "note": ""}, "cases.why_not"),
    ],
)
def test_it_refuses_a_verification(county, change, code):
    outcome = cast.proposed()

    with pytest.raises(Refused) as refused:
        actions.verify_outcome(
            by=county.officer("inspector_b"), at=county.FRIDAY, outcome=outcome, **(HELD | change)
        )

    assert refused.value.code == code


def test_an_outcome_that_does_not_hold_goes_back_with_what_was_untrue(county):
    outcome = cast.proposed()
    referral = outcome.case.referrals.get()

    verification = actions.verify_outcome(
        by=county.officer("inspector_b"),
        at=county.FRIDAY,
        outcome=outcome,
        met_person=True,
        met_alone=True,
        holds=False,
        own_words="没有人带我去过医院",
        note="没有就诊记录",
        refuted=[referral],
    )

    assert outcome.case.state == "returned"
    assert list(verification.refuted.all()) == [referral]


def test_look_backs_settle_or_reopen(county):
    case = cast.verified()
    lead, inspector = county.officer("lead"), county.officer("inspector_b")
    actions.close_case(by=lead, at=county.FRIDAY, case=case)
    first, second = case.look_backs.order_by("due_on")

    with pytest.raises(Refused) as refused:
        actions.look_back(by=inspector, at=county.FRIDAY, look_back=first, holds=True, note="一切安好")
    assert refused.value.code == "cases.look_back_early"

    actions.look_back(
        by=inspector, at=county.FRIDAY + timedelta(days=30), look_back=first, holds=True, note="一切安好"
    )
    assert case.look_backs.get(pk=first.pk).holds
    case.refresh_from_db()
    assert case.state == "look_back"

    second.case.refresh_from_db()
    actions.look_back(
        by=inspector, at=county.FRIDAY + timedelta(days=90), look_back=second, holds=True, note="仍然安好"
    )
    case.refresh_from_db()
    assert case.state == "settled"
    assert cast.verbs(case)[-2:] == ["cases.look_back", "cases.settle_case"]
    assert all("_" not in words.en for _, words in ledgers.told(queries.timeline(case, lead)))


def test_a_look_that_does_not_hold_reopens_the_case(county):
    case = cast.verified()
    actions.close_case(by=county.officer("lead"), at=county.FRIDAY, case=case)
    first = case.look_backs.order_by("due_on")[0]

    actions.look_back(
        by=county.officer("inspector_b"),
        at=county.FRIDAY + timedelta(days=30),
        look_back=first,
        holds=False,
        note="又被关在屋里",
    )

    case.refresh_from_db()
    assert case.state == "reopened"
    assert case.look_backs.count() == 1


def test_the_lead_reopens_with_a_reason(county):
    case = cast.verified()
    lead = county.officer("lead")
    actions.close_case(by=lead, at=county.FRIDAY, case=case)

    with pytest.raises(Refused):
        actions.reopen_case(by=lead, at=county.FRIDAY, case=case, reason="")
    actions.reopen_case(by=lead, at=county.FRIDAY, case=case, reason="热线又有反映")

    assert case.state == "reopened"
    assert cast.verbs(case)[-1] == "cases.reopen_case"


@pytest.mark.parametrize("broken", [{"met_person": False}, {"met_alone": False, "not_alone_reason": ""}])
def test_the_database_refuses_an_outcome_held_by_nobody(county, broken):
    verification = cast.verified().outcomes.get().verifications.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Verification.objects.filter(pk=verification.pk).update(**broken)
