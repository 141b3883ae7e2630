"""Whoever stands outside a wall walks every page of the register, in both languages: the person behind it is on none of them."""

from __future__ import annotations

import re
from collections import deque

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.tests import cast
from tests import people
from tests.stories.reading import everything_in, it_is

pytestmark = pytest.mark.usefixtures("county")
MOST = 90
STARTS = ("search", "changes", "review", "statement", "entitlements", "life_events", "guardian_doubts", "transfers", "linking", "lotteries")  # fmt: skip
SMD = ["姓名", "性别", "身份证号", "出生日期", "住址", "诊断", "监护人姓名", "监护人身份证号"]
ELSEWHERE = [
    "H9",
    "见远",
    "男",
    "19700101",
    cast.number_of("99010119700101001"),
    "户主",
    "柳树镇白果村第1组1号",
    "",
]


@pytest.fixture
def told(settings, tmp_path):
    """A county whose lists name Anna in many ways: mother, ward, in doubt, past eighty's kin, on an allowance."""
    settings.DATA = tmp_path
    it_is(people.WEDNESDAY)
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN, cast.OLD, ELSEWHERE))
    birth = ["见波", "男", cast.BO[3], "见安娜", cast.ANNA[4], "见远", ELSEWHERE[4], cast.ANNA[6], "B1"]
    cast.deliver(cast.csv_of(cast.BIRTH, birth), unit="明溪县卫生健康局", name="出生医学证明.csv")
    alias = ["柳阿禾", cast.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    own = ["见陈", cast.CHEN[4], "男", "A", "560", "2024-05", cast.CHEN[6], "见安娜", cast.ANNA[4]]
    cast.deliver(cast.dibao(alias, own), unit="明溪县民政局", name="低保.csv")
    ill = ["见陈", "男", cast.CHEN[4], "19500101", cast.CHEN[6], "双相障碍", "见远", ELSEWHERE[4]]
    cast.deliver(cast.csv_of(SMD, ill), unit="明溪县卫生健康局", name="严重精神障碍.csv", kind="smd")
    cast.link()
    return Person.objects.get(name="见安娜")


def walk(client: Client, starts: list[str]) -> dict[str, str]:
    """Open the pages of the register and what they link to; return what stands on each."""
    waiting, met = deque(starts), {}
    while waiting and len(met) < MOST:
        address = waiting.popleft()
        if address in met or not address.startswith("/register/") or "/rosters/" in address:
            continue
        response = client.get(address, follow=True)
        text = everything_in(response) if response.status_code == 200 else ""
        met[address] = text
        assert response.status_code in (200, 403), (address, response.status_code)
        waiting.extend(found.replace("&amp;", "&") for found in re.findall(r'href="(/[^"#]*)', text))
    return met


@pytest.mark.parametrize("username", ["steward", "township_a", "handler_civil", "lead"])
def test_nobody_outside_meets_a_sealed_person_and_no_link_breaks(
    told: Person, client: Client, username: str
) -> None:
    reader = people.officer(username)
    client.force_login(reader)
    starts = [reverse(f"register:{name}") for name in STARTS]
    before = walk(client, [*starts, reverse("register:person", args=[told.code])])
    assert any("见安娜" in text for text in before.values())

    wall = raise_wall(
        by=people.officer("overseer"),
        at=people.TUESDAY,
        reason="涉及本单位",
        entries=[(reader, "涉及本单位")],
    )
    Person.objects.filter(pk=told.pk).update(wall=wall)
    others = Person.objects.exclude(pk=told.pk).order_by("pk")
    theirs = [reverse(f"register:{name}", args=[one.code]) for one in others for name in ("person", "family")]
    starts += [address for address in theirs if client.get(address).status_code == 200]
    for language in ("zh", "en"):
        client.cookies["jiandi_language"] = language
        met = walk(client, starts)
        found = {
            at: re.findall(f".{{80}}(?:见安娜|{told.code}).{{40}}", text.replace("\n", " "))
            for at, text in met.items()
        }
        assert {at: where for at, where in found.items() if where} == {}
    assert client.get(reverse("register:person", args=[told.code])).status_code == 404


def test_a_tie_from_a_sensitive_file_and_one_into_another_town_are_shown_to_whom_they_may(
    told: Person, client: Client
) -> None:
    """The tie of a file on mental illness says more than the tie; a link into another town would answer like nobody."""
    chen, bo = Person.objects.get(name="见陈"), Person.objects.get(name="见波")
    page = lambda one: client.get(reverse("register:person", args=[one.code])).content.decode()  # noqa: E731
    far = reverse("register:person", args=[Person.objects.get(name="见远").code])

    client.force_login(people.officer("township_a"))
    assert "见远" not in page(chen)
    assert "见远" in page(bo) and far not in page(bo)
    client.force_login(people.officer("steward"))
    assert "见远" in page(chen) and far in page(bo)
