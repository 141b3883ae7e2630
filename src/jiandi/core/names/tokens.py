"""Tokens under which a person is found: characters, pairs of characters, sounds, first letters, pieces of the address.

Each kind has its own prefix letter so that one index column holds them all: c character, n pair of characters,
h pair of sounds, i first letters, p sound, a pair of address characters. First letters and sounds are stored as far as
one may have typed them (pw, pwa, pwan, pwang ...): an index that gathers every token that begins so reads a tenth of the
register for two letters.
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
    tokens = _begun(syllables)
    if name[0] in READ_AS_SURNAMES:
        tokens += _begun(surname_reading(name).split(" "))
    return tokens


def _begun(syllables: list[str]) -> list[str]:
    """One letter of the sound is one first letter: it is stored once."""
    firsts, whole = "".join([syllable[:1] for syllable in syllables]), "".join(syllables)
    begun = ["i" + firsts[:end] for end in range(1, len(firsts) + 1)]
    return begun + ["p" + whole[:end] for end in range(2, len(whole) + 1)]


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

    One to four characters, first letters, pinyin whole or begun, or a name followed by a space and a piece of the address.
    """
    parts = text.split()
    if not parts:
        return []
    first = "".join(parts) if all(part.isascii() for part in parts) else parts[0]
    if first.isascii():
        letters = "".join(char for char in first.lower() if char.isalpha())
        return [["i" + letters], ["p" + letters]] if letters else []
    name = normalise(first) or ""
    rest = [token for part in parts[1:] for token in _address_tokens(part)]
    if len(name) == 1:
        return [["c" + name, *rest]]
    runs = [run for run in name.split("?") if run]  # what nobody can read stands for any character
    lone = ["c" + run for run in runs if len(run) == 1]
    pairs = [pair for run in runs for pair in pairwise(run)]
    exact = lone + ["n" + a + b for a, b in pairs]
    alike = lone + ["h" + reading(a) + reading(b) for a, b in pairs]
    alternatives = [exact, alike] if pairs else [exact]
    if len(first) > 1:
        alternatives.append(list(_address_tokens(first)))
    # an alternative without a token of its own would be borne by everybody
    return [[*tokens, *rest] for tokens in alternatives if tokens] or ([rest] if rest else [])
