"""The child that opens a workbook: alone, with little memory and time, so that a hostile file harms nobody else.

Run by path, not as a module: it imports no Jiandi code. Arguments: form (xlsx | xls), the workbook, the folder to write to, the
most columns, bytes of memory, seconds of processor. It binds itself before it touches the file. Writes one CSV a sheet and `sheets.json`; ends with 0, or with a word on standard output that says why not.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import errno
import io
import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FAR_ROWS = 5000  # so many empty rows in a row end a sheet read by the fallback
EXACT = 10**15  # a spreadsheet keeps fifteen digits; a longer number has lost its end


def text_of(value: Any) -> str:
    """Return a cell as a clerk would read it; a number beyond fifteen digits in scientific form, because its end is lost."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value == int(value) if abs(value) < 1e300 else False:
            return str(int(value)) if abs(value) < EXACT else f"{value:.14E}"
        return repr(value)
    if isinstance(value, int):
        return str(value) if abs(value) < EXACT else f"{value:.14E}"
    if isinstance(value, dt.datetime):
        return (
            value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M:%S")
        )
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value).replace("\r", " ").replace("\n", " ")


def main(arguments: list[str]) -> int:
    """Read the workbook and write its sheets."""
    form, source, folder = arguments[0], arguments[1], Path(arguments[2])
    most, memory, seconds = map(int, arguments[3:6])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        sheets = [write_sheet(folder, i, *sheet, most) for i, sheet in enumerate(read(form, source))]
    except MemoryError:
        sys.stdout.write("exhausted")
        return 3
    except OSError as full:
        # Not the file's fault, and it must not be told so: the disk is full, or nobody knows what.
        sys.stdout.write(f"disk {full.errno}" if full.errno in FULL else f"unreadable {full}"[:300])
        return 5
    except Exception as broken:  # noqa: BLE001 - any parser's own error means the same to the department
        said = str(broken)
        locked = "ncrypted" in said or "assword" in said
        sys.stdout.write("encrypted" if locked else f"unreadable {said}"[:300])
        return 4
    (folder / "sheets.json").write_text(json.dumps(sheets, ensure_ascii=False), encoding="utf-8")
    return 0


def read(
    form: str, source: str
) -> Iterator[tuple[str, Iterable[list[Any]], list[tuple[int, int, int, int]]]]:
    """Yield each visible sheet's name, rows and merged ranges (first row, last row, first column, last column)."""
    if form == "xls":
        yield from read_xls(source)
    elif dimension_is_far(source):
        yield from read_openpyxl(source)
    else:
        yield from read_calamine(source)


def read_calamine(source: str) -> Iterator[tuple[str, Iterable[list[Any]], list[tuple[int, int, int, int]]]]:
    import python_calamine  # noqa: PLC0415 - only the reader that is needed fits into the memory allowed

    book = python_calamine.CalamineWorkbook.from_path(source)
    for meta in book.sheets_metadata:
        if not str(meta.visible).endswith(".Visible") or not str(meta.typ).endswith(".WorkSheet"):
            continue
        sheet = book.get_sheet_by_name(meta.name)
        merged = [(a, c, b, d) for (a, b), (c, d) in sheet.merged_cell_ranges or []]
        yield meta.name, indented(sheet.iter_rows(), (sheet.start or (0, 0))[1]), merged


def indented(rows: Iterable[list[Any]], columns: int) -> Iterator[list[Any]]:
    """Put back the empty columns before the table, which the reader leaves out."""
    empty: list[Any] = [None] * columns
    return (empty + row for row in rows) if columns else iter(rows)


def read_openpyxl(source: str) -> Iterator[tuple[str, Iterable[list[Any]], list[tuple[int, int, int, int]]]]:
    import openpyxl  # noqa: PLC0415 - see above

    content = io.BytesIO(Path(source).read_bytes())  # a path would be judged by its name
    book = openpyxl.load_workbook(content, read_only=True, data_only=True)
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()
            yield sheet.title, until_far(sheet.iter_rows(values_only=True, max_col=300)), []


def until_far(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Stop at a stray cell far below the table instead of walking a million empty rows."""
    empty = 0
    for row in rows:
        empty = 0 if any(value is not None for value in row) else empty + 1
        if empty > FAR_ROWS:
            return
        yield list(row)


def read_xls(source: str) -> Iterator[tuple[str, Iterable[list[Any]], list[tuple[int, int, int, int]]]]:
    import xlrd  # noqa: PLC0415 - see above

    try:
        book = xlrd.open_workbook(source, formatting_info=True, on_demand=True)
    except NotImplementedError:
        book = xlrd.open_workbook(source, on_demand=True)
    for sheet in book.sheets():
        if sheet.visibility == 0:
            merged = [(r1, r2 - 1, c1, c2 - 1) for r1, r2, c1, c2 in sheet.merged_cells]
            yield sheet.name, xls_rows(book, sheet), merged


def xls_rows(book: Any, sheet: Any) -> Iterator[list[Any]]:
    import xlrd  # noqa: PLC0415 - see above

    for at in range(sheet.nrows):
        row = []
        for cell in sheet.row(at):
            value = cell.value
            if cell.ctype == xlrd.XL_CELL_DATE:
                with contextlib.suppress(xlrd.xldate.XLDateError, ValueError):
                    value = xlrd.xldate.xldate_as_datetime(value, book.datemode)
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                value = ""
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                value = bool(value)
            row.append(value)
        yield row


def dimension_is_far(source: str) -> bool:
    """Tell whether a sheet claims far more cells than its size could hold, which makes a dense reader run out of memory."""
    import re  # noqa: PLC0415 - see above
    import zipfile  # noqa: PLC0415 - see above

    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith("xl/worksheets/"):
                continue
            with archive.open(entry) as file:
                head = file.read(4096).decode("utf-8", "replace")
            found = re.search(r'<dimension ref="[A-Z]+\d+:([A-Z]+)(\d+)"', head)
            if found and int(found[2]) * column_number(found[1]) > max(entry.file_size, 1_000_000):
                return True
            if not found and far_cell(archive, entry):
                return True
    return False


def far_cell(archive: Any, entry: Any) -> bool:
    """Look at a sheet's last rows when it states no dimension."""
    import re  # noqa: PLC0415 - see above

    if entry.file_size > 50_000_000:
        return False
    last = archive.read(entry)[-4096:].decode("utf-8", "replace")
    cells = [int(row) * column_number(letters) for letters, row in re.findall(r'r="([A-Z]{1,3})(\d+)"', last)]
    return bool(cells) and max(cells) > max(entry.file_size, 1_000_000)


def column_number(letters: str) -> int:
    """Return a column's number from its letters (A = 1, XFD = 16384)."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def write_sheet(
    folder: Path,
    at: int,
    name: str,
    rows: Iterable[list[Any]],
    merged: list[tuple[int, int, int, int]],
    most: int,
) -> dict[str, Any]:
    """Write one sheet as CSV, a merged block's value repeated down its first column's rows."""
    below = [(r1, r2, c1) for r1, r2, c1, _ in merged if 0 < r2 - r1 < 200]
    by_row: dict[int, list[tuple[int, int]]] = {}
    for r1, r2, c1 in below:
        for at_row in range(r1 + 1, r2 + 1):
            by_row.setdefault(at_row, []).append((r1, c1))
    heads: dict[tuple[int, int], str] = {}
    wanted = {(r1, c1) for r1, _, c1 in below}
    starts = {r1 for r1, _ in wanted}
    count = width = 0
    with (folder / f"sheet{at}.csv").open("w", encoding="utf-8", newline="", errors="replace") as out:
        writer = csv.writer(out)
        for row_at, row in enumerate(rows):
            cells = [text_of(value) for value in row[:most]]
            if row_at in starts:
                heads |= {(row_at, c): cells[c] for c in range(len(cells)) if (row_at, c) in wanted}
            for key in by_row.get(row_at, ()):
                if key[1] < len(cells) and not cells[key[1]]:
                    cells[key[1]] = heads.get(key, "")
            writer.writerow(cells)
            count, width = count + 1, max(width, len(cells))
    return {"name": name, "rows": count, "width": width}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
