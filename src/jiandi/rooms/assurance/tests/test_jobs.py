"""A lead asked for on a page: worked out beside the requests, taken up again when its worker dies, done once."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from jiandi.core.estimate.mse.bootstrap import bca_interval
from jiandi.core.estimate.mse.stepwise import choose_stepwise
from jiandi.core.estimate.mse.tables import table_of
from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.assurance import actions, leads
from jiandi.rooms.assurance.models import Estimate, EstimateJob

KNOWN = {"hukou": 40, "clinic": 30, "school": 25, "hukou clinic": 22, "hukou school": 18, "clinic school": 15, "hukou clinic school": 12}  # fmt: skip


@pytest.fixture
def campaign(county):
    return county.campaign()


@pytest.fixture
def people(county):
    county.known_to(KNOWN)


class Watch:
    """A clock that moves two seconds each time somebody looks at it."""

    def __init__(self, start):
        self.at, self.looks = start, 0

    def __call__(self):
        self.at += timedelta(seconds=2)
        self.looks += 1
        return self.at


def asked(county, campaign):
    return actions.ask_estimate(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)


def page(client, campaign, query=""):
    return client.get(f"/assurance/leads/{campaign.pk}/{query}")


def test_asked_for_on_a_page_it_is_worked_out_elsewhere(county, campaign, people, client):
    client.force_login(county.officer("lead"))
    assert "还没有推算" in page(client, campaign).content.decode()
    assert client.post(f"/assurance/leads/{campaign.pk}/").status_code == 302
    waiting = page(client, campaign)
    assert waiting["Refresh"] == "3" and "等待推算" in waiting.content.decode()
    assert not Estimate.objects.exists()

    job = actions.take_job(at=county.FRIDAY)
    half = []
    watch = Watch(county.FRIDAY)
    EstimateJob.objects.filter(pk=job.pk).update(progress=0.5)
    half.append(page(client, campaign).content.decode())
    done = actions.do_job(job=job, now=watch, draws=20)

    assert 'value="50"' in half[0] and "正在推算" in half[0] and "<script" not in half[0].split("<main")[1]
    assert (done.state, done.progress, done.estimate.counts["draws"]) == ("done", 1.0, 20)
    shown = page(client, campaign)
    assert "Refresh" not in shown and done.estimate.sentence_zh in shown.content.decode()
    for verb in ("assurance.ask_estimate", "assurance.estimate_hidden"):
        assert Event.objects.filter(verb=verb).count() == 1


def test_the_worker_says_that_it_lives_and_how_far_it_is(county, campaign, people):
    asked(county, campaign)
    job = actions.take_job(at=county.FRIDAY)
    seen = []

    def watch():
        seen.append(EstimateJob.objects.get().progress)
        return county.FRIDAY + timedelta(seconds=2 * len(seen))

    actions.do_job(job=job, now=watch, draws=20)
    assert seen == sorted(seen) and len(set(seen)) > 2


def test_one_job_goes_to_one_worker(county, campaign):
    asked(county, campaign)

    assert actions.take_job(at=county.FRIDAY) is not None
    assert actions.take_job(at=county.FRIDAY) is None


def test_a_killed_run_is_taken_up_again_and_given_up_the_third_time(county, campaign, client):
    job, at = asked(county, campaign), county.FRIDAY
    for attempt in (1, 2, 3):
        assert actions.take_job(at=at).attempts == attempt
        assert actions.take_job(at=at + timedelta(seconds=59)) is None
        at += timedelta(seconds=61)
    assert actions.take_job(at=at) is None
    job.refresh_from_db()

    assert job.state == "failed" and "cut off 3 times" in job.problem_en
    client.force_login(county.officer("lead"))
    assert "都中断" in page(client, campaign).content.decode()
    asked(county, campaign)  # one may try again


def test_the_same_table_is_not_worked_out_twice(county, campaign, people):
    asked(county, campaign)
    first, watch = (
        actions.do_job(job=actions.take_job(at=county.FRIDAY), now=Watch(county.FRIDAY), draws=20),
        None,
    )
    asked(county, campaign)
    watch = Watch(county.FRIDAY)
    second = actions.do_job(job=actions.take_job(at=county.FRIDAY), now=watch, draws=20)

    assert second.estimate.counts == first.estimate.counts and watch.looks == 2


def test_it_is_not_asked_for_twice(county, campaign):
    job = asked(county, campaign)
    with pytest.raises(Refused, match="worked out already"):
        asked(county, campaign)
    with pytest.raises(IntegrityError), transaction.atomic():
        EstimateJob.objects.create(campaign=campaign, asked_at=county.FRIDAY, asked_by=job.asked_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        EstimateJob.objects.filter(pk=job.pk).update(progress=1.5)


def test_what_the_gate_refuses_shows_no_number_and_no_slider(county, campaign, client):
    asked(county, campaign)
    done = actions.do_job(job=actions.take_job(at=county.FRIDAY), now=Watch(county.FRIDAY), draws=20)
    client.force_login(county.officer("lead"))
    told = page(client, campaign, "?xi=1").content.decode()

    assert done.estimate.was_refused and done.estimate.sentence_zh in told
    assert 'id="slider"' not in told and leads.slid(done.estimate.counts, 1.0) is None


@pytest.mark.parametrize(
    ("asked_xi", "shown"), [("", "0"), ("1", "1"), ("-0.5", "-0.5"), ("99", "2"), ("abc", "0"), ("nan", "0")]
)
def test_the_slider_moves_what_nobody_can_test(county, campaign, people, client, asked_xi, shown):
    made = actions.estimate_hidden(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = "en"
    least, most = leads.slid(made.counts, float(shown))

    told = page(client, campaign, f"?xi={asked_xi}").content.decode()
    assert f"At {shown}: the methods say {least:,} to {most:,} people in all." in told
    middle = leads.slid(made.counts, 0.0)
    assert middle == (round(made.counts["envelope"][0]), round(made.counts["envelope"][1]))


@pytest.mark.parametrize(("username", "status"), [("overseer", 200), ("lead", 200), ("township_a", 403), ("inspector_a", 403)])  # fmt: skip
def test_who_may_ask(county, campaign, client, username, status):
    client.force_login(county.officer(username))

    assert page(client, campaign).status_code == status
    assert client.get("/assurance/leads/999999/").status_code == (404 if status == 200 else 403)


def test_parts_give_what_the_whole_gives():
    table = table_of(["a", "b", "c"], {p: n for n, p in enumerate(np.ndindex(2, 2, 2), start=9) if any(p)})
    told = []
    whole = bca_interval(table, choose_stepwise, draws=25)

    assert bca_interval(table, choose_stepwise, draws=25, progress=lambda *now: told.append(now)) == whole
    assert told == [(10, 25), (20, 25), (25, 25)]
