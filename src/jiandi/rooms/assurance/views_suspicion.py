"""Whose visits to repeat first, why, and what the worker says to it: an order and questions, never a finding."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions, auditing, queries
from jiandi.rooms.assurance import pictures as alike
from jiandi.rooms.assurance.forms import ReplyForm

READ = "assurance.read_suspicion"
_SAID = Text(
    zh="已收到您的说明,与指标一同供查看。", en="Your account was received and stands beside the indicators."
)


@login_required
@require_GET
def suspicions(request: SignedIn) -> HttpResponse:
    """Show whose visits to repeat first, with the indicators in words."""
    at = clock.now()
    permit(request.user, READ, at=at)
    month, lines = auditing.indicator_lines(request.user, at)
    context = {
        "rows": [
            {"row": row, "has_pictures": alike.is_about_pictures(row)}
            for row in queries.suspicions(request.user, at)[:200]
        ],
        "compared": queries.compared(request.user, at),
        "month": month,
        "lines": [line for line in lines if line.has_spoken],
        "quiet": [line for line in lines if not line.has_spoken],
    }
    return render(request, "assurance/suspicions.html", context)


@login_required
@require_GET
def pictures(request: SignedIn, suspicion_id: int) -> HttpResponse:
    """Show the pictures of a flagged worker that are much like one of another door, side by side, to those who may see them."""
    at = clock.now()
    permit(request.user, READ, at=at)
    found = one(queries.suspicions(request.user, at), pk=suspicion_id)
    context = {"suspicion": found, "pairs": alike.pairs_of(request.user, found, at)}
    return render(request, "assurance/suspicion_pictures.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_indicators(request: SignedIn) -> HttpResponse:
    """Show a worker the indicators about their own visits, and take their account of it."""
    at = clock.now()
    permit(request.user, "assurance.reply_suspicion", at=at)
    mine = queries.my_suspicion(request.user)
    form = ReplyForm(request.POST or None)
    if request.method == "POST" and mine is not None and mine.indicators and form.is_valid():
        actions.reply_suspicion(by=request.user, at=at, suspicion=mine, text=form.cleaned_data["text"])
        messages.success(request, say(_SAID))
        return redirect("assurance:my_indicators")
    pairs = alike.pairs_of(request.user, mine, at) if mine and alike.is_about_pictures(mine) else []
    return render(request, "assurance/my_indicators.html", {"mine": mine, "form": form, "pairs": pairs})
