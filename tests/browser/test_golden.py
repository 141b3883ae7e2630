"""A person's values with their sources, and decided corrections, at a desk and on a phone, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.tests import cast
from tests import people
from tests.browser.camera import IN_A_BROWSER, look_at
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "golden"
CIVIL = "明溪县民政局"
pytestmark = IN_A_BROWSER


@pytest.fixture
def anna(transactional_db, settings, tmp_path):
    """Two lists that differ about her, and a telephone that two people decided on."""
    settings.DATA = tmp_path
    people.build_county()
    cast.deliver(cast.hukou())
    row = ["见安那", cast.ANNA[4], "女", "A", "4", "", "清溪镇石桥村第9组9号", "", ""]
    cast.deliver(cast.dibao(row), unit=CIVIL, name="低保.csv")
    cast.link()
    person = Person.objects.get(name="见安娜")
    for value, stands in (("19900000008", True), ("19900000009", False)):
        asked = actions.ask_change(
            by=people.officer("township_a"), at=people.WEDNESDAY, person=person, field="phone", proposed=value, reason="上门核对"
        )  # fmt: skip
        if stands:
            actions.decide_change(
                by=people.officer("steward"), at=people.WEDNESDAY, request=asked, accepted=True, stands=True
            )
    it_is(people.THURSDAY)
    return person


def test_it_is_whole_at_a_desk_and_on_a_phone(anna, live_server, browser):
    pages = {
        "person": reverse("register:person", args=[anna.code]),
        "waiting": reverse("register:changes"),
        "decided": f"{reverse('register:changes')}?state=decided",
    }

    assert look_at(browser, live_server.url, "steward", pages, PICTURES) == []
