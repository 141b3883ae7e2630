"""What departments put right: lines of an earlier delivery's correction list that a later delivery no longer has."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.register.models import Roster


class Mending(models.Model):
    """How many lines of one delivery's correction list a later delivery of the unit mended; counted when that one came."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="mendings")
    by = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="mended_by_it")
    lines = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "by"], name="one_mending_per_delivery")]
