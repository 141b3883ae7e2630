"""Submissions in: stored as they came, each once, and in the same transaction what they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection

from jiandi.core.forms import visit as forms
from jiandi.core.values import Refused
from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening import policies, sorting
from jiandi.rooms.screening.actions_attachments import Attached, Sent, attach, prepared
from jiandi.rooms.screening.actions_outcomes import apply
from jiandi.rooms.screening.ahead import Read, read, read_ahead
from jiandi.rooms.screening.models import Campaign, Visit, VisitTask
from jiandi.rooms.screening.sorting import Reading, Refusal, Sorted

BATCH = 2_000
_LOCK = 0x5A17  # any constant: names our advisory lock on PostgreSQL

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Receipt:
    """What became of a delivery of visits: every body is in exactly one of the four."""

    new: int = 0
    same: int = 0
    quarantined: int = 0
    refused: list[Refusal] = field(default_factory=list)
    visit_ids: list[int] = field(default_factory=list)  # of the new ones, applied or quarantined


def receive_visit(
    *,
    by: Officer,
    at: datetime,
    body: bytes,
    channel: str,
    attachments: Sequence[Attached] = (),
    pictured: str = "",
) -> Visit:
    """Take one visit from a phone, the web form or paper; the same bytes again are the same visit.

    `attachments` are photographs and the form's own log (audit.csv); `pictured` says whether people are in them ("nobody", "agreed", or "" for not said).
    A body that cannot be read is refused and stays with the sender; anything else is stored, applied or quarantined.
    """
    permit(by, "screening.receive_visit", at=at)
    policies.check_channel(channel)
    policies.check_attachments(attachments)
    said = read(body, received_at=at)
    if said.refusal is not None:
        raise Refused(*said.refusal)
    assert said.form is not None  # a submission is read or refused
    instance_id = said.form.instance_id
    stored = {known: pk for pk, known in sorting.known_visits([instance_id]).get(instance_id, [])}
    if said.sha256 in stored and not attachments:
        return Visit.objects.get(pk=stored[said.sha256])
    return _receive_visit(
        by=by, at=at, said=said, channel=channel, sent=prepared(attachments), pictured=pictured
    )


@action
def _receive_visit(
    *, by: Officer, at: datetime, said: Read, channel: str, sent: Sequence[Sent], pictured: str
) -> Visit:
    """Take one visit that could be read, inside one transaction."""
    assert said.form is not None  # receive_visit refuses what cannot be read
    _hold_turn(said.form.instance_id)
    batch = sorting.sort([said], by=by, at=at, channel=channel)
    _store_and_apply(batch, by=by, at=at, channel=channel)
    pk = batch.readings[0].visit_id if batch.readings else batch.same[0]
    visit = Visit.objects.select_related("village", "town", "county").get(pk=pk)
    attach(visit, sent, pictured)
    record(
        "screening.receive_visit",
        by=by,
        at=at,
        subject=visit,
        place=visit.village or visit.town or visit.county,
        payload={
            "instance": visit.instance_id,
            "sha256": bytes(visit.sha256).hex(),
            "state": visit.state,
            "problem": visit.problem.get("code", ""),
            "channel": channel,
            "attachments": len(sent),
        },
    )
    return visit


def receive_visits(
    *, by: Officer, at: datetime, bodies: Iterable[bytes], channel: str, progress: Progress | None = None
) -> Receipt:
    """Take any number of visits, a batch at a time; each batch stands or falls whole, and a repeat changes nothing."""
    permit(by, "screening.receive_visits", at=at)
    policies.check_channel(channel)
    receipt = Receipt()
    waiting = iter(bodies)
    done = 0
    for said in read_ahead(iter(lambda: list(islice(waiting, BATCH)), []), received_at=at):
        found = _receive_batch(by=by, at=at, said=said, channel=channel, first_index=done)
        done += len(said)
        _add(receipt, found)
        if progress:
            progress(done, done)
    return receipt


@action
def _receive_batch(
    *,
    by: Officer,
    at: datetime,
    said: Sequence[Read],
    channel: str,
    first_index: int,
) -> Sorted:
    """Take one batch of visits: stored, applied and counted together, or not at all."""
    _hold_turn(None)
    batch = sorting.sort(said, by=by, at=at, channel=channel, first_index=first_index)
    _store_and_apply(batch, by=by, at=at, channel=channel)
    campaigns = {reading.door.campaign_id for reading in batch.readings if reading.door}
    campaign = Campaign.objects.filter(pk__in=[pk for pk in campaigns if pk]).order_by("pk").first()
    waiting = sum(bool(reading.problems) for reading in batch.readings)
    record_batch(
        "screening.receive_visits",
        by=by,
        at=at,
        subject=campaign or by,
        subjects_kind="visit",
        subject_ids=[reading.visit_id for reading in batch.readings],
        payload={
            "channel": channel,
            "same": len(batch.same) + batch.again,
            "quarantined": waiting,
            "refused": len(batch.refused),
        },
        place=campaign.place if campaign else None,
    )
    return batch


def _add(receipt: Receipt, batch: Sorted) -> None:
    waiting = sum(bool(reading.problems) for reading in batch.readings)
    receipt.new += len(batch.readings) - waiting
    receipt.quarantined += waiting
    receipt.same += len(batch.same) + batch.again
    receipt.refused.extend(batch.refused)
    receipt.visit_ids.extend(reading.visit_id for reading in batch.readings)


def _hold_turn(instance_id: str | None) -> None:
    """Make two deliveries of one submission wait for each other; a bulk delivery waits for all.

    SQLite has one writer anyway. On PostgreSQL the loser of a race then finds the winner's row and says "same".
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if instance_id is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        else:
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s), pg_advisory_xact_lock(%s, hashtext(%s))",
                [_LOCK, _LOCK, instance_id],
            )


_COLUMNS = [
    "instance_id",
    "form",
    "body",
    "sha256",
    "received_at",
    "channel",
    "state",
    "problem",
    "decision_reason",
    "task",
    "worker",
    "unit",
    "dwelling",
    "village",
    "town",
    "county",
    "started_at",
    "ended_at",
    "result",
    "outbuildings",
    "lat",
    "lon",
    "photo_sha256",
]


def _store_and_apply(batch: Sorted, *, by: Officer, at: datetime, channel: str) -> None:
    """Write the bodies first, then what the sound ones change."""
    if not batch.readings:
        return
    fallback = _places_of_senders(batch.readings, by)
    bulk.insert(Visit, _COLUMNS, [_row(reading, at, channel, fallback) for reading in batch.readings])
    ids = {
        (instance_id, bytes(digest)): pk
        for instance_id, digest, pk in Visit.objects.filter(
            bulk.among("instance_id", {reading.form.instance_id for reading in batch.readings})
        ).values_list("instance_id", "sha256", "pk")
    }
    for reading in batch.readings:
        reading.visit_id = ids[reading.form.instance_id, reading.sha256]
    apply([reading for reading in batch.readings if not reading.problems], by=by, at=at)


def _row(
    reading: Reading, at: datetime, channel: str, senders: dict[int, tuple[int | None, ...]]
) -> tuple[object, ...]:
    form, door = reading.form, reading.door
    worker, unit = reading.worker or (None, None)
    where = door.where if door else senders[worker or 0]
    return (
        form.instance_id,
        reading.form_pk,
        reading.stored,
        reading.sha256,
        at,
        channel,
        reading.state,
        reading.problem,
        "",
        door.id if door else None,
        worker,
        unit,
        door.dwelling_id if door else None,
        *where,
        reading.started_at,
        reading.ended_at,
        form.result if form.result in forms.RESULTS else "",
        form.outbuildings if form.outbuildings in forms.OUTBUILDINGS else "",
        form.lat,
        form.lon,
        form.photo,
    )


def _places_of_senders(readings: Sequence[Reading], by: Officer) -> dict[int, tuple[int | None, ...]]:
    """Return where a visit without a known door belongs: with the unit of its worker, else of its sender (key 0)."""
    lost = {reading.worker[0] for reading in readings if reading.door is None and reading.worker}
    officers = Officer.objects.filter(pk__in={*lost, by.pk}).select_related("unit__place")
    places = {officer.pk: _lineage(officer.unit.place) for officer in officers}
    return {**places, 0: places[by.pk]}


def _lineage(place: Place) -> tuple[int | None, ...]:
    county = place.county_id or Installation.objects.filter(pk=1).values_list("county_id", flat=True).first()
    return (place.village_id, place.town_id, county)


@action
def release_visit(
    *, by: Officer, at: datetime, visit: Visit, reason: str, task: VisitTask | None = None
) -> Visit:
    """Let a quarantined visit count after all, as well as it can be read; the supervisor gives the task where it was wrong."""
    permit(by, "screening.release_quarantine", at=at, place=_place_of(visit))
    kept = bytes(visit.body)
    reading = Reading(kept, bytes(visit.sha256), forms.parse(sorting.unpacked(kept)))
    sorting.look_up([reading], at=visit.received_at)
    if task is not None:
        sorting.send_to(reading, task)
    policies.check_release(by, visit, reading, reason)
    sorting.forgive(reading)
    reading.problems.clear()
    reading.visit_id = visit.pk
    door = reading.door
    assert door is not None  # check_release refuses a visit without one
    Visit.objects.filter(pk=visit.pk).update(
        state=Visit.State.APPLIED,
        decided_by=by,
        decided_at=at,
        decision_reason=reason.strip()[:300],
        task_id=door.id,
        dwelling_id=door.dwelling_id,
        village_id=door.where[0],
        town_id=door.where[1],
        county_id=door.where[2],
    )
    apply([reading], by=by, at=at)
    visit.refresh_from_db()
    record(
        "screening.release_visit",
        by=by,
        at=at,
        subject=visit,
        place=_place_of(visit),
        payload={"problem": visit.problem.get("code", ""), "reason": reason.strip()[:300], "task": door.id},
    )
    return visit


@action
def keep_visit(*, by: Officer, at: datetime, visit: Visit, reason: str) -> Visit:
    """Decide that a quarantined visit does not count; its body stays, with the reason."""
    permit(by, "screening.release_quarantine", at=at, place=_place_of(visit))
    policies.check_decision(by, visit, reason)
    visit.state, visit.decided_by, visit.decided_at = Visit.State.KEPT, by, at
    visit.decision_reason = reason.strip()[:300]
    Visit.objects.filter(pk=visit.pk).update(
        state=visit.state, decided_by=by, decided_at=at, decision_reason=visit.decision_reason
    )
    record(
        "screening.keep_visit",
        by=by,
        at=at,
        subject=visit,
        place=_place_of(visit),
        payload={"problem": visit.problem.get("code", ""), "reason": visit.decision_reason},
    )
    return visit


def _place_of(visit: Visit) -> Place | None:
    return visit.village or visit.town or visit.county
