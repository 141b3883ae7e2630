"""The dangerous shapes of a county's rosters, one story each: two people must stay two."""

import duckdb
import pytest

from jiandi.core.linkage import Settings, clean, evaluate, link
from tests.core.linkage.people import load, people
from tests.core.linkage.people import rows as roster_rows
from tests.core.linkage.tables import number, rows

ELDER, SISTER, YOUNGER = number(19900407, 101), number(19900407, 102), number(19930811, 104)
TWIN_A, TWIN_B = number(20080302, 221), number(20080302, 223)
HUSBAND, WIFE = number(19650101, 311), number(19670220, 322)


@pytest.fixture
def con():
    return duckdb.connect()


def linked(con, *cells, decisions=(), **settings):
    """Clean and link the cells; return {record: entity}, {record: how} and the reviews as (record, candidate, reason)."""
    rows(con, *cells)
    clean(con)
    con.execute("create or replace table decisions (record_a bigint, record_b bigint, verdict varchar)")
    if decisions:
        con.executemany("insert into decisions values (?, ?, ?)", list(decisions))
    result = link(con, decisions="decisions", settings=Settings(**settings))
    placed = con.execute("select record_id, entity, how, detail_zh, detail_en from assignments").fetchall()
    reviews = con.execute("select record_id, candidate, reason, detail_zh, detail_en from reviews").fetchall()
    assert len(placed) == len(cells)
    assert all(zh and en for *_, zh, en in [*placed, *reviews])
    assert result.report["canaries_merged"] == []
    return (
        {row: entity for row, entity, *_ in placed},
        {row: how for row, _, how, *_ in placed},
        {tuple(r[:3]) for r in reviews},
    )


def test_the_same_number_and_name_are_one_person(con):
    placed, how, reviews = linked(
        con,
        {"name": "王建国", "id_number": ELDER, "birth": "1990-04-07", "sex": "男"},
        {"kind": "dibao", "name": "王 建國", "id_number": ELDER.lower() + " "},
        {"kind": "disability", "name": "王建国", "id_number": ELDER + "43"},
    )

    assert set(placed.values()) == {1}
    assert how == {1: "authority", 2: "id", 3: "id"}
    assert not reviews


def test_a_homophone_or_turned_name_under_the_same_number_is_one_person(con):
    placed, how, _ = linked(
        con,
        {"name": "王建国", "id_number": ELDER, "birth": "1990-04-07", "sex": "男"},
        {"kind": "dibao", "name": "王健国", "id_number": ELDER},
        {"kind": "school", "name": "王国建", "id_number": ELDER, "birth": "19900407", "sex": "男"},
    )

    assert set(placed.values()) == {1}
    assert how[2] == "id" and how[3] == "alias"


def test_an_alias_needs_sex_birth_and_village_of_its_own(con):
    owner = {"name": "王建国", "id_number": ELDER, "birth": "1990-04-07", "sex": "男"}
    full = {"kind": "dibao", "name": "王小狗", "id_number": ELDER, "birth": "1990.4.7", "sex": "男"}
    bare = {"kind": "dibao", "name": "王小狗", "id_number": ELDER}

    assert linked(con, owner, full)[1][2] == "alias"
    placed, how, reviews = linked(con, owner, bare)
    assert placed[2] == 2 and how[2] == "new"
    assert (2, 1, "id_conflict") in reviews


def test_a_sister_under_her_sisters_number_stays_herself(con):
    born = {"birth": "1993-08-11", "sex": "女"}
    cells = (
        {"name": "李秀兰", "id_number": SISTER, "birth": "1990-04-07", "sex": "女"},
        {"name": "李秀英", "id_number": YOUNGER, **born},
        {"kind": "clinic", "name": "李秀英", "id_number": SISTER, "who": 2, **born},
    )
    placed, _, reviews = linked(con, *cells)

    assert placed[3] == 3 and reviews == {(3, 2, "untrusted_id")}  # first whether she is whom all else fits

    placed, _, reviews = linked(con, *cells, decisions=[(3, 2, "not_same")])
    assert placed[3] == 3 and reviews == {(3, 1, "id_conflict")}  # only then whether she owns the number

    placed, _, reviews = linked(con, *cells, decisions=[(3, 2, "same")])
    assert placed[3] == placed[2] == 2 and reviews == set()


def test_a_sister_whose_name_sounds_the_same_is_not_swallowed_by_the_households_telephone(con):
    home = {"sex": "女", "phone": "13907710021", "address": "第5组50号"}
    placed, _, reviews = linked(
        con,
        {"name": "韦英", "id_number": number(20081203, 282), "birth": "2008-12-03", **home},
        {"kind": "left_behind", "name": "韦颖", "age": "17", "who": 2, **home},
    )

    assert placed == {1: 1, 2: 2}
    assert reviews == {(2, 1, "thin_evidence")}


def test_a_twin_under_the_other_twins_number_is_not_swallowed(con):
    twins = (
        {"name": "陈家明", "id_number": TWIN_A, "birth": "2008-03-02", "sex": "男"},
        {"name": "陈家亮", "id_number": TWIN_B, "birth": "2008-03-02", "sex": "男"},
    )
    placed, *_ = linked(
        con,
        *twins,
        {
            "kind": "school",
            "name": "陈家亮",
            "id_number": TWIN_A,
            "birth": "2008-03-02",
            "sex": "男",
            "who": 2,
        },
    )

    assert len({placed[1], placed[2]}) == 2
    assert placed[3] != 1


def test_a_twin_without_a_number_finds_the_right_twin(con):
    placed, how, _ = linked(
        con,
        {"name": "陈家明", "id_number": TWIN_A, "birth": "2008-03-02", "sex": "男"},
        {"name": "陈家亮", "id_number": TWIN_B, "birth": "2008-03-02", "sex": "男"},
        {"kind": "clinic", "name": "陈家亮", "birth": "2008-03-02", "sex": "男", "who": 2},
    )

    assert placed[3] == 2 and how[3] == "auto"


def test_a_wife_under_her_husbands_number_stays_herself(con):
    placed, _, reviews = linked(
        con,
        {"name": "刘福贵", "id_number": HUSBAND, "birth": "1965-01-01", "sex": "男"},
        {"kind": "disability", "name": "赵春花", "id_number": HUSBAND, "sex": "女"},
        {"kind": "dibao", "name": "赵春花", "id_number": HUSBAND, "who": 2},
    )

    assert placed[2] != placed[1] and placed[3] != placed[1]
    assert (2, 1, "id_conflict") in reviews


def test_a_forged_number_shared_by_two_makes_two_people_and_keeps_each_whole(con):
    placed, *_ = linked(
        con,
        {"name": "孙玉梅", "id_number": WIFE, "birth": "1967-02-20", "sex": "女", "who": 1},
        {"kind": "clinic", "name": "杨小花", "id_number": WIFE, "who": 2},
        {"kind": "marriage", "name": "杨小花", "id_number": WIFE, "birth": "1976-05-01", "who": 2},
    )

    assert placed[2] == placed[3] != placed[1]


def test_without_an_authority_the_commonest_name_owns_the_number(con):
    placed, *_ = linked(
        con,
        {"kind": "clinic", "name": "杨小花", "id_number": WIFE, "who": 2},
        {"kind": "dibao", "name": "孙玉梅", "id_number": WIFE, "who": 1},
        {"kind": "disability", "name": "孙玉梅", "id_number": WIFE, "who": 1},
    )

    assert placed[2] == placed[3] == 2 and placed[1] == 1


def test_hundreds_of_rows_under_one_number_have_an_owner_too(con):
    placed, _, reviews = linked(
        con,
        {"kind": "dibao", "name": "李秀英", "id_number": ELDER},
        *({"kind": "clinic", "name": "王建国", "id_number": ELDER} for _ in range(140)),
    )

    assert placed == {1: 1} | {row: 2 for row in range(2, 142)}
    assert reviews == {(1, 2, "id_conflict")}


def test_a_row_without_a_number_joins_on_two_pillars(con):
    placed, how, _ = linked(
        con,
        {"name": "贺晓燕", "id_number": WIFE, "birth": "1967-02-20", "sex": "女", "phone": "13900001111"},
        {"kind": "clinic", "name": "賀曉雁", "birth": "1967-02-20", "sex": "女", "who": 1},
        {"kind": "dibao", "name": "贺晓燕", "birth": "农历1967年正月十二", "sex": "女", "who": 1},
        {"kind": "left_behind", "name": "贺晓燕", "age": "59", "sex": "女", "phone": "13900001111", "who": 1},
    )

    assert set(placed.values()) == {1}
    assert [how[row] for row in (2, 3, 4)] == ["auto", "auto", "auto"]


def test_a_mistyped_digit_finds_its_owner(con):
    wrong = WIFE[:9] + str((int(WIFE[9]) + 1) % 10) + WIFE[10:]
    placed, how, _ = linked(
        con,
        {"name": "贺晓燕", "id_number": WIFE, "birth": "1967-02-20", "sex": "女"},
        {"kind": "clinic", "name": "贺晓燕", "id_number": wrong, "sex": "女", "who": 1},
    )

    assert placed[2] == 1 and how[2] == "auto"


def test_namesakes_stay_apart(con):
    placed, *_ = linked(
        con,
        {"name": "王伟", "id_number": HUSBAND, "birth": "1965-01-01", "sex": "男"},
        {"kind": "clinic", "name": "王伟", "birth": "1988-06-05", "sex": "男"},
        {"kind": "left_behind", "name": "王伟", "age": "9", "sex": "男"},
    )

    assert len(set(placed.values())) == 3


def test_two_rows_of_the_police_register_are_two_people(con):
    placed, how, _ = linked(
        con,
        {"name": "王伟", "birth": "1988-06-05", "sex": "男", "phone": "13900002222"},
        {"name": "王伟", "birth": "1988-06-05", "sex": "男", "phone": "13900002222"},
    )

    assert placed == {1: 1, 2: 2}
    assert set(how.values()) == {"authority"}


def test_a_number_issued_twice_makes_two_people(con):
    placed, _, reviews = linked(
        con,
        {"name": "谢彤婷", "id_number": SISTER, "birth": "1990-04-07", "sex": "女"},
        {"name": "戴诺楠", "id_number": SISTER, "birth": "1990-04-07", "sex": "女"},
    )

    assert placed == {1: 1, 2: 2} and (2, 1, "id_conflict") in reviews


def test_a_lunar_coincidence_under_another_name_is_no_alias(con):
    lunar_twin = {"kind": "school", "name": "谭文煜", "id_number": ELDER, "birth": "1990-05-01", "sex": "男"}
    placed, *_ = linked(
        con, {"name": "吴恩瑞", "id_number": ELDER, "birth": "1990-04-07", "sex": "男"}, lunar_twin
    )

    assert placed[2] == 2


def test_somebody_on_one_weak_roster_stays_a_person(con):
    placed, how, _ = linked(
        con,
        {"name": "王伟", "id_number": HUSBAND, "birth": "1965-01-01", "sex": "男"},
        {"kind": "clinic", "name": "无名", "sex": "女", "age": "40"},
    )

    assert placed[2] == 2 and how[2] == "new"


def test_an_office_telephone_says_nothing(con):
    office = [
        {"kind": "dibao", "name": f"周{char}", "phone": "13900003333", "age": "50"}
        for char in "甲乙丙丁戊己庚辛壬癸子丑寅"
    ]
    linked(con, *office)

    rows(con, *office)
    clean(con)
    assert link(con).report["busy_phones"] == 1


PAIR = (
    {"name": "王伟", "id_number": HUSBAND, "birth": "1965-01-01", "sex": "男"},
    {"kind": "dibao", "name": "王伟", "id_number": HUSBAND},
    {"kind": "clinic", "name": "王苇苇", "sex": "男"},
    {"kind": "clinic", "name": "王大", "sex": "男"},
)


def test_people_decide_above_every_score(con):
    together, how, _ = linked(con, *PAIR, decisions=[(1, 3, "same")])
    apart, _, reviews = linked(con, *PAIR, decisions=[(1, 2, "not_same")])

    assert together[3] == together[1] == 1 and how[3] == "manual"
    assert apart[2] == 2 and not reviews


def test_peoples_decisions_add_up_and_not_same_is_stronger(con):
    placed, *_ = linked(con, *PAIR, decisions=[(1, 3, "same"), (3, 4, "same")])
    torn, *_ = linked(con, *PAIR, decisions=[(1, 3, "same"), (3, 4, "same"), (1, 4, "not_same")])

    assert placed[3] == placed[4] == 1
    assert torn[1] != torn[4]


def test_unsure_keeps_apart_and_is_not_asked_again(con):
    cells = (
        {"name": "贺晓燕", "id_number": WIFE, "birth": "1967-02-20", "sex": "女"},
        {"kind": "clinic", "name": "贺晓燕", "birth": "1967-02-20", "sex": "女"},
    )
    placed, _, reviews = linked(con, *cells, decisions=[(1, 2, "unsure")])

    assert placed[2] == 2 and not reviews


def test_a_generated_county_has_no_wrong_merge_and_the_same_answer_twice(con):
    crowd = people(3000, seed=7)
    load(con, roster_rows(crowd, seed=7, errors=2.0))
    clean(con)

    first = link(con).report
    once = con.execute("select * from assignments order by all").fetchall()
    judged = evaluate(con)
    link(con)

    assert once == con.execute("select * from assignments order by all").fetchall()
    assert judged["wrong_merges"]["value"] == 0 and judged["people_lost"]["value"] == 0
    assert judged["recall"]["value"] > 0.85
    assert first["two_rows"] == 0 and first["records"] == len(once)
    assert con.execute(
        "select count(*) from duckdb_tables() where table_name like 'lk_%' or table_name like '%splink%'"
    ).fetchall() == [(0,)]


def test_one_number_on_very_many_rows_ends_in_time(con):
    con.execute("create table one as select 1")
    rows(
        con,
        *[
            {
                "kind": "dibao",
                "name": f"周{chr(0x4E00 + at % 400)}",
                "id_number": HUSBAND,
                "birth": "1965-01-01",
            }
            for at in range(5000)
        ],
    )
    clean(con)

    report = link(con).report

    assert report["records"] == 5000 and report["pairs"] < 500_000


def test_no_rows_is_no_people(con):
    rows(con)
    clean(con)

    assert link(con).report["people"] == 0
