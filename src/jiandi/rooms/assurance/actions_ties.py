"""When an inspector declares a tie later: a blind re-visit of those close to them goes to another inspector."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q

from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.access.models import Officer
from jiandi.rooms.assurance import drawing
from jiandi.rooms.assurance.comparing import Asked
from jiandi.rooms.assurance.models import KnownCase, Recheck, Target
from jiandi.rooms.register.circles import circle, circle_of
from jiandi.rooms.screening.models import Visit, VisitTask


def give_rechecks_away(tie: Tie) -> list[int]:
    """Give their waiting re-visits to the inspector with the fewest, inside the declaring: not of the same town, not close
    to these people, not the door's earlier visitor. Without one the re-visit stays out until somebody is named.
    """
    near = circle(tie.kind, tie.subject_id)
    theirs = Q(inspector=tie.officer) | Q(second_inspector=tie.officer)
    waiting = Recheck.objects.filter(theirs, expected__person__in=near.people, result=Recheck.Result.WAITING)
    aimed = Target.objects.filter(theirs, expected__person__in=near.people, result=Recheck.Result.WAITING)
    tests = KnownCase.objects.filter(
        theirs, expected__person__in=near.people, result=KnownCase.Result.WAITING, withdrawn_at__isnull=True
    )
    asked: list[Asked] = [
        one for kind in (waiting, aimed, tests) for one in kind.select_related("task").order_by("pk")
    ]
    for recheck in asked:
        model, other = type(recheck), _other(tie, recheck, near.people)
        if recheck.inspector_id == tie.officer.pk:
            model.objects.filter(pk=recheck.pk).update(inspector=other)
            VisitTask.objects.filter(pk__in=[recheck.task_id]).update(worker=other)
        else:
            model.objects.filter(pk=recheck.pk).update(second_inspector=other)
    return []


def _other(tie: Tie, recheck: Asked, people: frozenset[int]) -> Officer | None:
    door = recheck.task.dwelling_id if recheck.task else None
    been = set(Visit.objects.filter(dwelling=door).values_list("worker", flat=True)) if door else set()
    out = {tie.officer.pk, recheck.inspector_id, recheck.second_inspector_id} | been
    load = Counter(Recheck.objects.filter(result=Recheck.Result.WAITING).values_list("inspector", flat=True))
    fit = [
        one
        for one in drawing.inspectors(tie.at)
        if one.pk not in out
        and one.unit.place.town_id != recheck.town_id
        and not circle_of(one).people & people
    ]
    return min(fit, key=lambda one: (load[one.pk], one.pk), default=None)
