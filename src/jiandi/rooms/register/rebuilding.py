"""A roster's rows for analysis, opened from the shelf, or made again from the delivered file when the shelf was emptied."""

from __future__ import annotations

from pathlib import Path

from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.receiving import read_again


def on_shelf(roster: Roster, into: Path) -> Path:
    """Return the folder, inside the scratch folder `into`, that holds a roster's tables (read them by `shelf.files`)."""
    opened = shelf.take(roster.pk, into)
    if opened is None:
        _make_again(roster)
        opened = shelf.take(roster.pk, into)
    assert opened is not None  # just put there
    return opened


def around(roster: Roster, row_no: int, into: Path) -> Path:
    """Return a Parquet file, inside the scratch folder `into`, with the records of one line of a roster and some around it."""
    opened = shelf.take_piece(roster.pk, row_no, into)
    if opened is None:
        _make_again(roster)
        opened = shelf.take_piece(roster.pk, row_no, into)
    assert opened is not None  # just put there
    return opened


def _make_again(roster: Roster) -> None:
    with shelf.scratch() as scratch:
        con = read_again(roster, scratch)
        shelf.put(con, roster.pk, roster.kind, "entered")
        con.close()


def beside_shelf(roster: Roster, into: Path) -> Path:
    """Return a folder inside the scratch folder with the records.parquet of a roster that was withdrawn; off the shelf it stays."""
    folder = into / f"beside-{roster.pk}"
    if not folder.exists():
        with shelf.scratch() as scratch:
            con = read_again(roster, scratch)
            records = shelf.records_sql("entered", roster.pk)
            folder.mkdir(mode=0o700)
            con.execute(f"COPY ({records}) TO '{folder / 'records.parquet'}'")
            con.close()
    return folder
