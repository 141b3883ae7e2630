"""Log-linear Poisson models of a pattern table, many tables and models at once.

Cell w holds N_w ~ Poisson(mu_w) people, log mu_w = sum of alpha_theta over the terms theta within w; the people on no
list are exp(alpha_0) (Fienberg 1972; Cormack 1989). A model is the set of its terms of two lists or more, as bitmasks;
the constant and every single list are always in. Where nobody is on all lists of a term, its coefficient is minus
infinity: the term goes and so does every cell that holds it (Chan, Silverman and Vincent 2021).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import stats
from scipy.optimize import brentq, linprog
from scipy.special import gammaln

from jiandi.core.estimate.mse.lead import Lead
from jiandi.core.estimate.mse.tables import PatternTable, at_least, contains

Model = frozenset[int]
INDEPENDENT: Model = frozenset()
_REACH, _ROUNDS, _CLOSE, _CHUNK = 30.0, 60, 1e-10, 1024


@dataclass(frozen=True, slots=True)
class Fits:
    """Fitted models, one per row: `unseen` (B,) people, `fitted` (B, 2**t) means with cell 0 at zero, `bic` (B,)."""

    unseen: np.ndarray
    fitted: np.ndarray
    bic: np.ndarray


def fit_many(counts: np.ndarray, models: Sequence[Model], *, near: np.ndarray | None = None) -> Fits:
    """Fit model b to the table in row b of `counts`, shape (B, 2**t); one row serves all models.

    Iteratively reweighted least squares from mu = n + 0.1, or from the means `near` (2**t,) of a like model; each row
    stops by itself, so a fit never depends on its neighbours. BIC = -2 log-likelihood + log(people seen) * terms, terms at minus infinity counted.
    """
    parts = []
    for start in range(0, len(models), _CHUNK):
        chosen = models[start : start + _CHUNK]
        rows = counts[start : start + _CHUNK] if len(counts) > 1 else np.repeat(counts, len(chosen), axis=0)
        parts.append(_fit_chunk(rows, chosen, near))
    return Fits(*(np.concatenate([getattr(part, name) for part in parts]) for name in Fits.__slots__))


def _terms(width: int, model: Model) -> list[int]:
    """The constant, every single list, then the model's own terms: the columns of its design."""
    return [0, *(1 << i for i in range(width)), *sorted(model)]


def _fit_chunk(counts: np.ndarray, models: Sequence[Model], near: np.ndarray | None) -> Fits:
    width = counts.shape[1].bit_length() - 1
    terms = _terms(width, frozenset().union(*models))
    within = contains(width)[1:, terms].astype(float)
    present = np.array([[t.bit_count() < 2 or t in model for t in terms] for model in models])
    empty = present & (at_least(counts)[:, terms] == 0)
    empty[:, 0] = False
    kept = ((empty.astype(float) @ within.T) == 0).astype(float)
    seen = counts[:, 1:]
    start = seen + 0.1 if near is None else np.repeat(np.maximum(near[None, 1:], 1e-6), len(seen), axis=0)
    constant, means = _solve(seen, within, present & ~empty, kept, start)
    logs = np.where(kept > 0, seen * np.log(np.maximum(means, 1e-300)) - means - gammaln(seen + 1), 0.0)
    bic = -2 * logs.sum(axis=1) + np.log(np.maximum(seen.sum(axis=1), 1)) * present.sum(axis=1)
    fitted = np.zeros(counts.shape)
    fitted[:, 1:] = means * kept
    return Fits(np.exp(np.clip(constant, -_REACH, _REACH)), fitted, bic)


def _solve(
    seen: np.ndarray, within: np.ndarray, finite: np.ndarray, kept: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the constants (B,) and the means (B, cells) at the maximum of each row's likelihood."""
    terms = within.shape[1]
    upper, lower = np.triu_indices(terms)
    products = within[:, upper] * within[:, lower]
    constant, means = np.zeros(len(seen)), start.copy()
    logs, deviance = np.log(means), np.full(len(seen), np.inf)
    left = np.arange(len(seen))
    for _ in range(_ROUNDS):
        mu, use, rows = means[left], finite[left], seen[left]
        weight = mu * kept[left]
        matrix = np.empty((len(left), terms, terms))
        matrix[:, upper, lower] = matrix[:, lower, upper] = weight @ products
        matrix *= use[:, :, None] & use[:, None, :]
        matrix += np.eye(terms) * ~use[:, None, :]
        right = ((weight * logs[left] + (rows - mu) * kept[left]) @ within) * use
        coefficients = _solve_rows(matrix, right)
        logs[left] = np.clip(coefficients @ within.T, -_REACH, _REACH)
        means[left] = mu = np.exp(logs[left])
        constant[left] = coefficients[:, 0]
        parts = np.where(rows > 0, rows * (np.log(np.maximum(rows, 1)) - logs[left]), 0.0) - (rows - mu)
        now = 2 * (parts * kept[left]).sum(axis=1)
        moving = np.abs(now - deviance[left]) >= _CLOSE * (np.abs(now) + 0.1)
        deviance[left] = now
        left = left[moving]
        if not len(left):
            break
    return constant, means


def _solve_rows(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:  # some model of the batch is not identifiable; it is never chosen
        ridge = 1e-10 * np.trace(matrix, axis1=1, axis2=2)[:, None, None] * np.eye(matrix.shape[1])
        return np.linalg.solve(matrix + ridge, right[:, :, None])[:, :, 0]


@dataclass(frozen=True, slots=True)
class Estimability:
    """Whether the data can tell a model's coefficients: a (extended) maximum exists, and only one set attains it."""

    exists: bool
    identifiable: bool

    @property
    def holds(self) -> bool:
        """Whether both hold."""
        return self.exists and self.identifiable


def support_of(counts: np.ndarray) -> int:
    """Which cells hold anybody, as one whole number: bit c is set for cell c."""
    return sum(1 << int(cell) for cell in np.flatnonzero(counts) if cell)


@lru_cache(maxsize=200_000)
def estimability(width: int, model: Model, support: int) -> Estimability:
    """Say whether a model can be estimated from tables whose occupied cells are `support`.

    Linear programme of Fienberg and Rinaldo (2012): the largest s with A'x = A'n and x >= s; s = 0 means no maximum.
    It depends on which cells are occupied, not on how many people they hold.
    """
    cells = np.array([bool(support >> cell & 1) for cell in range(2**width)], dtype=float)
    together = at_least(cells)
    terms = _terms(width, model)
    finite = [term for term in terms if term == 0 or together[term] > 0]
    lost = [term for term in terms if term and together[term] == 0]
    kept = np.array([cell for cell in range(1, 2**width) if not any(cell & term == term for term in lost)])
    design = contains(width)[kept][:, finite].astype(float)
    people, gram = cells[kept], design.T @ design
    identifiable = bool(np.linalg.eigvalsh(gram)[0] > 1e-8)
    if people.all() or (identifiable and _is_matched(design, gram, people)):
        return Estimability(True, identifiable)
    return Estimability(_has_interior(design, people), identifiable)


def _is_matched(design: np.ndarray, gram: np.ndarray, people: np.ndarray) -> bool:
    """Whether fitted means prove that the maximum exists: strictly positive and, once corrected, with the data's sums."""
    finite = np.ones((1, design.shape[1]), dtype=bool)
    row = people[None, :]
    _, means = _solve(row, design, finite, np.ones_like(row), row + 0.1)
    short = design.T @ (people - means[0])
    return bool((means[0] + design @ np.linalg.solve(gram, short)).min() > 1e-7)


def _has_interior(design: np.ndarray, people: np.ndarray) -> bool:
    """Whether some x > 0 has the same sums over the terms as the people counted: the linear programme itself."""
    rows = len(people)
    found = linprog(
        np.r_[np.zeros(rows), -1.0],
        A_ub=np.hstack([-np.eye(rows), np.ones((rows, 1))]),
        b_ub=np.zeros(rows),
        A_eq=np.hstack([design.T, np.zeros((design.shape[1], 1))]),
        b_eq=design.T @ people,
        method="highs",
    )
    return bool(found.status == 0 and -found.fun > 1e-9)


def estimate_independent(counts: np.ndarray) -> np.ndarray:
    """People in all if lists were independent, per row of `counts` (B, 2**t); infinite where no maximum exists."""
    width = counts.shape[1].bit_length() - 1
    fits = fit_many(counts, [INDEPENDENT] * len(counts))
    holds = [estimability(width, INDEPENDENT, support_of(row)).holds for row in counts]
    return np.where(holds, counts.sum(axis=1) + fits.unseen, np.inf)


def independence_lead(table: PatternTable) -> Lead:
    """Estimate as if the lists were independent, with a profile-likelihood interval."""
    return model_lead(table, INDEPENDENT, method="independence")


def model_lead(table: PatternTable, model: Model, *, method: str, level: int = 95) -> Lead:
    """Estimate by one model laid down beforehand, with its profile-likelihood interval (Cormack 1992).

    `unseen` people are put into cell 0 and the multinomial likelihood is maximised over the rest.
    """
    unseen = float(fit_many(table.array[None, :], [model]).unseen[0])
    profile = _profile(table, model)
    best = max(profile(max(unseen - half, 1e-3)) for half in (0.0, 0.25, 0.5))
    drop = float(stats.chi2.ppf(level / 100, 1)) / 2

    def short(people: float) -> float:
        return best - profile(people) - drop

    low = brentq(short, 1e-3, unseen) if unseen > 1e-3 and short(1e-3) > 0 > short(unseen) else 0.0
    far = 2 * unseen + 10
    while short(far) < 0 and far < 1e9:
        far *= 2
    high = brentq(short, max(unseen, 1e-3), far) if short(far) > 0 else float("inf")
    return Lead(method, table.seen + unseen, table.seen + low, table.seen + high, table.seen, level)


def _profile(table: PatternTable, model: Model) -> Callable[[float], float]:
    """Return the log-likelihood (up to a constant) of so many unseen people, under a model of all 2**t cells."""
    width, together = table.width, at_least(table.array)
    terms = _terms(width, model)
    lost = [term for term in terms if term and together[term] == 0]
    kept = (~contains(width)[:, lost].any(axis=1)).astype(float)[None, :]
    within = contains(width)[:, terms].astype(float)
    finite = np.array([[term not in lost for term in terms]])

    def likelihood(unseen: float) -> float:
        cells = table.array[None, :].copy()
        cells[0, 0] = unseen
        _, means = _solve(cells, within, finite, kept, cells + 0.1)
        share = means * kept / (means * kept).sum()
        rows = np.where(kept > 0, cells * np.log(np.maximum(share, 1e-300)), 0.0)
        return float(gammaln(cells.sum() + 1) - gammaln(unseen + 1) + rows.sum())

    return likelihood
