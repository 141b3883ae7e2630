"""SQLite as we ship it: pysqlite3's build instead of the system's.

The WAL-reset corruption bug (SQLite 3.7.0-3.51.2, fixed in 3.51.3) is unpatched in several distributions, so the
module Django's backend imports is replaced before it is imported.
"""

import sys

import pysqlite3

sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from django.db.backends.sqlite3.base import Database, DatabaseWrapper  # type: ignore[attr-defined]  # noqa: E402

__all__ = ["Database", "DatabaseWrapper"]
