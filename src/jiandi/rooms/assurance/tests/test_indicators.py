"""Random re-visits judge the indicators: one that points at too many honest visits is retired by the system."""

from __future__ import annotations

import pytest

from jiandi.rooms.access.models import Event
from jiandi.rooms.assurance import actions, auditing
from jiandi.rooms.assurance.models import Draw, IndicatorMonth, Recheck, Suspicion, Target
from jiandi.rooms.assurance.tests.test_draw import SEEN, campaign  # noqa: F401
from jiandi.rooms.screening.models import Expected, Visit


@pytest.fixture
def revisited(county, campaign):  # noqa: F811
    """Sixty honest visits by the lottery; ten of them by a doctor for whom short visits stand out; three aimed at her."""
    doctor, where = county.officer("doctor_a1"), {"county_id": county.COUNTY}
    claims = list(Expected.objects.select_related("visit").order_by("pk"))
    Visit.objects.filter(pk__in=[claim.visit_id for claim in claims[:10]]).update(worker=doctor)
    for worker, codes in ((doctor, ["short_visits"]), (county.officer("grid_a1"), [])):
        Suspicion.objects.create(
            campaign=campaign, worker=worker, computed_at=county.TUESDAY, rank=1, visits=SEEN,
            indicators=[{"code": code, "zh": code, "en": code} for code in codes], **where,
        )  # fmt: skip
    draw = Draw.objects.create(
        campaign=campaign, made_at=county.TUESDAY, made_by=doctor, frame_size=SEEN, frame_root="a" * 64,
        seed_sealed=b"", claim_per_10000=100,
    )  # fmt: skip
    Recheck.objects.bulk_create(
        Recheck(draw=draw, expected=c, original=c.visit, ticket=str(n), result="true", **where)
        for n, c in enumerate(claims)
    )
    Target.objects.bulk_create(
        Target(draw=draw, expected=c, original=c.visit, result="false", **where) for c in claims[:3]
    )
    return draw


def test_it_retires_what_points_at_one_honest_visit_in_six(county, campaign, revisited, client):  # noqa: F811
    overseer = county.officer("overseer")
    actions.compute_suspicion(by=overseer, at=county.FRIDAY, campaign=campaign)

    month = IndicatorMonth.objects.get()
    row = next(row for row in month.rows if row["indicator"] == "short_visits")
    assert (row["false_alarms"][:2], row["targeted"], row["standing"]) == ([10, 60], [3, 3], "retired")
    assert month.retired == ["short_visits"] and month.honest == 60 and row["workers"] == 1
    assert Event.objects.get(verb="assurance.compute_suspicion").payload["retired"] == ["short_visits"]
    client.force_login(overseer)
    page = client.get("/assurance/first/").content.decode()
    assert "16.7% [8.3, 28.5]" in page and "涉及1名走访人" in page and ("retired" in page or "已停用" in page)


def test_an_indicator_retired_this_morning_is_not_back_tonight(county, campaign, revisited):  # noqa: F811
    """Once it is out of use nobody is flagged by it: the line keeps the figures it was retired for."""
    overseer = county.officer("overseer")
    actions.compute_suspicion(by=overseer, at=county.THURSDAY, campaign=campaign)
    Suspicion.objects.update(indicators=[])
    actions.compute_suspicion(by=overseer, at=county.FRIDAY, campaign=campaign)

    month = IndicatorMonth.objects.get()
    row = next(row for row in month.rows if row["indicator"] == "short_visits")
    assert month.retired == ["short_visits"] and row["false_alarms"][:2] == [10, 60]


def test_what_is_retired_stays_retired_and_one_line_stands_for_a_month(county, campaign, revisited):  # noqa: F811
    overseer = county.officer("overseer")
    actions.compute_suspicion(by=overseer, at=county.THURSDAY, campaign=campaign)
    IndicatorMonth.objects.update(month="2026-10-01")
    Recheck.objects.update(result="unresolved")
    for at in (county.THURSDAY, county.FRIDAY):
        actions.compute_suspicion(by=overseer, at=at, campaign=campaign)

    months = IndicatorMonth.objects.order_by("month")
    assert [str(one.month) for one in months] == ["2026-10-01", "2026-11-01"]
    assert months.last().retired == ["short_visits"] and months.last().honest == 0
    random, targeted = auditing.audits_of(county.COUNTY)
    assert random == [] and len(targeted) == 3  # unresolved says nothing either way
