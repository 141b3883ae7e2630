"""Doubtful pairs that hardly need two looks: the same name, sex and whole birth date, and no second person needed.

Only what is plain from the rows themselves. Where numbers conflict, somebody else fits as well, or one of the two may be hidden or
is sealed, a pair is looked at by itself.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import policies
from jiandi.rooms.register.models import ReviewPair
from jiandi.rooms.register.queries_review import open_pairs
from jiandi.rooms.register.safeguarding import held_among

MOST = 25  # what a person can still look at line by line
_PLAIN = ("thin_evidence", "low_weight")


def plain_pairs(by: Officer, at: datetime, village: Place) -> list[ReviewPair]:
    """Return the plain pairs of a village that wait for the officer and nobody has in hand."""
    agreeing = open_pairs(by, at).filter(
        village=village,
        lottery__isnull=True,
        reason__in=_PLAIN,
        record__name=F("candidate__name"),
        record__sex=F("candidate__sex"),
        record__birth_on=F("candidate__birth_on"),
    )
    found = agreeing.exclude(record__name="").select_related("record__person", "candidate__person", "held_by")
    pairs = [pair for pair in found if not policies.is_held(pair, by, at)]
    held = held_among(
        person for pair in pairs for person in (pair.record.person_id, pair.candidate.person_id)
    )
    return [pair for pair in pairs if policies.why_two(pair, held) is None][:MOST]
