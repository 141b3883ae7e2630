"""The replay: a family whose papers fall silent one after another, and the year in which each rule would have spoken."""

from __future__ import annotations

from datetime import date

import pytest

from jiandi.core.checks.past import cut, first_words, keep_all
from jiandi.core.checks.specs import AT, county

FAMILY = """
    people
    person | household | dwelling | village | name | sex | birth_on
    1      | 10        | 20       | 7       | 甲某 | 1   | 1970-01-01
    2      |           |          | 7       | 乙某 | 2   | 1979-02-11
    3      |           |          | 7       | 乙末 | 2   | 1983-01-01
    4      |           |          |         | 无名 | 2   | 1983-01-01
    5      | 10        | 20       | 7       | 小甲 | 1   | 2014-08-27
    hukou
    person | household_no | name | id_number | birth      | entered_on | entry_reason | hukou_kind
    1      | 10           | 甲某 | ok        | 1970-01-01 | 1970-02-01 | 出生         | 家庭户
    4      | 99           | 丙末 | ok        | 1985-07-15 | 2023-03-30 | 集体落户     | 集体户
    marriage
    certificate_no | registered_on | entered_on | registry_office | registration_kind | husband_person | husband_name | husband_id_number | wife_person | wife_name | wife_birth | wife_documents | slip             | village
    J-1            | 2004-05-18    | 2006-09-07 | 明溪县民政局    | 结婚登记          | 1              | 甲某         | ok                | 2           | 乙某      | 1979-02-11 | 婚姻状况证明   | 附纸条：青崖县落 | 7
    official_query
    name   | queried_on | queried_by       | answer
    莫须有 | 2007-11-20 | 青崖县人民检察院 | 有
    idcard
    person | name | id_number | birth      | issued_on  | issue_kind | basis
    3      | 乙末 | ok        | 1979-02-11 | 2013-06-24 | 首次       | 村委会证明
    antenatal
    person | name | booked_on
    9      | 壬某 | 2008-01-01
    birth
    certificate_no | issued_on  | child_person | child_name | child_birth | mother_person | mother_name | father_person | father_name | place_kind
    C-1            | 2015-02-01 | 5            | 小甲       | 2014-08-27  | 2             | 乙某        | 1             | 甲某        | 家中
    insurance
    person | name
    1      | 甲某
    clinic
    person | name | age | visited_on | diagnosis  | companion | village
    3      | 乙末 | 20  | 2003-04-09 | 证明一份   | 丈夫甲某  | 7
    3      | 乙末 | 33  | 2016-04-12 | 精神分裂症 | 丈夫代述  | 7
    smd
    person | name | confirmed_on
    9      | 壬某 | 2010-01-01
    hotline
    order_no | received_on | village | body
    G1       | 2019-10-15  | 7       | 那户的女人总关在偏屋里，没见她出过门
    unknown_identity
    person | name | sex | age | entered_on | dna_on     | dna
    4      | 无名 | 2   | 40  | 2023-02-06 | 2023-02-27 | 未比中
    reports
    report | received_on | village | body
    3      | 2026-11-01  | 7       | 短视频里夸那家的爸爸，孩子的妈妈从来没有露过脸
"""


@pytest.fixture(scope="module")
def spoken():
    con = county(FAMILY)
    order = con.execute("SELECT row_id FROM rows_hotline").fetchone()[0]
    words = first_words(
        con, years=range(2003, 2027), today=AT, people=[2, 3, 4], sources=[f"row:{order}", "report:3"]
    )
    return {one.rule.id: one for one in words}


@pytest.mark.parametrize(
    ("rule", "year"),
    [
        ("R3", 2006),  # the medical paper of 2003 had nothing to contradict until the marriage was filed
        ("R1", 2006),
        ("R2", 2006),
        ("R5", 2006),
        ("R27", 2007),
        ("R6", 2015),
        ("R9", 2016),
        ("R11", 2019),
        ("R21", 2023),
        ("R26", 2026),
    ],
)
def test_each_rule_speaks_in_the_year_its_record_came(spoken, rule, year):
    assert spoken[rule].year == year, spoken[rule].detail.en
    assert spoken[rule].rule.first_action.zh and spoken[rule].detail.zh


def test_a_later_record_is_not_there_before_its_day():
    con = county(FAMILY)
    tables = keep_all(con)

    cut(con, tables, at=date(2010, 12, 31), today=AT)

    assert con.execute("SELECT count(*) FROM rows_idcard").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM rows_marriage").fetchone() == (1,)
    assert con.execute("SELECT count(*) FROM people WHERE name = '小甲'").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM records WHERE kind = 'idcard'").fetchone() == (0,)

    cut(con, tables, at=AT, today=AT)

    assert con.execute("SELECT count(*) FROM rows_idcard").fetchone() == (1,)
