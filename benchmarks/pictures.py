"""How well a picture used again is known again, how often another scene is mistaken for it, and what looking costs.

    python benchmarks/pictures.py [--scenes 400] [--stored 200000]

Pictures are invented (tests/core/estimate/scenes.py): rooms and yards with light, things, grain; nobody is in them. Real
rooms are more alike than these, so the last word on mistaken ones is a county's own random re-visits.
"""

from __future__ import annotations

import argparse
import struct
import sys
import time
import zlib
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.estimate.fingerprints import MOST_PIXELS, fingerprint  # noqa: E402
from jiandi.core.estimate.pictures import NEAR, NEAR_BETWEEN, Pictures, seen_elsewhere  # noqa: E402
from tests.core.estimate.scenes import CHANGES, jpeg, scene  # noqa: E402


def known_again(count: int) -> None:
    """Print, for each change, the share of pictures within 4, 6, 8 and 10 bits of the first."""
    images = [scene(seed) for seed in range(count)]
    first = [fingerprint(jpeg(image)) for image in images]
    print("| change | <= 4 | <= 6 | <= 8 | <= 10 | median |\n|---|---|---|---|---|---|")
    for name, change in CHANGES.items():
        bits = []
        for image, one in zip(images, first, strict=True):
            other = fingerprint(change(image))
            if one and other:
                plain = (one.picture ^ other.picture).bit_count()
                bits.append(min(plain, (one.picture ^ other.mirrored).bit_count()))
        shares = " | ".join(f"{np.mean(np.array(bits) <= limit):.2f}" for limit in (4, 6, 8, 10))
        print(f"| {name} | {shares} | {np.median(bits):.0f} |")
    values = np.array([one.picture for one in first if one], dtype=np.uint64)
    apart = np.concatenate([np.bitwise_count(values[i] ^ values[i + 1 :]) for i in range(len(values) - 1)])
    said = ", ".join(f"{np.mean(apart <= limit):.1e} within {limit}" for limit in (NEAR_BETWEEN, 6, NEAR, 10))
    print(
        f"\ndifferent scenes, {len(apart):,} pairs: nearest {apart.min()} bits, {said}; {count - len(values)} too plain"
    )


def looking(stored: int) -> None:
    """Print what one look among stored fingerprints costs, and what a whole round costs."""
    dice = np.random.default_rng(1)
    bits = dice.integers(0, 2**64, (2, stored), dtype=np.uint64)
    start = time.perf_counter()
    for _ in range(20):
        np.flatnonzero(np.bitwise_count(bits[0] ^ bits[1, 0]) <= NEAR)
    print(f"\none picture among {stored:,}: {(time.perf_counter() - start) / 20 * 1000:.1f} ms")
    for count, name in ((stored, "a county's round"), (5 * stored, "a city's")):
        several = dice.integers(0, 2**64, (2, count), dtype=np.uint64)
        rows = np.arange(count)
        pictures = Pictures(rows, rows, rows // 100, rows, *several)
        start, worked = time.perf_counter(), time.process_time()
        seen_elsewhere(pictures)
        whole, cpu = time.perf_counter() - start, time.process_time() - worked
        print(f"{name}, each of {count:,} with each: {whole:.1f} s ({cpu:.1f} s of processor)")


def receiving() -> None:
    """Print what a fingerprint costs: of a telephone's picture, and of the worst files that are still read."""
    telephone = scene(1, (4000, 3000))
    files = {"12 million pixels, JPEG": jpeg(telephone, 80), "640 x 480, JPEG": jpeg(scene(1))}
    files["largest PNG that is read, all one colour"] = _flat_png(4000, MOST_PIXELS["PNG"] // 4000)
    files["a PNG one row larger"] = _flat_png(4000, MOST_PIXELS["PNG"] // 4000 + 1)
    for name, content in files.items():
        start = time.perf_counter()
        for _ in range(3):
            fingerprint(content)
        took = (time.perf_counter() - start) / 3 * 1000
        print(f"fingerprint of {name} ({len(content) / 1e6:.2f} MB): {took:.1f} ms")


def _flat_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = zlib.compress((b"\0" + b"\x40" * (4 * width)) * height, 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--scenes", type=int, default=400, help="scenes invented (400), 0 to skip")
    parser.add_argument("--stored", type=int, default=200_000, help="fingerprints looked through (200,000)")
    given = parser.parse_args()
    if given.scenes:
        known_again(given.scenes)
    looking(given.stored)
    receiving()


if __name__ == "__main__":
    main()
