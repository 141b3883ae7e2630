"""Plain twins of R17, R18 and R19."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from jiandi.core.checks.plain.county import (
    Answer,
    County,
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
from jiandi.core.checks.rules.children import CARER_WORDS
from jiandi.core.checks.shapes import Limits


def parents_unproven(county: County, at: date, limits: Limits) -> set[Answer]:
    """R17: a child was registered late without a birth certificate, or shares a certificate with another child."""
    return merged([*_late_children(county, at, limits), *_shared_certificates(county)])


def _late_children(county: County, at: date, limits: Limits) -> Iterator[Answer]:
    certified = {row["child_person"] for row in county.rows("birth")} - {None}
    first = min((row["child_birth"] for row in county.rows("birth") if row["child_birth"]), default=None)
    late = timedelta(days=limits.whole("late_days"))
    for row in county.rows("hukou"):
        born, entered, who = row["birth"], row["entered_on"], row["subject_person"]
        if not born or not entered or first is None or born < first or who in certified:
            continue
        age = years_between(born, at)
        paper = re.search("出生医学证明|亲子鉴定|收养", row["origin_document"] or "")
        told = re.search("补录|其他|出生", row["entry_reason"] or "")
        if age is not None and age < 18 and entered - born > late and told and not paper:
            yield answer("R17", (who, "late"), who, [("row", row["row_id"])])


def _shared_certificates(county: County) -> Iterator[Answer]:
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in county.rows("birth"):
        number = filled(row["certificate_no"])
        if number is not None:
            by_number[number].append(row)
    for rows in by_number.values():
        named = [row for row in rows if row["child_person"] is not None]
        if len({row["child_person"] for row in named}) < 2:
            continue
        ends: list[Ref] = [("row", pick(row["row_id"] for row in named)) for pick in (min, max)]
        for row in rows:
            who = row["child_person"]
            hands = [unit(row["issuer"], "issued")]
            yield answer("R17", (who, "certificate"), who, [("row", row["row_id"]), *ends], hands)


def barred_carer(county: County, at: date, limits: Limits) -> set[Answer]:
    """R18: the person who looks after a child is one the law bars, by the latest answer of an official query."""
    answers: dict[int, list[Row]] = defaultdict(list)
    for row in county.rows("official_query"):
        if row["queried_on"] and row["queried_on"] <= at:
            for who in _asked_about(county, row):
                answers[who].append(row)
    latest = {
        who: max(rows, key=lambda row: (row["queried_on"], row["row_id"])) for who, rows in answers.items()
    }
    found = []
    for child, carer, name, row_id in _cared_for(county):
        if carer in latest and latest[carer]["answer"] == "有":
            sources: list[Ref] = [("row", row_id), ("row", latest[carer]["row_id"])]
            found.append(answer("R18", (child, carer), child, sources, [person(carer, name, "guardian")]))
    return merged(found)


def _asked_about(county: County, query: Row) -> set[int]:
    """Return whom a query was about: the person named, or whoever holds the number asked about."""
    if query["subject_person"] is not None:
        return {query["subject_person"]}
    record = county.records.get(query["row_id"] * 8)
    if record is None or not is_proven(record):
        return set()
    same = (row for row in county.rows("records") if is_proven(row) and row["id18"] == record["id18"])
    return {row["person_id"] for row in same} - {None}


def _cared_for(county: County) -> Iterator[tuple[int | None, int, str | None, int]]:
    for kind, column, named in (
        ("lbc", "guardian_person", True),
        ("orphan", "guardian_person", True),
        ("school", "guardian_person", True),
        ("school", "guardian2_person", False),
    ):
        for row in county.rows(kind):
            if row[column] is not None:
                yield (
                    row["subject_person"],
                    row[column],
                    row["guardian_name"] if named else None,
                    row["row_id"],
                )


def left_without_contact(county: County, at: date, limits: Limits) -> set[Answer]:
    """R19: a left-behind child has had no contact with a parent for weeks, or lives alone under sixteen."""
    return merged([*_by_ledger(county, at, limits), *_untended(county, at)])


def _by_ledger(county: County, at: date, limits: Limits) -> Iterator[Answer]:
    newest: dict[int | None, date] = {}
    for row in county.rows("lbc"):
        if row["last_parent_contact_on"]:
            newest[row["roster_id"]] = max(
                newest.get(row["roster_id"], date.min), row["last_parent_contact_on"]
            )
    for row in county.rows("lbc"):
        who, last = row["subject_person"], row["last_parent_contact_on"]
        known = county.people.get(who)
        age = years_between((known and known["birth_on"]) or row["birth"], at)
        if age is None or age >= 16:
            continue
        if last and (newest[row["roster_id"]] - last).days > limits["contact_days"]:
            hands = [person(row["guardian_person"], row["guardian_name"], "guardian")]
            yield answer("R19", (who, "contact"), who, [("row", row["row_id"])], hands)
        living = row["living"] or ""
        if re.search("独居|独自|单独|自己住|一个人|无人", living) and not re.search("非独|不独", living):
            yield answer("R19", (who, "alone"), who, [("row", row["row_id"])])


def _untended(county: County, at: date) -> Iterator[Answer]:
    told: list[tuple[int | None, Ref, str | None]] = [
        (row["subject_person"], ("row", row["row_id"]), row["note"]) for row in county.rows("left_behind")
    ]
    for row in county.witnessed:
        words = "。".join(part for part in (filled(row["need"]), filled(row["words"])) if part is not None)
        told.append((row["person_id"], ("visit", row["visit_id"]), words))
    for who, ref, text in told:
        known = county.people.get(who) if who is not None else None
        age = years_between(known["birth_on"], at) if known and known["died_on"] is None else None
        if age is not None and age < 16 and re.search(CARER_WORDS, text or ""):
            yield answer("R19", (who, "carer"), who, [ref])
