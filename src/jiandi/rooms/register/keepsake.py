"""What a match run worked out, kept sealed so that the next run need only look at what changed since.

It lies under a token which the run records together with its results: whatever becomes of the process, either both count or
neither does. A cache like the shelf: without it the next run works everything out again, and counts anew how common names are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from cryptography.exceptions import InvalidTag

from jiandi.rooms.access import sealing
from jiandi.rooms.register import shelf

PIECE_BYTES = 64 << 20
NAME = "kept"  # the attached database; the linkage's own tables are kept.run_lk_...
STATE = f"{NAME}.run"


def open_for(con: duckdb.DuckDBPyConnection, token: str | None, scratch: Path) -> bool:
    """Attach as `kept` what the run of this token kept, or an empty database; return whether there was something."""
    path = scratch / "kept.duckdb"
    is_there = token is not None and _unsealed(token, path)
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
    half = scratch / "half"
    half.mkdir()
    with (scratch / "kept.duckdb").open("rb") as opened:
        number = 0
        while piece := opened.read(PIECE_BYTES):
            (half / f"{number:05}.sealed").write_bytes(
                sealing.seal(piece, domain=f"linkage:{token}:{number}")
            )
            number += 1
    (half / "pieces").write_text(str(number), encoding="ascii")
    half.rename(_folder(token))


def forget_others(token: str) -> None:
    """Remove what other runs kept, and what runs left that did not come to their end."""
    for folder in shelf.folder().glob("linkage-*"):
        if folder != _folder(token):
            shutil.rmtree(folder, ignore_errors=True)


def _folder(token: str) -> Path:
    return shelf.folder() / f"linkage-{token}"


def _unsealed(token: str, path: Path) -> bool:
    """Write the kept database to a path; False where it is not there, or not as it was sealed."""
    try:
        pieces = int((_folder(token) / "pieces").read_text(encoding="ascii"))
        with path.open("wb") as out:
            for number in range(pieces):
                sealed = (_folder(token) / f"{number:05}.sealed").read_bytes()
                out.write(sealing.unseal(sealed, domain=f"linkage:{token}:{number}"))
    except (OSError, ValueError, InvalidTag):
        path.unlink(missing_ok=True)
        return False
    return True
