"""A picture's fingerprint: 64 bits that stay nearly the same when it is saved again, made smaller, brighter or mirrored.

The perceptual hash of the field (pHash: the signs of the low frequencies; Zauner 2010) and that of its mirror image.
Nobody can see a picture in it. Hostile files are kept out before anything is unpacked: two formats, a limit of pixels
and of passes over them; what is too plain to be told from any other wall or dark room gets no fingerprint.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import imagehash
import numpy as np
from PIL import Image, ImageOps

#: Telephones take up to 50 million pixels, and JPEG is unpacked at an eighth of each side; PNG only whole, 4 bytes each.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 16_000_000}
#: A JPEG may go over its pixels in passes; cameras write up to a dozen, an attack on time thousands.
MOST_PASSES = 32
#: Spread of grey (of 0..255) below which a picture is a plain wall or a dark room: those all look the same.
LEAST_SPREAD = 4.0
_SIDE, _SMALL = 256, (32, 32)
_PASS = b"\xff\xda"

Image.MAX_IMAGE_PIXELS = max(
    MOST_PIXELS.values()
)  # the library's own guard, for whatever opens pictures beside us


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The 64 bits of a picture and of its mirror image, each as a whole number below 2**64."""

    picture: int
    mirrored: int


def fingerprint(bare: bytes) -> Fingerprint | None:
    """Return a JPEG's or PNG's fingerprint; None where it cannot be unpacked safely, or is too plain to be compared."""
    try:
        with Image.open(io.BytesIO(bare), formats=tuple(MOST_PIXELS)) as image:
            kind = image.format or ""
            if image.width * image.height > MOST_PIXELS[kind]:
                return None
            if kind == "JPEG" and bare.count(_PASS) > MOST_PASSES:
                return None
            image.draft("L", (_SIDE, _SIDE))
            upright = ImageOps.exif_transpose(image)
            small = upright.convert("L").resize(_SMALL, Image.Resampling.LANCZOS)
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        struct.error,
        zlib.error,
        Image.DecompressionBombError,
    ):
        return None
    if float(np.asarray(small).std()) < LEAST_SPREAD:
        return None
    return Fingerprint(_bits(small), _bits(ImageOps.mirror(small)))


def _bits(small: Image.Image) -> int:
    return int.from_bytes(np.packbits(imagehash.phash(small).hash).tobytes())
