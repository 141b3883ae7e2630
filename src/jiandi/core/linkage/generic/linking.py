"""The generic profile: pairs worth comparing, scored by Splink, grown into groups by majority, doubts listed for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from jiandi.core.identity.number_sql import text_literal
from jiandi.core.linkage import blocking
from jiandi.core.linkage.generic import wording
from jiandi.core.linkage.generic.clusters import components, grow
from jiandi.core.linkage.generic.models import fit, learn
from jiandi.core.linkage.generic.questions import (
    AGAINST,
    COMPARED,
    KEYS,
    MAY_BE,
    QUESTIONS,
    WORDS,
    is_strong_sql,
)
from jiandi.core.linkage.settings import Settings
from jiandi.core.linkage.splink_adapter import score_pairs
from jiandi.core.linkage.wording import answers_sql, phrase_sql, score_sql

ROWS_ELSEWHERE = 20_000
LARGEST_COMPLETED = 40  # rows a chain of agreeing pairs may reach and still be compared each with each
_WORK = [
    "lk_rows",
    "lk_residue",
    "lk_pool",
    "lk_pairs",
    "lk_input",
    "lk_scored",
    "lk_more",
    "lk_places",
    "lk_best",
    "lk_apart",
    "lk_judged",
    "lk_alike",
]


def _one_of_each(con: duckdb.DuckDBPyConnection, records: str, decisions: str | None) -> None:
    """Create lk_rows: one row of each kind of identical rows, and a second one that shows what identity is worth.

    A file of ten million identical rows is compared once. Rows of a duplicate-free list and rows that people decided about are
    never taken together with others (is_single).
    """
    decided = (
        f"select record_a from {decisions} union all select record_b from {decisions}" if decisions else "0"
    )
    con.execute(f"""create or replace temp table lk_alike as
      select record_id, case when is_single then record_id else min(record_id) over w end as stands,
        row_number() over w as place, is_single
      from (select record_id, alike, duplicate_free or record_id in ({decided}) as is_single from {records})
      window w as (partition by alike, is_single order by record_id)""")
    con.execute(f"""create or replace temp table lk_rows as
      select r.*, left(last, 3) as last3, left(first, 3) as first3 from {records} r
      semi join (select record_id from lk_alike where place <= 2 or is_single) using (record_id)""")


def _block(con: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    columns = ", ".join(sorted({column for key in KEYS for side in key for column in side}))
    con.execute(f"create or replace temp table lk_residue as select record_id, {columns} from lk_rows")
    con.execute("create or replace temp table lk_pool as select * from lk_residue limit 0")
    blocking.block(con, cap=settings.block_rows, keys=KEYS)
    con.execute("""insert into lk_pairs select a.stands, a.record_id from lk_alike a where a.place = 2 and not a.is_single
      and not exists (select 1 from lk_pairs p where p.left_id = a.stands and p.right_id = a.record_id)""")
    return int(con.execute("select count(*) from lk_pairs").fetchall()[0][0])


def _rarity_sql(column: str, average: float) -> str:
    """Return SQL that says how common a name is, leaning on the average as if seen in other rows too."""
    return (
        f"case when {column} is not null then (count({column}) over (partition by {column}) + {average * ROWS_ELSEWHERE})"
        f" / (count(*) over () + {ROWS_ELSEWHERE}) end as tf_{column}"
    )


def _score(con: duckdb.DuckDBPyConnection, pairs: str, model: Mapping[str, Any], into: str) -> None:
    score_pairs(
        con, pairs=pairs, records="lk_input", model=model, prior=model["share"], into=into,
        questions=QUESTIONS, also="",
    )  # fmt: skip


def _complete(con: duckdb.DuckDBPyConnection, model: Mapping[str, Any], settings: Settings) -> None:
    """Compare also the rows that only a chain of agreeing pairs connects, so that the vote is held among all of them."""
    found = con.execute(
        f"select left_id, right_id from lk_scored where match_weight >= {settings.review_weight}"
    ).fetchall()
    reach = components(found)
    table = pa.table(
        {
            "record_id": pa.array(reach.keys(), pa.int64()),
            "reach": pa.array(reach.values(), pa.int64()),
        }
    )
    con.register("lk_reach", table)
    con.execute(f"""create or replace temp table lk_more as
      with small as (select * from lk_reach qualify count(*) over (partition by reach) <= {LARGEST_COMPLETED})
      select a.record_id as left_id, b.record_id as right_id from small a join small b using (reach)
      anti join lk_scored s on s.left_id = a.record_id and s.right_id = b.record_id
      where a.record_id < b.record_id""")
    con.unregister("lk_reach")
    if con.execute("select count(*) from lk_more").fetchall()[0][0]:
        _score(con, "lk_more", model, "lk_more_scored")
        con.execute("insert into lk_scored select * from lk_more_scored; drop table lk_more_scored")


def _pairs_of(con: duckdb.DuckDBPyConnection, decisions: str | None, verdicts: str) -> list[tuple[int, int]]:
    if decisions is None:
        return []
    return con.execute(f"""select least(a.stands, b.stands), greatest(a.stands, b.stands) from {decisions} d
      join lk_alike a on a.record_id = d.record_a join lk_alike b on b.record_id = d.record_b
      where verdict in {verdicts} and a.stands <> b.stands group by 1, 2 order by 1, 2""").fetchall()


def _part_rivals(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Doubt the pairs of a short form (Harry) with two rows that are not one person (Henry and Harold) and fit about as well."""
    con.execute(f"""update lk_judged set is_strong = false, is_rival = true
      from (with ends as (select left_id as mine, right_id as other, match_weight, {MAY_BE} as is_short from lk_judged where is_strong
              union all select right_id, left_id, match_weight, {MAY_BE} from lk_judged where is_strong)
        select distinct e.mine, e.other from ends e join ends f
          on f.mine = e.mine and f.other <> e.other and f.match_weight > e.match_weight - {settings.auto_margin}
        semi join (select * from lk_judged where is_against) a
          on a.left_id = least(e.other, f.other) and a.right_id = greatest(e.other, f.other)
        where e.is_short) x
      where left_id = least(x.mine, x.other) and right_id = greatest(x.mine, x.other)""")


def _group(con: duckdb.DuckDBPyConnection, settings: Settings, decisions: str | None) -> None:
    """Create lk_judged (scored pairs with is_strong and is_against) and lk_places(record_id, entity)."""
    con.execute(f"""create or replace temp table lk_judged as
      select *, {is_strong_sql(settings.auto_weight)} as is_strong, coalesce({AGAINST}, false) as is_against, false as is_rival
      from lk_scored""")
    _part_rivals(con, settings)
    strong = con.execute("select left_id, right_id, match_weight from lk_judged where is_strong").fetchall()
    agreeing = con.execute(f"""select left_id, right_id from lk_judged
      where is_strong or (match_weight >= {settings.review_weight} and not is_against)""").fetchall()
    lists = con.execute("select record_id, roster_id from lk_rows where duplicate_free").fetchall()
    same = _pairs_of(con, decisions, "('same')")
    apart = _pairs_of(con, decisions, "('not_same', 'unsure')")
    places = grow(strong, agreeing, same=same, apart=apart, lists=dict(lists))
    table = pa.table(
        {
            "record_id": pa.array(places.keys(), pa.int64()),
            "entity": pa.array(places.values(), pa.int64()),
        }
    )
    con.register("lk_places_arrow", table)
    # rows beyond the second of identical ones follow the first where the second did
    con.execute("""create or replace temp table lk_places as
      with told as (select * from lk_places_arrow),
      twins as (select a.stands, coalesce(s.entity, a.stands) = coalesce(t.entity, a.record_id) as joined
        from lk_alike a left join told s on s.record_id = a.stands left join told t on t.record_id = a.record_id
        where a.place = 2 and not a.is_single)
      select a.record_id, coalesce(t.entity, case when a.place > 2 and not a.is_single and w.joined then coalesce(s.entity, a.stands) end,
          a.record_id) as entity
      from lk_alike a left join told t on t.record_id = a.record_id left join told s on s.record_id = a.stands
      left join twins w on w.stands = a.stands""")
    con.unregister("lk_places_arrow")


def _write(con: duckdb.DuckDBPyConnection, assignments: str, reviews: str, settings: Settings) -> None:
    gammas = ", ".join(f"gamma_{word}" for word in WORDS)
    con.execute(f"""create or replace temp table lk_best as
      with ends as (select left_id, right_id, match_weight, {gammas} from lk_judged
        union all select right_id, left_id, match_weight, {gammas} from lk_judged)
      select b.left_id as record_id, b.match_weight, {gammas} from ends b
      join lk_places p on p.record_id = b.left_id join lk_places q on q.record_id = b.right_id and q.entity = p.entity
      qualify row_number() over (partition by b.left_id order by match_weight desc, right_id) = 1""")
    details = ", ".join(
        f"""case when p.record_id = p.entity and n = 1 then {text_literal(wording.ALONE.say(language))}
          when p.record_id = p.entity then {text_literal(wording.CENTRE.say(language))}
          when b.record_id is not null then {answers_sql(language, wording.ANSWERS, QUESTIONS)} || {score_sql(language, "b.match_weight", "null")}
          when p.entity = a.stands or a.place > 2 then {text_literal(wording.ALIKE.say(language))}
          else {text_literal(wording.DECIDED.say(language))} end as detail_{language}"""
        for language in ("zh", "en")
    )
    con.execute(f"""create or replace table {assignments} as
      select p.record_id, p.entity, case when n = 1 then 'new' else 'auto' end as how, b.match_weight, {details}
      from (select *, count(*) over (partition by entity) as n from lk_places) p
      join lk_alike a on a.record_id = p.record_id left join lk_best b on b.record_id = p.record_id""")
    doubts = ", ".join(
        f"{phrase_sql(wording.REASONS, 'reason', language)} || {text_literal(colon)}"
        f" || {answers_sql(language, wording.ANSWERS, QUESTIONS)} || {score_sql(language, 'match_weight', 'null')} as detail_{language}"
        for language, colon in (("zh", ":"), ("en", ": "))
    )
    con.execute(f"""create or replace table {reviews} as
      select record_id, candidate, reason, match_weight, null::double as margin, {doubts} from (
        select right_id as record_id, p.entity as candidate, j.*,
          case when is_against then 'contradiction' when is_rival then 'rival' when is_strong then 'outvoted'
            when match_weight >= {settings.auto_weight} then 'thin_evidence' else 'low_weight' end as reason
        from lk_judged j join lk_places p on p.record_id = left_id join lk_places q on q.record_id = right_id
        where p.entity <> q.entity and match_weight >= {settings.review_weight} and (is_strong or match_weight >= {settings.auto_weight} or not is_against)
        qualify row_number() over (partition by p.entity, q.entity order by match_weight desc, right_id) = 1)
      order by match_weight desc, record_id, candidate""")


def link_generic(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "records",
    decisions: str | None = None,
    settings: Settings | None = None,
    assignments: str = "assignments",
    reviews: str = "reviews",
    told: Callable[[Mapping[str, Any]], None] = lambda model: None,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, Any]:
    """Put every record with a person and list the pairs a person should look at; return the counts of the run.

    `records` comes from `clean_generic`; `decisions`(record_a, record_b, verdict same|not_same|unsure) stand above scores.
    `told` is given the model pairs are scored by: that of the settings, or the one learnt from these rows.
    Leaves the same two tables as the resident profile. Deterministic: equal rows give equal tables.
    """
    settings = settings or Settings()
    progress("block")
    _one_of_each(con, records, decisions)
    pairs = _block(con, settings)
    progress("score")
    model: Mapping[str, Any] = settings.model or learn(con, records="lk_rows")
    rarities = ", ".join(
        _rarity_sql(word, model["answers"][word]["same"][1]) for word in ("first", "last", "birth")
    )
    con.execute(f"create or replace temp table lk_input as select {COMPARED}, {rarities} from lk_rows")
    if settings.model is None:
        rows = int(con.execute("select count(*) from lk_rows").fetchall()[0][0])
        model = fit(con, dict(model), pairs="lk_pairs", rows=rows)
    told({"profile": "generic", **model})
    _score(con, "lk_pairs", model, "lk_scored")
    _complete(con, model, settings)
    progress("decide")
    _group(con, settings, decisions)
    _write(con, assignments, reviews, settings)
    counts = con.execute(f"""select (select count(*) from {assignments}), (select count(distinct entity) from {assignments}),
      (select count(*) from {reviews}), (select count(*) from lk_judged)""").fetchall()[0]
    for table in _WORK:
        con.execute(f"drop table if exists {table}")
    return dict(zip(("records", "people", "reviews", "compared"), map(int, counts), strict=True)) | {
        "pairs": pairs
    }
