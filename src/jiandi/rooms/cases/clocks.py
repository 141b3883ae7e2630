"""A referral's clock, derived from its moves: due when, how near, as a colour on the task - never on a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

import chinese_calendar
from django.utils import timezone

from jiandi.core.clocks import (
    CLOCKS,
    Clock,
    ClockEvent,
    ClockState,
    WorkCalendar,
    colour_of,
    evaluate,
    gather_calendar,
)
from jiandi.core.values import Refused, Text
from jiandi.rooms.cases.models import Referral

SENT, ANSWERED = "cases.send_referral", "cases.answer_referral"
PLAIN, BLUE, YELLOW, RED, GREEN = "plain", "blue", "yellow", "red", "green"
_ENDS = {"confirmed", "answered"}


@dataclass(frozen=True, slots=True)
class Due:
    """When a referral is due, or - where a year's calendar is not loaded - from when at the earliest."""

    at: datetime | None
    note: Text


@dataclass(frozen=True, slots=True)
class Light:
    """Where a clock stands: a colour for the task, a short word, a full sentence."""

    tone: str
    short: Text
    sentence: Text
    due_at: datetime | None
    is_missed: bool


def day_of(at: datetime) -> date:
    """Return the county's calendar day of a moment."""
    return timezone.localdate(at)


@cache
def calendar() -> WorkCalendar:
    """Return the working days of every year whose State Council notice is loaded (package chinesecalendar)."""
    known = chinese_calendar.constants
    return gather_calendar(holidays=known.holidays.keys(), working_weekends=known.workdays.keys())


def _as_referral(clock_id: str) -> Clock:
    """The table's clock with a referral's own start and stop: the limit and its source stay those of the table."""
    clock = _known().get(clock_id)
    if clock is None:
        raise Refused(
            "cases.clock_unknown",
            Text(
                zh=f"没有“{clock_id}”这个时限。请从列表中选择。",
                en=f"There is no clock “{clock_id}”. Choose one on the list.",
            ),
        )
    return replace(clock, starts=(SENT,), stops=(ANSWERED,))


@cache
def _known() -> dict[str, Clock]:
    listed = CLOCKS.values() if isinstance(CLOCKS, dict) else CLOCKS
    return {clock.id: clock for clock in listed}


def choices() -> list[tuple[str, Text]]:
    """Return the clocks a referral may carry, each with its limit in words."""
    found = []
    for clock in _known().values():
        limit = clock.limit.text()
        found.append(
            (clock.id, Text(zh=f"{clock.title.zh}({limit.zh})", en=f"{clock.title.en} ({limit.en})"))
        )
    return found


def title(clock_id: str) -> Text:
    """Return what a clock is called; its id where the table no longer has it."""
    clock = _known().get(clock_id)
    return clock.title if clock else Text(zh=clock_id, en=clock_id)


def due(clock_id: str, at: datetime) -> Due:
    """Return when a request sent at a moment is due."""
    state = evaluate(_as_referral(clock_id), [ClockEvent(SENT, at)], at, calendar())
    assert state is not None  # it was started by the event given
    if state.due_at is not None:
        return Due(state.due_at, Text(zh="", en=""))
    earliest = f"{state.not_before:%Y-%m-%d}"
    return Due(None, Text(zh=f"不早于{earliest}", en=f"not before {earliest}"))


def state_of(referral: Referral, at: datetime) -> ClockState | None:
    """Return the clock's state, from dispatch to the answer that stands; a redone answer has not stopped it."""
    events = [ClockEvent(SENT, referral.sent_at)]
    if referral.state in _ENDS and referral.answered_at is not None:
        events.append(ClockEvent(ANSWERED, referral.answered_at))
    return evaluate(_as_referral(referral.clock), events, at, calendar())


def light(referral: Referral, at: datetime) -> Light:
    """Return the traffic light of a referral: blue near its deadline, yellow very near, red missed, green in time."""
    state = state_of(referral, at)
    if state is None or referral.state == Referral.State.REVOKED:
        revoked = Text(zh="已撤回", en="Revoked")
        return Light(PLAIN, revoked, revoked, referral.due_at, False)
    colour = colour_of(state, at)
    if state.state == "met":
        return Light(GREEN, Text(zh="按时", en="In time"), state.text, state.due_at, False)
    if state.state == "met_late":
        return Light(YELLOW, Text(zh="迟办", en="Late"), state.text, state.due_at, True)
    if state.state == "unknown_year":
        note = f"{state.not_before:%Y-%m-%d}"
        return Light(PLAIN, Text(zh=f"不早于{note}", en=f"Not before {note}"), state.text, None, False)
    return Light(_TONES.get(colour, PLAIN), _left(state), state.text, state.due_at, state.state == "overdue")


_TONES = {"blue": BLUE, "yellow": YELLOW, "red": RED}


def _left(state: ClockState) -> Text:
    hours = int(abs(state.remaining).total_seconds() // 3600) if state.remaining is not None else 0
    zh, en = (f"{hours // 24}天", f"{hours // 24} d") if hours >= 48 else (f"{hours}小时", f"{hours} h")
    if state.state == "overdue":
        return Text(zh=f"超期{zh}", en=f"{en} overdue")
    return Text(zh=f"剩{zh}", en=f"{en} left")
