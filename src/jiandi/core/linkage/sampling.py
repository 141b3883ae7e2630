"""How often automatic joins are wrong, measured: a number of them drawn by lot, looked at by people, with an exact interval."""

from __future__ import annotations

import duckdb

from jiandi.core.linkage.evaluate import exact_share

AUTOMATIC = ("id", "alias", "auto")


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


def measured_error(checked: int, wrong: int) -> dict[str, float | int | None]:
    """Return the share of wrong joins among those looked at, with its exact 95 % interval (Clopper and Pearson 1934).

    Who cannot say whether two rows are one person counts as wrong. Exact for a lottery from very many joins; from few, the
    interval is wider than it need be.
    """
    return {"checked": checked, "wrong": wrong} | exact_share(wrong, checked)
