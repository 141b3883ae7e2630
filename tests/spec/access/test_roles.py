"""The table of roles and verbs, as docs/reference/roles.md prints it: who may use what."""

import tomllib
from pathlib import Path

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.documents import roles_table
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.roles import ROLES, permissions, roles_for
from tests import people

# Decisions that must not slip in through a later edit of a grants file.
NEVER = [
    ("admin", "register.read_person"),  # whoever keeps the accounts reads nobody's life
    ("admin", "cases.read_case"),
    ("admin", "intake.read_report"),
    ("admin", "access.remove_wall_entry"),
    ("press", "register.find_person"),
    ("press", "cases.read_case"),
    ("grid", "cases.read_case"),  # villages see tasks, never protection
    ("grid", "checks.read_alert"),
    ("doctor", "cases.read_case"),
    ("township", "cases.read_case"),
    ("township", "access.approve_glass"),
    ("lead", "access.remove_wall_entry"),
    ("lead", "access.approve_glass"),
    ("lead", "assurance.make_draw"),  # those measured do not draw the sample
    ("lead", "assurance.issue_certificate"),
    ("handler", "cases.verify_outcome"),  # nobody verifies their own work
    ("lead", "cases.verify_outcome"),
]


@pytest.mark.parametrize(("role", "verb"), NEVER)
def test_it_never_gives_a_role_what_its_duty_excludes(role, verb):
    assert role not in roles_for(verb)


@pytest.mark.django_db
def test_it_decides_every_role_and_verb_as_the_table_says(county):
    for role in ROLES:
        officer = people.Officer.objects.create(
            username=f"only_{role}", name=role, unit=county.unit("明溪县工作专班")
        )
        officer.grants.create(role=role, place_id=people.COUNTY, starts_on=people.MONDAY.date())
        for verb in permissions():
            try:
                permit(officer, verb, at=people.MONDAY)
                may = True
            except Refused:
                may = False
            assert may == (role in roles_for(verb)), (role, verb)


def test_it_knows_only_roles_that_exist():
    for path in (Path(people.__file__).parents[1] / "src/jiandi/rooms/access/grants").glob("*.toml"):
        for verb, roles in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert roles and set(roles) <= set(ROLES), verb


def test_it_prints_the_table_for_the_reference():
    table = roles_table()

    assert table.startswith("# Roles and what they may do")
    for verb in permissions():
        assert f"`{verb}`" in table
