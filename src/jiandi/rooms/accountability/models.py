"""Units measured by four faults, with a right of reply; promises kept live."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer, Unit, Wall
from jiandi.rooms.places.models import Place


class Fault(models.Model):
    """No action, slow, improper or fake action - computed from events, shown with its evidence and the unit's reply."""

    class Kind(models.TextChoices):
        NO_ACTION = "no_action"  # no event before the clock ran out
        SLOW = "slow"  # done late
        IMPROPER = "improper"  # outside power or procedure
        FAKE = "fake"  # a record contradicted by evidence

    class State(models.TextChoices):
        OPEN = "open"
        REPLIED = "replied"
        UPHELD = "upheld"
        WITHDRAWN = "withdrawn"
        APPEALED = "appealed"

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="faults")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    detail_zh = models.CharField(max_length=400)
    detail_en = models.CharField(max_length=400)
    sources = models.JSONField(default=list)
    found_at = models.DateTimeField()
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "state"])]


class Reply(models.Model):
    """What the unit says to a fault. Read before anything is decided."""

    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, related_name="replies")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_appeal = models.BooleanField(default=False)


class Scorecard(models.Model):
    """A unit's counts in a period, with the minimum sample below which no rate is shown."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="scorecards")
    computed_at = models.DateTimeField()
    duties = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    refuted = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit"], name="one_scorecard_per_unit")]


class CommitmentState(models.Model):
    """Where one of the ledger's promises stands, computed live from evidence."""

    number = models.CharField(max_length=4, primary_key=True)  # D01..D23, C01..C52
    state = models.CharField(max_length=20)  # met | not_met | partly | cannot_be_shown
    detail_zh = models.CharField(max_length=500)
    detail_en = models.CharField(max_length=500)
    figures = models.JSONField(default=dict)
    computed_at = models.DateTimeField()


class SupervisionOrder(models.Model):
    """督办单: an issuer, an addressee, an item, a requirement, a deadline, a reply, a result."""

    number = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="supervision_orders")
    issued_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    item = models.CharField(max_length=300)
    requirement = models.CharField(max_length=500)
    due_on = models.DateField()
    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, null=True, related_name="orders")
    reply = models.CharField(max_length=1000, blank=True)
    replied_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
