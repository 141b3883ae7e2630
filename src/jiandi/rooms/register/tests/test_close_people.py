"""A wrong delivery is taken back: whom it alone had named is closed, never deleted, and comes back under the old code with a row."""

from __future__ import annotations

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from jiandi.rooms.access.models import Wall
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions, queries
from jiandi.rooms.register.models import Membership, Person, Roster
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"
ELSEWHERE = [
    "柳阿禾",
    cast.number_of("99010119800412004"),
    "女",
    "A",
    "500",
    "2026-10",
    "远山村1组1号",
    "",
    "",
]
TWO = ["柳老五", cast.number_of("99010119500105005"), "男", "A", "500", "2026-10", "远山村1组2号", "", ""]


def others() -> None:
    rows = [
        [f"H{n}", f"见{name}", "男", f"19{40 + n}0101", "", "户主", f"清溪镇石桥村第3组{n}号", ""]
        for n, name in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", start=10)
    ]
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN, *rows))


@pytest.fixture
def wrong(county: None) -> Roster:
    """An allowance list of another county, delivered by mistake, linked, and taken back."""
    others()
    roster = cast.deliver(cast.dibao(ELSEWHERE, TWO), unit=CIVIL, name="低保.csv")
    cast.link()
    actions.withdraw_roster(by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="外县名册")
    return roster


def her() -> Person:
    return Person.objects.get(name="柳阿禾")


def counted() -> int:
    return queries.count_people(Q(county=people.COUNTY))


@pytest.mark.usefixtures("wrong")
def test_it_closes_whom_the_wrong_delivery_alone_had_named(client: Client) -> None:
    before = counted()

    run = cast.link(at=people.WEDNESDAY)

    assert (run.report["way"], run.report["closed"], counted()) == ("changes", 2, before - 2)
    assert (her().closed_at, her().record_count) == (people.WEDNESDAY, 0)
    assert not Membership.objects.filter(person=her(), ends_on__isnull=True).exists()
    assert queries.person(people.officer("steward"), her().code, people.THURSDAY) == her()
    client.force_login(people.officer("steward"))
    assert (
        "现行名册中已没有写此人的行"
        in client.get(reverse("register:person", args=[her().code])).content.decode()
    )


@pytest.mark.usefixtures("wrong")
def test_the_right_delivery_opens_them_again_under_the_old_code() -> None:
    code, before = her().code, counted()
    cast.link(at=people.WEDNESDAY)
    cast.deliver(cast.dibao(ELSEWHERE), unit=CIVIL, at=people.WEDNESDAY, name="低保(更正).csv")

    run = cast.link(at=people.THURSDAY)

    assert (run.report["closed"], run.report["opened"], counted()) == (0, 1, before - 1)
    assert (her().code, her().closed_at, her().record_count) == (code, None, 1)


@pytest.mark.usefixtures("wrong")
def test_a_sealed_person_is_never_closed_by_a_program() -> None:
    Person.objects.filter(pk=her().pk).update(wall=Wall.objects.create(made_at=people.MONDAY, reason="x"))

    assert cast.link(at=people.WEDNESDAY).report["closed"] == 1
    assert her().closed_at is None


@pytest.mark.usefixtures("wrong")
def test_of_whom_a_paper_says_more_than_the_list_did_nobody_loses_sight() -> None:
    """Another county counts nobody it has handed over: closed here as well, they would be counted nowhere."""
    actions.enter_life_event(
        by=people.officer("steward"), at=people.TUESDAY, person=her(), kind="moved_in", effective_on=people.MONDAY.date(),
        document="户口迁移证 X-1", other_place="远山县", place=Place.objects.get(pk=people.VILLAGE_A1),
    )  # fmt: skip

    assert cast.link(at=people.WEDNESDAY).report["closed"] == 1
    assert her().closed_at is None


@pytest.mark.usefixtures("wrong")
def test_who_was_closed_and_moves_in_is_counted_again() -> None:
    cast.link(at=people.WEDNESDAY)
    before = counted()

    actions.enter_life_event(
        by=people.officer("steward"), at=people.THURSDAY, person=her(), kind="moved_in", effective_on=people.MONDAY.date(),
        document="户口迁移证 X-1", other_place="远山县", place=Place.objects.get(pk=people.VILLAGE_A1),
    )  # fmt: skip

    assert (her().closed_at, counted()) == (None, before + 1)


def test_who_fell_off_a_newer_list_stays_somebody_to_be_seen() -> None:
    """The list of the next month does not name her any more: that is where a hidden person shows."""
    others()
    cast.deliver(cast.dibao(ELSEWHERE, TWO), unit=CIVIL, name="低保10月.csv")
    cast.link()
    before = counted()
    day = people.TUESDAY.date()
    cast.deliver(cast.dibao(TWO), unit=CIVIL, at=people.TUESDAY, reference_on=day, name="低保11月.csv")

    run = cast.link(at=people.WEDNESDAY)

    assert (run.report["closed"], run.report["unspoken"], counted()) == (0, 1, before)
    assert her().closed_at is None
