"""New visits, taken in by themselves: the questions that stand afterwards are those of a run over everything."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jiandi.core.checks import RULES, ground, run, run_after
from jiandi.core.checks.engine import limits_of
from jiandi.core.checks.schema import TABLES, view_of
from jiandi.core.checks.shapes import Ask
from tests.core.checks.county import AT, county
from tests.spec.checks.test_twins import FAMILIES, LOW, STATUSES, counties, rows_of, tables, written

HEARING = tuple(rule.id for rule in RULES if rule.hears_visits)
VISITS = st.fixed_dictionaries(
    {"visits": rows_of("visits", most=7), "sightings": rows_of("sightings", most=7)}
)


def standing(con):
    """Return the findings as they stand, whatever the order of their rows."""
    return set(
        con.execute(
            "SELECT rule, key, person_id, household_id, village, detail_zh, detail_en, CAST(list_sort(sources) AS VARCHAR),"
            " CAST(list_sort(implicated) AS VARCHAR), CAST(people AS VARCHAR) FROM findings"
        ).fetchall()
    )


@pytest.fixture(scope="module")
def con():
    return tables()


@pytest.mark.parametrize("family", [name for name, rules in FAMILIES.items() if set(rules) & set(HEARING)])
@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_chain_of_runs_after_visits_stands_where_a_run_over_everything_stands(con, family, data):
    told = data.draw(counties(FAMILIES[family])) | data.draw(VISITS)
    written(con, told, data.draw(STATUSES))
    first_new, newcomer = data.draw(st.integers(1, 8)), data.draw(st.booleans())
    for table in ("people", "visits", "sightings"):
        con.execute(f"CREATE OR REPLACE TABLE later_{table} AS FROM {table}")
    con.execute("DELETE FROM visits WHERE visit_id >= ?", [first_new])
    con.execute("DELETE FROM sightings WHERE visit_id >= ?", [first_new])
    if newcomer and not any(3 in row.values() for rows in told.values() for row in rows if "row_id" in row):
        con.execute("DELETE FROM people WHERE person_id = 3; DELETE FROM sightings WHERE person_id = 3")
    low = {name: LOW[name] for name in LOW}
    run(con, at=AT, only=HEARING, thresholds=low)
    con.execute("INSERT INTO people SELECT * FROM later_people EXCEPT ALL SELECT * FROM people")

    for number in range(first_new, 9) if data.draw(st.booleans()) else (8,):
        for table in ("visits", "sightings"):
            con.execute(
                f"INSERT INTO {table} SELECT * FROM later_{table} WHERE visit_id <= {number} EXCEPT ALL SELECT * FROM {table}"
            )
        news = [n for (n,) in con.execute(f"SELECT visit_id FROM visits WHERE visit_id BETWEEN {first_new} AND {number}").fetchall()]  # fmt: skip
        report = run_after(con, at=AT, visits=news, thresholds=low)
        if number == 8 or data.draw(st.booleans()):
            reopened(con)
    after = standing(con)

    assert {one.rule for one in report.rules if one.state == "ran"} == set(HEARING)
    run(con, at=AT, only=HEARING, thresholds=low)
    assert after == standing(con)


def reopened(con):
    """Put everything aside and take it up again, as a run in another process does."""
    for table in ground.kept(con):
        con.execute(f'CREATE OR REPLACE TABLE main."{table}" AS FROM "{table}"')
        con.execute(f'DROP TABLE IF EXISTS temp."{table}"')
    ground.take_up(con)


PLACE = """
    people
    person | household | dwelling | village | name | sex | birth_on
    1      | 10        | 20       | 7       | 乙某 | 2   | 1940-01-01
    2      | 11        | 21       | 7       | 丙某 | 1   | 1950-01-01
    elderly
    person | name
    1      | 乙某
    visits
    visit | dwelling | officer | started_at          | result | photo_sha
    5     | 20       | 90      | 2026-11-05 09:00:00 | met    | aa
    sightings
    visit | person | present
    5     | 1      | seen
"""


def test_a_photograph_used_again_takes_back_what_an_earlier_visit_had_shown():
    con = county(PLACE)
    assert run(con, at=AT).of("R14b").findings == 0
    con.execute(
        "INSERT INTO visits (visit_id, dwelling_id, officer_id, started_at, result, photo_sha) VALUES (6, 21, 90, '2026-11-05 09:20:00', 'met', 'aa')"
    )

    run_after(con, at=AT, visits=[6])

    asked = con.execute("SELECT rule, people FROM findings ORDER BY rule").fetchall()
    assert ("R14b", [1]) in asked and ("R14", []) in asked


def test_a_rule_says_of_every_table_it_reads_that_it_reads_it():
    con = tables()
    run(con, at=AT)
    for rule in RULES:
        ask = Ask(con, AT, limits_of(rule, {}), rule.id)
        sql = " ".join((rule.judge(ask), *ask.laid.values()))

        read = {table for table in TABLES if re.search(rf"\b{view_of(table)}\b", sql)}
        read |= {"visits", "sightings"} if re.search(r"\b(k_witnessed|g_seen)\b", sql) else set()
        assert read <= rule.tables, rule.id
