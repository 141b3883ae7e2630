"""CSV as offices make it: GB18030 or UTF-8 or Excel's "Unicode text", with commas, tabs or semicolons."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from jiandi.rooms.register.reading.limits import LIMITS, Limits
from jiandi.rooms.register.reading.refusals import refused

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SEPARATORS = ",\t;|,;"
_MOST_UNREADABLE = 0.001  # more replaced characters than one in a thousand: not this encoding
_CHUNK = 1 << 20


def find_encoding(path: Path, *, name: str) -> str:
    """Return the encoding a text file is in, judged by the whole file: BOM, UTF-8, UTF-16 without BOM, else GB18030."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd + even > len(head) // 100:  # plain text holds no null bytes; separators and digits in UTF-16 do
        return "utf-16-le" if odd > even else "utf-16-be"
    for encoding in ("utf-8", "gb18030"):
        if _unreadable(path, encoding) <= _MOST_UNREADABLE:
            return encoding
    raise refused("file_encoding", name)


def _unreadable(path: Path, encoding: str) -> float:
    """Return the share of characters that cannot be decoded; a strict pass first, because most files are clean."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
        return 0.0
    except UnicodeDecodeError:
        with path.open("rb") as file:
            text = file.read(8 * _CHUNK).decode(encoding, "replace")
        return text.count("\ufffd") / max(len(text), 1)


def _has_nulls(path: Path, encoding: str) -> bool:
    """Tell whether null characters must be taken out (PostgreSQL keeps none)."""
    if encoding.startswith("utf-16"):
        return True
    with path.open("rb") as file:
        return any(b"\x00" in chunk for chunk in iter(lambda: file.read(_CHUNK), b""))


def find_separator(sample: str) -> str:
    """Return the separator that splits most lines into the same number of cells."""
    lines = [line for line in sample.splitlines() if line.strip()][:50]

    def evenness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        common = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        return (counts.count(common) if common else 0, common)

    return max(_SEPARATORS, key=evenness)


def csv_rows(path: Path, *, name: str, limits: Limits = LIMITS) -> Iterator[list[str]]:
    """Yield the lines of a CSV file as cells; a broken character becomes U+FFFD, a null character nothing."""
    encoding = find_encoding(path, name=name)
    csv.field_size_limit(limits.cell_chars * 4)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        separator = find_separator(file.read(200_000))
        file.seek(0)
        lines = (line.replace("\x00", "") for line in file) if _has_nulls(path, encoding) else file
        try:
            yield from csv.reader(lines, delimiter=separator)
        except csv.Error as broken:
            raise refused("file_unreadable", name) from broken
