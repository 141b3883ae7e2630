"""One date as offices write it: 1977.5.13, 1977年5月, 19770513, a spreadsheet serial, 农历二月三十, 77-5-13."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from jiandi.core.identity.lunar import lunar_to_solar
from jiandi.core.identity.number import FILLERS, FULL_WIDTH

Precision = Literal["day", "month", "year", "lunar"]
OLDEST_YEARS = 120
_SERIAL_ZERO = dt.date(1899, 12, 30)  # day 0 of spreadsheets that count 29 February 1900
_SERIALS = range(3654, 80000)  # 1910 to 2119: five-digit numbers that can be a spreadsheet's date
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_YMD = re.compile(r"(\d{4})[-./年 ](\d{1,2})[-./月 ](\d{1,2})[日号]?")
_YM = re.compile(r"(\d{4})[-./年 ](\d{1,2})月?")
_YY = re.compile(r"(\d{2})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_YY_MONTH = re.compile(r"(\d{2})年(\d{1,2})月")
_ROUGH = re.compile(r"(?:约|大约|大概)?(\d{4})年?(?:前后|左右|年?[春夏秋冬](?:季|天)?|上半年|下半年)?")
_ROUGH_MONTH = re.compile(r"(\d{4})年(\d{1,2})月(?:[上中下]旬|[初底末中])")
_SERIAL_TIME = re.compile(r"(\d{5})\.\d+")
_SAID_AROUND = re.compile(
    r"^(出生于|生于|出生日期|出生)[:]?|[(]?(公历|阳历|新历|国历)[)]?[:]?|(出生|生)$|[.,、;]+$"
)
_OTHER_MARKS = str.maketrans({mark: "." for mark in ",、·•"} | {mark: "-" for mark in "—–~―"})
_SOLAR_NUMERALS = re.compile(
    r"([〇零○O0一二三四五六七八九]{4}|\d{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_LUNAR_WORD = re.compile(r"\(?(农历|阴历|旧历|古历|农|阴)\)?:?")
_LUNAR_BODY = re.compile(
    r"(\d{4}|[〇零○O0一二三四五六七八九]{4})年?(闰?)([正冬腊一二三四五六七八九十]{1,2})月?(.{1,3})"
)
FILLER_DAYS = frozenset({"19000101", "00000000", "18991230", "99991231", "11111111"})
_NUMERALS = {**{char: at for at, char in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "O": 0}
_MONTHS = {"正": 1, "冬": 11, "腊": 12, "十": 10, "十一": 11, "十二": 12} | {
    char: at for at, char in enumerate("一二三四五六七八九", 1)
}
_DAYS = {
    head + tail: base + at
    for head, base in (("初", 0), ("", 0), ("十", 10), ("廿", 20), ("二十", 20))
    for at, tail in enumerate("一二三四五六七八九", 1)
} | {"初十": 10, "十": 10, "二十": 20, "廿": 20, "三十": 30} | {str(day): day for day in range(1, 31)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a date says: the day where one can be had, how exact it is, and what was done or why it is refused."""

    on: dt.date | None
    precision: Precision | None = None
    reason: str | None = None


def _made(year: int, month: int, day: int, precision: Precision, reason: str | None) -> DateReading:
    """Make a day; 00 stands for a day or month nobody knows, as registers write it."""
    if precision == "day" and day == 0:
        return _month(year, month) if month else _made(year, 1, 1, "year", "date_year_only")
    try:
        return DateReading(dt.date(year, month, day), precision, reason)
    except ValueError:
        solar = lunar_to_solar(year, month, day) or lunar_to_solar(year, month, day, leap=True)
        if solar is None or precision != "day":
            return DateReading(None, None, "date_impossible")
        return DateReading(solar, "lunar", "date_lunar")


def _month(year: int, month: int) -> DateReading:
    return _made(year, month, 1, "month", "date_month_only")


def _from_digits(text: str, reference_on: dt.date) -> DateReading | None:
    """Read a date written as digits alone; the number of digits tells the form."""
    if len(text) in (8, 14):
        return _made(int(text[:4]), int(text[4:6]), int(text[6:8]), "day", None)
    if len(text) == 6:
        year, month = int(text[:4]), int(text[4:])
        if reference_on.year - OLDEST_YEARS <= year <= reference_on.year and 1 <= month <= 12:
            return _month(year, month)
        return _two_digit_year(int(text[:2]), int(text[2:4]), int(text[4:]), reference_on)
    if len(text) == 5 and int(text) in _SERIALS:
        return DateReading(_SERIAL_ZERO + dt.timedelta(days=int(text)), "day", "date_excel_serial")
    if len(text) == 4 and reference_on.year - OLDEST_YEARS <= int(text) <= reference_on.year:
        return _made(int(text), 1, 1, "year", "date_year_only")
    return None


def _two_digit_year(year: int, month: int, day: int, reference_on: dt.date) -> DateReading:
    century = reference_on.year // 100 * 100
    whole = century + year if century + year <= reference_on.year else century - 100 + year
    return _made(whole, month, day, "day", "date_two_digit_year")


def _from_parts(text: str, reference_on: dt.date) -> DateReading | None:
    if found := _YMD.fullmatch(text):
        return _made(int(found[1]), int(found[2]), int(found[3]), "day", None)
    if found := _YM.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _YY.fullmatch(text):
        return _two_digit_year(int(found[1]), int(found[2]), int(found[3]), reference_on)
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(*map(int, found.groups()))
    if found := _YY_MONTH.fullmatch(text):
        whole = _two_digit_year(int(found[1]), int(found[2]), 1, reference_on)
        return _month(whole.on.year, whole.on.month) if whole.on else whole
    return _from_rough(text)


def _from_rough(text: str) -> DateReading | None:
    """Read what is known of a date said roughly: 约1977年, 1977年春, 1977年5月上旬."""
    if found := _ROUGH_MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if not text.isdigit() and (found := _ROUGH.fullmatch(text)):
        return _made(int(found[1]), 1, 1, "year", "date_year_only")
    return None


def _year_last(one: int, two: int, year: int) -> DateReading:
    """Read a date with the year behind; which of the others is the month must be plain, else only the year is used."""
    if one > 12 or two > 12 or one == two:
        month, day = (two, one) if one > 12 else (one, two)
        return _made(year, month, day, "day", "date_year_last")
    return _made(year, 1, 1, "year", "date_year_only")


def _from_chinese(text: str) -> DateReading | None:
    """Read a date in Chinese numerals: solar where it ends in 日 or 号 as offices write it, else lunar.

    Lunar: 一九六二年二月三十, 1962年腊月廿三, 闰四月初一. Solar: 一九七七年五月十三日 (GB/T 15835).
    """
    if (found := _SOLAR_NUMERALS.fullmatch(text)) and (day := _DAYS.get(found[3])):
        year = int("".join(str(_NUMERALS.get(char, char)) for char in found[1]))
        return _made(year, _MONTHS.get(found[2], 0), day, "day", None)
    found = _LUNAR_BODY.fullmatch(text)
    if not found:
        return None
    year = int("".join(str(_NUMERALS.get(char, char)) for char in found[1]))
    month, day = _MONTHS.get(found[3]), _DAYS.get(found[4].rstrip("日号"))
    if month is None or day is None:
        return None
    solar = lunar_to_solar(year, month, day, leap=bool(found[2]))
    return DateReading(solar, "lunar" if solar else None, "date_lunar" if solar else "date_impossible")


def _as_lunar(reading: DateReading | None) -> DateReading | None:
    """Take the numbers of a reading for a lunar date, because the words beside them say so."""
    if reading is None or reading.on is None or reading.precision != "day" or reading.reason == "date_lunar":
        return reading
    solar = lunar_to_solar(reading.on.year, reading.on.month, reading.on.day)
    return DateReading(solar, "lunar" if solar else None, "date_lunar" if solar else "date_impossible")


def _body(text: str, reference_on: dt.date, lunar: bool) -> DateReading | None:
    if lunar and (by_numerals := _from_chinese(re.sub("[日号]$", "", text))):
        return by_numerals
    if found := _SERIAL_TIME.fullmatch(text):
        return _from_digits(found[1], reference_on)
    if text.isdigit() and text.isascii():
        return _from_digits(text, reference_on)
    return _from_parts(text, reference_on) or _from_chinese(text)


def read_date(
    text: str | None, *, reference_on: dt.date, oldest_years: int | None = OLDEST_YEARS, future: bool = False
) -> DateReading:
    """Return the date a cell means on the day of its roster, with its precision, or the reason it is refused.

    A date that exists only in the lunar calendar (1962-02-30) is taken for lunar. `future=True` allows planned dates.
    """
    if text is None or not (plain := text.translate(FULL_WIDTH).replace("\u3000", " ").strip()):
        return DateReading(None)
    lunar = _LUNAR_WORD.search(plain) is not None
    plain = _LUNAR_WORD.sub("", plain).strip() if lunar else plain
    plain = re.sub(r"(?<=\d)\.0+$", "", _CLOCK.sub("", plain)) if plain.count(".") < 2 else plain
    plain = _SAID_AROUND.sub("", plain).strip().translate(_OTHER_MARKS)
    if plain.upper() in FILLERS or re.sub(r"\D", "", plain) in FILLER_DAYS:
        return DateReading(None, None, "date_placeholder")
    reading = _body(re.sub(r"\s*([-./年月日])\s*", r"\1", plain), reference_on, lunar)
    reading = _as_lunar(reading) if lunar else reading
    return _within(reading, reference_on, oldest_years, future)


def _within(
    reading: DateReading | None, reference_on: dt.date, oldest_years: int | None, future: bool
) -> DateReading:
    if reading is None:
        return DateReading(None, None, "date_unreadable")
    if reading.on is None:
        return reading
    if reading.on > reference_on and not future:
        return DateReading(None, None, "date_future")
    if oldest_years is not None and reading.on.year < reference_on.year - oldest_years:
        return DateReading(None, None, "date_too_old")
    return reading
