"""The two tables a run leaves: where every record went and why, and which pairs wait for a person."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from jiandi.core.linkage.decide import GAMMAS
from jiandi.core.linkage.overrides import join_decided, still_together
from jiandi.core.linkage.wording import REVIEWS, RULES, answers_sql, phrase_sql, score_sql


def _first_places(con: duckdb.DuckDBPyConnection, only: str | None) -> None:
    """Create lk_final(record_id, entity, how, rule, weight, margin, gammas): every record once, before people's decisions.

    `only`(record_id): the records wanted, if not all.
    """
    wanted = f"semi join {only} using (record_id)" if only else ""
    gammas = ", ".join(f"d.gamma_{word}" for word in GAMMAS)
    con.execute(f"""create or replace temp table lk_final as
      select s.record_id, s.entity, rule,
        case when rule = 'owner' and r.kind_rank = 0 then 'authority' when rule in ('owner', 'same_name', 'same_sound') then 'id'
             else 'alias' end as how,
        null::double as weight, null::double as margin, {", ".join(f"null::integer as gamma_{word}" for word in GAMMAS)}
      from (select * from lk_settled {wanted}) s join (select record_id, kind_rank from lk_records) r using (record_id)
      union all by name
      select r.record_id, coalesce(d.entity, j.entity, r.record_id) as entity,
        case when d.entity is not null then 'auto' when j.entity is not null then 'star'
             when r.kind_rank = 0 then 'authority' else 'new' end as rule,
        case when coalesce(d.entity, j.entity) is not null then 'auto' when r.kind_rank = 0 then 'authority' else 'new' end as how,
        coalesce(d.weight, j.weight) as weight, d.margin, {gammas}
      from (select * from lk_residue {wanted}) r
      left join (select * from lk_decided where verdict = 'auto') d using (record_id)
      left join lk_joined j on j.record_id = r.record_id and d.entity is null""")


def _move_decided(con: duckdb.DuckDBPyConnection) -> int:
    """Carry out people's decisions on lk_final; return how many contradict one another."""
    pairs = con.execute("""select verdict, record_a, record_b, a.entity, b.entity
      from (select * from lk_same union all select * from lk_different where verdict = 'not_same')
      join lk_final a on a.record_id = record_a join lk_final b on b.record_id = record_b order by all""").fetchall()
    entity_of = {row: entity for _, a, b, one, two in pairs for row, entity in ((a, one), (b, two))}
    same = [(a, b) for verdict, a, b, _, _ in pairs if verdict == "same"]
    apart = [(a, b) for verdict, a, b, _, _ in pairs if verdict != "same"]
    ranks = con.execute("""select record_id, kind_rank from lk_records where record_id in (
      select entity from lk_final where record_id in (select record_a from lk_same union select record_b from lk_same))""")
    moved, refused = join_decided(same, apart, entity_of, dict(ranks.fetchall()))
    table = pa.table(
        {"entity": pa.array(moved.keys(), pa.int64()), "target": pa.array(moved.values(), pa.int64())}
    )
    con.register("lk_moved", table)
    if moved:
        con.execute("""update lk_final set entity = target, how = 'manual', rule = 'manual'
          from lk_moved where lk_moved.entity = lk_final.entity""")
    con.unregister("lk_moved")
    for row in still_together(con, "lk_final"):
        con.execute(
            "update lk_final set entity = record_id, how = 'manual', rule = 'apart' where record_id = ?",
            [row],
        )
    return refused


def write_assignments(
    con: duckdb.DuckDBPyConnection, into: str, *, canaries: bool, only: str | None = None
) -> int:
    """Create `into` with one row per record; return how many of people's decisions contradict one another.

    `only`: the records that may stand elsewhere than `into` has them; only they are written again (`records_to_place`).
    """
    _first_places(con, only)
    refused = _move_decided(con)
    detail = {
        language: f"case rule when 'auto' then {answers_sql(language)} || {score_sql(language)}"
        f" else {phrase_sql(RULES, 'rule', language)} end"
        for language in ("zh", "en")
    }
    placed = f"""select record_id, entity, how, weight as match_weight, {detail["zh"]} as detail_zh, {detail["en"]} as detail_en
      from lk_final {"where record_id >= 0" if canaries else ""}"""
    if only is None:
        con.execute(f"create or replace table {into} as {placed}")
        return refused
    con.execute(f"""create or replace temp table lk_before as select record_id, entity from {into}
      where record_id in (select record_id from {only})""")
    con.execute(f"delete from {into} where record_id in (select record_id from lk_before)")
    con.execute(f"insert into {into} {placed}")
    return refused


def records_to_place(con: duckdb.DuckDBPyConnection, assignments: str) -> None:
    """Create lk_place(record_id): the records whose place a change can have moved.

    Those worked out again or decided again (lk_again, lk_dirty, lk_rejoined); those people's decisions had moved; everybody in a
    group that a decision names now; and the canaries, who are looked at every time.
    """
    con.execute(f"""create or replace temp table lk_place as
      with decided as (select record_a as record_id from lk_same union select record_b from lk_same
        union select record_a from lk_different union select record_b from lk_different),
      bases as (select record_id, entity from lk_settled
        union all select r.record_id, coalesce(d.entity, j.entity, r.record_id) from lk_residue r
          left join (select record_id, entity from lk_decided where verdict = 'auto') d using (record_id)
          left join lk_joined j on j.record_id = r.record_id and d.entity is null),
      groups as (select distinct entity from bases semi join decided using (record_id))
      select record_id from lk_again union select record_id from lk_dirty union select record_id from lk_rejoined
      union select record_id from {assignments} where how = 'manual'
      union select record_id from lk_settled where record_id < 0 union select record_id from lk_residue where record_id < 0
      {"union select record_id from bases semi join groups using (entity)" if _any_decision(con) else ""}""")


def _any_decision(con: duckdb.DuckDBPyConnection) -> bool:
    counts = con.execute(
        "select (select count(*) from lk_same) + (select count(*) from lk_different)"
    ).fetchall()
    return bool(counts[0][0])


def write_reviews(
    con: duckdb.DuckDBPyConnection, into: str, assignments: str, only: str | None = None
) -> None:
    """Create `into` with the pairs a person should look at: a record, the candidate's standing record, and why.

    Of a record that carries another's number it is asked first whether it is whom everything else fits; only if it is not, or
    nobody fits, whether it is the number's owner after all.

    `only`(record_id): the records whose lines are written again, `into` being there.
    """
    wanted = f"where record_id in (select record_id from {only})" if only else ""
    con.execute(f"""create or replace temp table lk_waiting as
      select record_id, entity as candidate, reason, weight, margin, {", ".join(f"gamma_{word}" for word in GAMMAS)}
      from (select * from lk_decided {wanted}) where verdict = 'review'
      union all by name
      select u.record_id, u.owner as candidate, 'id_conflict' as reason
      from (select * from lk_untrusted {wanted}) u anti join lk_ruled v on v.record_id = u.record_id and v.entity = u.owner
      anti join (select record_id from lk_decided where verdict = 'review') d on d.record_id = u.record_id
      where u.record_id = u.lead
      union all by name
      select right_id as record_id, left_id as candidate, 'new_pair' as reason, match_weight as weight,
        {", ".join(f"gamma_{word}" for word in GAMMAS)}
      from (select * from lk_new_pairs anti join lk_decided d on d.record_id = right_id
            qualify row_number() over (partition by right_id order by match_weight desc, left_id) = 1)""")
    answers = {language: f"nullif({answers_sql(language)}, '')" for language in ("zh", "en")}
    join = {"zh": "'：'", "en": "': '"}
    detail = {
        language: f"{phrase_sql(REVIEWS, 'reason', language)}"
        f" || coalesce({join[language]} || {answers[language]} || {score_sql(language)}, '')"
        for language in ("zh", "en")
    }
    if only:
        con.execute(f"delete from {into} {wanted}")
    con.execute(f"""{"insert into" if only else "create or replace table"} {into} {"" if only else "as"}
      select w.record_id, c.entity as candidate, reason, weight as match_weight, margin,
        {detail["zh"]} as detail_zh, {detail["en"]} as detail_en
      from lk_waiting w join {assignments} a on a.record_id = w.record_id
      join {assignments} c on c.record_id = w.candidate
      where a.entity <> c.entity and w.record_id >= 0
      qualify row_number() over (partition by w.record_id, c.entity order by (reason = 'id_conflict') desc, weight desc) = 1
      order by weight desc nulls last, w.record_id""")


def write_moved(con: duckdb.DuckDBPyConnection, into: str) -> None:
    """Create `into`(record_id, was, entity): rows that came, left, or stand elsewhere than before, as `write_assignments` found."""
    con.execute(f"""create or replace table {into} as
      select record_id, b.entity as was, a.entity
      from (select record_id, entity from lk_final where record_id >= 0) a full join lk_before b using (record_id)
      where a.entity is distinct from b.entity""")


def sweep(con: duckdb.DuckDBPyConnection) -> None:
    """Drop every working table of the run."""
    found = con.execute("""select view_name, 'view' from duckdb_views() where temporary and starts_with(view_name, 'lk_')
      union all select table_name, 'table' from duckdb_tables() where temporary and starts_with(table_name, 'lk_')""")
    for name, kind in found.fetchall():
        con.execute(f"drop {kind} temp.{name}")
