"""Read a clock off a list of events: due when, met, late, overdue, standing still, or not to be known yet."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from jiandi.core.clocks.calendar import WorkCalendar
from jiandi.core.clocks.model import CLOCK_EXTENDED, CLOCK_PAUSED, CLOCK_RESUMED, Clock, Limit
from jiandi.core.clocks.words import state_text
from jiandi.core.values import Text

CHINA = timezone(timedelta(hours=8))
_LAST_SECOND = time(23, 59, 59)

State = Literal["running", "met", "met_late", "overdue", "paused", "unknown_year"]


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something that happened, as clocks see it: the verb, the moment (with time zone), a reason where one is due."""

    verb: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClockState:
    """One round of a clock at a moment.

    `due_at` is the last second allowed; None when a working-day calendar is missing, `not_before` then says the
    earliest it can be. `remaining` is the time left (negative when overdue), or by how much it was met.
    """

    clock: Clock
    state: State
    started_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    not_before: datetime
    remaining: timedelta | None
    text: Text

    @property
    def is_open(self) -> bool:
        """Whether the clock still waits for its stop."""
        return self.stopped_at is None

    @property
    def is_missed(self) -> bool:
        """Whether the limit was missed, whether or not it was done since."""
        return self.state in ("overdue", "met_late")

    @property
    def allowed(self) -> timedelta:
        """How much time the round has in all, from start to the (earliest) due moment."""
        return self.not_before - self.started_at


@dataclass(slots=True)
class _Round:
    started_at: datetime
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    extended: bool = False


def evaluate(
    clock: Clock, events: Iterable[ClockEvent], at: datetime, calendar: WorkCalendar
) -> ClockState | None:
    """The latest round of a clock as it stands at a moment; nothing when no event has started it."""
    rounds = evaluate_each(clock, events, at, calendar)
    return rounds[-1] if rounds else None


def evaluate_each(
    clock: Clock, events: Iterable[ClockEvent], at: datetime, calendar: WorkCalendar
) -> list[ClockState]:
    """Every round of a clock, oldest first. Events after `at` are not looked at.

    A start while a round is open changes nothing: sending again does not give new time. Pauses count only for the
    reasons the clock accepts.
    """
    return [_state(clock, each, at, calendar) for each in _rounds(clock, events, at)]


def _rounds(clock: Clock, events: Iterable[ClockEvent], at: datetime) -> list[_Round]:
    rounds: list[_Round] = []
    for event in sorted((e for e in events if e.at <= at), key=lambda e: e.at):
        current = rounds[-1] if rounds and rounds[-1].stopped_at is None else None
        if current:
            _apply(clock, current, event)
        if event.verb in clock.starts and (current is None or current.stopped_at is not None):
            rounds.append(_Round(event.at))
    return rounds


def _apply(clock: Clock, current: _Round, event: ClockEvent) -> None:
    if event.verb in clock.stops:
        _end_pause(current, event.at)
        current.stopped_at = event.at
    elif event.verb == CLOCK_PAUSED and event.reason in clock.pause_reasons:
        current.paused_at = current.paused_at or event.at
    elif event.verb == CLOCK_RESUMED:
        _end_pause(current, event.at)
    elif event.verb == CLOCK_EXTENDED and event.reason:
        current.extended = True


def _end_pause(current: _Round, at: datetime) -> None:
    if current.paused_at is not None:
        current.pauses = (*current.pauses, (current.paused_at, at))
        current.paused_at = None


def _state(clock: Clock, each: _Round, at: datetime, calendar: WorkCalendar) -> ClockState:
    pauses = each.pauses if each.paused_at is None else (*each.pauses, (each.paused_at, at))
    limit = Limit(clock.limit.amount + clock.extension * each.extended, clock.limit.unit)
    earliest = _due(limit, each.started_at, pauses, calendar)
    is_exact = limit.unit != "working_days" or not calendar.unknown_years(
        each.started_at.astimezone(CHINA).date(), earliest.date()
    )
    state = _named(each, at, earliest, is_exact)
    due_at = earliest if is_exact else None
    remaining = None if due_at is None else due_at - (each.stopped_at or at)
    text = state_text(clock, state, earliest, remaining, each.stopped_at)
    return ClockState(clock, state, each.started_at, each.stopped_at, due_at, earliest, remaining, text)


def _named(each: _Round, at: datetime, earliest: datetime, is_exact: bool) -> State:
    if each.stopped_at is not None:
        if each.stopped_at <= earliest:
            return "met"
        return "met_late" if is_exact else "unknown_year"
    if each.paused_at is not None:
        return "paused"
    if not is_exact:
        return "unknown_year"
    return "overdue" if at > earliest else "running"


def _due(
    limit: Limit,
    started_at: datetime,
    pauses: tuple[tuple[datetime, datetime], ...],
    calendar: WorkCalendar,
) -> datetime:
    """The last second a limit allows, in China's time; pauses push it out by their own length, in the limit's unit."""
    start = started_at.astimezone(CHINA)
    if limit.unit == "hours":
        return start + timedelta(hours=limit.amount) + sum((b - a for a, b in pauses), timedelta())
    spans = [(a.astimezone(CHINA).date(), b.astimezone(CHINA).date()) for a, b in pauses]
    if limit.unit == "working_days":
        paused = sum(calendar.working_days_between(a, b) for a, b in spans)
        return _end_of(calendar.after(start.date(), limit.amount + paused))
    paused = sum((b - a).days for a, b in spans)
    return _end_of(_last_day(limit, start.date()) + timedelta(days=paused))


def _last_day(limit: Limit, start: date) -> date:
    """The last day of a limit counted in days, months or calendar periods."""
    if limit.unit == "days":
        return start + timedelta(days=limit.amount)
    if limit.unit == "months":
        return _add_months(start, limit.amount)
    if limit.unit == "calendar_month":
        return _month_end(start.year, start.month)
    if limit.unit == "calendar_quarter":
        return _month_end(start.year, (start.month + 2) // 3 * 3)
    if limit.unit == "school_term":
        return _term_end(start)
    return start


def _term_end(day: date) -> date:
    """Terms end on 31 January and 31 July (county default: schools set their own last days)."""
    if day.month <= 1:
        return date(day.year, 1, 31)
    return date(day.year, 7, 31) if day.month <= 7 else date(day.year + 1, 1, 31)


def _add_months(day: date, months: int) -> date:
    """The same day so many months on, or the month's last day where it has none (民法典 202)."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _end_of(day: date) -> datetime:
    return datetime.combine(day, _LAST_SECOND, CHINA)
