"""A protected person dies: nobody can meet them, so papers are seen by somebody unrelated, and one question is never left out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Installation
from jiandi.rooms.cases import actions
from jiandi.rooms.cases.models import Case, Outcome, Verification
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.register.models import Person

PAPER = "县人民医院死亡医学证明,派出所注销记录"
REVIEW = "十一月四日体检后即住院,住院前三周未有人上门;若早三周送医,或可避免。"
SEEN = {"holds": True, "paper": PAPER, "review": REVIEW}


@pytest.fixture
def outcome(county) -> Outcome:
    """A case whose person is recorded as dead, with that proposed as its outcome."""
    referral = cast.sent()
    lead = county.officer("lead")
    actions.revoke_referral(by=lead, at=county.WEDNESDAY, referral=referral, reason="person_died")
    Person.objects.update(died_on=date(2026, 11, 4))
    return actions.propose_outcome(
        by=lead, at=county.THURSDAY, case=Case.objects.get(), summary="十一月四日去世", result="died"
    )


def verified(county, outcome, **changes) -> Verification:
    said = SEEN | changes
    return actions.verify_death(by=county.officer("inspector_b"), at=county.FRIDAY, outcome=outcome, **said)


def test_it_closes_a_case_by_a_death_that_somebody_unrelated_established(county, outcome):
    verification = verified(county, outcome)

    case = Case.objects.get()
    assert (case.state, verification.met_person, verification.death_paper) == ("verified", False, PAPER)
    assert cast.verbs(case)[-1] == "cases.verify_death"
    actions.close_case(by=county.officer("lead"), at=county.FRIDAY, case=case)
    look = case.look_backs.get()
    assert look.days == 30
    later = county.FRIDAY + timedelta(days=30)
    actions.look_back(
        by=county.officer("inspector_b"), at=later, look_back=look, holds=True, note="回顾所列两项已整改"
    )
    assert Case.objects.get().state == "settled"


def test_hearsay_of_a_death_is_no_outcome(county):
    referral = cast.sent()
    actions.revoke_referral(
        by=county.officer("lead"), at=county.TUESDAY, referral=referral, reason="person_died"
    )

    with pytest.raises(Refused) as refused:
        actions.propose_outcome(
            by=county.officer("lead"),
            at=county.TUESDAY,
            case=referral.case,
            summary="听村里说已去世",
            result="died",
        )

    assert refused.value.code == "cases.no_death_record"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"paper": ""}, "cases.death_paper"),
        ({"review": ""}, "cases.death_review"),
        ({"review": "无"}, "cases.death_review"),
        ({"is_unexplained": True}, "cases.death_unexplained"),
        ({"holds": False, "note": ""}, "cases.why_not"),
    ],
)
def test_it_refuses_a_death_without_paper_review_or_explanation(county, outcome, changes, code):
    with pytest.raises(Refused) as refused:
        verified(county, outcome, **changes)

    assert refused.value.code == code and Case.objects.get().state == "outcome_proposed"


def test_an_unexplained_death_waits_for_the_police(county, outcome):
    actions.record_milestone(
        by=county.officer("lead"),
        at=county.FRIDAY,
        case=outcome.case,
        kind="filed",
        on_date=date(2026, 11, 5),
    )

    assert verified(county, outcome, is_unexplained=True).holds


def test_a_death_that_is_not_so_brings_the_case_back(county, outcome):
    verified(county, outcome, holds=False, note="本人在邻县医院,当面见到")

    assert Case.objects.get().state == "returned"


def test_neither_way_of_verifying_stands_in_for_the_other(county, outcome):
    with pytest.raises(Refused) as refused:
        actions.verify_outcome(
            by=county.officer("inspector_b"), at=county.FRIDAY, outcome=outcome, met_person=True, met_alone=True, holds=True,
            own_words="我很好",
        )  # fmt: skip
    assert refused.value.code == "cases.other_verification"
    Outcome.objects.update(result="treated")
    with pytest.raises(Refused) as refused:
        verified(county, Outcome.objects.get())
    assert refused.value.code == "cases.other_verification"


def test_the_responsible_unit_does_not_verify_the_death(county, outcome):
    with pytest.raises(Refused):
        actions.verify_death(by=county.officer("lead"), at=county.FRIDAY, outcome=outcome, **SEEN)


def test_the_database_keeps_the_review_with_the_death(county, outcome):
    verified(county, outcome)

    for change in ({"death_review": ""}, {"death_paper": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Verification.objects.update(**change)


def test_the_verifier_gets_the_form_of_a_death(county, outcome, client):
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    client.force_login(county.officer("inspector_b"))
    client.cookies["jiandi_language"] = "en"
    page = reverse("cases:verify", args=[outcome.case_id])
    text = client.get(page).content.decode()
    assert "could it have been prevented" in text and "Met alone" not in text

    answer = client.post(page, {"holds": "yes", "paper": PAPER, "is_unexplained": "no", "review": REVIEW})

    assert answer.status_code == 302 and Case.objects.get().state == "verified"
    client.force_login(county.officer("lead"))
    shown = client.get(outcome.case.get_absolute_url()).content.decode()
    assert PAPER in shown and REVIEW in shown
