"""The generic profile: Western names, stories of families in which two people must stay two."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.linkage.generic import FIELDS, clean_generic, link_generic
from jiandi.core.linkage.generic.clusters import grow

MARY = {
    "first_name": "Mary", "last_name": "O'Connor", "birth": "1956-03-09", "sex": "F",
    "address": "12 Mill Lane", "place": "Ashford", "postcode": "AF1 2XY",
}  # fmt: skip


@pytest.fixture
def con():
    return duckdb.connect()


def linked(con, *cells, decisions=(), lists=None):
    """Clean and link cells; return {row: entity} with rows from 1, and the doubts as (row, candidate, reason)."""
    con.execute(
        f"create or replace table raw_records (record_id bigint, roster_id bigint, duplicate_free boolean, {', '.join(f'{one} varchar' for one in FIELDS)})"
    )
    for at, cell in enumerate(cells, 1):
        values = [at, (lists or {}).get(at, 0), at in (lists or {}), *(cell.get(one) for one in FIELDS)]
        con.execute(f"insert into raw_records values ({', '.join('?' * len(values))})", values)
    con.execute("create or replace table decided (record_a bigint, record_b bigint, verdict varchar)")
    for decision in decisions:
        con.execute("insert into decided values (?, ?, ?)", decision)
    clean_generic(con)
    counts = link_generic(con, decisions="decided")
    assert counts["records"] == len(cells)
    placed = con.execute("select record_id, entity, detail_zh, detail_en from assignments").fetchall()
    doubts = con.execute("select record_id, candidate, reason, detail_zh, detail_en from reviews").fetchall()
    assert all(zh and en for *_, zh, en in [*placed, *doubts])
    return {row: entity for row, entity, *_ in placed}, {tuple(row[:3]) for row in doubts}


def test_typing_errors_accents_and_short_forms_are_one_person(con):
    placed, _ = linked(
        con,
        MARY,
        MARY | {"first_name": "MARY ", "last_name": "OConnor", "birth": "09/03/1956"},
        MARY | {"last_name": "O'Conor", "address": "12 Mil Lane"},
        {"name": "Szabó, Robert", "birth": "1971-06-24", "postcode": "AF1 3AA"},
        {"name": "Bob Szabo", "birth": "24 Jun 1971", "postcode": "af13aa"},
    )

    assert placed == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4}


def test_titles_a_digit_in_a_name_and_a_name_taken_at_marriage_hide_nobody(con):
    walter = {
        "first_name": "Walter",
        "last_name": "Hollis",
        "birth": "1948-10-02",
        "place": "Ashford",
        "postcode": "AF1 4BB",
    }
    rose = {
        "first_name": "Rose",
        "last_name": "Adeyemi",
        "birth": "1979-05-17",
        "address": "3 Weir Road",
        "postcode": "AF1 2BB",
    }
    placed, _ = linked(
        con,
        walter,
        walter | {"first_name": "Sir Walter"},
        walter | {"first_name": "Wa1ter", "last_name": "Ho1lis"},
        walter | {"first_name": "Hollis", "last_name": "Waltar"},
        rose,
        rose | {"last_name": "Thorne"},
    )

    assert placed == {1: 1, 2: 1, 3: 1, 4: 1, 5: 5, 6: 5}


def test_a_short_form_of_several_names_joins_nobody_where_two_could_be_meant(con):
    henry = {
        "first_name": "Henry",
        "last_name": "Ashdown",
        "birth": "1961-07-08",
        "place": "Ashford",
        "postcode": "AF1 9ZZ",
    }
    harry, harold = henry | {"first_name": "Harry"}, henry | {"first_name": "Harold"}

    assert linked(con, henry, harry)[0] == {1: 1, 2: 1}
    placed, doubts = linked(con, henry, harry, harold)
    assert placed == {1: 1, 2: 2, 3: 3}
    assert {reason for row, candidate, reason in doubts if 2 in (row, candidate)} == {"rival"}


def test_a_couple_of_whom_the_list_has_only_title_and_surname_stays_two(con):
    door = {"last_name": "Whitlock", "address": "9 Orchard Close", "place": "Ashford", "postcode": "AF1 7QQ"}

    assert linked(con, door | {"first_name": "Mr"}, door | {"first_name": "Mrs"})[0] == {1: 1, 2: 2}
    assert linked(con, door, door | {"phone": "01632960123"})[0] == {1: 1, 2: 2}


def test_a_birth_date_that_half_the_file_was_given_says_less_than_a_rare_one(con):
    heaped = [
        {"first_name": f"Name{at}", "last_name": f"Family{at}", "birth": "1950-01-01"} for at in range(60)
    ]
    pairs = [
        {"first_name": "Ada", "last_name": last, "birth": birth, "place": "Ashford"}
        for last, birth in (("Quill", "1950-01-01"), ("Quince", "1951-09-13"))
    ]
    linked(con, *heaped, *pairs, *(row | {"sex": "F"} for row in pairs))

    weights = dict(
        con.execute("select record_id, match_weight from assignments where record_id > 60").fetchall()
    )
    assert weights[61] < weights[62]


def test_twins_and_couples_behind_one_door_stay_two(con):
    twin = MARY | {"first_name": "Rose"}
    husband = MARY | {"first_name": "Joseph", "sex": "M", "birth": "1954-11-30"}
    placed, doubts = linked(con, MARY, twin, husband)

    assert placed == {1: 1, 2: 2, 3: 3}
    assert (2, 1, "contradiction") in doubts


def test_father_and_son_of_one_name_stay_two(con):
    son = {"first_name": "Joseph", "last_name": "Varga", "birth": "1981-02-03", "address": "7 High Street"}
    assert linked(con, son, son | {"birth": "1952-08-21"})[0] == {1: 1, 2: 2}


def test_a_name_alone_joins_nobody_even_where_every_cell_is_the_same(con):
    assert linked(con, {"name": "John Smith"}, {"name": "John Smith"})[0] == {1: 1, 2: 2}


def test_two_rows_of_a_list_that_names_nobody_twice_are_two_people(con):
    assert linked(con, MARY, MARY, lists={1: 1, 2: 1})[0] == {1: 1, 2: 2}


def test_peoples_decisions_stand_above_every_score(con):
    twin = MARY | {"first_name": "Rose"}

    assert linked(con, MARY, MARY | {"sex": None}, decisions=[(2, 1, "not_same")])[0] == {1: 1, 2: 2}
    assert linked(con, MARY, MARY, MARY, decisions=[(3, 1, "not_same")])[0] == {1: 1, 2: 1, 3: 3}
    assert linked(con, MARY, twin, decisions=[(1, 2, "same")])[0] == {1: 1, 2: 1}


def test_other_alphabets_are_compared_for_equality_alone(con):
    one = {"first_name": "Анна", "last_name": "Петрова", "birth": "1960-05-01", "postcode": "1010"}
    placed, _ = linked(con, one, dict(one, sex="F"), one | {"first_name": "Инна"})

    assert placed[1] == placed[2] != placed[3]


def test_a_file_of_identical_rows_is_compared_once(con):
    columns = ", ".join(
        f"'{MARY[one].replace(chr(39), '')}' as {one}" if one in MARY else f"null::varchar as {one}"
        for one in FIELDS
    )
    con.execute(
        f"create table raw_records as select range as record_id, 0::bigint as roster_id, false as duplicate_free, {columns} from range(1, 100001)"
    )
    clean_generic(con)
    counts = link_generic(con)

    assert counts["people"] == 1 and counts["compared"] == 1


def test_one_bad_pair_does_not_draw_two_groups_together():
    first, second = [(1, 2), (1, 3), (2, 3)], [(4, 5), (4, 6), (5, 6)]
    strong = [(a, b, 20.0) for a, b in [*first, *second]] + [(3, 4, 19.0)]

    assert grow(strong, [*first, *second, (3, 4)]) == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4, 6: 4}


PAIRS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] < pair[1]), unique=True
)


@given(PAIRS, PAIRS, st.dictionaries(st.integers(1, 9), st.integers(1, 2)), st.randoms(use_true_random=False))
def test_groups_keep_apart_what_must_be_and_do_not_depend_on_the_order(pairs, apart, lists, dice):
    strong = [(a, b, float(10 + (a * b) % 7)) for a, b in pairs]
    placed = grow(strong, pairs, apart=apart, lists=lists)
    shuffled = dice.sample(strong, len(strong))

    assert grow(shuffled, dice.sample(pairs, len(pairs)), apart=apart, lists=lists) == placed
    assert not [pair for pair in apart if pair[0] in placed and placed[pair[0]] == placed.get(pair[1])]
    for row, entity in placed.items():
        others = [o for o, e in placed.items() if e == entity and o != row and lists.get(o) == lists.get(row)]
        assert row not in lists or not others
