"""What the lists add up to on a day: counted after each linkage, kept apart for those who may see sensitive lists."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import MatchRun, Person, Roster


class Statement(models.Model):
    """How many people each list stands for, counted at one moment; a later count takes its place, none is edited."""

    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")


class ListCount(models.Model):
    """One list at one place: its lines, its people, who is on it alone, who is missing, what the last delivery changed.

    With a roster: that delivery. Without: all deliveries of the kind together. Open counts leave out sensitive lists
    altogether, and are the same before and after a wall goes up, so that no difference tells who is sealed.
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


class EntitlementQuestion(models.Model):
    """A person who by the files may be entitled to a list and stands on none; somebody asks them and writes down the answer."""

    class State(models.TextChoices):
        OPEN = "open"
        APPLIED = "applied"  # helped to apply; asked again when no list has them after the time to decide
        DECLINED = "declined"  # the person does not want it
        NOT_ENTITLED = "not_entitled"
        GONE = "gone"  # the files no longer ask: on the list by now, mostly

    key = models.CharField(max_length=60, unique=True)
    rule = models.CharField(max_length=20)
    group = models.CharField(max_length=30)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="entitlement_questions")
    reason_zh = models.CharField(max_length=300)
    reason_en = models.CharField(max_length=300)
    rows = models.JSONField(default=list)  # the rows it stands on
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    first_asked_on = models.DateField()
    last_asked_on = models.DateField()
    answered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "town", "id"], name="entitlements_of_a_town"),
            models.Index(fields=["state", "county", "id"], name="entitlements_of_a_county"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["applied", "declined", "not_entitled"])
                | models.Q(answered_by__isnull=False, answered_at__isnull=False),
                name="an_answer_has_an_author",
            )
        ]
