"""Which workers' visits to repeat with a small budget, learning from every re-visit: Thompson sampling.

A static order is best against clumsy fakes and decays against those who know the rules; drawing each worker's share of
false visits from what is believed so far, and visiting where the draw is highest, keeps finding them (Thompson 1933;
Russo and others 2018). The ranking gives the first belief, re-visits take over. The random stream is drawn before and
apart; only its visits say how many are false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

#: A worker at the top of the ranking is believed, before any re-visit, as if this many of WEIGHT visits were false.
_TOP, _BOTTOM, _WEIGHT = 0.5, 0.02, 4.0


@dataclass(frozen=True, slots=True)
class WorkerBelief:
    """What is known of a worker: the place in the ranking (0 first, 1 last; None unranked), re-visits so far."""

    worker: int
    place: float | None
    false: int = 0
    true: int = 0


def choose_visits(
    beliefs: Sequence[WorkerBelief], visits: Mapping[int, Sequence[int]], budget: int, *, seed: int
) -> list[int]:
    """Choose the visits to repeat, `budget` at most: per visit a worker by Thompson draw, then their next visit.

    `visits` lists each worker's visits not re-visited yet, the most unusual first. The same seed gives the same choice.
    """
    dice = np.random.default_rng(seed)
    left = {one.worker: list(visits.get(one.worker, ())) for one in beliefs}
    alpha = np.array([_prior(one) * _WEIGHT + one.false for one in beliefs])
    beta = np.array([(1 - _prior(one)) * _WEIGHT + one.true for one in beliefs])
    open_ = np.array([bool(left[one.worker]) for one in beliefs])
    chosen: list[int] = []
    while len(chosen) < budget and open_.any():
        drawn = np.where(open_, dice.beta(alpha, beta), -1.0)
        row = int(np.argmax(drawn))
        worker = beliefs[row].worker
        chosen.append(left[worker].pop(0))
        # One visit already on the way is no news, so it counts as what is believed: later draws spread out.
        believed = alpha[row] / (alpha[row] + beta[row])
        alpha[row] += believed
        beta[row] += 1 - believed
        open_[row] = bool(left[worker])
    return chosen


def _prior(one: WorkerBelief) -> float:
    """The share of false visits believed before any re-visit: falling fast from the top of the ranking."""
    if one.place is None:
        return _BOTTOM * 2
    return float(_BOTTOM + (_TOP - _BOTTOM) * np.exp(-8 * one.place))
