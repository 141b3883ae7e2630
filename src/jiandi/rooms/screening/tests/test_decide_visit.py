"""Waiting visits: released or kept by somebody else, with a reason; excuses and added tasks; the erased listing."""

from datetime import UTC, datetime

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening import actions, sorting
from jiandi.rooms.screening.models import Coverage, Expected, Sighting, Visit, VisitTask
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen


@pytest.fixture
def campaign(county):
    return stories.planned_round()


def waiting(county, **changes) -> Visit:
    content = body(stories.task_at(1), **{"people": (seen("P1"),), **changes})
    return actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=content, channel="phone")


def release(county, visit: Visit, **extra) -> Visit:
    values = {"by": county.officer("township_a"), "at": county.FRIDAY, "reason": "已电话核实", **extra}
    return actions.release_visit(visit=visit, **values)


def refusal_of(action, **values) -> str:
    with pytest.raises(Refused) as refused:
        action(**values)
    return refused.value.code


def test_it_lets_a_released_visit_count(county, campaign):
    visit = release(county, waiting(county, started_at=datetime(2099, 1, 1, tzinfo=UTC), ended_at=None))

    assert (visit.state, visit.decided_by.username, visit.started_at) == ("applied", "township_a", None)
    assert stories.expected("P1").outcome == "seen"
    assert Coverage.objects.get(village=county.VILLAGE_A1).seen == 1
    assert Event.objects.filter(verb="screening.release_visit").count() == 1


def test_it_takes_a_person_no_code_fits_as_found_on_no_list(county, campaign):
    release(county, waiting(county, people=(seen("P404", name="样例新"),)))

    assert Expected.objects.get(is_found=True).person.name == "样例新"


def test_it_sends_a_visit_without_a_task_to_the_right_door(county, campaign):
    visit = waiting(county, task="T0000000")

    assert refusal_of(release, county=county, visit=visit) == "screening.unknown_task"
    assert release(county, visit, task=stories.task_at(1)).task == stories.task_at(1)


def test_it_keeps_a_visit_aside_with_the_reason(county, campaign):
    visit = actions.keep_visit(
        by=county.officer("township_a"),
        at=county.FRIDAY,
        visit=waiting(county, result="perhaps"),
        reason="重复填报",
    )

    assert (visit.state, visit.decision_reason) == ("kept", "重复填报")
    assert stories.expected("P1").outcome == "not_yet"
    assert Event.objects.filter(verb="screening.keep_visit").count() == 1


def test_it_refuses_a_decision_without_a_reason_or_made_twice(county, campaign):
    visit = waiting(county, result="perhaps")

    assert refusal_of(release, county=county, visit=visit, reason=" ") == "screening.reason"
    release(county, visit)
    assert refusal_of(release, county=county, visit=visit) == "screening.decided_conflict"


def test_it_refuses_a_supervisor_who_decides_about_their_own_visit(county, campaign):
    content = body(stories.task_at(1), seen("P1"), worker="township_a", result="perhaps")
    visit = actions.receive_visit(by=county.officer("township_a"), at=EVENING, body=content, channel="web")

    assert refusal_of(release, county=county, visit=visit) == "screening.own_visit"


def test_it_refuses_to_let_two_bodies_of_one_id_count(county, campaign):
    first = stories.form(stories.task_at(1), seen("P1"))
    actions.receive_visit(
        by=county.officer("grid_a1"), at=EVENING, body=stories.write(first), channel="phone"
    )
    second = waiting(county, instance_id=first.instance_id, people=(seen("P2"),))

    assert refusal_of(release, county=county, visit=second) == "screening.changed_body"


def test_it_refuses_a_decision_from_another_township(county, campaign):
    visit = waiting(county, result="perhaps")

    assert refusal_of(release, county=county, visit=visit, by=county.officer("township_b")) == "access.area"


def excuse(county, code: str, **extra) -> Expected:
    values = {"by": county.officer("township_a"), "at": county.FRIDAY, "reason": "working_away", **extra}
    return actions.grant_excuse(expected=stories.expected(code), **values)


def test_it_excuses_a_claim_for_a_listed_reason_and_counts_it_apart(county, campaign):
    waiting(county, people=(seen("P2", present="away"),))

    excused = excuse(county, "P2")

    assert (excused.outcome, excused.excuse) == ("excused", "working_away")
    line = Coverage.objects.get(village=county.VILLAGE_A1)
    assert (line.away, line.excused, line.seen) == (0, 1, 0)
    assert Event.objects.filter(verb="screening.grant_excuse").count() == 1


def test_it_still_counts_an_excused_person_who_is_seen_after_all(county, campaign):
    waiting(county, people=(seen("P2", present="away"),))
    excuse(county, "P2")

    waiting(county, people=(seen("P2"),))

    assert stories.expected("P2").outcome == "seen"
    assert Coverage.objects.get(village=county.VILLAGE_A1).excused == 0


@pytest.mark.parametrize(
    ("present", "changes", "code"),
    [
        (None, {}, "screening.nothing_to_excuse"),
        ("seen", {}, "screening.nothing_to_excuse"),
        ("away", {"reason": "busy"}, "screening.excuse"),
        ("away", {"by": "grid_a1"}, "access.role"),
        ("away", {"by": "township_b"}, "access.area"),
    ],
)
def test_it_refuses_other_excuses(county, campaign, present, changes, code):
    if present:
        waiting(county, people=(seen("P2", present=present),))
    if "by" in changes:
        changes = {**changes, "by": county.officer(changes["by"])}

    assert refusal_of(excuse, county=county, code="P2", **changes) == code


def test_it_adds_a_task_whose_reason_is_true_and_neutral(county, campaign):
    task = actions.add_task(
        by=county.officer("lead"), at=EVENING, purpose="follow_up", pretext="health", due_on=county.FRIDAY.date(),
        person=Person.objects.get(code="P1"), worker=county.officer("doctor_a1"),
    )  # fmt: skip

    assert (task.dwelling, task.worker.username) == (stories.task_at(1).dwelling, "doctor_a1")
    assert task.expected.get().needs_alone
    event = Event.objects.get(verb="screening.add_task")
    assert "P1" not in str(event.payload) and event.place is None


def test_it_adds_many_tasks_with_one_event_that_names_nobody(county, campaign):
    people = [Person.objects.get(code="P1"), Person.objects.get(code="P2")]
    errands = [actions.Errand(person=person, worker=county.officer("doctor_a1")) for person in people]

    tasks = actions.add_tasks(
        by=county.officer("lead"), at=EVENING, purpose="revisit", pretext="services", due_on=county.FRIDAY.date(),
        errands=errands,
    )  # fmt: skip

    assert [task.expected.get().person for task in tasks] == people
    assert all(task.expected.get().needs_alone and task.worker.username == "doctor_a1" for task in tasks)
    event = Event.objects.get(verb="screening.add_tasks")
    assert event.place is None and event.payload["count"] == 2
    assert not Event.objects.filter(verb="screening.add_task").exists()


def test_it_adds_no_task_at_all_when_one_of_many_has_no_subject(county, campaign):
    errands = [actions.Errand(person=Person.objects.get(code="P1")), actions.Errand()]

    assert refusal_of(
        actions.add_tasks, by=county.officer("lead"), at=EVENING, purpose="revisit", pretext="services",
        due_on=county.FRIDAY.date(), errands=errands,
    ) == "screening.no_subject"  # fmt: skip
    assert not VisitTask.objects.exclude(purpose="round").exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pretext": "alert"}, "screening.pretext"),
        ({"purpose": "round"}, "screening.purpose"),
        ({"person": None}, "screening.no_subject"),
        ({"by": "grid_a1"}, "access.role"),
    ],
)
def test_it_refuses_a_task_without_a_true_reason_or_a_subject(county, campaign, changes, code):
    values = {
        "by": "lead", "at": EVENING, "purpose": "follow_up", "pretext": "health", "due_on": county.FRIDAY.date(),
        "person": Person.objects.get(code="P1"), **changes,
    }  # fmt: skip
    values["by"] = county.officer(values["by"])

    assert refusal_of(actions.add_task, **values) == code
    assert not VisitTask.objects.exclude(purpose="round").exists()


def test_it_erases_the_listing_after_the_certificate_and_keeps_needs(county, campaign):
    plain = body(stories.task_at(2), seen(name="样例客", sex=1, birth_year=1990))
    needy = body(
        stories.task_at(1),
        seen("P1", name="样例一", danger="locked", words="想回家"),
        seen("P2", name="样例二"),
    )
    for content in (plain, needy):
        actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=content, channel="phone")
    overseer = county.officer("overseer")
    assert (
        refusal_of(actions.erase_listing, by=overseer, at=county.FRIDAY, campaign=campaign)
        == "screening.not_certified"
    )
    actions.certify_campaign(by=overseer, at=county.FRIDAY, campaign=campaign)

    assert actions.erase_listing(by=overseer, at=county.FRIDAY, campaign=campaign) == 2

    kept = b"".join(sorting.unpacked(visit.body) for visit in Visit.objects.all()).decode()
    assert "样例客" not in kept and "样例二" not in kept and "想回家" in kept and "样例一" in kept
    assert sorted(Sighting.objects.values_list("name", flat=True)) == ["", "", "样例一"]
    assert actions.erase_listing(by=overseer, at=county.FRIDAY, campaign=campaign) == 0
    again = actions.receive_visit(by=county.officer("grid_a1"), at=county.FRIDAY, body=plain, channel="phone")
    assert again.state == "applied"


def test_it_passes_open_doors_on_to_the_successor(county, campaign):
    assert actions._move_tasks(county.officer("grid_a1"), county.officer("township_a"), county.FRIDAY) == 2
    assert stories.task_at(1).worker.username == "township_a"
