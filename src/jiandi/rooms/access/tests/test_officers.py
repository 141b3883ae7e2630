"""Units, officers, roles: works, refuses, leaves one event."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import actions, handing_over
from jiandi.rooms.access.models import Grant, Notice, Officer, Unit, WallEntry
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.places.models import Place
from tests.people import COUNTY, FRIDAY, MONDAY, TOWN_A, TOWN_B, TUESDAY, VILLAGE_A1

pytestmark = pytest.mark.django_db


def _verbs(thing):
    return [event.verb for event in events_of(thing._meta.model_name, thing.pk)]


def _place(code):
    return Place.objects.get(pk=code)


def test_it_creates_a_unit_below_another(county):
    above = county.unit("清溪镇人民政府")

    unit = actions.create_unit(
        by=county.officer("admin"),
        at=MONDAY,
        name="清溪镇综治办",
        kind="other",
        place=_place(TOWN_A),
        parent=above,
    )

    assert unit.path == f"{above.path}{unit.pk}/"
    assert _verbs(unit) == ["access.create_unit"]


def test_it_refuses_a_second_unit_of_the_same_name(county):
    with pytest.raises(Refused, match="already a unit"):
        actions.create_unit(
            by=county.officer("admin"), at=MONDAY, name="明溪县民政局", kind="civil", place=_place(COUNTY)
        )


def test_it_refuses_a_unit_of_an_unknown_kind(county):
    with pytest.raises(Refused, match="kind"):
        actions.create_unit(
            by=county.officer("admin"), at=MONDAY, name="某局", kind="bureau", place=_place(COUNTY)
        )


def test_it_renames_a_unit(county):
    unit = actions.change_unit(
        by=county.officer("admin"), at=MONDAY, unit=county.unit("清溪派出所"), name="清溪镇派出所"
    )

    assert Unit.objects.get(pk=unit.pk).name == "清溪镇派出所"
    assert _verbs(unit) == ["access.change_unit"]


def test_it_creates_an_officer_who_cannot_log_in_yet(county):
    made = actions.create_officer(
        by=county.officer("admin"),
        at=MONDAY,
        username="wangfang",
        name="王访",
        unit=county.unit("明溪县民政局"),
    )

    assert not made.has_usable_password()
    assert _verbs(made) == ["access.create_officer"]


@pytest.mark.parametrize("username", ["lead", "a", "Wang", "王访", "with space", "new", "a" * 41])
def test_it_refuses_a_user_name_that_will_not_do(county, username):
    with pytest.raises(Refused):
        actions.create_officer(
            by=county.officer("admin"),
            at=MONDAY,
            username=username,
            name="王访",
            unit=county.unit("明溪县民政局"),
        )


def test_it_refuses_an_account_without_a_name(county):
    with pytest.raises(Refused, match="name"):
        actions.create_officer(
            by=county.officer("admin"),
            at=MONDAY,
            username="nobody",
            name=" ",
            unit=county.unit("明溪县民政局"),
        )


def test_it_refuses_everybody_but_administrators(county):
    with pytest.raises(Refused, match="Administrator"):
        actions.create_officer(
            by=county.officer("lead"), at=MONDAY, username="x1", name="王访", unit=county.unit("明溪县民政局")
        )


def test_it_grants_a_role_over_an_area(county):
    grid = county.officer("grid_a1")

    actions.grant_role(
        by=county.officer("admin"), at=MONDAY, officer=grid, role="township", place=_place(TOWN_A)
    )

    permit(grid, "screening.grant_excuse", at=MONDAY, place=_place(VILLAGE_A1))
    assert _verbs(grid) == ["access.grant_role"]


def test_it_returns_the_same_grant_when_it_is_held_already(county):
    grid, admin = county.officer("grid_a1"), county.officer("admin")
    first = actions.grant_role(by=admin, at=MONDAY, officer=grid, role="doctor", place=_place(TOWN_A))

    again = actions.grant_role(by=admin, at=TUESDAY, officer=grid, role="doctor", place=_place(TOWN_A))

    assert again == first


def test_it_refuses_a_role_to_oneself(county):
    with pytest.raises(Refused, match="themselves"):
        actions.grant_role(
            by=county.officer("admin"),
            at=MONDAY,
            officer=county.officer("admin"),
            role="lead",
            place=_place(COUNTY),
        )


def test_it_refuses_an_area_beyond_the_administrators_own(county):
    with pytest.raises(Refused, match="outside your area"):
        actions.grant_role(
            by=county.officer("admin"),
            at=MONDAY,
            officer=county.officer("grid_a1"),
            role="lead",
            place=_place(990100000000),
        )


def test_it_refuses_an_area_smaller_than_a_village(county):
    village = _place(VILLAGE_A1)
    grid = Place.objects.create(
        id=9_000_000_000_001, name="一组", level=6, parent=village, village=village, town_id=TOWN_A, county_id=COUNTY,
        city=village.city, province=village.province, full_name="一组", is_custom=True,
    )  # fmt: skip
    with pytest.raises(Refused, match="village"):
        actions.grant_role(
            by=county.officer("admin"), at=MONDAY, officer=county.officer("grid_a1"), role="grid", place=grid
        )


def test_it_refuses_a_period_that_runs_backwards(county):
    with pytest.raises(Refused, match="before"):
        actions.grant_role(
            by=county.officer("admin"),
            at=FRIDAY,
            officer=county.officer("grid_a1"),
            role="lead",
            place=_place(COUNTY),
            ends_on=MONDAY.date(),
        )


def test_it_tells_the_overseer_of_a_role_that_could_open_walls(county):
    actions.grant_role(
        by=county.officer("admin"),
        at=MONDAY,
        officer=county.officer("grid_a1"),
        role="lead",
        place=_place(COUNTY),
    )

    assert Notice.objects.get().to == county.officer("overseer")


def test_it_takes_a_role_back_at_once(county):
    lead = county.officer("lead")
    grant = Grant.objects.get(officer=lead, role="lead")

    actions.revoke_role(by=county.officer("admin"), at=MONDAY, grant=grant, reason="调岗")

    assert not has_verb(lead, "cases.close_case", MONDAY)
    assert _verbs(lead) == ["access.revoke_role"]
    with pytest.raises(Refused, match="already"):
        actions.revoke_role(
            by=county.officer("admin"), at=MONDAY, grant=Grant.objects.get(pk=grant.pk), reason="再收"
        )


def test_it_hands_over_roles_and_open_work_when_an_officer_leaves(county):
    leaving, to = county.officer("grid_a1"), county.officer("grid_b1")
    handing_over.on_hand_over("test.tasks", lambda a, b, at: 3 if (a, b) == (leaving, to) else 0)

    try:
        moved = actions.hand_over(
            by=county.officer("admin"), at=TUESDAY, officer=leaving, to=to, reason="调离"
        )
    finally:
        handing_over._moves.pop("test.tasks")

    assert moved["grants"] == 1 and moved["test.tasks"] == 3
    assert Grant.objects.filter(officer=to, place=VILLAGE_A1, revoked_at=None).exists()
    closed = Officer.objects.get(pk=leaving.pk)
    assert not closed.is_active and closed.handed_over_to == to
    assert _verbs(leaving) == ["access.hand_over"]


def test_it_refuses_to_hand_over_to_oneself_or_to_somebody_who_left(county):
    admin, leaving = county.officer("admin"), county.officer("grid_a1")
    with pytest.raises(Refused, match="somebody else"):
        actions.hand_over(by=admin, at=MONDAY, officer=leaving, to=leaving, reason="调离")
    gone = county.officer("grid_b1")
    actions.hand_over(by=admin, at=MONDAY, officer=gone, to=None, reason="退休")
    with pytest.raises(Refused, match="closed"):
        actions.hand_over(
            by=admin, at=MONDAY, officer=leaving, to=Officer.objects.get(pk=gone.pk), reason="调离"
        )


def test_it_ends_every_permission_with_the_account(county):
    lead = county.officer("lead")
    actions.hand_over(by=county.officer("admin"), at=MONDAY, officer=lead, to=None, reason="退休")

    with pytest.raises(Refused):
        permit(Officer.objects.get(pk=lead.pk), "cases.close_case", at=MONDAY)


def test_it_walls_off_whoever_declares_a_tie(county):
    wall = actions.raise_wall(by=county.officer("lead"), at=MONDAY, reason="个案", entries=[])
    grid = county.officer("grid_a1")
    handing_over.on_conflict(
        "test", lambda tie: [wall.pk] if (tie.kind, tie.subject_id) == ("person", 7) else []
    )

    try:
        actions.declare_conflict(by=grid, at=MONDAY, subject_kind="person", subject_id=7, tie="表兄")
    finally:
        handing_over._wall_offs.pop("test")

    assert WallEntry.objects.get(wall=wall).officer == grid
    assert _verbs(grid) == ["access.declare_conflict"]


def test_it_refuses_a_field_worker_to_declare_anothers_tie(county):
    with pytest.raises(Refused):
        actions.declare_conflict(
            by=county.officer("grid_a1"),
            at=MONDAY,
            subject_kind="person",
            subject_id=7,
            tie="债务",
            officer=county.officer("grid_b1"),
        )


def test_it_counts_look_ups_and_refuses_a_list_being_copied(county):
    grid = county.officer("grid_a1")
    for _ in range(actions.LOOK_UPS_AN_HOUR):
        actions.count_look_up(grid, MONDAY)

    with pytest.raises(Refused) as refused:
        actions.count_look_up(grid, MONDAY)
    assert refused.value.code == "access.too_many"
    assert actions.count_look_up(grid, MONDAY + timedelta(hours=1)) == 1


def test_it_keeps_one_open_grant_of_a_kind(county):
    grant = Grant.objects.get(officer=county.officer("lead"))
    with pytest.raises(IntegrityError, match="one_open_grant|UNIQUE"), transaction.atomic():
        Grant.objects.create(
            officer=grant.officer, role=grant.role, place=grant.place, starts_on=MONDAY.date()
        )
    with pytest.raises(IntegrityError, match="grant_ends"), transaction.atomic():
        Grant.objects.create(
            officer=grant.officer,
            role="press",
            place=grant.place,
            starts_on=TUESDAY.date(),
            ends_on=MONDAY.date(),
        )


def test_it_places_every_unit_of_the_county_below_no_other_town(county):
    assert not Unit.objects.filter(place=TOWN_B, path__startswith=county.unit("清溪镇人民政府").path).exists()
