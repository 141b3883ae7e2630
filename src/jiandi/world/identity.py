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


@lru_cache(maxsize=4096)
def _area_sum(area: str) -> int:
    return sum(int(d) * w for d, w in zip(area, WEIGHTS[:6], strict=True))


@lru_cache(maxsize=60_000)
def _birth_sum(birth: int) -> int:
    return sum(int(d) * w for d, w in zip(compact(birth), WEIGHTS[6:14], strict=True))


@lru_cache(maxsize=1024)
def _sequence_sum(sequence: int) -> int:
    return sum(int(d) * w for d, w in zip(f"{sequence:03d}", WEIGHTS[14:], strict=True))


def number_for(area: str, birth: int, sex: int, slot: int) -> str:
    """Return the number of a person: area at issue, birthday, sequence (odd for men), check digit."""
    sequence = (slot % SLOTS) * 2 + (1 if sex == 1 else 2)
    check = CHECKS[(_area_sum(area) + _birth_sum(birth) + _sequence_sum(sequence)) % 11]
    return f"{area}{compact(birth)}{sequence:03d}{check}"


def first_generation(number: str) -> str:
    """Return the 15-digit form once printed on first-generation cards."""
    return number[:6] + number[8:17]


def is_sound(number: str) -> bool:
    """Say whether 18 characters carry the right check digit."""
    return len(number) == 18 and number[:17].isdigit() and check_digit(number[:17]) == number[17]
