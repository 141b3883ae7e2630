"""The console's main pages in a browser: five roles, both languages, a phone and a desk. Nothing spills, nothing complains.

Each page answers 200, writes no error into the browser's console (the strict content policy would), and is no wider than the screen.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiandi.core.estimate.indicators import INDICATORS
from jiandi.core.values import Text
from jiandi.rooms.access.models import Installation
from jiandi.rooms.assurance import actions as assurance
from jiandi.rooms.assurance.models import Suspicion
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Household, Person
from jiandi.rooms.screening import actions as screening
from tests import people
from tests.browser.camera import IN_A_BROWSER, LANGUAGES, TOO_WIDE, WIDTHS, window
from tests.stories.reading import it_is

pytestmark = IN_A_BROWSER

EVERYBODY = ("home", "places:tree")
PAGES = {
    "lead": ("access:notices", "access:ties", "access:password", "help", "checks:alerts", "checks:rules", "cases:cases", "intake:reports", "register:linking", "register:rosters",
             "screening:campaigns", "accountability:units", "accountability:commitments", "bulletins:bulletins", "access:log", "assurance:board"),
    "overseer": ("access:walls", "access:glass", "assurance:certificates", "assurance:suspicions", "assurance:known", "cases:look_backs"),
    "steward": ("register:search", "register:rosters", "register:review", "register:deliver", "register:changes"),
    "handler_women": ("cases:inbox", "cases:cases", "checks:alerts", "register:search"),
    "grid_a1": ("screening:my_tasks", "assurance:my_indicators", "screening:campaigns", "register:search", "screening:quiet"),
}  # fmt: skip
PUBLIC = ("access:log_in", "intake:tell", "intake:receipt", "bulletins:public_list", "help")


@pytest.fixture
def alert(transactional_db, settings, tmp_path):
    """A county with a round, a door, a person behind it and a question about her."""
    settings.DATA = tmp_path
    people.build_county()
    it_is(people.WEDNESDAY)
    home = {"village_id": people.VILLAGE_A1, "town_id": people.TOWN_A, "county_id": people.COUNTY}
    door = people.dwelling()
    household = Household.objects.create(code="H000000001", dwelling=door, **home)
    her = Person.objects.create(code="P000000001", name="林晚", sex=2, household=household, **home)
    engine = people.officer("engine")
    campaign = screening.open_campaign(
        by=engine,
        at=people.MONDAY,
        place=Installation.objects.get(pk=1).county,
        title=Text(zh="秋季走访", en="Autumn visits"),
        reference_on=people.MONDAY.date(),
        starts_on=people.MONDAY.date(),
        ends_on=people.FRIDAY.date(),
    )
    screening.plan_tasks(by=engine, at=people.MONDAY, campaign=campaign)
    Suspicion.objects.create(
        campaign=campaign, worker=people.officer("grid_a1"), computed_at=people.TUESDAY, rank=1, visits=40, is_flagged=True,
        indicators=[{"code": one.name, "zh": one.text.zh, "en": one.text.en} for one in INDICATORS], county_id=people.COUNTY,
    )  # fmt: skip
    assurance.count_board(by=engine, at=people.MONDAY, campaign=campaign)
    return Alert.objects.create(
        key="R2:1", rule="R2", rule_class="contradiction", person=her, household=household,
        detail_zh="补录日期早于建档日期八百六十一天", detail_en="Entered 861 days before the file existed",
        first_seen_at=people.MONDAY, last_seen_at=people.MONDAY, **home,
    )  # fmt: skip


def test_every_main_page_is_whole(alert, live_server, browser):
    troubles: list[tuple[object, ...]] = []
    for username, names in {**PAGES, "": PUBLIC}.items():
        addresses = [reverse(name) for name in (names if not username else (*EVERYBODY, *names))]
        if username == "lead":
            addresses.append(reverse("checks:alert", args=[alert.pk]))
        for language in LANGUAGES:
            opened = window(browser, live_server.url, username, language)
            page = opened.new_page()
            page.on("pageerror", lambda error: troubles.append(("script", str(error))))
            page.on("console", lambda m: troubles.append((m.text, m.location)) if m.type == "error" else None)
            for address in addresses:
                status = page.goto(live_server.url + address).status
                if status != 200:
                    troubles.append((username, address, status))
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    if page.evaluate(TOO_WIDE):
                        troubles.append((username, language, address, f"wider than {width}"))
            opened.close()

    assert troubles == []
