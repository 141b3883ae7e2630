"""Who may share a key with whom, asked of a large register for a few rows: one narrow scan instead of hashing every row anew.

A state keeps for every record the keys of `blocking.KEYS` in 32 bits (lk_keys) and for every unsettled one the columns by which it
is decided (lk_rest). Two keys that are alike in 32 bits need not be alike: rows found so are only looked at, never paired by it.
"""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.blocking import KEYS, SETS, narrow_sql

DECIDED_BY = "record_id, roster_id, kind_rank, duplicate_free, sex, id_ok"
_HELD = """(select r.* replace (case when phone in (select phone from lk_busy_phones) then null else phone end as phone),
  substr(id_text, 7, 11) as id_tail from {} r)"""


def keys_sql(source: str) -> str:
    """Return a SELECT of record_id and keys of the rows of `source`, which has the columns of lk_records."""
    return narrow_sql(_HELD.format(source))


def look_up(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_keys over all of lk_records and lk_rest over lk_residue, to be kept in a state."""
    con.execute(f"create or replace temp view lk_keys as {keys_sql('lk_records')}")
    con.execute(f"create or replace temp view lk_rest as select {DECIDED_BY} from lk_residue")


def at(columns: tuple[str, ...]) -> str:
    """Return the name of the column of lk_keys that holds the key of these columns."""
    return f"k{SETS.index(columns)}"


def sharing_sql(asked: str) -> str:
    """Return the condition on a row of lk_keys that it shares a key, on either side, with a row of `asked`(k0, k1, ...)."""
    wanted: dict[str, set[str]] = {}
    for mine, theirs in (pair for key in KEYS for pair in (key, key[::-1])):
        for one, other in ((mine, theirs), (mine, mine)):
            wanted.setdefault(at(one), set()).add(at(other))
    return " or ".join(
        f"{one} in ({' union '.join(f'select {other} from {asked} where {other} is not null' for other in sorted(others))})"
        for one, others in wanted.items()
    )


def replace_keys(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Bring the lk_keys of a state up to date with lk_changed; create lk_changed_keys, those of lk_again before and after."""
    con.execute(f"""create or replace temp table lk_changed_keys as
      select * from {state}_lk_keys semi join lk_again using (record_id)""")
    con.execute(
        f"delete from {state}_lk_keys where record_id in (select record_id from lk_changed_keys semi join lk_changed using (record_id))"
    )
    con.execute(f"create or replace temp table lk_new_keys as {keys_sql('lk_came')}")
    con.execute(f"insert into {state}_lk_keys select * from lk_new_keys")
    con.execute("insert into lk_changed_keys select * from lk_new_keys")


def find(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Create lk_only(record_id) and lk_near(record_id).

    lk_only: the unsettled rows whose pairs must be made anew, because they or a row sharing a key with them changed. lk_near: every
    row that shares a key with one of those, so that the cap on a key is counted as among all.
    """
    con.execute(f"""create or replace temp table lk_only_keys as
      select * from {state}_lk_keys semi join {state}_lk_rest using (record_id)
      where record_id in (select record_id from lk_again) or {sharing_sql("lk_changed_keys")}""")
    con.execute("create or replace temp table lk_only as select record_id from lk_only_keys")
    con.execute(f"""create or replace temp table lk_near as
      select record_id from {state}_lk_keys where {sharing_sql("lk_only_keys")} or record_id in (select record_id from lk_only)""")
