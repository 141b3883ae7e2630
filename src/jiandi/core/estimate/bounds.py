"""Exact hypergeometric arithmetic: how many may be false when so many were checked and so many found false.

The frame holds N claims, D of them false; a simple random sample of n finds X ~ Hypergeometric(N, D, n). With an
inspector who notices a false claim with probability s, X is thinned binomially. Sampling is without replacement, so
the rule of three and the binomial formula are not used: they are wrong where the frame is small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scipy import stats
from scipy.special import gammaln

#: Floating point decides, except this near the limit, where whole-number arithmetic does.
_TIE = 1e-7
#: Beyond this sample size whole-number arithmetic is too slow to break a tie; the tie then counts as "above".
_EXACT_SIZE = 20_000


def chance_drawn_false(drawn: np.ndarray, frame_size: int, false: int, checked: int) -> np.ndarray:
    """Chance that exactly `drawn` of the claims checked are false ones: Hypergeometric(N, D, n), element by element.

    By log-factorials: twenty times faster than scipy's prime factorisation and exact to about 1e-9.
    """
    rest, left = frame_size - false, checked - drawn
    possible = (drawn >= 0) & (drawn <= false) & (left >= 0) & (left <= rest)
    k = np.where(possible, drawn, max(0, checked - rest))
    log_chance = (
        _log_choose(false, k) + _log_choose(rest, checked - k) - _log_choose(frame_size, np.asarray(checked))
    )
    return np.where(possible, np.exp(log_chance), 0.0)


def chance_of_at_most(
    found: int, *, frame_size: int, false: int, checked: int, detection: float = 1.0
) -> float:
    """Chance that re-visits find at most `found` false claims when the frame holds `false` of them.

    `detection` is the probability that an inspector notices a false claim (1.0 = always).
    """
    if found < 0:
        return 0.0
    if detection >= 1.0:
        few = np.arange(min(found, false, checked) + 1)
        return min(1.0, float(chance_drawn_false(few, frame_size, false, checked).sum()))
    drawn = np.arange(min(false, checked) + 1)
    chance_drawn = chance_drawn_false(drawn, frame_size, false, checked)
    return float(np.sum(chance_drawn * stats.binom.cdf(found, drawn, detection)))


def is_plausible(
    found: int, *, frame_size: int, false: int, checked: int, alpha: float, detection: float = 1.0
) -> bool:
    """Whether `false` false claims in the frame cannot be ruled out: P(X <= found) > alpha, ties settled exactly."""
    chance = chance_of_at_most(
        found, frame_size=frame_size, false=false, checked=checked, detection=detection
    )
    if abs(chance - alpha) > _TIE or detection < 1.0:
        return chance > alpha
    if checked > _EXACT_SIZE:
        return True
    ways = sum(
        math.comb(false, k) * math.comb(frame_size - false, checked - k)
        for k in range(min(found, false, checked) + 1)
        if checked - k <= frame_size - false
    )
    return Fraction(ways, math.comb(frame_size, checked)) > Fraction(str(alpha))


def upper_bound(
    *, frame_size: int, checked: int, found: int, alpha: float = 0.05, detection: float = 1.0
) -> int:
    """The most false claims the frame can hold, with confidence 1 - alpha, given what one look found.

    Exact one-sided (Clopper-Pearson style) bound: max{D : P(X <= found | N, D, n) > alpha}. Valid for one look at a
    sample whose size was fixed before; after a second look use `looks`.
    """
    _refuse_impossible(frame_size, checked, found)
    ceiling = frame_size if detection < 1.0 else frame_size - (checked - found)

    def plausible(false: int) -> bool:
        return is_plausible(
            found, frame_size=frame_size, false=false, checked=checked, alpha=alpha, detection=detection
        )

    return largest(plausible, found, ceiling)


def allowed_false(frame_size: int, limit: float) -> int:
    """How many false claims a limit allows (limit 0.005 of 5,000 = 25), cut down to whole claims."""
    return math.floor(Fraction(str(limit)) * frame_size)


def n_required(
    *, frame_size: int, limit: float, found: int = 0, alpha: float = 0.05, detection: float = 1.0
) -> int | None:
    """Least number of re-visits that can certify "at most `limit` of the frame is false" if `found` are false.

    None when no number can: more found than the limit allows, or inspectors who overlook too much. `limit` is a
    share (0.01 = 1%).
    """
    just_too_many = allowed_false(frame_size, limit) + 1
    if just_too_many > frame_size:
        return 0
    if found >= just_too_many:
        return None

    def certifies(checked: int) -> bool:
        return not is_plausible(
            found,
            frame_size=frame_size,
            false=just_too_many,
            checked=checked,
            alpha=alpha,
            detection=detection,
        )

    if not certifies(frame_size):
        return None
    return smallest(certifies, found, frame_size)


def largest(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Largest whole number in [low, high] for which a condition holds that holds up to some point and not beyond."""
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low


def smallest(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Smallest whole number in [low, high] for which a condition holds that holds from some point on."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _log_choose(total: int, chosen: np.ndarray) -> np.ndarray:
    return gammaln(total + 1.0) - gammaln(chosen + 1.0) - gammaln(total - chosen + 1.0)


def _refuse_impossible(frame_size: int, checked: int, found: int) -> None:
    if not 0 <= found <= checked <= frame_size:
        raise ValueError(f"need 0 <= found <= checked <= frame_size, got {found}, {checked}, {frame_size}")
