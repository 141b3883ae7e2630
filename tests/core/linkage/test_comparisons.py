"""The questions asked of a pair: asked quickly, asked once, and answered alike wherever they are asked."""

import duckdb
from hypothesis import assume, given
from hypothesis import strategies as st

from jiandi.core.linkage import clean, default_model
from jiandi.core.linkage.comparisons import COLUMNS, QUESTIONS, answer_sql, value_of
from jiandi.core.linkage.splink_adapter import score_pairs
from jiandi.core.linkage.train import _stated_records
from tests.core.linkage.people import load, people
from tests.core.linkage.people import rows as roster_rows

CON = duckdb.connect()
DIGITS = st.text("0123456789X", min_size=15, max_size=18)


@st.composite
def _edited(draw, text):
    """Two texts that are one slip of the hand apart, or nearly."""
    one = list(draw(text))
    other = list(one)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(other) - 2))
        slip = draw(st.sampled_from(["swap", "change", "drop", "add"]))
        if slip == "swap":
            other[at], other[at + 1] = other[at + 1], other[at]
        elif slip == "change":
            other[at] = draw(st.sampled_from("0123456789"))
        elif slip == "drop" and len(other) > 15:
            del other[at]
        elif slip == "add" and len(other) < 18:
            other.insert(at, draw(st.sampled_from("0123456789")))
    return "".join(one), "".join(other)


def _says(question, word, one, other):
    """Ask one question's answer `word` of two values laid in the columns the question reads."""
    level = next(level for level in question.levels if level.word == word)
    column = {"id": "id_text", "birth": "birth"}[question.word]
    value = "?::varchar" if question.word == "id" else "?::integer"
    asked = CON.execute(
        f"select {level.sql} from (select {value} as {column}_l, {value} as {column}_r)", [one, other]
    )
    return asked.fetchall()[0][0]


@given(_edited(DIGITS))
def test_a_number_one_slip_away_is_found_without_measuring_all(pair):
    [[near]] = CON.execute("select damerau_levenshtein(?, ?) <= 1", list(pair)).fetchall()

    assert _says(QUESTIONS[0], "one_edit", *pair) == near


@given(_edited(st.dates().filter(lambda day: day.year >= 1000).map(lambda day: f"{day:%Y%m%d}")))
def test_a_birth_one_slip_away_is_found_without_measuring_all(pair):
    assume(len(pair[1]) == 8 and pair[1][0] not in "0X")
    one, other = (int(text) for text in pair)
    [[near]] = CON.execute("select damerau_levenshtein(?, ?) <= 1", list(pair)).fetchall()
    swapped = (
        one // 10000 == other // 10000 and one // 100 % 100 == other % 100 and one % 100 == other // 100 % 100
    )

    assert _says(QUESTIONS[2], "one_edit", one, other) == (near or swapped)


def test_training_counts_the_answers_splink_would_give():
    con = duckdb.connect()
    load(con, roster_rows(people(400, seed=8), seed=8))
    clean(con)
    _stated_records(con, "records")
    con.execute("""create table pairs as select a.record_id as left_id, b.record_id as right_id
      from train_records a join train_records b on a.record_id < b.record_id and (a.village = b.village or a.sur = b.sur)
      using sample 60000 rows (reservoir, 5)""")
    con.execute("create table asked as select *, 1e-4 as tf_name, 1e-4 as tf_py from train_records")
    score_pairs(con, pairs="pairs", records="asked", model=default_model(), prior=0.5, into="scored")

    sides = ", ".join(f"{side}.{name} as {name}_{side}" for side in "lr" for name in COLUMNS)
    ours = ", ".join(f"{answer_sql(question)} as {question.word}" for question in QUESTIONS)
    differ = " or ".join(f"s.gamma_{question.word} <> o.{question.word}" for question in QUESTIONS)
    con.execute(f"""create table ours as select {ours}, record_id_l as left_id, record_id_r as right_id from (
      select {sides} from pairs p join train_records l on l.record_id = p.left_id join train_records r on r.record_id = p.right_id)""")

    [[pairs, apart]] = con.execute(
        f"select count(*), count(*) filter ({differ}) from ours o join scored s using (left_id, right_id)"
    ).fetchall()
    assert pairs == 60_000 and apart == 0
    met = {answer for (answer,) in con.execute("select distinct id from ours").fetchall()}
    assert value_of("id", "one_edit") in met
