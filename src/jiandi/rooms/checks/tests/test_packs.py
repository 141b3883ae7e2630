"""A county's own pack is asked at the next run; a bad one beside it is named and stops nobody."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiandi.core.checks.packs import TEMPLATE
from jiandi.rooms.checks import actions, packs
from jiandi.rooms.checks.models import Alert


@pytest.fixture
def shelf(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path / "rules"


def written(folder, **changes):
    folder.mkdir(parents=True)
    for name, text in TEMPLATE.items():
        whole = text.replace("{id}", "L1").replace("{{", "{").replace("}}", "}")
        (folder / name).write_text(changes.get(name.partition(".")[0], whole), encoding="utf-8")


def test_a_pack_stands_among_the_rules_and_a_bad_one_is_named(shelf):
    written(shelf / "review")
    written(shelf / "wrong", pack="id = ")

    found = packs.shelf()

    assert found.of("L1").title.en == "An allowance not reviewed for years"
    ((name, why),) = found.refused
    assert name == "wrong" and "wrong/pack.toml, line 1" in why.en


def test_a_run_tells_of_both(shelf, county):
    written(shelf / "review")
    written(shelf / "wrong", rule="SELECT * FROM access_officer")

    run = actions.run_checks(by=county.officer("lead"), at=county.MONDAY)

    told = {line["rule"]: line for line in run.report}
    assert told["L1"]["state"] == "not_run"  # no allowance file was delivered
    assert told["wrong"]["state"] == "failed" and "may not read" in told["wrong"]["en"]


def test_a_python_pack_that_fails_while_loading_says_where(shelf):
    written(shelf / "code")
    (shelf / "code" / "rule.sql").unlink()
    (shelf / "code" / "rule.py").write_text("def judge(ask):\n    return ''\n\n1 / 0\n", encoding="utf-8")

    ((_, why),) = packs.shelf().refused

    assert "code/rule.py, line 4" in why.en and "ZeroDivisionError" in why.en


def test_the_rules_page_shows_precision_round_by_round_and_refused_packs(shelf, county, client):
    written(shelf / "wrong", pack="id = ")
    client.force_login(county.officer("lead"))

    page = client.get("/checks/rules/")

    assert page.status_code == 200 and "wrong/pack.toml" in page.content.decode()


def test_a_page_reads_each_pack_once_however_many_questions_it_shows(shelf, county, client):
    written(shelf / "code")
    (shelf / "code" / "rule.sql").unlink()
    loads = shelf / "loads"
    code = f"open({str(loads)!r}, 'a').write('x')\n\n\ndef judge(ask):\n    return ''\n"
    (shelf / "code" / "rule.py").write_text(code, encoding="utf-8")
    for number in range(3):
        Alert.objects.create(
            key=f"L1:{number}", rule="L1", rule_class="service_gap", detail_zh="问", detail_en="asked",
            first_seen_at=county.MONDAY, last_seen_at=county.MONDAY, county_id=county.COUNTY,
        )  # fmt: skip
    client.force_login(county.officer("lead"))

    page = client.get("/checks/").content.decode()

    assert all(reverse("checks:alert", args=[alert.pk]) in page for alert in Alert.objects.all())
    assert loads.read_text() == "x"
