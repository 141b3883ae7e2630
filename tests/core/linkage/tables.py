"""Small tables for linkage tests: a row is a dict of cells, everything else is empty."""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb

from jiandi.core.identity import whole_number
from tests.core.linkage.people import COLUMNS, load

REFERENCE = dt.date(2026, 11, 2)
ROSTERS = {
    "hukou": 1,
    "dibao": 4,
    "disability": 5,
    "clinic": 8,
    "left_behind": 9,
    "marriage": 10,
    "school": 3,
    "birth": 11,
}


def number(birth: int, sequence: int) -> str:
    """Return an invented identity number of the invented county."""
    return whole_number("990101", birth, sequence)


def rows(con: duckdb.DuckDBPyConnection, *cells: dict[str, Any]) -> None:
    """Create raw_records and truth from cells; `who` is the true person, record ids count from 1."""
    made = []
    for at, cell in enumerate(cells, 1):
        kind = cell.get("kind", "hukou")
        whole = {
            "record_id": at, "row_id": at, "roster_id": ROSTERS[kind], "kind": kind, "role": 0, "village": 1001, "town": 1,
            "reference_on": REFERENCE, "true_id": cell.get("who", at),
        }  # fmt: skip
        whole |= {name: value for name, value in cell.items() if name != "who"}
        made.append(tuple(whole.get(name) for name in COLUMNS))
    load(con, made)
