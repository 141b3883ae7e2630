"""When somebody declares a tie later: a doubtful pair about those close to them waits for a colleague."""

from __future__ import annotations

from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.register.circles import about_them, circle
from jiandi.rooms.register.models import ReviewPair


def let_go_of_pairs(tie: Tie) -> list[int]:
    """Release the pairs they hold open, inside the declaring; their list and their decisions pass over such pairs anyway."""
    people = circle(tie.kind, tie.subject_id).people
    ReviewPair.objects.filter(about_them(people), held_by=tie.officer).update(held_by=None, held_until=None)
    return []
