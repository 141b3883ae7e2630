"""What comes with a visit: photographs, sealed as they came, their fingerprint kept, shown bare; and the form's own log."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from jiandi.core.estimate.fingerprints import Fingerprint, fingerprint
from jiandi.core.forms import photos
from jiandi.core.forms.audit import AuditLog, read_audit
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.screening import policies, sentences
from jiandi.rooms.screening.models import Attachment, Visit, VisitLog

Attached = tuple[str, bytes]  # file name, content
_SIGNED = 1 << 64  # databases count 64 bits from below nothing


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: its name, its bytes and their digest; a photograph's fingerprint, or what a log says or lacks."""

    name: str
    content: bytes
    digest: str
    bits: Fingerprint | None = None
    log: AuditLog | Refused | None = None

    @property
    def kind(self) -> str:
        """A log by its name, else a photograph."""
        return Attachment.Kind.LOG if policies.is_log(self.name) else Attachment.Kind.PHOTO


def prepared(attachments: Sequence[Attached]) -> list[Sent]:
    """Read what came with a visit, before anything is held up by it; the only moment a picture is looked at as a picture."""
    return [_sent(name[-100:], content) for name, content in attachments]


def _sent(name: str, content: bytes) -> Sent:
    digest = hashlib.sha256(content).hexdigest()
    if not policies.is_log(name):
        return Sent(name, content, digest, bits=_fingerprint(content))
    try:
        return Sent(name, content, digest, log=read_audit(content))
    except Refused as unread:  # a visit is not lost over how its form was filled in
        return Sent(name, content, digest, log=unread)


def _fingerprint(content: bytes) -> Fingerprint | None:
    photo = photos.read_photo(content)
    return fingerprint(photo.bare) if photo is not None else None


def attach(visit: Visit, sent: Sequence[Sent], pictured: str) -> None:
    """Keep every file under its hash, inside the action that calls; two files of one name are both kept, the same twice is one.

    A visit whose listing was erased takes no file any more: nobody would erase that one. Of several logs the first is read.
    """
    if sent and not visit.body:
        return
    have = set(visit.attachments.values_list("file_name", "sha256"))
    kept = visit.attachments.filter(kind=Attachment.Kind.PHOTO).values_list("sha256", flat=True)
    photographs = {*kept, *(one.digest for one in sent if one.kind == Attachment.Kind.PHOTO)}
    policies.check_photo_sizes(
        [(digest, 0) for digest in photographs]
    )  # of the visit, however often it was sent
    for one in sent:
        sealing.store_file(one.content)
        if (one.name, one.digest) not in have:
            Attachment.objects.create(
                visit=visit,
                file_name=one.name,
                sha256=one.digest,
                size_bytes=len(one.content),
                kind=one.kind,
                pictured=pictured if one.kind == Attachment.Kind.PHOTO else "",
                picture_bits=_signed(one.bits.picture) if one.bits else None,
                mirrored_bits=_signed(one.bits.mirrored) if one.bits else None,
            )
            have.add((one.name, one.digest))
            _keep_log(visit, one.log)


def _keep_log(visit: Visit, log: AuditLog | Refused | None) -> None:
    if isinstance(log, AuditLog):
        VisitLog.objects.get_or_create(visit=visit, defaults=asdict(log))
    elif log is not None:
        problem = {"code": log.code, "zh": log.text.zh, "en": log.text.en}
        VisitLog.objects.get_or_create(visit=visit, defaults={"problem": problem})


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
