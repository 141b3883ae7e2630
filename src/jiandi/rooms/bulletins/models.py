"""What the public is told, each sentence bound to evidence."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place


class Bulletin(models.Model):
    """A dated statement made of claims."""

    class State(models.TextChoices):
        DRAFT = "draft"
        CHECKED = "checked"
        PUBLISHED = "published"
        CORRECTED = "corrected"

    number = models.PositiveIntegerField(unique=True)
    slug = models.SlugField(unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    drafted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    checked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    log_size = models.BigIntegerField(null=True)
    log_root = models.CharField(max_length=64, blank=True)


class Claim(models.Model):
    """One sentence and the query it is bound to."""

    bulletin = models.ForeignKey(Bulletin, on_delete=models.PROTECT, related_name="claims")
    order = models.PositiveSmallIntegerField()
    query = models.CharField(max_length=60)  # bulletins/claims.py: the named query
    parameters = models.JSONField(default=dict)
    values = models.JSONField(default=dict)  # computed at drafting; suppressed cells are absent
    text_zh = models.TextField()
    text_en = models.TextField()
    suppressed = models.BooleanField(default=False)


class Correction(models.Model):
    """A later statement that an earlier sentence was wrong, and why. The earlier one stays readable."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="corrections")
    text_zh = models.TextField()
    text_en = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
