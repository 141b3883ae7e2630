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


def count_sizes(con: duckdb.DuckDBPyConnection, assignments: str) -> None:
    """Create lk_sizes(rows, people): how many people have so many rows."""
    con.execute(f"""create or replace temp table lk_sizes as select rows, count(*)::bigint as people
      from (select count(*) as rows from {assignments} group by entity) group by rows""")


def recount_sizes(con: duckdb.DuckDBPyConnection, assignments: str, state: str) -> None:
    """Bring the lk_sizes of a state up to date with the rows that `write_assignments` moved, and leave it as lk_sizes.

    Only people who have more or fewer rows than before are counted again.
    """
    con.execute("""create or replace temp table lk_stirred as
      with steps as (select entity, -1 as step from lk_before union all select entity, 1 from lk_final where record_id >= 0)
      select entity, sum(step)::bigint as change from steps group by entity having sum(step) <> 0""")
    con.execute(f"""create or replace temp table lk_sizes as
      with now as (select entity, count(*) as rows from {assignments} semi join lk_stirred using (entity) group by entity),
      counted as (select coalesce(n.rows, 0) as now, coalesce(n.rows, 0) - change as before from lk_stirred left join now n using (entity))
      select rows, sum(people)::bigint as people from (select rows, people from {state}_lk_sizes
        union all select now, 1 from counted where now > 0 union all select before, -1 from counted where before > 0)
      group by rows having sum(people) <> 0""")
    con.execute(f"create or replace table {state}_lk_sizes as select * from lk_sizes")


def _look_among(con: duckdb.DuckDBPyConnection, assignments: str) -> None:
    """Create lk_seen(record_id, entity, idn, roster_id, duplicate_free): the rows of people who gained or lost one, or were judged anew."""
    con.execute("""create or replace temp table lk_stirred as
      select entity from lk_final where record_id >= 0 and record_id in (select record_id from lk_again)
      union select unnest([a.entity, b.entity]) from lk_before b full join (from lk_final where record_id >= 0) a using (record_id)
        where a.entity is distinct from b.entity""")
    con.execute(f"""create or replace temp table lk_members as
      select record_id, entity from {assignments} semi join lk_stirred using (entity)""")
    con.execute("""create or replace temp table lk_seen as
      select m.*, r.idn, r.roster_id, r.duplicate_free from lk_records r join lk_members m using (record_id)""")


def make_report(
    con: duckdb.DuckDBPyConnection, assignments: str, reviews: str, settings: Settings, *, whole: bool = True
) -> dict[str, Any]:
    """Return counts per stage, people by number of records, and what must be looked at before publishing; reads lk_sizes.

    two_numbers: people with two different usable numbers (untrusted ones not counted); two_rows: people with two rows of
    one duplicate-free roster; canaries_merged must be empty. Unless `whole`, the first two are looked for only among the people whose
    rows moved or were judged anew, and by_rule counts the rows of lk_final alone.
    """
    if whole:
        con.execute(f"""create or replace temp view lk_seen as
          select record_id, entity, idn, roster_id, duplicate_free from {assignments} join lk_records using (record_id)""")
    else:
        _look_among(con, assignments)
    found = {
        "records": _one(con, "select sum(rows * people) from lk_sizes"),
        "people": _one(con, "select sum(people) from lk_sizes"),
        "by_how": _counted(con, f"select how, count(*) from {assignments} group by how order by how"),
        "by_rule": _counted(con, "select rule, count(*) from lk_final where record_id >= 0 group by rule order by rule"),
        "reviews": _one(con, f"select count(*) from {reviews}"),
        "by_reason": _counted(con, f"select reason, count(*) from {reviews} group by reason order by reason"),
        "sizes": _counted(con, "select least(rows, 20), sum(people) from lk_sizes group by 1 order by 1"),
        "untrusted_numbers": _one(con, "select count(*) from lk_untrusted where record_id >= 0"),
        "two_numbers": _one(con, """select count(*) from (
          select entity from lk_seen anti join lk_untrusted using (record_id)
          where idn is not null group by entity having min(idn) <> max(idn))"""),
        "two_rows": _one(con, """select count(*) from (
          select entity, roster_id from lk_seen where duplicate_free group by all having count(*) > 1)"""),
        "busy_phones": _one(con, "select count(*) from lk_busy_phones"),
        "canaries_merged": _canaries_merged(con) if settings.canaries else None,
    }  # fmt: skip
    return found
