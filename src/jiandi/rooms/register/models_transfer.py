"""People handed over to another county's system, and the systems whose keys were compared."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person


class Peer(models.Model):
    """Another county's system whose fingerprint somebody compared; revoked, never removed."""

    county = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    signing = models.BinaryField(max_length=32)
    exchange = models.BinaryField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    trusted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    trusted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=models.Q(revoked_at__isnull=True),
                name="a_peer_is_trusted_once",
            )
        ]


class Transfer(models.Model):
    """One person handed over: offered here or accepted here. Counted there when the receipt says so, and here until then."""

    class Direction(models.TextChoices):
        OUT = "out"
        IN = "in"

    class State(models.TextChoices):
        OFFERED = "offered"  # out: sent, still counted here
        ACCEPTED = "accepted"  # in: counted here; out: the receipt came, counted there

    code = models.CharField(max_length=32)  # of the parcel, the same on both sides
    direction = models.CharField(max_length=3, choices=Direction.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="transfers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    carried = models.JSONField(default=list)  # the open lists told of: [{group, since}]; nothing sensitive
    sha256 = models.CharField(max_length=64)  # of the offer as it was sealed
    started_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["direction", "code"], name="a_transfer_happens_once"),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(settled_at__isnull=False),
                name="an_accepted_transfer_says_when",
            ),
        ]
