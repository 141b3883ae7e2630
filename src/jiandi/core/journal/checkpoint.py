"""The log's state in four lines anybody can print and check: origin, size, root, signature.

Text of C2SP tlog-checkpoint (origin, decimal size, base64 root) inside a C2SP signed-note, Ed25519. Keys stay outside:
the caller passes `sign` and `verify`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from jiandi.core.journal.merkle import HASH_SIZE

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]  # (message, signature) -> holds

#: Signature type byte of Ed25519 in C2SP signed-note.
_ED25519 = b"\x01"
_NUMBER = re.compile(r"0|[1-9][0-9]*")
_SIGNATURE = re.compile(r"— (?P<name>\S+) (?P<blob>\S+)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the log was and what its root was; `origin` names the log and its signer."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature names its key: SHA-256(name, line feed, type, 32 bytes of key)."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def sign_checkpoint(checkpoint: Checkpoint, *, public_key: bytes, sign: Sign) -> str:
    """The signed note of a checkpoint, as stored, printed and published."""
    return cosign(f"{checkpoint.body()}\n", name=checkpoint.origin, public_key=public_key, sign=sign)


def cosign(note: str, *, name: str, public_key: bytes, sign: Sign) -> str:
    """The note with one more signature under it: a witness who has checked that the log only grew."""
    body = note.partition("\n\n")[0] + "\n"
    blob = base64.b64encode(key_id(name, public_key) + sign(body.encode())).decode()
    return f"{note}— {name} {blob}\n"


def open_checkpoint(note: str, *, name: str, public_key: bytes, verify: Verify) -> Checkpoint | None:
    """Read a signed note; nothing if it is not spelt exactly so or the named signer's signature does not hold."""
    head, gap, tail = note.partition("\n\n")
    checkpoint = _read_body(head + "\n")
    if checkpoint is None or not gap or not tail.endswith("\n"):
        return None
    matches = [_SIGNATURE.fullmatch(line) for line in tail.removesuffix("\n").split("\n")]
    blobs = [match["blob"] for match in matches if match and match["name"] == name]
    if None in matches or len(blobs) != 1:
        return None
    raw = _unbase64(blobs[0])
    if raw is None or raw[:4] != key_id(name, public_key):
        return None
    return checkpoint if verify(checkpoint.body().encode(), raw[4:]) else None


def _read_body(body: str) -> Checkpoint | None:
    lines = body.split("\n")
    if len(lines) != 4 or not lines[0] or not _NUMBER.fullmatch(lines[1]):
        return None
    root = _unbase64(lines[2])
    if root is None or len(root) != HASH_SIZE:
        return None
    return Checkpoint(lines[0], int(lines[1]), root)


def _unbase64(text: str) -> bytes | None:
    """Decode base64 only when it is the one possible spelling of its bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None
