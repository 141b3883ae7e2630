"""One certificate: its page, its QR code, its PDF."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from jiandi.core.values import Refused
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import paper, queries
from jiandi.rooms.assurance.models import Certificate


def _certificate(request: SignedIn, certificate_id: int) -> Certificate:
    found = [c for c in queries.certificates(request.user, clock.now()) if c.pk == certificate_id]
    if not found:
        raise Http404
    return found[0]


@login_required
@require_GET
def certificate(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Show and print one certificate."""
    found = _certificate(request, certificate_id)
    context = {
        "certificate": found,
        "draw": found.draw,
        "villages": queries.village_lines(found),
        "throws": found.draw.throws.select_related("officer__unit").order_by("pk"),
    }
    return render(request, "assurance/certificate.html", context)


@login_required
@require_GET
def qr(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Give what binds a certificate, figures and fingerprints, as a QR picture for the printed sheet."""
    drawn = paper.qr_svg(queries.binding_lines(_certificate(request, certificate_id)))
    return HttpResponse(drawn, content_type="image/svg+xml")


@login_required
@require_GET
def pdf(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Give the certificate as a PDF of A4 pages, or say what is missing to make one."""
    found = _certificate(request, certificate_id)
    try:
        made = paper.certificate_pdf(found, qr=queries.binding_lines(found))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
        return redirect("assurance:certificate", certificate_id=certificate_id)
    name = f"certificate-{found.pk}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)
