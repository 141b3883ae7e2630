"""Plain twins of R8, R9 and R9b."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from math import exp, factorial

from jiandi.core.checks.plain.county import Answer, County, Ref, answer, filled, merged, years_between
from jiandi.core.checks.rules.illness import CLUE, IMPAIRED, NOT_CLUE, SIX
from jiandi.core.checks.shapes import Limits

Told = tuple[int, Ref, str, bool]
"""Whom a text is about, where it stands, what it says, and whether a doctor wrote it."""


def _told(county: County) -> Iterator[Told]:
    for row in county.rows("sightings"):
        said = [text for text in (filled(row["need"]), filled(row["words"])) if text is not None]
        if row["person_id"] is not None and said:
            yield row["person_id"], ("visit", row["visit_id"]), re.sub(NOT_CLUE, "", "，".join(said)), False
    for kind, column in (("clinic", "diagnosis"), ("hotline", "body"), ("left_behind", "note")):
        for row in county.rows(kind):
            text = row[column]
            if row["subject_person"] is None or filled(text) is None:
                continue
            said_of = re.sub(NOT_CLUE, "", text) if kind == "hotline" else text
            yield row["subject_person"], ("row", row["row_id"]), said_of, kind == "clinic"


def impaired_without_service(county: County, at: date, limits: Limits) -> set[Answer]:
    """R8: an adult with signs of impairment is in none of the files through which help would come."""
    served = county.subjects("disability", "subsidy", "tekun", "smd")
    found = []
    for who, ref, text, _ in _told(county):
        age = years_between(county.people[who]["birth_on"], at) if who in county.people else None
        if re.search(IMPAIRED, text) and who not in served and county.is_alive(who, at) and (age is None or age >= 18):  # fmt: skip
            found.append(answer("R8", (who,), who, [ref]))
    return merged(found)


def clue_outside_the_file(county: County, at: date, limits: Limits) -> set[Answer]:
    """R9: somebody is spoken of, or treated, as severely mentally ill and stands in no file that brings treatment."""
    on_file = county.subjects("smd")
    return merged(
        answer("R9", (who,), who, [ref])
        for who, ref, text, by_doctor in _told(county)
        if re.search(SIX if by_doctor else f"{SIX}|{CLUE}", text)
        and who not in on_file
        and county.is_alive(who, at)
    )


def town_rate_too_low(county: County, at: date, limits: Limits) -> set[Answer]:
    """R9b: a town's file of severe mental disorder holds far fewer people than live with it anywhere."""
    on_file, patients = county.subjects("smd"), Counter[int]()
    towns: dict[int, int] = defaultdict(int)
    for who, row in county.people.items():
        if row["town"] is not None and row["died_on"] is None:
            towns[row["town"]] += 1
            patients[row["town"]] += who in on_file
    low = {
        town
        for town, people in towns.items()
        if _at_most(patients[town], people * limits["per_thousand"] / 1000) < limits["chance"]
    }
    return merged(answer("R9b", (town,), None, []) for town in low)


def _at_most(seen: int, expected: float) -> float:
    """Return the Poisson chance of at most `seen`."""
    return exp(-expected) * sum(expected**count / factorial(count) for count in range(seen + 1))
