"""Which value stands: a table of cases, and the county's SQL held against the plain reading of the same rows."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.linkage.golden import Said, choice_sql, choose, order_sql, table

OLD, NEW = dt.date(2026, 1, 1), dt.date(2026, 6, 1)
KINDS = ("hukou", "idcard", "insurance", "school", "dibao", "clinic", "found")
CASES = [
    # rows: (kind, date, value, precision)                                            what stands, and why
    ([("dibao", NEW, "乙", ""), ("hukou", OLD, "甲", "")], "name", "甲", "own book"),
    ([("dibao", OLD, "甲", ""), ("clinic", NEW, "乙", "")], "name", "乙", "the later"),
    ([("dibao", NEW, "甲", ""), ("clinic", NEW, "乙", "")], "name", "甲", "stands first"),
    ([("hukou", OLD, "", ""), ("clinic", NEW, "乙", "")], "phone", "乙", "alone"),
    ([("hukou", OLD, "甲", ""), ("clinic", NEW, "甲", "")], "phone", "甲", "agree"),
    ([("hukou", NEW, "1977", "year"), ("clinic", OLD, "1978", "day")], "birth_on", "1978", "names the day"),
    ([("clinic", NEW, "9", ""), ("hukou", OLD, "H1", "")], "household", "H1", "alone"),
]


@pytest.mark.parametrize(("rows", "attribute", "stands", "why"), CASES)
def test_what_stands_and_why(rows, attribute: str, stands: str, why: str) -> None:
    found = choose(attribute, [Said(at, *row) for at, row in enumerate(rows)])

    assert found is not None and (found.said.value, why in found.why.en) == (stands, True)


def test_no_row_says_it() -> None:
    assert choose("phone", [Said(1, "hukou", OLD, "")]) is None


def test_the_other_values_are_kept_with_every_row_that_says_them() -> None:
    rows = [Said(1, "hukou", OLD, "甲"), Said(2, "dibao", OLD, "乙"), Said(3, "clinic", NEW, "乙"), Said(4, "school", OLD, "甲")]  # fmt: skip

    found = choose("name", rows)

    assert found is not None
    assert [row.record_id for row in found.agreeing] == [1, 4]
    assert [[row.record_id for row in group] for group in found.others] == [[3, 2]]


def test_every_rank_and_attribute_is_said_in_both_languages() -> None:
    ranks, attributes = table()
    assert all(one.reason.zh and one.reason.en for one in ranks)
    assert all(one.title.zh and one.title.en for one in attributes.values())
    assert ranks[-1].kinds == ("*",)


row = st.tuples(
    st.sampled_from(KINDS), st.sampled_from([OLD, NEW]), st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from(["day", "lunar", "month", "year", "age"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=8))
def test_the_countys_sql_chooses_what_the_plain_reading_chooses(rows) -> None:
    with duckdb.connect() as con:
        con.execute("create table r(record_id bigint, kind varchar, d date, v varchar, p varchar)")
        for at, (kind, day, value, precision) in enumerate(rows):
            con.execute("insert into r values (?, ?, ?, nullif(?, ''), ?)", [at, kind, day, value, precision])
        con.execute(
            f"create table f as select *, row_number() over (order by {order_sql('kind', 'd', 'record_id')}) as k from r"
        )
        for attribute in ("name", "birth_on"):
            chosen = con.execute(f"select {choice_sql(attribute, 'v', precision='p')} from f").fetchall()[0][
                0
            ]
            plain = choose(attribute, [Said(at, *one) for at, one in enumerate(rows)])
            assert chosen == (plain.said.value if plain else None)
