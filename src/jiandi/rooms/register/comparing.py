"""The comparison of a run: of everything, or of what changed since the last one; what it worked out is kept for the next."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from jiandi.core.linkage import Settings, basis, default_model, digest, link, relink
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register import changes, keepsake
from jiandi.rooms.register.changes import Change, Folders
from jiandi.rooms.register.models import Roster

FORMAT = 2  # of what is kept; another number makes the next run work everything out again
ASSIGNMENTS, REVIEWS = "kept.assignments", "kept.reviews"


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison left in kept.assignments and reviews; `change`, and the tables moved and reconsidered, where it was of changes alone."""

    way: str  # changes | whole | anew
    report: dict[str, Any]
    change: Change | None = None


def compare(
    con: duckdb.DuckDBPyConnection,
    rosters: list[Roster],
    folders: Folders,
    scratch: Path,
    token: str | None,
    settings: Settings,
) -> Compared:
    """Compare records under the decisions in `decisions`; only what changed since the run of this token where that is possible.

    What another model or other thresholds worked out is of no use: then everything is compared.
    """
    is_kept = keepsake.open_for(con, token, scratch) and _is_of_this_make(con, settings)
    if is_kept and changes.is_far_off(con, folders):
        is_kept = False
    if not is_kept:
        keepsake.start_afresh(con, scratch)
    change = changes.since_last(con, rosters, folders, scratch) if is_kept and _stands(con) else None
    if change is None:
        result = link(
            con,
            records="records",
            decisions="decisions",
            settings=settings,
            state=keepsake.STATE,
            assignments=ASSIGNMENTS,
            reviews=REVIEWS,
        )
        way = "whole" if is_kept else "anew"
        if not is_kept:
            changes.note_counted(con, folders)
    else:
        changes.judged_since(con)
        result = relink(
            con, records="records", state=keepsake.STATE, added="came", removed="gone", decisions="decisions",
            settings=settings, moved="moved", assignments=ASSIGNMENTS, reviews=REVIEWS,
        )  # fmt: skip
        way = "changes"
    con.execute("CREATE OR REPLACE TEMP VIEW reviews AS FROM kept.reviews")
    counted = {"added": change.added, "removed": change.removed} if change else {}
    return Compared(way, result.report | counted, change)


def keep(
    con: duckdb.DuckDBPyConnection,
    rosters: list[Roster],
    folders: Folders,
    token: str,
    scratch: Path,
    settings: Settings,
) -> None:
    """Keep what was worked out, and what it was worked out from, for the run that follows the one of this token."""
    changes.note(con, rosters, folders)
    con.execute("CREATE OR REPLACE TABLE kept.made (make VARCHAR, doors VARCHAR)")
    con.execute("INSERT INTO kept.made VALUES (?, ?)", [_make(con, settings), _doors()])
    keepsake.store(con, token, scratch)


def _is_of_this_make(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Answer whether what is kept was worked out by the same model, thresholds and columns; else nothing of it may be used."""
    if not basis.is_there(con, "kept.made"):
        return False
    return bool(con.execute("SELECT make FROM kept.made").fetchall() == [(_make(con, settings),)])


def _stands(con: duckdb.DuckDBPyConnection) -> bool:
    """Answer whether the doors are those of the last run: people are described by the doors they live at."""
    return bool(con.execute("SELECT doors FROM kept.made").fetchall() == [(_doors(),)])


def _make(con: duckdb.DuckDBPyConnection, settings: Settings) -> str:
    columns = con.execute("DESCRIBE records").fetchall()
    model, thresholds = digest(settings.model or default_model()), replace(settings, model=None)
    said = f"{FORMAT} {duckdb.__version__} {model} {thresholds} {[row[:2] for row in columns]}"
    return hashlib.sha256(said.encode()).hexdigest()


def _doors() -> str:
    last = Dwelling.objects.order_by("-pk").values_list("pk", flat=True).first()
    return f"{Dwelling.objects.count()} {last}"
