"""A round's counters, counted afresh from what they count. Visits move them step by step to the same numbers."""

from __future__ import annotations

from django.db.models import Count, Q

from jiandi.rooms.screening.models import Campaign, Coverage, Expected, VisitTask

_O = Expected.Outcome
_PLACE = ("village_id", "town_id", "county_id")
_PEOPLE = {
    "listed": Count("id", filter=Q(is_found=False)),
    "unlisted_found": Count("id", filter=Q(is_found=True)),
    "seen_alone": Count("id", filter=Q(seen_alone=True)),
    "alone_needed": Count("id", filter=Q(needs_alone=True)),
    "alone_done": Count("id", filter=Q(needs_alone=True, seen_alone=True)),
    **{outcome: Count("id", filter=Q(outcome=outcome)) for outcome in _O.values},
}
_DOORS = {"doors": Count("id"), "doors_visited": Count("id", filter=Q(state=VisitTask.State.VISITED))}


def counted(campaign: Campaign) -> dict[tuple[int | None, ...], dict[str, int]]:
    """Return the counters of each village (village, town, county) as the people and doors themselves say."""
    found: dict[tuple[int | None, ...], dict[str, int]] = {}
    doors = VisitTask.objects.filter(campaign=campaign, purpose="round")
    people = Expected.objects.filter(task__campaign=campaign, task__purpose="round")
    for rows, counts in ((doors, _DOORS), (people, _PEOPLE)):
        # Prefixed: a counter of the same name as a column would be taken for it inside the other counters.
        named = {f"count_{name}": count for name, count in counts.items()}
        for row in rows.order_by().values(*_PLACE).annotate(**named):
            place = tuple(row.pop(name) for name in _PLACE)
            found.setdefault(place, {}).update({name: row[f"count_{name}"] for name in counts})
    return found


def recount(campaign: Campaign) -> None:
    """Replace a round's counters by a fresh count."""
    Coverage.objects.filter(campaign=campaign).delete()
    Coverage.objects.bulk_create(
        [
            Coverage(campaign=campaign, **dict(zip(_PLACE, place, strict=True)), **counts)
            for place, counts in counted(campaign).items()
        ]
    )
