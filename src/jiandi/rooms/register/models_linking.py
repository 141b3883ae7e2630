"""A county's own linkage model: learnt by one person, taken into use by another, and given up again, each step kept."""

from __future__ import annotations

from django.db import models

from jiandi.core.linkage.model import SHORT
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.states import MODEL


class LinkModel(models.Model):
    """A linkage model the county learnt from its own rosters, with its card's figures and what adopting it would change."""

    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # of the county, from 1
    model = models.JSONField()  # as core.linkage.train returns it
    sha256 = models.CharField(max_length=64)  # core.linkage.model.digest
    authorisation = models.ForeignKey(Authorisation, on_delete=models.PROTECT, related_name="+")
    rosters = models.JSONField(default=list)  # learnt from
    labels = models.PositiveIntegerField()
    learnt_at = models.DateTimeField()
    learnt_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    # counts of core.linkage.differences; rosters it was made over; `against`: the digest of the model then in use
    report = models.JSONField(default=dict)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "number"], name="one_link_model_per_number"),
            models.UniqueConstraint(
                fields=["county"],
                condition=models.Q(adopted_at__isnull=False, retired_at__isnull=True),
                name="one_link_model_in_use",
            ),
            models.CheckConstraint(
                condition=models.Q(adopted_by__isnull=True) | ~models.Q(adopted_by=models.F("learnt_by")),
                name="link_model_adopted_by_another",
            ),
        ]

    @property
    def name(self) -> str:
        """Its number and the beginning of its digest, as a run says which model it used."""
        return f"{self.number} {self.sha256[:SHORT]}"

    @property
    def is_in_use(self) -> bool:
        """Answer whether match runs use it."""
        return self.adopted_at is not None and self.retired_at is None

    @property
    def state(self) -> Text:
        """Whether it is in use, in words."""
        return MODEL["in_use" if self.is_in_use else "retired" if self.retired_at else "learnt"]
