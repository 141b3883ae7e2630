"""The slow, readable twin of stages 1 and 3: plain Python, one row at a time, held against the SQL by generated cases.

Read this page to know the rules; `same_number` and `decide` only say them again for whole tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jiandi.core.linkage.comparisons import QUESTIONS
from jiandi.core.linkage.settings import ORDINARY, Settings


@dataclass(frozen=True, slots=True)
class Row:
    """A cleaned record as far as stage 1 looks at it; names have a surname of one character here."""

    record_id: int
    number: int | None
    name: str | None
    sound: str | None
    sex: int | None
    sex_stated: bool
    birth: int | None
    birth_lun: int | None
    birth_stated: bool
    village: int | None
    rank: int = ORDINARY
    roster: int = 0
    duplicate_free: bool = False


def _same_birth(row: Row, owner: Row) -> bool:
    if not (row.birth_stated and owner.birth_stated) or row.birth is None or owner.birth is None:
        return False
    return row.birth in (owner.birth, owner.birth_lun) or row.birth_lun == owner.birth


def _shares_character(row: Row, owner: Row) -> bool:
    given, other = (row.name or "")[1:3], (owner.name or "")[1:3]
    return (row.name or "")[:1] == (owner.name or "")[:1] and bool(set(given) & set(other))


def _twins(row: Row, owner: Row, rows: Sequence[Row]) -> list[Row]:
    """Return people born the same day, of the same sex, in the same village, under another number."""
    village = row.village if row.village is not None else owner.village
    return [
        other
        for other in rows
        if other.birth is not None and other.birth == row.birth and other.sex is not None and other.sex == row.sex
        and other.village is not None and other.village == village and other.number != row.number
        and (other.rank == 0 or other.number is not None)
    ]  # fmt: skip


def _other_sex(row: Row, owner: Row) -> bool:
    """Whether the row itself states another sex; a sex read off the number says nothing of the row."""
    return row.sex_stated and owner.sex is not None and row.sex != owner.sex


def _two_rows(row: Row, owner: Row) -> bool:
    return row.duplicate_free and owner.duplicate_free and row.roster == owner.roster


def judge_same_number(row: Row, owner: Row, rows: Sequence[Row]) -> str:
    """Return the rule by which a row joins the owner of its number, or "conflict"."""
    if row.name is None or owner.name is None:
        return "conflict"
    if row.name == owner.name:
        return "same_name"
    if _other_sex(row, owner) or _two_rows(row, owner):
        return "conflict"
    same_birth = _same_birth(row, owner)
    if row.sound == owner.sound and not _against(row, owner, same_birth):
        return "same_sound"
    if not same_birth:
        return "conflict"
    return _alias(row, owner, _twins(row, owner, rows))


def _against(row: Row, owner: Row, same_birth: bool) -> bool:
    if (
        not (row.birth_stated and owner.birth_stated)
        or same_birth
        or row.birth is None
        or owner.birth is None
    ):
        return False
    return row.birth // 10000 != owner.birth // 10000


def _alias(row: Row, owner: Row, twins: Sequence[Row]) -> str:
    """Judge a row whose sex and stated birth date are the owner's but whose name is not."""
    if sorted(row.name or "") == sorted(owner.name or ""):
        return "turned_name"
    if (
        row.birth != owner.birth
    ):  # a lunar date that happens to be the owner's is too little under another name
        return "conflict"
    if _shares_character(row, owner) and not any(
        (twin.name or "")[:1] == (row.name or "")[:1] for twin in twins
    ):
        return "part_of_name"
    stated = row.sex_stated and owner.sex_stated
    if stated and row.village is not None and row.village == owner.village and not twins:
        return "other_name"
    return "conflict"


def owner_of(group: Sequence[Row]) -> Row:
    """Return the row that stands for a number: the highest authority's, else the commonest name's, else the first."""
    best = min(row.rank for row in group)
    if best < ORDINARY:
        return min(group, key=lambda row: (row.rank, row.record_id))
    bearers: dict[str | None, int] = defaultdict(int)
    for row in group:
        bearers[row.name] += 1
    if len({row.name for row in group if row.name is not None}) < 2:
        return min(group, key=lambda row: row.record_id)
    return min(group, key=lambda row: (-bearers[row.name], row.record_id))


def settle_by_number(rows: Sequence[Row]) -> dict[int, tuple[int, str]]:
    """Return (owner's record id, rule) for every row with a usable number; conflicts carry the rule "conflict"."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.number is not None:
            groups[row.number].append(row)
    settled = {}
    for group in groups.values():
        owner = owner_of(group)
        for row in group:
            rule = "owner" if row is owner else judge_same_number(row, owner, rows)
            settled[row.record_id] = (owner.record_id, rule)
    return settled


@dataclass(frozen=True, slots=True)
class Offer:
    """A person an unsettled row might be: the best weight, and the answers of each compared pair with that person."""

    entity: int
    weight: float
    pairs: tuple[dict[str, str], ...]
    weights: tuple[float, ...]
    years_apart: tuple[int | None, ...]
    vague_birth: tuple[bool, ...]


Verdict = Literal["auto", "review", "new"]


def _pillars(
    answers: dict[str, str], weight: float, years: int | None, vague: bool, settings: Settings
) -> bool:
    """Whether two independent pillars agree on one pair."""
    name = answers["name"] in ("same", "same_sound")
    date = answers["birth"] in ("same", "lunar")
    village = answers["village"] in ("same", "same_door")
    phone = answers["phone"] == "same"
    near_name = answers["name"] in ("same", "same_sound", "look_alike")
    near = answers["birth"] in ("same", "same_new_year", "lunar", "one_edit")
    age = near or (vague and years is not None and years <= 1)
    ageless = (age or answers["birth"] == "missing") and answers["sex"] != "else"
    by_door = answers["name"] == "same" and ageless and answers["village"] == "same_door"
    by_birth = name and date and (village or phone or weight >= settings.pillar_weight)
    return (
        (_near_id(answers) and (name or (date and near_name)))
        or by_birth
        or (answers["name"] == "same" and age and phone and village)
        or by_door
    )


def _sex_differs(answers: dict[str, str]) -> bool:
    """Whether the sexes differ and no number and name together outweigh it (twins' numbers are one digit apart)."""
    outweighed = _near_id(answers) and answers["name"] in ("same", "same_sound")
    return answers["sex"] == "else" and not outweighed


def _near_id(answers: dict[str, str]) -> bool:
    return answers["id"] in ("same_valid", "one_edit")


def decide(
    offers: Sequence[Offer], *, untrusted: bool, two_rows: frozenset[int], settings: Settings
) -> tuple[Verdict, int | None, str | None]:
    """Return the verdict on one unsettled row, the person it concerns, and why it is not automatic.

    `two_rows` holds the people who already have a row in the row's own duplicate-free roster.
    """
    ordered = sorted(offers, key=lambda offer: (-offer.weight, offer.entity))
    if not ordered or ordered[0].weight < settings.review_weight:
        return "new", None, None
    best = ordered[0]
    margin = best.weight - ordered[1].weight if len(ordered) > 1 else None
    pairs = list(zip(best.pairs, best.weights, best.years_apart, best.vague_birth, strict=True))
    reasons = (
        ("untrusted_id", untrusted),
        ("two_rows", best.entity in two_rows),
        ("sex_differs", any(map(_sex_differs, best.pairs))),
        ("low_weight", best.weight < settings.auto_weight),
        ("close_second", margin is not None and margin < settings.auto_margin),
        ("thin_evidence", not any(_pillars(*pair, settings) for pair in pairs)),
    )
    reason = next((word for word, holds in reasons if holds), None)
    return ("review" if reason else "auto"), best.entity, reason


WORDS = {question.word: tuple(level.word for level in question.levels) for question in QUESTIONS}
