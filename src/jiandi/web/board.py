"""The home page's figures: where the county stands, and for whom. Every number leads to its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum
from django.urls import NoReverseMatch, reverse

from jiandi.core.values import Text
from jiandi.rooms.access.models import Grant, Officer
from jiandi.rooms.access.permissions import area_filter, live_grants, places_for, visible
from jiandi.rooms.assurance.models import Certificate
from jiandi.rooms.cases import queries as cases
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Household, ReviewPair
from jiandi.rooms.register.queries import count_people
from jiandi.rooms.screening.models import Campaign, Coverage

FIELDS = (
    "doors",
    "doors_visited",
    "listed",
    "unlisted_found",
    "seen",
    "alone_needed",
    "alone_done",
    "excused",
    "not_yet",
)
OPEN_ALERTS = ("new", "acknowledged", "verifying", "unanswered")
DONE_CASES = ("closed", "look_back", "settled")
# More villages than this no longer read as a picture; towns stand in for them.
MOST_CELLS = 900


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, what it means, and the list behind it."""

    label: Text
    value: int | str
    href: str = ""
    note: Text | None = None
    tone: str = "plain"


def link(name: str, *args: object) -> str:
    """Return a page's address, or nothing where the page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def latest_campaign(areas: list[Place]) -> Campaign | None:
    """Return the round that touches the officer's areas, the newest first."""
    for campaign in Campaign.objects.select_related("place").order_by("-starts_on", "-pk")[:20]:
        ids = {campaign.place_id}
        for area in areas:
            lineage = {area.id, area.village_id, area.town_id, area.county_id, area.city_id, area.province_id}
            above = {campaign.place.county_id, campaign.place.city_id, campaign.place.province_id}
            if ids & lineage or area.id in above:
                return campaign
    return None


def sums(campaign: Campaign, areas: list[Place]) -> dict[str, int]:
    """Add up the materialised counters of the officer's areas."""
    found = Coverage.objects.filter(area_filter(areas), campaign=campaign).aggregate(
        **{name: Sum(name) for name in FIELDS}
    )
    return {name: int(found[name] or 0) for name in FIELDS}


def heat(campaign: Campaign, areas: list[Place]) -> list[dict[str, object]]:
    """Return towns with their villages: the share seen of everyone listed or found, as a level from 0 to 10."""
    rows: dict[int | None, dict[str, object]] = {}
    listed = (
        Coverage.objects.filter(area_filter(areas), campaign=campaign)
        .select_related("village", "town")
        .only("listed", "unlisted_found", "seen", "excused", "village__name", "town__name")
        .order_by("town_id", "village_id")[:MOST_CELLS]
    )
    for line in listed:
        row = rows.setdefault(line.town_id, {"town": line.town, "cells": []})
        whole = line.listed + line.unlisted_found
        share = (line.seen + line.excused) / whole if whole else None
        row["cells"].append(  # type: ignore[attr-defined]
            {
                "village": line.village,
                "share": share,
                "level": "none" if share is None else int(share * 10),
                "url": link("screening:village", campaign.pk, line.village_id) if line.village_id else "",
                "left": whole - line.seen - line.excused,
                "unlisted": line.unlisted_found,
            }
        )
    return list(rows.values())


def coverage_tiles(campaign: Campaign, totals: dict[str, int]) -> list[Tile]:
    """Return the campaign's figures with both parts of the denominator."""
    whole = totals["listed"] + totals["unlisted_found"]
    page = link("screening:campaign", campaign.pk)
    seen = f"{totals['seen'] / whole:.1%}" if whole else "—"
    alone = f"{totals['alone_done'] / totals['alone_needed']:.1%}" if totals["alone_needed"] else "—"
    return [
        Tile(
            Text(zh="本人见到", en="Seen in person"),
            seen,
            page,
            Text(zh=f"{totals['seen']:,} / {whole:,} 人", en=f"{totals['seen']:,} of {whole:,} people"),
        ),
        Tile(
            Text(zh="单独见到(重点人群)", en="Seen alone (protected groups)"),
            alone,
            page,
            Text(
                zh=f"{totals['alone_done']:,} / {totals['alone_needed']:,} 人",
                en=f"{totals['alone_done']:,} of {totals['alone_needed']:,}",
            ),
        ),
        Tile(
            Text(zh="名册外发现", en="Found on no list"),
            f"{totals['unlisted_found']:,}",
            page,
            Text(zh="发现得越多越好,分母随之变大", en="More is better news: the denominator grew"),
            "green",
        ),
        Tile(
            Text(zh="还没见到", en="Not yet seen"),
            f"{whole - totals['seen'] - totals['excused']:,}",
            page,
            Text(
                zh=f"另有依规认定外出{totals['excused']:,}人",
                en=f"{totals['excused']:,} more excused by rule",
            ),
            "yellow",
        ),
    ]


def register_tiles(areas: list[Place], *, may_decide: bool, may_find: bool) -> list[Tile]:
    """Return how many people and households the register knows in the areas."""
    here = area_filter(areas)
    people = count_people(here)
    households = Household.objects.filter(here).count()
    doubts = ReviewPair.objects.filter(here, state="open").count()
    return [
        Tile(
            Text(zh="登记在册", en="People known"),
            f"{people:,}",
            link("register:search") if may_find else "",
            Text(zh=f"{households:,} 户", en=f"{households:,} households"),
        ),
        Tile(
            Text(zh="疑似同人待判", en="Pairs in doubt"),
            f"{doubts:,}",
            link("register:review") if may_decide else "",
            Text(zh="未判之前一律分开", en="Kept apart until decided"),
        ),
    ]


def action_tiles(by: Officer, at: datetime, grants: list[Grant]) -> list[Tile]:
    """Return open alerts, cases and overdue requests the officer may see - through the walls, like every list."""
    tiles: list[Tile] = []
    if places_for(grants, "checks.read_alert"):
        counts = visible(
            Alert.objects.filter(state__in=OPEN_ALERTS, gone_at__isnull=True), by, "checks.read_alert", at=at
        )
        by_class = counts.aggregate(danger=Count("pk", filter=Q(rule_class="danger")), every=Count("pk"))
        tiles.append(
            Tile(
                Text(zh="待回答的疑点", en="Open alerts"),
                f"{by_class['every']:,}",
                link("checks:alerts"),
                Text(zh=f"其中危险类{by_class['danger']:,}", en=f"{by_class['danger']:,} of them danger"),
                "red" if by_class["danger"] else "plain",
            )
        )
    if places_for(grants, "cases.read_case"):
        open_cases = cases.cases(by, at).exclude(state__in=DONE_CASES).count()
        tiles.append(Tile(Text(zh="在办个案", en="Cases open"), f"{open_cases:,}", link("cases:cases")))
    if places_for(grants, "cases.answer_referral"):
        inbox = cases.inbox(by, at).filter(state__in=("sent", "accepted", "redone"))
        late = inbox.filter(due_at__lt=at).count()
        tiles.append(
            Tile(
                Text(zh="本单位待办", en="In my unit's inbox"),
                f"{inbox.count():,}",
                link("cases:inbox"),
                Text(zh=f"超时{late:,}", en=f"{late:,} overdue"),
                "red" if late else "plain",
            )
        )
    return tiles


def board(by: Officer, at: datetime) -> dict[str, object]:
    """Return everything the home page shows this officer."""
    grants = live_grants(by, at)
    areas = places_for(grants, "screening.read_campaign")
    campaign = latest_campaign(areas) if areas else None
    shown: dict[str, object] = {
        "campaign": campaign,
        "tiles": [],
        "heat": [],
        "action_tiles": action_tiles(by, at, grants),
    }
    if campaign is not None:
        totals = sums(campaign, areas)
        shown["tiles"] = coverage_tiles(campaign, totals)
        shown["heat"] = heat(campaign, areas)
    known = places_for(grants, "register.read_roster")
    if known:
        shown["register_tiles"] = register_tiles(
            known,
            may_decide=bool(places_for(grants, "register.decide_pair")),
            may_find=bool(places_for(grants, "register.find_person")),
        )
    if places_for(grants, "assurance.read_certificate"):
        shown["certificate"] = (
            Certificate.objects.filter(withdrawn_at__isnull=True)
            .select_related("draw__campaign")
            .order_by("-issued_at")
            .first()
        )
    return shown
