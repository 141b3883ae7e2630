"""Colours on tasks, never on people: blue when the deadline is near, yellow when it is very near, red when missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from jiandi.core.clocks.evaluate import ClockState

Colour = Literal["none", "blue", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """From which share of the time still left a task turns blue and yellow; red is for what is missed.

    County-configurable: practice differs (蓝黄红 in one city, 蓝橙红 sent after each failure in another).
    """

    blue_below: float = 1 / 3
    yellow_below: float = 0.1


DEFAULT_LADDER = Ladder()


def colour_of(state: ClockState, at: datetime, ladder: Ladder = DEFAULT_LADDER) -> Colour:
    """The colour of a task by its clock; none once it is met, stands still, or is not to be known."""
    if state.state == "overdue":
        return "red"
    if state.state != "running" or state.due_at is None:
        return "none"
    left = (state.due_at - at) / max(state.due_at - state.started_at, timedelta(seconds=1))
    if left < ladder.yellow_below:
        return "yellow"
    return "blue" if left < ladder.blue_below else "none"


def warning_reached(state: ClockState, at: datetime) -> int | None:
    """The tightest warning reached, in days before the due moment (30, 14, 7 ...); None while all are ahead."""
    if not state.is_open or state.due_at is None:
        return None
    left = state.due_at - at
    reached = [days for days in state.clock.warn_before_days if left <= timedelta(days=days)]
    return min(reached, default=None)
