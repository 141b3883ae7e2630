"""Plain twins of R12b, R12c and R23."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Ref,
    Row,
    answer,
    merged,
    person,
    years_between,
)
from jiandi.core.checks.rules.benefits import SUPPORTED
from jiandi.core.checks.rules.unseen import GONE
from jiandi.core.checks.shapes import Limits

INSTITUTION = "委员会|敬老院|福利院|养老院|供养|服务中心|医院|公司"
Drawn = dict[tuple[int, int], list[Row]]


def _drawn(county: County, kinds: tuple[str, ...]) -> Drawn:
    """Return whose benefit somebody else draws, but for people cared for in a home."""
    homes = {row["subject_person"] for row in county.rows("tekun") if "集中" in (row["support_kind"] or "")}
    drawn: Drawn = defaultdict(list)
    for row in (row for kind in kinds for row in county.rows(kind)):
        who, payee = row["subject_person"], row["guardian2_person"]
        if who in county.people and payee is not None and payee != who and who not in homes:
            drawn[who, payee].append(row)
    return drawn


def _payee_name(county: County, payee: int, rows: list[Row]) -> str | None:
    written = max((row["guardian2_name"] for row in rows if row["guardian2_name"] is not None), default=None)
    if written is not None or payee not in county.people:
        return written
    name: str | None = county.people[payee]["name"]
    return name


def payee_of_many(county: County, at: date, limits: Limits) -> set[Answer]:
    """R12b: one person, not an institution, draws the benefits of many people who are not of the household."""
    strangers: Drawn = {}
    for (who, payee), rows in _drawn(county, ("dibao", "subsidy", "elderly", "payment")).items():
        known = county.people.get(payee)
        same = county.people[who]["household_id"] == (known and known["household_id"])
        private = [row for row in rows if not re.search(INSTITUTION, row["guardian2_name"] or "")]
        if private and not same:
            strangers[who, payee] = private
    homes = {(payee, county.people[who]["household_id"]) for who, payee in strangers}
    many = Counter(payee for payee, home in homes if home is not None)
    return merged(
        answer(
            "R12b",
            (who, payee),
            who,
            [_oldest(rows)],
            [person(payee, _payee_name(county, payee, rows), "payee")],
        )
        for (who, payee), rows in strangers.items()
        if many[payee] >= limits["households"]
    )


def _oldest(rows: list[Row]) -> Ref:
    return ("row", min(row["row_id"] for row in rows))


def stranger_draws_for_the_unfound(county: County, at: date, limits: Limits) -> set[Answer]:
    """R12c: somebody of another household draws a benefit, and the person is not found where the files say."""
    since = at - timedelta(days=limits.whole("unseen_days"))
    gone = _unfound(county)
    found = []
    for (who, payee), rows in _drawn(county, ("dibao", "elderly", "payment")).items():
        known = county.people.get(payee)
        homes = [county.people[who]["household_id"], known["household_id"] if known else None]
        apart = None not in homes and homes[0] != homes[1]
        if apart and who in gone and county.is_alive(who, at) and not county.seen_since(who, since):
            hands = [person(payee, _payee_name(county, payee, rows), "payee")]
            found.append(answer("R12c", (who, payee), who, [_oldest(rows), gone[who]], hands))
    return merged(found)


def _unfound(county: County) -> dict[int, Ref]:
    """Return where it stands that somebody is not found: a list's own words first, else the earliest visit."""
    signs: dict[int, list[tuple[bool, int, Ref]]] = defaultdict(list)
    for row in county.rows("left_behind"):
        if row["subject_person"] is not None and re.search(GONE, row["note"] or ""):
            signs[row["subject_person"]].append((False, row["row_id"], ("row", row["row_id"])))
    for row in county.witnessed:
        known = row["visit_id"] in county.visits and row["present"] in ("not_here", "unknown")
        if known and row["person_id"] is not None:
            signs[row["person_id"]].append((True, row["visit_id"], ("visit", row["visit_id"])))
    return {who: min(found)[2] for who, found in signs.items()}


def entitled_not_served(county: County, at: date, limits: Limits) -> set[Answer]:
    """R23: a person is entitled by the files to a subsidy or to destitute care and is in no file of it."""
    return merged([*_unsubsidised(county, at, limits), *_destitute(county, at)])


def _unsubsidised(county: County, at: date, limits: Limits) -> Iterator[Answer]:
    since = at - timedelta(days=limits.whole("decision_days"))
    served = county.subjects("subsidy")
    living = {
        row["subject_person"] for row in county.rows("subsidy") if "生活" in (row["subsidy_kind"] or "")
    }
    for row in county.rows("disability"):
        who, grade = row["subject_person"], row["grade"]
        known = county.people.get(who)
        if not known or known["died_on"] or (row["issued_on"] and row["issued_on"] >= since):
            continue
        if grade in ("1", "2") and who not in served:
            yield answer("R23", (who, "care"), who, [("row", row["row_id"])])
        poor = _row_of(county, "dibao", who)
        mild = grade is not None and grade not in ("1", "2")
        if poor is not None and who not in living and (who in served or mild):
            yield answer("R23", (who, "living"), who, [("row", row["row_id"]), ("row", poor)])


def _row_of(
    county: County, kind: str, who: int, column: str = "", values: tuple[str, ...] = ()
) -> int | None:
    rows = [row for row in county.rows(kind) if row["subject_person"] == who]
    return min((row["row_id"] for row in rows if not column or row[column] in values), default=None)


def _destitute(county: County, at: date) -> Iterator[Answer]:
    if not county.rows("tekun") or not county.rows("dibao"):
        return
    helped = county.subjects("tekun", "dibao", "orphan")
    helped |= {
        row["subject_person"] for row in county.rows("left_behind") if re.search(SUPPORTED, row["note"] or "")
    }
    homes: dict[int, list[int]] = defaultdict(list)
    for who, row in county.people.items():
        if row["household_id"] is not None and row["died_on"] is None:
            homes[row["household_id"]].append(who)
    for who in (home[0] for home in homes.values() if len(home) == 1 and home[0] not in helped):
        severe = _row_of(county, "disability", who, "grade", ("1", "2"))
        single = _row_of(county, "hukou", who, "marital", ("10",))
        age = years_between(county.people[who]["birth_on"], at)
        if severe is not None or (single is not None and age is not None and age >= 60):
            row_id = severe if severe is not None else single
            yield answer("R23", (who, "destitute"), who, [("row", row_id)] if row_id is not None else [])
