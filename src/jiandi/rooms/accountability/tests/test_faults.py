"""Four faults from events: found once, kept, refreshed, gone; the unit heard before anything is decided."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.estimate.indicators import INDICATORS
from jiandi.core.values import Refused
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.access.models import Event
from jiandi.rooms.accountability import actions, faults, queries, scorecards
from jiandi.rooms.accountability.models import Fault, Scorecard
from jiandi.rooms.assurance.models import Draw, Recheck, Suspicion
from jiandi.rooms.cases import actions as case_actions
from jiandi.rooms.cases.models import Case, Verification
from jiandi.rooms.cases.tests import cast
from jiandi.rooms.checks.models import Alert, Triage
from jiandi.rooms.screening.models import (
    Campaign,
    Coverage,
    Expected,
    Finding,
    Form,
    Sighting,
    Visit,
    VisitTask,
)

WEEKS = timedelta(days=21)


def compute(county, at=None):
    return actions.compute_faults(by=county.officer("engine"), at=at or county.MONDAY + WEEKS)


def codes():
    return {(fault.kind, fault.code): fault for fault in Fault.objects.filter(gone_at__isnull=True)}


def a_round(county, village_unit="石桥村村民委员会"):
    """A round of three doors of one worker: one visited, two never."""
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh="十一月排查",
        title_en="November round",
        place_id=county.COUNTY,
        form=form,
        reference_on=date(2026, 11, 2),
        starts_on=date(2026, 11, 3),
        ends_on=date(2026, 11, 10),
        opened_at=county.MONDAY,
        opened_by=county.officer("lead"),
    )
    worker = county.officer("grid_a1")
    tasks = [
        VisitTask.objects.create(
            code=f"T{number}",
            campaign=campaign,
            dwelling=county.dwelling(number=number),
            village_id=county.VILLAGE_A1,
            town_id=county.TOWN_A,
            county_id=county.COUNTY,
            worker=worker,
            state="visited" if number == 1 else "open",
            tries=1 if number == 1 else 0,
        )
        for number in (1, 2, 3)
    ]
    about = cast.person("HK7QDOOR", "田一")
    visit = Visit.objects.create(
        instance_id="uuid:1",
        body=b"x",
        sha256=b"1" * 32,
        received_at=county.FRIDAY,
        channel="phone",
        state="applied",
        task=tasks[0],
        worker=worker,
        unit=worker.unit,
        village_id=county.VILLAGE_A1,
        town_id=county.TOWN_A,
        county_id=county.COUNTY,
        started_at=county.TUESDAY,
        ended_at=county.TUESDAY,
        result="met",
        outbuildings="none",
    )
    Sighting.objects.create(visit=visit, person=about, present="seen", alone=True)
    expected = Expected.objects.create(
        task=tasks[0],
        person=about,
        village_id=county.VILLAGE_A1,
        county_id=county.COUNTY,
        outcome="seen",
        visit=visit,
    )
    return campaign, visit, expected


def false_recheck(county, campaign, visit, expected):
    draw = Draw.objects.create(
        campaign=campaign,
        made_at=county.FRIDAY,
        made_by=county.officer("overseer"),
        frame_size=1,
        frame_root="0",
        seed_commitment="0",
        seed_sealed=b"0",
        claim_per_10000=100,
    )
    return Recheck.objects.create(
        draw=draw,
        expected=expected,
        original=visit,
        ticket="1",
        result="false",
        village_id=county.VILLAGE_A1,
        county_id=county.COUNTY,
    )


def test_a_referral_nobody_touched_is_no_action(county):
    referral = cast.sent()

    compute(county)

    fault = codes()[("no_action", "referral_untouched")]
    assert (fault.unit, fault.wall_id) == (referral.unit, referral.wall_id)
    assert fault.sources == [{"kind": "referral", "id": referral.pk}]


def test_a_referral_before_its_term_is_no_fault(county):
    cast.sent()

    compute(county, county.FRIDAY)

    assert not codes()


def test_a_late_answer_is_slow(county):
    referral = cast.sent()
    health = county.officer("handler_health")
    case_actions.accept_referral(by=health, at=county.TUESDAY, referral=referral)
    compute(county)
    assert ("slow", "referral_late") in codes()

    case_actions.answer_referral(
        by=health, at=county.MONDAY + WEEKS, referral=referral, answer="已经体检完毕"
    )
    compute(county)

    assert "answered on" in codes()[("slow", "referral_late")].detail_en
    assert Fault.objects.count() == 1


def test_three_returns_are_improper(county):
    referral, health, lead = cast.sent(), county.officer("handler_health"), county.officer("lead")
    for _ in range(3):
        case_actions.return_referral(
            by=health, at=county.TUESDAY, referral=referral, reason="not_ours", note="应由别的单位办"
        )
        case_actions.resend_referral(by=lead, at=county.TUESDAY, referral=referral, note="就是你们办")

    compute(county, county.WEDNESDAY)

    assert set(codes()) == {("improper", "passed_around")}


def test_an_answer_a_visit_contradicts_is_fake(county):
    outcome = cast.proposed()
    case_actions.verify_outcome(
        by=county.officer("inspector_b"),
        at=county.FRIDAY,
        outcome=outcome,
        met_person=True,
        met_alone=True,
        holds=False,
        own_words="没人来过",
        note="没有就诊记录",
        refuted=[outcome.case.referrals.get()],
    )

    compute(county, county.FRIDAY)

    assert codes()[("fake", "answer_refuted")].unit == county.unit("明溪县卫生健康局")
    assert (
        "fake",
        "outcome_refuted",
    ) not in codes()  # the owner relied on an answer it could not see through


def test_an_outcome_of_ones_own_that_does_not_hold_is_fake(county):
    case_actions.verify_outcome(
        by=county.officer("inspector_b"), at=county.FRIDAY, outcome=cast.proposed(), met_person=True, met_alone=True,
        holds=False, own_words="没人来过", note="本人不知情", refuted=[],
    )  # fmt: skip

    compute(county, county.FRIDAY)

    assert codes()[("fake", "outcome_refuted")].unit == county.unit("明溪县妇女联合会")


def test_what_the_system_refuses_is_still_looked_for(county):
    """Imported data may hold a case closed unverified, or verified by the receiver itself."""
    case = cast.verified()
    Verification.objects.update(unit=county.unit("明溪县卫生健康局"))
    unverified = cast.case(person=cast.person("HK7QXX"), alert=cast.alert(cast.person("HK7QYY"), key="R1:9"))
    Case.objects.filter(pk=unverified.pk).update(state="closed", closed_at=county.FRIDAY)

    compute(county, county.FRIDAY)

    assert ("improper", "verified_by_related") in codes()
    assert codes()[("improper", "closed_unverified")].key == f"closed_unverified:{unverified.pk}"
    assert case.state == "verified"


def test_alerts_untouched_late_and_explained_by_the_implicated(county):
    civil, village = county.unit("明溪县民政局"), county.officer("grid_a1")
    lying, late, explained = (cast.alert(cast.person(f"HK7Q{n}"), key=f"R1:{n}") for n in "123")
    Alert.objects.filter(pk__in=[lying.pk, late.pk]).update(routed_to=civil)
    Triage.objects.create(
        alert=late,
        from_state="new",
        to_state="acknowledged",
        by=county.officer("handler_civil"),
        at=county.MONDAY + WEEKS,
    )
    Alert.objects.filter(pk=late.pk).update(state="acknowledged")
    Alert.objects.filter(pk=explained.pk).update(state="explained", explained_by=village)

    compute(county)

    found = codes()
    assert found[("no_action", "alert_untouched")].sources == [{"kind": "alert", "id": lying.pk}]
    assert found[("slow", "alert_late")].sources == [{"kind": "alert", "id": late.pk}]
    assert found[("improper", "explained_by_implicated")].unit == village.unit


def test_a_danger_alert_is_due_in_a_day_of_hours_from_when_it_came(county):
    alert = cast.alert(cast.person(), rule_class="danger")
    late_at_night = county.MONDAY + timedelta(hours=13)  # ten in the evening in the county
    Alert.objects.update(routed_to=county.unit("明溪县公安局"), first_seen_at=late_at_night)

    compute(county, late_at_night + timedelta(hours=23))
    assert not codes()
    compute(county, late_at_night + timedelta(hours=25))

    assert codes()[("no_action", "alert_untouched")].wall_id == alert.wall_id


def test_doors_never_visited_are_counted_per_unit(county):
    a_round(county)

    compute(county)

    fault = codes()[("no_action", "doors_never_visited")]
    assert "2" in fault.detail_en and fault.unit == county.unit("石桥村村民委员会")
    card = Scorecard.objects.get()
    assert (card.duties, card.on_time, card.missed) == (3, 1, 2)


def test_visits_after_the_round_are_slow(county):
    _, visit, _ = a_round(county)
    Visit.objects.filter(pk=visit.pk).update(started_at=county.MONDAY + timedelta(days=10))

    compute(county)

    assert ("slow", "doors_late") in codes()


def test_danger_told_a_day_late_is_slow(county):
    _, visit, _ = a_round(county)
    Finding.objects.create(visit=visit, kind="danger", value="locked", is_danger_now=True)

    compute(county)

    assert "72" in codes()[("slow", "danger_told_late")].detail_en


def test_a_batch_loaded_later_says_nothing_of_when_a_danger_was_told(county):
    _, visit, _ = a_round(county)
    Visit.objects.filter(pk=visit.pk).update(channel="replay")
    Finding.objects.create(visit=visit, kind="danger", value="locked", is_danger_now=True)

    compute(county)

    assert ("slow", "danger_told_late") not in codes()


def test_refuted_claims_and_a_refuted_all_clear_are_fake(county):
    campaign, visit, expected = a_round(county)
    draw = false_recheck(county, campaign, visit, expected).draw
    Coverage.objects.create(
        campaign=campaign,
        village_id=county.VILLAGE_A1,
        county_id=county.COUNTY,
        listed=2,
        seen=2,
        doors=1,
        doors_visited=1,
    )

    compute(county)
    assert not {code for kind, code in codes() if kind == "fake"}  # one household's word is one record

    other = Expected.objects.create(
        task=expected.task, person=cast.person("HK7QTWO", "田二"), village_id=county.VILLAGE_A1, county_id=county.COUNTY,
        outcome="seen", visit=visit,
    )  # fmt: skip
    Recheck.objects.create(
        draw=draw, expected=other, original=visit, ticket="2", result="false", village_id=county.VILLAGE_A1,
        county_id=county.COUNTY,
    )  # fmt: skip
    compute(county)

    assert codes()[("fake", "claims_refuted")].unit == county.unit("石桥村村民委员会")
    assert ("fake", "all_clear_refuted") in codes()
    assert Scorecard.objects.get().refuted == 2


def test_indicators_alone_make_no_fault_however_many_stand_out(county):
    """Only what a re-visit contradicted becomes a fault, and that of the unit; a flag asks for a re-visit and no more."""
    campaign, visit, expected = a_round(county)
    Suspicion.objects.create(
        campaign=campaign, worker=visit.worker, computed_at=county.FRIDAY, rank=1, visits=60, is_flagged=True,
        indicators=[{"code": one.name, "zh": "x", "en": "x"} for one in INDICATORS], county_id=county.COUNTY,
    )  # fmt: skip
    recheck = false_recheck(county, campaign, visit, expected)
    for result in ("waiting", "unresolved", "excused", "true"):
        Recheck.objects.filter(pk=recheck.pk).update(result=result)
        compute(county)

        assert not {code for kind, code in codes() if kind == "fake"}


def test_a_visit_to_ones_own_kin_is_improper(county):
    _, visit, expected = a_round(county)
    access_actions.declare_conflict(
        by=county.officer("grid_a1"),
        at=county.MONDAY,
        subject_kind="person",
        subject_id=expected.person_id,
        tie="堂兄",
    )

    compute(county)

    assert codes()[("improper", "visited_own_kin")].sources == [{"kind": "visit", "id": visit.pk}]


def test_a_tie_declared_after_the_visit_makes_no_fault_of_it(county):
    _, _, expected = a_round(county)
    access_actions.declare_conflict(
        by=county.officer("grid_a1"),
        at=county.FRIDAY,
        subject_kind="person",
        subject_id=expected.person_id,
        tie="堂兄",
    )

    compute(county)

    assert ("improper", "visited_own_kin") not in codes()


def test_a_tie_declared_again_counts_from_the_first_time(county):
    _, _, expected = a_round(county)
    for at, tie in ((county.MONDAY, "堂兄"), (county.FRIDAY, "堂兄,同住")):
        access_actions.declare_conflict(
            by=county.officer("grid_a1"), at=at, subject_kind="person", subject_id=expected.person_id, tie=tie
        )

    compute(county)

    assert ("improper", "visited_own_kin") in codes()


def test_it_finds_each_matter_once_and_marks_what_is_gone(county):
    referral = cast.sent()
    first = compute(county)
    assert compute(county) == []
    assert len(first) == Fault.objects.count() == 1

    case_actions.revoke_referral(
        by=county.officer("lead"), at=county.MONDAY + WEEKS, referral=referral, reason="sent_in_error"
    )
    compute(county)

    assert Fault.objects.get().gone_at is not None


def test_each_run_leaves_one_event_and_each_walled_finding_its_own(county):
    a_round(county)
    cast.sent()

    compute(county)

    batch = Event.objects.get(verb="accountability.compute_faults")
    sealed = Event.objects.get(verb="accountability.find_sealed")
    assert batch.payload["count"] == Fault.objects.filter(wall__isnull=True).count()
    assert sealed.wall_id == Fault.objects.get(wall__isnull=False).wall_id


def test_it_refuses_others_to_compute(county):
    with pytest.raises(Refused):
        actions.compute_faults(by=county.officer("handler_civil"), at=county.MONDAY)


def test_the_unit_is_heard_first(county):
    cast.sent()
    compute(county, county.MONDAY + WEEKS)
    fault, overseer, health = (
        Fault.objects.get(),
        county.officer("overseer"),
        county.officer("handler_health"),
    )
    at = county.MONDAY + WEEKS

    with pytest.raises(Refused) as refused:
        actions.decide_fault(by=overseer, at=at, fault=fault, upheld=True, reason="证据清楚")
    assert refused.value.code == "accountability.reply_first"

    actions.reply_fault(by=health, at=at, fault=fault, text="当天系统故障,附说明")
    actions.decide_fault(by=overseer, at=at, fault=fault, upheld=True, reason="说明不成立")
    actions.appeal_fault(by=health, at=at, fault=fault, text="请复核故障记录")
    with pytest.raises(Refused) as refused:
        actions.decide_fault(by=overseer, at=at, fault=fault, upheld=False, reason="采纳申诉")
    assert refused.value.code == "accountability.same_judge"

    assert cast.verbs(fault) == [
        "accountability.find_sealed",
        "accountability.reply_fault",
        "accountability.decide_fault",
        "accountability.appeal_fault",
    ]


def test_silence_after_the_term_counts_as_no_reply(county):
    cast.sent()
    compute(county, county.MONDAY + WEEKS)
    fault = Fault.objects.get()

    actions.decide_fault(
        by=county.officer("overseer"),
        at=county.MONDAY + WEEKS + timedelta(days=10),
        fault=fault,
        upheld=True,
        reason="逾期未申辩",
    )

    assert fault.state == "upheld"


def test_other_units_do_not_reply_and_a_unit_does_not_decide_on_itself(county):
    cast.sent()
    compute(county)
    fault = Fault.objects.get()

    with pytest.raises(Refused) as refused:
        actions.reply_fault(
            by=county.officer("handler_civil"), at=county.MONDAY, fault=fault, text="替他们说话"
        )
    assert refused.value.code == "accountability.not_your_unit"
    with pytest.raises(Refused) as refused:
        actions.decide_fault(
            by=county.officer("lead"), at=county.MONDAY, fault=fault, upheld=False, reason="算了"
        )
    assert refused.value.code == "access.role"


def test_a_walled_unit_is_not_judged_before_it_was_told(county):
    alert = cast.alert(cast.person())
    Alert.objects.filter(pk=alert.pk).update(state="explained", explained_by=county.officer("grid_a1"))
    compute(county)
    fault = Fault.objects.get()

    assert not queries.faults(county.officer("grid_a1"), county.FRIDAY).exists()
    with pytest.raises(Refused) as refused:
        actions.decide_fault(
            by=county.officer("overseer"),
            at=county.MONDAY + 2 * WEEKS,
            fault=fault,
            upheld=True,
            reason="证据清楚",
        )
    assert refused.value.code == "accountability.not_yet_told"


def test_walls_hold_in_lists_counts_and_scorecards(county):
    referral = cast.sent()
    compute(county)
    civil, lead = county.officer("handler_civil"), county.officer("lead")
    health = county.unit("明溪县卫生健康局")
    assert queries.fault_counts(lead, county.FRIDAY)[health.pk]["no_action"] == 1
    assert not queries.faults(civil, county.FRIDAY).exists()
    assert scorecards.cards(lead, county.MONDAY + WEEKS, [health.pk])[health.pk][0].missed == 1

    access_actions.add_wall_entry(
        by=lead, at=county.TUESDAY, wall=referral.case.wall, party=health, why="涉及"
    )

    handler = county.officer("handler_health")
    assert not queries.faults(handler, county.FRIDAY).exists()
    assert queries.fault_counts(handler, county.FRIDAY) == {}
    assert scorecards.cards(handler, county.MONDAY + WEEKS, [health.pk])[health.pk] == []


def test_no_rate_is_given_under_ten_duties():
    few = scorecards.Card("referrals", duties=9, on_time=9)
    enough = scorecards.Card("referrals", duties=10, on_time=9, missed=1)

    assert few.share_on_time is None
    assert enough.share_on_time == 0.9


def test_every_question_is_named_and_documented():
    for name, (words, question) in faults.QUESTIONS.items():
        assert words.zh and words.en
        assert question.__name__ == name and question.__doc__


def test_the_database_refuses_a_decision_without_a_reason(county):
    cast.sent()
    compute(county)

    with pytest.raises(IntegrityError), transaction.atomic():
        Fault.objects.update(state="upheld")
