"""How often automatic decisions are wrong, measured: a number of them drawn by lot, looked at by people, with an exact interval."""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.evaluate import exact_share

AUTOMATIC = ("id", "alias", "auto")
# Fewer say too little to print a rate: with none wrong of 100 the upper end of the interval is still 3.6 %.
FEWEST = 100


def draw_joins(
    con: duckdb.DuckDBPyConnection, *, assignments: str, size: int, seed: int, into: str = "drawn"
) -> int:
    """Create `into` with `size` automatic joins of `assignments`, each as likely as any other; return how many there were.

    Rows joined by people, and rows that stand for their own person, are not drawn from. The same rows and seed draw the same.
    """
    joins = f"""select * from {assignments} where record_id <> entity and how in {AUTOMATIC}"""
    con.execute(f"""create or replace table {into} as
      select * from ({joins}) order by md5(concat(record_id, ':', {int(seed)})), record_id limit {int(size)}""")
    return int(con.execute(f"select count(*) from ({joins})").fetchall()[0][0])


def draw_newcomers(
    con: duckdb.DuckDBPyConnection,
    *,
    assignments: str,
    scored: str,
    reviews: str,
    size: int,
    seed: int,
    into: str = "drawn_new",
) -> dict[str, int]:
    """Create `into`(record_id, candidate) with `size` rows that a machine made a person of their own, each with the nearest other row.

    `scored`(left_id, right_id, match_weight) are the pairs that were compared, below the threshold of doubt as well. A row that
    waits in `reviews` is not decided yet and is not drawn from; neither can one be that resembles nobody. Returns how many there
    were to draw from (`of`), and how many resemble nobody (`alone`).
    """
    con.execute(f"""create or replace temp table dn_new as
      select record_id from {assignments} where how = 'new' and record_id = entity
        and record_id not in (select record_id from {reviews} union select candidate from {reviews})""")
    con.execute(f"""create or replace temp table dn_near as
      with both_ways as (select left_id as record_id, right_id as candidate, match_weight from {scored}
        union all select right_id, left_id, match_weight from {scored})
      select w.record_id, arg_max(w.candidate, (w.match_weight, -w.candidate)) as candidate
      from both_ways w semi join dn_new using (record_id)
      join {assignments} a on a.record_id = w.candidate
      where a.entity <> w.record_id and w.candidate >= 0 group by w.record_id""")
    con.execute(f"""create or replace table {into} as
      select * from dn_near order by md5(concat(record_id, ':', {int(seed)})), record_id limit {int(size)}""")
    of, new = con.execute("select (select count(*) from dn_near), (select count(*) from dn_new)").fetchall()[
        0
    ]
    con.execute("drop table dn_near; drop table dn_new")
    return {"of": int(of), "alone": int(new - of)}


def measured_error(checked: int, wrong: int) -> dict[str, float | int | None]:
    """Return the share of wrong decisions among those looked at, with its exact 95 % interval (Clopper and Pearson 1934).

    Who cannot say whether two rows are one person counts as wrong. Exact for a lottery from very many joins; from few, the
    interval is wider than it need be.
    """
    return {"checked": checked, "wrong": wrong} | exact_share(wrong, checked)
