"""Whom a sweep found, held against the register: on a list, on none so far, or to be asked again at the door.

A wrong "on no list" invents a hidden person; a wrong "on a list" hides one. So only a name that is the same, with sex
and age that fit and nobody else it could be, is linked without asking; every other doubt goes back to the field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jiandi.core.names.normal import normalise, shape_key, split_name
from jiandi.core.names.pinyin import pinyin_key

#: Said ages are round: so many years apart may still be one person, and so many are the same year for linking alone.
YEARS_APART, YEARS_SURE = 3, 1
MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody the sweep found living in an area of a village; sex 1 male, 2 female; what is unknown is None."""

    id: int
    name: str
    village: int
    sex: int | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody the register knows from at least one roster."""

    id: int
    name: str
    village: int | None
    sex: int | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The person of the register, where it is sure; else whom it could be, the likeliest first (perhaps nobody)."""

    heard: int
    listed: int | None
    candidates: tuple[int, ...] = ()


def link_heard(heard: Sequence[Heard], listed: Iterable[Listed]) -> list[Link]:
    """Link what a sweep found to the register, one entry to one person; the answers follow the order of `heard`."""
    by_key: dict[str, list[Listed]] = {}
    for person in listed:
        for key in _keys(person.name):
            by_key.setdefault(key, []).append(person)
    taken: set[int] = set()
    links = []
    for one in heard:
        ranked = _ranked(one, by_key, taken)
        likely = [(person, score) for person, score in ranked if score >= _LIKELY]
        if len(likely) == 1 and likely[0][1] >= _SURE:
            taken.add(likely[0][0].id)
            links.append(Link(one.id, likely[0][0].id))
        else:
            links.append(Link(one.id, None, tuple(person.id for person, _ in ranked[:MOST_CANDIDATES])))
    return links


#: Same name 2, same village 1, same year of birth 1, same sex told 1. A doubt about any, or a second person of whom three of
#: them are true, is a question for the door: taking somebody unlisted for a namesake would make the lists look better.
_SURE, _LIKELY = 5, 4


def _ranked(one: Heard, by_key: dict[str, list[Listed]], taken: set[int]) -> list[tuple[Listed, int]]:
    found = {
        person.id: person
        for key in _keys(one.name)
        for person in by_key.get(key, ())
        if person.id not in taken and _could_be(one, person)
    }
    scored = [(person, _score(one, person)) for person in found.values()]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].id))


def _could_be(one: Heard, person: Listed) -> bool:
    if one.sex and person.sex and one.sex != person.sex:
        return False
    apart = _apart(one, person)
    return apart is None or apart <= YEARS_APART


def _score(one: Heard, person: Listed) -> int:
    apart = _apart(one, person)
    return (
        2 * (normalise(one.name) == normalise(person.name))
        + (one.village == person.village)
        + (apart is not None and apart <= YEARS_SURE)
        + bool(one.sex and one.sex == person.sex)
    )


def _apart(one: Heard, person: Listed) -> int | None:
    if one.birth_year is None or person.birth_year is None:
        return None
    return abs(one.birth_year - person.birth_year)


def _keys(name: str) -> set[str]:
    """How a name may be met again: as written, as it looks, as it sounds; and its given name with another surname."""
    clean = normalise(name)
    if clean is None:
        return set()
    given = split_name(clean)[1]
    return {clean, f"s:{shape_key(clean)}", f"p:{pinyin_key(clean)}"} | (
        {f"g:{given}"} if len(given) > 1 else set()
    )
