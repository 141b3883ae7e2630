"""The supervisors' pages: rounds and villages, whom nobody has seen, and the visits that wait for a decision."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Refused, Text, is_allowed
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.ledger import excel_response
from jiandi.rooms.access.models import Installation
from jiandi.rooms.access.permissions import has_verb, is_within, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.screening import actions, forms, queries, readings
from jiandi.rooms.screening.models import Campaign, Expected, VisitLog, VisitTask
from jiandi.rooms.screening.states import CHANNELS, EXCUSES, OUTCOME_NAMES, PRETEXTS, RECORDED, UNSEEN
from jiandi.rooms.screening.views import PAGE

OPENED = Text(zh="已开始新一轮走访,请排任务。", en="The round is open; plan its doors next.")
RELEASED = Text(zh="已放行,计入本轮。", en="Released; it counts now.")
SET_ASIDE = Text(zh="已搁置,原件保留。", en="Kept aside; the original stays.")
EXCUSED = Text(zh="已准予说明,单独计数。", en="Excused, and counted apart.")
UNSEEN_TITLE = Text(zh="{village}未见人员台账", en="Not yet seen in {village}")


@login_required
@require_GET
def campaigns(request: SignedIn) -> HttpResponse:
    """List the rounds that touch the officer's areas."""
    at = clock.now()
    permit(request.user, queries.READ, at=at)
    rounds = [
        (campaign, queries.figures(campaign, queries.areas_of(request.user, campaign, at)))
        for campaign in queries.campaigns(request.user, at)
    ]
    context = {
        "rounds": rounds,
        "may_open": has_verb(request.user, "screening.open_campaign", at),
        "may_decide": has_verb(request.user, "screening.release_quarantine", at),
    }
    return render(request, "screening/campaigns.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def open_campaign(request: SignedIn) -> HttpResponse:
    """Open a round over the county."""
    at = clock.now()
    permit(request.user, "screening.open_campaign", at=at)
    form = forms.CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        place = one(
            Place.objects.all(), pk=Installation.objects.values_list("county_id", flat=True).get(pk=1)
        )
        try:
            campaign = actions.open_campaign(
                by=request.user, at=at, place=place, title=Text(zh=said["title_zh"], en=said["title_en"]),
                reference_on=said["reference_on"], starts_on=said["starts_on"], ends_on=said["ends_on"],
                pretext=said["pretext"],
            )  # fmt: skip
            messages.success(request, say(OPENED))
            return redirect("screening:campaign", campaign.pk)
        except Refused as refused:
            messages.error(request, say(refused.text))
    return render(request, "screening/open_campaign.html", {"form": form})


def campaign_for(request: SignedIn, campaign_id: int) -> tuple[Campaign, list[Place]]:
    """Return a round and where in it the officer may look; anything else is a page that does not exist."""
    at = clock.now()
    campaign = one(Campaign.objects.select_related("place", "opened_by__unit", "form"), pk=campaign_id)
    areas = queries.areas_of(request.user, campaign, at)
    if not areas:
        raise Http404
    return campaign, areas


@login_required
@require_GET
def campaign(request: SignedIn, campaign_id: int) -> HttpResponse:
    """Show how far a round is, by town and by village, with both parts of the denominator."""
    found, areas = campaign_for(request, campaign_id)
    at = clock.now()
    towns = queries.by_town(found, areas)
    asked = request.GET.get("town", "")
    chosen = int(asked) if asked.isdigit() else (towns[0][0] if len(towns) == 1 else None)
    context = {
        "campaign": found,
        "figures": queries.figures(found, areas),
        "towns": towns,
        "chosen": chosen,
        "villages": queries.by_village(found, areas, chosen) if chosen else [],
        "pretext": PRETEXTS[found.pretext],
        "may_plan": not found.closed_at
        and is_allowed(permit, request.user, "screening.plan_tasks", at=at, place=found.place),
        "may_decide": has_verb(request.user, "screening.release_quarantine", at),
    }
    return render(request, "screening/campaign.html", context)


@login_required
@require_POST
def plan(request: SignedIn, campaign_id: int) -> HttpResponse:
    """Plan the doors of a round that have no task yet."""
    found, _ = campaign_for(request, campaign_id)
    try:
        made = actions.plan_tasks(by=request.user, at=clock.now(), campaign=found)
        messages.success(request, say(Text(zh=f"新排了{made}处。", en=f"{made} doors planned.")))
    except Refused as refused:
        messages.error(request, say(refused.text))
    return redirect("screening:campaign", campaign_id)


def village_for(request: SignedIn, campaign_id: int, village_id: int) -> tuple[Campaign, Place]:
    """Return a village of a round the officer may look at."""
    found, areas = campaign_for(request, campaign_id)
    village = one(Place.objects.filter(level=Level.VILLAGE).select_related("town", "county"), pk=village_id)
    if not any(is_within(village, area) for area in areas):
        raise Http404
    return found, village


@login_required
@require_GET
def village(request: SignedIn, campaign_id: int, village_id: int) -> HttpResponse:
    """Show a village: its figures, and everybody by what is known of them, the unseen first."""
    found, place = village_for(request, campaign_id, village_id)
    asked = request.GET.get("outcome", "unseen")
    rows = queries.expected_in(place, found).order_by("pk")
    if asked in OUTCOME_NAMES:
        rows = rows.filter(outcome=asked)
    elif asked == "unseen":
        rows = rows.filter(outcome__in=UNSEEN)
    after = request.GET.get("after", "")
    page = list(rows.filter(pk__gt=int(after) if after.isdigit() else 0)[: PAGE + 1])
    at = clock.now()
    context = {
        "campaign": found,
        "village": place,
        "figures": queries.coverage(place, found),
        "rows": [
            {
                "expected": row,
                "outcome": OUTCOME_NAMES[row.outcome],
                "excuse": {**EXCUSES, **RECORDED}.get(row.excuse),
                "may_excuse": _is_claim(row),
            }
            for row in page[:PAGE]
        ],
        "next": f"?outcome={asked}&after={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "first": f"?outcome={asked}" if after else "",
        "asked": asked,
        "outcomes": OUTCOME_NAMES.items(),
        "excuses": EXCUSES.items() if has_verb(request.user, "screening.grant_excuse", at) else [],
        "may_export": has_verb(request.user, "screening.export_unseen", at),
    }
    return render(request, "screening/village.html", context)


def _is_claim(row: Expected) -> bool:
    return row.outcome not in (Expected.Outcome.NOT_YET, Expected.Outcome.SEEN, Expected.Outcome.EXCUSED)


@login_required
@require_GET
def unseen(request: SignedIn, campaign_id: int, village_id: int) -> HttpResponse:
    """Export who has not been seen in a village, without any protection flag."""
    found, place = village_for(request, campaign_id, village_id)
    at = clock.now()
    permit(request.user, "screening.export_unseen", at=at, place=place)
    title = Text(zh=UNSEEN_TITLE.zh.format(village=place.name), en=UNSEEN_TITLE.en.format(village=place.name))
    rows = queries.unseen(place, found)
    return excel_response(title, queries.UNSEEN_COLUMNS, rows, unit=request.user.unit, by=request.user, at=at)


@login_required
@require_GET
def print_list(request: SignedIn, campaign_id: int, village_id: int) -> HttpResponse:
    """Show a village's visit list for paper: A4, doors in walking order, boxes for signature and seal."""
    found, place = village_for(request, campaign_id, village_id)
    doors = queries.paper_doors(place, found)
    context = {
        "campaign": found, "village": place, "doors": doors, "pretext": PRETEXTS[found.pretext], "blank": range(6),
        "may_type": has_verb(request.user, "screening.receive_visits", clock.now()),
    }  # fmt: skip
    return render(request, "screening/print_list.html", context)


@login_required
@require_POST
def excuse(request: SignedIn, expected_id: int) -> HttpResponse:
    """Grant that somebody need not be seen, for a listed reason."""
    at = clock.now()
    row = one(
        visible(
            Expected.objects.select_related("task__campaign", "village", "visit"),
            request.user,
            "screening.grant_excuse",
            at=at,
        ),
        pk=expected_id,
    )
    form = forms.ExcuseForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        actions.grant_excuse(by=request.user, at=at, expected=row, reason=reason)
        messages.success(request, say(EXCUSED))
    except Refused as refused:
        messages.error(request, say(refused.text))
    if row.task.campaign_id and row.village_id:
        return redirect("screening:village", row.task.campaign_id, row.village_id)
    return redirect("screening:campaigns")


@login_required
@require_GET
def quarantine(request: SignedIn) -> HttpResponse:
    """List the visits that wait for a supervisor, the oldest first."""
    at = clock.now()
    permit(request.user, "screening.release_quarantine", at=at)
    after = request.GET.get("after", "")
    rows = list(
        queries.waiting_visits(request.user, at).filter(pk__gt=int(after) if after.isdigit() else 0)[
            : PAGE + 1
        ]
    )
    context = {
        "rows": rows[:PAGE],
        "channels": CHANNELS,
        "next": f"?after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "first": "?" if after else "",
    }
    return render(request, "screening/quarantine.html", context)


@login_required
@require_GET
def visit(request: SignedIn, visit_id: int) -> HttpResponse:
    """Show a visit as received: how it was read, beside the body itself."""
    at = clock.now()
    found = one(queries.visits(request.user, at), pk=visit_id)
    is_open = has_verb(request.user, "screening.read_finding", at) or found.worker_id == request.user.pk
    context = {
        "visit": found,
        "page": readings.page_of(found, with_findings=is_open),
        "channel": CHANNELS[found.channel],
        # A photograph may show what a visit found: it is there for those who may know, and for whoever took it.
        "photos": list(queries.photos(found)) if is_open else [],
        "log": VisitLog.objects.filter(visit=found).first() if is_open else None,
        "may_see_original": has_verb(request.user, "screening.read_finding", at),
        "may_decide": found.state == found.State.QUARANTINED
        and queries.waiting_visits(request.user, at).filter(pk=found.pk).exists(),
    }
    return render(request, "screening/visit.html", context)


@login_required
@require_GET
def photo(request: SignedIn, visit_id: int, number: int) -> HttpResponse:
    """Show a visit's photograph, without what its camera wrote; `?original=1` is the file as it came."""
    at = clock.now()
    found = one(queries.visits(request.user, at), pk=visit_id)
    shown = queries.photos(found)[number - 1 : number].first() if number else None
    if shown is None:
        raise Http404
    is_original = request.GET.get("original") == "1"
    try:
        content = actions.read_photo(by=request.user, at=at, photo=shown, is_original=is_original)
    except (Refused, FileNotFoundError) as gone:  # forbidden answers like nothing
        raise Http404 from gone
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    ending = kind.removeprefix("image/")
    name = f"visit-{visit_id}-{number}.{ending}"
    disposition = f'{"attachment" if is_original else "inline"}; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


@login_required
@require_POST
def decide(request: SignedIn, visit_id: int) -> HttpResponse:
    """Release a waiting visit or keep it aside."""
    at = clock.now()
    found = one(queries.waiting_visits(request.user, at), pk=visit_id)
    form = forms.DecisionForm(request.POST)
    if not form.is_valid():
        messages.error(request, say(Text(zh="请写明理由。", en="Write down the reason.")))
        return redirect("screening:visit", visit_id)
    said = form.cleaned_data
    try:
        if said["decision"] == "keep":
            actions.keep_visit(by=request.user, at=at, visit=found, reason=said["reason"])
        else:
            code = said["task"].strip().upper()
            task: VisitTask | None = (
                queries.tasks(request.user, at).filter(code=code).first() if code else None
            )
            actions.release_visit(by=request.user, at=at, visit=found, reason=said["reason"], task=task)
    except Refused as refused:
        messages.error(request, say(refused.text))
        return redirect("screening:visit", visit_id)
    messages.success(request, say(SET_ASIDE if said["decision"] == "keep" else RELEASED))
    return redirect("screening:quarantine")
