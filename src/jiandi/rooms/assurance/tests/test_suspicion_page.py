"""Whom to re-visit first: those who stand out are named with what stands out, everybody else is a number."""

from __future__ import annotations

from django.urls import reverse

from jiandi.rooms.access.models import Installation
from jiandi.rooms.assurance.models import Suspicion
from jiandi.rooms.screening.models import Campaign, Form


def test_it_names_who_stands_out_and_counts_the_rest(county, client):
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=county.COUNTY, form=form, reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    for rank, (username, is_flagged) in enumerate(
        [("grid_a1", True), ("grid_b1", False), ("doctor_a1", False)], start=1
    ):
        Suspicion.objects.create(
            campaign=campaign, worker=county.officer(username), computed_at=county.FRIDAY, rank=rank, visits=40,
            indicators=[{"code": "x", "zh": "时间过短", "en": "very short"}], is_flagged=is_flagged, county_id=county.COUNTY,
        )  # fmt: skip
    client.force_login(county.officer("overseer"))
    client.cookies["jiandi_language"] = "en"

    page = client.get(reverse("assurance:suspicions")).content.decode()

    assert "葛一" in page and "very short" in page
    assert "葛二" not in page and "戴医" not in page
    assert "3 workers were compared" in page and "2 of them do not stand out, with 80 visits" in page
