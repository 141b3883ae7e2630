"""The statement of the lists: what each stands for at a place, who is missing, and where lists overlap."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.permissions import granting, has_verb, is_within, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions
from jiandi.rooms.register.drawing import draw
from jiandi.rooms.register.models_standing import ListCount
from jiandi.rooms.register.queries_statement import Kind, Standing, shown, standing, title_of_set

COLUMNS = (
    Text(zh="名册", en="List"), Text(zh="报送单位", en="Unit"), Text(zh="截至日", en="As of"), Text(zh="行数", en="Lines"),
    Text(zh="其中整理", en="Repaired"), Text(zh="未收(整份)", en="Refused (whole file)"), Text(zh="归并到人", en="People"),
    Text(zh="仅在此类名册", en="On this kind alone"), Text(zh="应在未在", en="Should be on it"), Text(zh="新增", en="New"),
    Text(zh="减少", en="Gone"), Text(zh="改动", en="Changed"),
)  # fmt: skip


def _place(request: SignedIn, at: datetime) -> Place:
    """Return the place asked for within the reader's area; else where that area begins."""
    permit(request.user, "register.read_statement", at=at)
    areas = granting(request.user, "register.read_statement", at)
    wanted = request.GET.get("place", "")
    if not wanted.isdecimal():
        return _top(areas[0])
    place = Place.objects.filter(pk=int(wanted)).first()
    if place is None or not any(is_within(place, area) for area in areas):
        raise Http404
    return place


def _top(area: Place) -> Place:
    """Return the county of an area that is larger than one: statements are a county's."""
    if area.county_id:
        return area
    return (
        Place.objects.filter(level=3, city_id=area.pk).first()
        or Place.objects.filter(level=3).first()
        or area
    )


@login_required
@require_GET
def statement(request: SignedIn) -> HttpResponse:
    """Show what the lists stand for at a place."""
    at = clock.now()
    place = _place(request, at)
    found = standing(request.user, place, at)
    context = {
        "place": place,
        "found": found,
        "rows": [_row(kind, found) for kind in found.kinds] if found else [],
        "drawing": draw(found.picture) if found else None,
        "aside": [(title_of_set(code), shown(n, found.reach)) for code, n in found.aside.items()] if found else [],
        "below": Place.objects.filter(parent=place, ended_on__isnull=True).order_by("pk")[:400],
        "above": _above(request, place, at),
        "may_count": has_verb(request.user, "register.state_lists", at),
        "may_read_rosters": has_verb(request.user, "register.read_roster", at),
    }  # fmt: skip
    return render(request, "register/statement.html", context)


def _above(request: SignedIn, place: Place, at: datetime) -> list[Place]:
    areas = granting(request.user, "register.read_statement", at)
    line = [place.county, place.town]
    return [one for one in line if one and one != place and any(is_within(one, area) for area in areas)]


def _row(kind: Kind, found: Standing) -> dict[str, object]:
    def say(count: int | None) -> Text:
        return shown(count, found.reach)

    total = kind.total
    return {
        "title": kind.title,
        "people": say(total.people),
        "only_here": say(total.only_here),
        "missing": say(total.missing),
        "lines": say(sum(one.lines for one in kind.deliveries)),
        "repaired": say(sum(one.repaired for one in kind.deliveries)),
        "refused": sum(_refused(one) for one in kind.deliveries),  # lines of a file, not people of a place
        "moved": any(one.added is not None for one in kind.deliveries),
        "added": say(sum(one.added or 0 for one in kind.deliveries)),
        "gone": say(sum(one.gone or 0 for one in kind.deliveries)),
        "changed": say(sum(one.changed or 0 for one in kind.deliveries)),
        "deliveries": [one.roster for one in kind.deliveries],
        "latest": max((one.roster.reference_on for one in kind.deliveries if one.roster), default=None),
    }


def _refused(line: ListCount) -> int:
    return int(line.roster.report.get("refused", 0)) if line.roster else 0


@login_required
@require_GET
def statement_export(request: SignedIn) -> HttpResponse:
    """Give the statement of a place as Excel: the lists, then the combinations."""
    at = clock.now()
    place = _place(request, at)
    found = standing(request.user, place, at)
    if found is None:
        raise Http404
    title = Text(zh=f"{place.name}底数说明", en=f"Statement of the lists, {place.name}")
    return excel_response(title, COLUMNS, _lines(found), unit=request.user.unit, by=request.user, at=at)


def _lines(found: Standing) -> Iterator[tuple[object, ...]]:
    for kind in found.kinds:
        for one in kind.deliveries:
            roster = one.roster
            assert roster is not None  # deliveries are the lines that have one
            counts = [shown(n, found.reach) for n in (one.lines, one.repaired)]
            moved = [shown(n, found.reach) for n in (one.added, one.gone, one.changed)]
            yield (kind.title, roster.unit.name, roster.reference_on, *counts, roster.report.get("refused", 0),
                   shown(one.people, found.reach), "", "", *moved)  # fmt: skip
        total = [shown(n, found.reach) for n in (kind.total.people, kind.total.only_here, kind.total.missing)]
        yield (_sum(kind.title), "", "", "", "", "", *total, "", "", "")
    for line in found.picture.lines:
        names = [title_of_set(code) for code, _ in found.picture.lists if code in line.lists]
        zh, en = ("、".join(n.zh for n in names), ", ".join(n.en for n in names))
        yield (
            Text(zh=f"仅同时在:{zh}", en=f"On exactly: {en}"),
            *[""] * 5,
            shown(line.people, found.reach),
            *[""] * 5,
        )
    if found.picture.others:
        yield (Text(zh="其他组合", en="Other combinations"), *[""] * 5, shown(found.picture.others, found.reach), *[""] * 5)  # fmt: skip
    for code, n in found.aside.items():
        yield (title_of_set(code), *[""] * 5, shown(n, found.reach), *[""] * 5)


def _sum(title: Text) -> Text:
    return Text(zh=f"{title.zh} 合计", en=f"{title.en}, together")


@login_required
@require_POST
def count_lists(request: SignedIn) -> HttpResponse:
    """Count the lists anew."""
    try:
        actions.state_lists(by=request.user, at=clock.now())
        messages.success(request, "已重新统计" if reader() == "zh" else "Counted anew")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:statement")
