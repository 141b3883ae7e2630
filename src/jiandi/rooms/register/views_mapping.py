"""The page where a steward says what a file is and which column holds what, tries it, and confirms it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader, say
from jiandi.rooms.access.permissions import one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, policies, queries_mapping
from jiandi.rooms.register.models import Roster

PREFIX = "column."  # before a field's name in the form
READ = Text(zh="已按这样的对应读取,接收{n}行。", en="Read in this way: {n} rows accepted.")


@login_required
@require_http_methods(["GET", "POST"])
def columns(request: SignedIn, roster_id: int) -> HttpResponse:
    """Show a file's lines and columns; try a choice of columns; read the file by it."""
    at = clock.now()
    seen = Roster.objects.select_related("unit__place", "county")
    found = one(visible(seen, request.user, "register.read_roster", at=at), pk=roster_id)
    permit(request.user, "register.map_roster", at=at, place=found.county)
    asked = request.POST or request.GET
    kind, chosen, heading = asked.get("kind", ""), _chosen(request.POST), _heading(asked)
    trial, refusal = None, None
    try:
        policies.check_mappable(found)
        if asked.get("do") == "confirm" and request.method == "POST":
            read = actions.confirm_columns(
                by=request.user, at=at, roster=found, kind=kind, columns=chosen, heading=heading
            )
            messages.success(request, say(READ.filled(n=read.report["accepted"])))
            return redirect("register:roster", roster_id=read.pk)
        if request.method == "POST":
            trial = queries_mapping.trial(found, kind=kind, columns=chosen, heading=heading or (1, 1))
    except Refused as why:
        if why.code == "register.not_mappable":
            messages.error(request, why.text.say(reader()))
            return redirect("register:roster", roster_id=found.pk)
        refusal = why.text
    look = queries_mapping.look(found, kind=kind or None, sheet=_whole(asked.get("sheet")), heading=heading)
    context = {
        "roster": found,
        "look": look,
        "fields": [(*field[:3], chosen.get(field[0], "") if request.method == "POST" else field[3]) for field in look.fields],
        "kinds": [(k.code, k.title) for k in catalogue().kinds.values()],
        "trial": trial,
        "refusal": refusal,
        "prefix": PREFIX,
    }  # fmt: skip
    return render(request, "register/columns.html", context)


def _chosen(form: QueryDict) -> dict[str, str]:
    """Return the columns a form names, field by field; fields left open are not read."""
    named = {name.removeprefix(PREFIX): form.get(name, "") for name in form if name.startswith(PREFIX)}
    return {field: str(called) for field, called in named.items() if called}


def _heading(form: QueryDict) -> tuple[int, int] | None:
    first = _whole(form.get("line"))
    return (first, first + (form.get("lines") == "2")) if first else None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else 0
