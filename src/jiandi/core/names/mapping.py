"""Names of a whole table at once: every distinct spelling is worked out once and joined back.

DuckDB's own string distances count bytes, not characters, and are silently wrong on Chinese (duckdb#25113); so names
are compared by equal keys only, and the keys are made here.
"""

from __future__ import annotations

from functools import lru_cache

import duckdb
import pyarrow as pa

from jiandi.core.names.normal import normalise, shape_key, split_name
from jiandi.core.names.pinyin import reading

_COLUMNS = ("raw", "name_clean", "name_py", "name_shape", "sur", "g1", "g2", "nlen")
_BATCH = 200_000  # distinct names held as Python objects at a time


@lru_cache(maxsize=1 << 16)  # one county's names; departments' rosters name the same people again and again
def _keys(raw: str) -> tuple[str | None, ...] | None:
    name = normalise(raw)
    if name is None:
        return None
    surname, given = split_name(name)
    return name, " ".join(map(reading, name)), shape_key(name), surname, given[:1] or None, given[1:2] or None


def _batch(names: list[str]) -> pa.Table:
    rows = [(raw, keys) for raw in names if (keys := _keys(raw)) is not None]
    columns: list[list[object]] = [[raw for raw, _ in rows]]
    columns += [[keys[at] for _, keys in rows] for at in range(6)]
    columns.append([len(str(keys[0])) for _, keys in rows])
    kinds = [pa.string()] * 7 + [pa.int16()]
    arrays = [pa.array(values, kind) for values, kind in zip(columns, kinds, strict=True)]
    return pa.table(arrays, names=list(_COLUMNS))


def map_names(con: duckdb.DuckDBPyConnection, *, source: str, column: str = "name", into: str) -> int:
    """Create the temporary table `into` with the keys of every distinct name in `source.column`.

    Columns: raw, name_clean, name_py (sound), name_shape (look-alikes made equal), sur, g1, g2 (first and second
    character of the given name), nlen (characters). Spellings that hold no name are left out. Returns the rows.
    """
    con.execute(
        f"create or replace temp table {into} (raw varchar, name_clean varchar, name_py varchar, name_shape varchar,"
        " sur varchar, g1 varchar, g2 varchar, nlen smallint)"
    )
    found = con.sql(
        f"select distinct {column} as raw from {source} where {column} is not null"
    ).to_arrow_table()
    done = 0
    for batch in found.to_batches(max_chunksize=_BATCH):
        table = _batch(batch.column(0).to_pylist())
        con.register("names_batch", table)
        con.execute(f"insert into {into} select * from names_batch")
        con.unregister("names_batch")
        done += table.num_rows
    return done
