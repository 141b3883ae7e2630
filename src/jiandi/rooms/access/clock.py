"""The one place that reads the clock. Actions get the moment passed in; views and commands ask here."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from jiandi.rooms.access.models import Installation

_started = time.monotonic()


def now() -> datetime:
    """Return the moment: the real one, or in a demonstration its simulated date running on from the start."""
    simulated = (
        Installation.objects.filter(pk=1, is_demo=True).values_list("simulated_now", flat=True).first()
    )
    if simulated is not None:
        return simulated + timedelta(seconds=int(time.monotonic() - _started))
    return datetime.now(UTC)
