"""The pages that belong to no room: home, help, the choice of language."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jiandi.rooms.access import clock
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import live_grants
from jiandi.rooms.access.roles import ROLES
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.web import guide
from jiandi.web.board import board
from jiandi.web.middleware import LANGUAGE_COOKIE


@login_required
def home(request: SignedIn) -> HttpResponse:
    """Show where the county stands."""
    return render(request, "home.html", board(request.user, clock.now()))


def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the words and the way of one record; the reader's own role stands first."""
    at, officer = clock.now(), request.user
    held = {grant.role for grant in live_grants(officer, at)} if isinstance(officer, Officer) else set()
    starts = [{"name": ROLES[start.role], "steps": start.steps, "role": start.role} for start in guide.STARTS]
    shown: dict[str, object] = {
        "mine": [start for start in starts if start["role"] in held],
        "others": [start for start in starts if start["role"] not in held],
        "way": guide.WAY,
        "words": guide.WORDS,
        "keys": guide.KEYS,
        "ask": guide.ASK,
    }
    if held:
        administrators = Officer.objects.filter(
            is_active=True,
            grants__role="admin",
            grants__revoked_at__isnull=True,
            grants__ends_on__isnull=True,
        )
        shown["administrators"] = administrators.select_related("unit").distinct().order_by("name")[:5]
    return render(request, "help.html", shown)


def favicon(request: HttpRequest) -> HttpResponse:
    """Send browsers that ask by habit to the one icon there is."""
    return HttpResponseRedirect(static("icon.svg"))


@require_POST
def choose_language(request: HttpRequest, language: str) -> HttpResponse:
    """Keep the reader's language and go back to where they were."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    if language in ("zh", "en"):
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, samesite="Lax", httponly=True)
    return response
