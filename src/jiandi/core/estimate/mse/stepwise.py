"""Choosing a model step by step: the two lists whose overlap is least like the model's enter first.

Chan, Silverman and Vincent (2021), "Multiple systems estimation for sparse capture data", JASA 116: add the pair with
the smallest Poisson tail probability of its overlap while that is below 0.02, among models that can be estimated.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.special import pdtr, pdtrc

from jiandi.core.estimate.mse.bootstrap import Estimated, Progress, bootstrap_lead
from jiandi.core.estimate.mse.lead import Lead
from jiandi.core.estimate.mse.loglinear import INDEPENDENT, Model, estimability, fit_many, support_of
from jiandi.core.estimate.mse.tables import PatternTable, at_least

THRESHOLD = 0.02


def pairs_of(width: int) -> list[int]:
    """The terms of two lists, as bitmasks."""
    return [(1 << i) | (1 << j) for i, j in combinations(range(width), 2)]


def choose_stepwise(counts: np.ndarray, *, threshold: float = THRESHOLD) -> Estimated:
    """Choose a model for each row of `counts` (B, 2**t) and estimate by it; all rows take their steps together."""
    rows, width = len(counts), counts.shape[1].bit_length() - 1
    pairs, models = pairs_of(width), [INDEPENDENT] * rows
    supports = [support_of(row) for row in counts]
    observed = at_least(counts)[:, pairs]
    totals, going = np.zeros(rows), np.arange(rows)
    while len(going):
        fits = fit_many(counts[going], [models[row] for row in going])
        totals[going] = counts[going].sum(axis=1) + fits.unseen
        chance = _tails(observed[going], at_least(fits.fitted)[:, pairs])
        moved = []
        for row, line in zip(going, chance, strict=True):
            grown = _next_model(models[row], pairs, line, width, supports[row], threshold)
            if grown is not None:
                models[row] = grown
                moved.append(row)
        going = np.array(moved, dtype=int)
    holds = [estimability(width, m, s).holds for m, s in zip(models, supports, strict=True)]
    return Estimated(np.where(holds, totals, np.inf), tuple(models))


def stepwise_lead(
    table: PatternTable, *, draws: int, seed: int = 1, progress: Progress | None = None
) -> Lead:
    """Estimate by the stepwise model with a BCa interval that repeats the choice in every resample."""
    return bootstrap_lead(
        table, choose_stepwise, method="stepwise", draws=draws, seed=seed, progress=progress
    )


def _tails(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The smaller Poisson tail probability, each including the number observed itself."""
    above = np.where(observed > 0, pdtrc(np.maximum(observed - 1, 0), expected), 1.0)
    return np.minimum(pdtr(observed, expected), above)


def _next_model(
    model: Model, pairs: list[int], chance: np.ndarray, width: int, support: int, threshold: float
) -> Model | None:
    for place in np.argsort(chance, kind="stable"):
        if chance[place] >= threshold:
            return None
        grown = model | {pairs[place]}
        if grown != model and estimability(width, grown, support).holds:
            return grown
    return None
