"""What the lists add up to on a day: counted after each linkage, kept apart for those who may see sensitive lists."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import MatchRun, Roster


class Statement(models.Model):
    """How many people each list stands for, counted at one moment; a later count takes its place, none is edited."""

    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")


class ListCount(models.Model):
    """One list at one place: its lines, its people, who is on it alone, who is missing, what the last delivery changed.

    With a roster: that delivery. Without: all deliveries of the kind together. Open counts leave out sensitive lists and
    sealed people altogether, so that nothing can be computed from the difference to another open count.
    """

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lists", db_index=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_open = models.BooleanField()
    kind = models.CharField(max_length=30)
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    lines = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    only_here = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(null=True)  # None: no rule says who should be on it
    added = models.PositiveIntegerField(null=True)  # None: no delivery before to compare with
    gone = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["statement", "place", "is_open"], name="list_counts_of_a_place")]


class Overlap(models.Model):
    """How many people at a place stand on exactly these registers and on no other."""

    statement = models.ForeignKey(
        Statement, on_delete=models.CASCADE, related_name="overlaps", db_index=False
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_open = models.BooleanField()
    kinds = models.CharField(
        max_length=300, blank=True
    )  # space separated; or one of the words of counting.ASIDE
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "place", "is_open", "kinds"], name="one_count_per_overlap"
            )
        ]
