"""The tree of places and one place's page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.places import actions, queries
from jiandi.rooms.places.forms import CustomPlaceForm
from jiandi.rooms.places.models import Level, Place, PlaceChange

PAGE = 50
LEVELS: dict[int, Text] = {
    Level.PROVINCE: Text(zh="省级", en="Province"),
    Level.CITY: Text(zh="地级", en="City"),
    Level.COUNTY: Text(zh="县级", en="County"),
    Level.TOWN: Text(zh="乡镇级", en="Town"),
    Level.VILLAGE: Text(zh="村级", en="Village"),
    Level.GRID: Text(zh="网格", en="Grid"),
}


@login_required
@require_GET
def tree(request: SignedIn) -> HttpResponse:
    """Begin at the top of one's own area; find a place by name or code."""
    at = clock.now()
    permit(request.user, "places.read_place", at=at)
    wanted = request.GET.get("q", "").strip()
    if wanted:
        found = [p for p in queries.resolve(wanted) if queries.can_read(request.user, p, at)]
    else:
        found = queries.roots(request.user, at)
        if len(found) == 1:
            return redirect("places:place", place_id=found[0].pk)
    rows = [{"place": place, "level": LEVELS[place.level]} for place in found]
    return render(request, "places/tree.html", {"rows": rows, "wanted": wanted})


@login_required
@require_GET
def place(request: SignedIn, place_id: int) -> HttpResponse:
    """Show a place: what lies below it, its doors, what it was called."""
    at = clock.now()
    found = Place.objects.filter(pk=place_id).first()
    if found is None or not queries.can_read(request.user, found, at):
        raise Http404
    doors = (
        queries.doors(found, int(request.GET.get("after") or 0), PAGE) if found.level == Level.VILLAGE else []
    )
    context = {
        "place": found,
        "level": LEVELS[found.level],
        "lineage": queries.ancestors(found)[:-1],
        "children": [
            {"place": child, "level": LEVELS[child.level]} for child in queries.children(found)[:400]
        ],
        "doors": doors[:PAGE],
        "next": f"?after={doors[PAGE - 1].pk}" if len(doors) > PAGE else "",
        "changes": PlaceChange.objects.filter(before=found).select_related("after").order_by("-on_date"),
        "may_change": has_verb(request.user, "places.change_place", at),
        "form": CustomPlaceForm(),
    }
    return render(request, "places/place.html", context)


@login_required
@require_POST
def add(request: SignedIn, place_id: int) -> HttpResponse:
    """Make a place without a code below this one."""
    parent = Place.objects.filter(pk=place_id).first()
    if parent is None or not queries.can_read(request.user, parent, clock.now()):
        raise Http404
    form = CustomPlaceForm(request.POST)
    if not form.is_valid():
        return redirect("places:place", place_id=place_id)
    made = actions.create_custom_place(
        by=request.user,
        at=clock.now(),
        parent=parent,
        name=form.cleaned_data["name"].strip(),
        level=form.cleaned_data["level"],
    )
    return redirect("places:place", place_id=made.pk)
