"""Whom to re-visit first: those who stand out are named with what stands out, everybody else is a number."""

from __future__ import annotations

from django.urls import reverse

from jiandi.core.estimate.indicators import INDICATORS
from jiandi.rooms.access.models import Event, Installation
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


ACCUSING = (
    "造假",
    "虚假",
    "作假",
    "不实",
    "欺骗",
    "违规",
    "嫌疑",
    "fake",
    "false",
    "fabricat",
    "cheat",
    "fraud",
    "guilty",
    "suspicious",
)


def test_no_word_to_the_worker_accuses(county, client):
    """Every indicator at once, in both languages: differences from colleagues, what follows, and a place to answer."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    form = Form.objects.create(
        form_id="visit", version="1", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=county.COUNTY, form=form, reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    lines = [{"code": i.name, "zh": i.text.zh, "en": i.text.en} for i in INDICATORS]
    told = {"computed_at": county.FRIDAY, "rank": 1, "visits": 40, "county_id": county.COUNTY}
    for username, is_flagged in (("grid_a1", True), ("grid_b1", False), ("township_a", True)):
        Suspicion.objects.create(
            campaign=campaign,
            worker=county.officer(username),
            indicators=lines,
            is_flagged=is_flagged,
            **told,
        )
    for username, opening in (
        ("grid_a1", {"zh": "优先复核,原因", "en": "repeated first, because"}),
        ("grid_b1", {"zh": "不足以优先复核", "en": "too little to re-visit first"}),
        ("township_a", {"zh": "优先复核,原因", "en": "repeated first, because"}),
    ):
        client.force_login(county.officer(username))
        for language, words in opening.items():
            client.cookies["jiandi_language"] = language
            page = client.get(reverse("assurance:my_indicators")).content.decode()
            body = page[page.index("<main") :].lower()
            assert words in page and 'name="text"' in page
            assert not [word for word in ACCUSING if word in body]


def test_the_reply_stands_beside_the_indicators_and_nobody_else_can_give_it(county, client):
    test_no_word_to_the_worker_accuses(county, client)
    client.force_login(county.officer("grid_a1"))
    mine = reverse("assurance:my_indicators")
    assert client.post(mine, {"text": " "}).status_code == 200  # nothing said, nothing kept
    client.post(mine, {"text": "山路远,晚上回家补填。"})

    assert [one.reply for one in Suspicion.objects.order_by("pk")] == ["山路远,晚上回家补填。", "", ""]
    assert Event.objects.filter(verb="assurance.reply_suspicion").count() == 1
    client.force_login(county.officer("overseer"))
    client.cookies["jiandi_language"] = "zh"
    page = client.get(reverse("assurance:suspicions")).content.decode()
    assert "山路远,晚上回家补填。" in page and "本人尚未说明" in page
    for username in ("inspector_a", "handler_civil"):
        client.force_login(county.officer(username))
        assert client.get(mine).status_code == 403
