"""The coverage board: who was to be reached and who was, by place and by protection list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Refused, Text, is_allowed
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import is_within, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions_board as actions
from jiandi.rooms.assurance import queries_board as queries
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.screening.models import Campaign

TITLE = Text(
    zh="{place}覆盖台账(底数基准日{day},清点于{moment})",
    en="Coverage of {place} (people as of {day}, counted {moment})",
)
COUNTED = Text(zh="已重新清点。", en="Counted afresh.")


def _asked(request: SignedIn) -> tuple[list[Campaign], Campaign | None]:
    """Return the rounds one may see and the one asked for; the newest where none is named."""
    rounds = queries.campaigns(request.user, clock.now())
    asked = request.GET.get("round", "")
    if not asked:
        return rounds, rounds[0] if rounds else None
    found = [one for one in rounds if str(one.pk) == asked]
    if not found:
        raise Http404
    return rounds, found[0]


def _place(request: SignedIn, areas: list[Place]) -> Place | None:
    """Return the place asked for, within one's areas; one's only area where none is named."""
    asked = request.GET.get("place", "")
    if not asked:
        return areas[0] if len(areas) == 1 else None
    found = Place.objects.filter(pk=int(asked) if asked.isdecimal() else 0).first()
    if found is None or not any(is_within(found, area) for area in areas):
        raise Http404
    return found


def _shown(request: SignedIn) -> dict[str, Any]:
    """Gather what the page and the ledger show alike."""
    at, by = clock.now(), request.user
    permit(by, queries.READ, at=at)
    rounds, campaign = _asked(request)
    board = queries.board_of(campaign) if campaign else None
    shown: dict[str, Any] = {"rounds": rounds, "campaign": campaign, "board": board}
    if campaign is None:
        return shown
    shown["may_count"] = is_allowed(permit, by, "assurance.count_board", at=at, place=campaign.place)
    areas = queries.areas_of(by, campaign, at)
    place = _place(request, areas)
    if board is None:
        return shown
    if place is None:
        return shown | {"lines": [queries.everybody(board, area) for area in areas]}
    is_sealed = queries.sees_sealed(by, place, at)
    # Two levels of one list are for the working group: their difference would be a third place's number.
    has_groups = is_sealed or place.pk in _outermost(areas)
    return shown | {
        "place": place,
        "crumbs": [one for one in _above(place) if any(is_within(one, area) for area in areas)],
        "total": queries.everybody(board, place),
        "lines": queries.by_place(board, place),
        "groups": queries.by_group(board, place, is_sealed=is_sealed) if has_groups else [],
        "is_sealed": is_sealed,
        "rosters": queries.rosters(board, is_sealed=is_sealed),
        "misses": queries.misses(by, place, at) if is_sealed else None,
        "is_village": place.level >= Level.VILLAGE,
    }


def _outermost(areas: list[Place]) -> set[int]:
    """The areas that lie within no other of the officer's."""
    inner = {one.pk for one in areas for other in areas if one.pk != other.pk and is_within(one, other)}
    return {one.pk for one in areas} - inner


def _above(place: Place) -> list[Place]:
    ids = [pk for pk in (place.province_id, place.city_id, place.county_id, place.town_id) if pk]
    return list(Place.objects.filter(pk__in=ids).exclude(pk=place.pk).order_by("level"))


@login_required
@require_GET
def board(request: SignedIn) -> HttpResponse:
    """Show a round's coverage for a place, the places below it, and its protection lists."""
    return render(request, "assurance/board.html", _shown(request))


@login_required
@require_GET
def ledger(request: SignedIn) -> HttpResponse:
    """Export what the page shows, and nothing beyond it, as an Excel ledger."""
    shown = _shown(request)
    if shown.get("place") is None:
        raise Http404
    found, place = shown["board"], shown["place"]
    title = TITLE.filled(
        place=place.name,
        day=found.campaign.reference_on,
        moment=f"{timezone.localtime(found.counted_at):%Y-%m-%d %H:%M}",
    )
    rows = queries.export_rows([shown["total"], *shown["lines"]], shown["groups"], place)
    at = clock.now()
    return excel_response(title, queries.COLUMNS, rows, unit=request.user.unit, by=request.user, at=at)


@login_required
@require_POST
def count(request: SignedIn) -> HttpResponse:
    """Count the board of a round afresh."""
    at, asked = clock.now(), request.POST.get("round", "")
    found = [one for one in queries.campaigns(request.user, at) if str(one.pk) == asked]
    if not found:
        raise Http404
    try:
        actions.count_board(by=request.user, at=at, campaign=found[0])
        messages.success(request, say(COUNTED))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect(f"{reverse('assurance:board')}?round={found[0].pk}")
