"""Where the rows of each roster lie for analysis: a private cache of Parquet files that can always be made again.

Deleting it loses nothing: the sealed file and the roster's mapping make the same rows again (`receiving.read_again`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

CHUNK = 100_000


def folder() -> Path:
    """Return the private folder of the cache."""
    path = Path(settings.DATA) / "analysis"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def roster_folder(roster_id: int) -> Path:
    """Return where one roster's tables lie."""
    return folder() / f"roster-{roster_id}"


@contextmanager
def scratch() -> Iterator[Path]:
    """Lend a private folder that is swept afterwards."""
    path = Path(tempfile.mkdtemp(prefix="scratch-", dir=folder()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def connect(path: Path, *, small: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a working database whose spill stays in a private folder; a small one skips planning, which would cost more than it saves."""
    con = duckdb.connect() if small else duckdb.connect(str(path / "work.duckdb"))
    if small:
        con.execute("PRAGMA disable_optimizer")
    con.execute(f"SET temp_directory='{path / 'spill'}'")
    con.execute("SET max_temp_directory_size='40GB'")
    con.execute("SET preserve_insertion_order=false")
    return con


def put(con: duckdb.DuckDBPyConnection, roster_id: int, kind: str, records: str) -> None:
    """Put one roster's rows and cleaned records on the shelf, numbered with the roster's own number; whole or not at all."""
    half = Path(tempfile.mkdtemp(prefix="half-", dir=folder()))
    shift, record_shift = roster_id << 24, roster_id << 27
    con.execute(f"""COPY (SELECT * REPLACE (row_id + {shift} AS row_id, {roster_id}::BIGINT AS roster_id) FROM rows_{kind}
        ORDER BY row_id) TO '{half / "rows.parquet"}' (COMPRESSION zstd)""")
    con.execute(f"""COPY (SELECT * REPLACE (record_id + {record_shift} AS record_id, row_id + {shift} AS row_id,
        {roster_id}::BIGINT AS roster_id) FROM {records} ORDER BY record_id) TO '{half / "records.parquet"}' (COMPRESSION zstd)""")
    drop(roster_id)
    half.rename(roster_folder(roster_id))


def drop(roster_id: int) -> None:
    """Take a roster's rows off the shelf."""
    shutil.rmtree(roster_folder(roster_id), ignore_errors=True)


def load(
    con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, pa.DataType], rows: Iterable[Sequence[Any]]
) -> None:
    """Make a working table from rows of the operational database, in chunks."""
    schema = pa.schema(list(columns.items()))
    con.register("loading", schema.empty_table())
    con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM loading")
    waiting = iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        arrays = [
            pa.array(values, kind)
            for values, kind in zip(zip(*chunk, strict=True), columns.values(), strict=True)
        ]
        con.register("loading", pa.table(arrays, schema=schema))
        con.execute(f"INSERT INTO {table} FROM loading")
    con.unregister("loading")
