"""`jiandi transfer`: hand a person over to another county's system, or take one over."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from jiandi.commands.terminal import acting_officer, add_common, show
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, parcels
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_transfer import Peer

MOST_BYTES = parcels.LARGEST


def add_commands(commands: Any) -> None:
    """Add the commands."""
    transfer = commands.add_parser("transfer", help="跨县转接 · hand people over to another county's system")
    verbs = transfer.add_subparsers(dest="verb", required=True, metavar="VERB")
    card = verbs.add_parser("card", help="导出本系统名片 · write our card")
    card.add_argument("file", type=Path)
    trust = verbs.add_parser("trust", help="登记对方名片 · trust another system's card")
    trust.add_argument("file", type=Path)
    trust.add_argument(
        "--fingerprint", required=True, help="对方当面或电话读出的指纹 · read out by the other side"
    )
    offer = verbs.add_parser("offer", help="转出 · offer a person")
    offer.add_argument("person", help="人员编号 · the person's code")
    offer.add_argument("file", type=Path, help="写到哪里 · where to write the sealed offer")
    offer.add_argument(
        "--to", required=True, help="对方县代码或指纹 · the other county's code or fingerprint"
    )
    offer.add_argument("--moved-on", type=date.fromisoformat, required=True)
    offer.add_argument("--document", required=True, help="迁移凭证 · the paper that shows the move")
    accept = verbs.add_parser("accept", help="接收 · accept an offer")
    accept.add_argument("file", type=Path)
    accept.add_argument("receipt", type=Path, help="回执写到哪里 · where to write the receipt")
    accept.add_argument(
        "--village", type=int, required=True, help="现住村代码 · code of the village lived in now"
    )
    receipt = verbs.add_parser("receipt", help="登记回执 · read a receipt")
    receipt.add_argument("file", type=Path)
    for parser, run in (
        (card, run_card), (trust, run_trust), (offer, run_offer), (accept, run_accept), (receipt, run_receipt),
    ):  # fmt: skip
        add_common(parser, acts=run is not run_card)
        parser.set_defaults(run=run)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(
            "transfer.no_file", Text(zh=f"读不到文件“{path}”。", en=f"The file “{path}” cannot be read.")
        ) from error


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(content)


def _check_free(path: Path) -> None:
    """Nothing is overwritten, and it is said before anything is done."""
    if path.exists():
        raise Refused(
            "transfer.file_conflict",
            Text(zh=f"“{path}”已存在,不覆盖。", en=f"“{path}” exists and is not overwritten."),
        )


def run_card(arguments: argparse.Namespace) -> int:
    """Write our card and show the fingerprint to read out."""
    card = register.own_card()
    _write(arguments.file, parcels.write_card(card))
    show(arguments, {"file": str(arguments.file), "county": card.name, "fingerprint": card.fingerprint})
    return 0


def run_trust(arguments: argparse.Namespace) -> int:
    """Trust a card whose fingerprint was read out."""
    card = parcels.read_card(_read(arguments.file))
    peer = register.trust_peer(
        by=acting_officer(arguments), at=clock.now(), card=card, fingerprint=arguments.fingerprint
    )
    show(arguments, {"county": peer.name, "fingerprint": peer.fingerprint})
    return 0


def run_offer(arguments: argparse.Namespace) -> int:
    """Seal a person's record for another county."""
    by, at = acting_officer(arguments), clock.now()
    _check_free(arguments.file)
    people = visible(Person.objects.filter(superseded_by__isnull=True), by, "register.read_person", at=at)
    person = people.filter(code=arguments.person).first()
    peers = Peer.objects.filter(revoked_at__isnull=True)
    peer = (peers.filter(fingerprint=arguments.to) | peers.filter(county=arguments.to)).first()
    if person is None or peer is None:
        raise Refused(
            "transfer.unknown",
            Text(
                zh="没有这个人员编号,或对方系统还没有登记(jiandi transfer trust)。",
                en="No such person's code, or the other system is not trusted yet (jiandi transfer trust).",
            ),
        )
    transfer, sealed = register.offer_transfer(
        by=by, at=at, person=person, peer=peer, moved_on=arguments.moved_on, document=arguments.document
    )
    _write(arguments.file, sealed)
    show(
        arguments,
        {"file": str(arguments.file), "to": peer.name, "expires": f"{transfer.expires_at:%Y-%m-%d}"},
    )
    return 0


def run_accept(arguments: argparse.Namespace) -> int:
    """Take over a person and write the receipt."""
    _check_free(arguments.receipt)
    village = Place.objects.filter(pk=arguments.village).first()
    transfer, receipt = register.accept_transfer(
        by=acting_officer(arguments), at=clock.now(), parcel=_read(arguments.file), village=village
    )
    _write(arguments.receipt, receipt)
    show(
        arguments,
        {"person": transfer.person.code, "from": transfer.peer.name, "receipt": str(arguments.receipt)},
    )
    return 0


def run_receipt(arguments: argparse.Namespace) -> int:
    """Read a receipt: the person is counted there from now on."""
    transfer = register.confirm_transfer(
        by=acting_officer(arguments), at=clock.now(), parcel=_read(arguments.file)
    )
    show(arguments, {"person": transfer.person.code, "to": transfer.peer.name, "state": transfer.state})
    return 0
