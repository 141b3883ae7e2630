"""Lines for officers to read in the console: neutral words, the matter itself behind a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access.models import Notice, Officer, WallEntry
from jiandi.rooms.access.permissions import unit_ids
from jiandi.rooms.places.models import Place


def post_notice(to: Iterable[Officer], text: Text, *, link: str, at: datetime) -> int:
    """Put one line before each of the officers, in the transaction of the action that calls; returns how many."""
    made = [Notice(to=officer, text_zh=text.zh, text_en=text.en, link=link, at=at) for officer in to]
    Notice.objects.bulk_create(made)
    return len(made)


def holders(role: str, place: Place, *, at: datetime, wall_id: int | None = None) -> list[Officer]:
    """Return the officers who hold a role over a place today, without those walled off."""
    day = timezone.localdate(at)
    ancestors = [
        place.id,
        place.village_id,
        place.town_id,
        place.county_id,
        place.city_id,
        place.province_id,
    ]
    found = (
        Officer.objects.select_related("unit")
        .filter(
            Q(grants__ends_on__isnull=True) | Q(grants__ends_on__gte=day),
            is_active=True,
            grants__role=role,
            grants__place__in=[area for area in ancestors if area is not None],
            grants__starts_on__lte=day,
            grants__revoked_at__isnull=True,
        )
        .distinct()
        .order_by("pk")
    )
    outside = WallEntry.objects.filter(wall=wall_id, removed_at__isnull=True)
    officers = set(outside.filter(officer__isnull=False).values_list("officer_id", flat=True))
    units = set(outside.filter(unit__isnull=False).values_list("unit_id", flat=True))
    return [one for one in found if one.pk not in officers and not units & set(unit_ids(one))]
