"""Whatever is typed, the search finds whom a slow reading of the whole register finds: there, not hidden, never more than shown."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiandi.core.names.normal import normalise
from jiandi.core.names.pinyin import reading, surname_reading
from jiandi.rooms.access.models import Wall, WallEntry
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import peopling, queries
from jiandi.rooms.register.models import Person
from tests import people

pytestmark = pytest.mark.usefixtures("county")
MOST = 5
VILLAGES = [people.VILLAGE_A1, people.VILLAGE_A2, people.VILLAGE_B1]
OFFICERS = ["steward", "township_a", "grid_a1", "city", "two_towns"]

names = st.text("王伟韦曾建见安", min_size=1, max_size=4)
addresses = st.sampled_from(["清溪镇石桥村1组", "清溪镇竹园村2组", "柳树镇白果村1组", ""])
lines = st.tuples(names, addresses, st.sampled_from(VILLAGES), st.booleans(), st.booleans())
typed = st.one_of(
    st.text("王偉伟韦曾建见安", min_size=1, max_size=4),
    st.text("wzjaegnui", min_size=1, max_size=6),
    st.tuples(names, st.sampled_from(["石桥村", "白果", "2组"])).map(" ".join),
    st.sampled_from(["石桥村", "柳树镇白果", "19900000001", "199", "犇", "  "]),
)


@pytest.fixture
def officers() -> None:
    """Beside the cast: one who finds people in the whole city, and one in two townships."""
    people_of_two = [("city", [990100000000]), ("two_towns", [people.TOWN_A, people.TOWN_B])]
    for username, places in people_of_two:
        made = people.officer("lead")
        made.pk, made.username = None, username
        made.save()
        for place in places:
            made.grants.create(role="lead", place_id=place, starts_on="2026-01-01")


def enter(given_lines: list) -> None:
    """Enter the people; some behind a wall that the township stands outside of, some merged into the first."""
    wall = Wall.objects.create(made_at=people.MONDAY, reason="x")
    unit = people.officer("township_a").unit
    WallEntry.objects.create(wall=wall, unit=unit, why="x", added_at=people.MONDAY)
    for number, (name, address, village, is_sealed, is_merged) in enumerate(given_lines):
        place = Place.objects.get(pk=village)
        Person.objects.create(
            code=f"P{number:09d}", name=name, address=address, village=place, town_id=place.town_id, county_id=place.county_id,
            wall=wall if is_sealed else None, phone="19900000001" if number % 2 else "",
            superseded_by=Person.objects.first() if is_merged else None,
        )  # fmt: skip
    peopling.index(list(Person.objects.values_list("pk", flat=True)))


def is_called(person: Person, hint: str) -> bool:
    """Read one person as the page promises: name or a piece of it, its sound, first letters, telephone, address."""
    parts = hint.split()
    if not parts:
        return False
    if hint.isdigit():
        return len(hint) > 6 and person.phone == hint
    if hint.isascii():
        sounds = [[reading(char) for char in person.name], surname_reading(person.name).split(" ")]
        return any("".join(s).startswith(hint) or "".join(c[0] for c in s).startswith(hint) for s in sounds)
    first = normalise(parts[0]) or ""
    there = all(_touch(piece, person.address) for piece in parts[1:])
    if len(first) == 1:
        return first in person.name and there
    alike = _touch([reading(char) for char in first], [reading(char) for char in person.name])
    return there and (alike or _touch(parts[0], person.address))


def _touch(piece, whole) -> bool:
    """Every two neighbours of the piece stand side by side somewhere in the whole."""
    return set(pairwise(piece)) <= set(pairwise(whole)) and len(piece) > 1


def may_find(person: Person, who: str) -> bool:
    """Read who may find a person, in words."""
    within = {
        "township_a": person.town_id == people.TOWN_A,
        "grid_a1": person.village_id == people.VILLAGE_A1,
    }
    outside = (
        who in ("township_a", "grid_a1") and person.wall_id is not None
    )  # a village's unit lies below it
    return within.get(who, True) and not outside and person.superseded_by_id is None


@given(st.lists(lines, min_size=1, max_size=14), st.lists(typed, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_whom_a_slow_reading_finds(officers: None, given_lines: list, hints: list) -> None:
    with transaction.atomic():
        enter(given_lines)
        for who in OFFICERS:
            for hint in hints:
                expected = {p.code for p in Person.objects.all() if may_find(p, who) and is_called(p, hint)}
                by = people.officer(who)
                found = [one.code for one in queries.search(by, people.WEDNESDAY, hint, "visit")]
                few = [one.code for one in queries.search(by, people.WEDNESDAY, hint, "visit", most=MOST)]
                assert set(found) == expected, (who, hint)
                assert len(few) == len(set(few)) == min(MOST, len(expected)), (who, hint)
                assert set(few) <= expected
        transaction.set_rollback(True)
