"""The pictures behind "photos nearly the same as at another door", two by two, each only for those who may see its visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jiandi.core.estimate.pictures import likenesses
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import has_verb
from jiandi.rooms.assurance.models import Suspicion
from jiandi.rooms.screening import queries as screening
from jiandi.rooms.screening import queries_tracks
from jiandi.rooms.screening.models import Attachment, Visit

#: What a page shows at most; the worker's first pictures by their number.
MOST_PAIRS = 20
CODES = ("photo_again", "photo_alike")
_SAME = Text(zh="两个文件完全相同", en="the same file twice")
_NEAR = Text(zh="两张几乎相同:64位指纹差{bits}位", en="nearly the same: {bits} of 64 bits differ")
_TURNED = Text(
    zh="左右对调后几乎相同:64位指纹差{bits}位", en="nearly the same once mirrored: {bits} of 64 bits differ"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a pair: its visit and its number there; no visit where the reader may not see it."""

    visit: Visit | None
    number: int
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of two doors and how near they are, in words."""

    sides: tuple[Shown, ...]
    text: Text


def is_about_pictures(suspicion: Suspicion) -> bool:
    """Answer whether pictures are among what stands out for a worker."""
    return any(line.get("code") in CODES for line in suspicion.indicators)


def pairs_of(by: Officer, suspicion: Suspicion, at: datetime) -> list[Pair]:
    """Return a worker's pictures that are much like one of another door, beside it; MOST_PAIRS at most."""
    files, pictures = queries_tracks.pictures_of(suspicion.campaign)
    found: dict[frozenset[int], tuple[int, bool]] = {}
    for row in (pictures.officer_id == suspicion.worker_id).nonzero()[0].tolist():
        for like in likenesses(pictures, row):
            is_same = bool(pictures.file[row] == pictures.file[like.row])
            found.setdefault(frozenset((row, like.row)), (-1 if is_same else like.bits, like.is_mirrored))
        if len(found) >= MOST_PAIRS:
            break
    rows = sorted(found.items(), key=lambda item: item[1][0])[:MOST_PAIRS]
    shown = _shown(by, {files[row] for pair, _ in rows for row in pair}, at)
    return [
        Pair(tuple(shown[files[row]] for row in sorted(pair)), _said(bits, is_mirrored))
        for pair, (bits, is_mirrored) in rows
    ]


def _said(bits: int, is_mirrored: bool) -> Text:
    if bits < 0:
        return _SAME
    return (_TURNED if is_mirrored else _NEAR).filled(bits=bits)


def _shown(by: Officer, files: set[int], at: datetime) -> dict[int, Shown]:
    """Return each attachment as the officer may see it: through the one question who may read a visit, walls and all."""
    rows = {row.pk: row for row in Attachment.objects.filter(pk__in=files)}
    visits = screening.visits(by, at).filter(pk__in={row.visit_id for row in rows.values()}).in_bulk()
    may_all = has_verb(by, "screening.read_finding", at)
    numbers: dict[int, list[int]] = {}
    every = Attachment.objects.filter(visit__in=visits, kind=Attachment.Kind.PHOTO).order_by("pk")
    for visit_id, pk in every.values_list("visit_id", "pk"):
        numbers.setdefault(visit_id, []).append(pk)
    told = {}
    for pk, row in rows.items():
        visit = visits.get(row.visit_id)
        if visit is None or not (may_all or visit.worker_id == by.pk):
            told[pk] = Shown(None, 0, None)
            continue
        told[pk] = Shown(visit, numbers[row.visit_id].index(pk) + 1, visit.started_at)
    return told
