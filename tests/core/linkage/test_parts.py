"""Cleaning, training, stars, households and the yardstick, each by itself."""

import datetime as dt
import json

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.linkage import REPAIRS, REVIEWS, Settings, clean, default_model, evaluate, link, train
from jiandi.core.linkage.comparisons import QUESTIONS
from jiandi.core.linkage.households import households
from jiandi.core.linkage.newcomers import stars
from tests.core.linkage.people import load, people
from tests.core.linkage.people import rows as roster_rows
from tests.core.linkage.tables import number, rows

MAN = number(19770513, 123)


@pytest.fixture
def con():
    return duckdb.connect()


def cleaned(con, **cell):
    rows(con, cell)
    clean(con)
    names = [column[0] for column in con.execute("select * from records").description]
    return dict(zip(names, con.execute("select * from records").fetchall()[0], strict=True))


@pytest.mark.parametrize(
    ("cell", "column", "value", "repair"),
    [
        ({"name": "王 建國"}, "name_clean", "王建国", "name_tidied"),
        ({"name": "王■国"}, "name_clean", "王?国", "name_gap"),
        ({"name": "无"}, "name_clean", None, "name_missing"),
        ({"id_number": MAN[:6] + MAN[8:17]}, "id18", MAN, "id_15_to_18"),
        ({"id_number": MAN}, "birth_on", dt.date(1977, 5, 13), "birth_from_id"),
        ({"id_number": MAN}, "sex", 1, "sex_from_id"),
        ({"id_number": MAN, "sex": "女"}, "sex", 2, "sex_conflicts_id"),
        ({"id_number": MAN, "birth": "1978-05-13"}, "birth_on", dt.date(1978, 5, 13), "birth_conflicts_id"),
        ({"id_number": MAN, "birth": "1977年5月"}, "birth_on", dt.date(1977, 5, 13), "date_month_only"),
        ({"age": "49岁"}, "birth_year", 1977, "birth_from_age"),
        ({"birth": "农历1962年二月三十"}, "birth_on", dt.date(1962, 4, 4), "date_lunar"),
        ({"birth": "2099-01-01"}, "birth_on", None, "date_future"),
        ({"sex": "未说明"}, "sex", None, "sex_unreadable"),
        ({"phone": "+86 138 1234 5679"}, "phone", "13812345679", "phone_tidied"),
        ({"phone": "无电话"}, "phone", None, "phone_placeholder"),
        ({"phone": "13800000000"}, "phone", None, "phone_placeholder"),
        ({"phone": "12345"}, "phone", None, "phone_unusable"),
    ],
)
def test_it_cleans_a_row_and_says_what_it_did(con, cell, column, value, repair):
    record = cleaned(con, **cell)

    assert record[column] == value
    assert repair in record["repairs"]


def test_it_repairs_nothing_in_a_clean_row(con):
    cell = {
        "name": "王建国",
        "id_number": MAN,
        "birth": "1977-05-13",
        "sex": "男",
        "phone": "13912345670",
        "address": "东村第十一组３号",
    }
    record = cleaned(con, **cell)

    assert record["repairs"] == [] and record["door"] == "11-3"


def test_a_lunar_birth_does_not_contradict_the_number(con):
    record = cleaned(con, id_number=MAN, birth="1977-03-26")

    assert "birth_conflicts_id" not in record["repairs"]


def test_every_reason_speaks_two_languages():
    texts = [*REPAIRS.values(), *REVIEWS.values()]

    assert all(text.zh and text.en for text in texts)


_EDGES = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(20, 40)).filter(
        lambda edge: edge[0] < edge[1]
    ),
    max_size=20,
)


@given(_EDGES)
def test_a_star_has_an_edge_to_its_centre_and_no_chain(edges):
    edges = list({(a, b): (a, b, float(weight)) for a, b, weight in edges}.values())
    joined = stars(edges, {3: 0})

    for row, (centre, weight) in joined.items():
        assert centre not in joined
        assert any({a, b} == {row, centre} and weight == w for a, b, w in edges)


def test_the_shipped_model_answers_every_question():
    answers = default_model()["answers"]

    assert {one.word: {level.word for level in one.levels} for one in QUESTIONS} == {
        word: set(given) for word, given in answers.items()
    }
    assert all(0 < m <= 1 and 0 < u <= 1 for given in answers.values() for m, u in given.values())


def test_it_learns_from_the_countys_own_rows_the_same_twice(con):
    load(con, roster_rows(people(9000, seed=3), seed=3))
    clean(con)

    model = train(con, chance_pairs=40_000)

    assert model["labels"] > 5_000
    m, u = model["answers"]["name"]["same"]
    assert m > 0.9 and u < 0.01
    assert json.dumps(model) == json.dumps(train(con, chance_pairs=40_000))
    assert link(con, settings=Settings(model=model)).report["canaries_merged"] == []


def test_it_declines_to_learn_from_few_rows(con):
    load(con, roster_rows(people(300, seed=3), seed=3))
    clean(con)

    assert train(con) is None


def test_it_measures_a_linkage(con):
    con.execute(
        "create table truth as select * from (values (1, 1), (2, 1), (3, 2), (4, 2), (5, 3)) t(record_id, true_id)"
    )
    con.execute(
        "create table assignments as select * from (values (1, 1), (2, 1), (3, 3), (4, 4), (5, 3)) t(record_id, entity)"
    )

    found = evaluate(con)

    assert found["precision"]["value"] == 0.5 and found["recall"]["value"] == 0.5
    assert (
        found["wrong_merges"]["value"] == 1
        and found["people_lost"]["value"] == 1
        and found["people_split"] == 1
    )
    assert 0 < found["wrong_merges"]["low"] < 1 < found["wrong_merges"]["high"]


def test_it_hints_who_lives_together(con):
    rows(
        con,
        {"name": "王建国", "id_number": MAN, "household_no": "H1", "address": "东村第3组12号"},
        {"name": "李花", "id_number": number(19790101, 202), "household_no": "H1", "address": "东村第3组12号"},
        {"kind": "left_behind", "name": "杨小花", "age": "50", "address": "东村三组12号"},
        {"kind": "marriage", "row_id": 90, "role": 1, "name": "王建国", "id_number": MAN},
        {"kind": "marriage", "row_id": 90, "role": 2, "name": "杨远", "birth": "1976-01-02"},
        {"kind": "clinic", "name": "某人", "age": "30"},
        {"kind": "school", "name": "外来甲", "birth": "1990-03-04", "address": "东村第9组1号"},
        {"kind": "clinic", "name": "外来乙", "age": "31", "address": "东村九组1号"},
    )  # fmt: skip
    clean(con)
    link(con)

    counts = households(con)

    of = dict(con.execute("select entity, household from household_of").fetchall())
    assert of[1] == of[2] == of[3] == "h:0:H1"
    assert of[5] is None and of[6] is None
    assert of[7] == of[8] != of[1]
    assert counts == {"alone": 2, "door": 1, "register": 2, "shared_door": 2}
