"""Two doors, one picture: shown side by side to those who may see both visits, and to the worker their own."""

from __future__ import annotations

import duckdb
import pytest
from django.urls import reverse

from jiandi.core.estimate.suspicion_sql import read_visits
from jiandi.rooms.access.models import Installation, Wall, WallEntry
from jiandi.rooms.assurance.models import Suspicion
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening import queries, queries_tracks
from jiandi.rooms.screening.models import Campaign, Visit
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen
from tests.core.estimate.scenes import CHANGES, jpeg, scene


@pytest.fixture
def suspicion(county) -> Suspicion:
    """Grid worker A1 sends a room of one door, and the same room darker and mirrored of the next; B1 sends another."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    campaign = stories.planned_round()
    sent = {"at": EVENING, "channel": "web"}
    for door, picture in ((1, jpeg(scene(1))), (2, CHANGES["mirrored"](scene(1)))):
        who = seen("P1") if door == 1 else seen(name="样例九", sex=2)
        screening.receive_visit(
            by=county.officer("grid_a1"),
            body=body(stories.task_at(door), who),
            attachments=[("photo-1", picture)],
            **sent,
        )
    screening.receive_visit(
        by=county.officer("grid_b1"),
        body=body(stories.task_at(3), seen("P3"), worker="grid_b1"),
        attachments=[("photo-1", jpeg(scene(2)))],
        **sent,
    )
    return Suspicion.objects.create(
        campaign=campaign, worker=county.officer("grid_a1"), computed_at=county.FRIDAY, rank=1, visits=40,
        indicators=[{"code": "photo_alike", "zh": "照片与别处的照片几乎相同", "en": "photos nearly the same"}],
        is_flagged=True, county_id=county.COUNTY, town_id=county.TOWN_A,
    )  # fmt: skip


def open_pairs(client, officer, suspicion: Suspicion):
    client.force_login(officer)
    client.cookies["jiandi_language"] = "en"
    return client.get(reverse("assurance:suspicion_pictures", args=[suspicion.pk]))


def test_the_ranking_knows_which_visits_show_another_door(suspicion):
    with duckdb.connect() as con:
        queries.snapshot(con)
        queries_tracks.add_tracks(con)
        table = read_visits(con)

    assert Visit.objects.count() == 3
    assert table.features["photo_alike"].tolist() == [1, 1, 0]
    assert table.features["photo_again"].tolist() != [1, 1, 1]


def test_who_may_see_both_visits_compares_their_pictures(suspicion, county, client):
    page = open_pairs(client, county.officer("lead"), suspicion).content.decode()

    first, second = Visit.objects.order_by("pk")[:2]
    for visit in (first, second):
        assert reverse("screening:photo", args=[visit.pk, 1]) in page
    assert "once mirrored" in page and "Nothing follows without a re-visit" in page


def test_who_may_read_the_order_but_no_visit_sees_no_picture(suspicion, county, client):
    page = open_pairs(client, county.officer("overseer"), suspicion).content.decode()

    assert "once mirrored" in page and "/photos/" not in page and "you cannot see" in page


def test_who_may_not_read_the_order_finds_nothing(suspicion, county, client):
    for name in ("grid_a1", "township_a", "handler_civil"):
        assert open_pairs(client, county.officer(name), suspicion).status_code in (403, 404)


def test_a_wall_takes_the_picture_out_of_the_pair(suspicion, county, client):
    lead = county.officer("lead")
    wall = Wall.objects.create(made_at=county.MONDAY, reason="a story")
    WallEntry.objects.create(wall=wall, officer=lead, added_at=county.MONDAY, why="a story")
    Person.objects.filter(code="P1").update(wall=wall)

    page = open_pairs(client, lead, suspicion).content.decode()

    walled, other = Visit.objects.order_by("pk")[:2]
    assert reverse("screening:photo", args=[walled.pk, 1]) not in page
    assert reverse("screening:photo", args=[other.pk, 1]) in page


def test_the_worker_sees_their_own_pictures_and_answers(suspicion, county, client):
    client.force_login(county.officer("grid_a1"))
    client.cookies["jiandi_language"] = "en"
    mine = reverse("assurance:my_indicators")

    page = client.get(mine).content.decode()
    said = client.post(mine, {"text": "两户同一格局,照片是邻居代传的。"}, follow=True).content.decode()

    assert page.count("/photos/1/") == 2 and "These are differences, not findings" in page
    assert "两户同一格局" in said
    assert Campaign.objects.count() == 1


def test_a_colleague_sees_nothing_of_it(suspicion, county, client):
    client.force_login(county.officer("grid_b1"))

    page = client.get(reverse("assurance:my_indicators")).content.decode()

    assert "您的走访没有特别之处" in page and "/photos/" not in page


def test_a_round_is_compared_within_itself_and_its_pictures_with_those_of_every_round(suspicion, county):
    """Visit 2 belongs to a later round: visits are not mixed, but its picture was seen before."""
    later = Campaign.objects.get()
    later.pk, later.title_en = None, "Winter"
    later.save()
    second = Visit.objects.order_by("pk")[1]
    type(second.task).objects.filter(pk=second.task_id).update(campaign=later)
    with duckdb.connect() as con:
        queries.snapshot(con, campaign=later)
        queries_tracks.add_tracks(con)
        table = read_visits(con)

    assert table.visit_id.tolist() == [second.pk]
    assert table.features["photo_alike"].tolist() == [1]
