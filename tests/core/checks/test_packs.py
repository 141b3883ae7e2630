"""A county's own rule: read from a folder's text, held to its spec, and refused with file, line and reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiandi.core.checks import RULES, run
from jiandi.core.checks.packs import TEMPLATE, check_python, read
from jiandi.core.checks.specs import AT, cases_in, county
from jiandi.core.values import Refused


def template(name: str) -> str:
    return TEMPLATE[name].replace("{id}", "L1").replace("{{", "{").replace("}}", "}")


TOML, SQL, SPEC = template("pack.toml"), template("rule.sql"), template("spec.txt")


@pytest.mark.parametrize("case", cases_in(SPEC), ids=lambda case: case.title)
def test_a_new_pack_passes_its_own_spec(case):
    con = county(case.delivered)

    outcome = run(con, at=AT, rules=(read(TOML, sql=SQL),)).of("L1")

    assert outcome.state == "ran", outcome.reason
    said = con.execute("SELECT detail_en FROM findings").fetchall()
    assert len(said) == len(case.expected)
    assert all(want["says"] in line[0] for want, line in zip(case.expected, said, strict=True))


@pytest.mark.parametrize(
    ("change", "to", "where"),
    [
        ('id = "L1"', 'id = "R1"', "pack.toml, line 1: a county's rule is numbered"),
        ('"service_gap" ', '"verdict" ', "pack.toml, line 3: “class” is one of"),
        ('"rows_dibao"', '"rows_religion"', "pack.toml, line 4: “needs” knows no “rows_religion”"),
        ('["civil_affairs"]', '["everybody"]', "pack.toml, line 7: “recipients” knows no “everybody”"),
        ("reads = []", "origin = []", "pack.toml, line 5: there is no key “origin”"),
        ("version = 1", "version = ", "pack.toml, line 2: not TOML"),
        ('en = "An allowance not reviewed for years"\n', "", "“title” is said in zh and in en"),
        ("default = 1095", 'default = "long"', "threshold “days” needs a default"),
        ('["civil_affairs"]', "5", "pack.toml, line 7: “recipients” is a list of names"),
        ("reads = []", "reads = true", "pack.toml, line 5: “reads” is a list of names"),
        ("[thresholds.days]", "[thresholds.days2]", "the threshold's name “days2” is of small letters"),
        ("[thresholds.days]", "[thresholds.day]", "the threshold's name “day” is of small letters"),
    ],
)
def test_it_refuses_a_bad_description_with_file_line_and_reason(change, to, where):
    assert change in TOML

    with pytest.raises(Refused) as refused:
        read(TOML.replace(change, to, 1), sql=SQL)

    assert where in refused.value.text.en and refused.value.text.zh


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("SELECT 1 AS person_id;\nDROP TABLE people", "one SELECT and nothing else"),
        ("SELECT *\nFROM alerts", "line 2: a rule may not read “alerts”"),
        ("SELECT *\nFROM k_hukou, read_csv('/etc/passwd')", "line 2: a rule may not use “read_csv”"),
        ("SELECT person_id\nFROM k_people WHERE x < $years", "line 2: there is no threshold “years”"),
        ("SELEC person_id FROM k_people", "line 1:"),
        ("SELECT *\nFROM \"read_text\"('/etc/hostname')", "Permission Error"),
        ("SELECT * FROM query('SELECT 1 FROM k_' || 'people')", "line 1:"),
    ],
)
def test_it_refuses_sql_that_is_more_than_a_question(sql, where):
    with pytest.raises(Refused) as refused:
        read(TOML, sql=sql, folder="ours")

    assert where in refused.value.text.en and "ours/rule.sql" in refused.value.text.en


def test_a_list_of_thresholds_is_no_table_of_them():
    head = TOML.partition("[thresholds.days]")[0].replace("reads = []", "reads = []\nthresholds = 5")

    with pytest.raises(Refused) as refused:
        read(head, sql="SELECT person_id, row_id FROM k_dibao")

    assert "pack.toml, line 6: a threshold is written [thresholds.name]" in refused.value.text.en


def test_a_threshold_stands_in_the_sql_as_it_is_written_and_a_last_comment_hides_nothing():
    pack = read(TOML.replace("default = 1095", "default = 1234567"), sql=SQL.rstrip() + " -- $days days")
    con = county(cases_in(SPEC)[0].delivered)

    outcome = run(con, at=date(5400, 1, 1), rules=(pack,)).of("L1")

    assert outcome.state == "ran", outcome.reason
    before = date(5400, 1, 1) - timedelta(days=1234567)
    assert date(2015, 3, 1) < before < date(2026, 3, 1) and outcome.findings == 1


SPEC_FAULTS = [
    ("  people\n", "  peple\n", "there is no table “peple”"),
    ("1950-01-01", "1950-13-01", "a value of people"),
    ("  finds\n  nothing\n", "", "has no line “  finds”"),
    ("L1\n", "L1\nlimits days\n", "should read limits NAME NUMBER"),
    ("dibao\n  person | name |", "dibao\n  person | id_number |", "a number in dibao is ok"),
]


@pytest.mark.parametrize(("change", "to", "why"), SPEC_FAULTS)
def test_a_spec_that_cannot_be_read_says_why(change, to, why):
    assert change in SPEC

    with pytest.raises(Refused) as refused:
        for case in cases_in(SPEC.replace(change, to)):
            county(case.delivered)

    assert why in refused.value.text.en and refused.value.text.zh


@pytest.mark.parametrize("source", ["def judge(ask:\n    pass", "def judge():\n    return ''", "x = 1"])
def test_it_refuses_python_without_a_judge(source):
    with pytest.raises(Refused):
        check_python(source, "ours/rule.py")


def test_a_pack_that_crashes_or_reaches_out_stops_no_other_rule():
    def crash(ask):
        raise ZeroDivisionError

    def reach(ask):
        return (
            "SELECT 1 AS person_id, 2 AS row_id, '' AS name, '' AS started_on FROM read_text('/etc/hostname')"
        )

    crashing, reaching = read(TOML, judge=crash), read(TOML.replace("L1", "L2"), judge=reach)
    con = county(SPEC.split("case ")[1].partition("\n")[2].partition("  finds")[0])

    report = run(con, at=AT, rules=(crashing, reaching, *RULES))

    assert (report.of("L1").state, report.of("L2").state) == ("failed", "failed")
    assert report.of("R11").state == "ran"
