"""Plain confirmations of one village on one page: each ticked by hand, nothing ticked beforehand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jiandi.core.linkage.wording import REVIEWS
from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions, queries_plain
from jiandi.rooms.register.forms import ReasonForm
from jiandi.rooms.register.models import SEXES


@login_required
@require_http_methods(["GET", "POST"])
def batch(request: SignedIn, village_id: int) -> HttpResponse:
    """Show the plain pairs of a village; join those that were ticked, each by a decision of its own."""
    at = clock.now()
    permit(request.user, "register.decide_pair", at=at)
    village = one(Place.objects.all(), pk=village_id)
    pairs = queries_plain.plain_pairs(request.user, at, village)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ticked = set(request.POST.getlist("pair"))
        for pair in [pair for pair in pairs if str(pair.pk) in ticked]:
            try:
                actions.decide_pair(
                    by=request.user, at=at, pair=pair, verdict="same", reason=form.cleaned_data["reason"]
                )
            except Refused as refusal:
                messages.error(request, f"{pair.record.name}: {refusal.text.say(reader())}")
        return redirect("register:batch", village_id=village_id)
    rows = [
        {"pair": pair, "reason": REVIEWS.get(pair.reason), "sex": SEXES.get(pair.record.sex or 0)}
        for pair in pairs
    ]
    return render(request, "register/batch.html", {"rows": rows, "village": village, "form": form})
