"""Where to re-visit first: workers whose visits differ from their colleagues' in the ways made-up visits do.

A ranking, not a rate and never a verdict: what it says is "flagged for re-visit: 3 indicators"; nothing follows without
a re-visit and the worker's reply. Worker averages, their spread and rule rates -> robust z within the village ->
isolation forest and the mean of the indicators, ranks averaged. Spread counts both ways: who makes up every visit is
too even, who mixes made-up with real ones too uneven; with that the order holds against workers who know the rules.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn import config_context
from sklearn.ensemble import IsolationForest

from jiandi.core.estimate.indicators import INDICATORS, Indicator
from jiandi.core.estimate.suspicion_sql import VisitTable
from jiandi.core.values import Text

#: Fewer visits say too little about a worker; fewer workers leave nobody to compare with.
MIN_VISITS, MIN_WORKERS = 20, 8
#: An indicator is mentioned from 2.5 robust standard deviations on, a worker flagged from two mentions on. In simulated
#: worlds of 200 workers this flagged 8% of the honest and 75 to 98% of those who make visits up; the true rate of a
#: county comes from its own random re-visits alone (see `audits`).
MENTIONED_FROM, FLAGGED_FROM = 2.5, 2
#: A village gives the yardstick when at least so many workers visited there, else all workers do.
_PEERS_IN_VILLAGE = 3
_TREES = 300
#: How far one indicator may pull the mean, in robust standard deviations towards the harmless and the other side.
_CUT = (-1.0, 2.0)
#: Of fewer visits an indicator is not known for a worker: not every visit has a log, a picture or a position.
_LEAST_KNOWN = 5
_MEANS = ("mean", "low_mean", "either")
_IS_TWO_SIDED = np.array([indicator.kind in ("spread", "either") for indicator in INDICATORS])
#: The median of |z| of a normal worker, taken off so that indicators unusual both ways are centred like the others.
_CENTRE = np.where(_IS_TWO_SIDED, 0.67, 0.0)


@dataclass(frozen=True, slots=True)
class Mention:
    """One indicator in which a worker stands out: its name, by how many robust standard deviations, in words."""

    name: str
    z: float
    text: Text


@dataclass(frozen=True, slots=True)
class WorkerSuspicion:
    """How a worker's visits compare: `rank` 1 is to be re-visited first; None when too little is known.

    `score` is a mean of two percentile ranks (0..1) and has no meaning but the order.
    """

    officer_id: int
    n_visits: int
    rank: int | None
    score: float | None
    mentions: tuple[Mention, ...]
    text: Text

    @property
    def is_flagged(self) -> bool:
        """Whether enough indicators stand out to ask for a re-visit; a question, not a finding."""
        return len(self.mentions) >= FLAGGED_FROM


def rank_workers(
    table: VisitTable, *, seed: int, min_visits: int = MIN_VISITS, retired: Collection[str] = ()
) -> list[WorkerSuspicion]:
    """Order the workers by how unlike their colleagues' their visits are, most unlike first; unranked ones last.

    `retired` indicators, which random re-visits showed to point at too many honest visits, neither count nor are
    mentioned. The same seed gives the same order.
    """
    officers, worker = np.unique(table.officer_id, return_inverse=True)
    counts = np.bincount(worker, minlength=len(officers))
    ranked = counts >= min_visits
    if ranked.sum() < MIN_WORKERS:
        return [_unranked(int(o), int(n), min_visits) for o, n in zip(officers, counts, strict=True)]
    own, peers = _aggregates(table, worker, len(officers), ranked)
    z = _robust_z(own - peers, ranked)
    z[:, [indicator.name in retired for indicator in INDICATORS]] = np.nan
    score = _scores(z[ranked], seed)
    order = {
        int(row): place for place, row in enumerate(np.flatnonzero(ranked)[np.argsort(-score, kind="stable")])
    }
    scores = dict(zip(np.flatnonzero(ranked).tolist(), score.tolist(), strict=True))
    rows = []
    for row in sorted(range(len(officers)), key=lambda r: order.get(r, len(officers))):
        officer, visits = int(officers[row]), int(counts[row])
        if row not in order:
            rows.append(_unranked(officer, visits, min_visits))
            continue
        mentions = _mentions(z[row], own[row], peers[row])
        rows.append(
            WorkerSuspicion(officer, visits, order[row] + 1, scores[row], mentions, _flagged(len(mentions)))
        )
    return rows


def rank_visits(table: VisitTable, workers: list[WorkerSuspicion]) -> tuple[np.ndarray, np.ndarray]:
    """The visits to repeat first: ids and scores, highest first; 0.7 the worker's rank, 0.3 the visit's own."""
    by_officer = {one.officer_id: one.score or 0.0 for one in workers}
    officers, worker = np.unique(table.officer_id, return_inverse=True)
    from_worker = np.array([by_officer.get(int(officer), 0.0) for officer in officers])[worker]
    unusual = np.zeros(len(table.visit_id))
    for indicator in INDICATORS:
        if indicator.kind in ("mean", "low_mean"):
            values = table.features[indicator.feature] * _direction(indicator)
            unusual += np.nan_to_num(np.clip(_standard(values, indicator.least), -2, 4))
    score = 0.7 * from_worker + 0.3 * stats.rankdata(unusual) / max(1, len(unusual))
    order = np.argsort(-score, kind="stable")
    return table.visit_id[order], score[order]


def _scores(z: np.ndarray, seed: int) -> np.ndarray:
    """Mean of two percentile ranks: the isolation forest's and the mean indicator's.

    Both look one way only: a forest that also sees the other end takes the slowest and most thorough for strange. The mean
    is cut at -1 and 2: many small steps in one direction say more than one large one, which may be a mountain, and they
    are what is left of the visits made up by somebody who knows the rules. (benchmarks/suspicion.py)

    What is not known of a worker is left out of their mean and stands at everybody's middle in the forest.
    """
    known = (np.nan_to_num(z) != 0).any(axis=0)
    pointing = _strength(z)
    measured = np.maximum(np.nan_to_num(pointing[:, known] if known.any() else pointing), 0)
    # What goes in is clipped and complete, so that no tree needs to look it over again.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        forest = IsolationForest(n_estimators=_TREES, random_state=seed).fit(measured)
        unusual = stats.rankdata(-forest.score_samples(measured))
    pointing = np.clip(pointing - _CENTRE, *_CUT)
    told = (~np.isnan(pointing)).sum(axis=1)
    directed = stats.rankdata(np.nansum(pointing, axis=1) / np.maximum(told, 1))
    return (unusual + directed) / (2 * len(z))


def _strength(z: np.ndarray) -> np.ndarray:
    """How far each indicator points to a re-visit: as it is, but an unusual spread, for one, counts both ways."""
    return np.where(_IS_TWO_SIDED, np.abs(z), z)


def _aggregates(
    table: VisitTable, worker: np.ndarray, workers: int, ranked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each worker's aggregate of each indicator and what colleagues have, shape (workers, indicators)."""
    own = np.full((workers, len(INDICATORS)), np.nan)
    peers = np.full_like(own, np.nan)
    for column, indicator in enumerate(INDICATORS):
        values = table.features[indicator.feature]
        if indicator.kind in _MEANS:
            own[:, column], peers[:, column] = _means(values, worker, table.village, workers)
            continue
        aggregate = _spread if indicator.kind == "spread" else _top_share
        own[:, column] = aggregate(values, worker, workers)
        peers[:, column] = _median(own[ranked, column])
    return own, peers


def _means(
    values: np.ndarray, worker: np.ndarray, village: np.ndarray, workers: int
) -> tuple[np.ndarray, np.ndarray]:
    """Each worker's mean, and the mean expected of colleagues in the same villages in the same shares.

    A village's yardstick is the median of its workers' means, so one worker cannot move it.
    """
    known = ~np.isnan(values)
    if not known.any():
        return np.full(workers, np.nan), np.full(workers, np.nan)
    places, place = np.unique(village, return_inverse=True)
    pairs, pair = np.unique(worker[known].astype(np.int64) * len(places) + place[known], return_inverse=True)
    visits = np.bincount(pair)
    means = np.bincount(pair, weights=values[known]) / visits
    pair_worker, pair_place = pairs // len(places), pairs % len(places)
    per_worker = np.bincount(pair_worker, weights=visits, minlength=workers)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.bincount(pair_worker, weights=means * visits, minlength=workers) / per_worker
        yardstick = np.full(len(places), _median(own))
        for one in np.flatnonzero(np.bincount(pair_place, minlength=len(places)) >= _PEERS_IN_VILLAGE):
            yardstick[one] = np.median(means[pair_place == one])
        expected = (
            np.bincount(pair_worker, weights=yardstick[pair_place] * visits, minlength=workers) / per_worker
        )
    return np.where(per_worker >= _LEAST_KNOWN, own, np.nan), expected


def _spread(values: np.ndarray, worker: np.ndarray, workers: int) -> np.ndarray:
    known = ~np.isnan(values)
    count = np.bincount(worker[known], minlength=workers)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(worker[known], weights=values[known], minlength=workers) / count
        off = (values[known] - mean[worker[known]]) ** 2
        spread = np.sqrt(np.bincount(worker[known], weights=off, minlength=workers) / (count - 1))
    return np.where(count >= _LEAST_KNOWN, spread, np.nan)


def _top_share(values: np.ndarray, worker: np.ndarray, workers: int) -> np.ndarray:
    """How large a share of a worker's visits carries the worker's commonest set of answers."""
    known = ~np.isnan(values)
    count = np.bincount(worker[known], minlength=workers)
    if not known.any():
        return np.full(workers, np.nan)
    _, code = np.unique(values[known], return_inverse=True)
    pairs, times = np.unique(worker[known].astype(np.int64) * (code.max() + 1) + code, return_counts=True)
    top = np.zeros(workers)
    np.maximum.at(top, pairs // (code.max() + 1), times)
    return np.where(count >= _LEAST_KNOWN, top / np.maximum(count, 1), np.nan)


def _robust_z(difference: np.ndarray, ranked: np.ndarray) -> np.ndarray:
    """Directed robust z of each worker's difference from colleagues, clipped to -5..5; NaN where nothing is known."""
    z = np.full_like(difference, np.nan)
    for column, indicator in enumerate(INDICATORS):
        values = difference[:, column] * _direction(indicator)
        known = ranked & ~np.isnan(values)
        if known.sum() < MIN_WORKERS:
            continue
        center = np.median(values[known])
        scale = max(1.4826 * float(np.median(np.abs(values[known] - center))), indicator.least / 2)
        z[:, column] = np.clip((values - center) / scale, -5, 5)
    return z


def _standard(values: np.ndarray, least: float) -> np.ndarray:
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros_like(values)
    center = np.median(known)
    scale = max(1.4826 * float(np.median(np.abs(known - center))), float(known.std()) / 2, least)
    return (values - center) / scale


def _median(values: np.ndarray) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else math.nan


def _direction(indicator: Indicator) -> float:
    return -1.0 if indicator.kind == "low_mean" else 1.0


def _mentions(z: np.ndarray, own: np.ndarray, peers: np.ndarray) -> tuple[Mention, ...]:
    found = []
    z = _strength(z)
    for column in np.argsort(-z, kind="stable"):
        indicator = INDICATORS[column]
        if z[column] >= MENTIONED_FROM and abs(own[column] - peers[column]) >= indicator.least:
            text = indicator.text
            shown = [_shown(indicator, float(value)) for value in (own[column], peers[column])]
            said = Text(
                zh=text.zh.format(own=shown[0].zh, peers=shown[1].zh),
                en=text.en.format(own=shown[0].en, peers=shown[1].en),
            )
            found.append(Mention(indicator.name, round(float(z[column]), 2), said))
    return tuple(found)


def _shown(indicator: Indicator, value: float) -> Text:
    if indicator.shown_as == "minutes":
        return Text(zh=f"{math.exp(value):.1f}分钟", en=f"{math.exp(value):.1f} min")
    if indicator.shown_as == "seconds":
        return Text(zh=f"{math.exp(value):.1f}秒", en=f"{math.exp(value):.1f} s")
    if indicator.shown_as == "times":
        return Text(zh=f"每次{value:.1f}回", en=f"{value:.1f} per visit")
    if indicator.shown_as == "metres":
        return Text(zh=f"{math.exp(value):.0f}米", en=f"{math.exp(value):.0f} m")
    if indicator.shown_as == "percent":
        return Text(zh=f"{100 * value:.1f}%", en=f"{100 * value:.1f}%")
    return Text(zh=f"离散度{value:.2f}", en=f"spread {value:.2f}")


def _flagged(mentions: int) -> Text:
    if mentions >= FLAGGED_FROM:
        return Text(zh=f"提请复核:{mentions}项指标", en=f"flagged for re-visit: {mentions} indicators")
    if mentions:
        return Text(zh="仅1项指标突出,不提请复核", en="one indicator stands out, not flagged")
    return Text(zh="没有突出的指标", en="no indicator stands out")


def _unranked(officer_id: int, visits: int, min_visits: int) -> WorkerSuspicion:
    text = Text(
        zh=f"走访{visits}次,样本或同行太少,不作比较(至少{min_visits}次、{MIN_WORKERS}名同行)",
        en=f"{visits} visits: too few visits or colleagues to compare (at least {min_visits} and {MIN_WORKERS})",
    )
    return WorkerSuspicion(officer_id, visits, None, None, (), text)
