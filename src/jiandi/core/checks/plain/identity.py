"""Plain twins of R1, R4 and R6."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Hand,
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


def married_without_papers(county: County, at: date, limits: Limits) -> set[Answer]:
    """R1: a party to a marriage has no valid identity in its file, and in no other file."""
    return merged(_parties_without_papers(county))


def _parties_without_papers(county: County) -> Iterator[Answer]:
    for row in county.rows("marriage"):
        for role, code, other in (("wife", 2, "husband"), ("husband", 1, "wife")):
            who = row[f"{role}_person"]
            documents = filled(row["wife_documents"]) if role == "wife" else None
            record = county.records.get(row["row_id"] * 8 + code)
            poor = documents is not None and "身份证" not in documents and "户口" not in documents
            if who in county.verified or who in county.namesakes or (is_proven(record) and not poor):
                continue
            if _is_at_home(county, row[f"{other}_person"], 2 if role == "wife" else 1, row[f"{role}_birth"]):
                continue
            certificate = filled(row["certificate_no"]) or row["registered_on"] or "undated"
            hands: list[Hand] = [
                unit(row["registry_office"], "registered"),
                unit(row["certificate_issuer"], "certified"),
            ]
            hands.append(person(row[f"{other}_person"], row[f"{other}_name"], "spouse"))
            yield answer("R1", (who, certificate), who, [("row", row["row_id"])], hands)


def _is_at_home(county: County, spouse: int | None, sex: int, born: date | None) -> bool:
    """Tell whether a verified person of that sex and age lives in the other party's household."""
    home = county.people[spouse]["household_id"] if spouse in county.people else None
    if home is None or born is None:
        return False
    kin = [county.people[one] for one in county.verified if one in county.people]
    kin = [row for row in kin if row["household_id"] == home and row["sex"] == sex and row["birth_on"]]
    return any(abs(row["birth_on"].year - born.year) <= 1 for row in kin)


def adult_without_identity(county: County, at: date, limits: Limits) -> set[Answer]:
    """R4: an adult appears in the records and has no identity, or one that rests on no document."""
    found = [
        _origin(row)
        for row in county.rows("hukou")
        if row["row_id"] == _first_doubt(county, "hukou", row["subject_person"])
    ]
    found += [
        answer("R4", (row["subject_person"], "card"), row["subject_person"], [("row", row["row_id"])], [unit(row["issuer"], "issued")])
        for row in county.rows("idcard")
        if row["row_id"] == _first_doubt(county, "idcard", row["subject_person"])
    ]  # fmt: skip
    for who, row in county.people.items():
        if who in county.known and _is_unknown(county, row, at, limits):
            rows = county.known[who].rows
            visit = _visit_without_card(county, who)
            sources = [("row", min(rows)), ("row", max(rows))] + (
                [("visit", visit)] if visit is not None else []
            )
            found.append(answer("R4", (who,), who, sources))
    return merged(found)


def _origin(row: Row) -> Answer:
    return answer("R4", (row["subject_person"], "origin"), row["subject_person"], [("row", row["row_id"])])


def _first_doubt(county: County, kind: str, who: int | None) -> int | None:
    return min(
        (
            row["row_id"]
            for row in county.rows(kind)
            if row["subject_person"] == who and row["row_id"] in county.doubtful
        ),
        default=None,
    )


def _visit_without_card(county: County, who: int) -> int | None:
    visits = [
        row["visit_id"] for row in county.witnessed if row["person_id"] == who and row["own_id"] == "no"
    ]
    return min((visit for visit in visits if visit is not None), default=None)


def _is_unknown(county: County, row: Row, at: date, limits: Limits) -> bool:
    known = county.known[row["person_id"]]
    if (
        known.in_police_file
        or known.verified
        or known.has_number
        or not known.asked_without
        or not known.own_record
    ):
        return False
    if row["person_id"] in county.namesakes:
        return False
    if row["died_on"] and row["died_on"] <= at:
        return False
    born = row["birth_on"] or min(known.births, default=None)
    if born is None and not known.adult_role:
        return False
    if born is not None and (at - born).days < limits["adult_age"] * 365.25 + limits["card_grace_days"]:
        return False
    visit = _visit_without_card(county, row["person_id"])
    seen = any(one["person_id"] == row["person_id"] and one["present"] == "seen" for one in county.witnessed)
    return len(known.kinds) + seen >= limits["kinds_of_record"] or known.adult_role or visit is not None


def unattended_birth(county: County, at: date, limits: Limits) -> set[Answer]:
    """R6: a child was born without antenatal care or certificate to a woman whose identity nobody can verify."""
    booked = [day for row in county.rows("antenatal") if (day := row["booked_on"] or row["due_on"])]
    if not booked:
        return set()
    since = min(booked) + timedelta(days=300)
    births = [*_certified(county, since), *_entered_late(county, since)]
    oldest = at - timedelta(days=limits.whole("look_back_days"))
    found = []
    for mother, born, row_id, hands in births:
        if (
            mother is None
            or mother in county.namesakes
            or (mother in county.known and county.known[mother].has_number)
            or mother in county.verified
            or born < oldest
            or _was_cared_for(county, mother, born, limits)
        ):
            continue
        found.append(answer("R6", (mother,), mother, [("row", row_id)], hands))
    return merged(found)


Birth = tuple[int | None, date, int, list[Hand]]


def _certified(county: County, since: date) -> Iterator[Birth]:
    for row in county.rows("birth"):
        if row["child_birth"] and row["child_birth"] >= since:
            hands = [
                unit(row["attendant"], "attended"),
                person(row["father_person"], row["father_name"], "kin"),
            ]
            yield row["mother_person"], row["child_birth"], row["row_id"], hands


def _entered_late(county: County, since: date) -> Iterator[Birth]:
    first = min((row["child_birth"] for row in county.rows("birth") if row["child_birth"]), default=None)
    certified = {row["child_person"] for row in county.rows("birth")}
    for row in county.rows("hukou"):
        child = county.people.get(row["subject_person"])
        late = any(word in (row["entry_reason"] or "") for word in ("补录", "其他"))
        if not child or not late or row["subject_person"] in certified or row["birth"] is None:
            continue
        if row["birth"] < max(first or since, since):
            continue
        for woman in _women_without_identity(county, child["household_id"]):
            age = years_between(
                woman["birth_on"] or min(county.known[woman["person_id"]].births, default=None), row["birth"]
            )
            if age is None or 14 <= age <= 50:
                yield woman["person_id"], row["birth"], row["row_id"], []


def _women_without_identity(county: County, household: int | None) -> Iterator[Row]:
    for who, row in county.people.items():
        same = household is not None and row["household_id"] == household
        told_of = who in county.known and (county.known[who].adult_role or row["birth_on"])
        if same and row["sex"] == 2 and told_of and who not in county.verified:
            yield row


def _was_cared_for(county: County, mother: int, born: date, limits: Limits) -> bool:
    earliest, latest = born - timedelta(days=limits.whole("antenatal_days")), born + timedelta(days=30)
    days = [
        row["booked_on"] or row["due_on"]
        for row in county.rows("antenatal")
        if row["subject_person"] == mother
    ]
    return any(day and earliest <= day <= latest for day in days)
