"""Handing people over to another county's system, on pages: our card, theirs, offers, acceptances, receipts."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, parcels
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.permissions import granting, has_verb, one, permit, visible
from jiandi.rooms.access.signed_in import SignedIn
from jiandi.rooms.access.wording import said
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import actions, queries_people
from jiandi.rooms.register.forms import wrong_in
from jiandi.rooms.register.groups import GROUPS
from jiandi.rooms.register.models_transfer import Peer, Transfer

PAGE = 50
STATES: dict[tuple[str, str], Text] = {
    ("out", "offered"): Text(zh="已发出,仍计入本县", en="Sent; still counted here"),
    ("out", "accepted"): Text(zh="对方已接收,计入对方", en="Received; counted there"),
    ("in", "accepted"): Text(zh="已接收,计入本县", en="Received; counted here"),
}


class TrustForm(forms.Form):
    """Another system's card, and the fingerprint somebody there read out."""

    card = forms.FileField(label=said("对方名片文件", "Their card"))
    fingerprint = forms.CharField(
        max_length=80,
        label=said("对方读出的指纹", "The fingerprint they read out"),
        help_text=said(
            "当面或电话读,不要从同一份文件里抄。", "In person or by telephone; not copied from the same file."
        ),
    )


class OfferForm(forms.Form):
    """Whom, to whom, since when, on which paper."""

    person = forms.CharField(max_length=16, label=said("人员编号", "The person's code"))
    peer = forms.ModelChoiceField(Peer.objects.none(), label=said("转往", "To"))
    moved_on = forms.DateField(
        label=said("迁出日期", "Moved on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    document = forms.CharField(max_length=120, label=said("迁移凭证", "Paper that shows the move"))


class AcceptForm(forms.Form):
    """A sealed offer, and where the person lives now."""

    parcel = forms.FileField(label=said("转出文件", "The sealed offer"))
    village = forms.ModelChoiceField(
        Place.objects.none(), label=said("现住的村(社区)", "Village lived in now")
    )


class ReceiptForm(forms.Form):
    """A sealed receipt."""

    parcel = forms.FileField(label=said("回执文件", "The sealed receipt"))


@login_required
@require_GET
def transfers(request: SignedIn) -> HttpResponse:
    """Show our card, whom we trust, and who was handed over or taken over."""
    at = clock.now()
    permit(request.user, "register.read_transfer", at=at)
    seen = visible(Transfer.objects.all(), request.user, "register.read_transfer", at=at, wall="person__wall")
    after = request.GET.get("after", "")
    listed = seen.filter(pk__lt=int(after)) if after.isdecimal() else seen
    rows = list(listed.select_related("peer", "person", "started_by").order_by("-pk")[: PAGE + 1])
    offer, accept = OfferForm(), AcceptForm()
    offer.fields["peer"].queryset = Peer.objects.filter(revoked_at__isnull=True)  # type: ignore[attr-defined]
    areas = [area.pk for area in granting(request.user, "register.accept_transfer", at)]
    villages = Place.objects.filter(level=Level.VILLAGE, ended_on__isnull=True)
    accept.fields["village"].queryset = (  # type: ignore[attr-defined]
        villages.filter(county__in=areas) | villages.filter(town__in=areas)
    ).order_by("pk")
    context = {
        "card": actions.own_card(),
        "peers": Peer.objects.order_by("-pk").select_related("trusted_by"),
        "rows": [_row(transfer) for transfer in rows[:PAGE]],
        "next": f"?after={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "trust": TrustForm() if has_verb(request.user, "register.trust_peer", at) else None,
        "offer": offer if has_verb(request.user, "register.offer_transfer", at) else None,
        "accept": accept if has_verb(request.user, "register.accept_transfer", at) else None,
        "receipt": ReceiptForm() if has_verb(request.user, "register.confirm_transfer", at) else None,
    }
    return render(request, "register/transfers.html", context)


def _row(transfer: Transfer) -> dict[str, object]:
    return {
        "transfer": transfer,
        "state": STATES[transfer.direction, transfer.state],
        "lists": [
            (GROUPS[one["group"]].title, one["since"]) for one in transfer.carried if one["group"] in GROUPS
        ],
    }


def _refuse(request: SignedIn, refusal: Refused) -> HttpResponse:
    messages.error(request, refusal.text.say(reader()))
    return redirect("register:transfers")


def _incomplete(form: forms.Form) -> Refused:
    return Refused("transfer.form", Text(zh=wrong_in(form), en=wrong_in(form)))


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename={name}"
    return response


@login_required
@require_GET
def own_card(request: SignedIn) -> HttpResponse:
    """Give our card as a file to send."""
    permit(request.user, "register.read_transfer", at=clock.now())
    card = actions.own_card()
    return _file(parcels.write_card(card), f"jiandi-card-{card.county}.json")


@login_required
@require_POST
def trust_peer(request: SignedIn) -> HttpResponse:
    """Trust another system's card."""
    form = TrustForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise _incomplete(form)
        card = parcels.read_card(form.cleaned_data["card"].read(parcels.LARGEST))
        actions.trust_peer(
            by=request.user, at=clock.now(), card=card, fingerprint=form.cleaned_data["fingerprint"]
        )
        messages.success(request, "已登记" if reader() == "zh" else "Trusted")
    except Refused as refusal:
        return _refuse(request, refusal)
    return redirect("register:transfers")


@login_required
@require_POST
def revoke_peer(request: SignedIn, peer_id: int) -> HttpResponse:
    """Trust a system no more."""
    permit(request.user, "register.revoke_peer", at=clock.now())
    actions.revoke_peer(by=request.user, at=clock.now(), peer=one(Peer.objects.all(), pk=peer_id))
    return redirect("register:transfers")


@login_required
@require_POST
def offer_transfer(request: SignedIn) -> HttpResponse:
    """Seal an offer and give it as a file; it is given once, and nowhere kept in clear."""
    at = clock.now()
    form = OfferForm(request.POST)
    form.fields["peer"].queryset = Peer.objects.filter(revoked_at__isnull=True)  # type: ignore[attr-defined]
    try:
        if not form.is_valid():
            raise _incomplete(form)
        values = form.cleaned_data
        person = queries_people.person(request.user, values["person"].strip().upper(), at)
        transfer, sealed = actions.offer_transfer(
            by=request.user, at=at, person=person, peer=values["peer"], moved_on=values["moved_on"],
            document=values["document"],
        )  # fmt: skip
    except Refused as refusal:
        return _refuse(request, refusal)
    return _file(sealed, f"jiandi-offer-{transfer.code[:8]}.jdt")


@login_required
@require_POST
def accept_transfer(request: SignedIn) -> HttpResponse:
    """Take over a person, and give the receipt as a file to send back."""
    at = clock.now()
    form = AcceptForm(request.POST, request.FILES)
    form.fields["village"].queryset = Place.objects.filter(level=Level.VILLAGE)  # type: ignore[attr-defined]
    try:
        if not form.is_valid():
            raise _incomplete(form)
        transfer, receipt = actions.accept_transfer(
            by=request.user, at=at, parcel=form.cleaned_data["parcel"].read(parcels.LARGEST + 1),
            village=form.cleaned_data["village"],
        )  # fmt: skip
    except Refused as refusal:
        return _refuse(request, refusal)
    return _file(receipt, f"jiandi-receipt-{transfer.code[:8]}.jdt")


@login_required
@require_POST
def confirm_transfer(request: SignedIn) -> HttpResponse:
    """Read a receipt."""
    form = ReceiptForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise _incomplete(form)
        actions.confirm_transfer(
            by=request.user, at=clock.now(), parcel=form.cleaned_data["parcel"].read(parcels.LARGEST + 1)
        )
        messages.success(
            request,
            "对方已接收,今后计入对方" if reader() == "zh" else "Received there; counted there from now on",
        )
    except Refused as refusal:
        return _refuse(request, refusal)
    return redirect("register:transfers")
