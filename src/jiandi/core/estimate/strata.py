"""Bounds when each village was drawn from separately: the worst way the false claims could be spread.

With the sample spread in proportion, the bound is within one claim of the simple lottery's; with the same number of
re-visits everywhere it is worse; with a few chosen villages it bounds nothing. The exact worst case shows which.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from jiandi.core.estimate.bounds import chance_drawn_false
from jiandi.core.estimate.samples import Stratum


def stratified_bound(strata: Sequence[Stratum], found: int, *, alpha: float = 0.05) -> int:
    """The most false claims all strata together can hold, however they are spread, with confidence 1 - alpha.

    `found` is the total found false. With none found the greedy search is exact (log-chance is a sum of concave
    functions, one per stratum); otherwise a greedy and exchange search of P(total <= found), which small frames
    confirm by enumeration.
    """
    if found == 0:
        return _zero_found_bound(strata, alpha)
    search = _Search(strata, found)
    everything = sum(s.frame_size for s in strata)
    while sum(search.false) < everything:
        if search.add_best() > alpha:
            continue
        if search.exchange_until(alpha) <= alpha:
            return sum(search.false) - 1
    return everything


def _zero_found_bound(strata: Sequence[Stratum], alpha: float) -> int:
    sizes = np.array([s.frame_size for s in strata], dtype=float)
    checked = np.array([s.size for s in strata], dtype=float)
    false = np.zeros(len(strata))
    log_chance, total = 0.0, 0
    while True:
        unchecked = sizes - false - checked
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.where(unchecked > 0, np.log(unchecked / np.maximum(sizes - false, 1)), -np.inf)
        best = int(np.argmax(gain))
        if not gain[best] > -np.inf:
            return total
        if not log_chance + gain[best] > math.log(alpha) + 1e-12:
            return total
        log_chance += float(gain[best])
        false[best] += 1
        total += 1


class _Search:
    """The worst spread found so far: `false` claims per stratum, and the law of what re-visits would find."""

    def __init__(self, strata: Sequence[Stratum], found: int) -> None:
        self.strata, self.found = strata, found
        self.false = [0] * len(strata)
        self._known: dict[tuple[int, int, int], np.ndarray] = {}

    def law(self, stratum: int, false: int) -> np.ndarray:
        """Chance of finding 0..found false claims in one stratum that holds `false` of them."""
        part = self.strata[stratum]
        key = (part.frame_size, part.size, false)
        if key not in self._known:
            self._known[key] = chance_drawn_false(
                np.arange(self.found + 1), part.frame_size, false, part.size
            )
        return self._known[key]

    def others(self) -> list[np.ndarray]:
        """For each stratum, the law of the total found in all the other strata."""
        count, width = len(self.strata), self.found + 1
        ahead = [np.eye(1, width)[0]]
        for index in range(count):
            ahead.append(np.convolve(ahead[-1], self.law(index, self.false[index]))[:width])
        behind = np.eye(1, width)[0]
        result = [behind] * count
        for index in reversed(range(count)):
            result[index] = np.convolve(ahead[index], behind)[:width]
            behind = np.convolve(behind, self.law(index, self.false[index]))[:width]
        return result

    def chance_with(self, rest: np.ndarray, stratum: int, false: int) -> float:
        """Chance of at most `found` in total when this stratum holds `false` and the others give `rest`."""
        if false > self.strata[stratum].frame_size or false < 0:
            return 0.0
        return float(rest @ np.cumsum(self.law(stratum, false))[::-1])

    def add_best(self) -> float:
        """Put one more false claim where it hides best; return the chance of finding at most `found`."""
        rest = self.others()
        chances = [self.chance_with(rest[h], h, self.false[h] + 1) for h in range(len(self.strata))]
        best = int(np.argmax(chances))
        self.false[best] += 1
        return chances[best]

    def exchange_until(self, alpha: float) -> float:
        """Move single claims between strata while that hides them better; stop above alpha or when none helps."""
        rest = self.others()
        chance = self.chance_with(rest[0], 0, self.false[0])
        while chance <= alpha:
            start = list(self.false)
            best = (chance, start)
            for giver in range(len(start)):
                if start[giver] == 0:
                    continue
                self.false[giver] -= 1
                reached = self.add_best()
                if reached > best[0] + 1e-12:
                    best = (reached, list(self.false))
                self.false = list(start)
            self.false = list(best[1])
            if best[0] <= chance:
                return chance
            chance = best[0]
        return chance
