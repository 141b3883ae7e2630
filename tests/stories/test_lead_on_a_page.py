"""A lead asked for on a page is worked out by the serving process, beside the requests.

1. The lead asks on the page of a round; nothing is computed in the request.
2. The serving process looks for work, does it, and finds no more.
3. The page shows what came of it: too few lists, so a refusal and no number.
"""

from __future__ import annotations

from datetime import timedelta

from jiandi.rooms.assurance.models import Estimate, EstimateJob
from jiandi.web import nightly


def test_the_serving_process_works_off_what_a_page_asked_for(county, client):
    campaign = county.campaign()
    page = f"/assurance/leads/{campaign.pk}/"
    client.force_login(county.officer("lead"))
    client.post(page)
    assert not Estimate.objects.exists() and client.get(page)["Refresh"]

    later = EstimateJob.objects.get().asked_at + timedelta(seconds=1)
    assert nightly.work(now=lambda: later) is True
    assert nightly.work(now=lambda: later) is False

    told = client.get(page)
    assert Estimate.objects.get().sentence_zh in told.content.decode() and "Refresh" not in told
