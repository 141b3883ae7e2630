"""One question about many people: whom it names, whose wall it stands behind, and one click that sends somebody to each."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiandi.core.checks import Implicated, RuleRun
from jiandi.core.values import Source
from jiandi.rooms.access.models import Conflict, Event, Wall, WallEntry
from jiandi.rooms.checks import queries
from jiandi.rooms.checks.actions import apply_findings
from jiandi.rooms.checks.models import Alert, Listed
from jiandi.rooms.checks.tests.test_alerts import apply, finding
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Expected


@pytest.fixture
def people(county):
    village = Place.objects.get(pk=county.VILLAGE_A1)
    where = {"village": village, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    return [Person.objects.create(code=f"P{n}", name=f"苗{n}", **where) for n in (1, 2, 3)]


def asked(county, people, visitor="grid_a1", at=None):
    hands = (Implicated("officer", None, county.officer(visitor).pk, "visited"),)
    found = finding(
        county,
        None,
        rule="R14b",
        sources=(Source("row", 99),),
        implicated=hands,
        people=tuple(p.pk for p in people),
    )
    apply(county, [found], rules=("R14b",), at=at)
    return Alert.objects.get()


def test_it_lists_whom_the_records_name_now(county, people):
    asked(county, people[:2])
    alert = asked(county, people[1:], at=county.TUESDAY)

    assert set(Listed.objects.values_list("person", flat=True)) == {people[1].pk, people[2].pk}
    assert queries.alerts_about(county.officer("lead"), county.TUESDAY, rule="R14b", person=people[1]) == [
        alert
    ]


def test_the_visitor_and_whoever_has_a_tie_to_one_of_them_stand_outside(county, people):
    alert = asked(county, people[:1])
    assert county.officer("grid_a1").pk in WallEntry.objects.filter(wall=alert.wall).values_list(
        "officer", flat=True
    )
    cousin = county.officer("handler_civil")
    Conflict.objects.create(
        officer=cousin, subject_kind="person", subject_id=people[2].pk, tie="kin", declared_at=county.MONDAY
    )

    asked(county, people, at=county.TUESDAY)

    assert cousin.pk in WallEntry.objects.filter(wall=alert.wall).values_list("officer", flat=True)
    assert not queries.alerts(cousin, county.TUESDAY).exists()


def test_a_unit_named_since_stands_outside_and_loses_the_question(county, people):
    alert = asked(county, people)
    assert alert.routed_to.name == "明溪县民政局"

    again = asked(county, people, visitor="handler_civil", at=county.TUESDAY)

    assert again.routed_to.name != "明溪县民政局"
    assert not queries.alerts(county.officer("handler_civil"), county.TUESDAY).exists()


def test_one_click_sends_an_outsider_to_each_of_them(county, people, client):
    alert = asked(county, people)
    client.force_login(county.officer("lead"))
    page = client.get(reverse("checks:alert", args=[alert.pk])).content.decode()
    assert all(person.name in page for person in people)

    client.post(reverse("checks:visit", args=[alert.pk]))

    tasks = Expected.objects.filter(person__in=people)
    assert tasks.count() == 3 and tasks.first().task.worker != county.officer("grid_a1")
    assert Event.objects.filter(verb="screening.add_tasks").exists()


def test_whom_a_report_that_came_since_keeps_out_stands_outside_a_question_asked_before(county, people):
    alert = asked(county, people[:1])
    station = county.unit("清溪派出所")
    wall = Wall.objects.create(made_at=county.MONDAY, reason="report")
    WallEntry.objects.create(wall=wall, unit=station, why="named", added_at=county.MONDAY)
    hands = (Implicated("officer", None, county.officer("grid_a1").pk, "visited"),)
    found = finding(
        county, None, rule="R14b", sources=(Source("row", 99), Source("report", 7)), implicated=hands, people=(people[0].pk,)
    )  # fmt: skip

    apply_findings(
        [found], [RuleRun("R14b", "ran")], by=county.officer("engine"), at=county.TUESDAY,
        report_walls=lambda ids: dict.fromkeys(ids, wall.pk),
    )  # fmt: skip

    assert WallEntry.objects.filter(wall=alert.wall, unit=station).exists()
