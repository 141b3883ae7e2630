"""The story of a referral: sent, accepted, returned, answered, confirmed, redone, revoked - and its clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.cases import actions, clocks, queries
from jiandi.rooms.cases.measures import SECTIONS
from jiandi.rooms.cases.models import Referral
from jiandi.rooms.cases.tests import cast


def test_a_referral_from_dispatch_to_confirmation(county):
    """
    1. The lead sends the health bureau a referral; its clock runs five working days.
    2. The bureau hands it back: a section is missing. The return is counted, the clock runs on.
    3. The lead sends it again; the bureau accepts and answers.
    4. The lead is not satisfied; it is done again and confirmed.
    """
    lead, health = county.officer("lead"), county.officer("handler_health")
    referral = cast.sent()
    due = referral.due_at
    assert due == datetime(2026, 11, 9, 15, 59, 59, tzinfo=UTC)  # five working days after Monday the 2nd

    actions.return_referral(
        by=health, at=county.TUESDAY, referral=referral, reason="missing_section", note="缺联系电话"
    )
    assert (referral.state, referral.returns, referral.due_at) == ("returned", 1, due)

    actions.resend_referral(by=lead, at=county.TUESDAY, referral=referral, note="电话见附页")
    actions.accept_referral(by=health, at=county.TUESDAY, referral=referral)
    actions.answer_referral(by=health, at=county.WEDNESDAY, referral=referral, answer="已约诊,周五就诊")
    assert clocks.light(referral, county.WEDNESDAY).tone == "green"

    actions.redo_referral(by=lead, at=county.THURSDAY, referral=referral, reason="还没有就诊")
    assert not clocks.light(referral, county.THURSDAY).is_missed
    late = county.MONDAY + timedelta(days=9)
    assert clocks.light(referral, late).tone == "red"
    actions.answer_referral(by=health, at=late, referral=referral, answer="已就诊,附病历摘要")
    actions.confirm_referral(by=lead, at=late, referral=referral)

    referral.refresh_from_db()
    assert (referral.state, clocks.light(referral, late).tone) == ("confirmed", "yellow")
    assert cast.verbs(referral) == [
        f"cases.{verb}_referral"
        for verb in ("send", "return", "resend", "accept", "answer", "redo", "answer", "confirm")
    ]


def test_it_refuses_a_referral_before_the_plan(county):
    with pytest.raises(Refused) as refused:
        cast.sent(opened=cast.case())

    assert refused.value.code == "cases.plan_first"


def test_it_refuses_a_walled_receiver_and_everything_below_it(county):
    case = cast.planned()

    with pytest.raises(Refused) as refused:
        actions.send_referral(
            by=county.officer("lead"),
            at=county.MONDAY,
            case=case,
            unit=county.unit(cast.VILLAGE_UNIT),
            kind="care",
            clock="referral.answer",
            ask="请每日探望一次",
            sections=["who"],
        )

    assert refused.value.code == "cases.receiver_walled"
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "x"}, "cases.measure_kind"),
        ({"clock": "x"}, "cases.clock_unknown"),
        ({"sections": ["all"]}, "cases.section"),
        ({"ask": ""}, "cases.ask"),
    ],
)
def test_it_refuses_what_is_on_no_list(county, change, code):
    sending = {
        "by": county.officer("lead"),
        "at": county.MONDAY,
        "case": cast.planned(),
        "unit": county.unit("明溪县卫生健康局"),
        "kind": "medical",
        "clock": "referral.answer",
        "ask": "请安排体检",
        "sections": ["who"],
    }

    with pytest.raises(Refused) as refused:
        actions.send_referral(**(sending | change))

    assert refused.value.code == code


def test_only_the_receiving_unit_moves_it(county):
    referral = cast.sent()
    civil = county.officer("handler_civil")

    for move in (
        lambda: actions.accept_referral(by=civil, at=county.TUESDAY, referral=referral),
        lambda: actions.return_referral(
            by=civil, at=county.TUESDAY, referral=referral, reason="not_ours", note="应由卫健办理"
        ),
        lambda: actions.answer_referral(by=civil, at=county.TUESDAY, referral=referral, answer="已经办好"),
    ):
        with pytest.raises(Refused) as refused:
            move()
        assert refused.value.code == "cases.referral_not_found"


def test_it_refuses_moves_the_state_does_not_allow(county):
    referral = cast.sent()

    with pytest.raises(Refused) as refused:
        actions.confirm_referral(by=county.officer("lead"), at=county.TUESDAY, referral=referral)

    assert refused.value.code == "cases.referral_state_conflict"


def test_a_stale_page_cannot_move_what_moved_meanwhile(county):
    referral = cast.sent()
    stale = Referral.objects.get(pk=referral.pk)
    actions.accept_referral(by=county.officer("handler_health"), at=county.TUESDAY, referral=referral)

    with pytest.raises(Refused):
        actions.accept_referral(by=county.officer("handler_health"), at=county.TUESDAY, referral=stale)


def test_a_return_needs_a_listed_reason_and_a_revocation_too(county):
    referral = cast.sent()

    with pytest.raises(Refused) as refused:
        actions.return_referral(
            by=county.officer("handler_health"),
            at=county.TUESDAY,
            referral=referral,
            reason="busy",
            note="太忙了没空",
        )
    assert refused.value.code == "cases.return_reason"
    with pytest.raises(Refused) as refused:
        actions.revoke_referral(
            by=county.officer("lead"), at=county.TUESDAY, referral=referral, reason="oops"
        )
    assert refused.value.code == "cases.revoke_reason"


def test_nobody_confirms_their_own_answer(county):
    about = cast.person()
    case = cast.case(person=about, owner_unit=county.unit("明溪县卫生健康局"))
    lead, health = county.officer("lead"), county.officer("handler_health")
    actions.assess(by=lead, at=county.MONDAY, case=case)
    actions.make_plan(
        by=lead,
        at=county.MONDAY,
        case=case,
        assessment="需要治疗",
        safety=cast.SAFETY,
        measures=[("medical", "体检", health.unit, None)],
    )
    referral = cast.sent(opened=case)
    actions.accept_referral(by=health, at=county.TUESDAY, referral=referral)
    actions.answer_referral(by=health, at=county.TUESDAY, referral=referral, answer="已经体检")

    with pytest.raises(Refused) as refused:
        actions.confirm_referral(by=health, at=county.TUESDAY, referral=referral)

    assert refused.value.code == "cases.own_answer"


def test_the_receiver_reads_only_what_is_carried_and_only_while_it_lives(county):
    referral = cast.sent()
    health = county.officer("handler_health")

    carried = queries.referral_view(referral, health, county.TUESDAY)
    assert [section.name for section in carried] == ["who", "safety"]
    assert "甄三妹" in carried[0].lines[0].value
    assert queries.referral_view(referral, county.officer("handler_civil"), county.TUESDAY) == []

    actions.revoke_referral(
        by=county.officer("lead"), at=county.TUESDAY, referral=referral, reason="person_declined"
    )
    assert queries.referral_view(referral, health, county.TUESDAY) == []


def test_an_unknown_year_is_not_guessed(county):
    due = clocks.due("referral.answer", datetime(2031, 3, 3, 1, tzinfo=UTC))

    assert due.at is None
    assert due.note.en == "not before 2031-03-08"


def test_the_database_refuses_an_answer_without_a_moment(county):
    referral = cast.sent()

    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(state="answered")


def test_every_section_that_can_be_ticked_can_be_read(county):
    case = cast.planned()
    person = case.subjects.get().person
    sealed = sealing.seal(b"990101198805010021", domain=f"person.id:{person.code}")
    type(person).objects.filter(pk=person.pk).update(id_sealed=sealed)
    referral = actions.send_referral(
        by=county.officer("lead"),
        at=county.MONDAY,
        case=case,
        unit=county.unit("明溪县公安局"),
        kind="identity",
        clock="referral.answer",
        ask="请查清身份",
        sections=list(SECTIONS),
    )

    carried = queries.referral_view(referral, county.officer("handler_police"), county.TUESDAY)

    assert [section.name for section in carried] == list(SECTIONS)
    assert "990101198805010021" in {line.value for section in carried for line in section.lines}
