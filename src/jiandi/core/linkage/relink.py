"""A new, corrected or withdrawn roster against the register as it stands, without linking everything again.

Only what the change can touch is worked out anew: the numbers it mentions (stage 1) and the unsettled rows that share a key with
it (stage 2), found through the keys that the state holds; then the rows whose decision can differ (`redecide`). The result is row for
row what `link` with the same state gives from scratch, and what was removed speaks for nobody any more. People's decisions are carried
out all anew: they are few beside the register.
"""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from jiandi.core.linkage import basis, nearby, overrides, redecide, results, same_number
from jiandi.core.linkage.link import VIEW_COLUMNS, Result, comparable, look_at, score
from jiandi.core.linkage.settings import Settings

_NOTHING_NEW = "(select 0::bigint as record_id limit 0)"
_TO_COMPARE = "{} r left join lk_untrusted u using (record_id)"
_UNTRUSTED = "(u.record_id is not null)"


def relink(
    con: duckdb.DuckDBPyConnection,
    *,
    state: str,
    records: str = "records",
    added: str | None = None,
    removed: str | None = None,
    decisions: str | None = None,
    settings: Settings | None = None,
    assignments: str = "assignments",
    reviews: str = "reviews",
    moved: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Result:
    """Bring assignments and reviews up to date with a change of the records or of people's decisions.

    `state`: where `link` or an earlier `relink` left what it worked out (it is brought up to date). `records`: all records as
    they are now. `added`(record_id): those that are new among them. `removed`: the records that left, with all their columns. A
    corrected row is both. Changes of `decisions` are found by themselves. The thresholds must be those of the state.
    `assignments` and `reviews` are the tables as the run that left the state wrote them; they are changed where they must be, and
    `reviews` is in no order after that. Raises LookupError where there is no whole state of this version and model: a run that failed halfway,
    an older version, or another model left one that `link` must make anew. `moved`, if given, is
    created with record_id, was, entity: the rows that came (was is null), left (entity is null), or stand elsewhere now. The
    report counts everything but by_rule, and looks for signs of wrong merges (two_numbers, two_rows) only among people whose rows moved.
    """
    settings = settings or Settings()
    results.sweep(con)
    if not basis.is_whole(con, state, settings) or not basis.take(con, state):
        raise LookupError(
            f"no whole state named {state} of this version and model: run link(..., state={state!r}) first, which links everything"
        )
    con.execute(f"drop table {state}_lk_form")  # from here on the state is not whole until the end
    look_at(con, records, settings)
    overrides.load_decisions(con, decisions)
    con.execute(f"create or replace temp table lk_added as select record_id from {added or _NOTHING_NEW}")
    _look_at_removed(con, removed, records)
    progress("number")
    expelled = _settle_touched(con, state, records, settings)
    progress("score")
    counts = _score_touched(con, state, settings)
    overrides.ruled_out(con)
    progress("decide")
    report = redecide.finish_touched(con, settings, assignments, reviews, state=state, moved=moved)
    basis.mark(con, state, settings)
    results.sweep(con)
    return Result(assignments, reviews, report | counts | {"expelled_by_decision": expelled})


def _look_at_removed(con: duckdb.DuckDBPyConnection, removed: str | None, records: str) -> None:
    source = removed or f"(select * from {records} limit 0)"
    con.execute(f"""create or replace temp table lk_removed as
      select {VIEW_COLUMNS}, 9 as kind_rank, false as duplicate_free from {source}""")


def _touched_numbers(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Create lk_touched_numbers(idn): the numbers whose rows must be judged again.

    Those of changed rows; of rows about which people decided otherwise than before; and of rows under another name than their
    number's owner, where somebody born that day in that village came or went (the twin that forbids an alias).
    """
    con.execute("""create or replace temp table lk_came as
      select r.* from lk_records r semi join lk_added using (record_id)""")
    con.execute("""create or replace temp table lk_changed as
      select * from lk_came union all by name select * from lk_removed""")
    decided = " union all ".join(
        f"""select record_a, record_b, verdict from (({one} except {other}) union all ({other} except {one}))"""
        for one, other in (
            (f"select * from {state}_{table}", f"select * from {table}")
            for table in ("lk_same", "lk_different")
        )
    )
    con.execute(f"create or replace temp table lk_reconsidered as {decided}")
    con.execute(f"""create or replace temp table lk_touched_numbers as
      with odd as (select record_id, entity as owner from {state}_lk_settled where rule in ('part_of_name', 'other_name')
        union all select record_id, owner from {state}_lk_untrusted),
      places as (select distinct birth, sex, village from lk_changed where village is not null)
      select idn from lk_changed where idn is not null
      union select idn from lk_records where idn is not null
        and record_id in (select record_a from lk_reconsidered union select record_b from lk_reconsidered)
      union select r.idn from lk_records r join odd using (record_id) left join lk_records o on o.record_id = odd.owner
        where r.idn is not null and (r.birth, r.sex, coalesce(r.village, o.village)) in (select (birth, sex, village) from places)""")


def _look_at_touched(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Create lk_group_rows, all rows of the touched numbers, and lk_some, they and the rows among which their twins are looked for."""
    con.execute("""create or replace temp table lk_wanted as
      select record_id from lk_records semi join lk_touched_numbers using (idn)""")
    con.execute("""create or replace temp table lk_group_rows as
      select r.* from lk_records r semi join lk_wanted using (record_id)""")
    # only where a row's name is not its owner's does a twin count
    con.execute("""create or replace temp table lk_places as
      with mixed as (select idn from lk_group_rows group by idn having count(distinct name) > 1 or count(*) > count(name))
      select distinct a.birth, a.sex, b.village, hash(a.birth, b.village, a.sex) as place
      from lk_group_rows a semi join mixed using (idn) join lk_group_rows b using (idn)
      where a.birth is not null and a.sex is not null and b.village is not null""")
    key = nearby.at(("birth", "village", "sex"))
    con.execute(f"""create or replace temp table lk_wanted as
      select record_id from (
        select record_id from {state}_lk_keys where {key} in (select (place >> 32)::uinteger from lk_places)
        union select record_id from lk_changed semi join lk_places using (birth, sex, village))
      anti join lk_group_rows using (record_id)""")
    con.execute("""create or replace temp table lk_some as
      select * from lk_group_rows
      union all select r.* from lk_records r semi join lk_wanted using (record_id)""")


def _settle_touched(con: duckdb.DuckDBPyConnection, state: str, records: str, settings: Settings) -> int:
    """Run stage 1 on the touched numbers alone; leave views lk_settled and lk_untrusted of the whole, and lk_again(record_id).

    lk_again: every row of a touched number and every row that came or left. Returns how many rows decisions expelled.
    """
    _touched_numbers(con, state)
    _look_at_touched(con, state)
    con.execute("create or replace temp view lk_records as select * from lk_some")
    same_number.settle_by_number(con)
    expelled = overrides.expel_ruled_out(con)
    con.execute("""create or replace temp table lk_again as
      select record_id from lk_group_rows union select record_id from lk_changed""")
    for table in ("lk_settled", "lk_untrusted"):
        con.execute(f"delete from {state}_{table} where record_id in (select record_id from lk_again)")
        con.execute(f"""insert into {state}_{table}
          select t.* from {table} t semi join lk_group_rows using (record_id)""")
        con.execute(f"drop table {table}")
        con.execute(f"create temp view {table} as select * from {state}_{table}")
    look_at(con, records, settings)
    for table in ("lk_same", "lk_different"):
        con.execute(f"create or replace table {state}_{table} as select * from {table}")
    return expelled


def _replace_rest(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Bring the lk_rest of a state up to date: of the rows judged again, those that no number has settled are unsettled now."""
    con.execute(f"delete from {state}_lk_rest where record_id in (select record_id from lk_again)")
    source = comparable(_TO_COMPARE.format("lk_around"), _UNTRUSTED)
    con.execute(f"""insert into {state}_lk_rest select {nearby.DECIDED_BY} from ({source})
      anti join lk_settled using (record_id)""")


def _score_touched(con: duckdb.DuckDBPyConnection, state: str, settings: Settings) -> dict[str, int]:
    """Score the pairs of touched unsettled rows; leave the views lk_scored and lk_residue (what decisions read) of the whole."""
    con.execute("""create or replace temp table lk_around as
      select * from lk_group_rows union all select * from lk_came anti join lk_group_rows using (record_id)""")
    _replace_rest(con, state)
    nearby.replace_keys(con, state)
    nearby.find(con, state)
    con.execute(
        "create or replace temp table lk_near_rows as select r.* from lk_records r semi join lk_near using (record_id)"
    )
    rest = f"semi join {state}_lk_rest using (record_id)"
    con.execute(f"""create or replace temp table lk_residue as
      select * from ({comparable(_TO_COMPARE.format("lk_near_rows"), _UNTRUSTED)}) {rest}""")
    con.execute(f"""create or replace temp table lk_pool as
      select * from ({comparable("lk_near_rows r", "false")}) anti join lk_residue using (record_id)""")
    counts = score(con, settings, only="lk_only")
    gone = "select record_id from lk_only union all select record_id from lk_again"
    con.execute(f"delete from {state}_lk_scored where left_id in ({gone}) or right_id in ({gone})")
    con.execute(f"insert into {state}_lk_scored select * from lk_scored")
    for table, kept in (("lk_scored", "lk_scored"), ("lk_residue", "lk_rest")):
        con.execute(f"drop table {table}")
        con.execute(f"create temp view {table} as select * from {state}_{kept}")
    touched, residue = (
        int(con.execute(f"select count(*) from {table}").fetchall()[0][0])
        for table in ("lk_only", "lk_residue")
    )
    return counts | {"residue": residue, "touched": touched}
