"""People's decisions follow the rows they were about: a file read anew, or the next delivery, gives the same line another number.

A row that came again unchanged, in a roster of the same unit and kind, is the row that was decided about. A row that changed, or that
stands there twice, is not: there the question is asked again.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from jiandi.core.numbering import ROLE_BITS, ROW_BITS
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.rebuilding import beside_shelf, on_shelf

_GONE = (Roster.State.REPLACED, Roster.State.WITHDRAWN)
_CONTENT = (
    "kind",
    "role",
    "name",
    "id_text",
    "birth_on",
    "sex",
    "phone",
    "village",
    "address",
    "household_no",
)
_DIGEST = (
    "md5(concat_ws(chr(31), " + ", ".join(f"coalesce({one}::VARCHAR, chr(30))" for one in _CONTENT) + "))"
)
_SAME_UNIT = "n.unit_id = l.unit_id AND n.digest = l.digest"


def carry_decisions(con: duckdb.DuckDBPyConnection, scratch: Path) -> int:
    """Point each decision about a row that left at the row it came again as; return how many rows were found again.

    Reads and changes decisions(record_a, record_b, verdict); reads records and rosters(roster_id, unit_id, county). A decision
    about a row that did not come again stays as it was and waits for that row.
    """
    lost = con.execute(f"""
        CREATE OR REPLACE TEMP TABLE lost AS
        SELECT record_id, record_id >> {ROW_BITS + ROLE_BITS} AS roster_id
        FROM (SELECT record_a AS record_id FROM decisions UNION SELECT record_b FROM decisions) ANTI JOIN records USING (record_id);
        SELECT DISTINCT roster_id FROM lost ORDER BY roster_id""").fetchall()
    gone = Roster.objects.filter(pk__in=[row[0] for row in lost], state__in=_GONE).select_related(
        "unit__place"
    )
    con.execute("CREATE OR REPLACE TEMP TABLE left_rows (record_id BIGINT, unit_id BIGINT, digest VARCHAR)")
    for roster in gone.order_by("pk"):
        _load_lost(con, roster, scratch)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE carried AS
        WITH now AS (
            SELECT r.record_id, o.unit_id, {_DIGEST} AS digest FROM records r JOIN rosters o USING (roster_id)
            WHERE {_DIGEST} IN (SELECT digest FROM left_rows)
            QUALIFY count(*) OVER (PARTITION BY o.unit_id, {_DIGEST}) = 1)
        SELECT l.record_id AS was, n.record_id AS is_now FROM left_rows l JOIN now n ON {_SAME_UNIT};
        UPDATE decisions SET record_a = is_now FROM carried WHERE record_a = was;
        UPDATE decisions SET record_b = is_now FROM carried WHERE record_b = was""")
    return int(con.execute("SELECT count(*) FROM carried").fetchall()[0][0])


def _load_lost(con: duckdb.DuckDBPyConnection, roster: Roster, scratch: Path) -> None:
    """Add the lost rows of one roster to left_rows, read from the shelf or again from the file as it was sealed."""
    query = f"SELECT record_id, {_DIGEST} AS digest FROM"
    wanted = "WHERE record_id IN (SELECT record_id FROM lost)"
    is_kept = roster.state == Roster.State.REPLACED
    files = shelf.files((on_shelf if is_kept else beside_shelf)(roster, scratch), "records")
    con.execute(
        f"INSERT INTO left_rows SELECT record_id, {roster.unit_id}, digest FROM ({query} read_parquet({files!r})) {wanted}"
    )
