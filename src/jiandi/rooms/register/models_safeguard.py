"""Whom no program may close, merge away or part, because somebody works on what becomes of them."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.register.models import Person


class Safeguard(models.Model):
    """A person about whom only people decide: why, since when, until when. Written by the rooms above, shown on no page."""

    class Reason(models.TextChoices):
        CASE = "case"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    ground = models.BigIntegerField()  # the number of what it stands on, in the room that wrote it
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "reason", "ground"],
                condition=models.Q(until__isnull=True),
                name="a_person_is_safeguarded_once_for_a_ground",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="a_safeguard_ends_after_it_begins",
            ),
        ]
