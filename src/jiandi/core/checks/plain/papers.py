"""Plain twins of R3, R25 and R27."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Row,
    answer,
    filled,
    is_proven,
    merged,
    person,
    unit,
    whole,
    years_between,
)
from jiandi.core.checks.shapes import Limits

PAPERS = ("marriage", "birth", "hukou", "idcard", "clinic", "school", "antenatal")
POLICE = ("hukou", "idcard")


class Pair(NamedTuple):
    """Two papers that name somebody differently."""

    who: int | None
    spouse: tuple[int | None, str | None]
    first: tuple[str | None, int | None, int]
    second: tuple[str | None, int | None, int]


def documents_disagree(county: County, at: date, limits: Limits) -> set[Answer]:
    """R3: documents about one person, or about one place in a family, name two people."""
    found = [
        answer("R3", (one.who,), one.who, [("row", one.first[2]), ("row", one.second[2])], [person(*one.spouse, "spouse")])
        for pairs in (_wife_and_mother, _wife_and_parent, _wife_and_patient, _one_person)
        for one in pairs(county)
        if _disagree(one, limits.whole("birth_years_apart"))
    ]  # fmt: skip
    return merged([*found, *_one_number(county)])


def _disagree(one: Pair, years: int) -> bool:
    (name, born, _), (other, other_born, _) = one.first, one.second
    if name is None or other is None or name == other:
        return False
    return born is None or other_born is None or abs(born - other_born) >= years


def _wives(county: County) -> list[Row]:
    return [row for row in county.rows("marriage") if row["husband_person"] is not None]


def _first(wife: Row) -> tuple[str | None, int | None, int]:
    return wife["wife_name"], wife["wife_birth"] and wife["wife_birth"].year, wife["row_id"]


def _wife_and_mother(county: County) -> Iterator[Pair]:
    wives = _wives(county)
    couples = {(row["husband_person"], row["wife_person"]) for row in wives}
    for row in county.rows("birth"):
        father, mother = row["father_person"], row["mother_person"]
        if father is None or mother is None or (father, mother) in couples or row["child_birth"] is None:
            continue
        for wife in wives:
            before = wife["registered_on"] is not None and wife["registered_on"] <= row["child_birth"]
            proven = wife["wife_person"] in county.verified and mother in county.verified
            if wife["husband_person"] == father and before and not proven:
                born = row["mother_birth"] and row["mother_birth"].year
                spouse = (father, wife["husband_name"])
                yield Pair(mother, spouse, _first(wife), (row["mother_name"], born, row["row_id"]))


def _is_open(county: County, who: int | None) -> bool:
    return who not in county.verified and who not in county.namesakes


def _wife_and_parent(county: County) -> Iterator[Pair]:
    for row in county.rows("school"):
        for man, woman in (("guardian", "guardian2"), ("guardian2", "guardian")):
            mother = row[f"{woman}_person"]
            for wife in _wives(county):
                own = wife["wife_person"]
                same = wife["husband_person"] == row[f"{man}_person"]
                if same and None not in (own, mother) and own != mother and _is_open(county, own) and _is_open(county, mother):  # fmt: skip
                    spouse = (wife["husband_person"], wife["husband_name"])
                    yield Pair(own, spouse, _first(wife), (row[f"{woman}_name"], None, row["row_id"]))


def _wife_and_patient(county: County) -> Iterator[Pair]:
    for row in county.rows("clinic"):
        came = re.fullmatch(r"(丈夫|配偶)[:： ]?([一-龥]{2,4})", row["companion"] or "")
        if not came or row["subject_person"] is None:
            continue
        age, day = whole(row["age"]), row["visited_on"]
        second = (row["name"], day.year - age if day and age is not None else None, row["row_id"])
        for wife in _wives(county):
            own, patient = wife["wife_person"], row["subject_person"]
            same = wife["husband_name"] == came[2] and None not in (wife["village"], own) and wife["village"] == row["village"]  # fmt: skip
            if same and own != patient and _is_open(county, own) and _is_open(county, patient):
                yield Pair(own, (wife["husband_person"], wife["husband_name"]), _first(wife), second)


def _one_person(county: County) -> Iterator[Pair]:
    papers: dict[int, list[Row]] = defaultdict(list)
    for row in county.rows("records"):
        if row["kind"] in PAPERS and row["person_id"] is not None and row["birth_on"]:
            papers[row["person_id"]].append(row)
    for who, rows in papers.items():
        named = [row for row in rows if filled(row["name"]) is not None]
        if not named:
            continue
        ends = [pick(named, key=lambda row: (row["birth_on"].year, row["record_id"])) for pick in (min, max)]
        a, b = ends
        former = {filled(row["former_name"]) for row in county.rows("hukou") if row["subject_person"] == who}
        apart = a["birth_on"].year != b["birth_on"].year and not ({a["name"], b["name"]} & (former - {None}))
        if apart and _wholly_apart(a["name"], b["name"]):
            first, second = ((row["name"], row["birth_on"].year, row["row_id"]) for row in ends)
            yield Pair(who, (None, None), first, second)


def _wholly_apart(name: str, other: str) -> bool:
    """Tell whether surname and given name both differ."""
    return name[:1] != other[:1] and name[1:] != other[1:]


def _one_number(county: County) -> Iterator[Answer]:
    holders: dict[str, dict[int, Row]] = defaultdict(dict)
    papered = [
        row
        for row in county.rows("records")
        if row["kind"] in ("hukou", "idcard", "marriage", "birth")
        and is_proven(row) and filled(row["name"]) is not None and row["person_id"] in county.people
    ]  # fmt: skip
    for row in sorted(papered, key=lambda row: (row["kind"] not in POLICE, row["record_id"])):
        holders[row["id18"]].setdefault(row["person_id"], row)
    for same in holders.values():
        for who, a in same.items():
            for other, b in same.items():
                homes = [county.people[one]["household_id"] for one in (who, other)]
                books = a["kind"] in POLICE and b["kind"] in POLICE
                if who != other and homes[0] != homes[1] and _wholly_apart(a["name"], b["name"]) and not books:  # fmt: skip
                    yield answer("R3", (who, "number"), who, [("row", a["row_id"]), ("row", b["row_id"])])


def under_another_name(county: County, at: date, limits: Limits) -> set[Answer]:
    """R25: a delivery or a hospital stay cannot have been that of the person named."""
    return merged(
        [*_close_births(county, limits), *_strange_stays(county, limits), *_two_beds(county, limits)]
    )


def _close_births(county: County, limits: Limits) -> Iterator[Answer]:
    births: dict[int, list[Row]] = defaultdict(list)
    for row in county.rows("birth"):
        if row["mother_person"] is not None and row["child_birth"]:
            births[row["mother_person"]].append(row)
    for who, rows in births.items():
        rows.sort(key=lambda row: (row["child_birth"], row["row_id"]))
        for before, row in zip(rows, rows[1:], strict=False):
            days = (row["child_birth"] - before["child_birth"]).days
            if limits["twin_days"] < days <= limits["pregnancy_days"]:
                sources = [("row", row["row_id"]), ("row", before["row_id"])]
                yield answer("R25", (who, "births"), who, sources, [unit(row["issuer"], "issued")])


def _strange_stays(county: County, limits: Limits) -> Iterator[Answer]:
    for row in county.rows("clinic"):
        known = county.people.get(row["subject_person"])
        if not known or "住院" not in (row["visit_kind"] or "") or not row["name"] or not known["name"]:
            continue
        age, true_age = whole(row["age"]), years_between(known["birth_on"], row["visited_on"])
        if age is None or true_age is None or row["name"][0] == known["name"][0]:
            continue
        if abs(age - true_age) >= limits["age_apart"]:
            hands = [unit(row["facility"], "attended"), person(None, row["companion"], "companion")]
            who = row["subject_person"]
            yield answer("R25", (who, "stay", row["visited_on"]), who, [("row", row["row_id"])], hands)


def _two_beds(county: County, limits: Limits) -> Iterator[Answer]:
    days: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for row in county.rows("clinic"):
        if row["subject_person"] is not None and row["facility"] is not None and row["visited_on"]:
            days[row["subject_person"], row["visited_on"]].append(row)
    for (who, day), rows in days.items():
        for a in rows:
            for b in rows:
                if a["facility"] < b["facility"] and _cannot_be_one(a, b, limits):
                    hands = [unit(a["facility"], "attended"), unit(b["facility"], "attended")]
                    sources = [("row", a["row_id"]), ("row", b["row_id"])]
                    yield answer("R25", (who, "two", day), who, sources, hands)


def _cannot_be_one(a: Row, b: Row, limits: Limits) -> bool:
    stays = all("住院" in (row["visit_kind"] or "") for row in (a, b))
    ages, sexes = [whole(row["age"]) for row in (a, b)], [filled(row["sex"]) for row in (a, b)]
    old = None not in ages and abs((ages[0] or 0) - (ages[1] or 0)) >= limits["ages_differ"]
    return stays or old or (None not in sexes and sexes[0] != sexes[1])


_AUTHORITY = re.compile(r"公安|检察|法院|司法")
_PLACE = re.compile(r"(.{2,8}?)(市|县|区|省|州|旗)?(人民|公安|中级|高级|检察|司法|法院)")


def arrivals_of_an_old_case(county: County, at: date, limits: Limits) -> set[Answer]:
    """R27: a wife's file names somebody about whom an authority answered yes, or the place of that case, in those years."""
    found = []
    for query in county.rows("official_query"):
        asked, day = query["queried_by"] or "", query["queried_on"]
        if query["answer"] != "有" or not _AUTHORITY.search(asked) or day is None or day > at:
            continue
        for row in county.rows("marriage"):
            if row["wife_person"] is not None and _is_of_the_case(county, row, query, limits):
                hands = [
                    unit(row["registry_office"], "registered"),
                    unit(row["certificate_issuer"], "certified"),
                    person(row["husband_person"], row["husband_name"], "spouse"),
                ]
                sources = [("row", row["row_id"]), ("row", query["row_id"])]
                found.append(answer("R27", (row["wife_person"], day), row["wife_person"], sources, hands))
    return merged(found)


def _is_of_the_case(county: County, row: Row, query: Row, limits: Limits) -> bool:
    slip, broker = filled(row["slip"]), filled(query["name"]) or ""
    if slip is None:
        return False
    if len(broker) >= 2 and broker in slip:
        return True
    place = _PLACE.match(query["queried_by"])
    era = timedelta(days=limits.whole("era_days"))
    near = row["registered_on"] is not None and abs(query["queried_on"] - row["registered_on"]) <= era
    return bool(place and place[1] in slip and near and row["wife_person"] not in county.verified)
