"""A delivered file opened: its sheets as tables of text cells, ready for the mapping and for DuckDB."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as pds

from jiandi.rooms.register.reading import child
from jiandi.rooms.register.reading.limits import LIMITS, Limits
from jiandi.rooms.register.reading.refusals import refused
from jiandi.rooms.register.reading.sniff import Form, sniff, unpacked_size
from jiandi.rooms.register.reading.text import csv_rows

SAMPLED = 200
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its number in the file, its name, its first rows, and all its cells in an Arrow file on disk."""

    number: int
    name: str
    rows: int
    width: int
    sample: list[list[str]]
    path: Path

    def stream(self) -> pds.Dataset:
        """Return all cells to be read batch by batch, so that none stays in memory."""
        return pds.dataset(str(self.path), format="ipc")

    def column(self, at: int) -> Iterator[str | None]:
        """Yield one column's cells, a batch in memory at a time."""
        for batch in self.cells().to_batches():
            yield from batch[f"c{at}"].to_pylist()

    def cells(self) -> pa.Table:
        """Return all cells as a memory-mapped table: row_no (1 first), c0, c1, ... as text."""
        return pa.ipc.open_file(pa.memory_map(str(self.path))).read_all()


def open_grid(path: Path, *, name: str, scratch: Path, limits: Limits = LIMITS) -> list[Sheet]:
    """Open a delivered file and return its sheets that hold anything; refuse in a sentence what cannot be read.

    `scratch` is a private folder that the caller removes.
    """
    form = sniff(path, name=name, limits=limits)
    if form == "csv":
        sources: list[tuple[str, Iterator[list[str]]]] = [
            (Path(name).stem, csv_rows(path, name=name, limits=limits))
        ]
    else:
        sources = _workbook_rows(path, form, name, scratch, limits)
    sheets = [
        sheet
        for number, (title, rows) in enumerate(sources)
        if (sheet := _store(rows, number, title, scratch / f"cells{number}.arrow", limits)) is not None
    ]
    if not sheets:
        raise refused("file_empty", name)
    if len(sheets) > 1 and any(sheet.rows > limits.sheet_rows for sheet in sheets):
        raise refused("file_too_long", name, most=limits.sheet_rows)
    if all(sheet.width < 2 for sheet in sheets):
        raise refused("file_not_a_table", name)
    return sheets


def first_lines(sheet: Sheet, scratch: Path, limits: Limits = LIMITS) -> Sheet:
    """Return a sheet cut to its sampled lines, to try a reading on before all of it is read."""
    cut = _store(sheet.sample, sheet.number, sheet.name, scratch / f"first{sheet.number}.arrow", limits)
    assert cut is not None  # a sheet that holds nothing is not opened
    return cut


def _workbook_rows(
    path: Path, form: Form, name: str, scratch: Path, limits: Limits
) -> list[tuple[str, Iterator[list[str]]]]:
    _run_child(path, form, name, scratch, limits)
    listed = json.loads((scratch / "sheets.json").read_text(encoding="utf-8"))
    return [
        (s["name"], csv_rows(scratch / f"sheet{i}.csv", name=name, limits=limits))
        for i, s in enumerate(listed)
        if s["rows"]
    ]


def _run_child(path: Path, form: Form, name: str, scratch: Path, limits: Limits) -> None:
    """Open the workbook in a child with its own limits; its death is a sentence, not ours."""
    unpacked = unpacked_size(path) * (8 if form == "xls" else 1)
    memory, seconds = limits.child_memory(unpacked), limits.child_seconds(unpacked)
    bounds = [str(limits.columns), str(memory), str(seconds)]
    try:
        ended = subprocess.run(
            [sys.executable, "-I", child.__file__, form, str(path), str(scratch), *bounds],
            capture_output=True,
            timeout=seconds * 4,
            check=False,
            text=True,
            errors="replace",
        )
    except subprocess.TimeoutExpired as slow:
        raise refused("file_exhausts", name) from slow
    if ended.returncode == 0:
        return
    if ended.stdout.startswith("disk"):
        raise OSError(int(ended.stdout.split()[1]), "the disk is full")
    if ended.stdout.startswith("encrypted"):
        raise refused("file_encrypted", name)
    if ended.stdout.startswith("unreadable"):
        raise refused("file_unreadable", name)
    raise refused("file_exhausts", name)


def _store(rows: Iterable[list[str]], number: int, title: str, path: Path, limits: Limits) -> Sheet | None:
    """Write a sheet's lines to an Arrow file; the widest of the first rows sets the columns, later overhang is cut at the limit."""
    lines = iter(rows)
    sample = list(islice(lines, SAMPLED))
    if not any(cell.strip() for row in sample for cell in row):
        return None
    width = min(max(len(row) for row in sample) + 2, limits.columns)
    names = [f"c{i}" for i in range(width)]
    schema = pa.schema([("row_no", pa.int32()), *((column, pa.string()) for column in names)])
    count = 0
    with path.open("wb") as file, pa.ipc.new_file(file, schema) as writer:
        batch = sample
        while batch:
            writer.write_batch(_batch(batch, count, width, schema))
            count += len(batch)
            if count > limits.rows:
                raise refused("file_too_long", title, most=limits.rows)
            batch = list(islice(lines, _BATCH))
    return Sheet(number, title, count, max(len(row) for row in sample), sample, path)


def _batch(rows: list[list[str]], first: int, width: int, schema: pa.Schema) -> pa.RecordBatch:
    padded = [row if len(row) == width else (row + [""] * (width - len(row)))[:width] for row in rows]
    numbers = pa.array(range(first + 1, first + len(rows) + 1), pa.int32())
    columns = [pa.array(column, pa.string()) for column in zip(*padded, strict=True)]
    return pa.record_batch([numbers, *columns], schema=schema)
