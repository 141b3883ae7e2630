"""The Merkle tree of RFC 6962: append, root, proofs that something is in it and that it only ever grew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from jiandi.core.journal.canonical import canonical_bytes

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || data), 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two halves: SHA-256(0x01 || left || right), 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def event_leaf(salt: bytes, event: object) -> bytes:
    """The leaf of an event: SHA-256(0x00 || salt || canonical event).

    The salt (16 random bytes or more, kept beside the event) keeps anybody from guessing an event from its leaf;
    deleting event and salt together erases it for good while the tree stays valid.
    """
    return leaf_hash(salt + canonical_bytes(event))


class Frontier:
    """The growing edge of a log: enough to append and to know the root, in a few hashes whatever its size."""

    __slots__ = ("_edge", "size")

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        if len(edge) != size.bit_count() or any(len(part) != HASH_SIZE for part in edge):
            raise ValueError(f"a log of {size} leaves has an edge of {size.bit_count()} hashes")
        self.size = size
        self._edge = list(edge)

    @property
    def edge(self) -> tuple[bytes, ...]:
        """The hashes of the complete subtrees, largest first: what a sequencer stores between runs."""
        return tuple(self._edge)

    def append(self, leaf: bytes) -> None:
        """Put one leaf hash at the end of the log."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Put leaf hashes at the end of the log, in order."""
        edge, size, sha256 = self._edge, self.size, hashlib.sha256
        for leaf in leaves:
            carry = size
            while carry & 1:
                leaf = sha256(b"\x01" + edge.pop() + leaf).digest()
                carry >>= 1
            edge.append(leaf)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """The hash that stands for the whole log."""
        if not self._edge:
            return EMPTY_ROOT
        result = self._edge[-1]
        for part in reversed(self._edge[:-1]):
            result = node_hash(part, result)
        return result


class Tree:
    """A whole log's hashes, for roots of earlier sizes and for proofs; 64 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        level = bytearray().join(leaves)
        self._levels = [level]
        while len(level) >= 2 * HASH_SIZE:
            whole = len(level) - len(level) % (2 * HASH_SIZE)
            pairs = (level[at : at + 2 * HASH_SIZE] for at in range(0, whole, 2 * HASH_SIZE))
            level = bytearray().join(hashlib.sha256(b"\x01" + pair).digest() for pair in pairs)
            self._levels.append(level)

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH_SIZE

    def append(self, leaf: bytes) -> None:
        """Put one leaf hash at the end."""
        index = len(self)
        for level in range(len(self._levels) + 1):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += leaf
            if index & 1 == 0:
                return
            leaf = node_hash(self._node(level, index - 1), leaf)
            index >>= 1

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves (all, if not said)."""
        end = self._checked(len(self) if size is None else size)
        return self._range(0, end) if end else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """The hashes that show leaf `index` is among the first `size` leaves (RFC 6962, 2.1.1)."""
        end = self._checked(len(self) if size is None else size)
        if not 0 <= index < end:
            raise IndexError(f"leaf {index} is not among the first {end}")
        proof, start = [], 0
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                proof.append(self._range(middle, end))
                end = middle
            else:
                proof.append(self._range(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, old: int, size: int | None = None) -> list[bytes]:
        """The hashes that show the first `old` leaves are still the beginning of `size` leaves (2.1.2)."""
        end = self._checked(len(self) if size is None else size)
        if not 0 <= old <= end:
            raise IndexError(f"{old} leaves are not the beginning of {end}")
        if old in (0, end):
            return []
        proof: list[bytes] = []
        start, whole = (
            0,
            True,
        )  # whole: the old tree is a complete subtree here, whose root the verifier knows
        while old != end - start:
            middle = _split(end - start)
            if old <= middle:
                proof.append(self._range(start + middle, end))
                end = start + middle
            else:
                proof.append(self._range(start, start + middle))
                start, old, whole = start + middle, old - middle, False
        if not whole:
            proof.append(self._range(start, end))
        return proof[::-1]

    def _checked(self, size: int) -> int:
        if not 0 <= size <= len(self):
            raise IndexError(f"the log holds {len(self)} leaves, not {size}")
        return size

    def _node(self, level: int, index: int) -> bytes:
        return bytes(self._levels[level][index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def _range(self, start: int, end: int) -> bytes:
        """Hash of leaves start..end, `start` a multiple of the power of two that covers them."""
        width = end - start
        if width & (width - 1) == 0:
            level = width.bit_length() - 1
            return self._node(level, start >> level)
        middle = start + _split(width)
        return node_hash(self._range(start, middle), self._range(middle, end))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that the leaf stands at `index` in the log of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, result = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(part, result)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, part)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether a proof shows that the log of the old size and root only grew into the new one (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    return _grown_roots(old, size, path) == (old_root, root)


def _grown_roots(old: int, size: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The old and the new root that a consistency path leads to; nothing when its length is wrong."""
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    seen_old = seen_new = path[0]
    for part in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            seen_old, seen_new = node_hash(part, seen_old), node_hash(part, seen_new)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            seen_new = node_hash(seen_new, part)
        node, last = node >> 1, last >> 1
    return (seen_old, seen_new) if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two below a width of two or more."""
    return 1 << ((width - 1).bit_length() - 1)
