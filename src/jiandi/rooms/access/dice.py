"""Randomness: the system's own, or seeded in a database marked as a demonstration - never otherwise."""

from __future__ import annotations

import random
import secrets

from jiandi.rooms.access.models import Installation

_seeded: random.Random | None = None
# No vowels and nothing that looks like something else when read aloud or written by hand.
CODE_LETTERS = "23456789BCDFGHJKMNPQRTVWXY"


def seed_for_demo(seed: int) -> None:
    """Make every later roll in this process repeatable; refused outside a demonstration."""
    global _seeded
    if not Installation.objects.filter(pk=1, is_demo=True).exists():
        raise PermissionError("Seeded dice exist only in a database marked as a demonstration.")
    _seeded = random.Random(seed)


def unseed() -> None:
    """Return to the system's own randomness."""
    global _seeded
    _seeded = None


def token_bytes(count: int) -> bytes:
    """Return unguessable bytes."""
    return _seeded.randbytes(count) if _seeded else secrets.token_bytes(count)


def code(length: int = 10) -> str:
    """Return a random code that can be read aloud."""
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in token_bytes(length))


def codes(count: int, length: int = 10) -> list[str]:
    """Return many codes at once, all different."""
    found: dict[str, None] = {}
    while len(found) < count:
        need = count - len(found)
        letters = token_bytes(need * length).translate(_TO_LETTERS).decode("ascii")
        found.update(dict.fromkeys(letters[i : i + length] for i in range(0, need * length, length)))
    return list(found)[:count]


_TO_LETTERS = bytes(ord(CODE_LETTERS[byte % len(CODE_LETTERS)]) for byte in range(256))
