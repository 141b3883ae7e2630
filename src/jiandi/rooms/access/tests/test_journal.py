"""The log: places, signatures, proofs, and what happens when somebody changes it."""

import json
from datetime import timedelta, timezone

import pytest
from django.db import connection

from jiandi.core.values import Refused
from jiandi.rooms.access import actions, journal, protections, sealing
from jiandi.rooms.access.models import Checkpoint, Event
from jiandi.rooms.access.queries import trace
from jiandi.rooms.access.recording import ActionError, action, record, record_batch
from tests.people import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


def _events(county, count):
    unit = county.unit("明溪县民政局")
    return [
        record("places.count", by=county.officer("lead"), at=MONDAY, subject=unit, payload={"n": n})
        for n in range(count)
    ]


def _tamper(statement, *params):
    """What somebody with the database's own password could do: take the refusal off and change a row."""
    with connection.cursor() as cursor:
        protections.remove(cursor.execute, connection.vendor)
        cursor.execute(statement, params)


def test_it_gives_every_event_a_place_and_signs_the_whole(county):
    _events(county, 5)

    first = journal.checkpoint(at=MONDAY)
    _events(county, 2)
    second = journal.checkpoint(at=TUESDAY)

    assert (first.size, second.size) == (5, 7)
    assert sorted(Event.objects.values_list("position", flat=True)) == list(range(7))
    assert journal.audit() == []


def test_it_signs_nothing_new_when_nothing_happened(county):
    _events(county, 1)

    assert journal.checkpoint(at=MONDAY) == journal.checkpoint(at=TUESDAY)
    assert Checkpoint.objects.count() == 1


def test_it_signs_an_empty_log(county):
    assert journal.checkpoint(at=MONDAY).size == 0
    assert journal.audit() == []


def test_it_gives_places_to_events_that_were_committed_late(county):
    late, *_ = _events(county, 3)
    Event.objects.exclude(pk=late.pk).update(position=None)
    rest = Event.objects.exclude(pk=late.pk)
    journal.bulk.update(Event, ["position"], [(place, event.pk) for place, event in enumerate(rest)])
    frontier = journal.Frontier()
    frontier.extend(bytes(event.leaf) for event in rest)
    Checkpoint.objects.create(
        size=2, root=frontier.root(), text="", signature=b"", frontier=b"".join(frontier.edge), at=MONDAY
    )

    journal.checkpoint(at=MONDAY)

    assert Event.objects.get(pk=late.pk).position == 2


def test_it_can_be_checked_offline_from_an_export(county, tmp_path):
    _events(county, 9)
    journal.checkpoint(at=MONDAY)

    assert journal.export(tmp_path / "log.jsonl") == 9

    assert journal.verify(tmp_path / "log.jsonl") == []


def test_it_exports_no_content(county, tmp_path):
    _events(county, 3)
    journal.checkpoint(at=MONDAY)
    journal.export(tmp_path / "log.jsonl")

    text = (tmp_path / "log.jsonl").read_text()
    assert "places.count" not in text and "payload" not in text and "unit" not in text


def test_it_names_a_change_in_an_export(county, tmp_path):
    _events(county, 9)
    journal.checkpoint(at=MONDAY)
    path = tmp_path / "log.jsonl"
    journal.export(path)
    lines = path.read_text().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    path.write_text("".join(lines))

    assert journal.verify(path)


def test_it_refuses_an_export_without_its_key_or_that_cannot_be_read(county, tmp_path):
    path = tmp_path / "log.jsonl"
    with pytest.raises(Refused, match="no file"):
        journal.verify(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Refused, match="key"):
        journal.verify(path)
    journal.key_file(path).write_text("x\n!!!\n")
    with pytest.raises(Refused, match="cannot be read"):
        journal.verify(path)


def test_it_names_an_event_whose_content_was_changed(county):
    event = _events(county, 4)[2]
    journal.checkpoint(at=MONDAY)

    _tamper("UPDATE access_event SET verb = 'places.other' WHERE id = %s", event.pk)

    assert [problem.en for problem in journal.verify()] == [
        "Event 2 (places.other) does not match the hash sealed at the time."
    ]


def test_it_names_a_leaf_that_was_changed_with_its_content(county):
    event = _events(county, 4)[2]
    journal.checkpoint(at=MONDAY)
    event.verb = "places.other"
    leaf = journal.event_leaf(bytes(event.salt), journal.spelt(event))

    _tamper("UPDATE access_event SET verb = %s, leaf = %s WHERE id = %s", event.verb, leaf, event.pk)

    assert any("not the one signed" in problem.en for problem in journal.verify())


def test_it_names_a_missing_event(county):
    event = _events(county, 4)[1]
    journal.checkpoint(at=MONDAY)

    _tamper("DELETE FROM access_event WHERE id = %s", event.pk)

    assert "missing" in journal.verify()[0].en


def test_it_names_a_log_cut_off_at_its_end(county):
    event = _events(county, 4)[3]
    journal.checkpoint(at=MONDAY)

    _tamper("DELETE FROM access_event WHERE id = %s", event.pk)

    assert journal.verify()


def test_it_names_a_batch_whose_subjects_were_changed(county):
    unit = county.unit("明溪县民政局")
    record_batch(
        "places.count", by=None, at=MONDAY, subject=unit, subjects_kind="place", subject_ids=range(1, 4000)
    )
    journal.checkpoint(at=MONDAY)
    assert journal.verify() == []

    _tamper("UPDATE access_batchsubjects SET salt = %s", b"0" * 16)

    assert journal.verify()


def test_it_proves_one_events_content_to_anybody(county):
    event = _events(county, 6)[4]
    with pytest.raises(Refused, match="not signed yet"):
        journal.prove(event)
    journal.checkpoint(at=MONDAY)

    proof = json.loads(json.dumps(journal.prove(Event.objects.get(pk=event.pk))))

    name, key = journal.origin(), journal.public_key()
    assert journal.verify_proof(proof, name=name, key=key)
    forged = json.loads(json.dumps(proof))
    forged["event"]["payload"]["n"] = 5
    assert not journal.verify_proof(forged, name=name, key=key)


def test_it_refuses_a_proof_under_another_name(county):
    event = _events(county, 2)[0]
    journal.checkpoint(at=MONDAY)

    proof = journal.prove(Event.objects.get(pk=event.pk))

    assert not journal.verify_proof(proof, name="another/log", key=journal.public_key())


def test_it_seals_the_moment_the_same_in_every_time_zone(county):
    unit = county.unit("明溪县民政局")
    record("places.count", by=None, at=MONDAY.astimezone(timezone(timedelta(hours=8))), subject=unit)
    journal.checkpoint(at=MONDAY)

    assert journal.verify() == []


def test_it_can_hold_what_actions_put_into_payloads(county):
    unit = county.unit("明溪县民政局")
    payload = {
        "share": 0.1,
        "on": MONDAY.date(),
        "at": MONDAY,
        "ids": {3, 1},
        "deep": [{"a": None, "b": True}],
    }
    record("places.count", by=None, at=MONDAY, subject=unit, payload=payload)
    journal.checkpoint(at=MONDAY)

    assert journal.verify() == []


def test_it_keeps_the_signing_key_readable_by_this_user_alone(county):
    journal.checkpoint(at=MONDAY)

    path = sealing.Path(sealing.settings.DATA) / "keys" / "log-signing"
    assert path.stat().st_mode & 0o077 == 0


def test_it_traces_a_subject_through_bulk_work(county):
    unit = county.unit("明溪县民政局")
    alone = record("places.count", by=None, at=MONDAY, subject=unit)
    ids = [*range(0, 5000, 2), unit.pk]
    batch = record_batch(
        "places.count_all", by=None, at=MONDAY, subject=unit, subjects_kind="unit", subject_ids=ids
    )
    record_batch(
        "places.count_all", by=None, at=MONDAY, subject=unit, subjects_kind="person", subject_ids=ids
    )

    assert [event.pk for event in trace("unit", unit.pk)] == [alone.pk, batch.pk, batch.pk + 1]
    assert [event.pk for event in trace("person", 4)] == [batch.pk + 1]
    assert trace("person", 4999) == []


def test_it_hides_walled_matters_from_a_trace_and_the_log(county):
    lead = county.officer("lead")
    unit = county.unit("明溪县民政局")
    place = unit.place
    before = record("places.count", by=None, at=MONDAY, subject=unit, place=place)
    wall = actions.raise_wall(
        by=county.officer("overseer"), at=MONDAY, reason="涉及", entries=[(lead.unit, "涉及专班")]
    )
    record("places.count", by=None, at=MONDAY, subject=unit, place=place, wall=wall)

    assert trace("unit", unit.pk, by=lead, at=MONDAY) == []
    assert before in trace("unit", unit.pk, by=county.officer("overseer"), at=MONDAY)
    assert not any(event.wall_id for event in trace("wall", wall.pk, by=lead, at=MONDAY))


def test_it_refuses_an_action_that_leaves_no_event_or_two(county):
    unit = county.unit("明溪县民政局")

    @action
    def silent():
        """Do nothing."""

    @action
    def twice():
        """Record twice."""
        record("places.count", by=None, at=MONDAY, subject=unit)
        record("places.count", by=None, at=MONDAY, subject=unit)

    for function in (silent, twice):
        with pytest.raises(ActionError):
            function()
    assert not Event.objects.exists()
