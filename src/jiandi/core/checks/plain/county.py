"""A county's tables as plain lists, and what every twin asks of them. Slow, and easy to hold against the law."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from jiandi.core.checks.bridges import MINUTE_DOORS, PHOTO_DOORS
from jiandi.core.checks.ground import SHOULD_CARRY_ID, VERIFYING, VILLAGE_PAPER
from jiandi.core.checks.schema import TABLES, view_of
from jiandi.core.checks.shapes import Limits
from jiandi.core.identity.number import USABLE

Row = Mapping[str, Any]
Ref = tuple[str, int]
Hand = tuple[str, str | None, int | None, str]

NOTHING = {"", "无", "没有", "/", "-", "—", "暂无", "不详", "未知", "空"}


@dataclass(frozen=True)
class Answer:
    """What a rule found, without its sentence: enough to see whether two engines agree."""

    key: str
    person_id: int | None
    sources: frozenset[Ref]
    implicated: frozenset[Hand] = frozenset()
    people: frozenset[int] = frozenset()


Twin = Callable[["County", date, Limits], set[Answer]]


def filled(text: str | None) -> str | None:
    """Return a text, or nothing for what offices write when there is nothing."""
    return None if text is None or text.strip(" ") in NOTHING else text.strip(" ")


def years_between(earlier: date | None, later: date | None) -> int | None:
    """Return completed years from one day to another, or nothing where a day is unknown."""
    if earlier is None or later is None:
        return None
    if later < earlier:
        back = years_between(later, earlier)
        return None if back is None else -back
    before_birthday = (later.month, later.day) < (earlier.month, earlier.day)
    return later.year - earlier.year - before_birthday


def whole(text: str | None) -> int | None:
    """Return an age as a number, or nothing where it is none."""
    return int(text) if text and re.fullmatch(r"-?[0-9]{1,9}", text.strip(" ")) else None


def unit(name: str | None, why: str) -> Hand:
    return ("unit", filled(name), None, why)


def officer(identity: int | None, why: str) -> Hand:
    return ("officer", None, identity, why)


def person(identity: int | None, name: str | None, why: str) -> Hand:
    return ("person", filled(name), identity, why)


def answer(
    rule: str,
    key: Iterable[object],
    person_id: int | None,
    sources: Iterable[Ref],
    hands: Iterable[Hand] = (),
    people: Iterable[int] = (),
) -> Answer:
    """Build an answer as the engine stores it: parts of a key that are unknown are left out, nameless hands too."""
    parts = [rule, *(str(part) for part in key if part is not None)]
    return Answer(
        ":".join(parts),
        person_id,
        frozenset(sources),
        frozenset(h for h in hands if h[1] is not None or h[2] is not None),
        frozenset(people),
    )


def merged(answers: Iterable[Answer]) -> set[Answer]:
    """Join answers of one key: the same question from two rows keeps both rows as its sources."""
    by_key: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        by_key[one.key].append(one)
    return {
        Answer(
            key,
            min((a.person_id for a in same if a.person_id is not None), default=None),
            frozenset().union(*(a.sources for a in same)),
            frozenset().union(*(a.implicated for a in same)),
            frozenset().union(*(a.people for a in same)),
        )
        for key, same in by_key.items()
    }


@dataclass
class Known:
    """What all records together know of one person."""

    verified: bool = False
    has_number: bool = False
    in_police_file: bool = False
    asked_without: bool = False
    adult_role: bool = False
    own_record: bool = False
    has_phone: bool = False
    other_trace: bool = False
    kinds: set[str] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)
    births: list[date] = field(default_factory=list)


class County:
    """The snapshot in memory: `rows("marriage")`, `people`, and what follows from them."""

    def __init__(self, tables: Mapping[str, list[Row]]) -> None:
        self._tables = tables

    def rows(self, kind: str) -> list[Row]:
        """Return the rows of a roster kind, or of people, records, visits, sightings, reports."""
        return self._tables[kind]

    @cached_property
    def people(self) -> dict[int, Row]:
        return {row["person_id"]: row for row in self.rows("people")}

    @cached_property
    def records(self) -> dict[int, Row]:
        return {row["record_id"]: row for row in self.rows("records")}

    @cached_property
    def visits(self) -> dict[int, Row]:
        return {row["visit_id"]: row for row in self.rows("visits")}

    @cached_property
    def hollow(self) -> set[int]:
        """Visits that cannot all have happened: one photograph at several dwellings, one minute at too many doors."""
        photos: dict[Any, list[Row]] = defaultdict(list)
        minutes: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows("visits"):
            if (row["photo_sha"] or "").strip(" ") and row["dwelling_id"] is not None:
                photos[row["officer_id"], row["photo_sha"]].append(row)
            if row["result"] == "met" and row["lat"] is not None and row["started_at"] is not None:
                spot = (round(row["lat"], 4), None if row["lon"] is None else round(row["lon"], 4))
                minutes[row["officer_id"], row["started_at"].replace(second=0, microsecond=0), spot].append(
                    row
                )
        return _too_many_doors(photos, PHOTO_DOORS) | _too_many_doors(minutes, MINUTE_DOORS)

    @cached_property
    def witnessed(self) -> list[Row]:
        """Sightings of the visits that can have taken place."""
        return [row for row in self.rows("sightings") if row["visit_id"] not in self.hollow]

    @cached_property
    def known(self) -> dict[int, Known]:
        """Each person's records, summed up."""
        known: dict[int, Known] = defaultdict(Known)
        for row in self.rows("records"):
            if row["person_id"] is not None:
                _add(known[row["person_id"]], row)
        return known

    @cached_property
    def doubtful(self) -> set[int]:
        """Rows of household registration of adults, late or collective, without a document of origin."""
        books = {row["row_id"] for row in self.rows("hukou") if _is_doubtful(row)}
        return books | {row["row_id"] for row in self.rows("idcard") if _is_village_card(row)}

    @cached_property
    def verified(self) -> set[int]:
        """People whose identity some keeper of an identity file has verified."""
        papers = [*self.rows("hukou"), *self.rows("idcard")]
        doubted = {row["subject_person"] for row in papers if row["row_id"] in self.doubtful}
        return {one for one, known in self.known.items() if known.verified and one not in doubted}

    @cached_property
    def namesake_of(self) -> dict[int, int]:
        """People without identity whom a verified person so resembles that a link is likely missing, and that person."""
        proven = sorted(one for one in self.verified if one in self.people)
        unproven = [row for one, row in self.people.items() if one not in self.verified]
        alike = ((row["person_id"], one) for row in unproven for one in reversed(proven) if _resembles(row, self.people[one]))  # fmt: skip
        return dict(alike)

    @property
    def namesakes(self) -> set[int]:
        """The people of whom a link is likely missing."""
        return set(self.namesake_of)

    @cached_property
    def last_seen(self) -> dict[int, tuple[date, str, int]]:
        """The last day each person was seen in person, and where that stands."""
        last: dict[int, tuple[date, str, int]] = {}
        for who, day, (kind, own) in self._sights():
            if who is not None and day is not None:
                last[who] = max(last.get(who, (date.min, "", 0)), (day, kind, own))
        return last

    def seen_since(self, who: int, since: date) -> bool:
        """Tell whether somebody was seen in person on a day or later."""
        return who in self.last_seen and self.last_seen[who][0] >= since

    def _sights(self) -> Iterable[tuple[int | None, date | None, Ref]]:
        for row in self.witnessed:
            visit = self.visits.get(row["visit_id"])
            if row["present"] == "seen" and visit:
                day = visit["started_at"] and visit["started_at"].date()
                yield row["person_id"], day, ("visit", row["visit_id"])
        for row in self.rows("smd_followup"):
            if row["met"] == "1" and row["mode"] != "3":
                yield row["subject_person"], row["followed_on"], ("row", row["row_id"])
        for row in self.rows("elderly"):
            if not any(word in (row["seen_how"] or "") for word in ("电话", "代", "视频", "网")):
                yield row["subject_person"], row["last_seen_on"], ("row", row["row_id"])
        for row in self.rows("school"):
            yield row["subject_person"], row["class_checked_on"], ("row", row["row_id"])

    def subjects(self, *kinds: str) -> set[int]:
        """Return whom these kinds of file are about."""
        return {row["subject_person"] for kind in kinds for row in self.rows(kind)} - {None}

    def is_alive(self, who: int, at: date) -> bool:
        """Tell whether the register holds somebody who is not known to have died by a day."""
        row = self.people.get(who)
        return row is not None and (row["died_on"] is None or row["died_on"] > at)


def _too_many_doors(groups: Mapping[Any, list[Row]], most: int) -> set[int]:
    doors = {key: {row["dwelling_id"] for row in same} - {None} for key, same in groups.items()}
    return {row["visit_id"] for key, same in groups.items() if len(doors[key]) >= most for row in same}


def is_proven(record: Row | None) -> bool:
    """Tell whether a record holds an identity number that can be relied on."""
    return bool(record and record["id18"] and len(record["id18"]) == 18 and record["id_status"] in USABLE)


def _add(known: Known, row: Row) -> None:
    proven = is_proven(row)
    known.verified |= proven and row["kind"] in VERIFYING
    known.has_number |= proven
    known.in_police_file |= row["kind"] in ("hukou", "idcard")
    known.asked_without |= row["kind"] in SHOULD_CARRY_ID and not proven
    known.adult_role |= row["role"] in (1, 2, 4, 5)
    known.own_record |= row["role"] < 6
    known.has_phone |= filled(row["phone"]) is not None
    known.other_trace |= row["kind"] not in ("marriage", "birth", "school", "hukou", "screening")
    known.kinds.add(row["kind"])
    known.rows.append(row["row_id"])
    if row["birth_on"]:
        known.births.append(row["birth_on"])


def _is_village_card(row: Row) -> bool:
    """Tell whether a grown person's first card rests on a paper of the village."""
    age = years_between(row["birth"], row["issued_on"])
    first, basis = "首" in (row["issue_kind"] or ""), row["basis"] or ""
    return first and age is not None and age >= 18 and bool(re.search(VILLAGE_PAPER, basis))


def _is_doubtful(row: Row) -> bool:
    age = years_between(row["birth"], row["entered_on"])
    reason, kind = row["entry_reason"], row["hukou_kind"] or ""
    paper = filled(row["origin_document"])
    if (
        (paper is not None and not re.search(VILLAGE_PAPER, paper))
        or age is None
        or age < 16
        or reason is None
    ):
        return False
    return any(word in reason for word in ("补录", "集体", "其他")) or (
        "集体" in kind and "出生" not in reason
    )


def _resembles(row: Row, other: Row) -> bool:
    """Tell whether a person without identity may be a verified one: the very day, the village, or the household."""
    if row["sex"] is not None and other["sex"] is not None and row["sex"] != other["sex"]:
        return False
    apart = (
        abs(row["birth_on"].year - other["birth_on"].year) if row["birth_on"] and other["birth_on"] else None
    )
    year_only = bool(row["birth_on"]) and (row["birth_on"].month, row["birth_on"].day) == (1, 1)
    if row["name"] is not None and row["name"] == other["name"]:
        if row["birth_on"] and not year_only and row["birth_on"] == other["birth_on"]:
            return True
        same_village = row["village"] is not None and row["village"] == other["village"]
        if same_village and (apart is None or apart <= (2 if year_only else 1)):
            return True
    same_home = row["household_id"] is not None and row["household_id"] == other["household_id"]
    if not same_home or apart is None or apart > 1 or two_births(row["birth_on"], other["birth_on"]):
        return False
    return shares_part(row["name"], other["name"])


def two_births(one: date, other: date) -> bool:
    """Tell whether two days are two birthdays: a slip leaves a part of one standing, the other calendar moves it by weeks."""
    if (1, 1) in ((one.month, one.day), (other.month, other.day)):
        return False
    differ = one.year != other.year and one.month != other.month and one.day != other.day
    return differ and abs((one - other).days) > 60


def shares_part(name: str | None, other: str | None, first: int = 0) -> bool:
    """Tell whether two names have a character in the same one of the first three places."""
    pairs = list(zip((name or "").ljust(3)[first:3], (other or "").ljust(3)[first:3], strict=True))
    return name is not None and other is not None and any(a == b != " " for a, b in pairs)


def read_county(con: duckdb.DuckDBPyConnection) -> County:
    """Read the canonical views of a run into memory."""
    tables: dict[str, list[Row]] = {}
    for table in TABLES:
        found = con.execute(f"SELECT * FROM {view_of(table)}")
        names = [column[0] for column in found.description or ()]
        tables[table.removeprefix("rows_")] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return County(tables)


def answers_of(con: duckdb.DuckDBPyConnection, rule: str) -> set[Answer]:
    """Read what the engine found, in the shape of a twin's answers."""
    found = con.execute(
        "SELECT key, person_id, sources, implicated, people FROM findings WHERE rule = ?", [rule]
    ).fetchall()
    return {
        Answer(
            key,
            person_id,
            frozenset((one["kind"], one["id"]) for one in sources),
            frozenset((one["kind"], one["name"], one["id"], one["why"]) for one in implicated),
            frozenset(people),
        )
        for key, person_id, sources, implicated, people in found
    }
