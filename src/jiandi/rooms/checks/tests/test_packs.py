"""A county's own pack is asked at the next run; a bad one beside it is named and stops nobody."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiandi.core.checks import rule, run
from jiandi.core.checks.packs import TEMPLATE
from jiandi.core.checks.specs import AT, cases_in
from jiandi.core.checks.specs import county as county_of
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


SQL = "SELECT subject_person AS person_id, name, started_on, row_id FROM k_dibao WHERE started_on < "
PYTHON = f"""
def judge(ask):
    print("a rule may chatter")
    return f"{SQL}{{ask.day}} - {{ask.days('days')}}"
"""


def asked(shelf, python):
    """Run a pack's Python over the first case of its spec; return what became of it and how often it asked."""
    written(shelf / "code")
    (shelf / "code" / "rule.sql").unlink()
    (shelf / "code" / "rule.py").write_text(python, encoding="utf-8")
    con = county_of(cases_in((shelf / "code" / "spec.txt").read_text(encoding="utf-8"))[0].delivered)
    report = run(con, at=AT, rules=packs.shelf().rules[-1:] + (rule("R11"),), seconds_per_rule=20.0)
    assert report.of("R11").state == "ran"
    return report.of("L1")


def test_a_python_pack_says_what_it_asks_and_is_asked(shelf):
    assert asked(shelf, PYTHON).findings == 1


@pytest.mark.parametrize(
    ("python", "state", "says"),
    [
        ("def judge(ask):\n    return ''\n\n1 / 0\n", "failed", "code/rule.py, line 4: it fails (ZeroDivisionError)"),
        ("def judge(ask):\n    raise SystemExit(0)\n", "failed", "code/rule.py, line 2: it fails (SystemExit)"),
        ("def judge(ask):\n    return ask.con.execute('SELECT 1')\n", "failed", "line 2: it fails (AttributeError)"),
        ("def judge(ask):\n    while True: pass\n", "too_long", "Stopped after"),
        ("import time\n\ndef judge(ask):\n    time.sleep(60)\n", "too_long", "Stopped after"),
        ("def judge(ask):\n    return 'x' * 10**10\n", "failed", "line 2: it fails (MemoryError)"),
        ("def judge(ask):\n    print('x', file=open('/tmp/kept', 'w'), flush=True)\n", "failed", "line 2: it fails (PermissionError)"),
        ("import os\n\ndef judge(ask):\n    os.unlink('/tmp/any')\n", "failed", "line 4: it fails (PermissionError)"),
        ("def judge(ask):\n    return open('/etc/hostname').read()\n", "failed", "line 2: it fails (PermissionError)"),
        ("def judge(ask):\n    import socket\n", "failed", "line 2: it fails"),
        ("import re\n\ndef judge(ask):\n    return re.sub('x', 'y', 'SELECT * FROM alerts')\n", "failed", "may not read"),
        ("import os\n\ndef judge(ask):\n    return os.environ['JIANDI_DATA']\n", "failed", "line 4: it fails (KeyError)"),
        ("def judge(ask):\n    return 'SELECT * FROM alerts'\n", "failed", "a rule may not read “alerts”"),
    ],
)  # fmt: skip
def test_a_python_pack_that_fails_hangs_or_reaches_out_is_stopped_alone(
    shelf, monkeypatch, python, state, says
):
    monkeypatch.setattr(packs, "CPU_SECONDS", 1)

    outcome = asked(shelf, python)

    assert (outcome.state, says in outcome.reason.en) == (state, True), outcome.reason.en


def test_the_rules_page_shows_precision_round_by_round_and_refused_packs(shelf, county, client):
    written(shelf / "wrong", pack="id = ")
    client.force_login(county.officer("lead"))

    page = client.get("/checks/rules/")

    assert page.status_code == 200 and "wrong/pack.toml" in page.content.decode()


def test_a_page_runs_no_code_of_a_pack(shelf, county, client):
    written(shelf / "code")
    (shelf / "code" / "rule.sql").unlink()
    loads = shelf / "loads"
    code = f"open({str(loads)!r}, 'a').write('x')\n\n\ndef judge(ask):\n    return ''\n"
    (shelf / "code" / "rule.py").write_text(code, encoding="utf-8")
    alert = Alert.objects.create(
        key="L1:1", rule="L1", rule_class="service_gap", detail_zh="问", detail_en="asked",
        first_seen_at=county.MONDAY, last_seen_at=county.MONDAY, county_id=county.COUNTY,
    )  # fmt: skip
    client.force_login(county.officer("lead"))

    page = client.get("/checks/").content.decode()

    assert reverse("checks:alert", args=[alert.pk]) in page
    assert not loads.exists()
