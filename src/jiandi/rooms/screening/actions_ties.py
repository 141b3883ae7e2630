"""When somebody declares a tie later: nobody knocks at the door of their own people."""

from __future__ import annotations

from django.db.models import Q

from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.access.models import Officer
from jiandi.rooms.register.circles import Circle, circle, circle_of
from jiandi.rooms.screening.models import VisitTask

WAITING = (VisitTask.State.OPEN, VisitTask.State.CALL_BACK)


def give_doors_away(tie: Tie) -> list[int]:
    """Pass their open doors on to a colleague of the unit, inside the declaring; without one they wait for a supervisor."""
    near = circle(tie.kind, tie.subject_id)
    theirs = Q(expected__person__in=near.people) | Q(household__in=near.households)
    doors = VisitTask.objects.filter(theirs, worker=tie.officer, state__in=WAITING).exclude(purpose="revisit")
    ids = list(doors.distinct().values_list("pk", flat=True))
    if ids:
        VisitTask.objects.filter(pk__in=ids).update(worker=_colleague(tie.officer, near))
    return []


def _colleague(officer: Officer, near: Circle) -> Officer | None:
    """Return somebody of the same unit who visits too and is not close to these people either."""
    roles = set(officer.grants.filter(revoked_at__isnull=True).values_list("role", flat=True))
    others = Officer.objects.filter(
        unit=officer.unit, is_active=True, grants__role__in=roles, grants__revoked_at__isnull=True
    )
    for other in others.exclude(pk=officer.pk).distinct().order_by("pk"):
        if not circle_of(other).people & near.people:
            return other
    return None
