"""Plain twins of R2, R5 and R7."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Hand,
    Ref,
    Row,
    answer,
    filled,
    is_proven,
    merged,
    person,
    unit,
    years_between,
)
from jiandi.core.checks.shapes import Limits


class Party(NamedTuple):
    """One side of a registration: who, beside whom, and the number of the record that names the person."""

    row: Row
    who: int | None
    spouse: int | None
    record_id: int
    hands: list[Hand]


def _parties(county: County) -> Iterator[Party]:
    for row in county.rows("marriage"):
        for role, code, other in (("wife", 2, "husband"), ("husband", 1, "wife")):
            spouse = row[f"{other}_person"]
            hands = [unit(row["registry_office"], "registered"), unit(row["certificate_issuer"], "certified")]
            hands.append(person(spouse, row[f"{other}_name"], "spouse"))
            yield Party(row, row[f"{role}_person"], spouse, row["row_id"] * 8 + code, hands)


def dated_backwards(county: County, at: date, limits: Limits) -> set[Answer]:
    """R2: a marriage is dated long before its file came into being, and no archive was typed in anew."""
    gap = timedelta(days=limits.whole("backdate_days"))
    late = [
        one
        for one in _parties(county)
        if one.record_id % 8 == 2
        and one.row["registered_on"] and one.row["entered_on"]
        and one.row["entered_on"] - one.row["registered_on"] > gap
        and not (one.row["registration_kind"] or "").startswith("补")
    ]  # fmt: skip
    same_day = Counter((one.row["registry_office"], one.row["entered_on"]) for one in late)
    return merged(
        answer("R2", (one.who, _certificate(one.row)), one.who, [("row", one.row["row_id"])], one.hands)
        for one in late
        if same_day[one.row["registry_office"], one.row["entered_on"]] < limits["bulk_files"]
    )


def _certificate(row: Row) -> object:
    return filled(row["certificate_no"]) or row["registered_on"] or "undated"


def spouse_without_trace(county: County, at: date, limits: Limits) -> set[Answer]:
    """R5: a spouse who lives here left no trace but in the papers of the family, and the marriage shows no number."""
    since = at - timedelta(days=limits.whole("settled_days"))
    lives = _lives_here(county)
    born_here = {
        row["subject_person"] for row in county.rows("hukou") if "出生" in (row["entry_reason"] or "")
    }
    found = []
    for one in _parties(county):
        registered = one.row["registered_on"]
        if one.who not in lives or registered is None or registered > since:
            continue
        who = county.namesake_of.get(one.who, one.who)
        if is_proven(county.records.get(one.record_id)) or who in born_here:
            continue
        if _is_silent(county, one.who) and _is_silent(county, who):
            _, ref = lives[one.who]
            sources: list[Ref] = [("row", one.row["row_id"]), *([ref] if ref else [])]
            found.append(answer("R5", (who,), who, sources, one.hands))
    return merged(found)


def _is_silent(county: County, who: int) -> bool:
    known = county.known.get(who)
    return known is not None and not known.other_trace and not known.has_phone


def _lives_here(county: County) -> dict[int, tuple[str, Ref | None]]:
    """Return how each person is known to live here, the strongest sign first, and where that stands."""
    signs: dict[int, tuple[str, int, Ref | None]] = {}

    def told(who: int | None, how: str, ref: Ref | None) -> None:
        if who is not None:
            sign = (how, ref[1] if ref else 0, ref)
            signs[who] = min(signs.get(who, sign), sign, key=lambda known: known[:2])

    for row in county.rows("birth"):
        told(row["mother_person"], "child", ("row", row["row_id"]))
        told(row["father_person"], "child", ("row", row["row_id"]))
    for row in county.witnessed:
        if row["present"] == "seen":
            told(row["person_id"], "seen", ("visit", row["visit_id"]))
    for one in _parties(county):
        home = county.people.get(one.spouse) if one.spouse in county.verified else None
        if home and home["household_id"] is not None and home["died_on"] is None:
            told(one.who, "spouse", None)
    return {who: (how, ref) for who, (how, _, ref) in signs.items()}


def too_young(county: County, at: date, limits: Limits) -> set[Answer]:
    """R7: by the dates, a person married or conceived below the age the law protects."""
    oldest = at - timedelta(days=limits.whole("look_back_days"))
    found = []
    for what, row, day, who, written, hands in _early(county, limits):
        known = county.people.get(who) if who is not None else None
        born = (known and known["birth_on"]) or written
        age = years_between(born, day)
        least = limits["marriage_age" if what == "marriage" else "conception_age"]
        if day and day >= oldest and age is not None and 8 <= age < least:
            found.append(answer("R7", (who, what), who, [("row", row["row_id"])], hands))
    return merged(found)


Early = tuple[str, Row, date | None, int | None, date | None, list[Hand]]


def _early(county: County, limits: Limits) -> Iterator[Early]:
    term = timedelta(days=limits.whole("pregnancy_days"))
    for row in county.rows("marriage"):
        day = row["registered_on"]
        if day and day >= date(1981, 1, 1):
            hands = [unit(row["registry_office"], "registered"), person(row["husband_person"], row["husband_name"], "spouse")]  # fmt: skip
            yield "marriage", row, day, row["wife_person"], row["wife_birth"], hands
    for row in county.rows("birth"):
        day = row["child_birth"] and row["child_birth"] - term
        hands = [unit(row["issuer"], "issued"), person(row["father_person"], row["father_name"], "spouse")]
        yield "conception", row, day, row["mother_person"], row["mother_birth"], hands
