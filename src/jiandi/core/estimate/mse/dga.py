"""Averaging over decomposable graphs: every way lists may be related in which the reckoning stays exact.

Madigan and York (1997), "Bayesian methods for estimation of the size of a closed population", Biometrika 84. Chordal
graphs on the lists, hyper-Dirichlet prior with 2**-t per cell, prior 1/N on the people in all; the number unseen is
summed over a grid. Defaults as in Johndrow, Lum and Ball's published use of the method.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
from scipy.special import gammaln

from jiandi.core.estimate.mse.lead import Lead
from jiandi.core.estimate.mse.tables import PatternTable
from jiandi.core.values import Refused, Text

#: 18,154 graphs at six lists; about 600,000 at seven, too slow: merge first.
MOST_LISTS = 6
#: The grid of unseen people, as in the published runs: so many points from one up to so many times the people seen.
#: Every number up to `GRID_FINE` stands beside it: near zero the posterior is steep and a coarse grid misleads.
GRID_POINTS, GRID_REACH, GRID_FINE = 1000, 30, 200
#: Still so likely at the grid's right edge, relative to the peak, that the upper end is only where the grid ends.
OPEN_EDGE = 1e-3
_CHUNK = 2048


def dga_lead(table: PatternTable, *, reach: int = GRID_REACH, level: int = 95) -> Lead:
    """Estimate people in all by the posterior median over all decomposable graphs, with its central interval.

    `reach` is how many times the people seen the unseen may be. Refuses more than six lists.
    """
    if table.width > MOST_LISTS:
        raise Refused("mse.dga_lists", _LISTS.filled(k=table.width, most=MOST_LISTS))
    coarse = np.round(np.linspace(1, reach * table.seen, GRID_POINTS))
    unseen = np.union1d(coarse, np.arange(min(GRID_FINE, reach * table.seen) + 1.0))
    posterior = unseen_posterior(table, unseen)
    reached = np.cumsum(posterior)
    low, middle, high = (
        float(table.seen + unseen[min(int(np.searchsorted(reached, share)), len(unseen) - 1)])
        for share in ((1 - level / 100) / 2, 0.5, (1 + level / 100) / 2)
    )
    is_open = bool(posterior[-1] > OPEN_EDGE * posterior.max())
    return Lead("dga", middle, low, high, table.seen, level, is_open)


def unseen_posterior(table: PatternTable, unseen: np.ndarray) -> np.ndarray:
    """The chance of each number of unseen people (grid of G numbers), summing to one; each stands for its spacing."""
    evidence = _margins(table, unseen)
    graphs = decomposable_graphs(table.width)
    parts = [_log_sum(graphs[start : start + _CHUNK] @ evidence) for start in range(0, len(graphs), _CHUNK)]
    people = table.seen + unseen
    log = _log_sum(np.array(parts)) + gammaln(people + 1) - gammaln(unseen + 1) - np.log(people)
    weight = np.exp(log - log.max()) * np.gradient(unseen)
    return weight / weight.sum()


def _log_sum(logs: np.ndarray) -> np.ndarray:
    """Log of the sum of exponentials down the columns; overwrites `logs` to spare memory."""
    top = logs.max(axis=0)
    logs -= top
    return np.log(np.exp(logs, out=logs).sum(axis=0)) + top


def _margins(table: PatternTable, unseen: np.ndarray) -> np.ndarray:
    """Log evidence of the table over each set of lists alone, shape (2**t sets, G): Dirichlet-multinomial."""
    cells, prior = np.arange(2**table.width), 2.0**-table.width
    whole = prior * 2**table.width
    shared = gammaln(whole) - gammaln(table.seen + unseen + whole)
    evidence = np.zeros((2**table.width, len(unseen)))
    for lists in range(1, 2**table.width):
        margin = np.bincount(cells & lists, weights=table.array, minlength=2**table.width)
        inside = np.array([cell for cell in range(1, lists + 1) if cell & ~lists == 0])
        each = prior * 2 ** (table.width - lists.bit_count())
        known = gammaln(margin[inside] + each).sum() - (len(inside) + 1) * gammaln(each)
        evidence[lists] = shared + known + gammaln(unseen + margin[0] + each)
    return evidence


@lru_cache(maxsize=8)
def decomposable_graphs(width: int) -> np.ndarray:
    """Each chordal graph on the lists as what its evidence is made of: shape (graphs, 2**t), 8/61/822/18,154 graphs.

    Along a maximum-cardinality order a graph is chordal when the neighbours already numbered of every list are all
    joined (Tarjan and Yannakakis 1984). Each list then brings in the evidence of itself with those neighbours and takes
    out theirs alone; the sum is the product over cliques divided by that over separators.
    """
    pairs = list(combinations(range(width), 2))
    rows = []
    for edges in range(2 ** len(pairs)):
        joined = [0] * width
        for place, (one, other) in enumerate(pairs):
            if edges >> place & 1:
                joined[one] |= 1 << other
                joined[other] |= 1 << one
        steps = _perfect_order(joined)
        if steps is not None:
            row = np.zeros(2**width)
            for one, before in steps:
                row[before | 1 << one] += 1
                row[before] -= 1
            rows.append(row)
    graphs = np.array(rows)
    graphs.setflags(write=False)
    return graphs


def _perfect_order(joined: list[int]) -> list[tuple[int, int]] | None:
    """Each list with its neighbours already numbered, most of them first; None when the graph is not chordal."""
    left, numbered, steps = set(range(len(joined))), 0, []
    while left:
        one = max(left, key=lambda other: ((joined[other] & numbered).bit_count(), -other))
        before = joined[one] & numbered
        members = [other for other in range(len(joined)) if before >> other & 1]
        if any((before & ~(1 << other)) & ~joined[other] for other in members):
            return None
        steps.append((one, before))
        numbered |= 1 << one
        left.remove(one)
    return steps


_LISTS = Text(
    zh="共{k}份名单,图模型平均最多{most}份。请先合并相近的名单。",
    en="There are {k} lists; averaging over graphs takes {most} at most. Merge those that are alike first.",
)
