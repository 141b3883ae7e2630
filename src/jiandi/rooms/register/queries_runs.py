"""What may be asked of match runs: whether one is due."""

from __future__ import annotations

from django.db.models import Q

from jiandi.rooms.register import linking
from jiandi.rooms.register.models import Judgement, MatchRun, Roster


def is_link_due() -> bool:
    """Answer whether rosters came, were replaced or taken back, or decisions were made or taken back, since the last whole run."""
    last = MatchRun.objects.filter(finished_at__isnull=False, is_whole=True).order_by("-pk").first()
    if last is None:
        return Roster.objects.filter(state=Roster.State.READ).exists()
    read = Roster.objects.filter(state=Roster.State.READ).exclude(kind__in=linking.OUTSIDE)
    covered = last.authorisation.kinds
    due = set((read.filter(kind__in=covered) if covered else read).values_list("pk", flat=True))
    if due != set(last.rosters):
        return True
    since = Q(made_at__gt=last.started_at) | Q(superseded_at__gt=last.started_at)
    return Judgement.objects.filter(since).exists()
