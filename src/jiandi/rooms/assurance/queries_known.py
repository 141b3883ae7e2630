"""The known cases, for overseers who inspect nothing; for everybody else there are none."""

from __future__ import annotations

from datetime import datetime

from jiandi.core.values import Text, is_allowed
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import area_filter, granting, is_within
from jiandi.rooms.assurance import policies_known as policies
from jiandi.rooms.assurance import queries, queries_sweeps
from jiandi.rooms.assurance.models import KnownCase
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening.models import Campaign

READ = "assurance.read_known"
STATES: dict[str, Text] = {
    "waiting": Text(zh="等候抽签", en="waiting for the draw"),
    "out": Text(zh="已派出", en="out with the inspectors"),
    "false": Text(zh="看出不实", en="noticed"),
    "true": Text(zh="没有看出", en="not noticed"),
    "unresolved": Text(zh="未能核实,按没有看出计", en="unresolved, counts as not noticed"),
    "excused": Text(zh="称外出,按没有看出计", en="said to be away, counts as not noticed"),
    "found": Text(zh="扫到", en="found"),
    "missed": Text(zh="没有扫到", en="not found"),
    "not_drawn": Text(zh="所在区域没有抽中", en="their area was not drawn"),
    # Somebody went there since, or they came under protection: which of the two, nobody is told.
    "left_out": Text(zh="抽签时已不适合检验,未派出", en="no longer fit for a test when drawn: left out"),
    "withdrawn": Text(zh="已撤回", en="withdrawn"),
}


def known_cases(by: Officer, at: datetime) -> list[KnownCase]:
    """Return the known cases of the officer's areas, the newest first."""
    if not is_allowed(policies.check_looks_for_nobody, by, at):
        return []
    found = KnownCase.objects.filter(area_filter(granting(by, READ, at)))
    near = ("person", "village", "town", "campaign__place", "swept_place", "draw", "sweep", "registered_by")
    return list(found.select_related(*near).order_by("-pk")[:500])


def state_of(known: KnownCase) -> Text:
    """Return where a known case stands."""
    if known.withdrawn_at:
        return STATES["withdrawn"]
    if known.result != KnownCase.Result.WAITING:
        return STATES[known.result]
    if known.task_id or known.sweep_id:
        return STATES["out"]
    drawn = known.campaign is not None and known.draw_id is None and known.campaign.draws.exists()
    return STATES["left_out"] if drawn else STATES["waiting"]


def tests(by: Officer, at: datetime) -> list[tuple[str, str, Campaign | None, Place | None]]:
    """Return what a known case may be a test of now: rounds not drawn from yet, places without an open sweep."""
    areas = granting(by, "assurance.seed_known", at)
    rounds = [
        (f"round-{one.pk}", f"{one.title_zh} / {one.title_en}", one, None)
        for one in queries.drawable(by, at)
        if is_allowed(policies.check_round_not_drawn, one)
        and any(is_within(one.place, area) for area in areas)
    ]
    places = [
        (f"place-{place.pk}", place.full_name, None, place)
        for place in queries_sweeps.places_to_sweep(by, at)
        if any(is_within(place, area) for area in areas)
    ]
    return [*rounds, *places]
