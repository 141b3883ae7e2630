"""Who may: role x area x purpose grants it, and no wall forbids it. One predicate for lists and for single objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import BreakGlass, Grant, Officer, Wall, WallEntry
from jiandi.rooms.access.roles import ROLES, roles_for
from jiandi.rooms.places.models import Level, Place

Found = TypeVar("Found", bound=Model)

COLUMN_OF_LEVEL = {
    Level.PROVINCE: "county__province_id",
    Level.CITY: "county__city_id",
    Level.COUNTY: "county_id",
    Level.TOWN: "town_id",
    Level.VILLAGE: "village_id",
}
NOT_THERE = Text(
    zh="没有这一页,或者您无权查看。两种情况的回答完全相同,这是有意的。",
    en="There is no such page, or it is not yours to see. The answer is the same in both cases, on purpose.",
)


def live_grants(by: Officer, at: datetime) -> list[Grant]:
    """Return the officer's grants in force on the day, read afresh so that a revocation acts at once (ASVS 8.3.2)."""
    return list(grants_in_force(at).filter(officer=by)) if by.is_active else []


def grants_in_force(at: datetime) -> QuerySet[Grant]:
    """Return every grant in force on the day, with its place."""
    day = timezone.localdate(at)
    open_today = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    in_force = Grant.objects.filter(open_today, starts_on__lte=day, revoked_at__isnull=True)
    return in_force.select_related("place")


def has_verb(by: Officer, verb: str, at: datetime) -> bool:
    """Answer whether the officer may use the verb anywhere at all (for menus, not for decisions)."""
    return bool(granting(by, verb, at))


# Asked at every step of every action and page, so in plain words: building either query through Django takes ten times
# as long as answering it. A test holds them against `grants_in_force` and `walled_off`.
_AREAS = """
    SELECT place.*, held.role AS held_as FROM access_grant held JOIN places_place place ON place.id = held.place_id
    WHERE held.officer_id = %s AND held.revoked_at IS NULL
      AND held.starts_on <= %s AND (held.ends_on IS NULL OR held.ends_on >= %s)
    ORDER BY held.id"""
_OUTSIDE = """
    SELECT 1 FROM access_wallentry WHERE wall_id = %s AND removed_at IS NULL
      AND (officer_id = %s OR unit_id IN ({units})) LIMIT 1"""


def granting(by: Officer, verb: str, at: datetime) -> list[Place]:
    """Return the places over which the officer may use the verb, read afresh as `live_grants` does."""
    if not by.is_active:
        return []
    day, allowed = timezone.localdate(at), roles_for(verb)
    areas = Place.objects.raw(_AREAS, [by.pk, day, day])
    return [area for area in areas if area.held_as in allowed]  # type: ignore[attr-defined]  # the query's own


def places_for(grants: Iterable[Grant], verb: str) -> list[Place]:
    """Return the places over which these grants allow the verb."""
    allowed = roles_for(verb)
    return [grant.place for grant in grants if grant.role in allowed]


def is_within(place: Place, area: Place) -> bool:
    """Answer whether a place is the area or lies below it."""
    ancestors = (place.id, place.village_id, place.town_id, place.county_id, place.city_id, place.province_id)
    return area.id in ancestors


def permit(
    by: Officer, verb: str, *, at: datetime, place: Place | None = None, wall: Wall | int | None = None
) -> None:
    """Refuse, in a sentence, an officer whose roles and areas do not cover the verb at the place, or who is walled off.

    A wall is answered as if the thing did not exist: who is walled off must not learn that there is something.
    """
    wall_id = wall.pk if isinstance(wall, Wall) else wall
    if has_wall_between(by, wall_id):
        raise Refused("not_found", NOT_THERE)
    areas = granting(by, verb, at)
    if not areas:
        names = "、".join(ROLES[role].zh for role in sorted(roles_for(verb)))
        english = ", ".join(ROLES[role].en for role in sorted(roles_for(verb)))
        raise Refused(
            "access.role",
            Text(
                zh=f"您的角色不能做这一步({verb})。可以做的角色:{names}。",
                en=f"Your role does not allow this step ({verb}). It is for: {english}.",
            ),
        )
    if place is not None and not any(is_within(place, area) for area in areas):
        raise Refused(
            "access.area",
            Text(
                zh=f"{place.name}不在您负责的区域内。请交给负责该地的同事。",
                en=f"{place.name} is outside your area. Pass it to the colleague responsible there.",
            ),
        )


def area_filter(areas: Iterable[Place], prefix: str = "") -> Q:
    """Return the condition that an object lies in one of the areas, by equality on its ancestor columns."""
    ids: dict[str, list[int]] = {}
    for area in areas:
        column = COLUMN_OF_LEVEL.get(Level(area.level))
        if (
            column
        ):  # a grid is below what objects know of; such a grant opens nothing (and none is made, see actions)
            ids.setdefault(column, []).append(area.id)
    condition = Q(pk__in=[])
    for column, values in ids.items():
        condition |= Q(**{f"{prefix}{column}__in": values})
    return condition


def unit_ids(by: Officer) -> list[int]:
    """Return the officer's unit and all units above it."""
    return [int(part) for part in by.unit.path.split("/") if part] or [by.unit_id]


def walled_off(by: Officer, wall: str = "wall") -> Exists:
    """Return the condition that a wall stands between the officer and the object."""
    theirs = Q(officer=by) | Q(unit_id__in=unit_ids(by))
    return Exists(WallEntry.objects.filter(theirs, wall=OuterRef(wall), removed_at__isnull=True))


def walls_against(by: Officer) -> QuerySet[WallEntry, Any]:
    """Return the numbers of the walls that the officer stands outside of, for lists that must pass over what is behind them."""
    theirs = Q(officer=by) | Q(unit_id__in=unit_ids(by))
    return WallEntry.objects.filter(theirs, removed_at__isnull=True).values("wall_id")


def has_wall_between(by: Officer, wall_id: int | None) -> bool:
    """Answer whether a wall stands between the officer and an object behind it."""
    return is_outside(wall_id, unit_ids(by), by.pk)


def is_outside(wall_id: int | None, units: Collection[int], officer_id: int | None = None) -> bool:
    """Answer whether any of these units, or the officer, stands outside a wall."""
    if wall_id is None:
        return False
    marks = ", ".join(["%s"] * len(units)) or "NULL"
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE.format(units=marks), [wall_id, officer_id, *units])
        return cursor.fetchone() is not None


def visible(
    things: QuerySet[Found], by: Officer, verb: str, *, at: datetime, wall: str = "wall"
) -> QuerySet[Found]:
    """Return those of the objects the officer may use the verb on: granted area, or broken glass, and no wall.

    The model carries `county`, `town`, `village` (those it has) and, where it can be sealed, `wall`.
    """
    areas = granting(by, verb, at)
    columns = {field.attname for field in things.model._meta.concrete_fields}
    granted = things.filter(area_filter([area for area in areas if _can_lie_in(columns, area)]))
    glass = broken_glass(by, verb, things.model._meta.model_name or "", at)
    if glass is not None and glass.exists():
        ids = granted.order_by().values("pk").union(glass.values(pk=F("subject_id")))
        granted = things.filter(pk__in=ids)
    if "wall_id" in columns or wall != "wall":
        granted = granted.exclude(walled_off(by, wall))
    return granted


def _can_lie_in(columns: set[str], area: Place) -> bool:
    """A thing without a village column cannot be placed inside a village: the village's grant does not reach it."""
    column = COLUMN_OF_LEVEL.get(Level(area.level))
    return column is not None and column.split("__")[0] in columns | {"county"}


def broken_glass(by: Officer, verb: str, kind: str, at: datetime) -> QuerySet[BreakGlass] | None:
    """Return the officer's emergency accesses in force: for reading only, never for acting, never without an account."""
    if not by.is_active or not verb.split(".")[-1].startswith("read_"):
        return None
    opened = Q(approved_at__isnull=False) | Q(danger_to_life=True)
    return BreakGlass.objects.filter(
        opened, officer=by, subject_kind=kind, opened_at__lte=at, expires_at__gt=at
    ).order_by()


def one(things: QuerySet[Found], **lookup: object) -> Found:
    """Return the one object of an already visible set, or answer exactly as if it did not exist."""
    found = things.filter(**lookup).first()
    if found is None:
        raise Http404
    return found
