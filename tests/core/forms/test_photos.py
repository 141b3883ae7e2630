"""Photographs: known by their structure, shown without what their camera wrote."""

from __future__ import annotations

import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.forms.photos import read_photo

WHERE = b"GPS 34.7 N 117.2 E"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(orientation: int, order: str = "<", more: bytes = WHERE) -> bytes:
    mark = b"II" if order == "<" else b"MM"
    tiff = struct.pack(f"{order}2sHIHHHIHHI", mark, 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return segment(0xE1, b"Exif\0\0" + tiff + more)


def jpeg(*extra: bytes, scan: bytes = b"\x12\xff\x00\x34\xff\xd0\x56", tail: bytes = b"") -> bytes:
    """A JPEG as to its structure: JFIF, whatever is added, a frame, two scans, the end, and what a telephone appends."""
    head = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + b"".join(extra)
    frame = segment(0xC2, b"\x08\0\1\0\1\1\1\x11\0")
    scans = (
        segment(0xDA, b"\1\1\0\0\x3f\0")
        + scan
        + segment(0xC4, b"\xff\xd9")
        + segment(0xDA, b"\1\1\0\0\x3f\0")
        + scan
    )
    return b"\xff\xd8" + head + frame + scans + b"\xff\xd9" + tail


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + b"".join(extra)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def test_it_shows_a_jpeg_without_what_the_camera_wrote_but_the_right_way_up():
    for order in "<>":
        photo = read_photo(jpeg(exif(6, order), segment(0xED, WHERE), segment(0xFE, WHERE), tail=WHERE))

        assert photo is not None and photo.kind == "jpeg"
        assert WHERE not in photo.bare
        assert photo.bare == jpeg(exif(6, ">", b""))


def test_it_leaves_out_the_small_picture_beside_the_large_one():
    told = (
        segment(0xE0, b"JFIF\0" + bytes(9) + WHERE),
        segment(0xE0, b"JFXX\0" + WHERE),
        segment(0xF0, WHERE),
    )
    bare = read_photo(jpeg(*told, segment(0xEE, b"Adobe" + WHERE)))

    assert bare is not None and WHERE not in bare.bare and b"JFIF" in bare.bare


def test_it_leaves_a_bare_jpeg_as_it_is():
    photo = read_photo(jpeg())

    assert photo is not None and photo.bare == jpeg()
    assert read_photo(photo.bare) == photo


def test_it_shows_a_png_without_text_and_exif():
    photo = read_photo(png(chunk(b"tEXt", WHERE), chunk(b"eXIf", WHERE)) + WHERE)

    assert photo is not None and (photo.kind, photo.bare) == ("png", png())


def test_a_name_or_a_beginning_makes_no_photograph():
    damaged = png().replace(b"IDAT", b"IDAU")
    for content in (
        b"",
        b"GIF89a",
        b"<svg/>",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        jpeg()[:-2],
        png()[:-12],
        damaged,
    ):
        assert read_photo(content) is None


@given(st.sampled_from([jpeg(exif(3)), png()]), st.data())
def test_whatever_is_cut_or_changed_it_answers(whole: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 4)) :]

    photo = read_photo(changed)

    assert photo is None or read_photo(photo.bare) == photo
