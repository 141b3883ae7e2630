"""The county's own linkage models: which is in use, a model's card, what it would change, taking it into use."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.linkage import FEWEST_LABELS
from jiandi.core.linkage.card import FIXED_NOTE, RARITY_NOTE, Answer
from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, queries_models
from jiandi.rooms.register.actions_linking import covered
from jiandi.rooms.register.models_authority import Authorisation, in_force
from jiandi.rooms.register.models_linking import LinkModel

MOST = 50


@login_required
@require_http_methods(["GET", "POST"])
def models(request: SignedIn) -> HttpResponse:
    """List the models there are; learn one under an authorisation."""
    at = clock.now()
    permit(request.user, "register.read_model", at=at)
    error = ""
    if request.method == "POST":
        try:
            chosen = one(Authorisation.objects.all(), pk=request.POST.get("authorisation"))
            made = actions.train_model(by=request.user, at=at, authorisation=chosen)
            return redirect("register:model", number=made.number)
        except Refused as refusal:
            error = refusal.text.say(reader())
    known = LinkModel.objects.select_related("learnt_by", "adopted_by", "retired_by").order_by("-number")
    context = {
        "models": known[:MOST],
        "in_use": queries_models.in_use(),
        "shipped": queries_models.name_of(None),
        "authorisations": list(in_force(at)[:20])
        if has_verb(request.user, "register.train_model", at)
        else [],
        "may_train": has_verb(request.user, "register.train_model", at),
        "may_link": has_verb(request.user, "register.link", at)
        or has_verb(request.user, "register.authorise", at),
        "fewest": FEWEST_LABELS,
        "error": error,
    }
    return render(request, "register/models.html", context)


@login_required
@require_GET
def model(request: SignedIn, number: int) -> HttpResponse:
    """Show one model: its card, what it would change, and the next step."""
    at = clock.now()
    permit(request.user, "register.read_model", at=at)
    found = _model(number)
    card = queries_models.card_of(found)
    may_compare, may_adopt, may_retire = (
        has_verb(request.user, f"register.{verb}_model", at) for verb in ("compare", "adopt", "retire")
    )
    context = {
        "model": found,
        "card": card,
        "questions": [{"title": q.title, "answers": [_line(a) for a in q.answers]} for q in card.questions],
        "notes": (FIXED_NOTE, RARITY_NOTE),
        "report": found.report,
        "is_fresh": bool(found.report) and _is_fresh(found),
        "authorisations": list(in_force(at)[:20]) if may_compare and not found.retired_at else [],
        "may_adopt": may_adopt and found.adopted_at is None,
        "is_own": found.learnt_by_id == request.user.pk,
        "may_retire": may_retire and found.is_in_use,
    }
    return render(request, "register/model.html", context)


def _line(answer: Answer) -> dict[str, object]:
    return {
        "title": answer.title,
        "weight": f"{answer.weight:+.2f}",
        "shipped": f"{answer.shipped_weight:+.2f}",
        "m": f"{answer.m:.3g}",
        "u": f"{answer.u:.3g}",
        "marks": " ".join(answer.fixed) + (" *" if answer.by_rarity else ""),
    }


def _is_fresh(model: LinkModel) -> bool:
    authorisation = Authorisation.objects.filter(pk=model.report["authorisation"]).first()
    try:
        return authorisation is not None and queries_models.is_report_fresh(model, covered(authorisation))
    except Refused:  # no roster counts any more
        return False


def _model(number: int) -> LinkModel:
    known = LinkModel.objects.select_related("learnt_by", "reported_by", "adopted_by", "retired_by")
    return one(known.filter(county_id=queries_models.county_id()), number=number)


@login_required
@require_POST
def compare_model(request: SignedIn, number: int) -> HttpResponse:
    """Make the difference report."""
    at = clock.now()
    permit(request.user, "register.compare_model", at=at)
    chosen = one(Authorisation.objects.all(), pk=request.POST.get("authorisation"))
    return _done(
        request,
        number,
        lambda: actions.compare_model(by=request.user, at=at, model=_model(number), authorisation=chosen),
    )


@login_required
@require_POST
def adopt_model(request: SignedIn, number: int) -> HttpResponse:
    """Take a model into use."""
    at = clock.now()
    permit(request.user, "register.adopt_model", at=at)
    return _done(request, number, lambda: actions.adopt_model(by=request.user, at=at, model=_model(number)))


@login_required
@require_POST
def retire_model(request: SignedIn, number: int) -> HttpResponse:
    """Go back to the shipped model."""
    at = clock.now()
    permit(request.user, "register.retire_model", at=at)
    return _done(request, number, lambda: actions.retire_model(by=request.user, at=at, model=_model(number)))


def _done(request: SignedIn, number: int, step: Callable[[], object]) -> HttpResponse:
    try:
        step()
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:model", number=number)
