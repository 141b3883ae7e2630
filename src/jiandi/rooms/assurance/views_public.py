"""What a certificate's QR code opens: no log-in, no cookie, no session, and not a word beyond the paper."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from jiandi.rooms.access.models import Installation
from jiandi.rooms.assurance import actions_certifying, checking

# Everybody is shown the same bytes in both languages, so that any cache may answer for us; a withdrawal shows within it.
CACHE = "public, max-age=300"


@require_GET
def check(request: HttpRequest, certificate_id: int, code: str) -> HttpResponse:
    """Say whether a certificate stands, in the words it was issued with, and how anybody checks it."""
    found = checking.by_code(certificate_id, code)
    if found is None:
        raise Http404
    draw = found.draw
    context = {
        "certificate": found,
        "draw": draw,
        "standing": checking.standing(found),
        "log_key": checking.log_key(),
        "drawn_size": draw.plan[actions_certifying.current_look(draw) - 1][0],
        "is_demo": Installation.objects.filter(pk=1, is_demo=True).exists(),
    }
    # Without the request: no reader, no language, no session is asked for, so nothing about who looks is kept or varies.
    page = render_to_string("assurance/check.html", context)
    return HttpResponse(page, headers={"Cache-Control": CACHE, "X-Robots-Tag": "noindex"})
