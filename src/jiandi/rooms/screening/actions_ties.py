"""When somebody declares a tie later: nobody knocks at the door of their own people."""

from __future__ import annotations

from django.db.models import Q

from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import grants_in_force, live_grants
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
        VisitTask.objects.filter(pk__in=ids).update(worker=_colleague(tie, near))
    return []


def _colleague(tie: Tie, near: Circle) -> Officer | None:
    """Return somebody of the same unit who visits too, as of today, and is not close to these people either."""
    roles = {grant.role for grant in live_grants(tie.officer, tie.at)}
    alike = grants_in_force(tie.at).filter(role__in=roles).values("officer")
    others = Officer.objects.filter(unit=tie.officer.unit, is_active=True, pk__in=alike)
    for other in others.exclude(pk=tie.officer.pk).order_by("pk"):
        if not circle_of(other).people & near.people:
            return other
    return None
