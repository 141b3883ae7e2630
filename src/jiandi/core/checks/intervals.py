"""Exact intervals for shares and for small counts: Clopper-Pearson and Poisson, by bisection."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, lgamma, log, log1p


def share_interval(hits: int, tried: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share; without trials it says nothing: 0 to 1."""
    if tried == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else _bisect(lambda p: 1 - _at_most(hits - 1, tried, p) < tail, 0.0, 1.0)
    high = 1.0 if hits == tried else _bisect(lambda p: _at_most(hits, tried, p) > tail, 0.0, 1.0)
    return low, high


def count_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact Poisson interval of an expected count, given the count that came."""
    tail = (1 - level) / 2
    most = count + 10.0 + 10.0 * (count + 1) ** 0.5
    low = 0.0 if count == 0 else _bisect(lambda mean: 1 - _poisson_at_most(count - 1, mean) < tail, 0.0, most)
    return low, _bisect(lambda mean: _poisson_at_most(count, mean) > tail, 0.0, most)


def _at_most(hits: int, tried: int, share: float) -> float:
    """Chance of at most `hits` in `tried` at a share."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 0.0 if hits < tried else 1.0
    total = 0.0
    for count in range(hits + 1):
        ways = lgamma(tried + 1) - lgamma(count + 1) - lgamma(tried - count + 1)
        total += exp(ways + count * log(share) + (tried - count) * log1p(-share))
    return min(total, 1.0)


def _poisson_at_most(count: int, mean: float) -> float:
    """Chance of at most `count` where `mean` is expected, by its largest term so that large means do not vanish."""
    if mean <= 0:
        return 1.0
    terms = [number * log(mean) - mean - lgamma(number + 1) for number in range(count + 1)]
    largest = max(terms, default=-inf)
    return min(1.0, exp(largest) * sum(exp(term - largest) for term in terms)) if terms else 0.0


def _bisect(below: Callable[[float], bool], low: float, high: float) -> float:
    """Return where a condition that holds on the left stops holding."""
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2
