"""The county as its records stood on an earlier day: when would each rule have spoken?

Links between records are those of today; what a file did not date stands as if it had always stood there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from jiandi.core.checks.engine import run
from jiandi.core.checks.shapes import Rule
from jiandi.core.checks.table import RULES
from jiandi.core.values import Text

# The day a row came to be known to the county; a kind that is not here carries no day.
KNOWN_ON: Mapping[str, str] = {
    "rows_hukou": "entered_on",
    "rows_death": "coalesce(cancelled_on, died_on)",
    "rows_marriage": "coalesce(entered_on, registered_on)",
    "rows_birth": "coalesce(issued_on, child_birth)",
    "rows_antenatal": "booked_on",
    "rows_clinic": "visited_on",
    "rows_school": "make_date(year(birth) + 6, 9, 1)",
    "rows_dibao": "started_on",
    "rows_tekun": "started_on",
    "rows_disability": "issued_on",
    "rows_subsidy": "started_on",
    "rows_smd": "confirmed_on",
    "rows_smd_followup": "followed_on",
    "rows_orphan": "started_on",
    "rows_elderly": "last_seen_on",
    "rows_payment": "paid_on",
    "rows_idcard": "issued_on",
    "rows_hotline": "received_on",
    "rows_police_call": "called_on",
    "rows_missing": "missing_on",
    "rows_unknown_identity": "entered_on",
    "rows_official_query": "queried_on",
    "rows_residence": "registered_on",
    "rows_screening": "screened_on",
    "reports": "received_on",
    "visits": "CAST(started_at AS DATE)",
}
# Lists that say how things stand on the day they are handed in, and nothing of the years before.
OF_TODAY = ("rows_left_behind", "rows_lbc", "rows_elderly")


@dataclass(frozen=True, slots=True)
class Spoke:
    """What one rule first said of somebody, and in which year."""

    rule: Rule
    year: int
    detail: Text


def keep_all(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Put the whole snapshot aside as `all_<table>`, from which earlier days are cut; return the tables' names.

    Until the first cut there is no table under its own name.
    """
    found = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND (table_name LIKE 'rows\\_%' ESCAPE '\\'"
        " OR table_name IN ('people', 'records', 'visits', 'sightings', 'reports')) ORDER BY table_name"
    ).fetchall()
    for (table,) in found:
        con.execute(f"DROP TABLE IF EXISTS all_{table}")
        con.execute(f"ALTER TABLE {table} RENAME TO all_{table}")
    return [table for (table,) in found]


def cut(con: duckdb.DuckDBPyConnection, tables: Sequence[str], *, at: date, today: date) -> None:
    """Fill the snapshot with what was on record on a day: later rows, visits and births are not there yet."""
    for table in tables:
        where = _stood(table, at, today)
        con.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT {_columns(table, at)} FROM all_{table} WHERE {where}"
        )
    rows = [table for table in tables if table.startswith("rows_")]
    if rows and "records" in tables:
        kept = " UNION ALL ".join(f"SELECT row_id FROM {table}" for table in rows)
        con.execute(
            f"CREATE OR REPLACE TABLE records AS SELECT r.* FROM all_records r SEMI JOIN ({kept}) k USING (row_id)"
        )
    if {"visits", "sightings"} <= set(tables):
        con.execute(
            "CREATE OR REPLACE TABLE sightings AS SELECT s.* FROM all_sightings s SEMI JOIN visits v USING (visit_id)"
        )


def _stood(table: str, at: date, today: date) -> str:
    if table in OF_TODAY and at < today:
        return "false"
    day = "birth_on" if table == "people" else KNOWN_ON.get(table)
    return f"coalesce({day} <= DATE '{at}', true)" if day else "true"


def _columns(table: str, at: date) -> str:
    """Return a table's columns; what was found out later about an older row is taken back."""
    later = f"DATE '{at}'"
    if table == "people":
        return f"* REPLACE (CASE WHEN died_on <= {later} THEN died_on END AS died_on)"
    if table == "rows_unknown_identity":
        return f"* REPLACE (CASE WHEN dna_on > {later} THEN '未采' ELSE dna END AS dna, CASE WHEN dna_on <= {later} THEN dna_on END AS dna_on)"
    return "*"


# A finding about one of the family, about their household, or resting on a row or a report only they left.
_SPOKEN = """
    SELECT f.rule, min(f.detail_zh), arg_min(f.detail_en, f.detail_zh) FROM findings f
    WHERE list_contains($people, f.person_id) OR list_has_any($people, f.people) OR list_contains($households, f.household_id)
       OR len(list_filter(f.sources, lambda s: list_contains($sources, s.kind || ':' || s.id))) > 0
    GROUP BY f.rule
"""


def first_words(
    con: duckdb.DuckDBPyConnection,
    *,
    years: Sequence[int],
    today: date,
    people: Sequence[int],
    households: Sequence[int] = (),
    sources: Sequence[str] = (),
) -> list[Spoke]:
    """Return for every rule that ever spoke of these people the first year it did, by the records of that year's end.

    `sources` are rows, visits and reports that only these people left, written `row:12`. The last year ends `today`.
    """
    by_id = {rule.id: rule for rule in RULES}
    tables = keep_all(con)
    first: dict[str, Spoke] = {}
    for year in sorted(years):
        at = min(date(year, 12, 31), today)
        cut(con, tables, at=at, today=today)
        run(con, at=at)
        family = {"people": list(people), "households": list(households), "sources": list(sources)}
        found = con.execute(_SPOKEN, family).fetchall()
        for rule, zh, en in found:
            first.setdefault(rule, Spoke(by_id[rule], year, Text(zh=zh, en=en)))
    return sorted(first.values(), key=lambda spoke: (spoke.year, spoke.rule.id))
