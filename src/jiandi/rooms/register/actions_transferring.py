"""Handing a person over to another county's system: offered here, accepted there, counted there when the receipt is back.

Nobody is ever counted nowhere: the sending county counts the person until it has read the receipt, the receiving one from the
moment it accepts.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from jiandi.core.identity import USABLE, read_number
from jiandi.rooms.access import dice, parcels, sealing
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.parcels import Card
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import closing, life, peopling, policies_life, policies_transfer
from jiandi.rooms.register.actions_life import settle
from jiandi.rooms.register.actions_looking import id_number
from jiandi.rooms.register.groups import GROUPS, NEEDS_ALONE, SENSITIVE
from jiandi.rooms.register.models import FOUND, Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.models_transfer import Peer, Transfer
from jiandi.rooms.register.queries_people import protected_groups

OFFER_DAYS, RECEIPT_DAYS = 30, 180


def own_card() -> Card:
    """Return the card of this county's system."""
    county = Installation.objects.select_related("county").get(pk=1).county
    assert county is not None
    return parcels.own_card(str(county.pk)[:6], county.full_name)


def _card(peer: Peer) -> Card:
    return Card(peer.county, peer.name, bytes(peer.signing), bytes(peer.exchange))


def trusted() -> dict[str, Card]:
    """Return the cards of every system whose fingerprint was compared, by fingerprint."""
    return {peer.fingerprint: _card(peer) for peer in Peer.objects.filter(revoked_at__isnull=True)}


@action
def trust_peer(*, by: Officer, at: datetime, card: Card, fingerprint: str) -> Peer:
    """Trust another county's system, whose fingerprint was read out by somebody there and typed in here."""
    permit(by, "register.trust_peer", at=at)
    policies_transfer.check_fingerprint(card, own_card(), fingerprint)
    (peer,) = Peer.objects.bulk_create(
        [
            Peer(
                county=card.county, name=card.name, signing=card.signing, exchange=card.exchange,
                fingerprint=card.fingerprint, trusted_by=by, trusted_at=at,
            )
        ]
    )  # fmt: skip
    record(
        "register.trust_peer",
        by=by,
        at=at,
        subject=peer,
        place=by.unit.place,
        payload={"fingerprint": card.fingerprint},
    )
    return peer


@action
def revoke_peer(*, by: Officer, at: datetime, peer: Peer) -> Peer:
    """Trust a system no more; what it handed over before stays."""
    permit(by, "register.revoke_peer", at=at)
    Peer.objects.filter(pk=peer.pk).update(revoked_at=at)
    peer.refresh_from_db()
    record(
        "register.revoke_peer",
        by=by,
        at=at,
        subject=peer,
        place=by.unit.place,
        payload={"fingerprint": peer.fingerprint},
    )
    return peer


@action
def offer_transfer(
    *, by: Officer, at: datetime, person: Person, peer: Peer, moved_on: date, document: str
) -> tuple[Transfer, bytes]:
    """Seal a person's record for another county; they stay counted here until its receipt is read.

    Carries who the person is, the open lists and whether they must be seen alone. Nothing of alerts, reports, cases, guardians,
    kin, visits or sensitive lists: see docs/decisions/2026-11-30-what-a-transfer-carries.md.
    """
    permit(
        by,
        "register.offer_transfer",
        at=at,
        place=person.village or person.town or person.county,
        wall=person.wall,
    )
    policies_life.check_no_tie(by, person)
    policies_transfer.check_offer(person, peer, at)
    policies_life.check_document(document)
    policies_life.check_not_future(moved_on, at)
    content, carried = _content(person, moved_on)
    code, until = uuid.uuid4().hex, at + timedelta(days=OFFER_DAYS)
    sealed = parcels.wrap(
        content, kind="offer", id=code, sender=own_card(), receiver=_card(peer), at=at, until=until
    )
    (transfer,) = Transfer.objects.bulk_create(
        [
            Transfer(
                code=code, direction=Transfer.Direction.OUT, state=Transfer.State.OFFERED, peer=peer, person=person,
                county=person.county, carried=carried, sha256=parcels.digest(sealed), started_by=by, started_at=at,
                expires_at=until,
            )
        ]
    )  # fmt: skip
    _depart(person, by, at, moved_on, document, peer)
    record(
        "register.offer_transfer",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        payload={"transfer": transfer.pk, "peer": peer.pk, "sha256": transfer.sha256},
    )
    return transfer, sealed


def _content(person: Person, moved_on: date) -> tuple[dict[str, object], list[dict[str, str]]]:
    """Return what travels, and the open lists of it."""
    groups = protected_groups(person)
    carried = [
        {"group": one.group, "since": one.starts_on.isoformat() if one.starts_on else ""}
        for one in groups
        if one.group not in SENSITIVE
    ]
    content: dict[str, object] = {
        "name": person.name, "sex": person.sex, "birth_on": person.birth_on.isoformat() if person.birth_on else "",
        "birth_precision": person.birth_precision, "id_number": id_number(person) or "", "phone": person.phone,
        "moved_on": moved_on.isoformat(), "lists": carried, "see_alone": any(one.group in NEEDS_ALONE for one in groups),
    }  # fmt: skip
    return content, carried


def _depart(person: Person, by: Officer, at: datetime, on: date, document: str, peer: Peer) -> None:
    """Write the departure down as what it is until the receipt: a question."""
    if LifeEvent.objects.filter(person=person, kind="moved_out", superseded_by__isnull=True).exists():
        return
    LifeEvent.objects.bulk_create(
        [
            LifeEvent(
                person=person, kind="moved_out", effective_on=on, source="officer", origin=life.origin_of(by.unit),
                document=document.strip()[:120], other_place=peer.name[:100], state="question", village=person.village,
                town=person.town, county=person.county, entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip


@action
def accept_transfer(
    *, by: Officer, at: datetime, parcel: bytes, village: Place | None
) -> tuple[Transfer, bytes]:
    """Take over a person another county offers: counted here from now on, and visited. Returns the sealed receipt."""
    permit(by, "register.accept_transfer", at=at, place=village)
    own, known = own_card(), trusted()
    opened = parcels.unwrap(parcel, own=own, trusted=known, at=at)
    policies_transfer.check_kind(opened, "offer")
    policies_transfer.check_new(opened)
    policies_transfer.check_village(village)
    assert village is not None
    peer = Peer.objects.get(fingerprint=opened.sender, revoked_at__isnull=True)
    person = _received(opened.content, village, at.date())
    lists = opened.content.get("lists")
    (transfer,) = Transfer.objects.bulk_create(
        [
            Transfer(
                code=opened.id, direction=Transfer.Direction.IN, state=Transfer.State.ACCEPTED, peer=peer, person=person,
                county=village.county or village, carried=_told(lists), sha256=opened.sha256, started_by=by, started_at=at,
                expires_at=at, settled_at=at,
            )
        ]
    )  # fmt: skip
    LifeEvent.objects.bulk_create(
        [
            LifeEvent(
                person=person, kind="moved_in", effective_on=_day(opened.content.get("moved_on")) or at.date(),
                source="transfer", source_id=transfer.pk, origin=f"peer:{peer.pk}", other_place=peer.name[:100],
                state="settled", village=village, town=village.town, county=village.county or village, entered_by=by,
                entered_at=at,
            )
        ]
    )  # fmt: skip
    receipt = parcels.wrap(
        {"sha256": opened.sha256, "accepted_at": at.isoformat()}, kind="receipt", id=opened.id, sender=own,
        receiver=known[opened.sender], at=at, until=at + timedelta(days=RECEIPT_DAYS),
    )  # fmt: skip
    record(
        "register.accept_transfer",
        by=by,
        at=at,
        subject=person,
        place=village,
        payload={"transfer": transfer.pk, "peer": peer.pk, "sha256": opened.sha256},
    )
    return transfer, receipt


def _told(lists: object) -> list[dict[str, str]]:
    """Return the lists a parcel tells of, those this system knows and may show."""
    told = [one for one in lists if isinstance(one, dict)] if isinstance(lists, list) else []
    kept = [{"group": str(one.get("group")), "since": _line(one.get("since"), 10)} for one in told[:30]]
    return [one for one in kept if one["group"] in GROUPS and one["group"] not in SENSITIVE]


def _line(text: object, most: int) -> str:
    """Return a text from outside as one line; PostgreSQL refuses a NUL, and nothing shows the other control signs."""
    return "".join(sign for sign in str(text or "") if sign.isprintable())[:most]


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def _received(content: dict[str, object], village: Place, on: date) -> Person:
    """Return the person of this identity number if the register has one, else enter a new one, as from a door."""
    read = read_number(str(content.get("id_number") or ""), reference_on=on)
    number = read.number if read.status in USABLE else None
    digest = sealing.blind_index(number, purpose="person.id") if number else None
    here = (
        Person.objects.filter(id_digest=digest, superseded_by__isnull=True, wall__isnull=True).first()
        if digest
        else None
    )
    if here is not None:
        closing.reopen(here)
        return here
    last = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    (code,) = dice.codes(1, 10)
    sex = content.get("sex")
    (person,) = Person.objects.bulk_create(
        [
            Person(
                pk=last + 1, code=code, name=_line(content.get("name"), 60), sex=sex if sex in (1, 2) else None,
                birth_on=_day(content.get("birth_on")), birth_precision=_line(content.get("birth_precision"), 6),
                id_sealed=sealing.seal(number.encode(), domain=f"person.id:{code}") if number else None, id_digest=digest,
                phone=_line(content.get("phone"), 30), village=village, town=village.town,
                county=village.county or village, is_provisional=True, kinds=FOUND,
            )
        ]
    )  # fmt: skip
    peopling.continue_numbering(Person)
    peopling.index([person.pk])
    return person


@action
def confirm_transfer(*, by: Officer, at: datetime, parcel: bytes) -> Transfer:
    """Read the receipt of an offer: from now on the person is counted there and no more here."""
    permit(by, "register.confirm_transfer", at=at)
    opened = parcels.unwrap(parcel, own=own_card(), trusted=trusted(), at=at)
    policies_transfer.check_kind(opened, "receipt")
    found = Transfer.objects.filter(direction=Transfer.Direction.OUT, code=opened.id).select_related(
        "peer", "person"
    )
    transfer = policies_transfer.check_receipt(found.first(), opened)
    person = transfer.person
    permit(
        by,
        "register.confirm_transfer",
        at=at,
        place=person.village or person.town or person.county,
        wall=person.wall,
    )
    Transfer.objects.filter(pk=transfer.pk).update(state=Transfer.State.ACCEPTED, settled_at=at)
    LifeEvent.objects.bulk_create(
        [
            LifeEvent(
                person=person, kind="moved_out", effective_on=at.date(), source="transfer", source_id=transfer.pk,
                origin=f"peer:{transfer.peer_id}", other_place=transfer.peer.name[:100], state="settled", village=person.village,
                town=person.town, county=person.county, entered_by=by, entered_at=at,
            )
        ]
    )  # fmt: skip
    settle({person.pk})
    transfer.refresh_from_db()
    record(
        "register.confirm_transfer",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"transfer": transfer.pk, "peer": transfer.peer_id},
    )
    return transfer
