"""A run tells what became of every rule: asked, not possible, failed, stopped. One never stops another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from jiandi.core.checks import RULES, Said, danger_now, rule, run
from jiandi.core.checks.audiences import NOT_TOLD, RECIPIENTS
from jiandi.core.checks.engine import tables_named
from jiandi.core.checks.ground import lay
from jiandi.core.checks.say import finding
from jiandi.core.checks.schema import TABLES
from jiandi.core.numbering import ROW_BITS
from jiandi.core.values import Refused
from tests.core.checks.county import AT, county

PLACE = """
    people
    person | household | village | name | sex | birth_on
    1      | 10        | 7       | 甲某 | 1   | 1970-03-01
    2      | 10        | 7       | 乙某 | 2   | 1976-01-01
    hukou
    person | name | id_number
    1      | 甲某 | ok
    marriage
    certificate_no | registered_on | husband_person | husband_name | husband_id_number | wife_person | wife_name
    J-1            | 2000-05-08    | 1              | 甲某         | ok                | 2           | 乙某
    reports
    report | received_on | village | body
    3      | 2026-11-06  | 7       | 村西头有个女人被锁在屋里
"""


def found(con, of="R1"):
    return con.execute(
        "SELECT key, person_id, household_id, village, detail_zh FROM findings WHERE rule = ?", [of]
    ).fetchall()


def test_it_stores_findings_with_the_place_of_the_person():
    con = county(PLACE)

    report = run(con, at=AT)

    assert report.of("R1").findings == 1 and report.of("R11").findings == 1
    ((key, person, household, village, detail),) = found(con)
    assert (key, person, household, village) == ("R1:2:J-1", 2, 10, 7)
    assert "乙某的材料没有身份证号" in detail


def test_it_gives_the_same_finding_the_same_name_when_it_is_run_again():
    con = county(PLACE)

    run(con, at=AT)
    first = found(con)
    run(con, at=date(2026, 12, 1))

    assert found(con) == first


def test_it_says_which_file_it_lacks():
    report = run(county(PLACE), at=AT)

    assert report.of("R13").state == "ran"
    assert report.of("R16").reason.en == "Not run: no school file."
    assert report.of("R16").reason.zh == "未运行：没有学籍名册。"
    assert report.of("R27").state == "not_run"
    assert "R16" in {one.rule for one in report.not_run}


def test_it_says_which_column_it_lacks():
    con = county(PLACE)
    con.execute("ALTER TABLE rows_marriage DROP COLUMN entered_on")

    report = run(con, at=AT)

    assert report.of("R2").reason.en == "Not run: the marriage file has no column “entered_on”."
    assert report.of("R1").state == "ran"


def test_a_rule_that_fails_stops_no_other():
    broken = replace(rule("R2"), judge=lambda ask: "SELECT nonsense")
    rules = [broken if row.id == "R2" else row for row in RULES]

    report = run(county(PLACE), at=AT, rules=rules)

    assert report.of("R2").state == "failed" and "nonsense" not in report.of("R2").reason.en
    assert report.of("R11").findings == 1


def test_a_rule_that_takes_too_long_is_stopped_alone():
    columns = finding(key="max(a.range * b.range)", text=rule("R2").title, sources="[]")
    endless = replace(
        rule("R2"), judge=lambda ask: f"SELECT {columns} FROM range(1000000000) a, range(1000000) b"
    )
    rules = [endless if row.id == "R2" else row for row in RULES if row.id in ("R2", "R11")]

    report = run(county(PLACE), at=AT, rules=rules, seconds_per_rule=1.0)

    assert report.of("R2").state == "too_long" and report.of("R11").findings == 1


def test_it_asks_only_the_rules_named_and_keeps_the_answers_of_the_others():
    con = county(PLACE)
    run(con, at=AT)

    report = run(con, at=AT, only=["R1"])

    assert [one.rule for one in report.rules] == ["R1"]
    assert len(found(con, "R11")) == 1


def test_a_county_sets_its_own_thresholds():
    con = county(PLACE)
    con.execute("UPDATE rows_marriage SET entered_on = registered_on + 20, registration_kind = '结婚登记'")

    assert run(con, at=AT).of("R2").findings == 0
    assert run(con, at=AT, thresholds={"R2": {"backdate_days": 10}}).of("R2").findings == 1


@pytest.mark.parametrize("thresholds", [{"R2": {"bakdate_days": 1}}, {"R99": {}}])
def test_it_refuses_a_threshold_it_does_not_know(thresholds):
    with pytest.raises(Refused):
        run(county(PLACE), at=AT, thresholds=thresholds)


def test_it_tells_seconds_by_the_clock_it_is_given():
    ticks = count(step=2.0)

    report = run(county(PLACE), at=AT, only=["R1"], clock=lambda: next(ticks))

    assert report.of("R1").seconds == 2.0


def test_danger_now_speaks_under_the_name_the_night_will_use():
    con = county(PLACE)
    run(con, at=AT)

    (now,) = danger_now([Said("report", 3, "2026-11-06", text="村西头有个女人被锁在屋里", village=7)])

    assert [row[0] for row in found(con, "R11")] == [now.key]
    assert now.detail.zh == found(con, "R11")[0][4]


def test_danger_now_hears_a_visitors_code_and_is_quiet_about_a_dog():
    seen = Said("visit", 5, "2026-11-05", danger="tied", person_id=1, household_id=10, village=7)
    dog = Said("visit", 6, "2026-11-05", text="门口拴着一条狗", danger="none", person_id=2)

    (now,) = danger_now([seen, dog])

    assert now.key == "R11:1" and "tied or chained" in now.detail.en
    assert [(one.kind, one.id) for one in now.sources] == [("visit", 5)]


def test_no_rule_can_read_ethnicity_origin_or_callers():
    con = county(PLACE)
    con.execute("ALTER TABLE rows_hukou ADD COLUMN ethnicity VARCHAR")
    lay(con)

    read = {
        row[0]
        for row in con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name LIKE 'k\\_%' ESCAPE '\\'"
        ).fetchall()
    }

    assert "name" in read
    assert not {name for name in read if "ethnic" in name or name == "origin" or "caller" in name}


def test_every_table_has_a_name_for_people():
    assert tables_named() == set(TABLES)


@pytest.mark.parametrize("row", RULES, ids=lambda row: row.id)
def test_every_rule_says_all_it_must(row):
    texts = [row.title, row.minimum, row.risks, row.first_action, *(limit.source for limit in row.thresholds)]
    assert all(text.zh and text.en for text in texts)
    assert row.recipients and set(row.recipients) <= set(RECIPIENTS) and set(row.not_told) <= set(NOT_TOLD)
    assert all(table.partition(".")[0] in TABLES for table in (*row.needs, *row.reads))
    assert row.klass == "service_gap" or row.not_told
    assert row.danger_now == (row.id == "R11")


def test_the_table_holds_all_29_rules():
    assert {row.family for row in RULES} == {f"R{number}" for number in range(1, 30)}


STATION = """
    people
    person | household | village | name | sex | birth_on
    4      |           |         | 无名 | 2   | 1985-01-01
    unknown_identity
    person | name | sex | age | entered_on | dna_on     | dna    | marks                | dialect
    4      | 无名 | 2   | 40  | 2025-02-06 | 2025-02-27 | 未比中 | 左眉有痣，右手缺一指 | 黔东口音
    missing
    person | name   | sex | birth      | missing_on | missing_from   | marks    | registrar
    8      | 山某树 | 1   | 1956-05-01 | 1996-01-01 | 云岭县青石谷村 | 右腿微跛 | 云岭县公安局
"""


def test_no_match_leaves_the_question_open_and_it_is_compared_again_when_a_new_record_arrives():
    con = county(STATION)
    before = run(con, at=AT)
    con.execute(
        "INSERT INTO rows_missing (row_id, subject_person, name, sex, birth, missing_on, missing_from, marks, registrar)"
        " VALUES (1, 9, '山某花', '2', '1987-05-01', '2010-01-01', '云岭县', '左眉有痣，右手缺一指', '云岭县公安局')"
    )

    after = run(con, at=AT)

    assert (before.of("R21").findings, before.of("R20").findings) == (1, 0)
    assert (after.of("R21").findings, after.of("R20").findings) == (1, 1)


def test_a_blank_speaks_only_in_a_file_that_dates_nearly_everybody():
    people, kept_well = range(1, 27), range(1, 22)
    con = county(
        "people\n person | household | village | name | sex | birth_on\n"
        + "".join(f" {n} | {n} | 7 | 童{n} | 1 | 2014-01-01\n" for n in people)
        + "hukou\n person | name\n"
        + "".join(f" {n} | 童{n}\n" for n in people)
        + "school\n person | name | school | status | class_checked_on\n"
        + "".join(
            f" {n} | 童{n} | 乌有小学 | 在校 | {'2026-11-18' if n in kept_well[1:] else ''}\n" for n in people
        )
    )
    # The other county's file, where the column was never kept, is not this one's.
    con.execute(
        "UPDATE rows_school SET row_id = row_id + ? WHERE subject_person > ?",
        [100 << ROW_BITS, kept_well[-1]],
    )

    run(con, at=AT, rules=(rule("R16"),))

    assert [person for _, person, *_ in found(con, "R16")] == [1]
