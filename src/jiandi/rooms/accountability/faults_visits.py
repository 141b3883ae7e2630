"""Faults in the field: doors nobody knocked on, danger told late, claims that re-visits contradict.

A unit's doors are counted together: one finding per unit and round, with how many of how many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from jiandi.core.values import Source, Text
from jiandi.rooms.access.models import Conflict
from jiandi.rooms.accountability.finding import FAKE, IMPROPER, NO_ACTION, SLOW, Found, listed
from jiandi.rooms.assurance.models import Recheck
from jiandi.rooms.cases.clocks import day_of
from jiandi.rooms.screening.models import Campaign, Coverage, Finding, Sighting, Visit, VisitTask

# One household's word is one record; a unit answers for two that agree (minimum evidence, as for alerts).
LEAST_REFUTED = 2
DANGER_WITHIN = timedelta(hours=24)  # a danger sign reaches the server the day it is seen, signal or not


def doors_never_visited(at: datetime) -> Iterator[Found]:
    """A round ended and a unit's workers never knocked on some of their doors."""
    for campaign in Campaign.objects.filter(ends_on__lt=day_of(at)).select_related("place"):
        tasks = VisitTask.objects.filter(campaign=campaign, purpose="round", worker__isnull=False)
        untouched = Q(state="open", tries=0)
        counted = tasks.values(unit=F("worker__unit")).annotate(
            whole=Count("pk"), never=Count("pk", filter=untouched)
        )
        for line in counted.filter(never__gt=0):
            theirs = tasks.filter(untouched, worker__unit=line["unit"])
            yield Found(
                kind=NO_ACTION,
                code="doors_never_visited",
                about=f"{campaign.pk}:{line['unit']}",
                unit_id=line["unit"],
                county_id=campaign.place.county_id or campaign.place_id,
                detail=Text(
                    zh=f"“{campaign.title_zh}”已结束,分给本单位的{line['whole']}户中有{line['never']}户从未上门。",
                    en=f"“{campaign.title_en}” has ended; of this unit's {line['whole']} doors, {line['never']} were never "
                    "knocked on.",
                ),
                sources=(Source("campaign", campaign.pk), *listed("visittask", theirs)),
            )


def doors_late(at: datetime) -> Iterator[Found]:
    """A round ended and a unit made first visits after its last day."""
    for campaign in Campaign.objects.filter(ends_on__lt=day_of(at)).select_related("place"):
        late = Visit.objects.filter(
            task__campaign=campaign, task__purpose="round", state="applied", unit__isnull=False
        )
        last = datetime.combine(campaign.ends_on + timedelta(days=1), datetime.min.time(), tzinfo=at.tzinfo)
        late = late.filter(started_at__gte=last - timedelta(hours=8))  # midnight in the county
        for line in late.values("unit").annotate(doors=Count("task", distinct=True)):
            theirs = late.filter(unit=line["unit"])
            yield Found(
                kind=SLOW,
                code="doors_late",
                about=f"{campaign.pk}:{line['unit']}",
                unit_id=line["unit"],
                county_id=campaign.place.county_id or campaign.place_id,
                detail=Text(
                    zh=f"“{campaign.title_zh}”限期{campaign.ends_on:%Y-%m-%d},本单位有{line['doors']}户在期后才上门。",
                    en=f"“{campaign.title_en}” ended on {campaign.ends_on:%Y-%m-%d}; this unit knocked on {line['doors']} doors "
                    "after that.",
                ),
                sources=(Source("campaign", campaign.pk), *listed("visit", theirs)),
            )


def danger_told_late(at: datetime) -> Iterator[Found]:
    """A visit saw a danger sign and its form reached the server more than a day later.

    A batch carried in as a file says when it was loaded, not when each form was handed in: no unit answers for that.
    """
    seen = Finding.objects.filter(
        is_danger_now=True, visit__unit__isnull=False, visit__ended_at__isnull=False
    ).exclude(visit__channel="replay")
    for finding in seen.filter(visit__received_at__gt=F("visit__ended_at") + DANGER_WITHIN).select_related(
        "visit"
    ):
        visit = finding.visit
        hours = int((visit.received_at - visit.ended_at).total_seconds() // 3600) if visit.ended_at else 0
        yield Found(
            kind=SLOW,
            code="danger_told_late",
            about=str(visit.pk),
            unit_id=visit.unit_id or 0,
            county_id=visit.county_id or 0,
            detail=Text(
                zh=f"走访中见到危险迹象,{hours}小时后才报送(时限24小时)。",
                en=f"A visit saw a danger sign; its form arrived {hours} hours later (limit 24).",
            ),
            sources=(Source("visit", visit.pk),),
        )


def claims_refuted(at: datetime) -> Iterator[Found]:
    """Blind re-visits found that people a unit's workers claimed to have seen had not been seen."""
    drawn = Recheck.objects.filter(original__unit__isnull=False).exclude(result="waiting")
    lines = drawn.values(
        "draw",
        unit=F("original__unit"),
        place=F("draw__campaign__place"),
        within=F("draw__campaign__place__county"),
    )
    for line in lines.annotate(whole=Count("pk"), false=Count("pk", filter=Q(result="false"))).filter(
        false__gte=LEAST_REFUTED
    ):
        theirs = drawn.filter(draw=line["draw"], original__unit=line["unit"], result="false")
        yield Found(
            kind=FAKE,
            code="claims_refuted",
            about=f"{line['draw']}:{line['unit']}",
            unit_id=line["unit"],
            county_id=line["within"] or line["place"],
            detail=Text(
                zh=f"随机复核抽到本单位{line['whole']}条“已见到”,其中{line['false']}条与复核所见不符。",
                en=f"Of {line['whole']} “seen” claims of this unit drawn at random, re-visits contradict {line['false']}.",
            ),
            sources=(Source("draw", line["draw"]), *listed("recheck", theirs)),
        )


def all_clear_refuted(at: datetime) -> Iterator[Found]:
    """A village reported everybody seen, nobody missed and no need at all - and a re-visit contradicts it."""
    false = dict(
        Recheck.objects.filter(result="false")
        .values_list("draw__campaign", "village")
        .annotate(count=Count("pk"))
        .filter(count__gte=LEAST_REFUTED)
        .values_list("village", "count")
    )
    clear = Coverage.objects.filter(
        village__in=false, listed__gt=0, seen=F("listed"), no_contact=0, not_yet=0, away=0
    ).select_related("campaign", "village")
    for row in clear:
        visits = Visit.objects.filter(task__campaign=row.campaign, village=row.village, state="applied")
        if Finding.objects.filter(visit__in=visits, kind__in=["need", "danger"]).exists():
            continue
        unit = (
            visits.filter(unit__isnull=False)
            .values("unit")
            .annotate(count=Count("pk"))
            .order_by("-count", "unit")
            .first()
        )
        if unit is None or row.village is None:
            continue
        yield Found(
            kind=FAKE,
            code="all_clear_refuted",
            about=f"{row.campaign_id}:{row.village_id}",
            unit_id=unit["unit"],
            county_id=row.county_id,
            detail=Text(
                zh=f"{row.village.name}报{row.listed}人全部见到、无一人失联、无一项需求,复核有{false[row.village_id]}条不符。",
                en=f"{row.village.name} reported all {row.listed} people seen, nobody missed and no need; re-visits contradict "
                f"{false[row.village_id]}.",
            ),
            sources=(Source("coverage", row.pk),),
        )


def visited_own_kin(at: datetime) -> Iterator[Found]:
    """A worker visited a household to which they had declared a tie before; nobody knew of one declared later."""
    ties: dict[int, dict[tuple[str, int], datetime]] = defaultdict(dict)
    declared = Conflict.objects.filter(subject_kind__in=["household", "person"])
    # A tie can be declared again, in other words: the first time counts, so it is written last.
    for officer, kind, subject, since in declared.values_list(
        "officer", "subject_kind", "subject_id", "declared_at"
    ).order_by("-declared_at"):
        ties[officer][(kind, subject)] = since
    if not ties:
        return
    named = {tie for each in ties.values() for tie in each}
    seen = Sighting.objects.filter(visit__worker__in=ties, visit__unit__isnull=False)
    seen = seen.filter(
        Q(person__in=[subject for kind, subject in named if kind == "person"])
        | Q(person__household__in=[subject for kind, subject in named if kind == "household"])
    )
    for sighting in seen.select_related("visit", "person"):
        visit, person = sighting.visit, sighting.person
        theirs = ties[visit.worker_id or 0]
        about = [("person", person.pk), ("household", person.household_id or 0)] if person else []
        started = visit.started_at or visit.received_at
        if not any(tie in theirs and theirs[tie] <= started for tie in about):
            continue
        yield Found(
            kind=IMPROPER,
            code="visited_own_kin",
            about=f"{visit.pk}",
            unit_id=visit.unit_id or 0,
            county_id=visit.county_id or 0,
            detail=Text(
                zh="走访人走访了自己申报过关系的人家,应由他人走访。",
                en="A worker visited a household to which they had declared a tie; somebody else should have gone.",
            ),
            sources=(Source("visit", visit.pk),),
        )
