"""Which records are worth comparing: pairs that share a key, with a cap on how common a key may be.

A key shared by hundreds of rows says little and costs much (a file of ten million identical rows must not explode),
so keys above the cap are left out on either side.
"""

from __future__ import annotations

import duckdb

# (columns of the unsettled record, columns of the other record)
KEYS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("name", "birth"), ("name", "birth")),
    (("py", "birth"), ("py", "birth")),
    (("birth", "village", "sex"), ("birth", "village", "sex")),
    (("name", "village"), ("name", "village")),
    (("py", "village"), ("py", "village")),
    (("phone", "sur"), ("phone", "sur")),
    (("sur", "birth", "town"), ("sur", "birth", "town")),
    (("name", "birth_lun"), ("name", "birth")),
    (("name", "birth"), ("name", "birth_lun")),
    (("id_tail", "sur"), ("id_tail", "sur")),
    (("id_text",), ("id_text",)),
)


def _hashed(columns: tuple[str, ...]) -> str:
    present = " and ".join(f"{column} is not null" for column in columns)
    return f"case when {present} then hash({', '.join(columns)}) end"


def _pairs_sql(keys: tuple[tuple[str, ...], tuple[str, ...]], pool: str, cap: int, within: bool) -> str:
    """Return SQL for the pairs of one key; within one pool each pair is listed once."""
    ours = f"select record_id, {_hashed(keys[0])} as k from lk_residue"
    theirs = f"select record_id, {_hashed(keys[1])} as k from {pool}"
    rare = f"qualify count(*) over (partition by k) <= {cap}"
    left = f"select record_id, k from ({ours}) where k is not null {rare}"
    right = f"select record_id, k from ({theirs}) semi join ({left}) using (k) {rare}"
    order = "where l.record_id <> r.record_id" if within else ""
    pair = (
        "least(l.record_id, r.record_id), greatest(l.record_id, r.record_id)"
        if within
        else "l.record_id, r.record_id"
    )
    return f"select {pair} from ({left}) l join ({right}) r using (k) {order}"


def block(con: duckdb.DuckDBPyConnection, *, cap: int) -> int:
    """Create lk_pairs(left_id, right_id) between unsettled records and settled ones, and among the unsettled."""
    con.execute("create or replace temp table lk_pairs (left_id bigint, right_id bigint)")
    for keys in KEYS:
        for pool in ("lk_pool", "lk_residue"):
            con.execute(f"insert into lk_pairs {_pairs_sql(keys, pool, cap, pool == 'lk_residue')}")
    con.execute("create or replace temp table lk_pairs as select distinct left_id, right_id from lk_pairs")
    return int(con.execute("select count(*) from lk_pairs").fetchall()[0][0])
