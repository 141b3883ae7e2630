"""Two lists and what is known of each person: the cure for differing visibility, where it is known what makes the difference.

Das, Kennedy and Jewell (2023), "Doubly robust capture-recapture methods for estimating population size", JASA 118: two
lists independent among people of equal covariates; cross-fitted chances of being on each list and on both.
"""

from __future__ import annotations

import math

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from jiandi.core.estimate.mse.lead import NORMAL_95, Lead
from jiandi.core.values import Refused, Text

#: Below this many people the estimate swings too widely to be shown.
MIN_PEOPLE, MIN_BOTH = 500, 30
#: A chance of being on both lists below this counts as this: one rare person must not carry the estimate.
LEAST_BOTH = 0.01
FOLDS = 5


def doubly_robust(first: np.ndarray, second: np.ndarray, covariates: np.ndarray, *, seed: int = 1) -> Lead:
    """Estimate people in all from two lists and covariates.

    `first`, `second`: booleans (n,), each person on one list or both; `covariates`: numbers (n, p), known for all.
    Refuses fewer than 500 people or 30 on both lists.
    """
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    people, both = len(first), int((first & second).sum())
    if people < MIN_PEOPLE or both < MIN_BOTH:
        raise Refused("mse.covariates_few", _FEW.filled(n=people, m=both))
    if not (first | second).all():
        raise ValueError("everybody must be on one list or both")
    on_first, on_second, on_both = _chances(first, second, np.asarray(covariates, dtype=float), seed)
    weight = on_first * on_second / on_both
    each = weight * (first / on_first + second / on_second - (first & second) / on_both)
    inverse = float(each.mean())  # people in all per person seen
    spread = math.sqrt(people * float(each.var()) + people * max(0.0, inverse * (inverse - 1)))
    total = people * inverse
    low = max(float(people), total - NORMAL_95 * spread)
    return Lead("doubly_robust", total, low, total + NORMAL_95 * spread, people)


def _chances(
    first: np.ndarray, second: np.ndarray, covariates: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Chances of being on each list and on both, for people seen, each from a model fitted to other people."""
    pattern = np.where(first & second, 2, np.where(second, 1, 0))
    chance = np.zeros((len(pattern), 3))
    for fitted, held in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(covariates, pattern):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        model.fit(covariates[fitted], pattern[fitted])
        columns = model.named_steps["logisticregression"].classes_
        chance[np.ix_(held, columns)] = model.predict_proba(covariates[held])
    both = np.maximum(chance[:, 2], LEAST_BOTH)
    return np.minimum(1.0, chance[:, 0] + both), np.minimum(1.0, chance[:, 1] + both), both


_FEW = Text(
    zh="两份名单共{n}人、重合{m}人:带协变量的估计至少要500人、重合30人,否则数字摆动太大。",
    en="The two lists hold {n} people, {m} of them on both: with covariates at least 500 and 30 are needed, or the"
    " number swings too widely.",
)
