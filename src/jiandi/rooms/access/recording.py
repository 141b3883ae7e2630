"""The frame of every write: one transaction, one event, its leaf in the log."""

from __future__ import annotations

import functools
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import ParamSpec, TypeVar

import numpy as np
from django.db import transaction
from django.db.models import Model

from jiandi.rooms.access import dice
from jiandi.rooms.access.models import BatchSubjects, Event, Officer, Wall
from jiandi.rooms.places.models import Place

P = ParamSpec("P")
R = TypeVar("R")

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
                    raise ActionError(f"{function.__module__}.{function.__name__} recorded {len(recorded)} events")
                return result
        finally:
            _events_of_this_action.reset(token)

    performed.is_action = True  # type: ignore[attr-defined]
    return performed


def canonical(value: object) -> bytes:
    """Return the one spelling of a value that everybody hashes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


def leaf_of(event: Event, salt: bytes) -> bytes:
    """Return the log's leaf: SHA-256(0x00 || salt || canonical event) (RFC 6962, salted)."""
    body = canonical(
        {
            "verb": event.verb,
            "at": event.at.isoformat(),
            "by": event.by_id,
            "subject": [event.subject_kind, event.subject_id],
            "payload": event.payload,
        }
    )
    return hashlib.sha256(b"\x00" + salt + body).digest()


def record(
    verb: str,
    *,
    by: Officer | None,
    at: datetime,
    subject: Model,
    payload: dict[str, object] | None = None,
    place: Place | None = None,
    wall: Wall | None = None,
) -> Event:
    """Write that something was done, in the same transaction as the doing."""
    event = Event(
        verb=verb,
        at=at,
        by=by,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        payload=json.loads(canonical(payload or {})),
        place=place,
        wall=wall,
    )
    event.salt = dice.token_bytes(16)
    event.leaf = leaf_of(event, event.salt)
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
    payload: dict[str, object] | None = None,
    place: Place | None = None,
) -> Event:
    """Write one event for bulk work, with the compressed list of everything it touched; `trace` reads through it."""
    ids = np.unique(np.asarray(subject_ids, dtype="<i8"))
    packed = ids.tobytes()
    digest = hashlib.sha256(packed).hexdigest()
    event = record(
        verb,
        by=by,
        at=at,
        subject=subject,
        payload={**(payload or {}), "count": int(ids.size), "subjects_sha256": digest},
        place=place,
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
                    ids=zlib.compress(packed, 1),
                )
            ]
        )
    return event
