"""By whose word rosters are compared."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils import timezone

from jiandi.rooms.access.models import Officer


class Authorisation(models.Model):
    """The written permission without which no match run happens (Network Data Security Regulations, arts 15-17)."""

    number = models.CharField(max_length=60, unique=True)
    issued_by = models.CharField(max_length=100)  # the unit
    signed_by = models.CharField(max_length=60, blank=True)  # blank: recorded before signers were asked for
    signed_office = models.CharField(max_length=60, blank=True)
    purpose = models.CharField(max_length=300)
    kinds = models.JSONField(default=list)  # roster kinds it covers; empty = all delivered
    starts_on = models.DateField()
    ends_on = models.DateField()
    document_sha256 = models.CharField(max_length=64, blank=True)  # access.sealing; never replaced
    document_name = models.CharField(max_length=100, blank=True)
    document_kind = models.CharField(max_length=5, blank=True)  # core.papers.TYPES
    document_bytes = models.BigIntegerField(default=0)
    document_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)  # ended before its day
    revoked_by = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason="")
                | (
                    models.Q(revoked_at__isnull=False, revoked_by__isnull=False)
                    & ~models.Q(revoked_reason="")
                ),
                name="revoked_by_somebody_for_a_reason",
            )
        ]

    def state_on(self, day: date) -> str:
        """Return whether it may be used on a day: revoked, before, after or in_force."""
        if self.revoked_at is not None:
            return "revoked"
        return "before" if day < self.starts_on else "after" if day > self.ends_on else "in_force"


def in_force(at: datetime) -> models.QuerySet[Authorisation]:
    """Return the permissions under which a run may happen at a moment, the latest first."""
    day = timezone.localdate(at)
    return Authorisation.objects.filter(
        starts_on__lte=day, ends_on__gte=day, revoked_at__isnull=True
    ).order_by("-pk")


def widest_in_force(at: datetime) -> Authorisation | None:
    """Return the permission in force that names the most kinds, the latest of several.

    Work that nobody watches runs under it: under a narrower one, lines on the lists it leaves out would end overnight.
    """
    return min(in_force(at), key=lambda one: (bool(one.kinds), -len(one.kinds)), default=None)
