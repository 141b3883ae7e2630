"""Where a report about an office goes: past the office and those below it, one level up or outside the county."""

from __future__ import annotations

from jiandi.rooms.access.models import Unit
from jiandi.rooms.places.models import Level, Place

VILLAGE, TOWN = "village", "town"


def unit_meant(choice: str, place: Place | None) -> Unit | None:
    """Return the office a reporter means: the village committee or township of the place chosen, or a unit by id."""
    if choice == VILLAGE and place is not None:
        return Unit.objects.filter(kind="village", place=place.village_id or place.pk).first()
    if choice == TOWN and place is not None:
        return Unit.objects.filter(kind="township", place=place.town_id or place.pk).first()
    return Unit.objects.filter(pk=int(choice)).first() if choice.isdigit() else None


def reader_of(about: Unit | None, county: Place) -> Unit | None:
    """Return who shall read a report: the county's working group, or a body outside when the county is meant.

    Nobody is returned when there is no body outside: the report then waits for one, which overseers above see.
    """
    group = Unit.objects.filter(kind="working_group", place=county).order_by("pk").first()
    if about is None:
        return group
    below_county = about.place.level > Level.COUNTY
    if below_county and group is not None and about.pk not in _line_of(group):
        return group
    outside = Unit.objects.filter(is_outside=True, place__level__lt=Level.COUNTY)
    inside = outside.filter(place__in=[area for area in (county.city_id, county.province_id) if area])
    return next(
        (unit for unit in inside.order_by("-place__level", "pk") if about.pk not in _line_of(unit)), None
    )


def _line_of(unit: Unit) -> set[int]:
    return {int(part) for part in unit.path.split("/") if part}
