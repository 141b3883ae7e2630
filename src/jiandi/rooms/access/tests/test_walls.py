"""Walls: tested by trying to get through."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from jiandi.core.values import Refused
from jiandi.rooms.access import actions, permissions
from jiandi.rooms.access.actions_walls import ask_wall_removal, confirm_wall_removal
from jiandi.rooms.access.models import Conflict, Officer, Wall, WallEntry
from jiandi.rooms.access.permissions import one, permit, visible
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from tests.people import COUNTY, MONDAY, TOWN_A, TOWN_B, VILLAGE_A1, VILLAGE_A2, VILLAGE_B1

pytestmark = pytest.mark.django_db


def _alert(wall, key="R1:1"):
    return Alert.objects.create(
        key=key, rule="R1", rule_class="contradiction", village_id=VILLAGE_A1, town_id=TOWN_A, county_id=COUNTY,
        wall=wall, detail_zh="问", detail_en="ask", first_seen_at=MONDAY, last_seen_at=MONDAY,
    )  # fmt: skip


def _seen(officer):
    return list(visible(Alert.objects.all(), officer, "checks.read_alert", at=MONDAY))


@pytest.fixture
def wall(county):
    return actions.raise_wall(
        by=county.officer("engine"),
        at=MONDAY,
        reason="签发单位",
        entries=[(county.unit("明溪县民政局"), "签发了证明")],
    )


@pytest.fixture
def second_overseer(county):
    made = Officer.objects.create(username="overseer_2", name="甄二", unit=county.unit("望川市巡查组"))
    made.grants.create(role="overseer", place_id=990100000000, starts_on=MONDAY.date())
    return made


def test_it_hides_the_matter_from_the_unit_it_names(county, wall):
    alert = _alert(wall)

    assert _seen(county.officer("handler_civil")) == []
    assert _seen(county.officer("handler_health")) == [alert]
    with pytest.raises(Http404):
        one(
            visible(Alert.objects.all(), county.officer("handler_civil"), "checks.read_alert", at=MONDAY),
            pk=alert.pk,
        )


def test_it_holds_for_the_offices_below_the_unit(county):
    wall = actions.raise_wall(
        by=county.officer("lead"),
        at=MONDAY,
        reason="镇政府",
        entries=[(county.unit("清溪镇人民政府"), "未走访")],
    )
    village = county.officer("grid_a1")
    village.grants.create(role="lead", place_id=COUNTY, starts_on=MONDAY.date())
    _alert(wall)

    assert _seen(village) == []


def test_it_answers_a_walled_officer_as_if_there_were_nothing(county, wall):
    with pytest.raises(Refused) as refused:
        permit(county.officer("handler_civil"), "checks.triage_alert", at=MONDAY, wall=wall)

    assert refused.value.code == "not_found"


def test_it_walls_off_those_with_a_declared_tie(county):
    health = county.officer("handler_health")
    Conflict.objects.create(
        officer=health, subject_kind="person", subject_id=5, tie="姻亲", declared_at=MONDAY
    )

    wall = actions.raise_wall(
        by=county.officer("lead"), at=MONDAY, reason="个案", entries=[], about=[("person", 5)]
    )

    assert [entry.officer for entry in wall.entries.all()] == [health]
    assert [event.verb for event in events_of("wall", wall.pk)] == ["access.raise_wall"]


def test_it_raises_many_walls_with_one_event(county):
    civil, police = county.unit("明溪县民政局"), county.officer("handler_police")

    made = actions.raise_walls(
        by=county.officer("engine"),
        at=MONDAY,
        walls=[("一", [(civil, "签发")], []), ("二", [(police, "处警"), (civil, "签发")], [])],
    )

    assert [wall.entries.count() for wall in made] == [1, 2]
    assert [event.verb for event in events_of("officer", county.officer("engine").pk)] == [
        "access.raise_walls"
    ]


def test_it_lets_nobody_field_a_wall_who_may_not(county):
    with pytest.raises(Refused):
        actions.raise_wall(by=county.officer("grid_a1"), at=MONDAY, reason="x", entries=[])


def test_it_adds_whoever_turns_out_to_be_implicated(county, wall):
    actions.add_wall_entry(
        by=county.officer("lead"), at=MONDAY, wall=wall, party=county.officer("handler_health"), why="经办过"
    )

    _alert(wall)
    assert _seen(county.officer("handler_health")) == []


def test_it_refuses_an_entry_from_somebody_outside_the_wall(county, wall):
    with pytest.raises(Refused) as refused:
        actions.add_wall_entry(
            by=county.officer("handler_civil"), at=MONDAY, wall=wall, party=county.officer("lead"), why="报复"
        )
    assert refused.value.code == "not_found"


def test_it_comes_down_only_by_two_people_from_above(county, wall, second_overseer):
    entry, alert = wall.entries.get(), _alert(wall)

    ask_wall_removal(by=county.officer("overseer"), at=MONDAY, entry=entry, reason="查明与该单位无关")
    assert _seen(county.officer("handler_civil")) == []
    confirm_wall_removal(by=second_overseer, at=MONDAY, entry=WallEntry.objects.get(pk=entry.pk))

    assert _seen(county.officer("handler_civil")) == [alert]
    assert [event.verb for event in events_of("wall", wall.pk)][1:] == [
        "access.ask_wall_removal",
        "access.confirm_wall_removal",
    ]


def test_it_refuses_the_same_person_twice(county, wall):
    overseer, entry = county.officer("overseer"), wall.entries.get()
    ask_wall_removal(by=overseer, at=MONDAY, entry=entry, reason="查明与该单位无关")

    with pytest.raises(Refused, match="another overseer"):
        confirm_wall_removal(by=overseer, at=MONDAY, entry=WallEntry.objects.get(pk=entry.pk))


def test_it_refuses_to_confirm_what_nobody_asked_for(county, wall, second_overseer):
    with pytest.raises(Refused, match="One person asks"):
        confirm_wall_removal(by=second_overseer, at=MONDAY, entry=wall.entries.get())


def test_it_refuses_an_overseer_who_is_not_above_the_unit(county, wall):
    same_level = Officer.objects.create(username="inside", name="内监", unit=county.unit("明溪县督查室"))
    same_level.grants.create(role="overseer", place_id=COUNTY, starts_on=MONDAY.date())

    with pytest.raises(Refused, match="above"):
        ask_wall_removal(by=same_level, at=MONDAY, entry=wall.entries.get(), reason="查明与该单位无关")


def test_it_refuses_an_overseer_who_stands_outside_the_wall_too(county, wall, second_overseer):
    actions.add_wall_entry(by=county.officer("lead"), at=MONDAY, wall=wall, party=second_overseer, why="亲属")

    with pytest.raises(Refused, match="no such entry"):
        ask_wall_removal(
            by=second_overseer,
            at=MONDAY,
            entry=wall.entries.get(unit__isnull=False),
            reason="查明与该单位无关",
        )


def test_it_names_exactly_one_party_and_two_removers_in_the_database(county, wall):
    unit, lead = county.unit("明溪县民政局"), county.officer("lead")
    cases = [
        {"unit": None, "officer": None},
        {"unit": county.unit("明溪县公安局"), "officer": lead},
        {"officer": lead, "removed_at": MONDAY, "removal_asked_by": lead, "removed_by": lead},
        {"officer": lead, "removed_at": MONDAY, "removed_by": lead},
        {"unit": unit},
    ]
    for values in cases:
        with pytest.raises(IntegrityError), transaction.atomic():
            WallEntry.objects.create(wall=wall, why="x", added_at=MONDAY, **values)
    WallEntry.objects.create(wall=wall, why="x", added_at=MONDAY, officer=lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        WallEntry.objects.create(wall=wall, why="x", added_at=MONDAY, officer=lead)


def test_it_leaves_the_place_to_those_who_serve_it(county, wall):
    assert one(
        visible(Place.objects.all(), county.officer("handler_civil"), "places.read_place", at=MONDAY),
        pk=TOWN_A,
    )
    assert Wall.objects.count() == 1


def test_it_answers_for_one_matter_as_for_a_list_of_them(county, wall):
    units = [entry.unit for entry in wall.entries.select_related("unit")]
    officers = list(Officer.objects.select_related("unit"))
    in_list = [
        Wall.objects.filter(permissions.walled_off(one, "pk"), pk=wall.pk).exists() for one in officers
    ]

    assert [permissions.has_wall_between(one, wall.pk) for one in officers] == in_list
    assert any(in_list) and not all(in_list)
    assert permissions.is_outside(wall.pk, [unit.pk for unit in units])
    assert not permissions.is_outside(wall.pk, [])
    assert not permissions.is_outside(None, [unit.pk for unit in units])


def test_it_acts_on_a_grant_from_its_first_day_to_its_last_unless_revoked(county):
    officer, day = county.officer("handler_civil"), MONDAY.date()
    officer.grants.all().delete()
    terms = [(0, None), (0, 0), (1, None), (-5, -1), (-5, 0), (-5, None)]
    places = [COUNTY, TOWN_A, TOWN_B, VILLAGE_A1, VILLAGE_A2, VILLAGE_B1]
    for (starts, ends), place in zip(terms, Place.objects.filter(pk__in=places).order_by("pk"), strict=True):
        officer.grants.create(
            role="lead",
            place=place,
            starts_on=day + timedelta(days=starts),
            ends_on=None if ends is None else day + timedelta(days=ends),
        )
    officer.grants.filter(starts_on=day - timedelta(days=5), ends_on__isnull=True).update(revoked_at=MONDAY)
    held = permissions.places_for(permissions.live_grants(officer, MONDAY), "cases.open_case")

    assert permissions.granting(officer, "cases.open_case", MONDAY) == held
    assert len(held) == 3
    officer.is_active = False
    assert permissions.granting(officer, "cases.open_case", MONDAY) == []
