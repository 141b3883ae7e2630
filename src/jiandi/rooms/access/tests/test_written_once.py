"""The database itself refuses to change what the log says."""

import pytest
from django.db import DatabaseError, connection, transaction

from jiandi.rooms.access.models import BatchSubjects, Checkpoint, Event
from jiandi.rooms.access.recording import record, record_batch
from tests.people import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(county):
    return record(
        "places.rename_place", by=county.officer("admin"), at=MONDAY, subject=county.unit("明溪县民政局")
    )


def _refused(statement, *params):
    with (
        pytest.raises(DatabaseError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, params)


def test_it_refuses_to_change_an_event(event):
    _refused("UPDATE access_event SET verb = 'other' WHERE id = %s", event.pk)

    assert Event.objects.get().verb == "places.rename_place"


def test_it_refuses_to_delete_an_event(event):
    _refused("DELETE FROM access_event WHERE id = %s", event.pk)

    assert Event.objects.count() == 1


def test_it_lets_an_event_take_its_place_once(event):
    Event.objects.filter(pk=event.pk).update(position=0)

    _refused("UPDATE access_event SET position = 1 WHERE id = %s", event.pk)
    _refused("UPDATE access_event SET position = NULL WHERE id = %s", event.pk)
    assert Event.objects.get().position == 0


def test_it_refuses_to_change_a_salt_while_the_place_is_given(event):
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(position=0, salt=b"0" * 16)


def test_it_refuses_to_change_the_subjects_of_a_batch(county):
    unit = county.unit("明溪县民政局")
    record_batch(
        "places.count", by=None, at=MONDAY, subject=unit, subjects_kind="unit", subject_ids=[3, 1, 2]
    )

    _refused("UPDATE access_batchsubjects SET count = 2")
    _refused("DELETE FROM access_batchsubjects")
    assert BatchSubjects.objects.get().count == 3


def test_it_refuses_to_change_a_checkpoint_but_for_its_publication(county):
    Checkpoint.objects.create(size=1, root=b"0" * 32, text="t", signature=b"s", frontier=b"f", at=MONDAY)

    _refused("UPDATE access_checkpoint SET text = 'u'")
    _refused("DELETE FROM access_checkpoint")
    Checkpoint.objects.update(published_at=MONDAY)
    _refused("UPDATE access_checkpoint SET published_at = NULL")
    assert Checkpoint.objects.get().published_at == MONDAY


@pytest.mark.django_db(transaction=True)
def test_it_lets_a_test_database_be_emptied(county):
    record("places.rename_place", by=None, at=MONDAY, subject=county.unit("明溪县民政局"))


def test_it_is_protected_again_after_a_test_database_was_emptied(event):
    _refused("DELETE FROM access_event")
