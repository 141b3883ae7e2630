"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from jiandi.core.values import Refused
from jiandi.rooms.register.reading.limits import LIMITS, MB, Limits
from jiandi.rooms.register.reading.refusals import refused

Form = Literal["xlsx", "xls", "csv"]
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF文档", "a PDF document"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"Rar!", "RAR压缩包", "a RAR archive"),
    (b"7z\xbc\xaf", "7z压缩包", "a 7z archive"),
    (b"\x1f\x8b", "gzip压缩包", "a gzip archive"),
    (b"{\\rtf", "RTF文档", "an RTF document"),
    (b"SQLite format 3", "数据库文件", "a database file"),
    (b"MZ", "程序文件", "a program"),
    (b"\x7fELF", "程序文件", "a program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")


def sniff(path: Path, *, name: str, limits: Limits = LIMITS) -> Form:
    """Tell what a delivered file is: xlsx, xls or csv. Anything else is refused with what it is and what to do."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise refused("file_empty", name)
    for magic, zh, en in _FOREIGN:
        if head.startswith(magic):
            raise refused("file_wrong_kind", name, zh=zh, en=en)
    if head.startswith(b"PK"):
        return _workbook(path, name, size, limits)
    if head.startswith(_OLE):
        return _old_workbook(path, name, size, limits)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise refused(
            "file_wrong_kind",
            name,
            zh="网页或XML(只是扩展名像表格)",
            en="a web page or XML that only bears a table's name",
        )
    _check_size(size, limits.csv_bytes, name)
    return "csv"


def unpacked_size(path: Path) -> int:
    """Return the size a workbook has when unpacked; for an old .xls its own size."""
    if not zipfile.is_zipfile(path):
        return path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        return sum(entry.file_size for entry in archive.infolist())


def _workbook(path: Path, name: str, size: int, limits: Limits) -> Form:
    _check_size(size, limits.workbook_bytes, name)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise refused("file_unreadable", name) from broken
    if any(entry.flag_bits & 1 for entry in entries):
        raise refused("file_encrypted", name)
    _check_unpacked(sum(entry.file_size for entry in entries), size, name, limits)
    _check_contents({entry.filename for entry in entries}, name)
    return "xlsx"


def _check_contents(names: set[str], name: str) -> None:
    if "xl/workbook.xml" in names:
        return
    for part, zh, en in (
        ("word/document.xml", "Word文档", "a Word document"),
        ("ppt/presentation.xml", "演示文稿", "a presentation"),
        ("xl/workbook.bin", "xlsb二进制工作簿", "an xlsb binary workbook"),
        ("content.xml", "ODF文档", "an ODF document"),
    ):
        if part in names:
            raise refused("file_wrong_kind", name, zh=zh, en=en)
    raise refused("file_wrong_kind", name, zh="压缩包", en="a ZIP archive")


def _check_unpacked(unpacked: int, size: int, name: str, limits: Limits) -> None:
    bomb = unpacked > 20 * MB and unpacked > size * limits.unpacked_ratio
    if bomb or unpacked > limits.unpacked_bytes:
        raise refused("file_hostile", name, size=unpacked // MB)


def _old_workbook(path: Path, name: str, size: int, limits: Limits) -> Form:
    """Tell an .xls from other files in the same container, among them workbooks locked with a password."""
    _check_size(size, limits.workbook_bytes, name)
    content = path.read_bytes()
    if _stream(content, "EncryptedPackage") or _stream(content, "EncryptionInfo"):
        raise refused("file_encrypted", name)
    if _stream(content, "WordDocument"):
        raise refused("file_wrong_kind", name, zh="Word文档", en="a Word document")
    if not (_stream(content, "Workbook") or _stream(content, "Book")):
        raise refused("file_wrong_kind", name, zh="Office旧格式文件", en="an old Office file")
    return "xls"


def _stream(content: bytes, name: str) -> bool:
    return name.encode("utf-16-le") in content


def _check_size(size: int, most: int, name: str) -> None:
    if size > most:
        raise refused("file_too_big", name, size=size // MB, most=most // MB)


__all__ = ["Form", "Refused", "sniff", "unpacked_size"]
