"""Clocks read off events: hours, days, months, working days; met, late, overdue, standing still, not known."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.clocks import (
    CLOCK_EXTENDED,
    CLOCK_PAUSED,
    CLOCK_RESUMED,
    CLOCKS,
    PAUSE_REASONS,
    ClockEvent,
    Ladder,
    Limit,
    WorkCalendar,
    clock,
    colour_of,
    evaluate,
    evaluate_each,
    gather_calendar,
    warning_reached,
)
from jiandi.core.clocks.evaluate import CHINA
from jiandi.core.values import Refused

CALENDAR = gather_calendar(
    holidays=chinese_calendar.constants.holidays, working_weekends=chinese_calendar.constants.workdays
)


def at(month, day, hour=9, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=CHINA)


def happened(verb, *moments, reason=""):
    return [ClockEvent(verb, moment, reason) for moment in moments]


def due(clock_id, start, calendar=CALENDAR):
    one = CLOCKS[clock_id]
    return evaluate(one, happened(one.starts[0], start), start, calendar).due_at


@pytest.mark.parametrize(
    ("clock_id", "start", "expected"),
    [
        ("dv.order", at(11, 20, 16), at(11, 23, 16)),
        ("dv.order_urgent", at(11, 20, 16), at(11, 21, 16)),
        ("legal_aid.decide", at(11, 20), at(11, 27)),
        ("unknown.dna_result", at(1, 31), at(2, 28)),
        ("annul.marriage", at(11, 24), at(11, 24, year=2027)),
        ("hotline.emergency", at(11, 24, 23), at(11, 24)),
        ("hotline.help", at(9, 30), at(10, 13)),  # 1-7 October off, Saturday the 10th worked
        ("petition.object", at(2, 12), at(2, 26)),  # spring festival 15-23 February, 14th and 28th worked
        ("disab.tell", at(11, 20), at(11, 25)),
        ("school.month", at(2, 3), at(2, 28)),
        ("county.quarter", at(11, 3), at(12, 31)),
        ("city.term", at(9, 1), at(1, 31, year=2027)),
        ("city.term", at(1, 5), at(1, 31)),
        ("city.term", at(3, 1), at(7, 31)),
    ],
)
def test_it_is_due_when_the_law_says(clock_id, start, expected):
    found = due(clock_id, start)
    in_hours = CLOCKS[clock_id].limit.unit == "hours"

    assert found == (expected if in_hours else expected.replace(hour=23, minute=59, second=59))


def test_it_knows_the_working_days_of_the_state_council():
    assert {2024, 2025, 2026} <= CALENDAR.years
    assert 2027 not in CALENDAR.years
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
        assert CALENDAR.is_working_day(day) == chinese_calendar.is_workday(day)


@given(st.dates(date(2025, 1, 1), date(2026, 10, 1)), st.integers(1, 30))
def test_it_counts_working_days_as_one_counts_on_fingers(start, count):
    end = CALENDAR.after(start, count)

    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.is_working_day(end)


def test_it_says_not_before_in_a_year_not_loaded_and_never_fails():
    total = CLOCKS["dibao.total"]
    begun = happened("dibao.accepted", at(11, 24))

    waiting = evaluate(total, begun, at(11, 25), CALENDAR)
    late = evaluate(
        total, [*begun, *happened("dibao.decided", at(2, 1, year=2027))], at(2, 2, year=2027), CALENDAR
    )
    early = evaluate(total, [*begun, *happened("dibao.decided", at(12, 1))], at(12, 2), CALENDAR)

    assert (waiting.state, waiting.due_at, waiting.remaining) == ("unknown_year", None, None)
    assert waiting.not_before.year == 2027
    assert "不早于2027" in waiting.text.zh and "not before 2027" in waiting.text.en
    assert (late.state, early.state) == ("unknown_year", "met")
    assert CALENDAR.unknown_years(date(2026, 12, 1), date(2027, 1, 2)) == (2027,)
    assert colour_of(waiting, at(11, 25)) == "none"


def test_not_before_is_never_too_late():
    cut = WorkCalendar(frozenset({2025}), CALENDAR.days_off, CALENDAR.days_worked)
    for start in (date(2025, 12, 1) + timedelta(days=n) for n in range(31)):
        assert cut.after(start, 10) <= CALENDAR.after(start, 10)


def test_it_runs_is_met_late_and_overdue():
    one = CLOCKS["legal_aid.decide"]
    begun = happened("legal_aid.applied", at(11, 2))

    states = [
        evaluate(one, begun, moment, CALENDAR).state
        for moment in (at(11, 3), at(11, 9, 23), at(11, 10, 0, 1))
    ]
    met = evaluate(one, [*begun, *happened("legal_aid.decided", at(11, 9, 23))], at(11, 24), CALENDAR)
    late = evaluate(one, [*begun, *happened("legal_aid.decided", at(11, 12))], at(11, 24), CALENDAR)

    assert states == ["running", "running", "overdue"]
    assert (met.state, late.state) == ("met", "met_late")
    assert late.is_missed and not late.is_open and not met.is_missed
    assert "迟2天" in late.text.zh and "2 days late" in late.text.en


def test_it_is_nothing_before_anything_started_it():
    assert evaluate(CLOCKS["hukou.birth"], [], at(11, 24), CALENDAR) is None
    assert evaluate(CLOCKS["hukou.birth"], happened("person.born", at(11, 25)), at(11, 24), CALENDAR) is None


def test_sending_again_does_not_give_new_time():
    one = CLOCKS["referral.answer"]

    state = evaluate(one, happened("cases.send_referral", at(11, 2), at(11, 6)), at(11, 7), CALENDAR)

    assert state.started_at == at(11, 2)


def test_each_round_after_a_return_is_its_own():
    one = CLOCKS["referral.answer"]
    events = [
        *happened("cases.send_referral", at(11, 2), at(11, 16)),
        *happened("cases.return_referral", at(11, 12)),
    ]

    assert [each.state for each in evaluate_each(one, events, at(11, 17), CALENDAR)] == [
        "met_late",
        "running",
    ]


def test_a_follow_up_stops_one_round_and_starts_the_next():
    events = happened("elder.high_seen", at(11, 1), at(11, 7), at(11, 20))

    rounds = evaluate_each(CLOCKS["elder.high"], events, at(11, 24), CALENDAR)

    assert [each.state for each in rounds] == ["met", "met_late", "running"]


def test_it_stands_still_only_for_a_listed_reason():
    one = CLOCKS["dibao.decide"]
    begun = happened("dibao.notice_clean", at(11, 2))
    paused = happened(CLOCK_PAUSED, at(11, 4), reason="papers_requested")
    unlisted = happened(CLOCK_PAUSED, at(11, 4), reason="busy")
    resumed = happened(CLOCK_RESUMED, at(11, 11))

    still = evaluate(one, begun + paused, at(11, 30), CALENDAR)
    after = evaluate(one, begun + paused + resumed, at(11, 12), CALENDAR)
    ignored = evaluate(one, begun + unlisted, at(11, 30), CALENDAR)

    assert still.state == "paused"
    assert after.due_at.date() == CALENDAR.after(date(2026, 11, 2), 15)
    assert ignored.state == "overdue"
    assert colour_of(still, at(11, 30)) == "none"


def test_a_pause_in_days_and_hours_pushes_the_end_by_its_length():
    aid = CLOCKS["legal_aid.decide"]
    events = [
        *happened("legal_aid.applied", at(11, 2)),
        *happened(CLOCK_PAUSED, at(11, 3), reason="papers_requested"),
        *happened("legal_aid.decided", at(11, 20)),
    ]

    assert evaluate(aid, events, at(11, 21), CALENDAR).state == "met"


def test_an_extension_counts_once_and_needs_a_reason():
    one = CLOCKS["petition.finish"]
    begun = happened("petition.accepted", at(1, 5))
    granted = happened(CLOCK_EXTENDED, at(2, 1), at(2, 2), reason="complex")

    assert evaluate(one, begun + granted, at(2, 3), CALENDAR).due_at.date() == date(2026, 4, 5)
    assert evaluate(
        one, begun + happened(CLOCK_EXTENDED, at(2, 1)), at(2, 3), CALENDAR
    ).due_at.date() == date(2026, 3, 6)


def test_colours_climb_as_the_deadline_nears():
    one = CLOCKS["petition.route"]
    begun = happened("petition.received", at(11, 1))

    def colour(moment, ladder=None):
        state = evaluate(one, begun, moment, CALENDAR)
        return colour_of(state, moment, ladder) if ladder else colour_of(state, moment)

    assert [colour(at(11, d)) for d in (3, 12, 16, 17)] == ["none", "blue", "yellow", "red"]
    assert colour(at(11, 12), Ladder(blue_below=0.1, yellow_below=0.05)) == "none"


def test_it_warns_before_a_protection_order_ends():
    one = CLOCKS["dv.order.expiry"]
    events = happened("court.order_effective", at(6, 1))

    reached = [
        warning_reached(evaluate(one, events, m, CALENDAR), m) for m in (at(10, 1), at(11, 10), at(11, 26))
    ]

    assert reached == [None, 30, 7]
    closed = events + happened("court.order_renewed", at(11, 1))
    assert warning_reached(evaluate(one, closed, at(11, 26), CALENDAR), at(11, 26)) is None


def test_a_county_sets_its_own_limit():
    assert clock("hotline.help", limit=Limit(3, "working_days")).limit.amount == 3
    assert clock("hotline.help").limit.amount == 5
    with pytest.raises(Refused, match="clocks.unknown_clock"):
        clock("no.such")


def test_every_clock_says_what_it_is_in_two_languages_and_by_what_law():
    assert len(CLOCKS) >= 45
    for one in CLOCKS.values():
        assert one.title.zh and one.title.en and one.on_miss.zh and one.on_miss.en and one.source
        assert one.starts and one.stops and set(one.pause_reasons) <= PAUSE_REASONS.keys()
        state = evaluate(one, happened(one.starts[0], at(11, 2)), at(11, 2, 9, 30), CALENDAR)
        assert one.title.zh in state.text.zh and one.title.en in state.text.en
        assert one.limit.text().en in state.text.en
        if one.at_once:
            assert "at once" in state.text.en and not one.pause_reasons
