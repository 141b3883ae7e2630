"""The press officer drafts, somebody else checks, the lead publishes; small numbers and contradictions stop it."""

from __future__ import annotations

import re

import pytest

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Event
from jiandi.rooms.bulletins import actions, claims, queries
from jiandi.rooms.bulletins.models import Bulletin, Claim
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Coverage, Form


@pytest.fixture
def place(county):
    found = Place.objects.get(pk=county.COUNTY)
    for number in range(7):
        Person.objects.create(code=f"P{number}", name="某某", county=found)
    return found


@pytest.fixture
def campaign(county, place):
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    made = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place=place, form=form, reference_on="2026-11-02", starts_on="2026-11-03",
        ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    Coverage.objects.create(
        campaign=made, county=place, doors=40, doors_visited=39, listed=100, seen=90, unlisted_found=7
    )
    return made


def published(county, place, at):
    bulletin = actions.draft_bulletin(by=county.officer("press"), at=at, place=place)
    actions.check_bulletin(by=county.officer("overseer"), at=at, bulletin=bulletin)
    return actions.publish_bulletin(by=county.officer("lead"), at=at, bulletin=bulletin)


def test_it_drafts_only_sentences_that_have_data(county, place):
    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    assert [claim.query for claim in bulletin.claims.all()] == ["people_known"]
    assert list(Event.objects.values_list("verb", flat=True)) == ["bulletins.draft_bulletin"]


def test_it_shows_both_parts_of_the_denominator(county, place, campaign):
    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    text = bulletin.claims.get(query="coverage").text_en
    assert "100 people were listed and 7 more were found" in text
    assert "17 have not been seen" in text


def test_it_never_lets_fewer_than_five_be_counted(county, place, campaign):
    Coverage.objects.update(unlisted_found=3)

    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    claim = bulletin.claims.get(query="coverage")
    assert "fewer than 5 more" in claim.text_en and "少于5人" in claim.text_zh
    assert "unlisted_found" not in claim.values


@pytest.mark.parametrize("unlisted", [1, 2, 3, 4])
def test_a_hidden_count_is_not_what_the_other_numbers_leave_over(county, place, campaign, unlisted):
    """Listed and found add up to seen, excused and not seen: with one of them hidden, a second one must be."""
    Coverage.objects.update(unlisted_found=unlisted)

    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    claim = bulletin.claims.get(query="coverage")
    numbers = [
        int(found.replace(",", "")) for found in re.findall(r"[\d,]+(?= people were listed)", claim.text_en)
    ]
    assert numbers == [] and "some people were listed" in claim.text_en and "listed" not in claim.values
    assert claim.suppressed


@pytest.mark.parametrize(("opened", "verified", "open_"), [(9, 6, 2), (30, 28, 3), (12, 3, 10), (4, 1, 2)])
def test_no_case_is_counted_out_by_subtraction(opened, verified, open_):
    said = claims._Said(
        claims._parts("opened", verified=verified, unverified=opened - verified),
        claims._parts("opened", open=open_, done=opened - open_),
    )

    shown = said.values("opened", "verified", "open")
    for name in ("verified", "open"):
        if {"opened", name} <= set(shown):
            assert shown[name] in (0, opened) or (shown[name] >= 5 and opened - shown[name] >= 5)
    assert all(value == 0 or value >= 5 for value in shown.values())


def test_it_refuses_the_drafter_as_checker(county, place):
    bulletin = actions.draft_bulletin(by=county.officer("lead"), at=county.MONDAY, place=place)

    with pytest.raises(Refused, match="somebody else must check"):
        actions.check_bulletin(by=county.officer("lead"), at=county.MONDAY, bulletin=bulletin)


def test_it_refuses_to_publish_what_nobody_checked(county, place):
    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    with pytest.raises(Refused, match="cannot become"):
        actions.publish_bulletin(by=county.officer("lead"), at=county.MONDAY, bulletin=bulletin)


def test_it_refuses_a_number_that_shrank_until_the_earlier_sentence_is_corrected(county, place, campaign):
    first = published(county, place, county.MONDAY)
    Coverage.objects.update(seen=80)
    second = actions.draft_bulletin(by=county.officer("press"), at=county.TUESDAY, place=place)

    with pytest.raises(Refused, match="contradicts bulletin 1"):
        actions.check_bulletin(by=county.officer("overseer"), at=county.TUESDAY, bulletin=second)

    wrong = first.claims.select_related("bulletin").get(query="coverage")
    text = Text(zh="复核后有10人并未见到本人。", en="On re-check ten people had not been seen in person.")
    actions.correct_bulletin(by=county.officer("press"), at=county.TUESDAY, claim=wrong, text=text)
    actions.check_bulletin(by=county.officer("overseer"), at=county.TUESDAY, bulletin=second)
    assert second.state == Bulletin.State.CHECKED


def test_it_refuses_a_step_that_subtraction_would_reveal(county, place, campaign):
    published(county, place, county.MONDAY)
    Coverage.objects.update(unlisted_found=9)
    second = actions.draft_bulletin(by=county.officer("press"), at=county.TUESDAY, place=place)

    with pytest.raises(Refused, match="point at somebody"):
        actions.check_bulletin(by=county.officer("overseer"), at=county.TUESDAY, bulletin=second)


def test_a_grid_worker_cannot_draft(county, place):
    with pytest.raises(Refused, match="Your role"):
        actions.draft_bulletin(by=county.officer("grid_a1"), at=county.MONDAY, place=place)


def test_it_says_the_same_in_three_shapes(county, place, campaign, client):
    bulletin = published(county, place, county.MONDAY)
    sentence = Claim.objects.get(bulletin=bulletin, query="coverage").text_zh

    page = client.get(f"/bulletins/public/{bulletin.slug}/").content.decode()
    assert sentence in page
    assert sentence in client.get(f"/bulletins/public/{bulletin.slug}.md").content.decode()
    assert sentence in client.get("/bulletins/public/feed.xml").content.decode().replace("&lt;p&gt;", "")


def test_the_public_does_not_see_a_draft(county, place, client):
    bulletin = actions.draft_bulletin(by=county.officer("press"), at=county.MONDAY, place=place)

    assert client.get(f"/bulletins/public/{bulletin.slug}/").status_code == 404
    assert client.get(f"/bulletins/{bulletin.slug}/").status_code == 302
    assert queries.published().count() == 0
