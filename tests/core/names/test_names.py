import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.names import (
    initials,
    map_names,
    mask_id,
    mask_name,
    mask_phone,
    normalise,
    pinyin_key,
    query_terms,
    search_tokens,
    shape_key,
    split_name,
    surname_reading,
)

LETTERS = st.text(alphabet="王李建國髙?·（）()ab 　１囘龍佘\ue001𬭎々", max_size=8)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("王建国", "王建国"),
        (" 王 建　国 ", "王建国"),
        ("王建國", "王建国"),
        ("髙銭囘", "高钱回"),
        ("買買提·吐爾遜", "买买提吐尔逊"),
        ("李丽（已故）", "李丽"),
        ("ａｌｉ", "ALI"),
        ("王■国", "王?国"),
        ("\ue001\ue002", "\ue001\ue002"),
        ("𬭎", "𬭎"),
        ("王建国(曾用名王小国)", "王建国"),
        ("王建国曾用名王小国", "王建国"),
        ("王建国 又名：王小国", "王建国"),
        ("王建国/王小国", "王建国"),
        ("王建国、李丽", "王建国"),
        ("王建国,原名王国", "王建国"),
        ("玛丽亚·史密斯", "玛丽亚史密斯"),
        ("欧陽娜娜", "欧阳娜娜"),
        ("王　芳", "王芳"),
        ("无", None),
        ("？？", None),
        ("", None),
        (None, None),
    ],
)
def test_it_reads_one_spelling(written, read):
    assert normalise(written) == read


@given(LETTERS)
def test_it_changes_nothing_twice(text):
    once = normalise(text)

    assert once is None or normalise(once) == once


def test_it_bounds_a_hostile_name():
    assert len(normalise("王" * 10_000)) == 60


def test_it_hears_homophones_as_equal():
    assert pinyin_key("杨建国") == pinyin_key("扬健国") == "yang jian guo"
    assert initials("王建国") == "wjg"
    assert surname_reading("单丽") == "shan li"
    assert surname_reading("曾敏") == "zeng min"


def test_it_sees_look_alikes_as_equal_without_calling_them_the_same():
    assert normalise("佘佳") != normalise("余桂")
    assert shape_key("佘佳") == shape_key("余桂")


def test_it_knows_compound_surnames():
    assert split_name("欧阳娜") == ("欧阳", "娜")
    assert split_name("欧阳") == ("欧", "阳")


def test_it_shows_little():
    assert mask_name("王建国") == "王**"
    assert mask_name("欧阳娜") == "欧阳*"
    assert mask_id("990101197705131231") == "990101**********31"
    assert mask_phone("13800001234") == "138******34"
    assert mask_name(None) == mask_id("") == mask_phone(None) == ""


def test_it_finds_a_person_by_each_kind_of_token():
    tokens = search_tokens("曾建国", "明溪县东村")

    assert {"c曾", "n建国", "hjianguo", "izjg", "pzengjianguo", "a东村"} <= set(tokens)


@pytest.mark.parametrize(
    "typed", ["曾", "建国", "曾建国", "zjg", "zeng", "zengjianguo", "曾健国", "曾建国 东村"]
)
def test_a_query_meets_its_person(typed):
    tokens = search_tokens("曾建国", "明溪县东村三组")

    assert any(set(terms) <= set(tokens) for terms in query_terms(typed))


def test_a_query_of_nothing_asks_for_nothing():
    assert query_terms("  ") == query_terms("123") == []


@given(LETTERS)
def test_no_query_is_met_by_everybody(typed):
    """What is left of “王?” as an address is one character, which is no token: it would have found all people there are."""
    assert all(query_terms(typed))


@pytest.mark.parametrize("typed", ["王?", "?王", "王*", "王·"])
def test_a_character_that_cannot_be_read_does_not_end_a_search(typed):
    assert all(query_terms(typed))


ANY_LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)


@given(
    st.lists(
        LETTERS | ANY_LETTERS | st.sampled_from(["无", "欧阳", "欧阳锋", "王\n李", "ﬁ", "İ", "ß"]),
        max_size=20,
    )
)
def test_it_maps_a_table_as_it_reads_one_name(names):
    con = duckdb.connect()
    con.execute("create table source (name varchar)")
    con.executemany("insert into source values (?)", [[name] for name in [*names, None]])

    map_names(con, source="source", into="mapped")

    mapped = {
        row[0]: row[1:]
        for row in con.execute(
            "select raw, name_clean, name_py, name_shape, sur, g1, g2, nlen from mapped"
        ).fetchall()
    }
    for name in names:
        clean = normalise(name)
        if clean is None:
            assert name not in mapped
            continue
        surname, given_name = split_name(clean)
        first, second = given_name[:1] or None, given_name[1:2] or None
        expected = (clean, pinyin_key(clean), shape_key(clean), surname, first, second, len(clean))
        assert mapped[name] == expected
