"""What a match run worked out, kept sealed so that the next run need only look at what changed since.

It lies under a token which the run records together with its results: whatever becomes of the process, either both count or
neither does. A cache like the shelf: without it the next run works everything out again, and counts anew how common names are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from jiandi.rooms.access import sealing
from jiandi.rooms.register import shelf

NAME = "kept"  # the attached database; the linkage's own tables are kept.run_lk_...
STATE = f"{NAME}.run"


def open_for(con: duckdb.DuckDBPyConnection, token: str | None, scratch: Path) -> bool:
    """Attach as `kept` what the run of this token kept, or an empty database; return whether there was something."""
    path = scratch / "kept.duckdb"
    is_there = token is not None and sealing.unseal_large(_folder(token), path, domain=_domain(token))
    try:
        con.execute(f"ATTACH '{path}' AS {NAME}")
    except duckdb.Error:  # written by another version of DuckDB
        path.unlink()
        con.execute(f"ATTACH '{path}' AS {NAME}")
        return False
    return is_there


def start_afresh(con: duckdb.DuckDBPyConnection, scratch: Path) -> None:
    """Attach an empty `kept` in place of the one that is there."""
    con.execute(f"DETACH {NAME}")
    (scratch / "kept.duckdb").unlink()
    con.execute(f"ATTACH '{scratch / 'kept.duckdb'}' AS {NAME}")


def store(con: duckdb.DuckDBPyConnection, token: str, scratch: Path) -> None:
    """Seal what lies in `kept` under a token, whole or not at all; `kept` is closed by this."""
    con.execute(f"DETACH {NAME}")
    sealing.seal_large(scratch / "kept.duckdb", scratch / "half", domain=_domain(token))
    (scratch / "half").rename(_folder(token))


def forget_others(token: str) -> None:
    """Remove what other runs kept, and what runs left that did not come to their end."""
    for folder in shelf.folder().glob("linkage-*"):
        if folder != _folder(token):
            shutil.rmtree(folder, ignore_errors=True)


def _folder(token: str) -> Path:
    return shelf.folder() / f"linkage-{token}"


def _domain(token: str) -> str:
    return f"linkage:{token}"
