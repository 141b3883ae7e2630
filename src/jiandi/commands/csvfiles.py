"""Reading the CSV files people keep: UTF-8 or GB18030, with or without a byte-order mark."""

from __future__ import annotations

import csv
from pathlib import Path

from jiandi.core.values import Refused, Text


def read_rows(path: Path) -> list[list[str]]:
    """Return the lines of a CSV file as lists of cells; refuses what is no readable text file, in words."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refused("file.unreadable", _UNREADABLE.filled(path=path, why=error.strerror or "")) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(data.decode(encoding).splitlines()))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Refused("file.not_text", _NOT_TEXT.filled(path=path))


_UNREADABLE = Text(
    zh="读不到文件 {path}({why})。请检查路径。",
    en="The file {path} cannot be read ({why}). Check the path.",
)
_NOT_TEXT = Text(
    zh="文件 {path} 不是UTF-8或GB18030编码的CSV。请另存为CSV(UTF-8)。",
    en="The file {path} is not CSV in UTF-8 or GB18030. Save it as CSV (UTF-8).",
)
