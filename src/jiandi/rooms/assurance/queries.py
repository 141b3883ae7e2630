"""What of the draws, re-visits and rankings may be seen, and by whom."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from jiandi.core.estimate.draw import rerun_script
from jiandi.core.estimate.meter import MeterReading, read_meter
from jiandi.core.values import is_allowed
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, is_within, permit, visible
from jiandi.rooms.assurance import drawing, policies, policies_known
from jiandi.rooms.assurance.actions_certifying import compute, current_look, sample_of
from jiandi.rooms.assurance.comparing import Asked
from jiandi.rooms.assurance.models import (
    Certificate,
    Draw,
    Estimate,
    EstimateJob,
    KnownCase,
    Recheck,
    Suspicion,
    Target,
)
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, VisitTask


def rechecks_for_replay(draw: Draw) -> Iterator[dict[str, Any]]:
    """Yield the re-visits that are out, as the world's inspectors need them."""
    near = ("task__dwelling", "expected__person", "inspector", "original__worker", "village")
    waiting: list[Recheck | Target] = [
        one
        for kind in (draw.rechecks, draw.targets)
        for one in kind.filter(result=Recheck.Result.WAITING, task__isnull=False).select_related(*near)
    ]
    at_door = _names_at_doors(waiting)
    for recheck in sorted(waiting, key=lambda one: (one.village_id or 0, one.task_id or 0)):
        person, door = recheck.expected.person, recheck.task.dwelling if recheck.task else None
        yield {
            "task": recheck.task.code if recheck.task else "",
            "dwelling_code": door.code if door else "",
            "village_code": f"{recheck.village_id or 0:012d}",
            "worker": recheck.inspector.username if recheck.inspector else "inspector",
            "round": 0,
            # Only the world reads this: whether somebody really came is for its households to know.
            "first_worker": recheck.original.worker.username if recheck.original.worker else "",
            "also_known": at_door.get(door.pk, []) if door else [],
            "expected": [
                {
                    "code": person.code,
                    "name": person.name,
                    "sex": person.sex,
                    "birth_year": person.birth_on.year if person.birth_on else None,
                }
            ],
        }


def _names_at_doors(waiting: list[Recheck | Target]) -> dict[int, list[str]]:
    """Return who else the register knows behind the doors: a re-visit asks about one person only."""
    doors = sorted({one.task.dwelling_id for one in waiting if one.task and one.task.dwelling_id})
    found: dict[int, list[str]] = {}
    for start in range(0, len(doors), 500):
        known = Person.objects.filter(dwelling__in=doors[start : start + 500], superseded_by__isnull=True)
        for door, name in known.values_list("dwelling", "name"):
            found.setdefault(door or 0, []).append(name)
    return found


def my_rechecks(by: Officer) -> list[Asked]:
    """Return the re-visits an inspector has to make: door and name, nothing of the first visit.

    Those the lottery drew, those the ranking asked for and known cases come in one list; nothing tells them apart.
    """
    mine = Q(inspector=by) | Q(second_inspector=by)
    near = ("task__dwelling", "expected__person", "village", "town")
    found: list[Asked] = [
        one
        for model in (Recheck, Target)
        for one in model.objects.filter(mine, result=Recheck.Result.WAITING).select_related(*near)
    ]
    tests = KnownCase.objects.filter(mine, result=KnownCase.Result.WAITING, withdrawn_at__isnull=True)
    found += tests.select_related(*near)
    return sorted(found, key=lambda one: (one.town_id or 0, one.village_id or 0, one.task_id or 0))


def certificates(by: Officer, at: datetime) -> list[Certificate]:
    """Return the certificates of the officer's area, newest first."""
    areas = granting(by, "assurance.read_certificate", at)
    listed = Certificate.objects.select_related("draw__campaign__place", "issued_by").order_by("-issued_at")[
        :100
    ]
    return [c for c in listed if any(_touches(area, c.draw) for area in areas)]


@dataclass(frozen=True, slots=True)
class VillageLine:
    """What one village's own re-visits bound: counts, and the share in percent that can be false, rounded up."""

    name: str
    claims: int
    sampled: int
    false: int
    most_percent: float


def village_lines(certificate: Certificate) -> list[VillageLine]:
    """Return each village's own bound, in the order of the division table."""
    names = dict(
        Place.objects.filter(pk__in=[row[0] for row in certificate.villages]).values_list("pk", "full_name")
    )
    return [
        VillageLine(names.get(place, "—"), claims, sampled, false, math.ceil(1000 * most / claims) / 10)
        for place, claims, sampled, false, most in certificate.villages
    ]


def leads(by: Officer, at: datetime) -> list[Estimate]:
    """Return the latest lead from list overlaps for each round of the officer's area; only for who may estimate."""
    areas = granting(by, "assurance.estimate_hidden", at)
    newest: dict[int, Estimate] = {}
    if areas:
        for found in Estimate.objects.select_related("campaign", "place").order_by("-pk")[:50]:
            newest.setdefault(found.campaign_id, found)
    return [e for e in newest.values() if any(is_within(e.place, area) for area in areas)]


def lead_of(
    by: Officer, campaign_id: int, at: datetime
) -> tuple[Campaign, Estimate | None, EstimateJob | None] | None:
    """Return a round one may estimate for, its latest lead and its latest job; None where there is no such round for them."""
    campaign = Campaign.objects.select_related("place").filter(pk=campaign_id).first()
    if campaign is None or not is_allowed(
        permit, by, "assurance.estimate_hidden", at=at, place=campaign.place
    ):
        return None
    lead = Estimate.objects.select_related("campaign").filter(campaign=campaign).order_by("-pk").first()
    job = EstimateJob.objects.select_related("asked_by").filter(campaign=campaign).order_by("-pk").first()
    return campaign, lead, job


def _touches(area: Any, draw: Draw) -> bool:
    return is_within(area, draw.campaign.place) or is_within(draw.campaign.place, area)


def draws(by: Officer, at: datetime) -> list[Draw]:
    """Return the draws of the officer's area, newest first."""
    areas = granting(by, "assurance.read_certificate", at)
    listed = Draw.objects.select_related("campaign__place", "made_by").order_by("-pk")[:50]
    return [draw for draw in listed if any(_touches(area, draw) for area in areas)]


def revisits_of(campaign: Campaign) -> QuerySet[VisitTask]:
    """Return the doors of a round's blind re-visits, which stand outside the round itself."""
    drawn = Q(pk__in=Recheck.objects.filter(draw__campaign=campaign).values("task"))
    targeted = Q(pk__in=Target.objects.filter(draw__campaign=campaign, task__isnull=False).values("task"))
    tests = Q(pk__in=KnownCase.objects.filter(draw__campaign=campaign, task__isnull=False).values("task"))
    return VisitTask.objects.filter(drawn | targeted | tests)


def steps(by: Officer, draw: Draw, at: datetime) -> dict[str, bool]:
    """Return which steps of a draw the officer may take now: a page offers what would be done and nothing else."""
    done = is_allowed(policies.check_all_done, draw)
    sealed = is_allowed(policies.check_not_revealed, draw)
    more = is_allowed(policies.check_may_extend, draw, current_look(draw) + 1)
    more = more and done and is_allowed(policies.check_goes_on, compute(draw).state)
    issued = not is_allowed(policies.check_not_issued, draw)
    return {
        "throw": _may(by, "assurance.throw_dice", draw, at)
        and is_allowed(policies.check_may_throw, by, draw),
        "close": _may(by, "assurance.close_waiting", draw, at)
        and is_allowed(policies.check_call_backs_over, draw, at),
        "extend": _may(by, "assurance.make_draw", draw, at) and more,
        "reveal": _may(by, "assurance.reveal_seed", draw, at) and done and sealed,
        "certify": _may(by, "assurance.issue_certificate", draw, at)
        and (done and not sealed and not issued)
        and is_allowed(policies.check_targets_done, draw)
        and is_allowed(policies_known.check_known_done, draw),
    }


def meter(draw: Draw) -> MeterReading | None:
    """Return what the re-visits prove so far, read in the lottery's order; nothing before the first has come in."""
    told = list(draw.rechecks.order_by("ticket").values_list("result", flat=True))
    if all(result == Recheck.Result.WAITING for result in told):
        return None
    good = (Recheck.Result.TRUE, Recheck.Result.EXCUSED)
    false = [result not in good for result in told]
    return read_meter(sample_of(draw, current_look(draw)), false, limit=draw.claim_per_10000 / 10_000)


def _may(by: Officer, verb: str, draw: Draw, at: datetime) -> bool:
    return is_allowed(permit, by, verb, at=at, place=draw.campaign.place)


def drawable(by: Officer, at: datetime) -> list[Campaign]:
    """Return the rounds of the officer's areas they may draw from now."""
    areas = granting(by, "assurance.make_draw", at)
    if not areas:
        return []
    open_rounds = Campaign.objects.filter(certified_at__isnull=True).select_related("place").order_by("-pk")
    theirs = [one for one in open_rounds if any(is_within(one.place, area) for area in areas)][:5]
    return [one for one in theirs if is_allowed(policies.check_no_open_draw, one)]


def suspicions(by: Officer, at: datetime) -> QuerySet[Suspicion]:
    """Return the workers whose visits are to be repeated first, in order. Nobody else is named: a rank says nothing."""
    ranked = Suspicion.objects.filter(is_flagged=True).select_related(
        "worker__unit", "town", "campaign__place"
    )
    return visible(ranked, by, "assurance.read_suspicion", at=at).order_by("-campaign", "rank")


def my_suspicion(by: Officer) -> Suspicion | None:
    """Return how an officer's own visits compare in the latest round they were compared in."""
    own = Suspicion.objects.filter(worker=by).select_related("campaign__place")
    return own.order_by("-campaign", "-pk").first()


def compared(by: Officer, at: datetime) -> list[dict[str, Any]]:
    """Return how many workers of each round were compared, how many stand out, and the visits of those who do not."""
    ranked = visible(Suspicion.objects.all(), by, "assurance.read_suspicion", at=at)
    quiet = Q(is_flagged=False)
    lines = ranked.values("campaign", "campaign__title_zh", "campaign__title_en").annotate(
        workers=Count("pk"), quiet=Count("pk", filter=quiet), quiet_visits=Sum("visits", filter=quiet)
    )
    return [
        {**line, "title_zh": line["campaign__title_zh"], "title_en": line["campaign__title_en"]}
        for line in lines.order_by("-campaign")
    ]


def public_frame(draw: Draw) -> str:
    """Return the frozen frame as it is published with the seed: tokens and village numbers, nobody's name."""
    return "\n".join(drawing.stored_frame(draw).lines())


def script() -> str:
    """Return the stand-alone script with which anybody repeats a draw."""
    return rerun_script()
