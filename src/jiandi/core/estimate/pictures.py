"""Which visits show a picture that was taken at another door: fingerprints compared bit by bit.

Two pictures of one scene differ in few of their 64 bits. Measured (benchmarks/pictures.py): saved again, made smaller or
brighter, photographed from a screen they stay within 8; a cut of a tenth often does not - that needs key points, which
we do not have. Different scenes come that near now and then, so 8 holds among the pictures of one worker, where few are
compared, and 4 between workers, where a county's are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

#: Bits that may differ between pictures of one worker, and of two.
NEAR, NEAR_BETWEEN = 8, 4
_BANDS = 6  # of 6 bands at most 4 can differ, so 2 are equal: 15 ways to find every pair
_BLOCK = 2_000


@dataclass(frozen=True)
class Pictures:
    """One row per picture. `file` is equal for equal bytes; `picture` and `mirrored` are uint64, the rest int64.

    A `door` of one's own task counts as a door: what matters is that two doors are not the same.
    """

    visit_id: np.ndarray
    door: np.ndarray
    officer_id: np.ndarray
    file: np.ndarray
    picture: np.ndarray
    mirrored: np.ndarray

    def __len__(self) -> int:
        return len(self.visit_id)

    @classmethod
    def of(cls, columns: np.ndarray) -> Pictures:
        """Read them from six rows of signed 64-bit numbers, as databases keep them; shape (6, pictures)."""
        visit, door, officer, file, picture, mirrored = np.ascontiguousarray(columns, dtype=np.int64)
        return cls(visit, door, officer, file, picture.view(np.uint64), mirrored.view(np.uint64))


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another picture much like one: its row, how many bits differ, and whether it is the mirror image."""

    row: int
    bits: int
    is_mirrored: bool


def seen_elsewhere(pictures: Pictures) -> np.ndarray:
    """Answer for every picture whether one much like it was sent from another door; shape (pictures,), bool.

    Equal files are left out: those are found by their digest, and told apart as another indicator.
    """
    found = np.zeros(len(pictures), dtype=bool)
    for first, second in (*_within_workers(pictures), *_between_workers(pictures)):
        is_other = (pictures.door[first] != pictures.door[second]) & (
            pictures.file[first] != pictures.file[second]
        )
        found[first[is_other]] = True
        found[second[is_other]] = True
    return found


def likenesses(pictures: Pictures, row: int, *, most: int = 5) -> list[Likeness]:
    """Return the pictures at other doors much like one, equal files too, the nearest first; `most` at most."""
    plain, turned = _apart(pictures, np.array([row]), np.arange(len(pictures)))
    plain, turned = plain[0], turned[0]
    bits = np.minimum(plain, turned).astype(int)
    limit = np.where(pictures.officer_id == pictures.officer_id[row], NEAR, NEAR_BETWEEN)
    rows = np.flatnonzero((bits <= limit) & (pictures.door != pictures.door[row]))
    order = rows[np.argsort(bits[rows], kind="stable")][:most]
    return [Likeness(int(r), int(bits[r]), bool(turned[r] < plain[r])) for r in order]


def _apart(pictures: Pictures, some: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many bits differ, as taken and with one of the two mirrored; shapes (some, others)."""
    plain = np.bitwise_count(pictures.picture[some][:, None] ^ pictures.picture[others][None, :])
    turned = np.minimum(
        np.bitwise_count(pictures.picture[some][:, None] ^ pictures.mirrored[others][None, :]),
        np.bitwise_count(pictures.mirrored[some][:, None] ^ pictures.picture[others][None, :]),
    )
    return plain, turned


Pairs = tuple[np.ndarray, np.ndarray]


def _within_workers(pictures: Pictures) -> Iterator[Pairs]:
    """Every pair of one worker's pictures within NEAR, compared in blocks."""
    order = np.argsort(pictures.officer_id, kind="stable")
    cuts = np.flatnonzero(np.diff(pictures.officer_id[order])) + 1
    for own in np.split(order, cuts):
        for start in range(0, len(own), _BLOCK):
            block = own[start : start + _BLOCK]
            rest = own[start:]
            near = np.argwhere(np.minimum(*_apart(pictures, block, rest)) <= NEAR)
            near = near[near[:, 0] < near[:, 1]]  # each pair once, nobody with themselves
            yield block[near[:, 0]], rest[near[:, 1]]


def _between_workers(pictures: Pictures) -> Iterator[Pairs]:
    """Every pair within NEAR_BETWEEN, whoever took them: equal in two bands of six, then compared whole.

    Pictures stand beside mirror images; a pair of two mirror images says nothing new and is left out.
    """
    count = len(pictures)
    values = np.concatenate([pictures.picture, pictures.mirrored])
    for mask in _masks():
        keys = values & mask
        order = np.argsort(keys)
        keys = keys[order]
        places, step = np.arange(len(order)), 0
        while len(places):
            step += 1
            places = places[places + step < len(order)]
            places = places[keys[places] == keys[places + step]]
            one, two = order[places], order[places + step]
            near = np.bitwise_count(values[one] ^ values[two]) <= NEAR_BETWEEN
            near &= (one < count) | (two < count)
            near &= one % count != two % count  # a picture that is its own mirror image
            yield one[near] % count, two[near] % count


def _masks() -> list[np.uint64]:
    """Each choice of two bands as a mask of bits."""
    edges = [round(64 * band / _BANDS) for band in range(_BANDS + 1)]
    bands = [(1 << high) - (1 << low) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    return [np.uint64(sum(some)) for some in combinations(bands, _BANDS - NEAR_BETWEEN)]
