"""Who may see and do what, what walls stand in between, and the log of everything done."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from jiandi.rooms.places.models import Place


class Unit(models.Model):
    """An office: a bureau, a township government, a village committee, a clinic, a police station."""

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=30)  # see access/roles.py: UNIT_KINDS
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    # Ids of this unit and all above it, "/3/17/42/": a wall against a township holds for its village committees too.
    path = models.CharField(max_length=200, default="/")
    is_outside = models.BooleanField(
        default=False
    )  # above or beside the county: may verify when the county is implicated

    def __str__(self) -> str:
        return self.name


class OfficerAccounts(BaseUserManager["Officer"]):
    """How Django's log-in finds an officer by user name."""


class Officer(AbstractBaseUser):
    """A person who works in the system under their own name; there is no account without one."""

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    phone = models.CharField(max_length=30, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    # Set with a one-time password: after this moment it opens nothing, and before it only the page to choose one's own.
    one_time_until = models.DateTimeField(null=True)
    handed_over_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    USERNAME_FIELD = "username"
    objects = OfficerAccounts()

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """A role held over an area for a period."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20)  # see access/roles.py: ROLES
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    given_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)  # acts at once, unlike an end date (ASVS 8.3.2)
    revoked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "role", "place"],
                condition=models.Q(ends_on__isnull=True, revoked_at__isnull=True),
                name="one_open_grant",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="grant_ends_after_it_starts",
            ),
        ]


class Conflict(models.Model):
    """A declared tie between an officer and a household or a person (kin, in-law, debt, business)."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="conflicts")
    subject_kind = models.CharField(max_length=20)  # person | household | unit
    subject_id = models.BigIntegerField()
    tie = models.CharField(max_length=60)
    declared_at = models.DateTimeField()


class Wall(models.Model):
    """What keeps an alert, report or case from those it implicates. Beats every grant; break-glass cannot pass it."""

    made_at = models.DateTimeField()
    reason = models.CharField(max_length=300)


class WallEntry(models.Model):
    """One unit or officer outside the wall, and why. Removed only by two people at a higher level."""

    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, related_name="entries")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    removal_reason = models.CharField(max_length=300, blank=True)
    removal_asked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    removed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False) ^ models.Q(officer__isnull=False),
                name="wall_entry_names_one",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at__isnull=True)
                | (
                    models.Q(removal_asked_by__isnull=False)
                    & models.Q(removed_by__isnull=False)
                    & ~models.Q(removal_asked_by=models.F("removed_by"))
                ),
                name="wall_entry_removed_by_two",
            ),
            models.UniqueConstraint(
                fields=["wall", "unit"],
                condition=models.Q(unit__isnull=False, removed_at__isnull=True),
                name="unit_stands_once_outside_a_wall",
            ),
            models.UniqueConstraint(
                fields=["wall", "officer"],
                condition=models.Q(officer__isnull=False, removed_at__isnull=True),
                name="officer_stands_once_outside_a_wall",
            ),
        ]


class BreakGlass(models.Model):
    """Emergency access to one object: a reason, a short expiry, the overseer told at once. Never through a wall."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    danger_to_life = models.BooleanField()
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    review_due_on = models.DateField()  # within a working day
    approved_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    second_reviewer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=300, blank=True)
    is_proper = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["officer", "subject_kind", "subject_id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("officer")),
                name="glass_approved_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(second_reviewer__isnull=True)
                | (
                    models.Q(reviewed_by__isnull=False)
                    & ~models.Q(second_reviewer=models.F("reviewed_by"))
                    & ~models.Q(second_reviewer=models.F("officer"))
                ),
                name="glass_reviewed_by_two",
            ),
        ]


class Notice(models.Model):
    """A line one officer should read: neutral words and a link; what it is about stays behind the link."""

    to = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="notices")
    text_zh = models.CharField(max_length=200)
    text_en = models.CharField(max_length=300)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to", "-id"])]


class Event(models.Model):
    """One thing done, written in the same transaction as the change. Never updated but for its place in the log."""

    verb = models.CharField(max_length=60)  # "cases.open_case": the function, the permission and the event
    at = models.DateTimeField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="+")
    payload = models.JSONField(default=dict)
    salt = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)
    position = models.BigIntegerField(null=True, unique=True)  # given by the sequencer, nobody else

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"]),
            models.Index(fields=["verb", "at"]),
            models.Index(fields=["id"], name="event_unplaced", condition=models.Q(position__isnull=True)),
        ]


class BatchSubjects(models.Model):
    """The subjects of one bulk event: sorted ids, compressed, with their salted Merkle root in the event's payload."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="batch")
    subject_kind = models.CharField(max_length=20)
    count = models.PositiveIntegerField()
    lowest = models.BigIntegerField()
    highest = models.BigIntegerField()
    ids = models.BinaryField()  # zlib of little-endian int64, ascending
    salt = models.BinaryField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "lowest", "highest"])]


class Checkpoint(models.Model):
    """The signed state of the log at a size (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    text = models.TextField()
    signature = models.BinaryField()
    frontier = models.BinaryField()
    at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)


class Installation(models.Model):
    """The one row that says what this database is: a county's own, or a demonstration that may hold seeded accounts."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_demo = models.BooleanField(default=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    simulated_now = models.DateTimeField(null=True)
    origin = models.CharField(max_length=80, default="jiandi.local/log")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_installation"),
            models.CheckConstraint(
                condition=models.Q(simulated_now__isnull=True) | models.Q(is_demo=True),
                name="only_a_demo_fakes_the_clock",
            ),
        ]


class LookUp(models.Model):
    """A search's rate-limit counter: per officer and hour."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["officer", "hour"], name="one_counter_per_hour")]
