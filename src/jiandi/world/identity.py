"""Identity numbers of invented people: 18 digits after GB 11643, always with area codes no real place has."""

from __future__ import annotations

from functools import lru_cache

from jiandi.world.calendar import compact

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SLOTS = 499  # sequence numbers per sex and birthday that one area can give out


def check_digit(first17: str) -> str:
    """Return the last character of an 18-character number (GB 11643, weights modulo 11)."""
    return CHECKS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


@lru_cache(maxsize=8192)
def _sum(digits: str, position: int) -> int:
    """Return what some digits add to the sum of a check digit, from their position in the number on."""
    return sum(int(d) * w for d, w in zip(digits, WEIGHTS[position:], strict=False))


def number_for(area: str, birth: int, sex: int, slot: int) -> str:
    """Return the number of a person: area at issue, birthday, sequence (odd for men), check digit."""
    sequence = f"{(slot % SLOTS) * 2 + (1 if sex == 1 else 2):03d}"
    day = compact(birth)
    check = CHECKS[(_sum(area, 0) + _sum(day[:4], 6) + _sum(day[4:], 10) + _sum(sequence, 14)) % 11]
    return f"{area}{day}{sequence}{check}"


def first_generation(number: str) -> str:
    """Return the 15-digit form once printed on first-generation cards."""
    return number[:6] + number[8:17]


def is_sound(number: str) -> bool:
    """Say whether 18 characters carry the right check digit."""
    return len(number) == 18 and number[:17].isdigit() and check_digit(number[:17]) == number[17]
