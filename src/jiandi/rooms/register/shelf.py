"""Where the rows of each roster lie for analysis: a cache of sealed Parquet files that can always be made again.

A roster's tables lie in pieces of as many lines as are opened in a blink, so that one row can be looked at without
opening ten million, and none is too large to be sealed in memory. What is kept is sealed; it is opened only in a private scratch folder that is swept (DuckDB's own encryption needs an
extension that cannot be had). Deleting all of it loses nothing: the delivered file makes the same rows again.
"""

from __future__ import annotations

import hashlib
import os
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

from jiandi.core.numbering import ROLE_BITS, ROW_BITS, ROW_MASK
from jiandi.rooms.access import sealing

CHUNK = 100_000
SMALL_ROWS, MEMORY_ROWS = 12_000, 300_000
TABLES = ("rows", "records")
PIECE_BITS = 16  # a piece holds the lines whose numbers agree above these bits


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
    """Lend a private folder that is swept afterwards; folders of processes that died are swept first."""
    for left in folder().glob("scratch-*"):
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    path = Path(tempfile.mkdtemp(prefix=f"scratch-{os.getpid()}-", dir=folder()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def connect(path: Path, *, rows: int | None = None, memory: str = "") -> duckdb.DuckDBPyConnection:
    """Open a working database whose spill stays in a private folder, for so many rows as are expected.

    With few rows it skips planning and works on one thread: both would cost more than they save. Up to a county's
    roster it lies in memory, because writing it down on closing costs more than the work; larger ones lie in a file.
    """
    is_small, in_memory = rows is not None and rows < SMALL_ROWS, rows is not None and rows < MEMORY_ROWS
    where = ":memory:" if in_memory else str(path / "work.duckdb")
    con = duckdb.connect(where, config={"threads": 1} if is_small else {})
    if is_small:
        con.execute("PRAGMA disable_optimizer")
    con.execute(f"SET temp_directory='{path / 'spill'}'")
    con.execute("SET max_temp_directory_size='40GB'")
    if memory:
        con.execute(f"SET memory_limit='{memory}'")
    con.execute("SET preserve_insertion_order=false")
    return con


def put(con: duckdb.DuckDBPyConnection, roster_id: int, kind: str, records: str, *, number: int = 0) -> None:
    """Put one roster's rows and cleaned records on the shelf, numbered with the roster's own number; whole or not at all.

    `number` is the one they lie under in the working database.
    """
    shift = (roster_id - number) << ROW_BITS
    queries = {
        "rows": f"""SELECT * REPLACE (row_id + {shift} AS row_id, {roster_id}::BIGINT AS roster_id)
            FROM rows_{kind} WHERE roster_id = {number} AND {{lines}} ORDER BY row_id""",
        "records": records_sql(records, roster_id, number, "{lines}"),
    }
    last = con.execute(
        f"SELECT max(row_id & {ROW_MASK}) FROM rows_{kind} WHERE roster_id = {number}"
    ).fetchall()
    with scratch() as half:
        for piece in range(((last[0][0] or 0) >> PIECE_BITS) + 1):
            first = (number << ROW_BITS) + (piece << PIECE_BITS)
            lines = f"row_id BETWEEN {first} AND {first + (1 << PIECE_BITS) - 1}"
            for name, query in queries.items():
                plain = half / f"{name}.parquet"
                con.execute(f"COPY ({query.format(lines=lines)}) TO '{plain}' (COMPRESSION zstd)")
                (half / _piece(name, piece)).write_bytes(
                    sealing.seal(plain.read_bytes(), domain=_domain(roster_id, name, piece))
                )
                plain.unlink()
        drop(roster_id)
        half.rename(roster_folder(roster_id))


def records_sql(records: str, roster_id: int, number: int = 0, lines: str = "true") -> str:
    """Return SQL for the records of one roster under the roster's own number; `number` is the one they lie under."""
    moved = roster_id - number
    return f"""SELECT * REPLACE (record_id + {moved << (ROW_BITS + ROLE_BITS)} AS record_id, row_id + {moved << ROW_BITS} AS row_id,
        {roster_id}::BIGINT AS roster_id) FROM {records} WHERE roster_id = {number} AND {lines} ORDER BY record_id"""


def tag(roster_id: int) -> str:
    """Return what tells one sealing of a roster's records from another (from the ends of the AES-GCM seals); empty when there is none."""
    ends = []
    for path in sorted(roster_folder(roster_id).glob("records-*.sealed")):
        with path.open("rb") as sealed:
            sealed.seek(-16, os.SEEK_END)
            ends.append(sealed.read())
    return hashlib.sha256(b"".join(ends)).hexdigest() if ends else ""


def take(roster_id: int, into: Path) -> Path | None:
    """Open one roster's tables in a scratch folder, to be read by `files`; None when the shelf has none."""
    pieces = len(list(roster_folder(roster_id).glob("records-*.sealed")))
    if not pieces:
        return None
    opened = into / f"roster-{roster_id}"
    opened.mkdir(mode=0o700, exist_ok=True)
    for piece in range(pieces):
        for name in TABLES:
            _open(roster_id, name, piece, opened)
    return opened


def take_piece(roster_id: int, row_no: int, into: Path) -> Path | None:
    """Open only the records around one line of a roster; return the Parquet file, None when the shelf has none."""
    piece = row_no >> PIECE_BITS
    if not (roster_folder(roster_id) / _piece("records", piece)).exists():
        return None
    opened = into / f"piece-{roster_id}"
    opened.mkdir(mode=0o700, exist_ok=True)
    return _open(roster_id, "records", piece, opened)


def files(opened: Path, table: str) -> list[str]:
    """Return the Parquet files of one table of an opened roster, in the order of their lines."""
    return sorted(str(path) for path in opened.glob(f"{table}*.parquet"))


def _piece(name: str, piece: int) -> str:
    return f"{name}-{piece:05}.sealed"


def _domain(roster_id: int, name: str, piece: int) -> str:
    """Return what a piece is sealed as, so that none can be laid in another's place."""
    return f"shelf:{roster_id}:{name}:{piece}"


def _open(roster_id: int, name: str, piece: int, into: Path) -> Path:
    sealed = (roster_folder(roster_id) / _piece(name, piece)).read_bytes()
    plain = into / f"{name}-{piece:05}.parquet"
    plain.write_bytes(sealing.unseal(sealed, domain=_domain(roster_id, name, piece)))
    return plain


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
