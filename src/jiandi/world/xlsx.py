"""Write spreadsheets whose bytes depend on nothing but their cells (no clock inside), a row at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape

_LONG_AGO = (2026, 11, 2, 8, 0, 0)
_NS = "http://schemas.openxmlformats.org"
_TYPES = (
    f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_NS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{sheets}</Types>'
)
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8"?><styleSheet xmlns="{_NS}/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="SimSun"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)


def letters(column: int) -> str:
    """Return a column's letters, counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


_LETTERS = [letters(i) for i in range(60)]


class Day(int):
    """A cell that a spreadsheet shows as a day: the serial number of the 1900 system."""


def _cell(ref: str, value: object) -> str:
    if isinstance(value, str):
        return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, Day):
        return f'<c r="{ref}" s="1"><v>{int(value)}</v></c>'
    return f'<c r="{ref}"><v>{value}</v></c>'


class Workbook:
    """One file of one or more sheets, written front to back."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._names: list[str] = []

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, date_time=_LONG_AGO)
        info.compress_type = zipfile.ZIP_DEFLATED
        return info

    def sheet(self, name: str) -> Sheet:
        """Begin the next sheet; finish it before the one after."""
        self._names.append(name)
        part = self._zip.open(self._info(f"xl/worksheets/sheet{len(self._names)}.xml"), "w", force_zip64=True)
        return Sheet(part)

    def close(self) -> None:
        """Write the parts that name the sheets, and end the file."""
        count = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(count, self._names, strict=True)
        )
        rel = f'<Relationship Id="rId{{n}}" Type="{_NS}/officeDocument/2006/relationships/{{kind}}" Target="{{target}}"/>'
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        rels = "".join(rel.format(n=n, kind="worksheet", target=f"worksheets/sheet{n}.xml") for n in count)
        rels += rel.format(n=len(self._names) + 1, kind="styles", target="styles.xml")
        wrap = f'{head}<Relationships xmlns="{_NS}/package/2006/relationships">{{}}</Relationships>'
        parts = {
            "[Content_Types].xml": _TYPES.format(sheets="".join(_SHEET_TYPE.format(n=n) for n in count)),
            "_rels/.rels": wrap.format(rel.format(n=1, kind="officeDocument", target="xl/workbook.xml")),
            "xl/workbook.xml": f'{head}<workbook xmlns="{_NS}/spreadsheetml/2006/main" '
            f'xmlns:r="{_NS}/officeDocument/2006/relationships"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": wrap.format(rels),
            "xl/styles.xml": _STYLES,
        }
        for name, text in parts.items():
            self._zip.writestr(self._info(name), text)
        self._zip.close()


class Sheet:
    """A sheet being written: rows in order, merged ranges at the end."""

    def __init__(self, part: object) -> None:
        self._part = part
        self._rows = 0
        self._merged: list[str] = []
        self._pending = [
            f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_NS}/spreadsheetml/2006/main"><sheetData>'
        ]

    def append(self, cells: Sequence[object]) -> int:
        """Write a row and return its physical number, from 1."""
        self._rows += 1
        n = self._rows
        inside = "".join(
            [
                f'<c r="{letter}{n}" t="inlineStr"><is><t xml:space="preserve">{cell}</t></is></c>'
                if isinstance(cell, str)
                and cell.isalnum()  # most cells: nothing to escape, so no call is needed
                else _cell(f"{letter}{n}", cell)
                for letter, cell in zip(_LETTERS, cells, strict=False)  # there are more letters than columns
                if cell is not None and cell != ""
            ]
        )
        self._pending.append(f'<row r="{n}">{inside}</row>')
        if len(self._pending) > 512:
            self._flush()
        return n

    def merge(self, first_column: int, last_column: int, row: int) -> None:
        """Merge cells of one row, as titles are."""
        self._merged.append(f"{letters(first_column)}{row}:{letters(last_column)}{row}")

    def _flush(self) -> None:
        self._part.write("".join(self._pending).encode("utf-8"))  # type: ignore[attr-defined]
        self._pending = []

    def close(self) -> None:
        """End the sheet."""
        merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in self._merged)
        tail = f'<mergeCells count="{len(self._merged)}">{merged}</mergeCells>' if merged else ""
        self._pending.append(f"</sheetData>{tail}</worksheet>")
        self._flush()
        self._part.close()  # type: ignore[attr-defined]
