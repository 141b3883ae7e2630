"""Bulk work leaves one event for many people: a Merkle list of its subjects, so each can still be traced to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jiandi.core.journal.merkle import Tree, leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True)
class Batch:
    """The subjects of one bulk event: sorted, each salted and hashed; only `size` and `root` enter the event."""

    subjects: tuple[str, ...]
    salt: bytes
    root: bytes

    @property
    def size(self) -> int:
        """How many subjects the event speaks of."""
        return len(self.subjects)

    def payload(self) -> dict[str, object]:
        """What the event records of its subjects: how many and their root, no names and no unsalted hash."""
        return {"subjects": self.size, "subjects_root": self.root.hex()}

    def proof(self, subject: str) -> tuple[int, list[bytes]]:
        """Where a subject stands in the list and the hashes that show it."""
        index = self.subjects.index(subject)
        return index, Tree(subject_leaf(self.salt, one) for one in self.subjects).inclusion_proof(index)


def subject_leaf(salt: bytes, subject: str) -> bytes:
    """The leaf of one subject: SHA-256(0x00 || salt || subject)."""
    return leaf_hash(salt + subject.encode())


def gather_batch(subjects: Iterable[str], *, salt: bytes) -> Batch:
    """Gather the subjects of one bulk event (such as "person:17"), each once, in order."""
    ordered = tuple(sorted(set(subjects)))
    return Batch(ordered, salt, Tree(subject_leaf(salt, subject) for subject in ordered).root())


def verify_subject(
    subject: str, *, salt: bytes, index: int, size: int, proof: list[bytes], root: bytes
) -> bool:
    """Whether a proof shows that a bulk event was about this subject."""
    return verify_inclusion(subject_leaf(salt, subject), index, size, proof, root)
