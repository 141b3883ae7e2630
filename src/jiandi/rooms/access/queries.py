"""What was done and to what; who is who. Every answer respects areas and walls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import BatchSubjects, BreakGlass, Event, Grant, Notice, Officer, WallEntry
from jiandi.rooms.access.permissions import NOT_THERE, area_filter, granting, has_wall_between, unit_ids
from jiandi.rooms.access.recording import unpacked
from jiandi.rooms.places.models import Place

# What can be opened in an emergency: kind -> app, and the field that people write down.
OPENABLE: dict[str, tuple[str, str, Text]] = {
    "person": ("register", "code", Text(zh="人员", en="Person")),
    "case": ("cases", "number", Text(zh="个案", en="Case")),
    "alert": ("checks", "pk", Text(zh="疑点", en="Alert")),
    "report": ("intake", "pk", Text(zh="线索", en="Report")),
}


def engine() -> Officer:
    """Return the standing officer under whose name scheduled work is recorded."""
    found = (
        Officer.objects.select_related("unit")
        .filter(grants__role="engine", is_active=True)
        .order_by("pk")
        .first()
    )
    if found is None:
        raise Refused("init.missing", Text(zh="请先运行 jiandi init。", en="Run jiandi init first."))
    return found


def events_of(kind: str, subject_id: int) -> list[Event]:
    """Return what was done to one thing by itself, in order (bulk work is in `trace`)."""
    return list(
        Event.objects.filter(subject_kind=kind, subject_id=subject_id).select_related("by").order_by("pk")
    )


def trace(
    kind: str, subject_id: int, *, by: Officer | None = None, at: datetime | None = None
) -> list[Event]:
    """Return everything done to one thing, alone or in bulk, in order; with `by`, only what they may know of."""
    ids = set(
        Event.objects.filter(subject_kind=kind, subject_id=subject_id).values_list("pk", flat=True)
    ) | set(_batches_with(kind, subject_id))
    events = Event.objects.filter(pk__in=ids)
    if by is not None and at is not None:
        events = visible_events(by, at=at).filter(pk__in=ids)
    return list(events.select_related("by", "by__unit").order_by("pk"))


def _batches_with(kind: str, subject_id: int) -> Iterable[int]:
    near = BatchSubjects.objects.filter(subject_kind=kind, lowest__lte=subject_id, highest__gte=subject_id)
    for batch in near.order_by("pk").iterator(chunk_size=20):
        ids = unpacked(batch)
        place = int(np.searchsorted(ids, subject_id))
        if place < ids.size and int(ids[place]) == subject_id:
            yield batch.event_id


def visible_events(by: Officer, *, at: datetime) -> QuerySet[Event]:
    """Return the events an officer may read of: their area, and nothing about a matter they are walled off from.

    A wall raised later also hides what was written about the same thing before it stood.
    """
    areas = granting(by, "access.read_log", at)
    placed = area_filter(areas, prefix="place__")
    whole_county = Q(place__isnull=True) if any(area.level <= 3 for area in areas) else Q(pk__in=[])
    theirs = Q(officer=by) | Q(unit_id__in=unit_ids(by))
    blocked = WallEntry.objects.filter(theirs, removed_at__isnull=True)
    if not blocked.exists():
        return Event.objects.filter(placed | whole_county)
    behind = Event.objects.filter(
        subject_kind=OuterRef("subject_kind"),
        subject_id=OuterRef("subject_id"),
        wall__in=blocked.values("wall"),
    )
    return (
        Event.objects.filter(placed | whole_county)
        .exclude(wall__in=blocked.values("wall"))
        .exclude(Exists(behind))
    )


def find_openable(by: Officer, kind: str, code: str) -> Model:
    """Return what an officer names to open in an emergency; walled off and unknown answer the same."""
    app, field, _ = OPENABLE.get(kind, ("", "", NOT_THERE))
    if not app or (field == "pk" and not code.strip().isdigit()):
        raise Refused("not_found", NOT_THERE)
    found = apps.get_model(app, kind)._default_manager.filter(**{field: code.strip()}).first()
    if found is None or has_wall_between(by, getattr(found, "wall_id", None)):
        raise Refused("not_found", NOT_THERE)
    return found


def labels_of(things: Iterable[tuple[str, int]], by: Officer) -> dict[tuple[str, int], str]:
    """Return what people write down for things (kind, id): a code or number; nothing for those behind a wall."""
    found: dict[tuple[str, int], str] = {}
    by_kind: dict[str, set[int]] = {}
    for kind, key in things:
        by_kind.setdefault(kind, set()).add(key)
    for kind, keys in by_kind.items():
        app, field, _ = OPENABLE.get(kind, ("", "", NOT_THERE))
        model = apps.get_model(app, kind) if app else None
        for thing in model._default_manager.filter(pk__in=keys) if model else ():
            if not has_wall_between(by, getattr(thing, "wall_id", None)):
                found[kind, thing.pk] = str(getattr(thing, field))
    return found


def glasses(by: Officer, *, at: datetime) -> QuerySet[BreakGlass]:
    """Return the emergency accesses an officer may review: those in their area, and their own requests."""
    areas = granting(by, "access.review_glass", at)
    found = BreakGlass.objects.filter(area_filter(areas, prefix="place__") | Q(officer=by))
    return found.select_related("officer", "officer__unit", "approved_by", "reviewed_by", "second_reviewer")


def officers(by: Officer, *, at: datetime) -> QuerySet[Officer]:
    """Return the officers an administrator keeps: those whose unit lies in their area."""
    areas = granting(by, "access.manage_officers", at)
    return Officer.objects.filter(area_filter(areas, prefix="unit__place__")).select_related("unit")


def grants_of(officer: Officer) -> QuerySet[Grant]:
    """Return an officer's roles, those in force first."""
    return officer.grants.select_related("place", "given_by").order_by("revoked_at", "ends_on", "pk")


def notices(to: Officer) -> QuerySet[Notice]:
    """Return an officer's notices, newest first."""
    return Notice.objects.filter(to=to).order_by("-pk")


def unread_count(to: Officer) -> int:
    """Return how many notices an officer has not read."""
    return Notice.objects.filter(to=to, read_at__isnull=True).count()


def wall_entries(by: Officer, *, at: datetime) -> QuerySet[WallEntry]:
    """Return standing wall entries an overseer may see: those below their area, and of no wall they stand outside."""
    areas = granting(by, "access.read_wall", at)
    below = area_filter(areas, prefix="unit__place__") | area_filter(areas, prefix="officer__unit__place__")
    theirs = Q(officer=by) | Q(unit_id__in=unit_ids(by))
    own_walls = WallEntry.objects.filter(theirs, removed_at__isnull=True).values("wall")
    found = WallEntry.objects.filter(below, removed_at__isnull=True).exclude(wall__in=own_walls)
    return found.select_related("wall", "unit", "officer", "officer__unit", "removal_asked_by")


def places_for_grants(by: Officer, *, at: datetime) -> QuerySet[Place]:
    """Return the places over which an administrator may give roles."""
    areas = granting(by, "access.manage_officers", at)
    inside = area_filter(areas) | Q(pk__in=[area.pk for area in areas])
    return Place.objects.filter(inside, level__lte=5, ended_on__isnull=True).order_by("id")
