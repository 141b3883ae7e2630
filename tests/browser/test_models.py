"""A linkage model's card and its difference report, at a desk and on a phone, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from jiandi.core.linkage import train
from jiandi.core.linkage.clean import clean
from jiandi.rooms.register.tests import cast
from jiandi.rooms.register.tests.test_models import DIBAO, compared, stored
from tests import people as story
from tests.browser.camera import IN_A_BROWSER, look_at
from tests.core.linkage.people import load, people, rows
from tests.stories.reading import it_is

PICTURES = Path(__file__).parents[2] / "test-results" / "models"
pytestmark = IN_A_BROWSER


@pytest.fixture
def learnt(transactional_db, settings, tmp_path):
    """A register of a few rows, and a model that was learnt elsewhere and compared."""
    duckdb = pytest.importorskip("duckdb")
    settings.DATA = tmp_path
    story.build_county()
    it_is(story.TUESDAY)
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(*DIBAO), unit="明溪县民政局", name="低保.csv")
    cast.link()
    with duckdb.connect() as con:
        load(con, rows(people(9000, seed=3), seed=3))
        clean(con)
        model = train(con, chance_pairs=40_000)
    compared(stored(model))
    stored()


def test_it_is_whole_at_a_desk_and_on_a_phone(learnt, live_server, browser):
    own = {"models": reverse("register:models"), "model": reverse("register:model", args=[1])}
    own |= {"linking": reverse("register:linking"), "fresh": reverse("register:model", args=[2])}

    assert look_at(browser, live_server.url, "steward", own, PICTURES) == []
    lead = {"lead": reverse("register:model", args=[1])}
    assert look_at(browser, live_server.url, "lead", lead, PICTURES) == []
