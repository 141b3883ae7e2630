"""The first safe action of a question, by one click on its page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.cases import actions_first
from jiandi.rooms.cases.models import Referral
from jiandi.rooms.cases.views import alert_for, attempt
from jiandi.rooms.checks import packs


@login_required
@require_POST
def refer_first(request: SignedIn, alert_id: int) -> HttpResponse:
    """Open a case on an alert and send its first safe action to the unit that does such things."""
    alert, at = alert_for(request, alert_id), clock.now()
    sent: list[Referral] = []
    done = Text(
        zh="已立案,并已转办;方案可以再补充。", en="A case is open and the request is sent; the plan can grow."
    )

    def step(_: dict[str, object]) -> None:
        rule = packs.shelf().of(alert.rule)
        sent.append(actions_first.refer_first(by=request.user, at=at, alert=alert, rule=rule))

    if attempt(request, None, step, done):
        return redirect(sent[0].case)
    return redirect("checks:alert", alert_id=alert_id)
