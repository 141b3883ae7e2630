"""Alerts: questions with a reason, sources, a first safe action and those who must not be told."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer, Unit, Wall
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Household, Person


class Run(models.Model):
    """One run of the rules: which ran, which could not and why, and what each found."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    reference_on = models.DateField()
    report = models.JSONField(default=list)  # per rule: {rule, state, count, seconds, zh, en}
    is_whole = models.BooleanField(default=True)  # else only what visits since the run before could change
    read_to = models.BigIntegerField(
        default=0
    )  # the last event that stood in the log when the records were read
    token = models.CharField(max_length=32, blank=True)  # opens what the run stood on, where it was kept
    rules = models.CharField(
        max_length=64, blank=True
    )  # digest of the rules, their versions and the county's packs


class Alert(models.Model):
    """A contradiction that points to harm. A question, never a verdict on a person."""

    class State(models.TextChoices):
        NEW = "new"
        ACKNOWLEDGED = "acknowledged"
        VERIFYING = "verifying"
        CONFIRMED = "confirmed"  # a case was opened
        EXPLAINED = "explained"  # reason from a list, a note, a second person for danger rules
        UNANSWERED = "unanswered"  # open without answer: "no match", "cannot locate" never close anything

    key = models.CharField(max_length=120, unique=True)  # rule and what it is about: seen again, it updates
    rule = models.CharField(max_length=8)
    rule_version = models.PositiveSmallIntegerField(default=1)
    rule_class = models.CharField(max_length=14)  # danger | contradiction | service_gap
    state = models.CharField(max_length=14, choices=State.choices, default=State.NEW)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="alerts")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="alerts")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="alerts")
    detail_zh = models.TextField()
    detail_en = models.TextField()
    sources = models.JSONField(default=list)  # [{kind, id}]
    implicated = models.JSONField(
        default=list
    )  # [{kind, id, name, why_zh, why_en}]; read only through the wall
    routed_to = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="alerts")
    routed_why_zh = models.CharField(max_length=300, blank=True)
    routed_why_en = models.CharField(max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField(
        default=0
    )  # danger x reachability; orders the queue, never shown as a score
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # the records no longer say so; nothing is deleted
    explained_as = models.CharField(max_length=30, blank=True)
    note = models.CharField(max_length=500, blank=True)
    explained_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    seconded_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            # With what totals are counted by, so that counting reads no row.
            models.Index(
                fields=["county", "state", "-rank", "id", "rule", "rule_class", "gone_at", "wall"],
                name="alerts_of_a_county",
            ),
            models.Index(fields=["routed_to", "state", "-rank", "id"]),
            models.Index(fields=["rule", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="explained", rule_class="danger")
                | models.Q(seconded_by__isnull=False),
                name="danger_explained_by_two",
            )
        ]


class Listed(models.Model):
    """One of the people a question is about, where it is about several."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="listed")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="listed_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="listed_once_in_an_alert")]


class Triage(models.Model):
    """One step someone took on an alert."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="triage")
    from_state = models.CharField(max_length=14)
    to_state = models.CharField(max_length=14)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ScanCursor(models.Model):
    """How far the danger-now scan has read the submissions."""

    name = models.CharField(max_length=20, primary_key=True)
    last_id = models.BigIntegerField(default=0)
