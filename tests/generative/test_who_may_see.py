"""Random officers, roles, areas, walls and emergency accesses: what the query shows is what a slow reading of the rules says."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiandi.rooms.access.models import BreakGlass, Grant, Officer, Wall, WallEntry
from jiandi.rooms.access.permissions import one, visible
from jiandi.rooms.access.roles import ROLES, roles_for
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from tests import people

pytestmark = pytest.mark.django_db
NOW = people.WEDNESDAY
PLACES = [990000000000, 990100000000, people.COUNTY, people.TOWN_A, people.TOWN_B, people.VILLAGE_A1, people.VILLAGE_A2, people.VILLAGE_B1]  # fmt: skip
UNITS = ["明溪县民政局", "清溪镇人民政府", "石桥村村民委员会", "柳树镇人民政府", "望川市巡查组"]
VERBS = ["register.read_person", "register.find_person", "register.decide_change"]

days = st.integers(-3, 3)
grants = st.tuples(
    st.sampled_from(sorted(ROLES)), st.sampled_from(PLACES), days, st.none() | days, st.booleans()
)
officers = st.tuples(st.sampled_from(UNITS), st.lists(grants, max_size=3), st.booleans())
entries = st.tuples(st.sampled_from(["unit", "officer"]), st.integers(0, 4), st.booleans())
things = st.tuples(st.sampled_from([*PLACES[3:], people.COUNTY]), st.none() | st.lists(entries, max_size=3))
glasses = st.tuples(st.integers(0, 1), st.integers(0, 3), st.booleans(), st.booleans(), st.integers(-2, 2))


def _officer(number, unit, held, is_active):
    made = Officer.objects.create(
        username=f"o{number}", name=f"官{number}", unit=people.unit(unit), is_active=is_active
    )
    for role, place, start, end, revoked in held:
        starts = NOW.date() + timedelta(days=start)
        ends = None if end is None else starts + timedelta(days=abs(end))
        if (
            ends is None
            and Grant.objects.filter(
                officer=made, role=role, place=place, ends_on=None, revoked_at=None
            ).exists()
        ):
            continue
        Grant.objects.create(
            officer=made,
            role=role,
            place_id=place,
            starts_on=starts,
            ends_on=ends,
            revoked_at=NOW if revoked else None,
        )
    return made


def _thing(number, place_id, walled, made):
    place = Place.objects.get(pk=place_id)
    wall = None
    if walled is not None:
        wall = Wall.objects.create(made_at=NOW, reason="x")
        for kind, index, removed in walled:
            who = (
                {"unit": people.unit(UNITS[index])}
                if kind == "unit"
                else {"officer": made[index % len(made)]}
            )
            if wall.entries.filter(**who, removed_at=None).exists():
                continue
            gone = {"removed_at": NOW, "removal_asked_by": made[0], "removed_by": people.officer("overseer")}
            WallEntry.objects.create(wall=wall, why="x", added_at=NOW, **who, **(gone if removed else {}))
    return Person.objects.create(
        code=f"P{number}",
        name=f"人{number}",
        county_id=people.COUNTY,
        town_id=place.town_id,
        village_id=place.village_id,
        wall=wall,
    )


def _may(officer, verb, thing):
    """The rules of access, read slowly, one thing at a time."""
    if not officer.is_active or _is_walled_off(officer, thing):
        return False
    return _is_granted(officer, verb, thing) or _is_opened(officer, verb, thing)


def _is_walled_off(officer, thing):
    mine = {officer.unit_id, *(int(part) for part in officer.unit.path.split("/") if part)}
    entries = WallEntry.objects.filter(wall=thing.wall_id or 0, removed_at=None)
    return any(entry.officer_id == officer.pk or entry.unit_id in mine for entry in entries)


def _is_granted(officer, verb, thing):
    above = (thing.village_id, thing.town_id, thing.county_id, thing.county.city_id, thing.county.province_id)
    for grant in Grant.objects.filter(officer=officer):
        ended = grant.revoked_at is not None or (grant.ends_on is not None and grant.ends_on < NOW.date())
        live = not ended and grant.starts_on <= NOW.date()
        if live and grant.place_id in above and grant.role in roles_for(verb):
            return True
    return False


def _is_opened(officer, verb, thing):
    opened = BreakGlass.objects.filter(officer=officer, subject_kind="person", subject_id=thing.pk)
    return verb.split(".")[1].startswith("read_") and any(
        (glass.danger_to_life or glass.approved_at) and glass.opened_at <= NOW < glass.expires_at
        for glass in opened
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(officers, min_size=2, max_size=3),
    st.lists(things, min_size=1, max_size=5),
    st.lists(glasses, max_size=3),
)
def test_it_shows_what_the_rules_say_and_nothing_else(county, given_officers, given_things, given_glasses):
    with transaction.atomic():
        made = [_officer(number, *values) for number, values in enumerate(given_officers)]
        shown = [_thing(number, *values, made) for number, values in enumerate(given_things)]
        for who, what, danger, approved, hours in given_glasses:
            BreakGlass.objects.create(
                officer=made[who % len(made)], subject_kind="person", subject_id=shown[what % len(shown)].pk, reason="x",
                place_id=people.COUNTY, danger_to_life=danger, opened_at=NOW - timedelta(hours=1) if hours != -2 else NOW + timedelta(hours=1),
                expires_at=NOW + timedelta(hours=hours), review_due_on=NOW.date(), approved_at=NOW if approved else None,
            )  # fmt: skip
        for officer in Officer.objects.filter(
            username__startswith="o", pk__in=[one_made.pk for one_made in made]
        ).select_related("unit"):
            for verb in VERBS:
                expected = {thing.pk for thing in shown if _may(officer, verb, thing)}
                found = visible(Person.objects.all(), officer, verb, at=NOW)
                assert set(found.values_list("pk", flat=True)) == expected
                assert all(
                    one(visible(Person.objects.all(), officer, verb, at=NOW), pk=pk) for pk in expected
                )
                assert found.count() == len(expected)
        transaction.set_rollback(True)
