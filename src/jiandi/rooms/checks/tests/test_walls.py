"""Whoever is implicated sees the same county whether there is an alert or not: every page, count, file and refusal."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jiandi.core.checks import RULES, Finding, Implicated, RuleRun
from jiandi.core.values import Source, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.checks import actions, queries
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import VisitTask
from tests import people

UNITS = ["明溪县公安局", "明溪县民政局", "清溪镇人民政府", "石桥村村民委员会", "明溪县妇女联合会"]
PAGES = [
    "/", "/checks/", "/checks/?state=new", "/checks/?klass=danger", "/checks/export/", "/checks/rules/", "/log/", "/search/",
    "/rosters/", "/review/", "/places/", "/tasks/", "/campaigns/", "/reports/", "/cases/", "/inbox/", "/people/P1/", "/units/",
    "/rechecks/", "/certificates/", "/commitments/", "/bulletins/",
]  # fmt: skip
AT = people.MONDAY
SECRET = "苗望登记材料缺失"
NOISE = re.compile(r'(csrfmiddlewaretoken" value="|x-csrftoken": "|nonce="|nonce-)[^"\' ]+|\d\d:\d\d(:\d\d)?')


def looked_at(client, officer: Officer, alert_id: int) -> list[tuple[str, int, bytes | str]]:
    """Everything an officer can fetch, without what changes by itself from one request to the next."""
    client.force_login(officer)
    seen = []
    for page in [*PAGES, f"/checks/{alert_id}/"]:
        reply = client.get(page)
        is_file = "openxml" in reply.headers.get("Content-Type", "")
        body = (
            len(reply.content) // 512
            if is_file
            else NOISE.sub("", reply.content.decode()).replace(f"/checks/{alert_id}/", "/checks/N/")
        )
        seen.append((page.replace(f"/{alert_id}/", "/N/"), reply.status_code, body))
    tasks = VisitTask.objects.filter(worker=officer).values_list("purpose", "pretext_zh")
    counts = [(line.rule.id, line.asked, str(line.precision)) for line in queries.rule_lines(officer, AT)]
    return [*seen, ("tasks", len(tasks), str(sorted(tasks))), ("counts", len(counts), str(counts))]


def refusals(officer: Officer, alert: Alert | None, at) -> list[str]:
    """What every step answers: for an alert that is walled and for one that does not exist, the same."""
    if alert is None:
        return ["not_found"] * 3
    steps = (
        lambda: actions.acknowledge(by=officer, at=at, alert=alert),
        lambda: actions.verify(by=officer, at=at, alert=alert),
        lambda: actions.explain(by=officer, at=at, alert=alert, reason="clerical", note="已经看过原件了"),
    )
    answers = []
    for step in steps:
        with pytest.raises(Exception) as refused:
            step()
        answers.append(getattr(refused.value, "code", type(refused.value).__name__))
    return answers


@pytest.fixture
def person(county):
    place = Place.objects.get(pk=county.VILLAGE_A1)
    return Person.objects.create(
        code="P1", name="苗望", county_id=county.COUNTY, town_id=county.TOWN_A, village=place
    )


@settings(
    max_examples=6,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck],
)
@given(
    name=st.sampled_from([rule.id for rule in RULES if rule.not_told]),
    units=st.lists(st.sampled_from(UNITS), min_size=1, max_size=2, unique=True),
)
def test_no_implicated_unit_can_learn_of_an_alert(county, person, client, name, units):
    implicated = tuple(Implicated("unit", name, None, "issued") for name in units)
    finding = Finding(
        name, f"{name}:walls", person.pk, None, county.VILLAGE_A1,
        Text(zh=SECRET, en="papers are missing"), (Source("row", 1),), implicated,
    )  # fmt: skip
    inside = list(Officer.objects.filter(unit__name__in=units, is_active=True).select_related("unit"))
    without = _world(county, client, [], inside, name)
    there = _world(county, client, [finding], inside, name)

    told = [
        f"{officer.username} {before[0]}: {_difference(str(before[2]), str(after[2]))}"
        for officer in inside
        for before, after in zip(without[officer.pk], there[officer.pk], strict=True)
        if after != before
    ]
    if told:
        pytest.fail(f"{name} {units}: " + "; ".join(told)[:1500], pytrace=False)


def _difference(before: str, after: str) -> str:
    """Return the first place where two pages differ: a whole page in a failure says nothing."""
    place = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return f"{before[max(0, place - 60) : place + 60]!r} -> {after[max(0, place - 60) : place + 60]!r}"


def test_somebody_outside_the_wall_sees_it(county, person, client):
    lead = [county.officer("lead")]
    finding = Finding(
        "R1", "R1:walls", person.pk, None, county.VILLAGE_A1,
        Text(zh=SECRET, en="papers are missing"), (Source("row", 1),), (),
    )  # fmt: skip

    without, there = (_pages(county, client, findings, lead) for findings in ([], [finding]))

    assert [page for page, _, body in without if SECRET in str(body)] == []
    assert without != there


def _pages(county, client, findings, officers):
    with transaction.atomic():
        actions.apply_findings(
            findings, [RuleRun("R1", "ran")], by=county.officer("engine"), at=county.MONDAY
        )
        alert = Alert.objects.first()
        seen = [line for one in officers for line in looked_at(client, one, alert.pk if alert else 1)]
        transaction.set_rollback(True)
    return seen


def _world(county, client, findings, officers, rule_id):
    """Look at a county with these findings through each officer's eyes, and put everything back."""
    seen = {}
    with transaction.atomic():
        actions.apply_findings(
            findings, [RuleRun(rule_id, "ran")], by=county.officer("engine"), at=county.MONDAY
        )
        alert = Alert.objects.first()
        for officer in officers:
            pages = looked_at(client, officer, alert.pk if alert else 1)
            leaks = [page for page, _, body in pages if SECRET in str(body)]
            assert leaks == []
            seen[officer.pk] = [*pages, ("refusals", 0, str(refusals(officer, alert, county.MONDAY)))]
        transaction.set_rollback(True)
    return seen
