"""Units measured by four faults, with a right of reply; promises kept live."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

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

    key = models.CharField(max_length=120, unique=True)  # what it is about: found again, it updates
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=30)  # accountability/finding.py: which question found it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="faults")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    detail_zh = models.CharField(max_length=400)
    detail_en = models.CharField(max_length=400)
    sources = models.JSONField(default=list)  # [{kind, id}]
    found_at = models.DateTimeField()
    last_found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)  # the events no longer say so; nothing is deleted
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # of the decision

    class Meta:
        indexes = [models.Index(fields=["unit", "state"]), models.Index(fields=["unit", "-found_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state__in=["upheld", "withdrawn"])
                | (models.Q(decided_by__isnull=False) & ~models.Q(reason="")),
                name="a_decided_fault_says_by_whom_and_why",
            )
        ]

    def get_absolute_url(self) -> str:
        """Return the fault's page."""
        return reverse("accountability:fault", args=[self.pk])


class Reply(models.Model):
    """What the unit says to a fault. Read before anything is decided."""

    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, related_name="replies")
    text = models.CharField(max_length=1000)
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_appeal = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fault"], condition=models.Q(is_appeal=True), name="one_appeal_per_fault"
            )
        ]


class Scorecard(models.Model):
    """A unit's counts of one kind of duty. Kinds are never added up: a door is not a referral.

    Only duties that no wall can hide are kept here (doors, re-visits); referrals and alerts are counted for each reader.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="scorecards")
    kind = models.CharField(max_length=10)  # doors
    computed_at = models.DateTimeField()
    duties = models.PositiveIntegerField()
    on_time = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    refuted = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind"], name="one_scorecard_per_unit_and_kind")
        ]


class CommitmentState(models.Model):
    """Where one of the ledger's promises stands, computed live from evidence."""

    class State(models.TextChoices):
        MET = "met"
        PARTLY = "partly"
        NOT_MET = "not_met"
        CANNOT_BE_SHOWN = "cannot_be_shown"

    number = models.CharField(max_length=4, primary_key=True)  # D01..D23, C01..C52
    state = models.CharField(max_length=20, choices=State.choices)
    detail_zh = models.TextField()
    detail_en = models.TextField()
    figures = models.JSONField(default=list)  # [{zh, en, value}]
    is_sealed = models.BooleanField(
        default=False
    )  # its figures count alerts or cases: for the working group and above
    computed_at = models.DateTimeField()


class SupervisionOrder(models.Model):
    """督办单: an issuer, an addressee, an item, a requirement, a deadline, a reply, a result."""

    number = models.CharField(max_length=40, unique=True)  # 督〔2026〕第3号
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="supervision_orders")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    issued_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    item = models.CharField(max_length=300)
    requirement = models.CharField(max_length=500)
    due_on = models.DateField()
    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, null=True, related_name="orders")
    reply = models.CharField(max_length=1000, blank=True)
    replied_at = models.DateTimeField(null=True)
    replied_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["unit", "due_on"])]
        constraints = [
            models.UniqueConstraint(fields=["county", "year", "serial"], name="order_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True)
                | (models.Q(replied_at__isnull=False) & ~models.Q(result="")),
                name="an_order_closes_on_a_reply_and_a_result",
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the order's page."""
        return reverse("accountability:order", args=[self.pk])
