"""Seeded dice: every chance in the world comes from a numpy generator keyed by seed, place and purpose."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar
from zlib import crc32

import numpy as np

T = TypeVar("T")


class Table(Generic[T]):
    """A weighted choice prepared once, drawn from often."""

    __slots__ = ("items", "edges")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        pairs = list(weighted)
        weights = np.array([weight for _, weight in pairs], dtype=float)
        self.items = [item for item, _ in pairs]
        self.edges: list[float] = (np.cumsum(weights) / weights.sum()).tolist()

    def at(self, u: float) -> T:
        """Return the item standing at the point u of [0, 1)."""
        return self.items[min(bisect_right(self.edges, u), len(self.items) - 1)]


def fading(items: Sequence[T], power: float = 0.6) -> Table[T]:
    """Weigh a list so that the first entries are the most common, as names are."""
    return Table((item, 1.0 / (rank + 2) ** power) for rank, item in enumerate(items))


class Dice:
    """A stream of chances for one village and one purpose; the same key always gives the same stream."""

    __slots__ = ("rng", "_buffer", "_next", "_size")

    def __init__(self, seed: int, place: int, purpose: str, size: int = 256) -> None:
        key = (place + 1, crc32(purpose.encode()))
        self.rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))
        self._size = size
        self._buffer: list[float] = []
        self._next = 0

    def u(self) -> float:
        """Return a number in [0, 1)."""
        if self._next == len(self._buffer):
            self._buffer = self.rng.random(self._size).tolist()
            self._next = 0
        self._next += 1
        return self._buffer[self._next - 1]

    def chance(self, p: float) -> bool:
        """Say whether something of probability p happens."""
        at = self._next
        if at < len(self._buffer):  # u() written out: this is the most frequent call of all
            self._next = at + 1
            return self._buffer[at] < p
        return self.u() < p

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.u() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, all equally likely."""
        return items[int(self.u() * len(items))]

    def from_table(self, table: Table[T]) -> T:
        """Return one item of a weighted table."""
        return table.at(self.u())

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
