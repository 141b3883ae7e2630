"""Working days as the State Council sets them each year: public holidays off, some weekends worked instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
#: A yearly notice lists 22 or more days; a year with fewer is only touched by its neighbour's New Year holiday.
_DAYS_OF_A_NOTICE = 15


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of the years whose State Council notice is loaded; other years are not guessed."""

    years: frozenset[int]
    days_off: frozenset[date]
    days_worked: frozenset[date]

    def is_known(self, day: date) -> bool:
        """Whether the year of a day is loaded."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day; in a year not loaded every day counts, so a count is never too late."""
        if not self.is_known(day):
            return True
        if day.weekday() >= 5:
            return day in self.days_worked
        return day not in self.days_off

    def after(self, day: date, working_days: int) -> date:
        """The day on which so many working days have passed, the first being the next working day.

        Exact when every year passed is loaded, else the earliest day it can be.
        """
        while working_days > 0:
            day += _DAY
            working_days -= self.is_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days of loaded years lie after `start`, up to and including `end`."""
        days = (start + timedelta(days=n + 1) for n in range(max(0, (end - start).days)))
        return sum(self.is_known(day) and self.is_working_day(day) for day in days)

    def unknown_years(self, start: date, end: date) -> tuple[int, ...]:
        """The years from `start` to `end` whose notice is not loaded: a task for the administrator."""
        return tuple(year for year in range(start.year, end.year + 1) if year not in self.years)


def gather_calendar(
    *, holidays: Iterable[date], working_weekends: Iterable[date], years: Iterable[int] | None = None
) -> WorkCalendar:
    """Make the working-day calendar from plain dates: days off (weekends among them or not) and weekends worked.

    Years with a full notice's worth of holidays count as loaded unless `years` says which.
    """
    off, worked = frozenset(holidays), frozenset(working_weekends)
    counted = Counter(day.year for day in off)
    loaded = years if years is not None else (y for y, days in counted.items() if days >= _DAYS_OF_A_NOTICE)
    return WorkCalendar(frozenset(loaded), off, worked)
