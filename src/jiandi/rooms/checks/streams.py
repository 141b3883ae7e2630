"""Where danger signs come in by themselves: the submissions of visits, read by cursor."""

from __future__ import annotations

from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from jiandi.core.checks import Said
from jiandi.rooms.screening.models import Finding, Visit

_READ = (
    "visit_id", Coalesce("visit__started_at", "visit__received_at"), "kind", "value", "sighting__name", "person_id",
    "person__household_id", "village_id",
)  # fmt: skip
MOST = 5_000  # submissions read in one look; the next look is seconds away


def visits_after(last_id: int) -> tuple[list[Said], int]:
    """Return what visitors saw or wrote in submissions after an id, and the id read to."""
    newest = Visit.objects.filter(pk__gt=last_id).order_by("pk")[:MOST].aggregate(last=Max("pk"))["last"]
    if newest is None:
        return [], last_id
    found = Finding.objects.filter(visit__gt=last_id, visit__lte=newest, kind__in=("danger", "words"))
    zone = timezone.get_current_timezone()
    said = [
        Said(
            where="visit",
            id=visit,
            day=timezone.localdate(moment, zone).isoformat(),
            text=value if kind == "words" else None,
            danger=value if kind == "danger" else None,
            name=name,
            person_id=person,
            household_id=household,
            village=village,
        )
        for visit, moment, kind, value, name, person, household, village in found.order_by("pk").values_list(
            *_READ
        )
    ]
    return said, newest
