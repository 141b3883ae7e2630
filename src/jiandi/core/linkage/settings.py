"""What a linkage run is told: how far each kind of roster is believed, and where the thresholds lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ORDINARY = 9


@dataclass(frozen=True, slots=True)
class KindProfile:
    """How a kind of roster counts when rows disagree about whose number it is.

    `rank` 0 is the first authority (the police register); `duplicate_free` says one delivery holds each person once.
    """

    rank: int = ORDINARY
    duplicate_free: bool = False


# The police register owns identity numbers; the marriage registry checks them against papers (linkage by authority).
PROFILES: dict[str, KindProfile] = {
    "hukou": KindProfile(0, duplicate_free=True),
    "idcard": KindProfile(1),
    "marriage": KindProfile(2),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds of one run, in bits of match weight; defaults as measured on generated counties of 1 to 5.6 million rows."""

    auto_weight: float = 8.0
    auto_margin: float = 3.0
    pillar_weight: float = 16.0
    review_weight: float = 4.0
    new_pair_weight: float = 20.0
    new_review_weight: float = 10.0
    block_rows: int = 400
    people_per_phone: int = 12
    profiles: Mapping[str, KindProfile] = field(default_factory=lambda: PROFILES)
    model: Mapping[str, Any] | None = None  # None: the shipped one
    canaries: bool = True
