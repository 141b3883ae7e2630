"""Choosing among all hierarchical models by BIC, or walking downhill where there are too many to try.

Silverman, Chan and Vincent (2024), "Bootstrapping multiple systems estimates to account for model selection",
Statistics and Computing 34. A hierarchical model that holds a term holds every term within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from itertools import combinations

import numpy as np

from jiandi.core.estimate.mse.bootstrap import Estimated, Progress, bootstrap_lead
from jiandi.core.estimate.mse.lead import Lead
from jiandi.core.estimate.mse.loglinear import INDEPENDENT, Model, estimability, fit_many, support_of
from jiandi.core.estimate.mse.stepwise import pairs_of
from jiandi.core.estimate.mse.tables import PatternTable

#: 1,024 models of two-list terms at five lists; at six there are 32,768 and the walk downhill is used.
MOST_LISTS_TRIED = 5


@lru_cache(maxsize=16)
def hierarchical_models(width: int, order: int = 2) -> tuple[Model, ...]:
    """All hierarchical models with every single list in and terms of up to `order` lists: 1,024 at 5 lists, order 2."""
    found = [frozenset(chosen) for chosen in _subsets(pairs_of(width))]
    for size in range(3, order + 1):
        terms = [sum(1 << i for i in places) for places in combinations(range(width), size)]
        found = [model | set(more) for model in found for more in _subsets(_allowed(terms, model))]
    return tuple(found)


def choose_bic(counts: np.ndarray, *, order: int = 2) -> Estimated:
    """Choose for each row of `counts` (B, 2**t) the hierarchical model of least BIC that can be estimated."""
    width = counts.shape[1].bit_length() - 1
    models = hierarchical_models(width, order)
    totals, chosen = [], []
    for row in counts:
        fits = fit_many(row[None, :], models)
        best = _first_estimable(fits.bic, models, width, support_of(row))
        totals.append(np.inf if best is None else row.sum() + fits.unseen[best])
        chosen.append(INDEPENDENT if best is None else models[best])
    return Estimated(np.array(totals), tuple(chosen))


def choose_downhill(counts: np.ndarray) -> Estimated:
    """Walk from independence to the neighbour (one pair more or less) of least BIC until none is better, per row."""
    width = counts.shape[1].bit_length() - 1
    totals, chosen = [], []
    for row in counts:
        total, model = _walk(row, width, support_of(row))
        totals.append(total)
        chosen.append(model)
    return Estimated(np.array(totals), tuple(chosen))


def bic_lead(
    table: PatternTable, *, draws: int, seed: int = 1, order: int = 2, progress: Progress | None = None
) -> Lead:
    """Estimate by the model of least BIC, with a BCa interval that repeats the choice in every resample."""
    if table.width > MOST_LISTS_TRIED:
        return bootstrap_lead(
            table, choose_downhill, method="bic", draws=draws, seed=seed, note="downhill", progress=progress
        )
    choose = partial(choose_bic, order=order)
    return bootstrap_lead(table, choose, method="bic", draws=draws, seed=seed, progress=progress)


def _walk(row: np.ndarray, width: int, support: int) -> tuple[float, Model]:
    pairs, model = pairs_of(width), INDEPENDENT
    here = fit_many(row[None, :], [model])
    bic, total = float(here.bic[0]), float(row.sum() + here.unseen[0])
    if not estimability(width, model, support).holds:
        return np.inf, model
    means = here.fitted[0]
    while True:
        ways = [model ^ {pair} for pair in pairs]
        fits = fit_many(row[None, :], ways, near=means)
        best = _first_estimable(fits.bic, ways, width, support)
        if best is None or fits.bic[best] >= bic:
            return total, model
        model, means, bic = ways[best], fits.fitted[best], float(fits.bic[best])
        total = float(row.sum() + fits.unseen[best])


def _first_estimable(bic: np.ndarray, models: Sequence[Model], width: int, support: int) -> int | None:
    for place in np.argsort(bic, kind="stable"):
        if estimability(width, models[place], support).holds:
            return int(place)
    return None


def _subsets(terms: Sequence[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(terms) + 1) for chosen in combinations(terms, size)]


def _allowed(terms: Sequence[int], model: Model) -> list[int]:
    """The terms all of whose parts, one list fewer, are in the model."""
    return [
        term
        for term in terms
        if all((term ^ bit) in model for bit in (1 << i for i in range(term.bit_length())) if term & bit)
    ]
