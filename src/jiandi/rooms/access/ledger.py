"""Excel ledgers (台账) as offices keep them: a title, who filled it in and when, numbered rows, safe cells."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from jiandi.core.values import Text
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.recording import action, record

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NUMBER, UNIT, BY, ON = (
    Text(zh="序号", en="No."),
    Text(zh="填报单位", en="Unit"),
    Text(zh="填报人", en="Filled in by"),
    Text(zh="日期", en="Date"),
)
MOST_CHARACTERS = 32_767  # what a cell of Excel holds
# A text that starts so would run as a formula when opened (ASVS 1.2.10); full-width signs too in Chinese Excel.
RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "=", "+", "-", "@")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE = Side(style="thin", color="D0D7DE")


def safe(value: object) -> object:
    """Return a value as a cell may hold it: texts never run, moments are the county's, nothing is cut unmarked."""
    if (
        value is None
        or isinstance(value, bool | int | float)
        or (isinstance(value, date) and not isinstance(value, datetime))
    ):
        return value
    if isinstance(value, datetime):
        return timezone.make_naive(value) if timezone.is_aware(value) else value
    text = value.say(reader()) if isinstance(value, Text) else str(value)
    runs = text.startswith(RUNS)
    text = _UNPRINTABLE.sub("", text)
    if runs or text.startswith(RUNS):
        text = "'" + text
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def workbook_bytes(
    title: Text,
    columns: Sequence[Text],
    rows: Iterable[Sequence[object]],
    *,
    unit: Unit | None,
    by: Officer,
    at: datetime,
) -> bytes:
    """Return an Excel file: title row, 填报单位/填报人/日期, header with 序号, one row each, ready to print on A4."""
    return _write(title, columns, rows, unit, by, at)[0]


def _write(
    title: Text,
    columns: Sequence[Text],
    rows: Iterable[Sequence[object]],
    unit: Unit | None,
    by: Officer,
    at: datetime,
) -> tuple[bytes, int]:
    language = reader()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title.say(language))[:31])
    header = [NUMBER.say(language), *(column.say(language) for column in columns)]
    for index, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = (
            7 if index == 1 else max(12, min(34, 2.2 * len(name) + 4))
        )
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation = "landscape" if len(header) > 6 else "portrait"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:3"
    sheet.append([_cell(sheet, safe(title), Font(bold=True, size=15))])
    line = f"{UNIT.say(language)}:{unit.name if unit else by.unit.name}    {BY.say(language)}:{by.name}    {ON.say(language)}:{timezone.localtime(at):%Y-%m-%d %H:%M}"
    sheet.append([_cell(sheet, safe(line), Font(size=10, color="5B6675"))])
    sheet.append([_cell(sheet, safe(name), Font(bold=True), fill=True) for name in header])
    count = 0
    for count, row in enumerate(rows, start=1):
        sheet.append([count, *(safe(value) for value in row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), count


def _cell(sheet: object, value: object, font: Font, *, fill: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    cell.font = font
    if fill:
        cell.fill = PatternFill("solid", fgColor="E3F1F1")
        cell.border = Border(bottom=_LINE)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def excel_response(
    title: Text,
    columns: Sequence[Text],
    rows: Iterable[Sequence[object]],
    *,
    unit: Unit | None,
    by: Officer,
    at: datetime,
) -> HttpResponse:
    """Answer with an Excel ledger to download; that it left the system, and how many rows, is an event."""
    content, count = _write(title, columns, rows, unit, by, at)
    note_export(by=by, at=at, title=title, count=count)
    response = HttpResponse(content, content_type=TYPE)
    name = f"{title.say(reader())}-{timezone.localdate(at):%Y%m%d}.xlsx"
    response["Content-Disposition"] = f"attachment; filename=ledger.xlsx; filename*=UTF-8''{quote(name)}"
    return response


@action
def note_export(*, by: Officer, at: datetime, title: Text, count: int) -> None:
    """Record that a list left the system (rule 14: exports are logged)."""
    record(
        "access.export_ledger",
        by=by,
        at=at,
        subject=by,
        place=by.unit.place,
        payload={"title": title.zh, "rows": count},
    )
