"""A round after people were merged: whoever it counted twice, on a list and as found at a door, it counts once."""

from __future__ import annotations

from datetime import datetime

from jiandi.rooms.access.bulk import among, update
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record_batch
from jiandi.rooms.register.standing import standing_for
from jiandi.rooms.screening import policies
from jiandi.rooms.screening.actions_counting import recount
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask
from jiandi.rooms.screening.outcomes import Saying


def follow_merges(*, by: Officer, at: datetime, campaign: Campaign) -> int:
    """Count everybody a round expects under two numbers once; what was heard of either is heard of the one that stays,
    at the end of however many merges.

    Not for a round with a draw: what was drawn from stands as it was published. Returns how many were counted twice;
    where nobody was, nothing is written.
    """
    permit(by, "screening.follow_merges", at=at, place=campaign.place)
    policies.check_open(campaign)
    ours = Expected.objects.filter(task__campaign=campaign, task__purpose="round")
    if not ours.filter(person__superseded_by__isnull=False).exists():
        return 0
    return _follow_merges(by=by, at=at, campaign=campaign)


@action
def _follow_merges(*, by: Officer, at: datetime, campaign: Campaign) -> int:
    """Fold the rows of merged people, inside one transaction."""
    ours = Expected.objects.filter(task__campaign=campaign, task__purpose="round")
    merged = ours.filter(person__superseded_by__isnull=False).select_related("visit").order_by("pk")
    rows = list(merged)
    now = standing_for(row.person_id for row in rows)
    into = set(now.values())
    # The few people first, then their doors: asked for both at once, SQLite walks every door of the round.
    anywhere = list(Expected.objects.filter(among("person_id", into)).select_related("visit"))
    doors = VisitTask.objects.filter(among("pk", {row.task_id for row in anywhere}))
    here = set(doors.filter(campaign=campaign, purpose="round").values_list("pk", flat=True))
    there = sorted((row for row in anywhere if row.task_id in here), key=lambda row: -row.pk)
    staying = {row.person_id: row for row in there}
    twice = []
    for row in rows:
        number = now.get(row.person_id, row.person_id)
        kept = staying.setdefault(number, row)
        if kept is row:  # expected under the old number alone
            row.person_id = number
        else:
            _hear(kept, row)
            twice.append(row.pk)
    changed = [staying[number] for number in sorted(staying)]
    Expected.objects.filter(pk__in=twice).delete()
    update(
        Expected,
        ("person", "outcome", "visit", "seen_alone", "needs_alone", "excuse", "excused_by"),
        [
            (row.person_id, row.outcome, row.visit_id, row.seen_alone, row.needs_alone, row.excuse,
             row.excused_by_id, row.pk)
            for row in changed
        ],
    )  # fmt: skip
    recount(campaign)
    record_batch(
        "screening.follow_merges",
        by=by,
        at=at,
        subject=campaign,
        subjects_kind="expected",
        subject_ids=[row.pk for row in changed] + twice,
        place=campaign.place,
    )
    return len(twice)


def _hear(kept: Expected, gone: Expected) -> None:
    """Let what is known under the number that goes count where it outweighs what is known under the one that stays."""
    kept.seen_alone = kept.seen_alone or gone.seen_alone
    kept.needs_alone = kept.needs_alone or gone.needs_alone
    if _saying(gone).weight > _saying(kept).weight:
        kept.outcome, kept.visit_id = gone.outcome, gone.visit_id
        kept.excuse, kept.excused_by_id = gone.excuse, gone.excused_by_id


def _saying(row: Expected) -> Saying:
    visit = row.visit
    started, instance = (visit.started_at, visit.instance_id) if visit else (None, "")
    return Saying(row.outcome, row.seen_alone, started, instance, row.visit_id or 0)
