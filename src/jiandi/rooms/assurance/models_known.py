"""People who agreed to be looked for, so that it can be measured how well those who look find."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Expected, Visit, VisitTask


class KnownCase(models.Model):
    """Somebody who agreed to be a test of a round's re-visits or of a sweep. Nobody who looks is told; never a victim.

    In a round: a door no visitor went to, re-visited as if somebody claimed to have - does the inspector notice? In a
    sweep: a person who lives in the place - are they found, should the lottery draw their area?
    """

    class Result(models.TextChoices):
        WAITING = "waiting"
        # of a re-visit, as a re-visit is judged (Recheck.Result): a claim made of this person would have been ...
        FALSE = "false"  # ... called false: noticed
        TRUE = "true"  # ... believed: not noticed
        UNRESOLVED = "unresolved"
        EXCUSED = "excused"
        # of a sweep
        FOUND = "found"
        MISSED = "missed"
        NOT_DRAWN = "not_drawn"  # the lottery drew other areas

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, related_name="known_cases")
    swept_place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    consented_on = models.DateField()
    consent_words = models.CharField(max_length=500)  # what was explained, and what the person said
    registered_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    # Bound when the draw or sweep is opened; nobody joins after.
    draw = models.ForeignKey("Draw", on_delete=models.PROTECT, null=True, related_name="known_cases")
    sweep = models.ForeignKey("Sweep", on_delete=models.PROTECT, null=True, related_name="known_cases")
    expected = models.ForeignKey(Expected, on_delete=models.PROTECT, null=True, related_name="+")
    task = models.ForeignKey(VisitTask, on_delete=models.PROTECT, null=True, related_name="+")
    inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    second_inspector = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.WAITING)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "person"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="known_once_in_a_round",
            ),
            models.UniqueConstraint(
                fields=["swept_place", "person"],
                condition=models.Q(withdrawn_at__isnull=True, result="waiting"),
                name="known_once_in_a_sweep",
            ),
            models.CheckConstraint(
                condition=models.Q(campaign__isnull=False, swept_place__isnull=True, sweep__isnull=True)
                | models.Q(campaign__isnull=True, swept_place__isnull=False, draw__isnull=True),
                name="known_case_tests_one_thing",
            ),
            models.CheckConstraint(
                condition=~models.Q(consent_words=""), name="no_known_case_without_consent"
            ),
        ]
