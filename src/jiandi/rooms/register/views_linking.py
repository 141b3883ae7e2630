"""Written permissions to compare rosters, their signed documents, and running the linkage under one."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiandi.core.papers import TYPES
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import has_verb, one, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.register import actions, queries_runs
from jiandi.rooms.register.forms import AuthoriseForm, DocumentForm, ReasonForm, paper_of, wrong_in
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.states import AUTHORISATION

PAGE = 20
TONES = {"before": "blue", "in_force": "green", "after": "", "revoked": "red"}


@login_required
@require_http_methods(["GET", "POST"])
def linking(request: SignedIn) -> HttpResponse:
    """Record a written permission; run the linkage under one."""
    at = clock.now()
    permit(request.user, "register.read_authorisation", at=at)
    form = AuthoriseForm(
        request.POST if "number" in request.POST else None,
        request.FILES if "number" in request.POST else None,
    )
    if request.method == "POST":
        try:
            if "number" in request.POST:
                if form.is_valid():
                    made = _authorise(request, at, form)
                    return redirect("register:authorisation", authorisation_id=made.pk)
            else:
                chosen = one(Authorisation.objects.all(), pk=request.POST.get("authorisation"))
                run = actions.link(by=request.user, at=at, authorisation=chosen, anew="anew" in request.POST)
                return redirect("register:match_run", run_id=run.pk)
        except Refused as refusal:
            form.add_error(None, refusal.text.say(reader())) if form.is_bound else messages.error(
                request, refusal.text.say(reader())
            )
    authorisations = list(Authorisation.objects.select_related("revoked_by").order_by("-pk")[:PAGE])
    gaps = queries_runs.narrower(authorisations)
    runs = MatchRun.objects.select_related("authorisation").order_by("-pk")
    before = request.GET.get("before", "")
    shown = list((runs.filter(pk__lt=int(before)) if before.isdecimal() else runs)[: PAGE + 1])
    context = {
        "form": form,
        "authorisations": [_line(one_, at) | {"gap": gaps.get(one_.pk)} for one_ in authorisations],
        "runs": [queries_runs.line(run) for run in shown[:PAGE]],
        "next": f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
        "is_older": before.isdecimal(),
        "may_authorise": has_verb(request.user, "register.authorise", at),
        "may_link": has_verb(request.user, "register.link", at),
    }
    return render(request, "register/linking.html", context)


def _authorise(request: SignedIn, at: datetime, form: AuthoriseForm) -> Authorisation:
    names = ("number", "issued_by", "signed_by", "signed_office", "purpose", "kinds", "starts_on", "ends_on")
    said = {name: form.cleaned_data[name] for name in names}
    document = paper_of(form.cleaned_data["document"])
    return actions.authorise(by=request.user, at=at, document=document, **said)


def _line(authorisation: Authorisation, at: datetime) -> dict[str, object]:
    state = authorisation.state_on(timezone.localdate(at))
    return {
        "authorisation": authorisation,
        "state": AUTHORISATION[state][0],
        "tone": TONES[state],
        "is_in_force": state == "in_force",
        "may_end": "revoked" in AUTHORISATION[state][1],
        "kinds": queries_runs.kinds_of(authorisation),
    }


@login_required
@require_GET
def authorisation(request: SignedIn, authorisation_id: int) -> HttpResponse:
    """Show a permission: whose word, for what, which kinds, its signed document, and the runs under it."""
    at = clock.now()
    permit(request.user, "register.read_authorisation", at=at)
    found = one(Authorisation.objects.select_related("revoked_by"), pk=authorisation_id)
    runs = list(found.runs.order_by("-pk")[:PAGE])
    line = _line(found, at)
    may_end = has_verb(request.user, "register.revoke_authorisation", at)
    context = line | {
        "one": found,
        "runs": [queries_runs.line(run) for run in runs],
        "run_count": found.runs.count(),
        "attach": DocumentForm()
        if not found.document_sha256 and has_verb(request.user, "register.attach_document", at)
        else None,
        "end": ReasonForm() if may_end and line["may_end"] else None,
    }
    return render(request, "register/authorisation.html", context)


@login_required
@require_GET
def authorisation_document(request: SignedIn, authorisation_id: int) -> HttpResponse:
    """Give the signed document as a file: never opened in the console's own window."""
    at = clock.now()
    permit(request.user, "register.read_authorisation", at=at)
    found = one(Authorisation.objects.all(), pk=authorisation_id)
    content = actions.read_authorisation(by=request.user, at=at, authorisation=found)
    kind = found.document_kind
    name = found.document_name or f"authorisation.{kind}"
    if not name.lower().endswith((f".{kind}", ".jpg" if kind == "jpeg" else f".{kind}")):
        name = f"{name}.{kind}"  # by what it is, whatever it was called
    return HttpResponse(
        content,
        content_type=TYPES[kind],
        headers={
            "Content-Disposition": f"attachment; filename=authorisation-{found.pk}.{kind}; filename*=UTF-8''{quote(name)}"
        },
    )


@login_required
@require_POST
def attach_document(request: SignedIn, authorisation_id: int) -> HttpResponse:
    """Attach the signed document to a permission that has none."""
    at = clock.now()
    permit(request.user, "register.attach_document", at=at)
    found = one(Authorisation.objects.all(), pk=authorisation_id)
    form = DocumentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise Refused("register.form", Text(zh=wrong_in(form), en=wrong_in(form)))
        document = paper_of(form.cleaned_data["document"])
        actions.attach_document(by=request.user, at=at, authorisation=found, document=document)
        messages.success(request, "已附上" if reader() == "zh" else "Attached")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:authorisation", authorisation_id=found.pk)


@login_required
@require_POST
def revoke_authorisation(request: SignedIn, authorisation_id: int) -> HttpResponse:
    """End a permission before its day."""
    at = clock.now()
    permit(request.user, "register.revoke_authorisation", at=at)
    found = one(Authorisation.objects.all(), pk=authorisation_id)
    try:
        actions.revoke_authorisation(
            by=request.user, at=at, authorisation=found, reason=request.POST.get("reason", "")
        )
        messages.success(request, "已终止" if reader() == "zh" else "Ended")
    except Refused as refusal:
        messages.error(request, refusal.text.say(reader()))
    return redirect("register:authorisation", authorisation_id=found.pk)
