"""Who looks at which doubtful pair: one person at a time, for a while; what is left lying goes back to all."""

from __future__ import annotations

from datetime import datetime, timedelta

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register import policies
from jiandi.rooms.register.actions_reviewing import check_no_tie, check_no_wall, place_of, wall_of
from jiandi.rooms.register.models import ReviewPair

HELD_MINUTES = 15  # long enough for a telephone call


@action
def take_pair(*, by: Officer, at: datetime, pair: ReviewPair) -> ReviewPair:
    """Take a doubtful pair in hand, so that nobody else looks at it meanwhile; refused while somebody else has it."""
    pair = (
        ReviewPair.objects.select_for_update(of=("self",))
        .select_related("record__person", "candidate__person", "held_by")
        .get(pk=pair.pk)
    )
    permit(by, "register.take_pair", at=at, place=place_of(pair))
    check_no_tie(by, pair)
    check_no_wall(by, pair)
    policies.check_waiting_pair(pair)
    policies.check_free(pair, by, at)
    until = at + timedelta(minutes=HELD_MINUTES)
    ReviewPair.objects.filter(pk=pair.pk).update(held_by=by, held_until=until)
    record(
        "register.take_pair",
        by=by,
        at=at,
        subject=pair,
        place=place_of(pair),
        wall=wall_of(pair),
        payload={"until": until},
    )
    pair.refresh_from_db()
    return pair
