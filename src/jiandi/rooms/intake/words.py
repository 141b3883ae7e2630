"""A report's words: bounded, sealed, and padded so that their length says nothing."""

from __future__ import annotations

import re
import unicodedata

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import dice, sealing

SHORTEST, LONGEST = 4, 4000
SIZE_CLASSES = (1024, 4096, 16_384)  # bytes; the longest text of 4,000 characters has 16,000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def tidy(body: str) -> str:
    """Return the words without control characters, blank ends or endless empty lines; refuse none and too many."""
    text = (
        _CONTROL.sub("", unicodedata.normalize("NFC", body)).replace("\r\n", "\n").replace("\r", "\n").strip()
    )
    text = re.sub(r"\n{3,}", "\n\n", text)
    if len(text) < SHORTEST:
        raise Refused(
            "intake.empty",
            Text(
                zh="请写几句话:看到了什么,在哪里。", en="Please write a few words: what you saw, and where."
            ),
        )
    if len(text) > LONGEST:
        raise Refused(
            "intake.too_long",
            Text(
                zh=f"最多{LONGEST}字;请先写最要紧的,之后可凭回执补充。",
                en=f"At most {LONGEST} characters; write what matters most, and add the rest with your receipt.",
            ),
        )
    return text


def new_number() -> int:
    """Return an eight-digit number for a report: the next one tells nobody how many there are."""
    return 10**7 + int.from_bytes(dice.token_bytes(8), "big") % (9 * 10**7)


def new_key() -> str:
    """Return what a sealed text is bound to, so that it cannot be moved to another report."""
    return dice.token_bytes(16).hex()


def seal(text: str, *, key: str) -> bytes:
    """Seal a text padded to its size class."""
    raw = text.encode()
    size = next(size for size in SIZE_CLASSES if len(raw) + 4 <= size)
    padded = len(raw).to_bytes(4, "big") + raw + bytes(size - len(raw) - 4)
    return sealing.seal(padded, domain=f"intake:{key}")


def unseal(sealed: bytes | memoryview, *, key: str) -> str:
    """Return a sealed text."""
    padded = sealing.unseal(bytes(sealed), domain=f"intake:{key}")
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")].decode()


def same_words(text: str) -> bytes:
    """Return a keyed digest that is the same for the same words, whatever the blanks and punctuation."""
    kept = "".join(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())
    return sealing.blind_index(kept, purpose="report.words")
