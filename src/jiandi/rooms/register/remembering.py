"""What people confirmed about the columns of a unit's earlier files."""

from __future__ import annotations

from jiandi.core.rosters.kinds import catalogue
from jiandi.core.rosters.shapes import Remembered
from jiandi.rooms.access.models import Unit
from jiandi.rooms.register.models import ColumnChoice

MOST = 200


def remembered_for(unit: Unit) -> tuple[Remembered, ...]:
    """Return the choices that stand for a unit's files, the latest first."""
    live = ColumnChoice.objects.filter(unit=unit, superseded_at__isnull=True).order_by("-pk")[:MOST]
    return tuple(
        Remembered(c.pk, c.kind, c.fingerprint, c.columns) for c in live if c.kind in catalogue().kinds
    )
