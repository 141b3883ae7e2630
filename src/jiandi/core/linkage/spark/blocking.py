"""The pairs worth comparing, found in one join: twenty-two joins, as DuckDB likes them, are a hundred shuffles to a cluster."""

from __future__ import annotations

from jiandi.core.linkage.blocking import KEYS, Key
from jiandi.core.linkage.spark.tables import SparkTables


def _hashed(columns: tuple[str, ...]) -> str:
    present = " and ".join(f"{column} is not null" for column in columns)
    return f"case when {present} then xxhash64({', '.join(columns)}) end"


def _pairs_sql(keys: tuple[Key, ...], cap: int) -> str:
    """Return Spark's SQL for left_id, right_id: unsettled with settled, and among the unsettled the lower id left.

    A set of columns has a number `at`; a row stands once for each set it has values for. A key is a set of the unsettled
    row and a set of the other; rows that share its value with more than `cap` others of their side are left out.
    """
    sets = list(dict.fromkeys(columns for key in keys for columns in key))
    hashes = f"posexplode(array({', '.join(map(_hashed, sets))})) as (at, k)"
    asked = ", ".join(f"({sets.index(mine)}, {sets.index(theirs)})" for mine, theirs in keys)
    return f"""
      with rest as (select * from (select record_id, false as settled, {hashes} from lk_residue) where k is not null),
      pool as (select * from (select record_id, true as settled, {hashes} from lk_pool) where k is not null),
      ours as (select * from (select *, count(*) over (partition by at, k) as n from rest) where n <= {cap}),
      wanted as (select o.record_id, q.theirs as at, o.k from ours o
                 join (values {asked}) as q(mine, theirs) on q.mine = o.at),
      met as (select t.* from (select * from rest union all select * from pool) t
              left semi join wanted w on w.at = t.at and w.k = t.k),
      rare as (select * from (select *, count(*) over (partition by at, k, settled) as n from met) where n <= {cap})
      select distinct case when settled then w.record_id else least(w.record_id, r.record_id) end as left_id,
        case when settled then r.record_id else greatest(w.record_id, r.record_id) end as right_id
      from wanted w join rare r on r.at = w.at and r.k = w.k where w.record_id <> r.record_id"""


def block(tables: SparkTables, *, cap: int, keys: tuple[Key, ...] = KEYS, only: str | None = None) -> int:
    """Create lk_pairs(left_id, right_id) as `blocking.block` does; every unsettled row's pairs are wanted here."""
    if only is not None:
        raise ValueError(only)
    tables.keep("lk_pairs", tables.spark.sql(_pairs_sql(keys, cap)))
    return int(tables.spark.table("lk_pairs").count())
