"""Statutory and county clocks: when something had to be done, whether it was, and how near the deadline is.

Clocks are never started or stopped by hand: they are computed from the events of a case, a person or a unit.
"""

from jiandi.core.clocks.calendar import WorkCalendar, gather_calendar
from jiandi.core.clocks.evaluate import ClockEvent, ClockState, evaluate, evaluate_each
from jiandi.core.clocks.ladder import DEFAULT_LADDER, Colour, Ladder, colour_of, warning_reached
from jiandi.core.clocks.model import (
    CLOCK_EXTENDED,
    CLOCK_PAUSED,
    CLOCK_RESUMED,
    PAUSE_REASONS,
    Clock,
    Limit,
    Unit,
)
from jiandi.core.clocks.table import CLOCKS, clock

__all__ = [
    "CLOCKS",
    "CLOCK_EXTENDED",
    "CLOCK_PAUSED",
    "CLOCK_RESUMED",
    "DEFAULT_LADDER",
    "PAUSE_REASONS",
    "Clock",
    "ClockEvent",
    "ClockState",
    "Colour",
    "Ladder",
    "Limit",
    "Unit",
    "WorkCalendar",
    "clock",
    "colour_of",
    "evaluate",
    "evaluate_each",
    "gather_calendar",
    "warning_reached",
]
