"""A picture used again is known again; another room, a dark one, and a hostile file are not."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jiandi.core.estimate.fingerprints import MOST_PASSES, fingerprint
from jiandi.core.estimate.pictures import (
    NEAR,
    NEAR_BETWEEN,
    Pictures,
    likenesses,
    seen_elsewhere,
)
from jiandi.core.forms.photos import read_photo
from tests.core.estimate.scenes import CHANGES, jpeg, png, scene


def apart(one: bytes, other: bytes) -> int:
    """Bits between two pictures, the nearer of as taken and mirrored."""
    first, second = fingerprint(one), fingerprint(other)
    assert first and second
    return min((first.picture ^ second.picture).bit_count(), (first.picture ^ second.mirrored).bit_count())


@pytest.mark.parametrize("change", [name for name in CHANGES if "cut" not in name])
def test_a_picture_changed_a_little_is_known_again(change):
    assert apart(jpeg(scene(1)), CHANGES[change](scene(1))) <= NEAR


def test_another_room_is_another_picture():
    assert min(apart(jpeg(scene(1)), jpeg(scene(other))) for other in range(2, 12)) > NEAR


def test_a_picture_that_only_says_which_side_is_up_is_the_same_turned():
    image = scene(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = image.transpose(Image.Transpose.ROTATE_90)
    with_note = jpeg(lying)
    turned = with_note[:2] + b"\xff\xe1" + struct.pack(">H", len(exif.tobytes()) + 2) + exif.tobytes()
    turned += with_note[2:]

    assert apart(jpeg(image), turned) <= NEAR
    assert apart(jpeg(image), read_photo(turned).bare) <= NEAR  # the bare picture keeps that much


def test_dark_rooms_and_plain_walls_have_no_fingerprint():
    assert fingerprint(jpeg(Image.new("RGB", (320, 240), (12, 12, 14)))) is None


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says it is enormous."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9_000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "hostile",
    [
        bomb(5_000, 4_000), bomb(2_000_000, 2_000_000), bomb(100, 100), b"", b"GIF89a", b"\xff\xd8\xff\xd9",
        jpeg(scene(1))[:2_000], b"%!PS-Adobe-3.0 EPSF-3.0", jpeg(scene(1)) + b"\xff\xda" * (MOST_PASSES + 1),
    ],
)  # fmt: skip
def test_a_hostile_file_gives_nothing_and_costs_nothing(hostile):
    assert fingerprint(hostile) is None


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 3_000))
def test_a_damaged_picture_gives_a_fingerprint_or_nothing(junk, at):
    content = SMALL[:at] + junk + SMALL[at + len(junk) :]

    fingerprint(content)


SMALL = jpeg(scene(5, (160, 120)))


def table(seed: int, count: int) -> Pictures:
    """Fingerprints of which many are near each other, doors and workers few enough to meet."""
    dice = np.random.default_rng(seed)
    bits = dice.integers(0, 2**64, (2, count), dtype=np.uint64)
    for _ in range(count // 3):
        source, goal = dice.integers(0, count, 2)
        value = bits[dice.integers(0, 2), source]
        for bit in dice.choice(64, dice.integers(0, NEAR + 3), replace=False):
            value ^= np.uint64(1) << np.uint64(bit)
        bits[0, goal] = value
    files = np.arange(count)
    files[dice.integers(0, count, count // 10)] = 0
    return Pictures(
        np.arange(count), dice.integers(0, count // 2, count), dice.integers(0, 8, count), files, *bits
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 150))
def test_every_pair_is_found_that_comparing_each_with_each_finds(seed, count):
    pictures = table(seed, count)
    plain = [[bin(int(a) ^ int(b)).count("1") for b in pictures.picture] for a in pictures.picture]
    turned = [[bin(int(a) ^ int(b)).count("1") for b in pictures.mirrored] for a in pictures.picture]

    def alike(i: int, j: int) -> bool:
        bits = min(plain[i][j], turned[i][j], turned[j][i])
        limit = NEAR if pictures.officer_id[i] == pictures.officer_id[j] else NEAR_BETWEEN
        return bits <= limit and pictures.door[i] != pictures.door[j]

    others = [[j for j in range(count) if j != i and alike(i, j)] for i in range(count)]
    known = [any(pictures.file[i] != pictures.file[j] for j in found) for i, found in enumerate(others)]

    assert seen_elsewhere(pictures).tolist() == known
    assert [sorted(like.row for like in likenesses(pictures, i, most=count)) for i in range(count)] == others


def test_no_pictures_are_no_pairs():
    assert seen_elsewhere(table(1, 4)).shape == (4,)
    assert seen_elsewhere(Pictures.of(np.zeros((6, 0)))).tolist() == []


def test_a_png_is_read_like_a_jpeg():
    assert apart(png(scene(7)), jpeg(scene(7))) <= NEAR
