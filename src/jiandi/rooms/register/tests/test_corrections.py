"""A correction that was passed on reaches the department on the row it is about, and is ticked off when a delivery says it."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Person, Roster
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"


def delivered(name: str, month: int) -> Roster:
    rows = [[name, cast.ANNA[4], "女", "A", "4", "", "清溪镇石桥村", "", ""]]
    return cast.deliver(
        cast.dibao(*rows), unit=CIVIL, reference_on=date(2026, month, 1), name=f"{month}月.csv"
    )


@pytest.fixture
def roster() -> Roster:
    """The list of October writes Anna with another character; the township asked, the steward passed it on."""
    cast.deliver(cast.hukou())
    found = delivered("见安那", 10)
    cast.link()
    anna = Person.objects.get(name="见安娜")
    asked = actions.ask_change(
        by=people.officer("township_a"),
        at=people.WEDNESDAY,
        person=anna,
        field="name",
        proposed="见安娜",
        reason="身份证上是娜",
    )
    actions.decide_change(by=people.officer("steward"), at=people.WEDNESDAY, request=asked, accepted=True)
    return found


def said(client: Client, roster: Roster) -> str:
    client.force_login(people.officer("handler_civil"))
    page = client.get(reverse("register:roster", args=[roster.pk])).content.decode()
    book = load_workbook(io.BytesIO(client.get(reverse("register:corrections", args=[roster.pk])).content))
    return page + "|".join(str(cell) for row in book.active.values for cell in row)


def test_the_department_reads_it_on_its_own_row_without_the_reason(roster: Roster, client: Client) -> None:
    text = said(client, roster)

    assert "请部门更正的内容" in text and "姓名应为:见安娜(待部门核对更正)" in text
    assert "身份证上是娜" not in text


def test_the_next_delivery_that_says_it_ticks_it_off(roster: Roster, client: Client) -> None:
    november = delivered("见安娜", 11)
    cast.link(at=people.THURSDAY)

    assert "姓名应为:见安娜(本次报送已更正)" in said(client, november)


def test_about_a_sealed_person_whoever_stands_outside_reads_and_asks_nothing(
    roster: Roster, client: Client
) -> None:
    anna = Person.objects.get(name="见安娜")
    civil = people.officer("handler_civil")
    wall = raise_wall(
        by=people.officer("overseer"), at=people.THURSDAY, reason="隔离", entries=[(civil, "涉及")]
    )
    Person.objects.filter(pk=anna.pk).update(wall=wall)
    anna.refresh_from_db()

    assert "应为" not in said(client, roster)
    with pytest.raises(Refused, match="not_found"):
        actions.ask_change(
            by=civil, at=people.THURSDAY, person=anna, field="name", proposed="x", reason="核对"
        )
