"""Doubtful pairs and the quality of a unit's lists, as a steward sees them at a desk and on a phone, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.register import actions
from jiandi.rooms.register.models import ReviewPair
from jiandi.rooms.register.tests import cast
from tests import people
from tests.browser.camera import IN_A_BROWSER, look_at
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "review"
CIVIL = "明溪县民政局"
pytestmark = IN_A_BROWSER


@pytest.fixture
def pair(transactional_db, settings, tmp_path):
    """Rows under other people's numbers, in the later of two monthly lists."""
    settings.DATA = tmp_path
    people.build_county()
    cast.deliver(cast.hukou())
    alias = [
        ["柳阿禾", cast.ANNA[4], "女"],
        ["柳老五", cast.CHEN[4], "男"],
        ["柳阿苗", "", "女"],
        ["见波", cast.BO[4], "男"],
    ]
    rows = [[*who, "A", "4", "", "柳树镇白果村1组1号", "", ""] for who in alias]
    cast.deliver(cast.dibao(*rows[:2]), unit=CIVIL, name="十月.csv", reference_on=date(2026, 10, 1))
    cast.deliver(cast.dibao(*rows), unit=CIVIL, name="十一月.csv")
    cast.link()
    it_is(people.WEDNESDAY)
    return ReviewPair.objects.filter(state="open").order_by("pk").first()


def test_it_is_whole_at_a_desk_and_on_a_phone(pair, live_server, browser):
    lot = actions.draw_lottery(by=people.officer("lead"), at=people.WEDNESDAY, size=20, seed=1)
    quality = f"{reverse('register:rosters')}?kind=dibao&unit={people.unit(CIVIL).pk}"
    pages = {
        "pair": reverse("register:pair", args=[pair.pk]),
        "review": reverse("register:review"),
        "batch": reverse("register:batch", args=[people.VILLAGE_B1]),
        "lotteries": reverse("register:lotteries"),
        "drawn": reverse("register:pair", args=[lot.pairs.order_by("pk").first().pk]),
        "quality": quality,
    }

    assert look_at(browser, live_server.url, "steward", pages, PICTURES) == []
