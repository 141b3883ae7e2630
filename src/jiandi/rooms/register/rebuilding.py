"""A roster's rows for analysis, made again from its sealed file when the cache was emptied."""

from __future__ import annotations

from pathlib import Path

from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.receiving import read_again


def on_shelf(roster: Roster) -> Path:
    """Return where a roster's rows lie."""
    path = shelf.roster_folder(roster.pk)
    if not (path / "records.parquet").exists():
        with shelf.scratch() as scratch:
            con = read_again(roster, scratch)
            shelf.put(con, roster.pk, roster.kind, "entered")
            con.close()
    return path
