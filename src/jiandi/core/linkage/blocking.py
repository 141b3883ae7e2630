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


_SETS = tuple(dict.fromkeys(columns for keys in KEYS for columns in keys))


def _hashed(columns: tuple[str, ...]) -> str:
    present = " and ".join(f"{column} is not null" for column in columns)
    return f"case when {present} then hash({', '.join(columns)}) end as k{_SETS.index(columns)}"


def _pairs_sql(keys: tuple[tuple[str, ...], tuple[str, ...]], pool: str, cap: int) -> str:
    """Return SQL for the pairs of one key; among the unsettled themselves the lower record id stands left."""
    rare = f"qualify count(*) over (partition by k) <= {cap}"
    mine = f"k{_SETS.index(keys[0])}"
    ours = f"select record_id, k from (select record_id, {mine} as k from lk_rest_keys where {mine} is not null) {rare}"
    theirs = f"select record_id, k{_SETS.index(keys[1])} as k from {pool}"
    right = f"select record_id, k from ({theirs}) semi join ({ours}) using (k) {rare}"
    if pool == "lk_pool_keys":
        return f"select l.record_id, r.record_id from ({ours}) l join ({right}) r using (k)"
    pair = "least(l.record_id, r.record_id), greatest(l.record_id, r.record_id)"
    return f"select {pair} from ({ours}) l join ({right}) r using (k) where l.record_id <> r.record_id"


def block(con: duckdb.DuckDBPyConnection, *, cap: int) -> int:
    """Create lk_pairs(left_id, right_id) between unsettled records and settled ones, and among the unsettled.

    Every key is hashed once per record, so that each join reads two narrow columns. Returns the number of pairs.
    """
    hashes = ", ".join(_hashed(columns) for columns in _SETS)
    con.execute(f"create or replace temp table lk_rest_keys as select record_id, {hashes} from lk_residue")
    con.execute(f"create or replace temp table lk_pool_keys as select record_id, {hashes} from lk_pool")
    con.execute("create or replace temp table lk_pairs (left_id bigint, right_id bigint)")
    for keys in KEYS:
        for pool in ("lk_pool_keys", "lk_rest_keys"):
            con.execute(f"insert into lk_pairs {_pairs_sql(keys, pool, cap)}")
    con.execute("create or replace temp table lk_pairs as select distinct left_id, right_id from lk_pairs")
    con.execute("drop table lk_pool_keys; drop table lk_rest_keys")
    return int(con.execute("select count(*) from lk_pairs").fetchall()[0][0])
