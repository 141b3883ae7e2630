"""Who finds made-up visits first: our order, isolation forests, rules and percent-match on the same simulated rounds.

    python benchmarks/suspicion.py [--seeds 8] [--first 0] [--visits 1000000]

200 workers with 100 visits each in 40 villages; a tenth of the workers make visits up, four ways (at a desk; carefully;
three visits in ten; by copying own earlier forms). Honest work differs too: hills, nursing homes, poor reception, phones
that send in batches, quick and slow people. Blend b: each measure of a made-up visit is replaced by an honest one with
probability b - somebody who knows the rules. Worker AUC and precision among the first 100 visits, means over the seeds.
Read the order of the methods, not the values: these worlds are easier than life. Then how many made-up visits 500
re-visits find, by a static order and by Thompson sampling, and the speed of the whole ranking over a million visits.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import duckdb
import numpy as np
from scipy import stats
from sklearn.ensemble import IsolationForest

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.estimate.budget import WorkerBelief, choose_visits  # noqa: E402
from jiandi.core.estimate.suspicion import rank_visits, rank_workers  # noqa: E402
from jiandi.core.estimate.suspicion_sql import FEATURES, VisitTable, read_visits  # noqa: E402

WORKERS, EACH, VILLAGES, ANSWERS = 200, 100, 40, 24
LOG = np.log
#: What the other methods look at: everything these worlds have but the pattern's number.
MEASURED = FEATURES[: FEATURES.index("pattern")]


class Round:
    """One simulated round: the visits as measured, the answers on their forms, and which are made up."""

    def __init__(self, seed: int, blend: float) -> None:
        dice = np.random.default_rng(seed)
        self.worker = np.repeat(np.arange(WORKERS), EACH)
        self.village = dice.integers(0, VILLAGES, WORKERS)[self.worker]
        style = np.zeros(WORKERS, dtype=int)
        style[dice.choice(WORKERS, WORKERS // 10, replace=False)] = 1 + np.arange(WORKERS // 10) % 4
        self.is_faker = style > 0
        kind, share = style[self.worker], np.array([0, 0.9, 0.85, 0.3, 0.6])
        self.false = dice.random(len(kind)) < share[kind]
        self.answers = self._answers(dice, kind, blend)
        honest, made_up = self._measures(dice, kind, made_up=False), self._measures(dice, kind, made_up=True)
        features = {}
        for name in FEATURES:
            if name in honest:
                taken = self.false & (dice.random(len(kind)) >= blend)
                features[name] = np.where(taken, made_up[name], honest[name])
        features["has_need"] = (self.answers[:, :8] > 0).any(axis=1).astype(float)
        features["n_needs"] = (self.answers[:, :8] > 0).sum(axis=1).astype(float)
        features["pattern"] = (self.answers[:, :12] @ 3 ** np.arange(12)).astype(float)
        missing = np.full(len(kind), np.nan)  # neither pictures nor forms' logs in these worlds
        features |= {name: missing for name in FEATURES if name not in features}
        self.table = VisitTable(np.arange(len(kind)), self.worker, self.village, features)

    def _answers(self, dice: np.random.Generator, kind: np.ndarray, blend: float) -> np.ndarray:
        """Answers 0, 1 or 2 to each question, honest or as each style makes them up."""
        ease = dice.normal(-0.9, 0.9, ANSWERS) + dice.normal(0, 0.35, (VILLAGES, ANSWERS))[self.village]
        frailty = np.abs(dice.normal(0.8, 0.4, ANSWERS)) * dice.normal(size=(len(kind), 1))
        chance = 1 / (1 + np.exp(-(ease + frailty)))
        answers = dice.binomial(2, chance)
        pale = dice.binomial(2, 1 / (1 + np.exp(-(ease - 0.5 + 0.5 * frailty))))
        desk = np.where(dice.random(answers.shape) < 0.82, 0, answers)
        made = np.select([kind[:, None] == 1, kind[:, None] == 4], [desk, answers], pale)
        swap = self.false[:, None] & (dice.random(answers.shape) >= blend)
        answers = np.where(swap, made, answers)
        for row in np.flatnonzero(self.false & (kind == 4)):  # copies an earlier form of one's own
            first = row - row % EACH
            if row > first:
                copied = dice.random(ANSWERS) < 0.9 * (1 - blend)
                answers[row] = np.where(copied, answers[dice.integers(first, row)], answers[row])
        return answers

    def _measures(
        self, dice: np.random.Generator, kind: np.ndarray, *, made_up: bool
    ) -> dict[str, np.ndarray]:
        """Times, places and small habits: honest, or as each style makes them up."""
        rows, each = len(kind), self.worker
        speed, hills = dice.normal(0, 0.22, WORKERS)[each], (dice.random(WORKERS) < 0.3)[each]
        home, weak = (dice.random(WORKERS) < 0.12)[each], (dice.random(WORKERS) < 0.15)[each]
        batch = (dice.random(WORKERS) < 0.2)[each] & (dice.random(rows) < 0.15)

        def by_style(*values: float) -> np.ndarray:
            return np.array((0.0, *values))[kind]

        if made_up:
            minutes = dice.normal(by_style(1.5, 2.45, 2.1, 2.3), by_style(0.35, 0.18, 0.35, 0.25) + 1e-9)
            metres = dice.normal(by_style(6.3, 3.2, 5.0, 3.8), by_style(0.8, 0.7, 1.1, 1.0) + 1e-9)
            gap = dice.normal(by_style(0.6, 1.9, 1.2, 1.7), by_style(0.6, 0.45, 0.6, 0.5) + 1e-9)
            chance = {
                "has_words": by_style(0.03, 0.07, 0.06, 0.1),
                "no_contact": by_style(0.01, 0.08, 0.03, 0.02),
                "has_unlisted": by_style(0.0, 0.01, 0.0, 0.02),
                "odd_hours": by_style(0.3, 0.02, 0.05, 0.03),
                "same_spot": by_style(0.7, 0.05, 0.15, 0.2),
                "same_minute": by_style(0.1, 0.0, 0.02, 0.01),
                "photo_again": by_style(0.2, 0.01, 0.05, 0.08),
                "overlaps": by_style(0.15, 0.01, 0.05, 0.03),
                "too_fast": by_style(0.2, 0.01, 0.06, 0.03),
            }
            hour = dice.normal(by_style(19, 13.5, 14.5, 14), by_style(2, 1.8, 2.4, 2.2) + 1e-9)
        else:
            minutes = 2.75 + speed + dice.normal(0, 0.35, rows) + np.where(batch, LOG(0.55), 0)
            metres = dice.normal(2.6 + 0.5 * hills + 0.6 * weak, 0.7)
            gap = np.where(
                home & (dice.random(rows) < 0.4),
                dice.normal(0.9, 0.5, rows),
                dice.normal(2.3 + 0.7 * hills, 0.7),
            )
            chance = {
                "has_words": np.full(rows, 0.28),
                "no_contact": np.full(rows, 0.18),
                "has_unlisted": np.full(rows, 0.04),
                "odd_hours": np.full(rows, 0.02),
                "same_spot": np.where(home, 0.3, 0.02),
                "same_minute": np.where(batch, 0.2, 0.002),
                "photo_again": np.full(rows, 0.003),
                "overlaps": np.where(batch, 0.2, 0.005),
                "too_fast": np.full(rows, 0.008),
            }
            hour = dice.normal(13.5, 2.8, rows)
        said = {name: (dice.random(rows) < share).astype(float) for name, share in chance.items()}
        people = 1 + dice.poisson(1.6 if not made_up else 1.4, rows)
        return {
            "log_minutes": minutes,
            "log_metres": metres,
            "log_gap": gap,
            "hour": hour,
            "n_people": people.astype(float),
            **said,
        }


def ours(one: Round) -> tuple[np.ndarray, np.ndarray]:
    """Score per visit and per worker as the engine ranks them."""
    workers = rank_workers(one.table, seed=1)
    ids, score = rank_visits(one.table, workers)
    visits = np.zeros(len(one.false))
    visits[ids] = score
    return visits, np.array([{w.officer_id: w.score or 0.0 for w in workers}[n] for n in range(WORKERS)])


def percent_match(one: Round) -> np.ndarray:
    """The largest share of equal answers with another visit of the same worker (Kuriakose and Robbins 2016)."""
    score = np.zeros(len(one.false))
    for worker in range(WORKERS):
        own = one.answers[worker * EACH : (worker + 1) * EACH]
        same = (own[:, None, :] == own[None, :, :]).mean(axis=2)
        np.fill_diagonal(same, 0)
        score[worker * EACH : (worker + 1) * EACH] = same.max(axis=1)
    return score


def rules(one: Round) -> np.ndarray:
    """How many of eight plain rules fire."""
    f = one.table.features
    fired = [f["log_minutes"] < LOG(6), f["log_metres"] > LOG(300), f["log_gap"] < LOG(2)]
    fired += [f[name] > 0 for name in ("overlaps", "too_fast", "same_spot", "odd_hours", "photo_again")]
    return np.sum(fired, axis=0) + 1e-6 * np.random.default_rng(1).random(len(one.false))


def _measured_by_visit(one: Round) -> np.ndarray:
    columns = [one.table.features[name] for name in MEASURED]
    return np.column_stack([column for column in columns if not np.isnan(column).all()])


def forest_on_visits(one: Round) -> np.ndarray:
    """Isolation forest (Liu, Ting and Zhou 2008) on single visits."""
    measured = _measured_by_visit(one)
    forest = IsolationForest(n_estimators=300, max_samples=512, random_state=0).fit(measured)
    return -forest.score_samples(measured)


def forest_on_workers(one: Round) -> np.ndarray:
    """Isolation forest on each worker's means and spreads, without directions or villages."""
    measured = _measured_by_visit(one)
    each = measured.reshape(WORKERS, EACH, -1)
    aggregates = np.hstack([each.mean(axis=1), each.std(axis=1)])
    scale = stats.median_abs_deviation(aggregates, axis=0) + 1e-9
    scaled = np.clip((aggregates - np.median(aggregates, axis=0)) / scale, -8, 8)
    score = -IsolationForest(n_estimators=300, random_state=0).fit(scaled).score_samples(scaled)
    return score[one.worker]


BASELINES: dict[str, Callable[[Round], np.ndarray]] = {
    "percent-match, own visits": percent_match,
    "count of eight rules": rules,
    "isolation forest, visits": forest_on_visits,
    "isolation forest, workers": forest_on_workers,
}


def auc(score: np.ndarray, positive: np.ndarray) -> float:
    """Chance that a positive scores above a negative."""
    ranks, n = stats.rankdata(score), int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / n / (len(score) - n))


def compare(seeds: range) -> None:
    """Print worker AUC and precision of every method at every blend."""
    table: dict[str, list[str]] = {}
    for blend in (0.0, 0.65, 0.8):
        told: dict[str, list[tuple[float, float]]] = {}
        for one in (Round(seed, blend) for seed in seeds):
            visits, workers = ours(one)
            told.setdefault("ours: worker order, then visits", []).append(_measured(one, visits, workers))
            for name, method in BASELINES.items():
                score = method(one)
                mean = score.reshape(WORKERS, EACH).mean(axis=1)
                told.setdefault(name, []).append(_measured(one, score, mean))
        best = np.array([pair[0] for pair in told["ours: worker order, then visits"]])
        for name, pairs in told.items():
            table.setdefault(name, []).extend(f"{value:.3f}" for value in np.mean(pairs, axis=0))
            if name not in BASELINES:
                continue
            behind = best - np.array([pair[0] for pair in pairs])
            told_apart = f"ahead by {behind.mean():+.3f} +- {behind.std() / len(behind) ** 0.5:.3f}"
            print(
                f"b={blend}: workers, against {name}: {told_apart}, in {int((behind > 0).sum())} of {len(behind)}"
            )
    print("| method | " + " | ".join(f"worker AUC b={b} | P@100 b={b}" for b in (0, 0.65, 0.8)) + " |")
    print("|---" * 7 + "|")
    for name, cells in table.items():
        print(f"| {name} | " + " | ".join(cells) + " |")


def _measured(one: Round, visits: np.ndarray, workers: np.ndarray) -> tuple[float, float]:
    first = np.argsort(-visits, kind="stable")[:100]
    return auc(workers, one.is_faker), float(one.false[first].mean())


def budget(seeds: range) -> None:
    """Print how many false visits 500 targeted re-visits find in five rounds of 100."""
    print("\n| blend | static order | Thompson sampling | by chance |\n|---|---|---|---|")
    for blend in (0.0, 0.65, 0.8):
        static, learning, chance = [], [], []
        for seed in seeds:
            one = Round(seed, blend)
            visits, _ = ours(one)
            workers = rank_workers(one.table, seed=1)
            place = {w.officer_id: (w.rank - 1) / WORKERS for w in workers if w.rank is not None}
            order = np.argsort(-visits, kind="stable")
            static.append(one.false[order[:500]].sum())
            learning.append(_learn(one, order, place, seed))
            chance.append(500 * one.false.mean())
        print(f"| {blend} | {np.mean(static):.0f} | {np.mean(learning):.0f} | {np.mean(chance):.0f} |")


def _learn(one: Round, order: np.ndarray, place: dict[int, float], seed: int) -> int:
    left: dict[int, list[int]] = {worker: [] for worker in range(WORKERS)}
    for visit in order.tolist():
        left[int(one.worker[visit])].append(visit)
    tally = {worker: [0, 0] for worker in range(WORKERS)}
    for turn in range(5):
        beliefs = [WorkerBelief(w, place.get(w), *tally[w]) for w in range(WORKERS)]
        for visit in choose_visits(beliefs, left, 100, seed=100 * seed + turn):
            worker = int(one.worker[visit])
            left[worker].remove(visit)
            tally[worker][0 if one.false[visit] else 1] += 1
    return sum(false for false, _ in tally.values())


def speed(count: int) -> None:
    """Measure the ranking of many visits from rows in DuckDB, each with a log and six in ten with a picture; what it waited for."""
    with duckdb.connect() as con:
        con.execute("SELECT setseed(0.5)")
        con.execute(f"""
            CREATE TABLE visits AS SELECT i AS visit_id, i AS dwelling_id, (i // 100) % 2000 AS village,
              i // 100 AS officer_id, TIMESTAMP '2026-11-03 08:00:00' + INTERVAL (((i % 100) // 10) * 1440
              + (i % 10) * 40 + (random() * 20)::INT) MINUTE AS started_at, NULL::TIMESTAMP AS ended_at,
              CASE WHEN random() < 0.8 THEN 'met' ELSE 'no_contact' END AS result, 'no' AS outbuildings,
              34 + random() AS lat, 116 + random() AS lon, 'p' || i AS photo_sha FROM range({count}) r(i)""")
        con.execute("UPDATE visits SET ended_at = started_at + INTERVAL (5 + (random() * 20)::INT) MINUTE")
        con.execute("""
            CREATE TABLE sightings AS SELECT visit_id, visit_id AS person_id, 'seen' AS present, random() < 0.5 AS alone,
              'yes' AS own_id, 'none' AS danger, CASE WHEN random() < 0.3 THEN 'food' ELSE '' END AS need,
              CASE WHEN random() < 0.3 THEN 'x' ELSE '' END AS words FROM visits WHERE result = 'met'""")
        con.execute("""
            CREATE TABLE logs AS SELECT visit_id, 1.8 + random() AS seconds, 1 + random() / 4 AS spread,
              random() / 5 AS edits, random() / 5 AS returns, (random() * 2)::INT AS jumps, random() / 3 AS away,
              (random() * 1.1)::INT AS resumes, (random() * 1.3)::INT AS errors, lat, lon, 0 AS is_mocked FROM visits""")
        con.execute("""
            CREATE TABLE pictures AS SELECT visit_id, dwelling_id AS door, officer_id, photo_sha AS file,
              (hash(visit_id, 1) >> 1)::BIGINT AS picture, (hash(visit_id, 2) >> 1)::BIGINT AS mirrored
            FROM visits WHERE visit_id % 10 < 6""")
        start, worked, before = time.perf_counter(), time.process_time(), getrusage(RUSAGE_SELF)
        table = read_visits(con)
        read = time.perf_counter() - start
        workers = rank_workers(table, seed=1)
        rank_visits(table, workers)
    whole, cpu, after = time.perf_counter() - start, time.process_time() - worked, getrusage(RUSAGE_SELF)
    waits = {
        "sent away by other work": after.ru_nivcsw - before.ru_nivcsw,
        "pages read from disk": after.ru_majflt - before.ru_majflt,
        "blocks read": after.ru_inblock - before.ru_inblock,
    }
    told = f"{read:.1f} s to measure, {whole:.1f} s in all ({cpu:.1f} s of processor)"
    print(f"\n{count:,} visits of {len(workers):,} workers: {told}")
    print(
        ", ".join(f"{name} {times:,}" for name, times in waits.items()), f"at load {os.getloadavg()[0]:.0f}"
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=8, help="rounds simulated per blend (8), 0 to skip")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--visits", type=int, default=1_000_000, help="visits ranked for speed, 0 to skip")
    given = parser.parse_args()
    if given.seeds:
        seeds = range(given.first, given.first + given.seeds)
        compare(seeds)
        budget(seeds)
    if given.visits:
        speed(given.visits)


if __name__ == "__main__":
    main()
