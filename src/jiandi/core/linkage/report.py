"""What a run says about itself: counts per stage, sizes, and the signs of a wrong merge, before anything is published."""

from __future__ import annotations

from typing import Any

import duckdb

from jiandi.core.linkage.canaries import APART
from jiandi.core.linkage.settings import Settings


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0] or 0)


def _counted(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, int]:
    return {str(word): int(count) for word, count in con.execute(sql).fetchall()}


def _canaries_merged(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    places = dict(con.execute("select record_id, entity from lk_final where record_id < 0").fetchall())
    return [(a, b) for a, b in APART if places.get(a) is not None and places.get(a) == places.get(b)]


def make_report(
    con: duckdb.DuckDBPyConnection, assignments: str, reviews: str, settings: Settings, *, whole: bool = True
) -> dict[str, Any]:
    """Return counts per stage, people by number of records, and what must be looked at before publishing.

    two_numbers: people with two different usable numbers (untrusted ones not counted); two_rows: people with two rows of
    one duplicate-free roster; canaries_merged must be empty. Unless `whole`, these are looked for only among the people of lk_final,
    and by_rule counts its rows alone.
    """
    near = "true" if whole else "a.entity in (select entity from lk_final)"
    con.execute(f"""create or replace temp table lk_sizes as
      select entity, count(*) as rows from {assignments} group by entity""")
    found = {
        "records": _one(con, f"select count(*) from {assignments}"),
        "people": _one(con, "select count(*) from lk_sizes"),
        "by_how": _counted(con, f"select how, count(*) from {assignments} group by how order by how"),
        "by_rule": _counted(con, "select rule, count(*) from lk_final where record_id >= 0 group by rule order by rule"),
        "reviews": _one(con, f"select count(*) from {reviews}"),
        "by_reason": _counted(con, f"select reason, count(*) from {reviews} group by reason order by reason"),
        "sizes": _counted(con, "select least(rows, 20), count(*) from lk_sizes group by 1 order by 1"),
        "untrusted_numbers": _one(con, "select count(*) from lk_untrusted where record_id >= 0"),
        "two_numbers": _one(con, f"""select count(*) from (
          select a.entity from {assignments} a join lk_records r using (record_id) anti join lk_untrusted u using (record_id)
          where r.idn is not null and {near} group by a.entity having min(r.idn) <> max(r.idn))"""),
        "two_rows": _one(con, f"""select count(*) from (
          select a.entity, r.roster_id from {assignments} a join lk_records r using (record_id)
          where r.duplicate_free and {near} group by all having count(*) > 1)"""),
        "busy_phones": _one(con, "select count(*) from lk_busy_phones"),
        "canaries_merged": _canaries_merged(con) if settings.canaries else None,
    }  # fmt: skip
    con.execute("drop table lk_sizes")
    return found
