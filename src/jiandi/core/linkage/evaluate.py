"""How right a linkage was, measured against a truth that the linkage never saw."""

from __future__ import annotations

from typing import Any

import duckdb
from scipy import stats

from jiandi.core.estimate.audits import clopper_pearson


def exact_share(good: int, all_: int, level: float = 0.95) -> dict[str, float | None]:
    """Return a share with its exact (Clopper-Pearson) interval."""
    if not all_:
        return {"value": None, "low": None, "high": None}
    rate = clopper_pearson(good, all_, confidence=level)
    return {"value": rate.value, "low": rate.low, "high": rate.high}


def _count(found: int, level: float = 0.95) -> dict[str, float]:
    """Return a count of rare errors with its exact Poisson interval."""
    tail = (1 - level) / 2
    low = stats.chi2.ppf(tail, 2 * found) / 2 if found else 0.0
    return {"value": found, "low": float(low), "high": float(stats.chi2.ppf(1 - tail, 2 * found + 2) / 2)}


_COUNTS = """
  select coalesce(sum(n * (n - 1) // 2), 0) as true_pairs,
    (select coalesce(sum(n * (n - 1) // 2), 0) from (select sum(n) as n from ev group by entity)) as made_pairs,
    (select coalesce(sum(n * (n - 1) // 2), 0) from (select sum(n) as n from ev group by true_id)) as all_pairs,
    (select count(*) from (select entity from ev group by entity having count(*) > 1)) as wrong,
    (select count(distinct entity) from ev) as clusters, (select count(distinct true_id) from ev) as people,
    (select count(*) from (select true_id from ev group by true_id having count(*) > 1)) as split,
    (select count(*) from (select true_id from (
        select true_id, row_number() over (partition by entity order by n desc, true_id) as place from ev)
      group by true_id having min(place) > 1)) as lost
  from ev"""


def evaluate(
    con: duckdb.DuckDBPyConnection, assignments: str = "assignments", truth: str = "truth"
) -> dict[str, Any]:
    """Compare `assignments`(record_id, entity) with `truth`(record_id, true_id).

    Pairs: precision and recall with exact 95 % intervals. wrong_merges: clusters holding two people; people_lost: people
    who are the main person of no cluster; both with Poisson intervals, since they are rare. people_split: people in more
    than one cluster.
    """
    con.execute(f"""create or replace temp table ev as select entity, true_id, count(*) as n
      from {assignments} join {truth} using (record_id) group by all""")
    both, made, all_, wrong, clusters, people, split, lost = (
        int(value) for value in con.execute(_COUNTS).fetchall()[0]
    )
    con.execute("drop table ev")
    return {
        "precision": exact_share(both, made),
        "recall": exact_share(both, all_),
        "wrong_merges": _count(wrong),
        "people_lost": _count(lost),
        "people_split": split,
        "clusters": clusters,
        "people": people,
        "wrong_pairs": made - both,
        "missed_pairs": all_ - both,
    }
