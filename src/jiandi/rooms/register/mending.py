"""Following the lines of a correction list: by what each row can be known again, and which a later delivery mended.

By what rows are known again is kept sealed, as one file a delivery: the database holds no number and no name of a refused row.
"""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from django.db.models import Q, QuerySet

from jiandi.core.rosters.faults import NOT_KNOWN_AGAIN, find_mended, list_faults
from jiandi.core.rosters.kinds import kind_of
from jiandi.rooms.access import sealing
from jiandi.rooms.access.bulk import insert, update
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Roster, RowOutcome
from jiandi.rooms.register.models_mending import Mending
from jiandi.rooms.register.receiving import Reception

EXAMPLES = 500  # lines kept for each kind of repair; the counts are complete
MOST_PLACES = (
    20_000  # lines kept of rows whose village stays open: each is somebody whom no village looks for
)
MOST_REFUSED = 100_000
FOLLOWED = 12  # deliveries back: a year of monthly ones; older faults were mended by then, or nobody will
_OPEN = {
    "line_id": pa.int64(), "roster_id": pa.int64(), "row_no": pa.int32(), "outcome": pa.string(), "code": pa.string(),
    "field": pa.string(),
}  # fmt: skip


def note_faults(reception: Reception) -> dict[str, Any]:
    """Make listed_faults, the lines of a reception's correction list, seal by what their rows are known again; return the counts.

    faults: the sealed file; listed: lines; unfollowed: lines whose row nobody could know again.
    """
    con = reception.con
    list_faults(
        con,
        kind_of(reception.kind),
        reception.number,
        refused=MOST_REFUSED,
        examples=EXAMPLES,
        placeless=MOST_PLACES,
    )
    ((listed, unfollowed),) = con.execute(
        f"SELECT count(*), count(*) FILTER (WHERE {NOT_KNOWN_AGAIN}) FROM listed_faults"
    ).fetchall()
    counts = {"listed": listed, "unfollowed": unfollowed}
    if listed == unfollowed:
        return counts
    with shelf.scratch() as scratch:
        plain = scratch / "faults.parquet"
        con.execute(
            f"COPY (SELECT * EXCLUDE (places) FROM listed_faults WHERE NOT ({NOT_KNOWN_AGAIN})) TO '{plain}' (COMPRESSION zstd)"
        )
        return counts | {"faults": sealing.store_path(plain)}


def mend(roster: Roster, reception: Reception) -> int:
    """Say of the open lines of the unit's earlier deliveries of the kind which this one mended; return how many.

    Called while a delivery is entered: one pass over its rows, none over those of earlier deliveries.
    """
    con, earlier = reception.con, list(_earlier(roster))
    unmended = RowOutcome.objects.filter(roster__in=earlier, mended_by__isnull=True)
    lines = unmended.values_list("pk", "roster_id", "row_no", "outcome", "code", "column")
    if not earlier or not _load_open(con, earlier, lines):
        return 0
    find_mended(con, kind_of(roster.kind), reception.number)
    mended = con.execute("SELECT line_id FROM mended ORDER BY line_id").fetchall()
    update(RowOutcome, ("mended_by",), [(roster.pk, line_id) for (line_id,) in mended])
    counts = con.execute("""SELECT roster_id, count(*) FROM open_lines SEMI JOIN mended USING (line_id)
        GROUP BY roster_id ORDER BY roster_id""").fetchall()
    insert(Mending, ("roster", "by", "lines"), [(one, roster.pk, n) for one, n in counts])
    return len(mended)


def reopen(roster: Roster) -> int:
    """Take back what a delivery had mended, because it was itself taken back; return how many lines are open again."""
    of_it = Mending.objects.filter(by=roster)
    numbers = list(of_it.values_list("roster_id", flat=True))
    reopened = RowOutcome.objects.filter(roster__in=numbers, mended_by=roster).update(mended_by=None)
    of_it.delete()
    return reopened


def _earlier(roster: Roster) -> QuerySet[Roster]:
    """Return the unit's deliveries of the kind that came before this one, the latest first, as far back as they are followed."""
    counts = Q(state__in=(Roster.State.READ, Roster.State.REPLACED))
    before = Roster.objects.filter(
        counts, unit=roster.unit_id, kind=roster.kind, reference_on__lte=roster.reference_on, pk__lt=roster.pk
    )
    return before.filter(report__has_key="faults").order_by("-reference_on", "-pk")[:FOLLOWED]


def _load_open(con: duckdb.DuckDBPyConnection, earlier: list[Roster], lines: Any) -> bool:
    """Make open_lines of what is still wrong in earlier deliveries; False when nothing is."""
    shelf.load(con, "lines_waiting", _OPEN, lines.iterator(shelf.CHUNK))
    waiting = {row[0] for row in con.execute("SELECT DISTINCT roster_id FROM lines_waiting").fetchall()}
    if not waiting:
        return False
    with shelf.scratch() as scratch:
        parts = []
        for one in earlier:
            if one.pk in waiting:
                plain = scratch / f"{one.pk}.parquet"
                with plain.open("wb") as out:
                    out.writelines(sealing.read_pieces(one.report["faults"]))
                parts.append(f"SELECT {one.pk}::BIGINT AS roster_id, * FROM read_parquet('{plain}')")
        con.execute(f"""CREATE OR REPLACE TEMP TABLE open_lines AS
            SELECT w.line_id, w.roster_id, w.outcome, w.code, w.field, f.number, f.name, f.birth, f.address FROM lines_waiting w
            JOIN ({" UNION ALL ".join(parts)}) f USING (roster_id, row_no, outcome, code, field)""")
    return True


__all__ = ["EXAMPLES", "FOLLOWED", "MOST_REFUSED", "mend", "note_faults", "reopen"]
