"""One citizen identity number (GB 11643): read, repaired where it can be, refused with a reason where it cannot."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from jiandi.core.identity.lunar import as_number, lunar_only_dates, lunar_to_solar

Status = Literal["valid", "repaired", "lunar", "invalid", "placeholder", "missing"]
USABLE: tuple[Status, ...] = ("valid", "repaired", "lunar")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, ISO 7064 MOD 11-2
CHECKS = "10X98765432"
OLDEST_YEARS = 120
FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
FILLERS = frozenset(
    [
        "无",
        "没有",
        "不详",
        "未知",
        "暂无",
        "待补",
        "待查",
        "空",
        "NULL",
        "NONE",
        "NAN",
        "NA",
        "N/A",
        "0",
        "-",
        "--",
        "---",
        "—",
        "——",
        "/",
        "\\",
        ".",
        "无身份证",
        "无证",
        "未办理",
        "未办",
        "未上户",
        "黑户",
        "不清楚",
        "有",
    ]
)
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]{1,2}")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_CARD = re.compile(r"([0-9]{17}[0-9X])[0-9]{2,6}")


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What an identity number says: the number where it can be used, how it stands, and why."""

    number: str | None
    status: Status
    reasons: tuple[str, ...] = ()
    birth_on: dt.date | None = None
    birth: int | None = None
    sex: int | None = None
    text: str | None = None

    @property
    def usable(self) -> bool:
        """Whether records may be joined by this number."""
        return self.status in USABLE


def check_character(first17: str) -> str:
    """Return the check character for the first seventeen digits (python-stdnum agrees; only its checksum is used)."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True)) % 11]


def whole_number(area: str, born: dt.date | int, sequence: int) -> str:
    """Make an identity number from its area, birth date (a date, or a whole number as written) and sequence."""
    first = f"{area}{born if isinstance(born, int) else as_number(born):08d}{sequence:03d}"
    return first + check_character(first)


def sex_of(number: str) -> int:
    """Return the sex an 18-digit number states: 1 male, 2 female."""
    return 1 if int(number[16]) % 2 else 2


def _digits(text: str) -> tuple[str, str]:
    """Return the text in half-width capitals, and its digits, X, * and ? alone."""
    plain = text.translate(FULL_WIDTH).upper().strip(BLANKS)
    plain = re.sub(r"\.0+$", "", plain)
    return plain, re.sub(r"[^0-9X*?]", "", plain)


def _is_filler(plain: str, digits: str) -> bool:
    if plain in FILLERS or not digits:
        return True
    same = len(digits) >= 6 and len(set(digits)) == 1
    return same or digits.startswith(("123456", "000000"))


def _candidate(digits: str) -> tuple[str | None, str]:
    """Return the 18 characters the digits stand for and the repair made, or None and the reason."""
    if _EIGHTEEN.fullmatch(digits):
        return digits, ""
    if re.fullmatch(r"[0-9]{15}", digits):
        if digits[12:] >= "996":
            return None, "id_15_reserved"
        first = digits[:6] + "19" + digits[6:]
        return first + check_character(first), "id_15_to_18"
    card = _CARD.fullmatch(digits)
    return (card[1], "id_from_card") if card else (None, "id_length")


def _refusal(plain: str, digits: str) -> str:
    if _SCIENTIFIC.fullmatch(plain):
        return "id_scientific"
    return "id_masked" if "*" in digits or "?" in digits else ""


def _birth_fault(number: str, reference_on: dt.date) -> tuple[str, dt.date | None]:
    """Return the reason against the date inside the number ("" for none) and the date as a solar one."""
    born = int(number[6:14])
    year, month, day = born // 10000, born // 100 % 100, born % 100
    try:
        solar: dt.date | None = dt.date(year, month, day)
        fault = ""
    except ValueError:
        solar, fault = None, "id_no_date"
        if born in lunar_only_dates():
            solar = lunar_to_solar(year, month, day) or lunar_to_solar(year, month, day, leap=True)
            fault = "id_lunar_date"
    if born > as_number(reference_on):
        return ("id_future" if solar else fault), solar
    if solar and born < as_number(reference_on) - OLDEST_YEARS * 10000:
        return "id_too_old", solar
    return fault, solar


def _near(digits: str) -> str | None:
    """Return digits that are at least nearly an identity number, kept only to compare with others."""
    return digits[:18] if len(digits) >= 15 and re.fullmatch(r"[0-9]+X?", digits[:18]) else None


def read_number(
    text: str | None, *, reference_on: dt.date, known_areas: Collection[str] | None = None
) -> NumberReading:
    """Return what an identity number says on the day of its roster.

    The area is judged only against `known_areas` (six digits each) and never makes a number unusable: codes cease.
    """
    if text is None or not text.strip(BLANKS):
        return NumberReading(None, "missing")
    plain, digits = _digits(text)
    if fault := _refusal(plain, digits):
        return NumberReading(None, "invalid", (fault,))
    if _is_filler(plain, digits):
        return NumberReading(None, "placeholder", ("id_placeholder",))
    number, repair = _candidate(digits)
    if number is None:
        return NumberReading(None, "invalid", (repair,), text=_near(digits))
    if check_character(number[:17]) != number[17]:
        fault = "id_excel_rounded" if not repair and number.endswith("000") else "id_check_digit"
        return NumberReading(None, "invalid", (fault,), text=None if fault == "id_excel_rounded" else number)
    return _judged(text, number, repair, reference_on, known_areas)


def _judged(
    text: str, number: str, repair: str, reference_on: dt.date, known_areas: Collection[str] | None
) -> NumberReading:
    fault, born = _birth_fault(number, reference_on)
    if fault and fault != "id_lunar_date":
        return NumberReading(None, "invalid", (fault,), text=number)
    tidied = not repair and text != number
    reasons = [word for word in ("id_tidied" if tidied else repair, fault) if word]
    if known_areas is not None and number[:6] not in known_areas:
        reasons.append("id_area_unknown")
    status: Status = "lunar" if fault else "repaired" if tidied or repair else "valid"
    return NumberReading(number, status, tuple(reasons), born, int(number[6:14]), sex_of(number), number)
