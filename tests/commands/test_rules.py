"""`rules new`, `rules test`, `rules explain`: a county's own rules, and what a rule says of somebody - to whom."""

from __future__ import annotations

import json

import pytest

from jiandi import cli
from jiandi.core.numbering import record_ids
from jiandi.rooms.access.actions import add_wall_entry
from jiandi.rooms.access.models import Wall
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Person, Record, Roster


@pytest.fixture
def home(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path / "rules"


def answer(capsys, *arguments):
    code = cli.main(["rules", *arguments, "--lang", "en", "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_new_pack_passes_and_is_not_written_over(home, capsys):
    assert answer(capsys, "new", "review")[0] == 0

    assert answer(capsys, "test") == (0, {"packs": 1, "faults": 0, "lines": ["✓ review"]})
    assert answer(capsys, "new", "review")[1]["refused"] == "checks.pack"


@pytest.mark.parametrize(
    ("file", "change", "to", "where"),
    [
        ("spec.txt", "since 2015-03-01", "since 1999-01-01", "review/spec.txt, line 3: “Drawn since 2015"),
        ("spec.txt", "  people\n", "  peple\n", "review/spec.txt, line 3: in the spec, there is no table “peple”"),
        ("spec.txt", "  finds\n  nothing\n", "", "review/spec.txt, line 1: “Nobody for long.” has no line"),
        ("rule.sql", "started_on <", "begun_on <", "review/spec.txt, line 3: “Drawn since 2015"),
        ("pack.toml", '["civil_affairs"]', "5", "review/pack.toml, line 7: “recipients” is a list of names"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_file_and_line(home, capsys, file, change, to, where):
    answer(capsys, "new", "review")
    written = (home / "review" / file).read_text(encoding="utf-8")
    assert change in written
    (home / "review" / file).write_text(written.replace(change, to), encoding="utf-8")

    code, said = answer(capsys, "test")

    assert code == 1 and said["faults"] >= 1 and said["lines"][0].startswith(f"✗ {where}")


@pytest.fixture
def told(county, home):
    """A person on the file of severe illness and in the household book, about whom R8 asks; the alert, not yet walled."""
    where = {"village_id": county.VILLAGE_A1, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    person = Person.objects.create(code="P1", name="苗望", **where)
    for number, kind in enumerate(("smd", "hukou"), 1):
        roster = Roster.objects.create(
            pk=number, unit=county.officer("handler_police").unit, county_id=county.COUNTY, kind=kind, state="read",
            file_name=f"{kind}.csv", sha256=str(number) * 64, size_bytes=1, reference_on=county.MONDAY.date(),
            delivered_at=county.MONDAY, delivered_by=county.officer("handler_police"),
        )  # fmt: skip
        Record.objects.create(
            pk=record_ids(number * 2**24 + 2)[0], roster=roster, row_no=2, role=0, name="苗望", person=person
        )
    return Alert.objects.create(
        key="R8:1", rule="R8", rule_class="service_gap", person=person, detail_zh="没有服务", detail_en="no service",
        first_seen_at=county.MONDAY, last_seen_at=county.MONDAY, **where,
    )  # fmt: skip


def explained(capsys, officer, rule="R8"):
    code = cli.main(["rules", "explain", rule, "P1", "--as", officer, "--lang", "en"])
    return code, capsys.readouterr().out


def test_it_says_what_a_rule_reads_and_asks(told, capsys):
    code, said = explained(capsys, "lead")

    assert code == 0 and "smd.csv, 2" in said and "no service" in said


def test_a_file_of_illness_is_named_only_to_who_sees_it_on_the_persons_page(told, capsys):
    code, said = explained(capsys, "handler_police")

    assert code == 0 and "no service" in said and "smd" not in said


def test_behind_a_wall_it_says_what_it_says_where_there_is_no_alert(county, told, capsys):
    assert "no service" in explained(capsys, "handler_police")[1]
    told.wall = Wall.objects.create(reason="R8", made_at=county.MONDAY)
    told.save(update_fields=["wall"])
    add_wall_entry(
        by=county.officer("lead"),
        at=county.MONDAY,
        wall=told.wall,
        party=county.officer("handler_police"),
        why="named",
    )
    walled = explained(capsys, "handler_police")
    told.delete()

    assert "Nothing that you may see." in walled[1] and walled == explained(capsys, "handler_police")
