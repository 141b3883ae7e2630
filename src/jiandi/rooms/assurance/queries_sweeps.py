"""What of the sweeps may be seen, and by whom: an inspector sees doors, never the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from jiandi.core.values import is_allowed
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, is_within, permit
from jiandi.rooms.assurance import policies_sweeps as policies
from jiandi.rooms.assurance import sweeping
from jiandi.rooms.assurance.models import Sweep, SweepArea, SweepEntry, SweepPerson
from jiandi.rooms.assurance.policies import check_may_throw
from jiandi.rooms.places.models import Dwelling, Level, Place
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.models import Person


def sweeps(by: Officer, at: datetime) -> list[Sweep]:
    """Return the sweeps that touch the officer's area, newest first."""
    areas = granting(by, "assurance.read_certificate", at)
    listed = Sweep.objects.select_related("place", "opened_by").order_by("-pk")[:50]
    return [
        one
        for one in listed
        if any(is_within(area, one.place) or is_within(one.place, area) for area in areas)
    ]


def places_to_sweep(by: Officer, at: datetime) -> list[Place]:
    """Return the counties and townships the officer may open a sweep of now."""
    areas = granting(by, "assurance.open_sweep", at)
    if not areas:
        return []
    with_doors = Dwelling.objects.values_list("county", "town").distinct().order_by()
    inside = {pk for pair in with_doors for pk in pair if pk}
    places = Place.objects.filter(pk__in=inside, level__in=(Level.COUNTY, Level.TOWN), ended_on__isnull=True)
    return [
        place
        for place in places.order_by("level", "pk")[:500]
        if any(is_within(place, area) for area in areas) and is_allowed(policies.check_no_open_sweep, place)
    ]


def steps(by: Officer, sweep: Sweep, at: datetime) -> dict[str, bool]:
    """Return which steps of a sweep the officer may take now."""

    def may(verb: str) -> bool:
        return is_allowed(permit, by, verb, at=at, place=sweep.place)

    to_draw = is_allowed(check_may_throw, by, sweep)
    ready = is_allowed(policies.check_all_swept, sweep) and is_allowed(policies.check_not_linked, sweep)
    return {
        "throw": may("assurance.throw_dice") and to_draw,
        "link": may("assurance.link_sweep") and ready,
        "close": may("assurance.close_sweep") and is_allowed(policies.check_settled, sweep),
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep has come, in counts; names of nobody."""

    swept: int
    found: int
    ask_found: int
    ask_entries: int


def progress(sweep: Sweep) -> Progress:
    """Return how far a sweep has come."""
    people = SweepPerson.objects.filter(area__sweep=sweep)
    entries = SweepEntry.objects.filter(area__sweep=sweep)
    return Progress(
        sweep.areas.filter(swept_at__isnull=False).count(),
        people.count(),
        people.filter(state=SweepPerson.State.ASK).count(),
        entries.filter(state=SweepEntry.State.ASK, person__wall__isnull=True).count(),
    )


def _may_close(by: Officer, sweep: Sweep, at: datetime) -> bool:
    return is_allowed(permit, by, "assurance.close_sweep", at=at, place=sweep.place)


def denied(by: Officer, sweep: Sweep, at: datetime) -> list[SweepPerson]:
    """Return whom one inspector met and another denied, for who may close the sweep and has to answer for them."""
    if not _may_close(by, sweep, at):
        return []
    people = SweepPerson.objects.filter(area__sweep=sweep).exclude(denials=[])
    return list(people.select_related("area__village").order_by("pk")[:500])


def areas(by: Officer, sweep: Sweep, at: datetime) -> QuerySet[SweepArea]:
    """Return the areas drawn, in the order of their tickets; while a sweep is open to who may close it alone.

    Who is visited, and who of the county could warn them, learns the sample from the closed sweep at the earliest.
    """
    if sweep.closed_at is None and not _may_close(by, sweep, at):
        return SweepArea.objects.none()
    found = sweep.areas.select_related("village", "town", "inspector__unit").order_by("ticket")
    return found.annotate(n_people=Count("people"))


def my_areas(by: Officer) -> QuerySet[SweepArea]:
    """Return the areas an inspector has to walk."""
    mine = SweepArea.objects.filter(inspector=by, swept_at__isnull=True, sweep__closed_at__isnull=True)
    return mine.select_related("village", "town").order_by("pk").annotate(n_people=Count("people"))


def _others(by: Officer, at: datetime) -> list[int]:
    """Areas of open sweeps where one may ask again: swept by another, in another township, without a tie to them."""
    areas_ = sweeping.in_reach(by, at).filter(sweep__closed_at__isnull=True).exclude(inspector=by)
    own, ties = by.unit.place.town_id, sweeping.ties(by)
    rows = areas_.order_by("pk").values_list("pk", "village", "group_no", "town")
    return [
        pk
        for pk, village, group, town in rows
        if town != own and ties.isdisjoint(sweeping.named(village, group, town))
    ]


def asks_found(by: Officer, at: datetime) -> QuerySet[SweepPerson]:
    """Return whom the sweeps found and nothing sure is known of, for who may ask again at the door."""
    asked = SweepPerson.objects.filter(state__in=policies.ASKED, area__in=_others(by, at))
    near = circle_of(by).people
    barred = [
        pk
        for pk, denials, candidates_ in asked.values_list("pk", "denials", "candidates")
        if any(officer == by.pk for officer, _ in denials) or not near.isdisjoint(candidates_)
    ]
    asked = asked.exclude(pk__in=barred)
    return asked.select_related("area__village", "area__town", "dwelling").order_by("area", "pk")


def asks_entries(by: Officer, at: datetime) -> QuerySet[SweepEntry]:
    """Return the entries of the register the sweeps did not find, for who may ask at the door; nobody behind a wall."""
    asked = SweepEntry.objects.filter(
        state=SweepEntry.State.ASK, area__in=_others(by, at), person__wall__isnull=True
    )
    asked = asked.exclude(person__in=circle_of(by).people)
    return asked.select_related("area__village", "area__town", "person__dwelling").order_by("area", "pk")


def candidates(found: SweepPerson) -> list[Person]:
    """Return whom of the register it could be; sealed people are left out, as if there were nobody."""
    known = Person.objects.filter(pk__in=found.candidates, wall__isnull=True, superseded_by__isnull=True)
    people = {one.pk: one for one in known.select_related("village")}
    return [people[pk] for pk in found.candidates if pk in people]
