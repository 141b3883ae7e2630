"""The lunar calendar between 1900 and 2100, made once from borax and kept in memory.

Dates are held as whole numbers (19620230) because a lunar date need not exist in the solar calendar.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
from borax.calendars.lunardate import MIN_LUNAR_YEAR, MIN_SOLAR_DATE, LCalendars

LAST_LUNAR_YEAR = 2099


@cache
def _calendar() -> tuple[dict[int, dt.date], dict[int, int], dict[int, dt.date]]:
    """Return lunar -> solar, solar -> lunar, and lunar -> solar of leap months."""
    to_solar: dict[int, dt.date] = {}
    to_lunar: dict[int, int] = {}
    in_leap: dict[int, dt.date] = {}
    day = MIN_SOLAR_DATE
    for year in range(MIN_LUNAR_YEAR, LAST_LUNAR_YEAR + 1):
        for month, days, leap in LCalendars.iter_year_month(year):
            for number in range(1, days + 1):
                lunar = year * 10000 + month * 100 + number
                (in_leap if leap else to_solar)[lunar] = day
                to_lunar[as_number(day)] = lunar
                day += dt.timedelta(days=1)
    return to_solar, to_lunar, in_leap


def as_number(day: dt.date) -> int:
    """Write a date as one whole number (1977-05-13: 19770513)."""
    return day.year * 10000 + day.month * 100 + day.day


def lunar_to_solar(year: int, month: int, day: int, *, leap: bool = False) -> dt.date | None:
    """Return the solar date of a lunar one, or None where the lunar calendar has no such day."""
    to_solar, _, in_leap = _calendar()
    return (in_leap if leap else to_solar).get(year * 10000 + month * 100 + day)


def solar_to_lunar(day: dt.date) -> int | None:
    """Return the lunar date of a solar one as a whole number; leap months carry their month's number."""
    return _calendar()[1].get(as_number(day))


@cache
def lunar_only_dates() -> tuple[int, ...]:
    """Return every lunar date that no solar calendar has (30 February, 29 February of most years)."""
    to_solar, _, in_leap = _calendar()
    return tuple(sorted(lunar for lunar in {*to_solar, *in_leap} if not _is_solar(lunar)))


def _is_solar(number: int) -> bool:
    try:
        dt.date(number // 10000, number // 100 % 100, number % 100)
    except ValueError:
        return False
    return True


@cache
def _arrow() -> pa.Table:
    _, to_lunar, _ = _calendar()
    solar = np.fromiter(to_lunar, dtype=np.int32, count=len(to_lunar))
    lunar = np.fromiter(to_lunar.values(), dtype=np.int32, count=len(to_lunar))
    leap_of = _calendar()[0]
    first = np.fromiter((as_number(leap_of.get(value, dt.date.min)) for value in to_lunar.values()), np.int32)
    return pa.table({"solar": solar, "lunar": lunar, "plain": first == solar})


def lunar_table(con: duckdb.DuckDBPyConnection, into: str = "lunar_days") -> None:
    """Create the temporary table `into`(solar, lunar, plain): one row a day, dates as whole numbers.

    `plain` is false in leap months, so `where plain` makes lunar dates unique.
    """
    con.register("lunar_days_arrow", _arrow())
    con.execute(f"create or replace temp table {into} as select * from lunar_days_arrow")
    con.unregister("lunar_days_arrow")
