"""A county's own model: what it learnt, what its card says, what it would change, and that no state of another is taken up."""

from __future__ import annotations

import json
from copy import deepcopy

import duckdb
import pytest

from jiandi.core.linkage import (
    Settings,
    card_figures,
    card_lines,
    check_model,
    clean,
    count_labels,
    default_model,
    differences,
    digest,
    link,
    make_card,
    relink,
    train,
)
from jiandi.core.linkage.card_words import ANSWERS_OF
from jiandi.core.linkage.generic.models import default_generic_model
from jiandi.core.linkage.held_out import IS_HELD
from jiandi.core.linkage.model_check import QUESTIONS_OF
from jiandi.core.values import Refused
from tests.core.linkage.people import load, people
from tests.core.linkage.people import rows as roster_rows
from tests.core.linkage.tables import number, rows

MAN = number(19650512, 103)


@pytest.fixture(scope="module")
def county():
    """Nine thousand people in one town, and the model learnt from them."""
    con = duckdb.connect()
    load(con, roster_rows(people(9000, seed=3), seed=3))
    clean(con)
    return con, train(con, chance_pairs=40_000)


@pytest.fixture
def con():
    return duckdb.connect()


def doubting() -> Settings:
    """A model to which the same name says next to nothing and the same birth date little: it asks where the shipped one joins."""
    model = deepcopy(default_model())
    model["answers"]["name"]["same"] = [0.6, 0.3]
    model["answers"]["birth"]["same"] = [0.97, 0.03]
    return Settings(model=model)


def a_few(con: duckdb.DuckDBPyConnection) -> None:
    """Two rows of one man, one without his number, and somebody else."""
    rows(
        con,
        {"name": "王建国", "id_number": MAN, "address": "东村第3组12号"},
        {"kind": "clinic", "name": "王建国", "birth": "1965-05-12", "address": "东村三组12号"},
        {"kind": "clinic", "name": "李花", "birth": "1979-01-01"},
    )
    clean(con)


def test_pairs_that_were_held_out_taught_it_nothing(county):
    con, model = county
    held = con.execute(f"select count(distinct id_first17), count(distinct id_first17) filter ({IS_HELD.replace('idn', 'id_first17')}) from records").fetchall()[0]  # fmt: skip

    assert 0.17 < held[1] / held[0] < 0.23
    assert model["labels"] == count_labels(con)
    con.execute(f"create or replace temp table fewer as from records where id_first17 is null or not ({IS_HELD.replace('idn', 'id_first17')})")  # fmt: skip
    without = train(con, records="fewer", chance_pairs=40_000)
    assert without["labels"] == model["labels"] and without["held_out"]["true"]["pairs"] == 0
    assert model["answers"]["name"]["same"][0] == without["answers"]["name"]["same"][0]


def test_it_says_how_held_out_pairs_fare_with_their_numbers_hidden(county):
    found = county[1]["held_out"]

    for kind in ("true", "namesakes", "chance"):
        for weight in ("auto", "review"):
            one = found[kind][weight]
            assert one["low"] <= one["value"] <= one["high"] and one["count"] <= found[kind]["pairs"]
        assert found[kind]["auto"]["count"] <= found[kind]["review"]["count"]
    assert found["true"]["auto"]["value"] > 0.9 > 0.2 > found["namesakes"]["auto"]["value"]
    assert found["chance"]["pairs"] > 100_000 and found["chance"]["auto"]["value"] < 1e-4


def test_of_what_was_hardly_seen_nothing_is_learnt(county):
    """In one town no pair is of two towns: rounding alone would make "another town" speak for one person."""
    model = county[1]

    assert "village.else" in model["shipped_values"]
    assert model["answers"]["village"]["else"] == default_model()["answers"]["village"]["else"]
    said = next(asked for asked in make_card(model).questions if asked.word == "village")
    assert said.answers[-1].fixed == ("shipped",) and said.answers[-1].weight < 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_card_shows_every_answer_beside_the_shipped_one(county, language):
    card = make_card(county[1], learnt_on="2026-12-01")
    text = "\n".join(card_lines(card, language))

    assert [asked.word for asked in card.questions] == [asked.word for asked in QUESTIONS_OF["cn-resident"]]
    assert "2026-12-01" in text and card.digest in text and f"{county[1]['labels']:,}" in text
    for asked in card.questions:
        for answer in asked.answers:
            assert answer.title.say(language) in text and f"{answer.shipped_weight:+.2f}" in text
    for line in (*card.not_for, *card.limits, card.held_out_caution):
        assert line.say(language) in text
    assert json.loads(json.dumps(card_figures(card)))["digest"] == digest(county[1])


@pytest.mark.parametrize("model", [default_model(), default_generic_model()])
def test_a_card_does_not_claim_a_check_that_was_not_made(model):
    card = make_card(model)

    assert card.is_shipped and card.held_out == ()
    assert "Nothing was held out" in "\n".join(card_lines(card, "en"))
    assert all(
        abs(one.weight - one.shipped_weight) < 1e-9 for asked in card.questions for one in asked.answers
    )


def test_every_answer_but_the_last_has_words_of_its_own():
    for profile, questions in QUESTIONS_OF.items():
        told = {(asked.word, level.word) for asked in questions for level in asked.levels[:-1]}
        assert told <= set(ANSWERS_OF[profile]), profile


def test_the_digest_is_of_the_weights_alone():
    model = default_model()
    turned = {"answers": dict(reversed(model["answers"].items())), "version": 1, "labels": 3}

    assert digest(turned) == digest(model) == digest(json.loads(json.dumps(model)))
    turned["answers"] = model["answers"] | {"sex": {"same": [0.99, 0.5], "else": [0.01, 0.5]}}
    assert digest(turned) != digest(model)


def test_a_model_of_another_profile_is_refused():
    assert check_model(default_model(), profile="cn-resident", named="m.json")
    with pytest.raises(Refused, match="link.model_profile"):
        check_model(default_model(), profile="generic", named="m.json")
    with pytest.raises(Refused, match="link.model_malformed"):  # no share of true pairs yet
        check_model(default_generic_model(), profile="generic", named="m.json")


def test_no_state_of_another_model_is_taken_up(con):
    a_few(con)
    link(con, state="kept")
    relink(con, state="kept")

    with pytest.raises(LookupError, match="links everything"):
        relink(con, state="kept", settings=doubting())

    link(con, state="kept", settings=doubting())
    relink(con, state="kept", settings=doubting())
    with pytest.raises(LookupError):
        relink(con, state="kept")


def test_the_same_model_under_its_own_name_takes_the_state_up(con):
    a_few(con)
    link(con, state="kept")

    assert relink(con, state="kept", settings=Settings(model=default_model())).report["people"] == 2


def test_it_says_what_another_model_would_change(con):
    a_few(con)

    same = differences(con, before=Settings(), after=Settings())
    other = differences(con, before=Settings(), after=doubting())
    back = differences(con, before=doubting(), after=Settings())

    assert (same["rows_moved"], same["parted"], same["joined"], same["reviews_new"]) == (0, 0, 0, 0)
    assert (other["rows_moved"], other["parted"], other["joined"]) == (1, 1, 0)
    assert (other["people_before"], other["people_after"], other["reviews_new"]) == (2, 3, 1)
    assert (back["rows_moved"], back["parted"], back["joined"], back["reviews_gone"]) == (1, 0, 2, 1)


def test_what_people_decided_stands_whatever_a_model_says(con):
    a_few(con)
    con.execute(
        "create table said as select 1::bigint as record_a, 2::bigint as record_b, 'not_same' as verdict"
    )

    found = differences(con, before=Settings(), after=doubting(), decisions="said")

    assert found["decided"] == {"decided": 1, "broken": 0, "alone_before": 1, "alone_after": 0}
    assert found["rows_moved"] == 0
