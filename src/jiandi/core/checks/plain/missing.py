"""Plain twins of R20 and R21."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from jiandi.core.checks import likeness
from jiandi.core.checks.ground import COMMON
from jiandi.core.checks.plain.county import Answer, County, Ref, Row, answer, filled, merged, whole
from jiandi.core.checks.rules.missing import BETWEEN_MARKS, MARK_SHARE, MARKED, TONGUE
from jiandi.core.checks.shapes import Limits
from jiandi.core.names.normal import normalise, shape_key
from jiandi.core.names.pinyin import reading


class Described(NamedTuple):
    """Somebody whose origin nobody knows, and what is written of the person."""

    who: int
    ref: Ref
    name: str | None
    sex: str | None
    born: int
    since: date | None
    words: frozenset[str]
    tongue: str | None
    examined: bool


def descriptions_alike(county: County, at: date, limits: Limits) -> set[Answer]:
    """R20: a person whose origin nobody knows is described like somebody who is missed elsewhere."""
    missed = [(row, _words(_joined(row["marks"], row["dialect"], row["missing_from"]))) for row in county.rows("missing") if row["dna"] != "比中"]  # fmt: skip
    described = list(_described(county))
    often = Counter(word for one in described for word in one.words)
    common = {
        word for word, times in often.items() if times > max(3, len(described) * limits["common_share"])
    }
    found = []
    for one in described:
        for row, words in missed:
            shared = (one.words & words) - common
            if len(shared) < limits["shared_words"] or not _may_be(one, row, limits.whole("years_apart")):
                continue
            if likeness.weight(_compared(one, row)) >= limits["least_weight"]:
                sources: list[Ref] = [one.ref, ("row", row["row_id"])]
                found.append(answer("R20", (one.who, row["subject_person"]), one.who, sources))
    return merged(found)


def _compared(one: Described, row: Row) -> dict[str, Any]:
    """Put what is known of both side by side, in the columns of the comparisons."""
    marks = [pairs for mark in re.split(BETWEEN_MARKS, row["marks"] or "") if (pairs := _words(mark))]
    agreed = sum(len(pairs & one.words) >= MARK_SHARE * len(pairs) for pairs in marks)
    names = [normalise(name) if name is not None else None for name in (one.name, row["name"])]
    sounds = [" ".join(map(reading, name)) if name else None for name in names]
    shapes = [shape_key(name) if name else None for name in names]
    return {
        "born_l": one.born,
        "born_r": row["birth"].year,
        "agreed": agreed if marks else None,
        "unlisted": len(marks) - agreed,
        "examined": one.examined,
        "place_words": len(_words(row["missing_from"] or "") & one.words),
        "tongue_l": one.tongue,
        "tongue_r": _tongue(row["dialect"]),
        "py_l": sounds[0],
        "py_r": sounds[1],
        "shape_l": shapes[0],
        "shape_r": shapes[1],
    }


def _tongue(words: str | None) -> str | None:
    found = re.search(TONGUE, words or "")
    return found[1] if found else None


def _may_be(one: Described, row: Row, years: int) -> bool:
    """Tell whether sex, age and the order of the days allow two descriptions to be of one person."""
    if row["birth"] is None or one.sex is None or one.sex != row["sex"] or one.who == row["subject_person"]:
        return False
    late = one.since is None or row["missing_on"] is None or one.since >= row["missing_on"]
    return late and abs(one.born - row["birth"].year) <= years


def _joined(*parts: str | None) -> str:
    return "；".join(part for part in parts if part is not None)


def _words(text: str) -> frozenset[str]:
    """Return the pairs of characters of a description, but for those too common to say anything."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    return frozenset(
        pair for pair in pairs if re.fullmatch("[一-龥]{2}", pair) and not re.fullmatch(COMMON, pair)
    )


def _described(county: County) -> Iterator[Described]:
    for told in (*_in_a_station(county), *_in_the_county(county)):
        if told.who is not None and told.born is not None and filled(told.text) is not None:
            yield Described(
                told.who, told.ref, told.name, told.sex, told.born, told.since, _words(told.text), _tongue(told.spoken), told.examined
            )  # fmt: skip


class Telling(NamedTuple):
    """One thing written of somebody, before it is known to say enough."""

    who: int | None
    ref: Ref
    name: str | None
    sex: str | None
    born: int | None
    since: date | None
    text: str
    spoken: str | None
    examined: bool = False


def _in_a_station(county: County) -> Iterator[Telling]:
    for row in county.rows("unknown_identity"):
        age, since = whole(row["age"]), row["entered_on"]
        if row["dna"] != "比中":
            born = since.year - age if since and age is not None else None
            text, ref = _joined(row["marks"], row["dialect"], row["found_at"]), ("row", row["row_id"])
            yield Telling(
                row["subject_person"], ref, row["name"], row["sex"], born, since, text, row["dialect"], True
            )


def _in_the_county(county: County) -> Iterator[Telling]:
    """People whose identity no file verifies, and words that may speak of where they come from."""
    for row in county.rows("marriage"):
        who, slip = row["wife_person"], filled(row["slip"])
        known = county.people.get(who)
        day = (known and known["birth_on"]) or row["wife_birth"]
        if who not in county.verified:
            ref, born = ("row", row["row_id"]), day and day.year
            yield Telling(who, ref, row["wife_name"], "2", born, row["registered_on"], slip or "", slip)
    told: list[tuple[int | None, Ref, str]] = [
        (row["subject_person"], ("row", row["row_id"]), row["diagnosis"])
        for row in county.rows("clinic")
        if re.search(MARKED, row["diagnosis"] or "")
    ]
    told += [
        (row["person_id"], ("visit", row["visit_id"]), row["words"] or "") for row in county.rows("sightings")
    ]
    for who, ref, words in told:
        known = county.people.get(who) if who is not None else None
        if known and known["birth_on"] and who not in county.verified:
            sex = None if known["sex"] is None else str(known["sex"])
            yield Telling(who, ref, known["name"], sex, known["birth_on"].year, None, words, words)


def no_match_is_no_clearance(county: County, at: date, limits: Limits) -> set[Answer]:
    """R21: a person of unknown identity was compared without a match, or never compared: the question stays open."""
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in county.rows("unknown_identity"):
        if row["subject_person"] is not None:
            rows[row["subject_person"]].append(row)
    found = []
    for who, own in rows.items():
        last = max(own, key=lambda row: (row["dna_on"] or row["entered_on"] or date.min, row["row_id"]))
        if last["dna"] == "未比中":
            found.append(answer("R21", (who, "again"), who, [("row", last["row_id"])]))
        late = last["entered_on"] and last["entered_on"] < at - timedelta(days=limits.whole("sample_days"))
        if last["dna"] in (None, "未采") and last["dna_on"] is None and late:
            found.append(answer("R21", (who, "never"), who, [("row", last["row_id"])]))
    return merged(found)
