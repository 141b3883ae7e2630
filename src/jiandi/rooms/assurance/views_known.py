"""Known cases: who agreed to be looked for, seen by overseers alone."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jiandi.core.values import Refused, Text, is_allowed
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.wording import said
from jiandi.rooms.assurance import actions_known as actions
from jiandi.rooms.assurance import policies_known as policies
from jiandi.rooms.assurance import queries_known as queries
from jiandi.rooms.assurance.forms import KnownForm
from jiandi.rooms.assurance.models import KnownCase
from jiandi.rooms.register.models import Person

REGISTERED = Text(zh="已登记。请勿告诉任何去找人的人。", en="Registered. Tell nobody who goes looking.")
WITHDRAWN = Text(zh="已撤回。", en="Withdrawn.")


@login_required
@require_http_methods(["GET", "POST"])
def known_cases(request: SignedIn) -> HttpResponse:
    """List the known cases, and register another."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    policies.check_looks_for_nobody(request.user, at)
    tests = queries.tests(request.user, at)
    choices = [
        (
            code,
            said(f"复核:{name}", f"The re-visits of {name}")
            if campaign
            else said(f"盲扫:{name}", f"A sweep of {name}"),
        )
        for code, name, campaign, _ in tests
    ]
    form = KnownForm(choices, request.POST or None, initial={"consented_on": at.date()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        campaign, place = next((c, p) for code, _, c, p in tests if code == facts["test"])
        try:
            actions.seed_known(
                by=request.user, at=at, person=Person.objects.filter(code=facts["code"].strip().upper()).first(),
                consented=facts["consented"], words=facts["words"], consented_on=facts["consented_on"], campaign=campaign,
                swept_place=place,
            )  # fmt: skip
            messages.success(request, say(REGISTERED))
            return redirect("assurance:known")
        except Refused as refusal:
            messages.error(request, say(refusal.text))
    rows = [
        {
            "known": row,
            "state": queries.state_of(row),
            "may_withdraw": is_allowed(policies.check_may_withdraw, row),
        }
        for row in queries.known_cases(request.user, at)
    ]
    return render(request, "assurance/known.html", {"rows": rows, "form": form if tests else None})


@login_required
@require_POST
def withdraw(request: SignedIn, known_id: int) -> HttpResponse:
    """Let somebody go who no longer agrees."""
    at = clock.now()
    permit(request.user, "assurance.withdraw_known", at=at)
    mine = [row.pk for row in queries.known_cases(request.user, at)]
    near = ("draw", "sweep", "campaign__place", "swept_place")
    found = one(KnownCase.objects.filter(pk__in=mine).select_related(*near), pk=known_id)
    try:
        actions.withdraw_known(by=request.user, at=at, known=found)
        messages.success(request, say(WITHDRAWN))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:known")
