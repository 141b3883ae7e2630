"""Tokens under which a person is found: characters, pairs of characters, sounds, first letters, pieces of the address.

Each kind has its own prefix letter so that one index column holds them all: c character, n pair of characters,
h pair of sounds, i first letters, p whole sound, a pair of address characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from jiandi.core.names.normal import normalise
from jiandi.core.names.pinyin import READ_AS_SURNAMES, reading, surname_reading

_ADDRESS_NOISE = re.compile(r"[^\w]|_")


def _sound_tokens(name: str, syllables: list[str]) -> list[str]:
    tokens = ["i" + "".join([syllable[:1] for syllable in syllables]), "p" + "".join(syllables)]
    if name[0] in READ_AS_SURNAMES:
        spoken = surname_reading(name).split(" ")
        tokens += ["i" + "".join([syllable[:1] for syllable in spoken]), "p" + "".join(spoken)]
    return tokens


def search_tokens(name: str | None, address: str | None = None) -> list[str]:
    """Return the tokens to store for a person, each once, in a stable order.

    Area tokens are the caller's: put them into the same index so that a search in a village never reads the county.
    """
    tokens: list[str] = []
    clean = normalise(name)
    if clean:
        syllables = [reading(char) for char in clean]
        tokens += ["c" + char for char in clean]
        tokens += ["n" + a + b for a, b in pairwise(clean)]
        tokens += ["h" + a + b for a, b in pairwise(syllables)]
        tokens += _sound_tokens(clean, syllables)
    tokens += _address_tokens(address)
    return list(dict.fromkeys(tokens))


@lru_cache(maxsize=1 << 12)  # people of one household stand one after another
def _address_tokens(address: str | None) -> tuple[str, ...]:
    if not address:
        return ()
    text = _ADDRESS_NOISE.sub("", unicodedata.normalize("NFKC", address))
    return tuple("a" + a + b for a, b in pairwise(text))


def query_terms(text: str) -> list[list[str]]:
    """Turn what a searcher typed into alternatives, each a list of tokens that must all be present.

    A token ending in * stands for every token that begins so. One to four characters, first letters,
    whole pinyin, or a name followed by a space and a piece of the address.
    """
    parts = text.split()
    if not parts:
        return []
    first = "".join(parts) if all(part.isascii() for part in parts) else parts[0]
    if first.isascii():
        letters = "".join(char for char in first.lower() if char.isalpha())
        return [["i" + letters + "*"], ["p" + letters + "*"]] if letters else []
    name = normalise(first) or ""
    rest = [token for part in parts[1:] for token in _address_tokens(part)]
    if len(name) == 1:
        return [["c" + name, *rest]]
    exact = ["n" + a + b for a, b in pairwise(name)]
    alike = ["h" + reading(a) + reading(b) for a, b in pairwise(name)]
    found = [[*exact, *rest], [*alike, *rest]] if exact else []
    return found + ([[*_address_tokens(first), *rest]] if len(first) > 1 else [])
