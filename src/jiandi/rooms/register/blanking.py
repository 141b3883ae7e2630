"""A copy of a delivered file without the values of columns that must never be stored."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import openpyxl

from jiandi.rooms.register.reading.grid import Sheet

# A sheet, the lines that stay whole because they are headings, and the columns to empty below them.
Cut = tuple[Sheet, Collection[int], Collection[int]]


def without_columns(cuts: Sequence[Cut], into: Path) -> Path:
    """Write the sheets as a file of their own, CSV for one sheet, a workbook for more; return it."""
    if len(cuts) == 1:
        with into.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(_open_cells(*cuts[0]))
        return into
    book = openpyxl.Workbook(write_only=True)
    for sheet, headings, shut in cuts:
        page = book.create_sheet(sheet.name[:31])
        for row in _open_cells(sheet, headings, shut):
            page.append([cell or None for cell in row])
    book.save(into)
    return into


def _open_cells(sheet: Sheet, headings: Collection[int], shut: Collection[int]) -> Iterator[list[str]]:
    for batch in sheet.cells().to_batches():
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        for row_no, *cells in rows:
            keep = row_no in headings
            yield [cell if keep or i not in shut else "" for i, cell in enumerate(cells)]
