"""The areas of a sweep and the register beside them: inputs gathered for the core."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jiandi.core.estimate.draw import Frame, freeze_frame
from jiandi.core.estimate.inspectors import Inspector, RecheckItem, assign_inspectors
from jiandi.core.estimate.samples import ProbabilitySample
from jiandi.core.estimate.sweep import SweptArea
from jiandi.core.estimate.sweep_link import Heard, Listed
from jiandi.rooms.access.models import Conflict, Officer, Unit
from jiandi.rooms.access.permissions import area_filter, granting
from jiandi.rooms.assurance.models import Sweep, SweepArea, SweepEntry, SweepPerson
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.models import COUNTED, FOUND, Person
from jiandi.rooms.screening.models import Visit


def areas_of(place: Place) -> Frame:
    """Freeze the areas: every group of doors on the map of dwellings, also where nobody is registered."""
    inside = Q(county=place) | Q(town=place)
    groups = Dwelling.objects.filter(inside).values_list("village", "group_no").order_by().distinct()
    return freeze_frame({f"{village}-{group or 0}" for village, group in groups}) if groups else Frame(())


def split(code: str) -> tuple[int, int]:
    """Return village and group of an area's code."""
    village, _, group = code.partition("-")
    return int(village), int(group)


def ties(officer: Officer) -> frozenset[str]:
    """Return the areas and places an officer has a declared tie to: where those close to them live, and units' places."""
    people = Person.objects.filter(pk__in=circle_of(officer).people)
    homes = people.values_list("dwelling__village", "dwelling__group_no", "village").distinct()
    near = {
        f"area:{door}-{group or 0}" if door else f"place:{village}"
        for door, group, village in homes
        if door or village
    }
    tied = Conflict.objects.filter(officer=officer, subject_kind="unit").values("subject_id")
    units = Unit.objects.filter(pk__in=tied).values_list("place", flat=True)
    return frozenset(near | {f"place:{place}" for place in units})


def in_reach(by: Officer, at: datetime) -> QuerySet[SweepArea]:
    """Return the areas where an inspector may ask again: all of the counties they inspect in, since nobody asks in their own town.

    Their grant names the town they come from; what a sweep needs of them lies everywhere else in the county.
    """
    areas = granting(by, "assurance.settle_sweep", at)
    counties = {area.county_id for area in areas if area.county_id}
    return SweepArea.objects.filter(area_filter(areas) | Q(county__in=counties))


def named(village: int | None, group: int, town: int | None) -> frozenset[str]:
    """Return what a tie to an area would be called: the area, its village, its township."""
    return frozenset({f"area:{village}-{group}", f"place:{village}", f"place:{town}"})


def assign(codes: list[str], towns: dict[int, int | None], pool: list[Officer], seed: str) -> dict[str, int]:
    """Give each area one inspector by lottery: not of its township, without a tie to it or a round's visits in its village."""
    been: dict[int, set[str]] = {}
    villages = {split(code)[0] for code in codes}
    visits = Visit.objects.filter(village__in=villages, worker__isnull=False, task__purpose="round")
    for village, worker in visits.values_list("village", "worker").distinct():
        been.setdefault(village or 0, set()).add(str(worker))
    items = [
        RecheckItem(
            code,
            str(towns[village] or 0),
            frozenset(been.get(village, ())),
            named(village, group, towns[village]),
        )
        for code in codes
        for village, group in (split(code),)
    ]
    people = [Inspector(str(o.pk), str(o.unit.place.town_id or -1), len(codes), ties(o)) for o in pool]
    plan = assign_inspectors(items, people, seed=seed)
    return {code: int(chosen[0]) for code, chosen in plan.assigned.items() if chosen}


def doors(area: SweepArea) -> list[Dwelling]:
    """Return an area's doors from the map, without a word of who is registered there."""
    group = area.group_no or None
    return list(Dwelling.objects.filter(village=area.village_id, group_no=group).order_by("pk")[:500])


def on_rosters(county: int) -> Iterator[Listed]:
    """Yield everybody of a county whom at least one roster knows; people only found on visits are on no list."""
    known = Person.objects.filter(COUNTED, county=county, died_on__isnull=True)
    rows = known.exclude(kinds__in=(FOUND, "")).values_list("pk", "name", "village", "sex", "birth_on")
    for pk, name, village, sex, birth_on in rows.iterator(chunk_size=5000):
        yield Listed(pk, name, village, sex, birth_on.year if birth_on else None)


def heard(sweep: Sweep) -> list[Heard]:
    """Return whom the sweep found, in the order they were entered."""
    found = SweepPerson.objects.filter(area__sweep=sweep).order_by("pk")
    rows = found.values_list("pk", "name", "area__village", "sex", "birth_year")
    return [Heard(pk, name, village or 0, sex, year) for pk, name, village, sex, year in rows]


def registered_in(area: SweepArea, *, walled: bool = False) -> list[int]:
    """Return whom the register places behind this area's doors and a roster knows; those behind a wall apart."""
    here = Person.objects.filter(
        COUNTED,
        dwelling__village=area.village_id,
        dwelling__group_no=area.group_no or None,
        wall__isnull=not walled,
    )
    return list(here.filter(died_on__isnull=True).exclude(kinds__in=(FOUND, "")).values_list("pk", flat=True))


def lock(sweep: Sweep) -> None:
    """Read a sweep again and hold it until the action ends: nothing is settled while it is compared or closed."""
    sweep.refresh_from_db(from_queryset=Sweep.objects.select_for_update())


def sample_of(sweep: Sweep) -> ProbabilitySample:
    """Return the lottery of areas as the estimate takes it."""
    return ProbabilitySample(
        f"sweep-{sweep.pk}",
        sweep.frame_root,
        sweep.seed_commitment,
        sweep.frame_size,
        sweep.size,
        (sweep.size,),
    )


def swept_areas(sweep: Sweep) -> list[SweptArea]:
    """Return each area's counts after linkage and field re-checks; doubt counts against the lists."""
    states = SweepPerson.State
    resident = Q(people__state__in=(states.ON_LIST, states.NO_LIST, states.DENIED))
    found = dict(
        sweep.areas.annotate(n=Count("people", filter=resident, distinct=True)).values_list("pk", "n")
    )
    on_list = dict(
        sweep.areas.annotate(
            n=Count("people", filter=Q(people__state=states.ON_LIST), distinct=True)
        ).values_list("pk", "n")
    )
    wrong = _entries(sweep, SweepEntry.State.ERRONEOUS)
    open_ = _entries(sweep, SweepEntry.State.UNRESOLVED)
    return [
        SweptArea(
            f"{area.village_id}-{area.group_no}",
            found[area.pk],
            on_list[area.pk],
            area.listed,
            wrong.get(area.pk, 0),
            open_.get(area.pk, 0),
        )
        for area in sweep.areas.order_by("ticket")
    ]


def _entries(sweep: Sweep, state: str) -> dict[int, int]:
    rows = SweepEntry.objects.filter(area__sweep=sweep, state=state).values("area").order_by()
    return dict(rows.annotate(n=Count("pk")).values_list("area", "n"))
