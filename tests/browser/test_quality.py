"""Whether a unit's lists get better reads at a glance, at a desk and on a phone, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.tests import cast
from tests import people
from tests.browser.camera import IN_A_BROWSER, look_at
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "quality"
pytestmark = IN_A_BROWSER
SPACED = ["H1", "见 安娜", *cast.ANNA[2:]]
WRONG = [*cast.BO[:4], cast.BO[4][:-1] + "0", *cast.BO[5:]]
NOBODY = ["H9", "", "女", "19990101", "", "", "石桥村", ""]
MONTHS = [(SPACED, WRONG, NOBODY, cast.CHEN), (SPACED, cast.BO, NOBODY, cast.CHEN), (SPACED, cast.BO, cast.CHEN),
          (cast.ANNA, cast.BO, cast.CHEN)]  # fmt: skip


@pytest.fixture
def rosters(transactional_db, settings, tmp_path) -> list[Roster]:
    """A register that gets better from month to month, and lists that came once."""
    settings.DATA = tmp_path
    people.build_county()
    it_is(people.FRIDAY)
    months = [
        cast.deliver(cast.hukou(*rows), reference_on=date(2026, 8 + n, 1), name=f"户籍{8 + n}月.csv")
        for n, rows in enumerate(MONTHS)
    ]
    low = ["见安娜", "", "女", "A", "560", "2024-05", "石桥村1组1号", "", ""]
    cast.deliver(cast.dibao(low), unit="明溪县民政局", name="低保.csv")
    cast.deliver(
        cast.left(["1", "独居老人", "二组", "见无名", "女", "70", "无电话", "石桥村", ""]),
        unit="清溪镇人民政府",
        name="三留守.csv",
    )
    return months


def test_it_reads_on_a_desk_and_on_a_phone(rosters, live_server, browser):
    quality = reverse("register:quality")
    pages = {
        "every": quality,
        "one": f"{quality}?unit={rosters[0].unit_id}&kind=hukou",
        "none": f"{quality}?kind=school",
        "roster": reverse("register:roster", args=[rosters[0].pk]) + "?outcome=mended",
        "rosters": reverse("register:rosters"),
    }

    assert look_at(browser, live_server.url, "steward", pages, PICTURES) == []
