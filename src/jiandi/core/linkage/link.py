"""Linkage v1: identity number with guards, then scoring of the rest, then decisions a person can read; stars, not chains.

`link` reads a table of cleaned records and leaves two tables, `assignments` and `reviews`, in the same connection.
An unresolved record stays a person: a wrong merge hides somebody, a missed one is only work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from jiandi.core.linkage import basis, blocking, decide, nearby, overrides, results, same_number
from jiandi.core.linkage.canaries import CANARIES_SQL
from jiandi.core.linkage.comparisons import COLUMNS
from jiandi.core.linkage.model import default_model
from jiandi.core.linkage.newcomers import stars
from jiandi.core.linkage.report import count_sizes, make_report
from jiandi.core.linkage.settings import ORDINARY, Settings
from jiandi.core.linkage.splink_adapter import score_pairs
from jiandi.core.linkage.wording import phrase_sql

VIEW_COLUMNS = (
    "record_id, roster_id, kind, name_clean as name, name_py as py, name_shape as shape, sur, g1, g2, nlen,"
    " id_first17 as idn, id_text, birth, birth_lun, birth_year, birth_stated, sex, sex_stated, phone, village, town, door"
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run leaves: the names of its two tables, its counts, and the model version it used."""

    assignments: str
    reviews: str
    report: dict[str, Any] = field(default_factory=dict)


def _rank_sql(settings: Settings) -> tuple[str, str]:
    ranks = " ".join(f"when '{kind}' then {profile.rank}" for kind, profile in settings.profiles.items())
    free = ", ".join(f"'{kind}'" for kind, profile in settings.profiles.items() if profile.duplicate_free)
    rank = f"case kind {ranks} else {ORDINARY} end" if ranks else str(ORDINARY)
    return f"({rank})::integer", f"kind in ({free})" if free else "false"


def look_at(con: duckdb.DuckDBPyConnection, records: str, settings: Settings) -> None:
    """Create the view lk_records: the columns the stages read, canaries included, nothing copied."""
    rank, free = _rank_sql(settings)
    seeded = f"union all by name {CANARIES_SQL}" if settings.canaries else ""
    con.execute(f"""create or replace temp view lk_records as
      select *, {rank} as kind_rank, {free} as duplicate_free from (select {VIEW_COLUMNS} from {records} {seeded})""")


def comparable(source: str, untrusted: str) -> str:
    """Return a SELECT of the columns to compare; shared office telephones and untrusted numbers say nothing."""
    plain = ", ".join(f"r.{name}" for name in COLUMNS if name not in ("id_text", "id_ok", "phone"))
    return f"""select {plain}, r.kind_rank, r.duplicate_free, r.roster_id,
        case when {untrusted} then null else r.id_text end as id_text,
        r.idn is not null and not {untrusted} as id_ok,
        case when r.phone in (select phone from lk_busy_phones) then null else r.phone end as phone,
        case when not {untrusted} then substr(r.id_text, 7, 11) end as id_tail
      from {source}"""


def prepare_rest(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_residue (unsettled rows) and the view lk_pool (settled rows)."""
    con.execute(f"""create or replace temp table lk_residue as
      {comparable("lk_records r anti join lk_settled s using (record_id) left join lk_untrusted u using (record_id)", "(u.record_id is not null)")}""")
    con.execute(
        f"create or replace temp view lk_pool as {comparable('lk_records r anti join lk_residue x using (record_id)', 'false')}"
    )


def score(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    only: str | None = None,
    blocker: Callable[..., int] = blocking.block,
    scorer: Callable[..., None] = score_pairs,
) -> dict[str, int]:
    """Create lk_scored from the pairs worth comparing: all, or those of the unsettled rows in the table `only`.

    `blocker` and `scorer`: who finds and who scores them on another engine.
    """
    pairs = blocker(con, cap=settings.block_rows, only=only)
    model = settings.model or default_model()
    names = ", ".join(COLUMNS)
    con.execute(f"""create or replace temp table lk_input as
      with met as (select left_id as record_id from lk_pairs union select right_id from lk_pairs),
      rows as (select {names} from lk_residue semi join met using (record_id)
               union all select {names} from lk_pool semi join met using (record_id))
      select rows.*, {basis.rarity_sql("name", "same", model)}, {basis.rarity_sql("py", "same_sound", model)}
      from rows left join lk_names using (name) left join lk_sounds using (py), lk_figures""")
    prior = float(con.execute("select prior from lk_figures").fetchall()[0][0])
    scorer(con, pairs="lk_pairs", records="lk_input", model=model, prior=prior, least=0.0, into="lk_scored")
    rest = int(con.execute("select count(*) from lk_residue").fetchall()[0][0])
    return {"residue": rest, "pairs": pairs}


def _candidates(con: duckdb.DuckDBPyConnection, whose: str, homes: str | None) -> None:
    """Create lk_candidates: scored pairs of the rows `whose`, with the entity the other row stands in.

    `homes`(record_id, entity) adds unsettled rows that have found or founded a person meanwhile.
    """
    settled = """select left_id as record_id, right_id as other_id, s.entity, c.* exclude (left_id, right_id)
      from lk_scored c join lk_settled s on s.record_id = c.right_id"""
    both = "select * from lk_scored union all by name select * replace (right_id as left_id, left_id as right_id) from lk_scored"
    found = f"""union all select left_id, right_id, h.entity, c.* exclude (left_id, right_id)
      from ({both}) c join {homes} h on h.record_id = c.right_id""" if homes else ""  # fmt: skip
    con.execute(f"""create or replace temp table lk_candidates as
      select * from ({settled} {found}) semi join ({whose}) using (record_id)""")


def _holds(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_holds(entity, roster_id): who has a row in a duplicate-free roster, of those to whom such a row is offered."""
    con.execute("""create or replace temp table lk_holds as
      with offered as (select distinct s.entity from lk_scored c
        semi join (select record_id from lk_residue where duplicate_free) f on f.record_id = c.left_id
        join lk_settled s on s.record_id = c.right_id)
      select distinct s.entity, r.roster_id
      from (select * from lk_settled semi join offered using (entity)) s join lk_records r using (record_id) where r.duplicate_free""")


def decide_rest(con: duckdb.DuckDBPyConnection, settings: Settings, standing: str | None = None) -> None:
    """Create lk_decided: first rows of the first authority without a usable number, then everybody else.

    `standing`(record_id, entity, roster_id, duplicate_free): rows of the first authority about which nothing is decided again.
    """
    also = (
        f"union all select record_id, entity, roster_id, duplicate_free from {standing}" if standing else ""
    )
    _holds(con)
    chiefs = "select record_id from lk_residue where kind_rank = 0"
    _candidates(con, chiefs, None)
    decide.make_offers(con, settings)
    decide.decide(con, settings, "lk_chiefs")
    con.execute(f"""create or replace temp table lk_homes as
      select r.record_id, case when d.verdict = 'auto' then d.entity else r.record_id end as entity, roster_id, duplicate_free
      from lk_residue r left join lk_chiefs d using (record_id) where r.kind_rank = 0 {also}""")
    con.execute("""insert into lk_holds select entity, roster_id from lk_homes where duplicate_free
      union select s.entity, r.roster_id from (select record_id, entity from lk_settled
          where entity in (select entity from lk_homes where entity <> record_id)) s
        join lk_records r using (record_id) where r.duplicate_free""")
    _candidates(con, "select record_id from lk_residue where kind_rank <> 0", "lk_homes")
    decide.make_offers(con, settings)
    decide.decide(con, settings, "lk_others")
    con.execute(
        "create or replace temp table lk_decided as select * from lk_chiefs union all by name select * from lk_others"
    )


def find_new_pairs(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Create lk_new_pairs, the alike among rows that found nobody, and lk_edges(left_id, right_id, match_weight), the very alike."""
    con.execute(f"""create or replace temp table lk_new_pairs as
      select c.* from lk_scored c join lk_residue a on a.record_id = left_id join lk_residue b on b.record_id = right_id
      anti join lk_decided x on x.record_id = c.left_id and x.verdict = 'auto'
      anti join lk_decided y on y.record_id = c.right_id and y.verdict = 'auto'
      anti join lk_different v on v.record_a = least(c.left_id, c.right_id) and v.record_b = greatest(c.left_id, c.right_id)
      where match_weight >= {settings.new_review_weight} and a.kind_rank > 0 and b.kind_rank > 0
        and coalesce(a.sex = b.sex, true) and not (a.id_ok and b.id_ok)""")
    con.execute(f"""create or replace temp table lk_edges as select left_id, right_id, match_weight from lk_new_pairs
      anti join lk_untrusted a on a.record_id = left_id anti join lk_untrusted b on b.record_id = right_id
      where match_weight >= {settings.new_pair_weight} and {decide.pillar_sql(settings)}""")


def join_newcomers(con: duckdb.DuckDBPyConnection) -> None:
    """Create lk_joined(record_id, entity, weight) from lk_edges: rows that found nobody among themselves."""
    edges = con.execute("select left_id, right_id, match_weight from lk_edges order by 1, 2").fetchall()
    ranks = con.execute("""select record_id, kind_rank from lk_residue where kind_rank <> 9
      and record_id in (select left_id from lk_edges union select right_id from lk_edges)""").fetchall()
    joined = stars(edges, dict(ranks))
    table = pa.table(
        {
            "record_id": pa.array(joined.keys(), pa.int64()),
            "entity": pa.array([centre for centre, _ in joined.values()], pa.int64()),
            "weight": pa.array([weight for _, weight in joined.values()], pa.float64()),
        }
    )
    con.register("lk_joined_arrow", table)
    con.execute("create or replace temp table lk_joined as select * from lk_joined_arrow")
    con.unregister("lk_joined_arrow")


def link(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "records",
    decisions: str | None = None,
    homes: str | None = None,
    settings: Settings | None = None,
    assignments: str = "assignments",
    reviews: str = "reviews",
    state: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> Result:
    """Put every record with a person and list the pairs a person must look at.

    `records` comes from `clean`; `decisions`(record_a, record_b, verdict same|not_same|unsure) override every score.
    `homes`(record_id, entity), if given, says where records stand already, entity being one of the person's own: they
    stay there, and only the others, the newcomers, are placed beside them by the same scores and guards.
    Leaves `assignments`(record_id, entity, how, match_weight, detail_zh, detail_en) with one row per record, entity
    being the record id that stands for the person, and `reviews`(record_id, candidate, reason, match_weight, margin,
    detail_zh, detail_en). Deterministic: equal rows give equal tables. `state` names the tables in which `relink` finds
    what this run worked out; where they are there already, their basis (how common names are, which telephones are
    shared) is used again.
    """
    settings = settings or Settings()
    results.sweep(con)  # what a run that failed left behind
    look_at(con, records, settings)
    overrides.load_decisions(con, decisions)
    kept = state is not None and basis.take(con, state)
    if not kept:
        basis.count(con, settings)
    progress("number")
    if homes is None:
        same_number.settle_by_number(con)
    else:
        same_number.stand_as_linked(con, homes)
    expelled = overrides.expel_ruled_out(con) if homes is None else 0
    progress("score")
    prepare_rest(con)
    overrides.ruled_out(con)
    if not kept:
        basis.set_prior(con)
    counts = score(con, settings)
    progress("decide")
    report = finish(con, settings, assignments, reviews, state=state)
    return Result(assignments, reviews, report | counts | {"expelled_by_decision": expelled})


def finish(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    assignments: str,
    reviews: str,
    *,
    state: str | None = None,
) -> dict[str, Any]:
    """Decide about every unsettled row, make both tables, keep the state, drop the working tables; return the report."""
    decide_rest(con, settings)
    find_new_pairs(con, settings)
    join_newcomers(con)
    refused = results.write_assignments(con, assignments, canaries=settings.canaries)
    results.write_reviews(con, reviews, assignments)
    count_sizes(con, assignments)
    report = make_report(con, assignments, reviews, settings) | {"contradicting_decisions": refused}
    if state is not None:
        nearby.look_up(con)
        basis.keep(con, state, settings)
    results.sweep(con)
    return report


__all__ = ["Result", "link", "phrase_sql"]
