"""What a scanned or photographed paper is, told by its content: a name proves nothing."""

from __future__ import annotations

from jiandi.core.forms.photos import read_photo

TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png"}
_EDGE = (
    1024  # ISO 32000-2, 7.5.2 and 7.5.5: readers look for the head and the foot of a PDF within so many bytes
)


def kind_of_paper(content: bytes) -> str | None:
    """Return "pdf", "jpeg" or "png" of a whole file; None of anything else, and of one that broke off on its way."""
    if b"%PDF-" in content[:_EDGE]:
        return "pdf" if b"%%EOF" in content[-_EDGE:] else None
    photo = read_photo(content)
    return photo.kind if photo is not None else None
