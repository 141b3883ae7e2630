"""What a model makes of pairs it did not learn from, with their numbers hidden: the check that stands on its card.

True pairs here are rows with one valid number, as the labels are. Rows without a number, which are the ones that need
scoring, are harder: what is measured here is no recall of the register, and no wrong merge is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from jiandi.core.linkage.basis import PEOPLE_AROUND, rarity_sql
from jiandi.core.linkage.comparisons import COLUMNS, QUESTIONS
from jiandi.core.linkage.evaluate import exact_share
from jiandi.core.linkage.settings import Settings
from jiandi.core.linkage.splink_adapter import score_pairs

ONE_IN = 5
IS_HELD = f"hash(idn) % {ONE_IN} = 0"
MOST_TRUE, MOST_NAMESAKES, CHANCE_SIDE = 40_000, 20_000, 450
KINDS = ("true", "namesakes", "chance")


def check_on_held_out(con: duckdb.DuckDBPyConnection, model: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return for each of KINDS how many pairs there were and how many reach the automatic and the review weight.

    Reads train_records. true: two rows of one held-out number from two rosters. namesakes: two rows of one name with two valid
    numbers, next to each other in age. chance: pairs drawn by lot, other ones than the model learnt from. The question about
    the number is not asked. Shares have exact 95 % intervals that take pairs as independent.
    """
    _draw(con, seed)
    _score(con, model)
    settings = Settings()
    rows = con.execute(f"""select kind, count(*), count(*) filter (match_weight >= {settings.auto_weight}),
      count(*) filter (match_weight >= {settings.review_weight})
      from train_checks join train_scored using (left_id, right_id) group by kind""").fetchall()
    for table in ("train_checks", "train_asked", "train_once", "train_scored"):
        con.execute(f"drop table {table}")
    counts = {kind: (pairs, auto, review) for kind, pairs, auto, review in rows}
    found: dict[str, Any] = {"auto_weight": settings.auto_weight, "review_weight": settings.review_weight}
    for kind in KINDS:
        pairs, auto, review = counts.get(kind, (0, 0, 0))
        found[kind] = {
            "pairs": pairs,
            "auto": {"count": auto, **exact_share(auto, pairs)},
            "review": {"count": review, **exact_share(review, pairs)},
        }
    return found


def _draw(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Create train_checks(kind, left_id, right_id)."""
    following = "lead({0}) over (partition by {1} order by {2})"
    by_number, by_name = ("idn", "record_id"), ("name", "birth, record_id")
    con.execute(f"""create or replace temp table train_checks as
      select 'true' as kind, left_id, right_id from (
        select record_id as left_id, {following.format("record_id", *by_number)} as right_id,
          roster_id <> {following.format("roster_id", *by_number)} as other_roster from train_records where {IS_HELD})
      where right_id is not null and other_roster order by hash(left_id, {seed}) limit {MOST_TRUE}""")
    con.execute(f"""insert into train_checks
      select 'namesakes', left_id, right_id from (
        select record_id as left_id, {following.format("record_id", *by_name)} as right_id,
          idn <> {following.format("idn", *by_name)} as other_number
        from train_records where {IS_HELD} and name is not null and birth is not null)
      where right_id is not null and other_number order by hash(left_id, {seed}) limit {MOST_NAMESAKES}""")
    con.execute(f"""insert into train_checks
      with drawn as (select record_id, idn, row_number() over (order by hash(record_id, {seed + 1})) as place from train_records)
      select 'chance', a.record_id, b.record_id from drawn a join drawn b
        on a.place <= {CHANCE_SIDE} and b.place > {CHANCE_SIDE} and b.place <= {2 * CHANCE_SIDE} and a.idn is distinct from b.idn""")


def _score(con: duckdb.DuckDBPyConnection, model: Mapping[str, Any]) -> None:
    """Create train_scored(left_id, right_id, match_weight, ...), every pair once."""
    names = ", ".join(f"r.{column}" for column in COLUMNS)
    con.execute(
        "create or replace temp table train_once as select distinct left_id, right_id from train_checks"
    )
    con.execute(f"""create or replace temp table train_asked as
      with met as (select left_id as record_id from train_once union select right_id from train_once),
      names as (select name, count(*) as name_rows from train_records group by name),
      sounds as (select py, count(*) as py_rows from train_records group by py),
      figures as (select count(*) as total from train_records)
      select {names}, {rarity_sql("name", "same", model)}, {rarity_sql("py", "same_sound", model)}
      from train_records r semi join met using (record_id) left join names using (name) left join sounds using (py), figures""")
    people = con.execute(
        "select count(distinct idn) + count(*) filter (idn is null) // 2 from train_records"
    ).fetchall()[0][0]
    score_pairs(
        con, pairs="train_once", records="train_asked", model=model, prior=1 / min(PEOPLE_AROUND, max(1000, people)), into="train_scored",
        questions=QUESTIONS[1:], also="",
    )  # fmt: skip
