"""Photographs as cameras write them: what they are, and the same picture without where, when and by which device.

Only JPEG and PNG are read, by their own structure and to their end; a name proves nothing. Of JPEG (ITU-T T.81) the
application segments go, of PNG (W3C, second edition) the chunks of text and EXIF; the picture itself is not touched.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
# What a picture needs to be shown right. All else can tell of place, time, device or somebody's words.
_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs")
)
_EOI, _SOS, _APP0, _APP1, _APP14 = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF: every picture has one
_RESTARTS = range(0xD0, 0xD8)
_PICTURE = _FRAMES | {0xC4, 0xCC, _SOS, 0xDB, 0xDD, 0xDE, 0xDF}  # and its tables (DHT DAC DQT DRI DHP EXP)
_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"  # no size, no small picture of it
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph: "jpeg" or "png", and the picture alone, which holds nothing its camera wrote beside it."""

    kind: str
    bare: bytes


def read_photo(content: bytes) -> Photo | None:
    """Return a photograph and its bare picture; None when it is neither JPEG nor PNG, or broken off or damaged."""
    try:
        if content.startswith(_PNG):
            return Photo("png", _bare_png(content))
        if content.startswith(b"\xff\xd8\xff"):
            return Photo("jpeg", _bare_jpeg(content))
    except (ValueError, IndexError, struct.error):
        return None
    return None


def _bare_png(content: bytes) -> bytes:
    parts, at, kind = [_PNG], len(_PNG), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        (crc,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[at + 4 : end - 4]) != crc or (len(parts) == 1) != (kind == b"IHDR"):
            raise ValueError("damaged PNG")
        if kind in _PNG_KEPT:
            parts.append(content[at:end])
        at = end
    return b"".join(parts)


def _bare_jpeg(content: bytes) -> bytes:
    parts, at, has_frame = [b"\xff\xd8"], 2, False
    while True:
        if content[at] != 0xFF:
            raise ValueError("no marker where one must stand")
        marker = content[at + 1]
        if marker == 0xFF:  # a marker may be filled up in front
            at += 1
            continue
        if marker == _EOI:  # what some telephones append behind it, a film for example, stays out
            if not has_frame:
                raise ValueError("no picture")
            return b"".join([*parts, b"\xff\xd9"])
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = _end_of_scan(content, at + 2 + length) if marker == _SOS else at + 2 + length
        has_frame = has_frame or marker in _FRAMES
        parts.append(_kept(marker, content[at:end]))
        at = end


def _kept(marker: int, segment: bytes) -> bytes:
    """Return a segment as it stays: the picture and its tables, and of all else which side is up and how colours are written.

    A small picture beside the large one may show what was cut away from it, so APP0 is written anew.
    """
    if marker in _PICTURE:
        return segment
    if marker == _APP0 and segment[4:9] == b"JFIF\0":
        return _JFIF
    if marker == _APP1:
        turned = _orientation(segment[4:])
        return _upright(turned) if turned else b""
    is_adobe = marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) == 16
    return segment if is_adobe else b""


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands behind a scan's data, in which 0xFF is followed by 0 or a restart."""
    while True:
        at = content.index(b"\xff", at)
        if content[at + 1] != 0 and content[at + 1] not in _RESTARTS:
            return at
        at += 2


def _orientation(exif: bytes) -> int:
    """Return the EXIF orientation, 2 to 8; 0 where there is none or the picture stands as it is."""
    if not exif.startswith(b"Exif\0\0"):
        return 0
    tiff = exif[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 0
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, first)
    for entry in range(count):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
        if (tag, kind) == (_ORIENTATION, 3):
            return int(value) if 2 <= value <= 8 else 0
    return 0


def _upright(turned: int) -> bytes:
    """Return an EXIF segment that says which side is up and nothing else."""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    body = b"Exif\0\0" + tiff
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body
