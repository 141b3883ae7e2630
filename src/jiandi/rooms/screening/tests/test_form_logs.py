"""The form's own log comes with a visit like a photograph does: kept sealed, read once, and no visit is lost over it."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jiandi.core.estimate.suspicion_sql import read_visits
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Installation
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.screening import actions, queries, queries_tracks
from jiandi.rooms.screening.models import Attachment, Visit, VisitLog
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen

LOG = (
    b"event,node,start,end,latitude,longitude,accuracy,old-value,new-value\n"
    b"form start,,1794000000000,,,,,,\n"
    b"question,/data/result,1794000000000,1794000004000,34.5,117.2,8,,met\n"
    b"question,/data/person[1]/words,1794000004000,1794000034000,34.5,117.2,8,,SECRETWORDS\n"
    b"form resume,,1794000050000,,,,,,\n"
    b"question,/data/result,1794000050000,1794000060000,34.5,117.2,8,met,refused\n"
)


def send(county, *attachments: tuple[str, bytes], door: int = 1, said: bytes | None = None) -> Visit:
    """Send a visit of grid worker A1 with what comes along."""
    told = said or body(stories.task_at(door))
    return actions.receive_visit(
        by=county.officer("grid_a1"), at=EVENING, body=told, channel="phone", attachments=attachments
    )


@pytest.fixture
def round_(county):
    """A round on a day of the demo's clock, doors on the map."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    campaign = stories.planned_round()
    Dwelling.objects.update(lat=34.5, lon=117.2)
    return campaign


def test_it_keeps_the_log_sealed_and_its_figures_beside_the_visit(county, round_):
    visit = send(county, ("audit.csv", LOG), ("photo-1", stories.photo()))

    kept = visit.attachments.get(kind="log")
    assert sealing.read_file(kept.sha256) == LOG
    assert b"SECRETWORDS" not in sealing.sealed_path(kept.sha256).read_bytes()
    log = visit.log
    assert (log.screens, log.resumes, log.jumps, log.errors, log.problem) == (2, 1, 0, 0, {})
    assert (log.edits, log.returns, log.lat) == (0.5, 0.5, 34.5)
    assert [one.file_name for one in queries.photos(visit)] == ["photo-1"]


def test_the_same_log_again_changes_nothing_and_a_second_one_is_kept_unread(county, round_):
    said = body(stories.task_at(1))
    for log in (LOG, LOG, LOG.replace(b"form resume", b"jump")):
        visit = send(county, ("audit.csv", log), said=said)

    assert Visit.objects.count() == 1 and visit.attachments.count() == 2
    assert (visit.log.resumes, visit.log.jumps) == (1, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitLog.objects.create(visit=visit)


def test_a_visit_counts_although_its_log_cannot_be_read_and_the_page_says_why(county, round_, client):
    visit = send(county, ("audit.csv", b"event,node,start,end\nquestion,/data/a,5,2\n"))

    assert visit.state == Visit.State.APPLIED and visit.log.problem["code"] == "forms.audit_times"
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = "en"
    page = client.get(reverse("screening:visit", args=[visit.pk])).content.decode()
    assert "Line 2 of the form" in page and "/photos/" not in page


def test_the_page_shows_times_and_turns_to_those_who_may_read_findings(county, round_, client):
    visit = send(county, ("audit.csv", LOG))
    shown = {}
    for name in ("lead", "grid_a1", "township_a"):
        client.force_login(county.officer(name))
        shown[name] = client.get(reverse("screening:visit", args=[visit.pk])).content.decode()

    assert "填表过程" in shown["lead"] and "填表过程" in shown["grid_a1"]
    assert "填表过程" not in shown["township_a"] and "SECRETWORDS" not in shown["lead"]


@pytest.mark.parametrize("many", [[b"x" * (3 << 20)], [LOG, LOG + b"\n"]])
def test_it_refuses_two_logs_or_one_beyond_any_visit(county, round_, many):
    with pytest.raises(Refused) as refused:
        send(county, *[("audit.csv", log) for log in many])

    assert refused.value.code == "screening.log_size" and not Visit.objects.exists()


def test_the_ranking_reads_logs_where_there_are_some_and_knows_nothing_elsewhere(county, round_):
    send(county, ("audit.csv", LOG))
    send(county, door=2)
    with duckdb.connect() as con:
        queries.snapshot(con)
        queries_tracks.add_tracks(con)
        features = read_visits(con).features

    assert features["resumed"][0] == 1 and features["log_form_metres"][0] == 0  # within a metre of the door
    assert features["mock_place"][0] == 0 and 0 < features["away"][0] < 1
    for name in ("item_seconds", "item_edits", "resumed", "form_errors", "mock_place", "log_form_metres"):
        assert np.isnan(features[name][1])


def test_the_night_after_the_certificate_erases_the_log_of_every_visit_also_of_one_with_a_finding(
    county, round_, django_capture_on_commit_callbacks
):
    visit = send(county, ("audit.csv", LOG), said=body(stories.task_at(1), seen("P1", need="想回家")))
    digest = visit.attachments.get().sha256
    round_.certified_at = county.FRIDAY
    round_.save(update_fields=["certified_at"])

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_listing(by=county.officer("lead"), at=county.FRIDAY, campaign=round_)

    visit.log.refresh_from_db()
    assert not sealing.sealed_path(digest).exists() and not Attachment.objects.exists()
    assert (visit.log.lat, visit.log.lon, visit.log.screens) == (None, None, 2)
