"""Whether a text names the real places or people the project answers to, without naming them here.

What must not stand in any file stands here as salted digests of its letters; a text is cut into pieces of those lengths
and each piece is digested. Whoever reads this file learns nothing they did not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

SALT = "fceaafb7d70743e9"
LENGTHS = (2, 3, 6, 7, 8)
DIGESTS = frozenset(
    {
        "04a5c931123d0582",
        "1dbfd7a8eb8f2faa",
        "389d5d8a423f3e67",
        "3e7b28b3769ad4e2",
        "4fd20916c7da13f0",
        "5012e00f8fabc136",
        "68681d32a496e70e",
        "82d4ef8de7b70d96",
        "830952f7459a76f2",
        "8c9c64cc35543130",
        "9e8ae43fa0adb939",
        "a2bcc8028f292b7b",
        "bfc098adff7df58d",
        "c985150bfc3927b9",
    }
)
# Allowed where rules read what people say, not where the project speaks of itself.
NOT_IN_PROMISES = frozenset({"904f6f50d1fd672f"})


def digest(piece: str) -> str:
    """Return the salted digest of a piece of text."""
    return blake2b((SALT + piece).encode(), digest_size=8).hexdigest()


def pieces(text: str) -> set[str]:
    """Return every piece of the text that is as long as something that must not be named."""
    plain = text.lower()
    return {plain[i : i + n] for n in LENGTHS for i in range(len(plain) - n + 1)}


def named_in(texts: Iterable[str], digests: frozenset[str] = DIGESTS) -> list[str]:
    """Return the pieces of these texts that must not be named."""
    every: set[str] = set()
    for text in texts:
        every |= pieces(text)
    return sorted(piece for piece in every if digest(piece) in digests)
