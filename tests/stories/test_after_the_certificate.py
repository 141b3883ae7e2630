"""The certificate ends the round, and the night after it nobody can look up who was met at which door.

1. Thirty doors are claimed as visited; one person there said she wants to go home.
2. Two inspectors re-visit the sample, the seed is made public, the log is signed, the certificate issued.
3. The round is over: nobody can draw again, later visits wait, and no page offers what would be refused.
4. The night erases the listing of visits and of re-visits. What was found stays, and so do the alerts that rest on it.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from jiandi.core.forms import visit as forms
from jiandi.core.forms.visit import SeenPerson, VisitForm
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import journal
from jiandi.rooms.access.models import Event
from jiandi.rooms.assurance import actions as assurance
from jiandi.rooms.assurance.models import Certificate, Recheck
from jiandi.rooms.checks import raising, standing
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Household, Person
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening import queries, sorting
from jiandi.rooms.screening.models import Campaign, Expected, Sighting, Visit, VisitTask
from jiandi.web import nightly
from tests import people
from tests.stories.reading import everything_in, it_is

DOORS = 30
HERS = "P000000001"
WISH = "想回家"


def submission(task: VisitTask, person: Person, uuid: str, worker: str = "grid_a1", **said: str) -> bytes:
    """A form as a phone sends it."""
    return forms.write(
        VisitForm(
            instance_id=f"uuid:{uuid}", task=task.code, dwelling=task.dwelling.code if task.dwelling else "", worker=worker,
            started_at=people.WEDNESDAY, ended_at=people.WEDNESDAY, result="met", outbuildings="yes",
            people=(SeenPerson(listed=person.code, name=person.name, sex=2, birth_year=1980, present="seen", **said),),
        )
    )  # fmt: skip


@pytest.fixture
def campaign(county):
    it_is(county.FRIDAY)
    village = Place.objects.get(pk=county.VILLAGE_A1)
    where = {"village": village, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    for number in range(1, DOORS + 1):
        door = county.dwelling(number=number)
        home = Household.objects.create(code=f"H{number:09d}", key=f"{number}", dwelling=door, **where)
        Person.objects.create(
            code=f"P{number:09d}", name=f"样例{number}", dwelling=door, household=home, **where
        )
    lead, worker = county.officer("lead"), county.officer("grid_a1")
    made = screening.open_campaign(
        by=lead, at=county.MONDAY, place=village.county, title=Text(zh="秋季", en="Autumn"), reference_on=date(2026, 11, 2),
        starts_on=date(2026, 11, 3), ends_on=date(2026, 11, 20),
    )  # fmt: skip
    screening.plan_tasks(by=county.officer("engine"), at=county.MONDAY, campaign=made)
    for expected in Expected.objects.select_related("person", "task__dwelling").order_by("person"):
        person = expected.person
        words = {"words": WISH} if person.code == HERS else {}
        body = submission(expected.task, person, f"v{person.pk}", **words)
        screening.receive_visit(by=worker, at=county.WEDNESDAY, body=body, channel="phone")
    return made


def certified(county, campaign):
    """Draw, re-visit, reveal, sign, certify."""
    overseer = county.officer("overseer")
    draw = assurance.hold_draw(
        at=county.THURSDAY, campaign=campaign, claim_per_10000=1000, throws=county.throws()
    )
    bodies = [
        submission(recheck.task, recheck.expected.person, f"r{recheck.pk}", "inspector_b")
        for recheck in draw.rechecks.select_related("task__dwelling", "expected__person")
    ]
    assurance.receive_rechecks(by=county.officer("engine"), at=county.THURSDAY, draw=draw, bodies=bodies)
    assurance.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)
    journal.checkpoint(at=county.FRIDAY)
    assurance.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)
    campaign.refresh_from_db()
    return draw


def listing() -> str:
    """Everything that still says who was met at which door."""
    bodies = b"".join(sorting.unpacked(bytes(body)) for body in Visit.objects.values_list("body", flat=True))
    return bodies.decode() + "".join(Sighting.objects.values_list("name", flat=True))


def test_the_certificate_ends_the_round_and_carries_the_log(county, campaign):
    certified(county, campaign)

    campaign.refresh_from_db()
    assert campaign.certified_at == campaign.closed_at == county.FRIDAY
    assert Event.objects.filter(verb="screening.certify_campaign").count() == 1
    assert Certificate.objects.get().log_root == bytes(journal.latest().root).hex()


def test_one_draw_has_one_certificate_and_one_round_has_one_draw(county, campaign):
    draw, overseer = certified(county, campaign), county.officer("overseer")

    with pytest.raises(Refused, match="issued already"):
        assurance.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)
    with pytest.raises(Refused, match="new round"):
        assurance.make_draw(by=overseer, at=county.FRIDAY, campaign=Campaign.objects.get())
    issued = Certificate.objects.values().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**{**issued, "id": None})


def test_nobody_draws_again_between_the_seed_and_the_certificate(county, campaign):
    overseer = county.officer("overseer")
    draw = assurance.hold_draw(
        at=county.THURSDAY, campaign=campaign, claim_per_10000=1000, throws=county.throws()
    )
    draw.rechecks.update(result=Recheck.Result.FALSE)
    assurance.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)

    with pytest.raises(Refused, match="issue its certificate first"):
        assurance.make_draw(by=overseer, at=county.FRIDAY, campaign=campaign)


@pytest.mark.parametrize("username", ["overseer", "lead", "township_a"])
def test_no_page_of_a_draw_offers_what_would_be_refused(county, campaign, client, username):
    client.force_login(county.officer(username))
    overseer = county.officer("overseer")
    draw = assurance.hold_draw(
        at=county.THURSDAY, campaign=campaign, claim_per_10000=1000, throws=county.throws()
    )
    page = reverse("assurance:draw", args=[draw.pk])

    def offered():
        text = everything_in(client.get(page)) + everything_in(client.get(reverse("assurance:certificates")))
        names = ("close", "extend", "reveal", "certify")
        steps = {
            name for name in names if f'action="{reverse("assurance:step", args=[draw.pk, name])}"' in text
        }
        return steps | ({"draw"} if f'action="{reverse("assurance:make_draw")}"' in text else set())

    theirs = username == "overseer"
    assert offered() == set()  # call-backs still run
    it_is(county.FRIDAY + timezone.timedelta(days=10))
    assert offered() == ({"close"} if theirs else set())
    draw.rechecks.update(result=Recheck.Result.TRUE)
    assert offered() <= {"extend", "reveal"} and ("reveal" in offered()) == theirs
    assurance.reveal_seed(by=overseer, at=county.FRIDAY, draw=draw)
    assert offered() == ({"certify"} if theirs else set())
    assurance.issue_certificate(by=overseer, at=county.FRIDAY, draw=draw)
    assert offered() == set()


def test_the_night_erases_who_was_met_where_and_says_so(county, campaign, client):
    certified(county, campaign)
    client.force_login(county.officer("lead"))
    page = reverse("screening:campaign", args=[campaign.pk])
    client.cookies["jiandi_language"] = "en"
    assert "erased tonight" in client.get(page).content.decode()

    steps = {step.name: step for step in nightly.run(by=county.officer("engine"), at=county.FRIDAY)}

    assert steps["erase"].state == "done", steps["erase"].detail
    assert not list(standing.shelf.folder().glob("standing-*"))  # the rules' kept tables hold the listing too
    kept = listing()
    assert WISH in kept and "样例1" in kept and "样例2" not in kept and "样例30" not in kept
    event = Event.objects.get(verb="screening.erase_listing")
    assert event.payload["sightings"] == DOORS - 1 + Recheck.objects.exclude(visit=None).count()
    assert "was erased on" in client.get(page).content.decode()
    again = {step.name: step for step in nightly.run(by=county.officer("engine"), at=county.FRIDAY)}
    assert again["erase"].state == "nothing"


def test_a_held_visit_released_later_is_erased_the_next_night(county, campaign):
    certified(county, campaign)
    task = VisitTask.objects.get(purpose="round", expected__person__code="P000000002")
    late = screening.receive_visit(
        by=county.officer("grid_a1"), at=county.FRIDAY, body=submission(task, Person.objects.get(code="P000000002"), "late"),
        channel="phone",
    )  # fmt: skip
    assert late.state == "quarantined"
    screening.erase_listing(by=county.officer("engine"), at=county.FRIDAY, campaign=campaign)
    next_week = county.FRIDAY + timezone.timedelta(days=3)
    screening.release_visit(by=county.officer("township_a"), at=next_week, visit=late, reason="乡镇核对属实")

    assert list(queries.listings_due()) == [campaign]


def test_a_re_visit_released_after_the_erasing_is_erased_the_next_night(county, campaign):
    certified(county, campaign)
    screening.erase_listing(by=county.officer("engine"), at=county.FRIDAY, campaign=campaign)
    assert not queries.listings_due().exists()
    next_week = county.FRIDAY + timezone.timedelta(days=3)
    revisit = Visit.objects.filter(task__purpose="revisit").first()
    Visit.objects.filter(pk=revisit.pk).update(decided_by=county.officer("lead"), decided_at=next_week)

    steps = {step.name: step for step in nightly.run(by=county.officer("engine"), at=next_week)}

    assert steps["erase"].state == "done", steps["erase"].detail
    revisit.refresh_from_db()
    assert bytes(revisit.body) == b""


def test_what_an_erased_listing_showed_is_not_taken_back(county, campaign):
    certified(county, campaign)
    visit = Visit.objects.filter(task__campaign=campaign).first()
    alert = Alert.objects.create(
        key="R14b:1", rule="R14b", rule_class="contradiction", detail_zh="同一地点", detail_en="one spot", county_id=county.COUNTY,
        sources=[{"kind": "visit", "id": visit.pk}], first_seen_at=county.THURSDAY, last_seen_at=county.THURSDAY,
    )  # fmt: skip
    assert raising.gone([alert]) == [alert.pk]

    screening.erase_listing(by=county.officer("engine"), at=county.FRIDAY, campaign=campaign)

    assert raising.gone([alert]) == []
