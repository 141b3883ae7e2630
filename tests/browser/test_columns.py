"""A steward says in a browser what a clerk's own headings mean: at a desk and on a phone, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.register.tests import cast
from tests import people
from tests.browser.camera import IN_A_BROWSER, LANGUAGES, TOO_WIDE, WIDTHS, take, window
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "columns"
pytestmark = IN_A_BROWSER
OWN = ["哪一位", "证号", "男女", "档", "住哪里", "宗教信仰"]
ROWS = (["见安娜", cast.ANNA[4], "女", "A", "清溪镇石桥村第1组1号", "x"], ["见陈", cast.CHEN[4], "男", "B", "清溪镇石桥村第2组2号", "y"])  # fmt: skip
CHOSEN = {"name": "哪一位", "id_number": "证号", "sex": "男女", "address": "住哪里"}


@pytest.fixture
def waiting(transactional_db, settings, tmp_path):
    """A file whose headings nobody knows."""
    settings.DATA = tmp_path
    people.build_county()
    it_is(people.WEDNESDAY)
    return cast.deliver(cast.csv_of(OWN, *ROWS), unit="明溪县民政局", name="十月份情况.csv")


def test_it_lets_a_steward_choose_try_and_confirm(waiting, live_server, browser):
    troubles: list[object] = []
    PICTURES.mkdir(parents=True, exist_ok=True)
    address = live_server.url + reverse("register:columns", args=[waiting.pk])
    for language in LANGUAGES:
        opened = window(browser, live_server.url, "steward", language)
        page = opened.new_page()
        page.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
        page.goto(address + "?kind=dibao&line=2&lines=1")
        for field, called in CHOSEN.items():
            page.select_option(f"#c-{field}", called)
        page.click("button[value=try]")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            take(page, PICTURES / f"{language}-{width}.png")
            assert not page.evaluate(TOO_WIDE)
    page.click("button[value=confirm]")
    take(page, PICTURES / "read.png")

    waiting.refresh_from_db()
    assert troubles == []
    assert (waiting.state, waiting.kind, waiting.report["accepted"]) == ("read", "dibao", 2)
