"""The pages of bulletins: the desk, one bulletin, and what the public reads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import has_verb, permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.bulletins import actions, queries
from jiandi.rooms.bulletins.forms import CorrectionForm
from jiandi.rooms.bulletins.models import Bulletin, Claim
from jiandi.rooms.bulletins.states import NAMES

READ = "bulletins.read_bulletin"


def _may(by: Officer) -> dict[str, bool]:
    at = clock.now()
    return {
        verb: has_verb(by, f"bulletins.{verb}_bulletin", at)
        for verb in ("draft", "check", "publish", "correct")
    }


def _bulletin(request: SignedIn, slug: str) -> Bulletin:
    found = [b for b in queries.bulletins(request.user, clock.now()) if b.slug == slug]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_GET
def bulletins(request: SignedIn) -> HttpResponse:
    """List the bulletins of one's area."""
    permit(request.user, READ, at=clock.now())
    listed = [{"bulletin": b, "state": NAMES[b.state]} for b in queries.bulletins(request.user, clock.now())]
    return render(request, "bulletins/list.html", {"rows": listed, "may": _may(request.user)})


@login_required
@require_POST
def draft(request: SignedIn) -> HttpResponse:
    """Draft a bulletin for the installation's county from what is established now."""
    county = get_object_or_404(Installation, pk=1).county
    if county is None:
        raise Http404
    bulletin = actions.draft_bulletin(by=request.user, at=clock.now(), place=county)
    return redirect("bulletins:bulletin", slug=bulletin.slug)


@login_required
@require_GET
def bulletin(request: SignedIn, slug: str) -> HttpResponse:
    """Show one bulletin sentence by sentence, with the query and numbers behind each."""
    permit(request.user, READ, at=clock.now())
    shown = _bulletin(request, slug)
    claims = shown.claims.prefetch_related("corrections").order_by("order")
    context = {
        "bulletin": shown,
        "claims": claims,
        "state": NAMES[shown.state],
        "may": _may(request.user),
        "form": CorrectionForm(),
    }
    return render(request, "bulletins/bulletin.html", context)


@login_required
@require_POST
def check(request: SignedIn, slug: str) -> HttpResponse:
    """Vouch for a draft written by somebody else."""
    actions.check_bulletin(by=request.user, at=clock.now(), bulletin=_bulletin(request, slug))
    messages.success(request, "✓")
    return redirect("bulletins:bulletin", slug=slug)


@login_required
@require_POST
def publish(request: SignedIn, slug: str) -> HttpResponse:
    """Publish a checked bulletin."""
    actions.publish_bulletin(by=request.user, at=clock.now(), bulletin=_bulletin(request, slug))
    return redirect("bulletins:bulletin", slug=slug)


@login_required
@require_POST
def correct(request: SignedIn, slug: str, claim_id: int) -> HttpResponse:
    """Correct one published sentence."""
    shown = _bulletin(request, slug)
    claim = get_object_or_404(Claim.objects.select_related("bulletin__place"), pk=claim_id, bulletin=shown)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        text = Text(zh=form.cleaned_data["text_zh"], en=form.cleaned_data["text_en"])
        actions.correct_bulletin(by=request.user, at=clock.now(), claim=claim, text=text)
    return redirect("bulletins:bulletin", slug=slug)


@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Show the public every published bulletin, newest first."""
    return render(request, "bulletins/public_list.html", {"bulletins": queries.published()[:100]})


@require_GET
def public_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the public one bulletin with its corrections and the log root behind it."""
    shown = get_object_or_404(queries.published(), slug=slug)
    claims = shown.claims.prefetch_related("corrections").order_by("order")
    return render(request, "bulletins/public_page.html", {"bulletin": shown, "claims": claims})


@require_GET
def public_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the same words as Markdown with front matter."""
    shown = get_object_or_404(queries.published(), slug=slug)
    text = queries.markdown(shown, _language(request))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """Give the same words as RSS."""
    text = queries.rss(request.build_absolute_uri("/"), _language(request))
    return HttpResponse(text, content_type="application/rss+xml; charset=utf-8")


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang", getattr(request, "LANGUAGE_CODE", "zh")).startswith("en") else "zh"
