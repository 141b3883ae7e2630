"""One certificate: its page, its QR code, its PDF."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Refused, is_allowed
from jiandi.rooms.access import clock
from jiandi.rooms.access.language import say
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.assurance import actions_certifying as actions
from jiandi.rooms.assurance import checking, paper, queries
from jiandi.rooms.assurance.forms import WithdrawalForm
from jiandi.rooms.assurance.models import Certificate


def _certificate(request: SignedIn, certificate_id: int) -> Certificate:
    found = [c for c in queries.certificates(request.user, clock.now()) if c.pk == certificate_id]
    if not found:
        raise Http404
    return found[0]


def _address(request: SignedIn, found: Certificate) -> str:
    """Where anybody sees whether a certificate stands: what its QR code opens."""
    return request.build_absolute_uri(reverse("assurance:check", args=[found.pk, checking.code_of(found)]))


def _may_withdraw(request: SignedIn, found: Certificate) -> bool:
    place = found.draw.campaign.place
    verb = "assurance.withdraw_certificate"
    return found.withdrawn_at is None and is_allowed(permit, request.user, verb, at=clock.now(), place=place)


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
        "standing": checking.standing(found),
        "check_address": _address(request, found),
        "withdrawal": WithdrawalForm() if _may_withdraw(request, found) else None,
    }
    return render(request, "assurance/certificate.html", context)


@login_required
@require_GET
def qr(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Give the QR picture of the printed sheet: it opens the public page, and holds the figures and fingerprints itself."""
    found = _certificate(request, certificate_id)
    drawn = paper.qr_svg(checking.qr_content(found, _address(request, found)))
    return HttpResponse(drawn, content_type="image/svg+xml")


@login_required
@require_GET
def pdf(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Give the certificate as a PDF of A4 pages, or say what is missing to make one."""
    found = _certificate(request, certificate_id)
    try:
        made = paper.certificate_pdf(found, qr=checking.qr_content(found, _address(request, found)))
    except Refused as refusal:
        messages.error(request, say(refusal.text))
        return redirect("assurance:certificate", certificate_id=certificate_id)
    name = f"certificate-{found.pk}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@login_required
@require_POST
def withdraw(request: SignedIn, certificate_id: int) -> HttpResponse:
    """Take a certificate back, for a reason the public is told."""
    found, form = _certificate(request, certificate_id), WithdrawalForm(request.POST)
    said = form.cleaned_data if form.is_valid() else {"why": "", "note": ""}
    try:
        actions.withdraw_certificate(by=request.user, at=clock.now(), certificate=found, **said)
    except Refused as refusal:
        messages.error(request, say(refusal.text))
    return redirect("assurance:certificate", certificate_id=certificate_id)
