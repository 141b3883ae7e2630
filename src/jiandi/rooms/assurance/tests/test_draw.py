"""A draw nobody can foresee, re-visits held against the first visit, and a certificate that says what they prove."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from jiandi.core.estimate.draw import seed_commitment
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.actions import make_grant
from jiandi.rooms.access.models import Event, Officer
from jiandi.rooms.assurance import actions, checking, comparing, drawing, policies, queries
from jiandi.rooms.assurance.models import Draw, Recheck
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Expected, Visit, VisitTask

SEEN = 60
LATER = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@pytest.fixture
def campaign(county):
    """A round in which the grid worker claims to have seen sixty people, one behind each door."""
    place = Place.objects.get(pk=county.VILLAGE_A1)
    made = county.campaign()
    where = {"village": place, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    for number in range(1, SEEN + 1):
        door = county.dwelling(number=number)
        person = Person.objects.create(code=f"P{number:04d}", name="某某", dwelling=door, **where)
        task = VisitTask.objects.create(code=f"T{number}", campaign=made, dwelling=door, **where)
        visit = Visit.objects.create(
            instance_id=f"uuid:{number}", body=b"", sha256=bytes([number]) * 32, received_at=county.TUESDAY, channel="phone",
            state="applied", task=task, worker=county.officer("grid_a1"), dwelling=door, started_at=county.TUESDAY,
            result="met", **where,
        )  # fmt: skip
        Expected.objects.create(task=task, person=person, outcome="seen", visit=visit, **where)
    return made


@pytest.fixture
def draw(county, campaign):
    return actions.hold_draw(
        at=county.WEDNESDAY, campaign=campaign, claim_per_10000=1000, throws=county.throws()
    )


def answer(recheck, came="yes", result="met", present="seen"):
    """What an inspector's form sends."""
    person = recheck.expected.person
    return (
        '<data id="visit" version="2026110101" xmlns:orx="http://openrosa.org/xforms"><orx:meta><orx:instanceID>'
        f"uuid:r{recheck.pk}</orx:instanceID></orx:meta><start>2026-11-05T09:00:00+08:00</start>"
        f"<end>2026-11-05T09:10:00+08:00</end><task>{recheck.task.code}</task><dwelling>{recheck.task.dwelling.code}</dwelling>"
        f"<worker>inspector_b</worker><location/><result>{result}</result><outbuildings>none</outbuildings><photo/>"
        f"<came>{came}</came><person><listed>{person.code}</listed><name>某某</name><sex/><birth_year/><present>{present}</present>"
        "<alone>no</alone><own_id>unknown</own_id><danger>none</danger><need/><words/></person><note/></data>"
    ).encode()


def answer_all(county, draw, **said):
    bodies = [
        answer(recheck, **said)
        for recheck in draw.rechecks.filter(result="waiting").select_related(
            "task__dwelling", "expected__person"
        )
    ]
    return actions.receive_rechecks(by=county.officer("engine"), at=county.THURSDAY, draw=draw, bodies=bodies)


def test_it_publishes_commitment_and_frame_but_not_the_seed(county, draw):
    opened = Event.objects.get(verb="assurance.make_draw")
    thrown = Event.objects.filter(verb="assurance.throw_dice").order_by("pk")
    seed = sealing.unseal(draw.seed_sealed, domain=f"assurance.seed:{draw.pk}").decode()
    part, *dice = seed.split("|")

    assert opened.payload["machine_commitment"] == seed_commitment(part) == draw.machine_commitment
    assert thrown.last().payload["seed_commitment"] == seed_commitment(seed) == draw.seed_commitment
    assert dice == [throw.replace(" ", "") for _, throw in county.throws()]
    told = str([opened.payload, *(event.payload for event in thrown)])
    assert not any(piece in told for piece in (part, *dice)) and draw.seed_revealed == ""
    assert draw.frame_size == SEEN


def test_nothing_is_drawn_before_two_people_of_two_units_have_thrown(county, campaign, client):
    at, (first, second) = county.WEDNESDAY, county.throws()
    draw = actions.make_draw(by=first[0], at=at, campaign=campaign, claim_per_10000=1000)
    refused = (
        (first[0], "1234", "at least 20"),
        (first[0], "1" * 30, "Nearly all"),
        (first[0], "7" * 25, "1 to 6"),
        (county.officer("township_a"), first[1], "Your role"),
    )
    for who, dice, why in refused:
        with pytest.raises(Refused, match=why):
            actions.throw_dice(by=who, at=at, draw=draw, dice=dice)
    client.force_login(first[0])
    assert client.post(f"/assurance/draw/{draw.pk}/dice/", {"dice": first[1]}).status_code == 302
    with pytest.raises(Refused, match="another unit"):
        actions.throw_dice(by=first[0], at=at, draw=draw, dice=first[1])
    for step in (actions.reveal_seed, actions.issue_certificate, actions.extend_look):
        with pytest.raises(Refused, match="No sample has been drawn|No more|used up|seed first"):
            step(by=first[0], at=at, draw=draw)
    assert not draw.rechecks.exists()

    client.force_login(second[0])
    assert 'name="dice"' in client.get(f"/assurance/draw/{draw.pk}/").content.decode()
    client.post(f"/assurance/draw/{draw.pk}/dice/", {"dice": second[1]})
    draw.refresh_from_db()
    assert draw.seed_commitment and draw.rechecks.count() == draw.plan[0][0]
    with pytest.raises(Refused, match="Both have thrown"):
        actions.throw_dice(by=second[0], at=at, draw=draw, dice=second[1])


def test_throws_at_one_moment_are_neither_three_nor_of_one_unit(county, campaign, monkeypatch):
    at, (first, second), third = county.WEDNESDAY, county.throws(), county.officer("handler_civil")
    make_grant(None, third, "overseer", Place.objects.get(pk=county.COUNTY), date(2026, 11, 1))
    Officer.objects.filter(pk=third.pk).update(unit=first[0].unit)
    draw = actions.make_draw(by=first[0], at=at, campaign=campaign, claim_per_10000=1000)
    before = Draw.objects.get()
    actions.throw_dice(by=first[0], at=at, draw=draw, dice=first[1])
    with monkeypatch.context() as race, pytest.raises(Refused, match="another unit"):
        race.setattr(policies, "check_throw", lambda by, draw, dice: "123456" * 4)
        actions.throw_dice(by=third, at=at, draw=draw, dice=first[1])
    assert draw.throws.count() == 1 and not draw.rechecks.exists()
    actions.throw_dice(by=second[0], at=at, draw=draw, dice=second[1])
    with pytest.raises(Refused, match="Both have thrown"):
        actions.throw_dice(by=third, at=at, draw=before, dice=second[1])


def test_it_sends_nobody_to_their_own_town(county, draw):
    inspectors = set(Recheck.objects.filter(draw=draw).values_list("inspector__username", flat=True))

    assert inspectors == {"inspector_b"}


def test_it_refuses_a_second_draw_while_one_is_open(county, campaign, draw):
    with pytest.raises(Refused, match="still open"):
        actions.make_draw(by=county.officer("overseer"), at=county.THURSDAY, campaign=campaign)


def test_it_refuses_a_draw_from_a_handful(county, campaign):
    Expected.objects.filter(pk__gt=Expected.objects.order_by("pk")[5].pk).update(outcome="not_yet")

    with pytest.raises(Refused, match="re-visit all of them"):
        actions.make_draw(by=county.officer("overseer"), at=county.WEDNESDAY, campaign=campaign)


def test_a_page_offers_no_step_outside_the_area(county, campaign):
    overseer, inspector = county.officer("overseer"), county.officer("inspector_a")
    make_grant(None, inspector, "overseer", Place.objects.get(pk=county.TOWN_A), date(2026, 11, 1))
    at = county.WEDNESDAY
    assert [queries.drawable(one, at) for one in (overseer, inspector)] == [[campaign], []]

    draw = actions.hold_draw(at=at, campaign=campaign, claim_per_10000=1000, throws=county.throws())
    draw.rechecks.update(result=Recheck.Result.TRUE)

    assert queries.steps(overseer, draw, at)["reveal"]
    assert not any(queries.steps(inspector, draw, at).values())


def test_the_lead_whose_round_it_is_may_not_draw(county, campaign):
    with pytest.raises(Refused, match="Your role"):
        actions.make_draw(by=county.officer("lead"), at=county.WEDNESDAY, campaign=campaign)


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ({}, "true"),
        ({"came": "no"}, "false"),
        ({"present": "not_here"}, "false"),
        ({"present": "away"}, "excused"),
        ({"present": "away", "came": "unknown"}, "unresolved"),
        ({"result": "no_contact"}, "unresolved"),
        ({"result": "refused"}, "unresolved"),
    ],
)
def test_it_holds_a_revisit_against_the_first_visit(county, draw, said, result):
    counts = answer_all(county, draw, **said)

    assert set(counts) == {result}
    assert Event.objects.filter(verb="assurance.decide_rechecks").count() == 1


def test_a_second_form_for_one_revisit_judges_nothing(county, draw):
    recheck = draw.rechecks.select_related("task__dwelling", "expected__person").order_by("pk")[0]
    again = answer(recheck, came="no").replace(b"uuid:r", b"uuid:again")
    bodies = [answer(recheck), again]
    counts = actions.receive_rechecks(
        by=county.officer("engine"), at=county.THURSDAY, draw=draw, bodies=bodies
    )
    recheck.refresh_from_db()
    assert counts == {"true": 1} and recheck.result == "true" and not recheck.differences.exists()
    assert Visit.objects.filter(task=recheck.task).count() == len(bodies)


def test_a_form_in_quarantine_judges_nothing(county, draw):
    recheck = draw.rechecks.select_related("task__dwelling", "expected__person").order_by("pk")[0]
    body, engine = answer(recheck), county.officer("engine")
    screening.receive_visits(by=engine, at=county.THURSDAY, bodies=[body], channel="replay")
    Visit.objects.filter(task=recheck.task).update(state=Visit.State.QUARANTINED)
    assert actions.decide_rechecks(by=engine, at=county.THURSDAY, draw=draw, bodies=[body]) == {}


def test_it_counts_the_unresolved_as_false(county, draw):
    answer_all(county, draw, result="no_contact")
    actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    certificate = actions.issue_certificate(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    assert certificate.unresolved == certificate.sampled and not certificate.claim_holds
    assert certificate.bound_per_10000 > certificate.bound_without_unresolved_per_10000
    assert "100%" not in certificate.sentence_en and "nobody" not in certificate.sentence_en.lower()


def test_a_clean_sample_certifies_the_planned_claim_and_no_more(county, draw):
    answer_all(county, draw)
    actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    certificate = actions.issue_certificate(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    assert certificate.claim_holds and 0 < certificate.bound_per_10000 <= 1000
    (line,) = queries.village_lines(certificate)
    assert (line.claims, line.sampled, line.false) == (SEEN, certificate.sampled, 0)
    assert line.most_percent > certificate.bound_per_10000 / 100  # its own, wider: nothing is inherited


def test_it_refuses_a_certificate_before_anybody_could_check_the_draw(county, draw):
    answer_all(county, draw)

    with pytest.raises(Refused, match="Reveal the seed"):
        actions.issue_certificate(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)


def test_it_keeps_the_seed_until_every_revisit_is_closed(county, draw):
    with pytest.raises(Refused, match="still out"):
        actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    actions.close_waiting(by=county.officer("overseer"), at=LATER, draw=draw)
    actions.reveal_seed(by=county.officer("overseer"), at=LATER, draw=draw)
    assert Draw.objects.get().revealed_at == LATER


def test_anybody_repeats_the_draw_with_the_published_script(county, draw, tmp_path, client):
    answer_all(county, draw)
    assert client.get(f"/assurance/draw/{draw.pk}/frame.txt").status_code == 404
    actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)

    script, frame = tmp_path / "rerun.py", tmp_path / "frame.txt"
    script.write_bytes(client.get("/assurance/rerun.py").content)
    frame.write_bytes(client.get(f"/assurance/draw/{draw.pk}/frame.txt").content)
    size = draw.plan[0][0]
    with frame.open() as lines:
        done = subprocess.run(
            [sys.executable, "-I", script, "--seed", draw.seed_revealed, "--size", str(size), "--root", draw.frame_root,
             "--commitment", draw.seed_commitment], stdin=lines, capture_output=True, text=True, check=True,
        )  # fmt: skip

    drawn = [f"E{pk}" for pk in draw.rechecks.order_by("ticket").values_list("expected", flat=True)]
    assert [line for line in done.stdout.split() if line.startswith("E")] == drawn


def test_a_later_look_extends_the_same_lottery(county, draw):
    first, overseer = draw.rechecks.count(), county.officer("overseer")
    answer_all(county, draw)
    with pytest.raises(Refused, match="The plan stops here"):
        actions.extend_look(by=overseer, at=county.FRIDAY, draw=draw)

    draw.rechecks.filter(ticket="000002").update(result=Recheck.Result.FALSE)
    added = actions.extend_look(by=overseer, at=county.FRIDAY, draw=draw)

    assert draw.rechecks.count() == first + added == draw.plan[1][0]


def test_an_inspector_sees_door_and_name_and_nothing_of_the_first_visit(county, draw, client):
    client.force_login(county.officer("inspector_b"))
    recheck = queries.my_rechecks(county.officer("inspector_b"))[0]

    assert queries.meter(draw) is None
    page = client.get(f"/assurance/my/{recheck.task_id}/").content.decode()
    assert recheck.task.dwelling.address in page
    assert (
        "葛一" not in page and timezone.localtime(recheck.original.started_at).strftime("%H:%M") not in page
    )
    form = {"result": "met", "present": "seen", "came": "yes", "danger": "none", "words": "都好 <b>"}
    assert client.post(f"/assurance/my/{recheck.task_id}/", form).status_code == 302
    recheck.refresh_from_db()
    assert queries.meter(draw).counted_false == draw.rechecks.count() - 1  # those still out count as false
    assert recheck.result == "true" and comparing.answer_to_came(answer(recheck)) == "yes"


def test_another_inspector_gets_nothing(county, draw, client):
    client.force_login(county.officer("inspector_a"))

    assert client.get(f"/assurance/my/{draw.rechecks.first().task_id}/").status_code == 404


def test_nobody_is_drawn_twice(county, draw):
    recheck = draw.rechecks.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        Recheck.objects.create(
            draw=draw,
            expected=recheck.expected,
            original=recheck.original,
            ticket="x",
            county_id=county.COUNTY,
        )


def test_the_frozen_frame_keeps_its_root(draw):
    assert drawing.stored_frame(draw).root == draw.frame_root


@pytest.mark.parametrize("username", ["overseer", "lead", "township_a"])
def test_those_who_may_read_see_the_pages(county, draw, client, username):
    answer_all(county, draw)
    actions.reveal_seed(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)
    made = actions.issue_certificate(by=county.officer("overseer"), at=county.FRIDAY, draw=draw)
    client.force_login(county.officer(username))

    for address in ("/assurance/", f"/assurance/draw/{draw.pk}/", f"/assurance/certificate/{made.pk}/"):
        assert client.get(address).status_code == 200
    assert b"<svg" in client.get(f"/assurance/certificate/{made.pk}/qr.svg").content
    assert draw.frame_root in checking.binding_lines(made)
    assert client.get("/assurance/first/").status_code == (403 if username == "township_a" else 200)


def test_it_requires_the_reader_to_be_logged_in(draw, client):
    assert client.get("/assurance/").status_code == 302


def test_suspicion_ranks_nobody_where_there_is_nobody_to_compare_with(county, campaign):
    flagged = actions.compute_suspicion(by=county.officer("overseer"), at=county.FRIDAY, campaign=campaign)

    assert flagged == 0


def test_the_estimate_refuses_when_lists_are_too_few(county, campaign):
    estimate = actions.estimate_hidden(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)

    assert estimate.was_refused and estimate.sentence_zh and estimate.sentence_en
