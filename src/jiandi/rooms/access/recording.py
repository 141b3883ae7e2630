"""The frame of every write: one transaction, one event, its leaf in the log."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import ParamSpec, TypeVar

import numpy as np
from django.db import transaction
from django.db.models import Model

from jiandi.core.journal.merkle import Frontier, event_leaf, leaf_hash
from jiandi.rooms.access import dice
from jiandi.rooms.access.models import BatchSubjects, Event, Officer, Wall
from jiandi.rooms.places.models import Place

P = ParamSpec("P")
R = TypeVar("R")

SUBJECTS_PER_LEAF = 1024

_events_of_this_action: ContextVar[list[int] | None] = ContextVar("events_of_this_action", default=None)


class ActionError(AssertionError):
    """An action recorded no event, or more than one: a fault of ours, found by its tests."""


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a write: it runs in one transaction and records exactly one event of its own."""

    @functools.wraps(function)
    def performed(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _events_of_this_action.set([])
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                recorded = _events_of_this_action.get() or []
                if len(recorded) != 1:
                    raise ActionError(
                        f"{function.__module__}.{function.__name__} recorded {len(recorded)} events"
                    )
                return result
        finally:
            _events_of_this_action.reset(token)

    performed.is_action = True  # type: ignore[attr-defined]
    return performed


def spelt(event: Event) -> dict[str, object]:
    """Return what the log's leaf is computed from; whoever holds this and the salt can prove the event's content."""
    return {
        "verb": event.verb,
        "at": event.at,
        "by": event.by_id,
        "subject": [event.subject_kind, event.subject_id],
        "place": event.place_id,
        "payload": event.payload,
    }


def _plain(value: object) -> object:
    """Turn a payload's value into what JSON and the log can hold: fractions and dates become text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [_plain(item) for item in items]
    return str(value)


def record(
    verb: str,
    *,
    by: Officer | None,
    at: datetime,
    subject: Model,
    payload: Mapping[str, object] | None = None,
    place: Place | None = None,
    wall: Wall | None = None,
) -> Event:
    """Write that something was done, in the same transaction as the doing."""
    event = Event(
        verb=verb,
        at=at,
        by=by,
        subject_kind=subject._meta.model_name or "",
        subject_id=subject.pk,
        payload=_plain(payload or {}),
        place=place,
        wall=wall,
    )
    event.salt = dice.token_bytes(16)
    event.leaf = event_leaf(event.salt, spelt(event))
    Event.objects.bulk_create([event])
    recorded = _events_of_this_action.get()
    if recorded is not None:
        recorded.append(event.pk)
    return event


def record_batch(
    verb: str,
    *,
    by: Officer | None,
    at: datetime,
    subject: Model,
    subjects_kind: str,
    subject_ids: Sequence[int] | np.ndarray,
    payload: Mapping[str, object] | None = None,
    place: Place | None = None,
    wall: Wall | None = None,
) -> Event:
    """Write one event for bulk work, with the compressed list of everything it touched; `trace` reads through it."""
    ids = np.unique(np.asarray(subject_ids, dtype="<i8"))
    salt = dice.token_bytes(16)
    event = record(
        verb,
        by=by,
        at=at,
        subject=subject,
        payload={**(payload or {}), "count": int(ids.size), "subjects_root": subjects_root(ids, salt).hex()},
        place=place,
        wall=wall,
    )
    if ids.size:
        BatchSubjects.objects.bulk_create(
            [
                BatchSubjects(
                    event=event,
                    subject_kind=subjects_kind,
                    count=int(ids.size),
                    lowest=int(ids[0]),
                    highest=int(ids[-1]),
                    ids=zlib.compress(ids.tobytes(), 1),
                    salt=salt,
                )
            ]
        )
    return event


def subjects_root(ids: np.ndarray, salt: bytes) -> bytes:
    """Return the Merkle root over a batch's ids: one salted leaf for each thousand, so that a million takes no time."""
    packed = ids.astype("<i8").tobytes()
    step = 8 * SUBJECTS_PER_LEAF
    frontier = Frontier()
    frontier.extend(leaf_hash(salt + packed[start : start + step]) for start in range(0, len(packed), step))
    return frontier.root()


def unpacked(batch: BatchSubjects) -> np.ndarray:
    """Return the ids a batch is about, ascending."""
    return np.frombuffer(zlib.decompress(bytes(batch.ids)), dtype="<i8")
