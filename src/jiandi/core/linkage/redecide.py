"""Stage 3 after a change: only rows are decided again whose decision can differ, and only what differs is written.

A row's decision reads its scored pairs, who stands behind the other row of each, what people have ruled out, who of the same
duplicate-free roster claims the same person with more weight, and where rows of the first authority found their home. So a row is
stale where one of these can have changed, and the rows that claim what a stale row claimed, or may claim, are decided with it. Stars
are made again where an edge of their component came or went. Everything else stands as the state says.
"""

from __future__ import annotations

from typing import Any

import duckdb

from jiandi.core.linkage import results
from jiandi.core.linkage.link import decide_rest, find_new_pairs, join_newcomers
from jiandi.core.linkage.report import make_report, recount_sizes
from jiandi.core.linkage.settings import Settings


def finish_touched(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    assignments: str,
    reviews: str,
    *,
    state: str,
    moved: str | None,
) -> dict[str, Any]:
    """Decide about stale rows, change both tables and the state where they must be; return the report."""
    _find_stale(con, state)
    _decide_stale(con, settings, state)
    _join_touched(con, settings, state)
    results.records_to_place(con, assignments)
    refused = results.write_assignments(con, assignments, canaries=settings.canaries, only="lk_place")
    _review_touched(con, settings, state, reviews, assignments)
    if moved is not None:
        results.write_moved(con, moved)
    recount_sizes(con, assignments, state)
    report = make_report(con, assignments, reviews, settings, whole=False)
    return report | {"contradicting_decisions": refused}


def _find_stale(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Create lk_dirty(record_id): the rows to decide again; some of them are settled by now, or gone.

    Each step takes in more rows than it must where that is simpler; none of them can be left out.
    """
    con.execute("""create or replace temp table lk_dirty as
      select record_id from lk_only union select record_id from lk_again
      union select record_a from lk_reconsidered union select record_b from lk_reconsidered
      union select record_a from lk_different where record_b in (select record_id from lk_again)
      union select record_b from lk_different where record_a in (select record_id from lk_again)""")
    _take_claimants(con, state)
    # where a row of the first authority may have another home, those who were compared with it may too
    con.execute("""insert into lk_dirty
      with chiefs as (select record_id from lk_residue semi join lk_dirty using (record_id) where kind_rank = 0)
      (select right_id from lk_scored where left_id in (from chiefs) union select left_id from lk_scored where right_id in (from chiefs))
      except select record_id from lk_dirty""")
    _take_claimants(con, state)


def _take_claimants(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Add to lk_dirty the rows of duplicate-free rosters that claim whom a dirty row claimed or may claim now."""
    con.execute("""create or replace temp table lk_met as
      select right_id as record_id from lk_scored where left_id in (select record_id from lk_dirty)
      union select left_id from lk_scored where right_id in (select record_id from lk_dirty)""")
    con.execute(f"""create or replace temp table lk_claimed as
      select entity from {state}_lk_decided where record_id in (select record_id from lk_dirty union all select record_id from lk_met)
      union select entity from lk_settled where record_id in (select record_id from lk_met)
      union select record_id from lk_met union select record_id from lk_dirty""")
    con.execute(f"""insert into lk_dirty
      select record_id from {state}_lk_decided semi join (select record_id from lk_residue where duplicate_free) using (record_id)
      where entity in (select entity from lk_claimed) and record_id not in (select record_id from lk_dirty)""")


def _decide_stale(con: duckdb.DuckDBPyConnection, settings: Settings, state: str) -> None:
    """Decide the dirty rows again; leave lk_decided of the whole."""
    con.execute(f"""create or replace temp table lk_standing as
      select r.record_id, case when d.verdict = 'auto' then d.entity else r.record_id end as entity, roster_id, duplicate_free
      from lk_residue r left join {state}_lk_decided d using (record_id) anti join lk_dirty using (record_id) where r.kind_rank = 0""")
    con.execute(f"""create or replace temp table lk_near_scored as
      select * from {state}_lk_scored where left_id in (select record_id from lk_dirty) or right_id in (select record_id from lk_dirty)""")
    con.execute("create or replace temp view lk_scored as select * from lk_near_scored")
    con.execute(
        f"create or replace temp view lk_residue as select * from {state}_lk_rest semi join lk_dirty using (record_id)"
    )
    decide_rest(con, settings, standing="lk_standing")
    con.execute(f"delete from {state}_lk_decided where record_id in (select record_id from lk_dirty)")
    con.execute(f"insert into {state}_lk_decided by name select * from lk_decided")
    con.execute("drop table lk_decided")
    con.execute(f"create temp view lk_decided as select * from {state}_lk_decided")
    con.execute(f"create or replace temp view lk_residue as select * from {state}_lk_rest")


def _join_touched(con: duckdb.DuckDBPyConnection, settings: Settings, state: str) -> None:
    """Make the stars again in which an edge came or went; leave lk_joined of the whole and lk_rejoined(record_id)."""
    find_new_pairs(con, settings)
    touching = "left_id in (select record_id from lk_dirty) or right_id in (select record_id from lk_dirty)"
    con.execute(f"""create or replace temp table lk_rejoined as
      select record_id from lk_dirty
      union select unnest([left_id, right_id]) from {state}_lk_edges where {touching}
      union select unnest([left_id, right_id]) from lk_edges""")
    con.execute(f"delete from {state}_lk_edges where {touching}")
    con.execute(f"insert into {state}_lk_edges select * from lk_edges")
    while con.execute(f"""insert into lk_rejoined
          select right_id from {state}_lk_edges where left_id in (select record_id from lk_rejoined)
            and right_id not in (select record_id from lk_rejoined)
          union select left_id from {state}_lk_edges where right_id in (select record_id from lk_rejoined)
            and left_id not in (select record_id from lk_rejoined)""").fetchall()[0][0]:
        pass
    con.execute(f"""create or replace temp table lk_edges as
      select * from {state}_lk_edges where left_id in (select record_id from lk_rejoined)""")
    join_newcomers(con)
    con.execute(f"delete from {state}_lk_joined where record_id in (select record_id from lk_rejoined)")
    con.execute(f"insert into {state}_lk_joined select * from lk_joined")
    con.execute("drop table lk_joined")
    con.execute(f"create temp view lk_joined as select * from {state}_lk_joined")


def _review_touched(
    con: duckdb.DuckDBPyConnection, settings: Settings, state: str, reviews: str, assignments: str
) -> None:
    """Write the lines of `reviews` again of rows decided again, of rows that moved, and of those whose candidate is among either."""
    con.execute("""create or replace temp table lk_stirred_rows as
      select record_id from lk_place union select record_id from lk_dirty union select record_id from lk_rejoined""")
    stirred = "(select record_id from lk_stirred_rows)"
    con.execute(f"""create or replace temp table lk_reviewed as
      select record_id from lk_stirred_rows
      union select record_id from lk_decided where verdict = 'review' and entity in {stirred}
      union select record_id from lk_untrusted where owner in {stirred}
      union select right_id from {state}_lk_scored where left_id in {stirred}""")
    con.execute(f"""create or replace temp view lk_scored as
      select * from {state}_lk_scored where right_id in (select record_id from lk_reviewed)""")
    find_new_pairs(con, settings)
    results.write_reviews(con, reviews, assignments, only="lk_reviewed")
