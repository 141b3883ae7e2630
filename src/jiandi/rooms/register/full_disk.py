"""A disk that is full while a delivery is being read: told in a sentence, and nothing half-delivered stays."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
from django.db import DatabaseError

from jiandi.core.values import Refused, Text

NO_ROOM = Text(
    zh="磁盘空间不够,「{name}」没有接收,也没有留下一半;其余数据不受影响。请系统管理员清出空间(读取时约需文件大小的15倍)后,重新报送同一个文件。",
    en="The disk is full: “{name}” was not taken in and nothing of it was left half-done; everything else is untouched. Ask the administrator for room (reading needs about 15 times the file's size) and deliver the same file again.",
)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# As DuckDB, Arrow, SQLite and PostgreSQL say it.
_SAID = (
    "no space left",
    "disk is full",
    "file too large",
    "quota exceeded",
    "max_temp_directory_size",
    "could not write",
    "disk i/o error",
)


@contextmanager
def told_when_full(name: str) -> Iterator[None]:
    """Turn whatever a full disk breaks into one refusal; other faults pass."""
    try:
        yield
    except (OSError, duckdb.Error, DatabaseError) as problem:
        if not _is_full(problem):
            raise
        raise Refused("register.disk_full", NO_ROOM.filled(name=name)) from problem


def _is_full(problem: Exception) -> bool:
    said = str(problem).lower()
    return getattr(problem, "errno", None) in _FULL or any(words in said for words in _SAID)
