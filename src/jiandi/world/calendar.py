"""Days as ordinals, and the many ways departments write them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from borax.calendars.lunardate import LunarDate

TODAY = date(2026, 11, 2).toordinal()  # the rosters' reference date
CAMPAIGN_FROM = date(2026, 11, 3).toordinal()
_SERIAL_ZERO = date(1899, 12, 30).toordinal()


def day(year: int, month: int = 1, of_month: int = 1) -> int:
    """Return the ordinal of a calendar day."""
    return date(year, month, of_month).toordinal()


@lru_cache(maxsize=60_000)
def parts(ordinal: int) -> tuple[int, int, int]:
    """Return year, month, day of an ordinal."""
    found = date.fromordinal(ordinal)
    return found.year, found.month, found.day


@lru_cache(maxsize=60_000)
def iso(ordinal: int) -> str:
    """Write a day as 1977-05-13; nothing for no day."""
    return date.fromordinal(ordinal).isoformat() if ordinal > 0 else ""


@lru_cache(maxsize=60_000)
def compact(ordinal: int) -> str:
    """Write a day as 19770513."""
    return iso(ordinal).replace("-", "")


def _dots(y: int, m: int, d: int) -> str:
    return f"{y}.{m}.{d}"


STYLES = {
    "iso": lambda y, m, d: f"{y}-{m:02d}-{d:02d}",
    "dots": _dots,
    "slash": lambda y, m, d: f"{y}/{m}/{d}",
    "han": lambda y, m, d: f"{y}年{m}月{d}日",
    "compact": lambda y, m, d: f"{y}{m:02d}{d:02d}",
    "month": lambda y, m, d: f"{y}年{m}月",
    "year": lambda y, m, d: f"{y}年",
}


@lru_cache(maxsize=120_000)
def written(ordinal: int, style: str) -> str:
    """Write a day in one department's style; nothing for no day."""
    if style == "compact":
        return compact(ordinal)
    if style == "iso" or ordinal <= 0:
        return iso(ordinal)
    return STYLES[style](*parts(ordinal))


def serial(ordinal: int) -> int:
    """Return the number a spreadsheet keeps for a day (1900 system)."""
    return ordinal - _SERIAL_ZERO


@lru_cache(maxsize=60_000)
def lunar_parts(ordinal: int) -> tuple[int, int, int]:
    """Return the day's year, month and day in the farmers' calendar (a month 2 may have a 30th)."""
    found = LunarDate.from_solar(date.fromordinal(ordinal))
    return found.year, found.month, found.day


def lunar_written(ordinal: int, style: str) -> str:
    """Write the farmers' calendar date as if it were a common one: the usual mistake of an old register."""
    return STYLES[style](*lunar_parts(ordinal))


def years_before(ordinal: int, years: float) -> int:
    """Return the ordinal some years earlier."""
    return ordinal - int(years * 365.2425)


def age_on(birth: int, ordinal: int = TODAY) -> int:
    """Return the completed years between birth and a day (to a day or so around birthdays)."""
    return int((ordinal - birth) / 365.2425)
