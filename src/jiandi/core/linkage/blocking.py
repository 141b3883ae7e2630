"""Which records are worth comparing: pairs that share a key, with a cap on how common a key may be.

A key shared by hundreds of rows says little and costs much (a file of ten million identical rows must not explode),
so keys above the cap are left out on either side.
"""

from __future__ import annotations

import duckdb

# (columns of the unsettled record, columns of the other record)
Key = tuple[tuple[str, ...], tuple[str, ...]]
KEYS: tuple[Key, ...] = (
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
SETS = list(dict.fromkeys(columns for key in KEYS for columns in key))


def narrow_sql(source: str) -> str:
    """Return a SELECT of record_id and every key of KEYS in 32 bits, as `linkage.nearby` keeps them: enough to find who may share one."""
    keys = ", ".join(f"({_hash_sql(columns)} >> 32)::uinteger as k{at}" for at, columns in enumerate(SETS))
    return f"select record_id, {keys} from {source}"


def _hash_sql(columns: tuple[str, ...]) -> str:
    present = " and ".join(f"{column} is not null" for column in columns)
    return f"case when {present} then hash({', '.join(columns)}) end"


def _hashed(columns: tuple[str, ...], at: int) -> str:
    return f"{_hash_sql(columns)} as k{at}"


def _pairs_sql(places: tuple[int, int], pool: str, cap: int, only: str | None) -> str:
    """Return SQL for the pairs of one key; among the unsettled themselves the lower record id stands left."""
    rare = f"qualify count(*) over (partition by k) <= {cap}"
    mine = f"k{places[0]}"
    ours = f"select record_id, k from (select record_id, {mine} as k from lk_rest_keys where {mine} is not null) {rare}"
    if only:
        ours = f"select record_id, k from ({ours}) semi join {only} using (record_id)"
    theirs = f"select record_id, k{places[1]} as k from {pool} where k{places[1]} is not null"
    right = f"select record_id, k from ({theirs}) semi join ({ours}) using (k) {rare}"
    if pool == "lk_pool_keys":
        return f"select l.record_id, r.record_id from ({ours}) l join ({right}) r using (k)"
    pair = "least(l.record_id, r.record_id), greatest(l.record_id, r.record_id)"
    return f"select {pair} from ({ours}) l join ({right}) r using (k) where l.record_id <> r.record_id"


def _near(
    con: duckdb.DuckDBPyConnection, keys: tuple[Key, ...], sets: list[tuple[str, ...]], only: str
) -> str:
    """Return the condition on a settled row that it shares a key with one of the unsettled rows `only`.

    So the settled, who are nearly everybody, are read once; every row of a key asked for is among those kept, hence its cap is
    counted among all.
    """
    con.execute(
        f"create or replace temp table lk_mine as select * from lk_rest_keys semi join {only} using (record_id)"
    )
    wanted: dict[int, list[int]] = {}
    for mine, theirs in keys:
        wanted.setdefault(sets.index(theirs), []).append(sets.index(mine))
    return " or ".join(
        f"k{at} in ({' union '.join(f'select k{one} from lk_mine where k{one} is not null' for one in ours)})"
        for at, ours in wanted.items()
    )


def block(
    con: duckdb.DuckDBPyConnection, *, cap: int, keys: tuple[Key, ...] = KEYS, only: str | None = None
) -> int:
    """Create lk_pairs(left_id, right_id) between unsettled records and settled ones, and among the unsettled.

    Reads lk_residue and lk_pool. Every key is hashed once per record, so that each join reads two narrow columns.
    `only`(record_id): the unsettled rows whose pairs are wanted; a key's cap is counted among all. Returns the pairs.
    """
    sets = list(dict.fromkeys(columns for key in keys for columns in key))
    hashes = ", ".join(_hashed(columns, at) for at, columns in enumerate(sets))
    con.execute(f"create or replace temp table lk_rest_keys as select record_id, {hashes} from lk_residue")
    near = f"where {_near(con, keys, sets, only)}" if only else ""
    con.execute(f"""create or replace temp table lk_pool_keys as
      select * from (select record_id, {hashes} from lk_pool) {near}""")
    con.execute("create or replace temp table lk_pairs (left_id bigint, right_id bigint)")
    for mine, theirs in keys:
        for source in ("lk_pool_keys", "lk_rest_keys"):
            places = sets.index(mine), sets.index(theirs)
            con.execute(f"insert into lk_pairs {_pairs_sql(places, source, cap, only)}")
    con.execute("create or replace temp table lk_pairs as select distinct left_id, right_id from lk_pairs")
    con.execute("drop table lk_pool_keys; drop table lk_rest_keys")
    return int(con.execute("select count(*) from lk_pairs").fetchall()[0][0])
