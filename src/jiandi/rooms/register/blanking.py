"""A copy of a delivered file without the values of columns that must never be stored."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Collection, Iterator, Sequence

import openpyxl

from jiandi.rooms.register import shelf
from jiandi.rooms.register.reading.grid import Sheet

# A sheet, the lines that stay whole because they are headings, and the columns to empty below them.
Cut = tuple[Sheet, Collection[int], Collection[int]]


def without_columns(cuts: Sequence[Cut]) -> bytes:
    """Return the sheets as a file of their own: CSV for one sheet, a workbook for more."""
    if len(cuts) == 1:
        out = io.StringIO(newline="")
        csv.writer(out).writerows(_open_cells(*cuts[0]))
        return out.getvalue().encode()
    book = openpyxl.Workbook(write_only=True)
    for sheet, headings, shut in cuts:
        page = book.create_sheet(sheet.name[:31])
        for row in _open_cells(sheet, headings, shut):
            page.append([cell or None for cell in row])
    with tempfile.TemporaryFile(dir=shelf.folder()) as file:
        book.save(file)
        file.seek(0)
        return file.read()


def _open_cells(sheet: Sheet, headings: Collection[int], shut: Collection[int]) -> Iterator[list[str]]:
    for batch in sheet.cells().to_batches():
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        for row_no, *cells in rows:
            keep = row_no in headings
            yield [cell if keep or i not in shut else "" for i, cell in enumerate(cells)]
