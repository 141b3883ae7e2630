"""Who may be handed over to another county, and which parcels count: each refusal a sentence."""

from __future__ import annotations

from datetime import datetime

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.parcels import Card, Parcel
from jiandi.rooms.access.permissions import NOT_THERE
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.models_transfer import Peer, Transfer


def check_fingerprint(card: Card, own: Card, typed: str) -> None:
    """A card is trusted when somebody typed the fingerprint the other side read to them."""
    if card.fingerprint == own.fingerprint:
        raise Refused("transfer.own_card", Text(zh="这是本系统自己的名片。", en="This is our own card."))
    if "".join(typed.lower().replace("-", " ").split()) != card.fingerprint.replace("-", ""):
        raise Refused(
            "transfer.fingerprint",
            Text(
                zh="指纹与名片不符。请让对方再读一遍;仍不符,则名片被换过,不要使用。",
                en="The fingerprint does not fit the card. Have it read out again; if it still differs, the card was swapped: do not use it.",
            ),
        )
    if Peer.objects.filter(fingerprint=card.fingerprint, revoked_at__isnull=True).exists():
        raise Refused(
            "transfer.peer_conflict", Text(zh="这个系统已经登记过。", en="This system is trusted already.")
        )


def check_offer(person: Person, peer: Peer, at: datetime) -> None:
    """A living, unsealed person is offered to one trusted county at a time.

    A sealed person is answered like nobody: whatever is behind a wall leaves by the hands of those inside it, not by a file.
    """
    if person.wall_id is not None or person.superseded_by_id is not None:
        raise Refused("not_found", NOT_THERE)
    if peer.revoked_at is not None:
        raise Refused(
            "transfer.peer_revoked", Text(zh="对方系统已停用。", en="That system is trusted no more.")
        )
    if LifeEvent.objects.filter(
        person=person, kind="death", state="settled", superseded_by__isnull=True
    ).exists():
        raise Refused(
            "transfer.person_died",
            Text(zh="登记册记载此人已去世。", en="The register has this person's death settled."),
        )
    live = Transfer.objects.filter(person=person, direction=Transfer.Direction.OUT)
    if live.filter(state="accepted").exists() or live.filter(state="offered", expires_at__gt=at).exists():
        raise Refused(
            "transfer.offer_conflict",
            Text(
                zh="此人已向另一县发出,尚在有效期内或已被接收。",
                en="This person was offered already, and the offer still stands or was accepted.",
            ),
        )


def check_kind(parcel: Parcel, kind: str) -> None:
    """An offer is accepted, a receipt confirms; the one is not taken for the other."""
    if parcel.kind != kind:
        raise Refused(
            "transfer.other_kind",
            Text(
                zh="文件类别不对:接收页收转出文件,回执页收回执。",
                en="The wrong kind of file: offers are accepted on one page, receipts are read on the other.",
            ),
        )


def check_new(parcel: Parcel) -> None:
    """An offer is accepted once."""
    before = Transfer.objects.filter(direction=Transfer.Direction.IN, code=parcel.id).first()
    if before is not None:
        raise Refused(
            "transfer.replayed",
            Text(
                zh=f"这份转出已于{before.started_at:%Y-%m-%d}接收过,不能再收一次。",
                en=f"This offer was accepted on {before.started_at:%Y-%m-%d} already; it is not accepted twice.",
            ),
        )


def check_village(village: Place | None) -> None:
    """Somebody received lives in a village from now on, where the visit is sent."""
    if village is None or village.level != Level.VILLAGE:
        raise Refused(
            "transfer.village",
            Text(zh="请选择此人现住的村(社区)。", en="Choose the village where the person lives now."),
        )


def check_receipt(transfer: Transfer | None, parcel: Parcel) -> Transfer:
    """A receipt is about an offer of ours, to the one who signed it, as we sealed it, and counts once."""
    if (
        transfer is None
        or transfer.peer.fingerprint != parcel.sender
        or transfer.sha256 != parcel.content.get("sha256")
    ):
        raise Refused(
            "transfer.unknown_receipt",
            Text(
                zh="这份回执与本县发出的任何转出都对不上。",
                en="This receipt belongs to no offer of ours.",
            ),
        )
    if transfer.state == Transfer.State.ACCEPTED:
        raise Refused(
            "transfer.receipt_conflict",
            Text(zh="这份回执已经登记过。", en="This receipt was read already."),
        )
    return transfer
