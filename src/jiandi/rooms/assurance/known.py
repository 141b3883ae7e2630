"""Known cases bound to a draw or a sweep, and what they showed: inputs gathered for the core."""

from __future__ import annotations

from collections.abc import Sequence

from jiandi.core.estimate.detection import Detection
from jiandi.rooms.assurance import policies_known
from jiandi.rooms.assurance.models import Draw, KnownCase, Sweep, SweepPerson
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening.models import Campaign

R = KnownCase.Result


def fit(*, campaign: Campaign | None = None, place: Place | None = None) -> list[int]:
    """Return who is registered for the next draw of a round, or the next sweep of a place, and may still be a test.

    Asked again now: whoever came under protection since is left out, and nobody is told why.
    """
    found = KnownCase.objects.filter(
        campaign=campaign, swept_place=place, draw__isnull=True, sweep__isnull=True, withdrawn_at__isnull=True
    )
    where = campaign.place if campaign else place
    assert where is not None
    near = ("expected__task", "person__village", "person__town", "person__county")
    return [
        one.pk
        for one in found.select_related(*near).order_by("pk")
        if policies_known.may_be_asked(one.person, where)
        and (one.expected is None or policies_known.is_unvisited(one.expected))
    ]


def out(draw: Draw) -> Sequence[KnownCase]:
    """Return the known cases of a draw that are with the inspectors."""
    found = draw.known_cases.filter(result=R.WAITING, withdrawn_at__isnull=True, task__isnull=False)
    return list(found.select_related("expected__person", "task"))


def detection_of(draw: Draw) -> Detection | None:
    """Return what a draw's known cases showed; None where there were none."""
    results = list(
        draw.known_cases.filter(withdrawn_at__isnull=True, task__isnull=False).values_list(
            "result", flat=True
        )
    )
    if not results:
        return None
    return Detection(
        len(results),
        results.count(R.FALSE),
        sum(results.count(r) for r in (R.UNRESOLVED, R.EXCUSED, R.WAITING)),
    )


def results_of(sweep: Sweep) -> dict[int, str]:
    """Return known case -> result of a sweep: found by whom they were settled to be, or by name and year in their area."""
    areas = set(sweep.areas.values_list("village", "group_no"))
    found = SweepPerson.objects.filter(area__sweep=sweep).exclude(state=SweepPerson.State.NOT_RESIDENT)
    met = set(found.exclude(person=None).values_list("person", flat=True))
    named = {
        (village, group, name.strip(), year)
        for village, group, name, year in found.values_list(
            "area__village", "area__group_no", "name", "birth_year"
        )
    }
    told: dict[int, str] = {}
    for one in sweep.known_cases.filter(withdrawn_at__isnull=True).select_related("person__dwelling"):
        door = one.person.dwelling
        area = (door.village_id, door.group_no or 0) if door else (0, 0)
        if area not in areas:
            told[one.pk] = R.NOT_DRAWN
            continue
        years = [None] if one.person.birth_on is None else [one.person.birth_on.year + n for n in (-1, 0, 1)]
        by_name = any((*area, one.person.name, year) in named for year in years)
        told[one.pk] = R.FOUND if one.person_id in met or by_name else R.MISSED
    return told


def swept(results: dict[int, str]) -> Detection | None:
    """Return what a sweep's known cases showed; None where the lottery drew none of their areas."""
    drawn = [result for result in results.values() if result != R.NOT_DRAWN]
    return Detection(len(drawn), drawn.count(R.FOUND)) if drawn else None
