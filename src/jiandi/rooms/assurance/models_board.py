"""The coverage board as it was counted: one count of a round, and a cell for each place and protection list."""

from __future__ import annotations

from django.db import models

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening.models import Campaign


class Board(models.Model):
    """One count of a round: when, by whom, and which rosters stand behind the denominators."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="board")
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    rosters = models.JSONField(
        default=list
    )  # [{kind, unit, reference_on, delivered_on, records, is_sensitive}]


class BoardCell(models.Model):
    """One place and one protection list: who was to be reached, and who was. A wall changes no number here."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="cells", db_index=False)
    # Empty: everybody. Else a list of register/groups.py, or boards.ANY / boards.ANY_OPEN: each person once.
    group = models.CharField(max_length=30, blank=True)
    is_sensitive = models.BooleanField()  # for the working group alone
    place = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+"
    )  # the narrowest that is known
    village = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    town = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    county = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+", db_index=False)
    listed = models.PositiveIntegerField(default=0)
    unlisted_found = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    seen_alone = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)
    hukou_only = models.PositiveIntegerField(
        default=0
    )  # of those listed: only the household register knows them
    hukou_only_left = models.PositiveIntegerField(default=0)  # of these: neither seen nor excused
    unplanned = models.PositiveIntegerField(default=0)  # on a roster, and the round expects them nowhere

    class Meta:
        indexes = [models.Index(fields=["board", "group", "town"], name="board_by_town")]
        constraints = [
            models.UniqueConstraint(fields=["board", "group", "place"], name="one_cell_per_place_and_list"),
            models.CheckConstraint(
                condition=models.Q(seen_alone__lte=models.F("seen"))
                & models.Q(hukou_only__lte=models.F("listed"))
                & models.Q(hukou_only_left__lte=models.F("hukou_only"))
                & models.Q(listed__gte=models.F("seen") + models.F("excused") - models.F("unlisted_found")),
                name="a_cell_adds_up",
            ),
        ]
