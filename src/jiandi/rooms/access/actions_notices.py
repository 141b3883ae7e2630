"""Reading one's notices."""

from __future__ import annotations

from datetime import datetime

from jiandi.rooms.access.models import Notice, Officer
from jiandi.rooms.access.recording import action, record


@action
def read_notices(*, by: Officer, at: datetime) -> int:
    """Mark an officer's notices as read; returns how many were new."""
    count = Notice.objects.filter(to=by, read_at__isnull=True).update(read_at=at)
    record("access.read_notices", by=by, at=at, subject=by, place=by.unit.place, payload={"count": count})
    return count
