"""One event, one spelling: the same event always gives the same bytes, so its hash can be compared."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from uuid import UUID


def canonical_json(event: object) -> str:
    """Spell an event the one possible way: keys sorted, no spaces, text as it is, moments in UTC.

    Allowed: dicts with text keys, lists and tuples, text, whole numbers, true, false, nothing, dates, moments with
    a time zone and UUIDs. Floats are refused: two machines may spell them differently (write "0.05" or 5 of 100).
    """
    return json.dumps(
        _plain(event), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def canonical_bytes(event: object) -> bytes:
    """The UTF-8 bytes of the one possible spelling of an event."""
    return canonical_json(event).encode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return _mapping(value)
    raise TypeError(f"an event cannot hold a {type(value).__name__}; write it as text or as a whole number")


def _mapping(value: dict[object, object]) -> dict[str, object]:
    result: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"an event's keys are text, not {type(key).__name__}")
        result[key] = _plain(item)
    return result


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a moment in an event needs its time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
