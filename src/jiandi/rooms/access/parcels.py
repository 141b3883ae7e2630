"""Sealed parcels between two counties' systems: encrypted for one receiver, signed by one sender, valid for a time.

A parcel is a line of JSON (who, to whom, until when), the content under ChaCha20-Poly1305 (RFC 8439) with a key agreed by X25519
(RFC 7748) between a key made for this parcel alone and the receiver's, and an Ed25519 signature over both. Whom a key belongs to
is settled once, by people: each side reads the other's fingerprint from paper or over the telephone and types it in.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import journal, sealing

MAGIC = "jiandi-transfer-1"
CARD = "jiandi-transfer-card-1"
LARGEST = 1 << 20
_SIGNATURE = 64
_ID = re.compile("[0-9a-f]{32}")
_NONCE = bytes(12)  # each parcel has a key of its own, so no nonce is ever used twice with one


@dataclass(frozen=True, slots=True)
class Card:
    """What one county's system shows another: who it is and its two public keys."""

    county: str
    name: str
    signing: bytes
    exchange: bytes

    @property
    def fingerprint(self) -> str:
        """Return the 40 signs people compare, in groups of five (200 bits of SHA-256)."""
        digest = hashlib.sha256(
            f"{CARD}\n{self.county}\n".encode() + self.signing + self.exchange
        ).hexdigest()
        return "-".join(digest[i : i + 5] for i in range(0, 50, 5))


@dataclass(frozen=True, slots=True)
class Parcel:
    """An opened parcel."""

    kind: str
    id: str
    sender: str
    made_at: datetime
    content: dict[str, object]
    sha256: str


def own_card(county: str, name: str) -> Card:
    """Return the card of this installation."""
    return Card(county, name, journal.public_key(), _exchange().public_key().public_bytes_raw())


def write_card(card: Card) -> bytes:
    """Write a card as a file."""
    facts = {"jiandi": CARD, "county": card.county, "name": card.name, "signing": card.signing.hex(),
             "exchange": card.exchange.hex(), "fingerprint": card.fingerprint}  # fmt: skip
    return (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()


def read_card(content: bytes) -> Card:
    """Read a card from a file; that it belongs to whom it names is proved by the fingerprint alone."""
    try:
        facts = json.loads(content[:10_000])
        if facts["jiandi"] != CARD:
            raise ValueError
        card = Card(str(facts["county"])[:12], str(facts["name"])[:100], bytes.fromhex(facts["signing"]),
                    bytes.fromhex(facts["exchange"]))  # fmt: skip
        Ed25519PublicKey.from_public_bytes(card.signing)
        X25519PublicKey.from_public_bytes(card.exchange)
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(
            "transfer.not_a_card",
            Text(zh="这不是另一县系统的名片文件。", en="This is not the card of another county's system."),
        ) from error
    return card


def wrap(
    content: dict[str, object],
    *,
    kind: str,
    id: str,
    sender: Card,
    receiver: Card,
    at: datetime,
    until: datetime,
) -> bytes:
    """Seal a parcel for one receiver, signed with this installation's key."""
    once = X25519PrivateKey.generate()
    head = {
        "jiandi": MAGIC, "kind": kind, "id": id, "from": sender.fingerprint, "to": receiver.fingerprint,
        "made_at": at.isoformat(), "until": until.isoformat(), "once": once.public_key().public_bytes_raw().hex(),
    }  # fmt: skip
    header = json.dumps(head, sort_keys=True).encode() + b"\n"
    key = _derive(once.exchange(X25519PublicKey.from_public_bytes(receiver.exchange)), header)
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    body = header + ChaCha20Poly1305(key).encrypt(_NONCE, plain, header)
    return body + journal.sign(_signed(body))


def unwrap(parcel: bytes, *, own: Card, trusted: dict[str, Card], at: datetime) -> Parcel:
    """Open a parcel that a trusted county sealed for this one; each thing that can be wrong has a sentence of its own."""
    if len(parcel) > LARGEST:
        raise _not_a_parcel()
    body, signature = parcel[:-_SIGNATURE], parcel[-_SIGNATURE:]
    head, header = _head(body)
    if head["to"] != own.fingerprint:
        raise Refused(
            "transfer.not_for_us",
            Text(
                zh="这个文件是封给另一个系统的,本系统的钥匙打不开。请核对是否送错,或对方用的是旧名片。",
                en="This file was sealed for another system; our key does not open it. Was it sent to the wrong place, or with an old card of ours?",
            ),
        )
    sender = trusted.get(head["from"])
    if sender is None:
        raise Refused(
            "transfer.unknown_sender",
            Text(
                zh=f"发送方(指纹{head['from']})不在信任名单中。请先当面或电话核对指纹并登记。",
                en=f"The sender (fingerprint {head['from']}) is not trusted here. Compare fingerprints in person or by telephone, then record it.",
            ),
        )
    try:
        Ed25519PublicKey.from_public_bytes(sender.signing).verify(signature, _signed(body))
        once = X25519PublicKey.from_public_bytes(bytes.fromhex(head["once"]))
        plain = ChaCha20Poly1305(_derive(_exchange().exchange(once), header)).decrypt(
            _NONCE, body[len(header) :], header
        )
        content = json.loads(plain)
        made, until = datetime.fromisoformat(head["made_at"]), datetime.fromisoformat(head["until"])
        if not isinstance(content, dict) or made.tzinfo is None or until.tzinfo is None:
            raise ValueError
    except (InvalidSignature, InvalidTag, ValueError, RecursionError) as error:
        raise Refused(
            "transfer.altered",
            Text(
                zh="签名对不上:文件被改动或损坏。请让对方重新发送,并告知监督员。",
                en="The signature does not fit: the file was altered or damaged. Ask for it again, and tell the overseer.",
            ),
        ) from error
    if at > until:
        raise Refused(
            "transfer.expired",
            Text(
                zh=f"这个文件的有效期到{until:%Y-%m-%d}为止,已经过期。请让对方重新发出。",
                en=f"This file was valid until {until:%Y-%m-%d} and has expired. Ask the other side to send it anew.",
            ),
        )
    return Parcel(head["kind"], head["id"], head["from"], made, content, digest(parcel))


def digest(parcel: bytes) -> str:
    """Return by what a parcel is known on both sides."""
    return hashlib.sha256(parcel).hexdigest()


def _head(body: bytes) -> tuple[dict[str, str], bytes]:
    header = body[: body.find(b"\n") + 1]
    try:
        head = json.loads(header[:2000])
        wanted = ("kind", "id", "from", "to", "made_at", "until", "once")
        if head["jiandi"] != MAGIC or not all(isinstance(head[name], str) for name in wanted):
            raise ValueError
        if not _ID.fullmatch(head["id"]):  # it names the receipt's file, too
            raise ValueError
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, RecursionError) as error:
        raise _not_a_parcel() from error
    return head, header


def _not_a_parcel() -> Refused:
    return Refused(
        "transfer.not_a_parcel",
        Text(zh="这不是见底系统之间的转接文件。", en="This is not a transfer between two Jiandi systems."),
    )


def _exchange() -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(sealing.kept_secret("transfer-exchange", 32))


def _derive(shared: bytes, header: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=hashlib.sha256(header).digest(), info=MAGIC.encode()).derive(shared)


def _signed(body: bytes) -> bytes:
    """Return what is signed: its first line keeps it from ever being taken for a checkpoint of the log."""
    return f"{MAGIC} signed\n".encode() + hashlib.sha256(body).digest()
