"""The stages' SQL in Spark's words: held without Spark, so that nobody changes a stage into what a cluster cannot say."""

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from jiandi.core.linkage import Settings, basis, clean, same_number
from jiandi.core.linkage.comparisons import QUESTIONS
from jiandi.core.linkage.link import look_at, prepare_rest, score
from jiandi.core.linkage.spark.dialect import CannotSay, condition, parsed, said
from tests.core.linkage.people import load, people, rows

UNDERSTOOD = (exp.Create, exp.Update, exp.Drop, exp.Query)


class Overheard:
    """A DuckDB connection that remembers what it was told."""

    def __init__(self, con):
        self.con, self.told = con, []

    def execute(self, sql):
        self.told.append(sql)
        return self.con.execute(sql)


def test_every_statement_of_the_stages_can_be_said():
    con = duckdb.connect()
    load(con, rows(people(300, 3), 3))
    clean(con)
    heard = Overheard(con)
    look_at(heard, "records", Settings())
    basis.count(heard, Settings())
    same_number.settle_by_number(heard)
    prepare_rest(heard)
    basis.set_prior(heard)
    score(heard, Settings(), blocker=lambda *_, **__: con.execute("""create or replace temp table lk_pairs as
      select 1::bigint as left_id, 2::bigint as right_id""") and 0, scorer=lambda *_, **__: None)  # fmt: skip

    statements = [statement for sql in heard.told for statement in parsed(sql)]

    assert len(statements) > 15
    for statement in statements:
        assert isinstance(statement, UNDERSTOOD), said(statement)
        assert not isinstance(statement, exp.Create) or statement.expression is not None
        sqlglot.parse_one(said(statement), read="spark")


@pytest.mark.parametrize(
    ("duckdb_sql", "spark_sql"),
    [
        ('"sex_l" = "sex_r"', "`sex_l` = `sex_r`"),
        ("birth_l // 100 % 100", "birth_l DIV 100 % 100"),
        ("birth_l::varchar", "CAST(birth_l AS STRING)"),
        ("n + 24.5", "n + CAST(24.5 AS DOUBLE)"),
        ("hash(a, b)", "xxhash64(a, b)"),
        ("string_split(name, '')", "regexp_extract_all(name, '(?s).', 0)"),
    ],
)
def test_it_says_what_would_silently_mean_something_else(duckdb_sql, spark_sql):
    assert condition(duckdb_sql).lower() == spark_sql.lower()


def test_it_says_whole_rows_and_written_out_values():
    whole = "select a.x, r from t a join u r using (x)"
    values = "select * replace (x::bigint as x) from (values (1, 2)) v(x, y)"
    named = "select x, y from t union all by name select x, y from u"

    assert "struct(r.*) as r" in said(parsed(whole)[0]).lower()
    assert said(parsed(values)[0]).lower().startswith("select cast(x as bigint) as x, y from")
    assert "by name" not in said(parsed(named)[0]).lower()


@pytest.mark.parametrize(
    "sql",
    [
        "select * exclude (x) from t",
        "select * replace (1 as x) from t",
        "select x, y from t union all by name select y, x from u",
    ],
)
def test_it_refuses_what_it_cannot_say(sql):
    with pytest.raises(CannotSay):
        parsed(sql)


def test_every_question_has_its_answers_in_sparks_words():
    for question in QUESTIONS:
        for sql in (question.missing, *(level.sql for level in question.levels if level.sql != "ELSE")):
            again = sqlglot.parse_one(condition(sql), read="spark")
            assert {column.name for column in again.find_all(exp.Column)} == {
                column.name for column in sqlglot.parse_one(sql, read="duckdb").find_all(exp.Column)
            }
