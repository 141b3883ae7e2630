"""The division tree and the doors in it."""

from __future__ import annotations

from django.db import models


class Level(models.IntegerChoices):
    """Depth in the division tree; a grid lies inside a village."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWN = 4
    VILLAGE = 5
    GRID = 6


class Place(models.Model):
    """A division, or a custom node for a zone that has no code.

    `id` is the twelve-digit statistical code read as a number; custom nodes are numbered from 9_000_000_000_000.
    The ancestor columns let one equality select everything below a place.
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=100)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    province = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    city = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    town = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    full_name = models.CharField(max_length=300)
    is_custom = models.BooleanField(default=False)
    ended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["level", "name"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=Level.PROVINCE) | models.Q(parent__isnull=False),
                name="place_below_a_province_has_a_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """The twelve digits as written on paper."""
        return f"{self.id:012d}"


class PlaceChange(models.Model):
    """A split, merger or renaming: the old place stays, with what became of it."""

    class Kind(models.TextChoices):
        RENAMED = "renamed"
        MERGED = "merged"
        SPLIT = "split"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="changes_after")
    after = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="changes_before")
    old_name = models.CharField(max_length=100)
    on_date = models.DateField()


class Dwelling(models.Model):
    """A door: a house, a flat, a hut, a shed - also where nobody is registered."""

    code = models.CharField(max_length=40, unique=True)
    village = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    town = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    group_no = models.PositiveSmallIntegerField(null=True)
    address = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["village", "id"])]

    def __str__(self) -> str:
        return self.address
