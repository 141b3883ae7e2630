"""Rosters as files: titles above headers, merged cells, blank rows, headers again, totals and signatures below."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xlwt
from numpy.typing import NDArray

from jiandi.world.calendar import serial
from jiandi.world.dice import Dice
from jiandi.world.rosters.kinds import Column, Kind
from jiandi.world.xlsx import Day, Workbook

ENCODINGS = {"csv-gb": "gb18030", "csv-utf8": "utf-8-sig"}
MOST_XLS_ROWS = 60_000


class Writing(Protocol):
    """A file that takes rows; `rows` is the physical number of the last one written."""

    rows: int

    def extend(self, rows: Sequence[Sequence[Any]]) -> None: ...

    def merge(self, first: int, last: int, row: int) -> None: ...

    def close(self) -> None: ...


class CsvFile:
    """Plain rows in one of the encodings departments export."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = path.open("w", encoding=encoding, errors="replace", newline="", buffering=1 << 16)
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self.rows = 0

    def extend(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write lines."""
        self._writer.writerows(rows)
        self.rows += len(rows)

    def merge(self, first: int, last: int, row: int) -> None:
        """Nothing can be merged in plain text."""

    def close(self) -> None:
        """End the file."""
        self._file.close()


class XlsxFile:
    """One sheet of a workbook; in the columns `typed`, days and long numbers may stand as numbers."""

    def __init__(self, path: Path, sheet: str, typed: Sequence[int]) -> None:
        self._typed = typed
        self._book = Workbook(path)
        self._sheet = self._book.sheet(sheet)
        self.rows = 0

    def extend(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows; what starts with = becomes a day's serial number, every other one shown as a day."""
        for row in rows:
            cells = list(row)
            for at in self._typed:
                cells[at] = _typed(cells[at])
            self._sheet.append(cells)
        self.rows += len(rows)

    def merge(self, first: int, last: int, row: int) -> None:
        """Merge cells of a row."""
        self._sheet.merge(first, last, row)

    def close(self) -> None:
        """End the file."""
        self._sheet.close()
        self._book.close()


class XlsFile:
    """The format before 2007, kept by offices that never changed."""

    def __init__(self, path: Path, sheet: str) -> None:
        self._path, self._book = path, xlwt.Workbook(encoding="utf-8")
        self._sheet = self._book.add_sheet(sheet)
        self.rows = 0

    def extend(self, rows: Sequence[Sequence[Any]]) -> None:
        """Write rows."""
        for at, row in enumerate(rows, start=self.rows):
            for column, cell in enumerate(row):
                if cell not in ("", None):
                    value = _typed(cell)
                    self._sheet.write(at, column, int(value) if isinstance(value, Day) else value)
        self.rows += len(rows)

    def merge(self, first: int, last: int, row: int) -> None:
        """Merge cells of a row."""
        self._sheet.merge(row - 1, row - 1, first, last)

    def close(self) -> None:
        """Write the file."""
        self._book.save(str(self._path))


def _typed(cell: Any) -> Any:
    if isinstance(cell, str):
        if cell[:1] == "=":
            number = serial(int(cell[1:]))
            return Day(number) if number % 2 else number
        if cell[-4:-1] == "E+1" and cell[-1] in "67":
            return float(cell)
    return cell


def _heading(column: Column, dice: Dice, others: float) -> str:
    """Return the usual heading of a column, or now and then the department's own word for it."""
    usual, *own = column.headers
    return dice.pick(own) if own and dice.chance(others) else usual


class RosterFile:
    """One delivered file: writes titles and headers first, rows as villages come, footers last."""

    def __init__(
        self,
        stem: Path,
        kind: Kind,
        *,
        unit: str,
        title: str,
        form: str,
        dice: Dice,
        layouts: dict[str, float],
    ) -> None:
        extension = "csv" if form.startswith("csv") else form
        self.kind, self.unit, self.dice = kind, unit, dice
        self._blank_rows = layouts["blank_rows"]
        self.name = f"{stem.name}.{extension}"
        self.sheet = "" if extension == "csv" else "Sheet1"
        path = stem.with_name(self.name)
        self._out: Writing
        if extension == "csv":
            self._out = CsvFile(path, ENCODINGS[form])
        else:
            typed = [at for at, column in enumerate(kind.columns) if column.type in ("date", "id")]
            xlsx = extension == "xlsx"
            self._out = XlsxFile(path, self.sheet, typed) if xlsx else XlsFile(path, self.sheet)
        fields = [column.field for column in kind.columns]
        self._serial = fields.index("seq") if "seq" in fields else None
        self._head = [_heading(column, dice, layouts["other_headers"]) for column in kind.columns]
        self._spread = extension != "csv"
        self.count = 0
        self._begin(title, extension)

    def _begin(self, title: str, extension: str) -> None:
        last = len(self._head) - 1
        if self._spread or self.kind.name in ("clinic", "payment"):
            self._out.extend([[title] + [""] * last])
            self._out.merge(0, last, self._out.rows)
            if self._spread:
                unit = f"填报单位:{self.unit}"
                self._out.extend([[unit] + [""] * (last - 1) + ["填报日期:2026年11月2日"]])
            if extension == "xls":
                self._out.extend([[""] * (last + 1)])
        self._out.extend([self._head])

    def write(self, rows: list[tuple[Any, ...]]) -> NDArray[np.int32]:
        """Write rows and return each one's physical number; offices leave gaps and print headers again."""
        if self._serial is not None:
            at = self._serial
            rows = [(*row[:at], self.count + n, *row[at + 1 :]) for n, row in enumerate(rows, start=1)]
        self.count += len(rows)
        gaps = self.dice.hits(len(rows), self._blank_rows) if self._spread else []
        numbers = np.arange(1, len(rows) + 1, dtype=np.int32) + self._out.rows
        numbers += np.searchsorted(gaps, np.arange(len(rows)), side="right").astype(np.int32)
        written = 0
        for gap in gaps:
            self._out.extend(rows[written:gap])
            self._out.extend([[""] * len(self._head) if self.dice.chance(0.7) else self._head])
            written = gap
        self._out.extend(rows[written:])
        return numbers

    def close(self) -> None:
        """Write total and signatures, and end the file."""
        width = len(self._head)
        if self._spread:
            self._out.extend([["合计", f"{self.count}人"] + [""] * (width - 2)])
            self._out.extend([["填报人:林一禾", "审核人:江望川"] + [""] * (width - 2)])
        elif self.kind.name == "payment":
            self._out.extend([[f"合计:{self.count}笔"] + [""] * (width - 1)])
        self._out.close()
