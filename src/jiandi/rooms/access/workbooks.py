"""Small Excel files from officers' hands, read without trusting them: size and shape first, then cell by cell."""

from __future__ import annotations

import io
import zipfile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from jiandi.core.values import Refused, Text

MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = (
    60 * 1024 * 1024
)  # a megabyte of zip can hold 767 MB of XML: look before unpacking (ASVS 5.2.3)
MOST_ROWS = 50_000
MOST_COLUMNS = 40


def read_sheets(content: bytes) -> dict[str, list[list[str]]]:
    """Return each sheet's rows as texts, trimmed; refuse what is too large, locked or no Excel file."""
    _check_zip(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: _rows(sheet) for sheet in book.worksheets}
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        # openpyxl answers a damaged file with whichever of these its parser stumbles over first.
        raise _unreadable() from error


def _check_zip(content: bytes) -> None:
    if not content:
        raise Refused("file.empty", Text(zh="文件是空的。", en="The file is empty."))
    if len(content) > MOST_BYTES:
        raise Refused("file.too_large", Text(zh="文件超过5 MB。", en="The file is larger than 5 MB."))
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused(
            "file.locked",
            Text(
                zh="这是旧版.xls或加了密码的文件。请另存为不加密码的.xlsx。",
                en="This is an old .xls or a file with a password. Save it as .xlsx without one.",
            ),
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable() from error
    if unpacked > MOST_UNPACKED:
        raise Refused(
            "file.too_large",
            Text(
                zh="文件解压后过大,可能有问题,未读取。",
                en="The file unpacks to far too much; it was not read.",
            ),
        )


def _unreadable() -> Refused:
    return Refused(
        "file.unreadable",
        Text(
            zh="文件无法读取:不是Excel(.xlsx)或已损坏。",
            en="The file cannot be read: not Excel (.xlsx), or damaged.",
        ),
    )


def _rows(sheet: object) -> list[list[str]]:
    rows = []
    for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True):  # type: ignore[attr-defined]
        texts = [_text(value) for value in row]
        rows.append(texts)
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
