"""One visit in: stored as it came, counted once, and what does not add up kept for a supervisor."""

from datetime import UTC, datetime, timedelta

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions, sorting
from jiandi.rooms.screening.models import Coverage, Expected, Finding, Sighting, Visit
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen

State, Outcome = Visit.State, Expected.Outcome


@pytest.fixture
def campaign(county):
    return stories.planned_round()


def send(county, content: bytes, *, by: str = "grid_a1", channel: str = "phone", **extra):
    return actions.receive_visit(by=county.officer(by), at=EVENING, body=content, channel=channel, **extra)


def test_it_stores_the_body_as_it_came_and_says_who_was_seen(county, campaign):
    content = body(stories.task_at(1), seen("P1", alone=True, own_id="yes"), seen("P2"))

    visit = send(county, content)

    assert visit.state == State.APPLIED
    assert sorting.unpacked(visit.body) == content
    assert (stories.expected("P1").outcome, stories.expected("P1").seen_alone) == (Outcome.SEEN, True)
    assert (stories.expected("P2").outcome, stories.expected("P2").seen_alone) == (Outcome.SEEN, False)
    assert (stories.task_at(1).state, stories.task_at(1).tries) == ("visited", 1)
    assert Event.objects.filter(verb="screening.receive_visit").count() == 1


def test_it_moves_the_counters_in_the_same_step(county, campaign):
    send(county, body(stories.task_at(1), seen("P1", alone=True), seen("P2", present="away")))

    line = Coverage.objects.get(village=county.VILLAGE_A1)
    assert (line.seen, line.seen_alone, line.alone_done, line.away, line.not_yet, line.doors_visited) == (
        1,
        1,
        1,
        1,
        0,
        1,
    )


def test_it_takes_the_same_bytes_again_as_the_same_visit(county, campaign):
    content = body(stories.task_at(1), seen("P1"))

    first, second = send(county, content), send(county, content)

    assert first.pk == second.pk
    assert (Visit.objects.count(), stories.task_at(1).tries) == (1, 1)
    assert Event.objects.filter(verb="screening.receive_visit").count() == 1


def test_it_keeps_other_bytes_under_the_same_id_beside_the_first(county, campaign):
    first = stories.form(stories.task_at(1), seen("P1"))
    send(county, stories.write(first))

    second = send(county, body(stories.task_at(1), seen("P2"), instance_id=first.instance_id))

    assert (second.state, second.problem["code"]) == (State.QUARANTINED, "changed_body")
    assert stories.expected("P2").outcome == Outcome.NOT_YET
    assert send(county, stories.write(first)).state == State.APPLIED


def test_it_raises_the_denominator_by_people_on_no_list(county, campaign):
    send(county, body(stories.task_at(2), seen(name="无名", sex=2, birth_year=1979, alone=True)))

    found = Expected.objects.get(is_found=True)
    assert (found.outcome, found.seen_alone, found.person.is_provisional) == (Outcome.SEEN, True, True)
    line = Coverage.objects.get(village=county.VILLAGE_A1)
    assert (line.listed, line.unlisted_found, line.seen) == (2, 1, 1)


def test_it_knows_people_on_no_list_again_at_the_next_visit(county, campaign):
    person = seen(name="无名", sex=2, birth_year=1979)
    send(county, body(stories.task_at(2), person))
    send(
        county,
        body(stories.task_at(2), person, started_at=stories.MORNING + timedelta(hours=2), ended_at=None),
    )

    assert Expected.objects.filter(is_found=True).count() == 1
    assert Person.objects.filter(is_provisional=True).count() == 1


def test_it_keeps_two_unnamed_people_of_one_visit_apart(county, campaign):
    send(county, body(stories.task_at(2), seen(sex=2), seen(sex=2)))

    assert Expected.objects.filter(is_found=True).count() == 2


def test_it_flags_danger_needs_and_words(county, campaign):
    visit = send(county, body(stories.task_at(1), seen("P1", danger="locked", need="药", words="想回家")))

    assert set(visit.findings.values_list("kind", "value", "is_danger_now")) == {
        ("danger", "locked", True),
        ("need", "药", False),
        ("words", "想回家", False),
    }
    assert {finding.person.code for finding in visit.findings.all()} == {"P1"}
    assert Finding.objects.filter(sighting__isnull=False).count() == 3


def test_it_asks_to_call_back_where_nobody_was_met(county, campaign):
    send(county, body(stories.task_at(1), result="no_contact"))

    assert stories.task_at(1).state == "call_back"
    assert stories.expected("P1").outcome == Outcome.NO_CONTACT


def test_it_never_unsees_anybody(county, campaign):
    send(county, body(stories.task_at(1), seen("P1", alone=True)))
    later = stories.MORNING + timedelta(hours=3)
    send(county, body(stories.task_at(1), result="moved", started_at=later, ended_at=None))

    assert (stories.expected("P1").outcome, stories.expected("P1").seen_alone) == (Outcome.SEEN, True)
    assert stories.expected("P2").outcome == Outcome.NOT_HERE
    assert stories.task_at(1).state == "visited"


def test_it_believes_the_later_of_two_claims_whichever_arrives_first(county, campaign):
    later = stories.MORNING + timedelta(hours=3)
    send(county, body(stories.task_at(1), seen("P2", present="away"), started_at=later, ended_at=None))
    send(county, body(stories.task_at(1), seen("P2", present="dead")))

    assert stories.expected("P2").outcome == Outcome.AWAY


def test_it_counts_somebody_met_behind_another_door_of_the_round(county, campaign):
    send(county, body(stories.task_at(2), seen("P1", alone=True)))

    assert (stories.expected("P1").outcome, stories.expected("P1").task) == (Outcome.SEEN, stories.task_at(1))
    assert Coverage.objects.get(village=county.VILLAGE_A1).seen == 1


def test_it_counts_somebody_the_register_knows_but_the_round_did_not_expect(county, campaign):
    stories.person("P9")

    send(county, body(stories.task_at(1), seen("P9")))

    assert stories.expected("P9").is_found
    assert Coverage.objects.get(village=county.VILLAGE_A1).unlisted_found == 1


QUARANTINED = [
    ({"task": "T0000000"}, "unknown_task"),
    ({"worker": "nobody"}, "unknown_worker"),
    ({"version": "1"}, "unknown_form"),
    ({"form_id": "survey"}, "unknown_form"),
    ({"people": (seen("P404"),)}, "unknown_person"),
    ({"started_at": datetime(2099, 1, 1, tzinfo=UTC), "ended_at": None}, "future"),
    ({"ended_at": stories.MORNING - timedelta(hours=1)}, "ends_before_start"),
    ({"result": "perhaps"}, "unknown_code"),
    ({"worker": "grid_b1"}, "another_worker"),
    ({"deprecated_id": "uuid:1"}, "edit"),
]


@pytest.mark.parametrize(("changes", "code"), QUARANTINED)
def test_it_keeps_what_does_not_add_up_for_a_supervisor(county, campaign, changes, code):
    content = body(stories.task_at(1), **{"people": (seen("P1"),), **changes})

    visit = send(county, content)

    assert (visit.state, visit.problem["code"]) == (State.QUARANTINED, code)
    assert visit.problem["zh"] and visit.problem["en"]
    assert sorting.unpacked(visit.body) == content
    assert stories.expected("P1").outcome == Outcome.NOT_YET
    assert not Sighting.objects.exists()
    assert visit.town_id == county.TOWN_A


def test_it_keeps_a_visit_outside_the_senders_area(county, campaign):
    visit = send(county, body(stories.task_at(3), seen("P3")))

    assert visit.problem["code"] == "outside_area"


def test_it_keeps_a_visit_that_comes_after_the_certificate(county, campaign):
    content = body(stories.task_at(1), seen("P1"))
    actions.certify_campaign(by=county.officer("overseer"), at=EVENING, campaign=campaign)

    assert send(county, content).problem["code"] == "round_over"


def test_it_never_believes_a_date_that_cannot_be(county, campaign):
    visit = send(county, body(stories.task_at(1), started_at=datetime(2099, 1, 1, tzinfo=UTC), ended_at=None))

    assert visit.started_at is None


def test_it_refuses_a_cut_off_visit_and_keeps_nothing_of_it(county, campaign):
    with pytest.raises(Refused) as refused:
        send(county, body(stories.task_at(1), seen("P1"))[:-40])

    assert refused.value.code == "forms.cut_off"
    assert not Visit.objects.exists()


def test_it_refuses_a_sender_who_visits_nobody(county, campaign):
    with pytest.raises(Refused) as refused:
        send(county, body(stories.task_at(1), seen("P1")), by="press")

    assert refused.value.code == "access.role"


def test_it_takes_paper_typed_back_by_the_township(county, campaign):
    visit = send(county, body(stories.task_at(1), seen("P1")), by="township_a", channel="paper")

    assert (visit.state, visit.worker.username) == (State.APPLIED, "grid_a1")


def test_it_keeps_every_attachment_also_two_of_one_name(county, campaign):
    content = body(stories.task_at(1), seen("P1"))
    one, two, three = (stories.photo(red) for red in (1, 2, 3))
    visit = send(county, content, attachments=[("a.png", one), ("a.png", two)])
    send(county, content, attachments=[("a.png", one), ("b.png", three)])

    assert visit.attachments.count() == 3


def test_it_leaves_the_rounds_counters_alone_on_a_follow_up(county, campaign):
    person = Person.objects.get(code="P1")
    task = actions.add_task(
        by=county.officer("lead"),
        at=EVENING,
        purpose="follow_up",
        pretext="health",
        due_on=EVENING.date(),
        person=person,
    )
    send(county, body(task, seen("P1", alone=True)))

    assert task.expected.get().seen_alone
    assert stories.expected("P1").outcome == Outcome.NOT_YET
    assert Coverage.objects.get(village=county.VILLAGE_A1).seen == 0


def test_it_takes_a_blind_re_visit_only_from_the_inspector_drawn_for_it(county, campaign):
    task = actions.add_task(
        by=county.officer("overseer"), at=EVENING, purpose="revisit", pretext="services", due_on=EVENING.date(),
        person=Person.objects.get(code="P1"), worker=county.officer("inspector_b"),
    )  # fmt: skip

    stranger = send(county, body(task, seen("P1")))
    drawn = send(county, body(task, seen("P1"), worker="inspector_b"), by="inspector_b")

    assert (stranger.problem["code"], drawn.state) == ("another_worker", State.APPLIED)
