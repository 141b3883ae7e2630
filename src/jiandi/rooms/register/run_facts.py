"""What a match run says of itself besides the engine's figures: which rosters it left out and why, whose numbers moved."""

from __future__ import annotations

import time
from collections.abc import Callable

import duckdb

from jiandi.rooms.access.bulk import among
from jiandi.rooms.register import linking
from jiandi.rooms.register.models import Person, Roster
from jiandi.rooms.register.models_authority import Authorisation

NOT_COVERED, NEVER_COMPARED = "not_covered", "never_compared"  # the other reasons are states of a roster


def left_out(authorisation: Authorisation) -> dict[str, list[int]]:
    """Return the rosters a run under this permission does not look at, by the reason: their state, or their kind."""
    covered = set(authorisation.kinds or linking.kinds_known())
    found: dict[str, list[int]] = {}
    rows = Roster.objects.exclude(state=Roster.State.STANDING).order_by("pk")
    for pk, state, kind in rows.values_list("pk", "state", "kind"):
        if state != Roster.State.READ:
            found.setdefault(state, []).append(pk)
        elif kind in linking.OUTSIDE:
            found.setdefault(NEVER_COMPARED, []).append(pk)
        elif kind not in covered:
            found.setdefault(NOT_COVERED, []).append(pk)
    return found


def moves(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Count what a run did to people the register knew, once they are written.

    parted: people some of whose rows went to somebody else, while they keep their number; redirected: numbers that lead to
    somebody else since, those merged now and those that had pointed at them. Reads known, person_of and merged.
    """
    ((parted,),) = (
        con.execute("""SELECT count(DISTINCT k.person_id) FROM known k JOIN person_of p USING (record_id)
        ANTI JOIN merged m ON m.person_id = k.person_id WHERE k.person_id <> p.person_id""").fetchall()
    )
    merged = [row[0] for row in con.execute("SELECT person_id FROM merged").fetchall()]
    pointing = Person.objects.filter(among("superseded_by_id", merged)).count() if merged else 0
    return {"parted": parted, "redirected": len(merged) + pointing}


def stop_watch() -> Callable[[], float]:
    """Return what tells the seconds since now: how long work took, not when it was."""
    begun = time.monotonic()
    return lambda: round(time.monotonic() - begun, 1)
