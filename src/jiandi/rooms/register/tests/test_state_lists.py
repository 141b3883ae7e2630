"""What the lists stand for: whom each names, who should be on it, what changed, where they overlap, and who may see how much."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event, Wall
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import FOUND, Person
from jiandi.rooms.register.models_standing import ListCount, Overlap, Statement
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
SMD = ["姓名", "性别", "身份证号", "住址", "诊断", "确诊日期", "危险性评估"]
CHENS_ALLOWANCE = ["见陈", cast.CHEN[4], "男", "19500101", "清溪镇石桥村第2组2号", "50", "2026-09-01"]
BO_ILL = ["见波", "男", cast.BO[4], "清溪镇石桥村第1组1号", "精神分裂症", "2020-01-01", "0"]
ANNAS = ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "见安娜", cast.ANNA[4]]


def deliver_all() -> None:
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN, cast.OLD))
    cast.deliver(cast.dibao(ANNAS), unit="明溪县民政局", name="低保.csv")
    cast.deliver(cast.csv_of(cast.ELDERLY, CHENS_ALLOWANCE), unit="明溪县民政局", name="高龄津贴.csv")
    cast.deliver(cast.csv_of(SMD, BO_ILL), unit="明溪县卫生健康局", name="严重精神障碍患者.csv", kind="smd")
    cast.link()


def state() -> Statement:
    return actions.state_lists(by=people.officer("steward"), at=people.WEDNESDAY)


def of(made: Statement, kind: str, place: int, *, is_open: bool = True) -> ListCount:
    return ListCount.objects.get(statement=made, kind=kind, place=place, is_open=is_open, roster__isnull=True)


def overlaps(made: Statement, place: int, *, is_open: bool) -> dict[str, int]:
    return dict(
        Overlap.objects.filter(statement=made, place=place, is_open=is_open).values_list("kinds", "people")
    )


def test_it_counts_whom_each_list_names_at_every_place() -> None:
    deliver_all()

    made = state()

    for place in (people.VILLAGE_A1, people.TOWN_A, people.COUNTY):
        assert of(made, "hukou", place).people == 4
        assert overlaps(made, place, is_open=True) == {"hukou": 2, "dibao hukou": 1, "elderly hukou": 1}
    assert not ListCount.objects.filter(statement=made, place=people.TOWN_B).exists()
    assert [event.subject_id for event in Event.objects.filter(verb="register.state_lists")] == [made.pk]


def test_it_says_who_should_be_on_a_list_by_its_own_rule() -> None:
    deliver_all()

    made = state()

    assert of(made, "elderly", people.VILLAGE_A1).missing == 1  # old Gu is past eighty and draws nothing
    assert of(made, "dibao", people.VILLAGE_A1).missing is None  # no rule says who is poor


def test_a_sensitive_list_is_counted_for_the_county_alone_and_leaves_no_gap_in_the_open_counts() -> None:
    deliver_all()

    made = state()

    assert overlaps(made, people.COUNTY, is_open=False)["hukou smd"] == 1
    assert of(made, "smd", people.COUNTY, is_open=False).people == 1
    assert not ListCount.objects.filter(kind="smd", is_open=True).exists()
    assert not ListCount.objects.filter(place=people.VILLAGE_A1, is_open=False).exists()
    # On the household register and the health file: openly, on the household register alone.
    assert of(made, "hukou", people.COUNTY).only_here == 2
    assert of(made, "hukou", people.COUNTY, is_open=False).only_here == 1


def open_counts(made: Statement) -> list[tuple[object, ...]]:
    lists = ListCount.objects.filter(statement=made, is_open=True).order_by("place", "kind", "roster")
    sets = Overlap.objects.filter(statement=made, is_open=True).order_by("place", "kinds")
    told = (
        "place",
        "kind",
        "roster",
        "lines",
        "repaired",
        "people",
        "only_here",
        "missing",
        "added",
        "gone",
        "changed",
    )
    return [*lists.values_list(*told), *sets.values_list("place", "kinds", "people")]


def test_a_wall_moves_no_open_count_and_who_is_known_to_cases_alone_is_in_none() -> None:
    """A township knows how long its own lists are: one short would tell it that somebody of its own is sealed."""
    deliver_all()
    again = [*cast.ANNA[:6], "清溪镇石桥村第9组9号", cast.ANNA[7]]
    cast.deliver(
        cast.hukou(again, cast.BO, cast.CHEN, cast.OLD),
        at=people.TUESDAY,
        reference_on=date(2026, 11, 2),
        name="二.csv",
    )
    cast.link(at=people.TUESDAY)
    before = open_counts(state())
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    assert Person.objects.filter(name__in=["见陈", "见安娜"]).update(wall=wall) == 2
    Person.objects.create(
        code="P000000007", name="见藏", village_id=people.VILLAGE_A1, town_id=people.TOWN_A, county_id=people.COUNTY,
        kinds=FOUND, wall=wall,
    )  # fmt: skip

    made = state()

    assert open_counts(made) == before
    assert overlaps(made, people.COUNTY, is_open=False)[FOUND] == 1


def test_it_tells_what_the_next_delivery_added_took_away_and_changed() -> None:
    deliver_all()
    moved = [*cast.ANNA[:6], "清溪镇石桥村第9组9号", cast.ANNA[7]]
    new = [
        "H4",
        "见丁",
        "男",
        "19900101",
        cast.number_of("99010119900101001"),
        "户主",
        "清溪镇石桥村第4组4号",
        "",
    ]
    cast.deliver(
        cast.hukou(moved, cast.BO, cast.OLD, new),
        at=people.WEDNESDAY,
        reference_on=date(2026, 11, 3),
        name="二.csv",
    )
    cast.link(at=people.WEDNESDAY)

    made = actions.state_lists(by=people.officer("steward"), at=people.THURSDAY)

    line = ListCount.objects.get(
        statement=made, kind="hukou", place=people.VILLAGE_A1, is_open=True, roster__isnull=False
    )
    assert (line.added, line.gone, line.changed) == (1, 1, 1)


def test_it_counts_nothing_before_rows_are_people() -> None:
    with pytest.raises(Refused, match="not_linked_yet"):
        state()


def test_only_stewards_and_the_night_count() -> None:
    with pytest.raises(Refused, match=r"access\.role"):
        actions.state_lists(by=people.officer("lead"), at=people.WEDNESDAY)


def page(client: Client, who: str, place: int | None = None, language: str = "en") -> str:
    client.cookies["jiandi_language"] = language
    client.force_login(people.officer(who))
    return client.get(reverse("register:statement"), {"place": place} if place else {}).content.decode()


def test_the_page_shows_each_reader_what_they_may_see(client: Client) -> None:
    deliver_all()
    state()

    assert "Severe mental disorder" in page(client, "steward")
    assert "Severe mental disorder" not in page(client, "handler_civil")
    assert "Severe mental disorder" not in page(client, "steward", people.TOWN_A)
    assert "fewer than 5" in page(client, "overseer")  # reads no pages of people, so no small numbers
    assert "fewer than 5" not in page(client, "township_a")
    assert "高龄津贴" in page(client, "township_a", language="zh")


def test_the_page_of_another_township_does_not_exist(client: Client) -> None:
    client.force_login(people.officer("township_a"))

    assert client.get(reverse("register:statement"), {"place": people.TOWN_B}).status_code == 404
    assert client.get(reverse("register:statement_export"), {"place": people.TOWN_B}).status_code == 404


def test_the_statement_leaves_as_excel_and_leaves_an_event(client: Client) -> None:
    deliver_all()
    state()
    client.force_login(people.officer("lead"))

    answer = client.get(reverse("register:statement_export"), {"place": people.TOWN_A})

    assert answer.status_code == 200 and answer.content[:2] == b"PK"
    assert Event.objects.filter(verb="access.export_ledger").count() == 1


def test_the_page_says_so_before_the_first_count(client: Client) -> None:
    assert "Not counted yet" in page(client, "lead")
