"""Finding places: by code, by name, and the part of the tree somebody may read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, is_within
from jiandi.rooms.places.models import Dwelling, Level, Place


def resolve(text: str, within: Place | None = None) -> list[Place]:
    """Return the places a code or a name may mean, the widest first; old names count too."""
    text = text.strip()
    if not text:
        return []
    if text.isascii() and text.isdigit():
        return list(Place.objects.filter(pk=int(text.ljust(12, "0"))))
    named = Q(name=text) | Q(name__startswith=text) | Q(changes_after__old_name=text)
    found = Place.objects.filter(named, ended_on__isnull=True).distinct().order_by("level", "id")
    if within is not None:
        found = found.filter(Q(county=within) | Q(city=within) | Q(province=within) | Q(town=within))
    return list(found[:20])


def ancestors(place: Place) -> list[Place]:
    """Return the place's lineage from the province down, itself last."""
    ids = [place.province_id, place.city_id, place.county_id, place.town_id, place.village_id, place.id]
    known = Place.objects.in_bulk([id_ for id_ in ids if id_])
    return [known[id_] for id_ in dict.fromkeys(id_ for id_ in ids if id_) if id_ in known]


def roots(by: Officer, at: datetime) -> list[Place]:
    """Return the places at which the officer's tree begins."""
    areas = {place.pk: place for place in granting(by, "places.read_place", at)}
    return sorted(areas.values(), key=lambda place: (place.level, place.pk))


def can_read(by: Officer, place: Place, at: datetime) -> bool:
    """Answer whether a place lies in, or above, what the officer may read."""
    return any(
        is_within(place, area) or is_within(area, place) for area in granting(by, "places.read_place", at)
    )


def children(place: Place) -> QuerySet[Place]:
    """Return what lies directly below a place, living first."""
    return place.children.order_by("ended_on", "id")


def doors(place: Place, after: int = 0, count: int = 50) -> list[Dwelling]:
    """Return a page of a village's doors."""
    return list(Dwelling.objects.filter(village=place, pk__gt=after).order_by("pk")[: count + 1])


def level_name(level: int) -> str:
    """Return a level's key for display."""
    return Level(level).name.lower()
