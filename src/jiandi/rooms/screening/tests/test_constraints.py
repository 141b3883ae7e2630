"""What the database itself refuses, whoever asks."""

import pytest
from django.db import IntegrityError, transaction

from jiandi.rooms.screening import actions
from jiandi.rooms.screening.models import Attachment, Coverage, Expected, Form, Visit, VisitTask
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen


@pytest.fixture
def visit(county) -> Visit:
    stories.planned_round()
    content = body(stories.task_at(1), seen("P1"))
    return actions.receive_visit(by=county.officer("grid_a1"), at=EVENING, body=content, channel="phone")


def copied(thing, **changes):
    """Store the thing a second time, with changes."""
    values = {
        field.attname: getattr(thing, field.attname)
        for field in thing._meta.concrete_fields
        if not field.primary_key
    }
    with transaction.atomic():
        return type(thing).objects.create(**{**values, **changes})


def test_it_refuses_two_tasks_of_a_round_for_one_door(visit):
    with pytest.raises(IntegrityError):
        copied(visit.task, code="T2")


def test_it_refuses_two_tasks_of_a_round_for_one_doorless_household(county, visit):
    home = stories.household("H9")
    copied(visit.task, code="T2", dwelling_id=None, household_id=home.pk)

    with pytest.raises(IntegrityError):
        copied(visit.task, code="T3", dwelling_id=None, household_id=home.pk)


def test_it_refuses_a_door_of_no_round(visit):
    with pytest.raises(IntegrityError):
        copied(visit.task, code="T2", campaign_id=None)


def test_it_refuses_a_task_code_given_twice(visit):
    with pytest.raises(IntegrityError):
        copied(visit.task, dwelling_id=None)


def test_it_refuses_to_expect_somebody_twice_behind_a_door(visit):
    with pytest.raises(IntegrityError):
        copied(Expected.objects.get(person__code="P1"))


def test_it_refuses_the_same_submission_twice(visit):
    with pytest.raises(IntegrityError):
        copied(visit, state="quarantined")


def test_it_refuses_two_bodies_of_one_id_that_both_count(visit):
    with pytest.raises(IntegrityError):
        copied(visit, sha256=b"x" * 32)


def test_it_refuses_the_same_attachment_twice(visit):
    file = Attachment.objects.create(visit=visit, file_name="a", sha256="0" * 64, size_bytes=1)

    with pytest.raises(IntegrityError):
        copied(file)


def test_it_refuses_two_versions_of_one_name(visit):
    with pytest.raises(IntegrityError):
        copied(Form.objects.get())


@pytest.mark.parametrize("unknown", [(), ("village_id",), ("village_id", "town_id")])
def test_it_refuses_two_counter_rows_for_one_place(county, visit, unknown):
    line = Coverage.objects.get(village=county.VILLAGE_A1)
    nowhere = dict.fromkeys(unknown)
    if unknown:
        copied(line, **nowhere)

    with pytest.raises(IntegrityError):
        copied(line, **nowhere)


def test_a_follow_up_may_go_to_a_door_of_the_round(visit):
    assert copied(visit.task, code="T2", purpose="follow_up").pk != visit.task_id
    assert VisitTask.objects.filter(dwelling=visit.dwelling).count() == 2
