"""Rows whose address names no village, or two: found on a stated ground, else counted, listed, and sent back with the choices."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.rooms.places.actions import rename_place
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.models import Record, Roster, RowOutcome
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
TWIN = 990101102209


@pytest.fixture
def twin(county) -> int:
    """A second Stone Bridge, in the other town."""
    town = Place.objects.get(pk=people.TOWN_B)
    Place.objects.create(
        id=TWIN,
        name="石桥村",
        level=Level.VILLAGE,
        parent=town,
        town=town,
        county_id=people.COUNTY,
        full_name="柳树镇石桥村",
    )
    return TWIN


def at_addresses(*addresses: str, unit: str = "明溪县民政局") -> Roster:
    rows = [[f"见{n}人", "", "男", "A", "4", "", address, "", ""] for n, address in enumerate(addresses)]
    return cast.deliver(cast.dibao(*rows), unit=unit)


def villages() -> list[int | None]:
    return list(Record.objects.order_by("pk").values_list("village_id", flat=True))


def test_two_villages_of_one_name_stay_two_candidates(twin: int) -> None:
    roster = at_addresses("石桥村3组12号", "清溪镇石桥村3组", "柳树镇石桥村")

    assert villages() == [None, people.VILLAGE_A1, twin]
    line = RowOutcome.objects.get(roster=roster, code="place_ambiguous")
    assert "清溪镇石桥村、柳树镇石桥村" in line.detail_zh and "it may be: " in line.detail_en


def test_the_senders_own_town_decides_between_villages_of_one_name_and_that_is_said(twin: int) -> None:
    roster = at_addresses("石桥村3组", unit="柳树镇人民政府")

    assert villages() == [twin]
    assert RowOutcome.objects.get(roster=roster).code == "place_of_sender"


def test_a_village_written_by_its_sound_is_found_within_the_town_named_alone() -> None:
    roster = at_addresses("清溪镇十桥村3组", "十桥村3组")

    assert villages() == [people.VILLAGE_A1, None]
    said = dict(RowOutcome.objects.filter(roster=roster).values_list("code", "detail_zh"))
    assert set(said) == {"place_by_sound", "place_unknown"}
    assert said["place_unknown"].endswith("可能是:清溪镇石桥村")


def test_a_village_is_found_under_the_name_it_bore_before() -> None:
    rename_place(
        by=people.officer("admin"),
        at=people.MONDAY,
        place=Place.objects.get(pk=people.VILLAGE_A2),
        name="新竹村",
    )

    at_addresses("清溪镇竹园村1组", "清溪镇新竹村1组")

    assert villages() == [people.VILLAGE_A2, people.VILLAGE_A2]


def test_the_rosters_page_counts_and_lists_them_and_the_correction_list_holds_them(
    client: Client, twin: int
) -> None:
    roster = at_addresses("石桥村1组", "火星村2组", "清溪镇某处", "清溪镇石桥村1组")
    client.force_login(people.officer("steward"))
    address = reverse("register:roster", args=[roster.pk])

    page = client.get(address).content.decode()
    listed = client.get(f"{address}?outcome=placeless").content.decode()
    client.cookies["jiandi_language"] = "en"
    english = client.get(address).content.decode()
    sheet = load_workbook(
        io.BytesIO(client.get(reverse("register:corrections", args=[roster.pk])).content)
    ).active
    assert sheet is not None
    corrections = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)

    assert "住址认不出村的" in page and "Addresses without a village" in english
    assert "可能是:清溪镇石桥村、柳树镇石桥村" in listed
    assert listed.count('class="num">3<') == 1 and "接收" in listed
    assert "it may be: 清溪镇石桥村" in corrections or "可能是:清溪镇石桥村" in corrections


def test_a_roster_without_such_rows_says_nothing_of_them(client: Client) -> None:
    roster = at_addresses("清溪镇石桥村1组")
    client.force_login(people.officer("steward"))

    assert "住址认不出村的" not in client.get(reverse("register:roster", args=[roster.pk])).content.decode()
