"""Seeded dice: every chance in the world comes from a numpy generator keyed by seed, place and purpose."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from math import inf
from typing import Generic, TypeVar
from zlib import crc32

import numpy as np

T = TypeVar("T")
_SOME = 256  # numbers drawn at a time; another count would make other worlds


class Table(Generic[T]):
    """A weighted choice prepared once, drawn from often."""

    __slots__ = ("items", "edges")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = list(weighted)
        weights = np.array([weight for _, weight in pairs], dtype=float)
        self.items = [item for item, _ in pairs]
        self.edges: list[float] = (np.cumsum(weights) / weights.sum()).tolist()
        self.edges[-1] = inf  # a sum rounded to just below 1 must not leave a gap behind the last item

    def at(self, u: float) -> T:
        """Return the item standing at the point u of [0, 1)."""
        return self.items[bisect_right(self.edges, u)]


def fading(items: Sequence[T], power: float = 0.6) -> Table[T]:
    """Weigh a list so that the first entries are the most common, as names are."""
    return Table((item, 1.0 / (rank + 2) ** power) for rank, item in enumerate(items))


def _draw(rng: np.random.Generator) -> list[float]:
    """Draw the next numbers of a stream, only when those before are used up."""
    return rng.random(_SOME).tolist()


class Dice:
    """A stream of chances for one village and one purpose; the same key always gives the same stream."""

    __slots__ = ("rng", "u")
    u: Callable[[], float]  # a number in [0, 1): the most frequent call of all, so no Python stands between

    def __init__(self, seed: int, place: int, purpose: str) -> None:
        key = (place + 1, crc32(purpose.encode()))
        self.rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
        self.u = chain.from_iterable(map(_draw, repeat(self.rng))).__next__

    def chance(self, p: float) -> bool:
        """Say whether something of probability p happens."""
        return self.u() < p

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.u() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, all equally likely."""
        return items[int(self.u() * len(items))]

    def from_table(self, table: Table[T]) -> T:
        """Return one item of a weighted table."""
        return table.items[bisect_right(table.edges, self.u())]

    def near(self, mean: float, spread: float) -> float:
        """Return a number near the mean (sum of three uniforms; never further than 3 spreads)."""
        return mean + spread * 2.0 * (self.u() + self.u() + self.u() - 1.5)

    def hits(self, count: int, p: float) -> list[int]:
        """Return the positions among `count` where something of probability p happens."""
        if p <= 0 or count == 0:
            return []
        return np.nonzero(self.rng.random(count) < p)[0].tolist()

    def order(self, count: int) -> list[int]:
        """Return the numbers below `count` in a random order."""
        return self.rng.permutation(count).tolist()

    def first(self, items: Sequence[T], fits: Callable[[T], bool]) -> T | None:
        """Return the first item that fits, looking from a random place onwards."""
        if not items:
            return None
        start = int(self.u() * len(items))
        for step in range(len(items)):
            item = items[(start + step) % len(items)]
            if fits(item):
                return item
        return None
