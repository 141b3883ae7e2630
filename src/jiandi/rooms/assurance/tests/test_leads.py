"""What list overlaps suggest is shown with its spread and its warnings, worked out once per table, or refused."""

from __future__ import annotations

import pytest

from jiandi.core.estimate.mse.lead import INVISIBLE
from jiandi.rooms.assurance import actions, queries
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import MatchRun, Person, Record, ReviewPair, Roster
from jiandi.rooms.register.models_authority import Authorisation

# How many people are known to which rosters; the benefit roster is made from the household register and adds nothing.
KNOWN = {"hukou dibao": 40, "clinic": 30, "school": 25, "hukou clinic": 22, "hukou school": 18, "clinic school": 15, "hukou clinic school": 12, "dibao": 9}  # fmt: skip


@pytest.fixture
def campaign(county):
    return county.campaign()


@pytest.fixture
def people(county):
    county.known_to(KNOWN)


def estimate(county, campaign, **more):
    return actions.estimate_hidden(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign, **more)


def test_it_shows_methods_spread_and_warnings(county, campaign, people):
    made = estimate(county, campaign, draws=20)

    assert not made.was_refused and (made.counts["seen"], made.counts["overlaps"]) == (162, 67)
    assert made.counts["qualifying"] == {"police": 92, "clinics": 79, "schools": 70}
    assert len(made.counts["methods"]) == 4 and len(made.counts["drops"]) == 3
    assert INVISIBLE.zh in made.sentence_zh and INVISIBLE.en in made.sentence_en


def test_it_shows_what_linkage_alone_can_do(county, campaign, people):
    """Ten people known to the police only are in doubt of being ten known to clinics only: joined, overlaps grow."""
    apart = estimate(county, campaign)
    assert apart.counts["joined"]["seen"] == apart.counts["seen"]
    by, place = county.officer("lead"), Place.objects.get(pk=county.COUNTY)
    roster = Roster.objects.create(
        unit=by.unit, kind="hukou", state="read", file_name="x.csv", size_bytes=1, reference_on="2026-11-02",
        delivered_at=county.MONDAY, delivered_by=by, sha256="0" * 64, county=place,
    )  # fmt: skip
    permission = Authorisation.objects.create(
        number="1", issued_by="x", purpose="x", starts_on="2026-11-01", ends_on="2026-12-01"
    )
    run = MatchRun.objects.create(authorisation=permission, started_at=county.MONDAY, model_version="1")
    pairs = zip(
        Person.objects.filter(kinds="hukou dibao")[:10],
        Person.objects.filter(kinds="clinic")[:10],
        strict=True,
    )
    for number, pair in enumerate(pairs):
        one, other = (
            Record.objects.create(id=8 * (2 * number + side) + 1, roster=roster, row_no=2 * number + side, role=0, person=person)
            for side, person in enumerate(pair)
        )  # fmt: skip
        ReviewPair.objects.create(run=run, record=one, candidate=other, reason="x", county=place)
    joined = estimate(county, campaign).counts

    assert joined["table"] == apart.counts["table"] and joined["joined"]["table"] != joined["table"]
    assert (joined["joined"]["seen"], joined["joined"]["overlaps"]) == (152, 77)
    assert joined["joined"]["range"][1] < apart.counts["joined"]["range"][1]


def test_the_same_table_is_worked_out_once(county, campaign, people):
    first = estimate(county, campaign, draws=20)
    again = estimate(county, campaign)
    Person.objects.filter(code="P0000").delete()
    changed = estimate(county, campaign)

    assert again.counts == first.counts and again.pk != first.pk
    assert changed.counts["table"] != first.counts["table"] and changed.counts["draws"] == 0


@pytest.mark.parametrize(("language", "words"), [("zh", "由名单推算"), ("en", "inferred from lists")])
def test_the_page_says_it_is_a_lead(county, campaign, people, client, language, words):
    estimate(county, campaign)
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = language
    page = client.get("/assurance/").content.decode()

    assert (">police" not in page and "“police”" not in page) if language == "zh" else "police" in page
    assert words in page and ("线索,不是凭证" in page or "a lead, not a certificate" in page)


def test_a_township_sees_no_lead(county, campaign, people, client):
    estimate(county, campaign)
    client.force_login(county.officer("township_a"))

    assert queries.leads(county.officer("township_a"), county.FRIDAY) == []
    assert "lead-" not in client.get("/assurance/").content.decode()
