"""Photographs that come with a visit: sealed as they came, their fingerprint kept, shown bare; each look an event."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiandi.core.estimate.fingerprints import Fingerprint, fingerprint
from jiandi.core.forms import photos
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.screening import policies, sentences
from jiandi.rooms.screening.models import Attachment, Visit

Attached = tuple[str, bytes]  # file name, content
_SIGNED = 1 << 64  # databases count 64 bits from below nothing


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: its name, its bytes and their digest, and a photograph's fingerprint where it has one."""

    name: str
    content: bytes
    digest: str
    bits: Fingerprint | None


def prepared(attachments: Sequence[Attached]) -> list[Sent]:
    """Read what came with a visit, before anything is held up by it; the only moment a picture is looked at as a picture."""
    return [
        Sent(name[-100:], content, hashlib.sha256(content).hexdigest(), _fingerprint(content))
        for name, content in attachments
    ]


def _fingerprint(content: bytes) -> Fingerprint | None:
    photo = photos.read_photo(content)
    return fingerprint(photo.bare) if photo is not None else None


def attach(visit: Visit, sent: Sequence[Sent], pictured: str) -> None:
    """Keep every file under its hash, inside the action that calls; two files of one name are both kept, the same twice is one.

    A visit whose listing was erased takes no photograph any more: nobody would erase that one.
    """
    if sent and not visit.body:
        return
    have = set(visit.attachments.values_list("file_name", "sha256"))
    files = {digest for _, digest in have} | {one.digest for one in sent}
    policies.check_photo_sizes([(digest, 0) for digest in files])  # of the visit, however often it was sent
    for one in sent:
        sealing.store_file(one.content)
        if (one.name, one.digest) not in have:
            Attachment.objects.create(
                visit=visit,
                file_name=one.name,
                sha256=one.digest,
                size_bytes=len(one.content),
                pictured=pictured,
                picture_bits=_signed(one.bits.picture) if one.bits else None,
                mirrored_bits=_signed(one.bits.mirrored) if one.bits else None,
            )
            have.add((one.name, one.digest))


def _signed(bits: int) -> int:
    return bits - _SIGNED if bits >= _SIGNED // 2 else bits


@action
def read_photo(*, by: Officer, at: datetime, photo: Attachment, is_original: bool) -> bytes:
    """Return a photograph, bare of what the camera wrote beside it unless the original is asked for; each look is an event."""
    visit = photo.visit
    place = visit.village or visit.town or visit.county
    if is_original or visit.worker_id != by.pk:
        permit(by, "screening.read_finding", at=at, place=place)
    content = _shown(sealing.read_file(photo.sha256), is_original)
    record(
        "screening.read_photo",
        by=by,
        at=at,
        subject=visit,
        place=place,
        payload={"photo": photo.pk, "original": is_original},
    )
    return content


def _shown(content: bytes, is_original: bool) -> bytes:
    if is_original:
        return content
    bare = photos.read_photo(content)
    if bare is None:
        raise Refused("screening.photo_unreadable", sentences.PHOTO_UNREADABLE)
    return bare.bare
