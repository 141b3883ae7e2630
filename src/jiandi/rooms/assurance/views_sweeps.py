"""Sweeps: opened and read in the office, walked with a phone, settled at the door."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, sealing
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions_sweeps as actions
from jiandi.rooms.assurance import queries_sweeps as queries
from jiandi.rooms.assurance import sweeping
from jiandi.rooms.assurance.forms import DiceForm, EntryForm, FoundForm, ResidentForm, SweepForm
from jiandi.rooms.assurance.models import Sweep, SweepPerson
from jiandi.rooms.places.models import Dwelling, Place

READ = "assurance.read_certificate"
_ENTERED = Text(zh="已登记。", en="Entered.")
_SETTLED = Text(zh="已核清。", en="Settled.")


@login_required
@require_http_methods(["GET", "POST"])
def sweeps(request: SignedIn) -> HttpResponse:
    """List the sweeps of one's area; open another."""
    at = clock.now()
    permit(request.user, READ, at=at)
    places = queries.places_to_sweep(request.user, at)
    form = SweepForm(places, request.POST or None)
    if request.method == "POST" and form.is_valid():
        place = Place.objects.get(pk=form.cleaned_data["place"])
        try:
            made = actions.open_sweep(by=request.user, at=at, place=place, size=form.cleaned_data["size"])
            return redirect("assurance:sweep", sweep_id=made.pk)
        except Refused as refusal:
            messages.error(request, say(refusal.text))
    context = {"sweeps": queries.sweeps(request.user, at), "form": form if places else None}
    return render(request, "assurance/sweeps.html", context)


def _sweep(request: SignedIn, sweep_id: int) -> Sweep:
    found = [one_ for one_ in queries.sweeps(request.user, clock.now()) if one_.pk == sweep_id]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_GET
def sweep(request: SignedIn, sweep_id: int) -> HttpResponse:
    """Show how far a sweep has come, and what it found once it is closed."""
    at = clock.now()
    permit(request.user, READ, at=at)
    found = _sweep(request, sweep_id)
    context = {
        "sweep": found,
        "areas": queries.areas(request.user, found, at),
        "denied": queries.denied(request.user, found, at),
        "progress": queries.progress(found),
        "may": queries.steps(request.user, found, at),
        "throws": found.throws.select_related("officer__unit").order_by("pk"),
        "dice": DiceForm(),
        "bias": [_bias(row) for row in found.figures.get("bias", ())],
    }
    if row := found.figures.get("known", {}).get("row"):
        context["known_row"] = _bias(row)
    return render(request, "assurance/sweep.html", context)


def _bias(row: list[float]) -> dict[str, Any]:
    return {"relative": int(100 * row[0]), "shares": [value / 100 for value in row[1:]]}


@login_required
@require_POST
def step(request: SignedIn, sweep_id: int, name: str) -> HttpResponse:
    """Compare with the register, or close."""
    found, at = _sweep(request, sweep_id), clock.now()
    steps = {"link": actions.link_sweep, "close": actions.close_sweep}
    if name not in steps:
        raise Http404
    try:
        steps[name](by=request.user, at=at, sweep=found)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:sweep", sweep_id=sweep_id)


@login_required
@require_POST
def dice(request: SignedIn, sweep_id: int) -> HttpResponse:
    """Take one person's throw."""
    found, form = _sweep(request, sweep_id), DiceForm(request.POST)
    try:
        thrown = form.cleaned_data["dice"] if form.is_valid() else ""
        actions.throw_sweep_dice(by=request.user, at=clock.now(), sweep=found, dice=thrown)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:sweep", sweep_id=sweep_id)


@require_GET
def frame(request: HttpRequest, sweep_id: int) -> HttpResponse:
    """Give anybody the frozen areas once the seed is public."""
    found = Sweep.objects.filter(pk=sweep_id, closed_at__isnull=False).first()
    if found is None:
        raise Http404
    return HttpResponse(sealing.read_file(found.frame_sha256), content_type="text/plain; charset=utf-8")


@login_required
@require_GET
def my_sweeps(request: SignedIn) -> HttpResponse:
    """List what an inspector has to walk, and what to ask again where somebody else walked."""
    at = clock.now()
    permit(request.user, "assurance.sweep_area", at=at)
    context = {
        "areas": queries.my_areas(request.user),
        "found": queries.asks_found(request.user, at)[:200],
        "entries": queries.asks_entries(request.user, at)[:200],
    }
    return render(request, "assurance/my_sweeps.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def area(request: SignedIn, area_id: int) -> HttpResponse:
    """List the people of one area, one after another; the register is not shown."""
    permit(request.user, "assurance.sweep_area", at=clock.now())
    found = one(queries.my_areas(request.user), pk=area_id)
    doors = sweeping.doors(found)
    form = ResidentForm(doors, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said["dwelling"] = Dwelling.objects.filter(pk=said["dwelling"] or 0).first()
        try:
            actions.note_resident(by=request.user, at=clock.now(), area=found, **said)
            messages.success(request, say(_ENTERED))
            return redirect("assurance:sweep_area", area_id=area_id)
        except Refused as refusal:
            messages.error(request, say(refusal.text))
    people = found.people.select_related("dwelling").order_by("-pk")[:500]
    return render(request, "assurance/sweep_area.html", {"area": found, "form": form, "people": people})


@login_required
@require_POST
def finish(request: SignedIn, area_id: int) -> HttpResponse:
    """Say that every door was walked."""
    permit(request.user, "assurance.sweep_area", at=clock.now())
    actions.finish_area(by=request.user, at=clock.now(), area=one(queries.my_areas(request.user), pk=area_id))
    return redirect("assurance:my_sweeps")


@login_required
@require_http_methods(["GET", "POST"])
def found(request: SignedIn, found_id: int) -> HttpResponse:
    """Settle somebody the sweep found and no list surely knows."""
    at = clock.now()
    permit(request.user, "assurance.settle_sweep", at=at)
    asked = one(queries.asks_found(request.user, at), pk=found_id)
    people = queries.candidates(asked)
    form = FoundForm(people, asked.was_met, request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        person = next((p for p in people if f"p{p.pk}" == answer), None)
        state = SweepPerson.State.ON_LIST if person else answer
        said = {"state": state, "person": person, "reason": form.cleaned_data.get("reason", "")}
        return _settled(request, actions.settle_found, found=asked, **said)
    return render(request, "assurance/sweep_settle.html", {"found": asked, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: SignedIn, entry_id: int) -> HttpResponse:
    """Settle somebody listed in the area whom the sweep did not find."""
    at = clock.now()
    permit(request.user, "assurance.settle_sweep", at=at)
    asked = one(queries.asks_entries(request.user, at), pk=entry_id)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _settled(request, actions.settle_entry, entry=asked, state=form.cleaned_data["answer"])
    return render(request, "assurance/sweep_settle.html", {"entry": asked, "form": form})


def _settled(request: SignedIn, act: Any, **said: Any) -> HttpResponse:
    try:
        act(by=request.user, at=clock.now(), **said)
        messages.success(request, say(_SETTLED))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:my_sweeps")
