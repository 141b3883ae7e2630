"""What people tell us without being asked, and what is written about the place."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer, Unit, Wall
from jiandi.rooms.intake.words import new_key, new_number
from jiandi.rooms.places.models import Place


class Report(models.Model):
    """Something someone saw. Stored by day, without address, device or name; the body is sealed."""

    class State(models.TextChoices):
        NEW = "new"
        READING = "reading"
        TAKEN_UP = "taken_up"  # a case was opened
        ANSWERED = "answered"
        CLOSED = "closed"  # the reporter was told and asked whether it is solved

    # Argon2id of the receipt code under a secret kept beside the data; the code itself is never kept.
    code_digest = models.BinaryField(max_length=32, unique=True)
    # Keyed digest of the words: finds the same text told twice without anybody reading it.
    body_digest = models.BinaryField(max_length=16, default=bytes)
    # What people call it by. Counting on from one, a gap would give a walled report away.
    number = models.PositiveIntegerField(unique=True, default=new_number)
    received_on = models.DateField()
    channel = models.CharField(max_length=10)  # web | hotline | paper | letter
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=32, unique=True, default=new_key)  # what the sealed body is bound to
    body_sealed = models.BinaryField()  # padded to a size class, so that its length says nothing
    about_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    is_danger_now = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    wall = models.ForeignKey(Wall, on_delete=models.PROTECT, null=True, related_name="reports")
    routed_to = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    solved_says_reporter = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county", "state", "id"]), models.Index(fields=["body_digest"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(about_unit__isnull=True) | models.Q(wall__isnull=False),
                name="report_about_a_unit_has_a_wall",
            ),
            models.CheckConstraint(
                condition=models.Q(same_as__isnull=True) | ~models.Q(same_as=models.F("id")),
                name="report_is_not_the_same_as_itself",
            ),
        ]


class Message(models.Model):
    """A question to the reporter or their answer, read by the receipt code."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="messages")
    from_reporter = models.BooleanField()
    body_sealed = models.BinaryField()
    key = models.CharField(max_length=32, unique=True, default=new_key)  # what the sealed body is bound to
    on_date = models.DateField()
    by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")


class Feed(models.Model):
    """A source of news: a folder of posts or an RSS address."""

    name = models.CharField(max_length=100, unique=True)
    address = models.CharField(max_length=300)
    last_read_at = models.DateTimeField(null=True)


class Item(models.Model):
    """One post, read for places and signs of harm, never to profile who writes."""

    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="items")
    sha256 = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=300)
    author_outlet = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)
    link = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    places = models.JSONField(default=list)
    signs = models.JSONField(default=list)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField()
    seen_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["county", "-id"])]
