"""Names of a whole table at once: every distinct spelling is worked out once and joined back.

DuckDB's own string distances count bytes, not characters, and are silently wrong on Chinese (duckdb#25113); so names
are compared by equal keys only, and the keys are made here.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import duckdb
import pyarrow as pa

from jiandi.core.names.normal import COMPOUND_SURNAMES, NO_NAME, Letters, Shapes, normalise, shape_key
from jiandi.core.names.pinyin import Sounds, pinyin_key

_BATCH = 200_000  # distinct names held as Python objects at a time
_USUAL = 4  # characters; longer spellings may hold notes in brackets
_KEYS = ("raw", "name_clean", "name_py", "name_shape")


@cache
def _tables() -> tuple[Letters, Sounds, Shapes]:
    """Return what characters become in a text that holds one name a line."""
    letters = Letters()
    letters[ord("\n")] = "\n"
    return letters, Sounds(), Shapes()


def _keys_of_usual(names: list[str]) -> list[tuple[str, ...]]:
    """Return the keys of names that are a few letters in normal form: all converted as one text."""
    letters, sounds, shapes = _tables()
    clean = "\n".join(names).translate(letters)
    spoken = clean.translate(sounds).replace(" \n", "\n").rstrip(" ")
    lines = (text.split("\n") for text in (clean, spoken, clean.translate(shapes)))
    return [keys for keys in zip(names, *lines, strict=True) if keys[1] and keys[1] not in NO_NAME]


def _keys(names: list[str]) -> list[tuple[str, ...]]:
    usual = [name for name in names if len(name) <= _USUAL and name.isalpha()]
    if not unicodedata.is_normalized("NFKC", "\n".join(usual)):
        usual = [name for name in usual if unicodedata.is_normalized("NFKC", name)]
    others = set(names).difference(usual)
    read = [(raw, name) for raw in names if raw in others and (name := normalise(raw)) is not None]
    return (_keys_of_usual(usual) if usual else []) + [
        (raw, name, pinyin_key(name), shape_key(name)) for raw, name in read
    ]


@cache
def _split_sql() -> str:
    """Return the SELECT that splits the names of names_batch as `split_name` does."""
    compound = ", ".join(f"'{surname}'" for surname in sorted(COMPOUND_SURNAMES))
    return f"""select raw, name_clean, name_py, name_shape, substr(name_clean, 1, cut) as sur, nullif(substr(name_clean, cut + 1, 1), '') as g1,
        nullif(substr(name_clean, cut + 2, 1), '') as g2, length(name_clean)::smallint as nlen
      from (select *, case when length(name_clean) >= 3 and substr(name_clean, 1, 2) in ({compound}) then 2 else 1 end as cut from names_batch)"""


def map_names(con: duckdb.DuckDBPyConnection, *, source: str, column: str = "name", into: str) -> int:
    """Create the temporary table `into` with the keys of every distinct name in `source.column`.

    Columns: raw, name_clean, name_py (sound), name_shape (look-alikes made equal), sur, g1, g2 (first and second
    character of the given name), nlen (characters). Spellings that hold no name are left out. Returns the rows.
    """
    texts = ", ".join(f"{key} varchar" for key in (*_KEYS, "sur", "g1", "g2"))
    con.execute(f"create or replace temp table {into} ({texts}, nlen smallint)")
    found = con.sql(
        f"select distinct {column} as raw from {source} where {column} is not null"
    ).to_arrow_table()
    done = 0
    for batch in found.to_batches(max_chunksize=_BATCH):
        columns = list(zip(*_keys(batch.column(0).to_pylist()), strict=True)) or [()] * len(_KEYS)
        table = pa.table([pa.array(values, pa.string()) for values in columns], names=list(_KEYS))
        con.register("names_batch", table)
        con.execute(f"insert into {into} {_split_sql()}")
        con.unregister("names_batch")
        done += table.num_rows
    return done
