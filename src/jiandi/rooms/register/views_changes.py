"""Corrections: those that wait, those that were decided, and values taken back."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions
from jiandi.rooms.register.decided import MAY_STAND
from jiandi.rooms.register.forms import ReasonForm, wrong_in
from jiandi.rooms.register.models import ChangeRequest, Person
from jiandi.rooms.register.queries_people import hidden_from
from jiandi.rooms.register.standing import numbers_of

PAGE = 50


def _requests(request: SignedIn, at: datetime) -> QuerySet[ChangeRequest]:
    """Return the corrections about people whom the officer may decide about; about nobody behind a wall from them."""
    theirs = visible(Person.objects.all(), request.user, "register.decide_change", at=at)
    ours = ChangeRequest.objects.filter(person__in=theirs)
    # Whoever was merged into somebody sealed, at any remove, stands behind that wall.
    sealed = numbers_of(hidden_from(request.user))
    return ours.exclude(among("person_id", sealed)).select_related(
        "person", "asked_by__unit", "decided_by", "taken_back_by"
    )


@login_required
@require_http_methods(["GET", "POST"])
def changes(request: SignedIn) -> HttpResponse:
    """List corrections that wait or were decided; pass on, let stand or decline those that wait."""
    at = clock.now()
    permit(request.user, "register.decide_change", at=at)
    ours = _requests(request, at)
    waiting = ours.filter(decided_at__isnull=True)
    if request.method == "POST":
        chosen, answer = one(waiting, pk=request.POST.get("request")), request.POST.get("accepted")
        try:
            actions.decide_change(
                by=request.user, at=at, request=chosen, accepted=answer in ("yes", "stands"), stands=answer == "stands"
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, refusal.text.say(reader()))
        return redirect("register:changes")
    is_done = request.GET.get("state") == "decided"
    said = request.GET.get("after", "")
    after = int(said) if said.isdecimal() and len(said) < 19 else 0
    if is_done:
        rows = ours.filter(decided_at__isnull=False).order_by("-pk")
        rows = rows.filter(pk__lt=after) if after else rows
    else:
        rows = waiting.filter(pk__gt=after).order_by("pk")
    page = list(rows[: PAGE + 1])
    more = f"?state={'decided' if is_done else 'open'}&after={page[PAGE - 1].pk}" if len(page) > PAGE else ""
    shown = {"rows": page[:PAGE], "next": more, "is_done": is_done, "may_stand": MAY_STAND}
    return render(request, "register/changes.html", shown | {"undo": ReasonForm()})


@login_required
@require_POST
def take_back_change(request: SignedIn, request_id: int) -> HttpResponse:
    """Take a decided value back, with a reason."""
    at = clock.now()
    chosen = one(_requests(request, at), pk=request_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, wrong_in(form))
        return redirect("register:person", code=chosen.person.code)
    try:
        actions.take_back_change(by=request.user, at=at, request=chosen, reason=form.cleaned_data["reason"])
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:person", code=chosen.person.code)
