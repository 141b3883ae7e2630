"""Where danger signs come in by themselves: the submissions of visits, read by cursor."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone

from jiandi.core.checks import Said
from jiandi.rooms.screening.models import Finding, Visit

MOST = 5_000  # submissions read in one look; the next look is seconds away


def visits_after(last_id: int) -> tuple[list[Said], int]:
    """Return what visitors saw or wrote in submissions after an id, and the id read to."""
    newest = Visit.objects.filter(pk__gt=last_id).order_by("pk")[:MOST].aggregate(last=Max("pk"))["last"]
    if newest is None:
        return [], last_id
    found = Finding.objects.filter(visit__gt=last_id, visit__lte=newest, kind__in=("danger", "words"))
    found = found.select_related("visit", "person", "sighting").order_by("pk")
    said = [
        Said(
            where="visit",
            id=finding.visit_id,
            day=_day(finding),
            text=finding.value if finding.kind == "words" else None,
            danger=finding.value if finding.kind == "danger" else None,
            name=finding.sighting.name if finding.sighting else None,
            person_id=finding.person_id,
            household_id=finding.person.household_id if finding.person else None,
            village=finding.village_id,
        )
        for finding in found
    ]
    return said, newest


def _day(finding: Finding) -> str:
    moment = finding.visit.started_at or finding.visit.received_at
    return timezone.localdate(moment).isoformat()
