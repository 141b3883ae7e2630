"""A round's lead on people on no list: asked for here, worked out elsewhere, and what an untestable assumption would change."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions_jobs as actions
from jiandi.rooms.assurance import leads, queries
from jiandi.rooms.assurance.models import EstimateJob

LOOK_AGAIN_SECONDS = 3


@login_required
@require_http_methods(["GET", "POST"])
def lead(request: SignedIn, campaign_id: int) -> HttpResponse:
    """Show a round's lead, or how far its work is; take a wish to have it worked out."""
    at = clock.now()
    permit(request.user, "assurance.estimate_hidden", at=at)
    found = queries.lead_of(request.user, campaign_id, at)
    if found is None:
        raise Http404
    campaign, estimate, job = found
    if request.method == "POST":
        try:
            actions.ask_estimate(by=request.user, at=at, campaign=campaign)
        except Refused as refusal:
            messages.error(request, say(refusal.text))
        return redirect("assurance:lead", campaign_id=campaign_id)
    is_live = job is not None and job.state in (EstimateJob.State.QUEUED, EstimateJob.State.RUNNING)
    xi = _xi(request.GET.get("xi", ""))
    context = {
        "campaign": campaign,
        "lead": estimate,
        "job": job,
        "is_live": is_live,
        "percent": round(100 * job.progress) if job else 0,
        "xi": f"{xi:g}",
        "slid": leads.slid(estimate.counts, xi) if estimate and not estimate.was_refused else None,
        "most_xi": f"{leads.MOST_XI:g}",
        "is_lead_page": True,
    }
    response = render(request, "assurance/lead.html", context)
    if is_live:
        response["Refresh"] = str(LOOK_AGAIN_SECONDS)  # the page looks again by itself, without a script
    return response


def _xi(asked: str) -> float:
    """The slider's place, kept within its ends; anything that is no number is the middle."""
    try:
        value = float(asked)
    except ValueError:
        return 0.0
    return max(-leads.MOST_XI, min(leads.MOST_XI, value)) if value == value else 0.0
