"""What a permission and a run under it look like to a lead and a steward, at a desk and on a phone, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.register import actions
from jiandi.rooms.register.tests import cast
from tests import people
from tests.browser.camera import IN_A_BROWSER, look_at
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "authority"
pytestmark = IN_A_BROWSER
SIGNED = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture
def authorisations(transactional_db, settings, tmp_path):
    """One permission with its paper and two runs, one without, one that was ended early."""
    settings.DATA = tmp_path
    people.build_county()
    it_is(people.FRIDAY)
    said = {
        "by": people.officer("lead"), "at": people.MONDAY, "issued_by": "明溪县工作专班", "signed_by": "方首", "signed_office": "组长",
        "purpose": "核清保护对象底数", "starts_on": date(2026, 11, 1), "ends_on": date(2027, 10, 31),
    }  # fmt: skip
    ended = actions.authorise(number="明溪专班授〔2026〕1号", **said)
    actions.revoke_authorisation(by=said["by"], at=people.TUESDAY, authorisation=ended, reason="范围有误")
    bare = actions.authorise(number="明溪专班授〔2026〕2号", **said)
    paper = actions.Paper("授权书(扫描件).pdf", SIGNED)
    made = actions.authorise(
        number="明溪专班授〔2026〕3号", kinds=["hukou", "dibao", "elderly"], document=paper, **said
    )
    cast.deliver(cast.hukou())
    cast.deliver(cast.left(), unit="清溪镇人民政府", name="三留守.csv")
    cast.link(under=made, at=people.TUESDAY)
    cast.deliver(
        cast.dibao(["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "", ""]),
        unit="明溪县民政局",
        name="低保.csv",
    )
    return ended, bare, made, cast.link(under=made, at=people.WEDNESDAY)


def test_it_reads_on_a_desk_and_on_a_phone(authorisations, live_server, browser):
    ended, bare, made, run = authorisations
    pages = {
        "linking": reverse("register:linking"),
        "ended": reverse("register:authorisation", args=[ended.pk]),
        "bare": reverse("register:authorisation", args=[bare.pk]),
        "made": reverse("register:authorisation", args=[made.pk]),
        "run": reverse("register:match_run", args=[run.pk]),
    }

    assert look_at(browser, live_server.url, "lead", pages, PICTURES) == []


def test_a_lead_fills_the_form_in(authorisations, live_server, browser, tmp_path):
    """The kinds are ticked one by one, or all by a word of its own; the paper comes with it."""
    from tests.browser.camera import take, window  # noqa: PLC0415

    page = window(browser, live_server.url, "lead", "zh").new_page()
    page.goto(live_server.url + reverse("register:linking"))
    page.click("details.card summary")
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        take(page, PICTURES / f"form-{width}.png")
