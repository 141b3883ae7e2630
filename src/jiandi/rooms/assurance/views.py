"""Certificates and how to check them; an inspector's blind list."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions, queries
from jiandi.rooms.assurance.comparing import Asked, person_of
from jiandi.rooms.assurance.forms import DiceForm, RecheckForm
from jiandi.rooms.assurance.models import Draw
from jiandi.rooms.screening.models import Campaign

READ = "assurance.read_certificate"


@login_required
@require_GET
def certificates(request: SignedIn) -> HttpResponse:
    """List certificates and draws of one's area."""
    at = clock.now()
    permit(request.user, READ, at=at)
    draws = queries.draws(request.user, at)
    context = {
        "certificates": queries.certificates(request.user, at),
        "draws": [
            {"draw": draw, "waiting": draw.rechecks.filter(result="waiting").count()} for draw in draws
        ],
        "may_rank": has_verb(request.user, "assurance.read_suspicion", at),
        "may_seed": has_verb(request.user, "assurance.read_known", at),
        "campaigns": queries.drawable(request.user, at),
        "leads": queries.leads(request.user, at),
    }
    return render(request, "assurance/certificates.html", context)


def _draw(request: SignedIn, draw_id: int) -> Draw:
    found = [d for d in queries.draws(request.user, clock.now()) if d.pk == draw_id]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_GET
def draw(request: SignedIn, draw_id: int) -> HttpResponse:
    """Show a draw: what was public when, the plan, the progress; how to repeat it."""
    found, at = _draw(request, draw_id), clock.now()
    counts: dict[str, int] = {}
    for result in found.rechecks.values_list("result", flat=True):
        counts[result] = counts.get(result, 0) + 1
    context = {
        "draw": found,
        "counts": counts,
        "look": actions.current_look(found),
        "may": queries.steps(request.user, found, at),
        "certificate": found.certificates.first(),
        "throws": found.throws.select_related("officer__unit").order_by("pk"),
        "dice": DiceForm(),
        "meter": queries.meter(found),
        "drawn_size": found.rechecks.count(),
        "targets": found.targets.count(),
        "targets_out": found.targets.filter(result="waiting", task__isnull=False).count(),
    }
    return render(request, "assurance/draw.html", context)


@login_required
@require_POST
def make_draw(request: SignedIn) -> HttpResponse:
    """Freeze the claims of a round and open its draw."""
    campaign = Campaign.objects.filter(pk=request.POST.get("campaign") or 0).select_related("place").first()
    if campaign is None:
        raise Http404
    limit = request.POST.get("limit", "")
    claim = int(limit) if limit.isdecimal() else 0
    targets = request.POST.get("targets", "")
    aimed = int(targets) if targets.isdecimal() else 0
    try:
        made = actions.make_draw(
            by=request.user, at=clock.now(), campaign=campaign, claim_per_10000=claim, targets=aimed
        )
    except Refused as refusal:
        messages.error(request, say(refusal.text))
        return redirect("assurance:certificates")
    return redirect("assurance:draw", draw_id=made.pk)


@login_required
@require_POST
def dice(request: SignedIn, draw_id: int) -> HttpResponse:
    """Take one person's throw."""
    found, form = _draw(request, draw_id), DiceForm(request.POST)
    try:
        thrown = form.cleaned_data["dice"] if form.is_valid() else ""
        actions.throw_dice(by=request.user, at=clock.now(), draw=found, dice=thrown)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:draw", draw_id=draw_id)


@login_required
@require_POST
def step(request: SignedIn, draw_id: int, name: str) -> HttpResponse:
    """Extend, close, reveal or certify."""
    found, at = _draw(request, draw_id), clock.now()
    steps = {
        "extend": actions.extend_look,
        "close": actions.close_waiting,
        "reveal": actions.reveal_seed,
        "certify": actions.issue_certificate,
    }
    if name not in steps:
        raise Http404
    try:
        steps[name](by=request.user, at=at, draw=found)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:draw", draw_id=draw_id)


@require_GET
def frame(request: HttpRequest, draw_id: int) -> HttpResponse:
    """Give anybody the frozen frame once the seed is public: tokens only."""
    found = Draw.objects.filter(pk=draw_id, revealed_at__isnull=False).first()
    if found is None:
        raise Http404
    return HttpResponse(queries.public_frame(found), content_type="text/plain; charset=utf-8")


@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """Give anybody the script that repeats a draw."""
    return HttpResponse(queries.script(), content_type="text/x-python; charset=utf-8")


@login_required
@require_GET
def my_rechecks(request: SignedIn) -> HttpResponse:
    """List an inspector's doors: where and whom, nothing of what was claimed."""
    permit(request.user, "assurance.submit_recheck", at=clock.now())
    return render(
        request, "assurance/my_rechecks.html", {"rechecks": queries.my_rechecks(request.user)[:200]}
    )


@login_required
@require_http_methods(["GET", "POST"])
def recheck(request: SignedIn, task_id: int) -> HttpResponse:
    """Fill in one blind re-visit."""
    permit(request.user, "assurance.submit_recheck", at=clock.now())
    found = next((asked for asked in queries.my_rechecks(request.user) if asked.task_id == task_id), None)
    if found is None:
        raise Http404
    form = RecheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.receive_recheck(
                by=request.user, at=clock.now(), body=_body(request, found, form.cleaned_data)
            )
            return redirect("assurance:my_rechecks")
        except Refused as refusal:
            messages.error(request, say(refusal.text))
    return render(request, "assurance/recheck.html", {"recheck": found, "form": form})


def _body(request: SignedIn, found: Asked, said: dict[str, object]) -> bytes:
    """Write the answers as a submission, as a phone would."""
    now = clock.now().isoformat()
    person, door = person_of(found), found.task.dwelling if found.task else None
    cells = {name: escape(str(value)) for name, value in said.items()}
    return (
        '<data id="visit" version="2026110101" xmlns:orx="http://openrosa.org/xforms">'
        f"<orx:meta><orx:instanceID>uuid:{uuid4()}</orx:instanceID></orx:meta><start>{now}</start><end>{now}</end>"
        f"<task>{found.task.code if found.task else ''}</task><dwelling>{escape(door.code if door else '')}</dwelling>"
        f"<worker>{escape(request.user.username)}</worker><location/><result>{cells['result']}</result>"
        f"<outbuildings>none</outbuildings><photo/><came>{cells['came']}</came>"
        f"<person><listed>{person.code}</listed><name>{escape(person.name)}</name><sex>{person.sex or ''}</sex>"
        f"<birth_year>{person.birth_on.year if person.birth_on else ''}</birth_year><present>{cells['present']}</present>"
        f"<alone>{'yes' if said['alone'] else 'no'}</alone><own_id>unknown</own_id><danger>{cells['danger']}</danger>"
        f"<need/><words>{cells['words']}</words></person><note/></data>"
    ).encode()
