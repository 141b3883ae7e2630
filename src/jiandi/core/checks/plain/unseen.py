"""Plain twins of R14b, R15 and R24."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from jiandi.core.checks.plain.county import Answer, County, Hand, Ref, Row, answer, filled, merged, officer
from jiandi.core.checks.rules.earlier import ALL_WELL, NOT_MET
from jiandi.core.checks.rules.unseen import NO_ANSWER_WORDS
from jiandi.core.checks.rules.visits import FILES, LIVING_HERE
from jiandi.core.checks.shapes import Limits


def nobody_saw(county: County, at: date, limits: Limits) -> set[Answer]:
    """R14b: people on rosters of those to be visited were not seen in person within the days of their tier.

    One question for each village and whoever called at their doors last.
    """
    calls, groups = _calls(county, at), defaultdict(list)
    for who, (days, _, row_id) in _tiers(county, limits).items():
        since = at - timedelta(days=days)
        if county.is_alive(who, at) and not county.seen_since(who, since):
            recent = [call for call in calls.get(who, []) if call[0] >= since]
            visit = county.visits[max(recent)[1]] if recent else None
            last = county.last_seen.get(who)
            sources: list[Ref] = [("row", row_id), *([last[1:]] if last else [])]
            caller = visit["officer_id"] if visit else None
            groups[county.people[who]["village"], caller].append((who, sources, visit))
    return {_of_one_caller(key, unseen) for key, unseen in groups.items()}


def _of_one_caller(
    key: tuple[int | None, int | None], unseen: list[tuple[int, list[Ref], Row | None]]
) -> Answer:
    visits = [visit for _, _, visit in unseen if visit]
    units = [visit["unit_id"] for visit in visits if visit["unit_id"] is not None]
    hands: list[Hand] = [officer(key[1], "visited"), ("unit", None, min(units, default=None), "visited")]
    sources = [
        *(ref for _, refs, _ in unseen for ref in refs),
        *(("visit", visit["visit_id"]) for visit in visits),
    ]
    parts = ["-" if part is None else part for part in key]
    return answer("R14b", parts, None, sources, hands, [who for who, _, _ in unseen])


def screened_unseen(county: County, at: date, limits: Limits) -> set[Answer]:
    """R14c: an earlier round returned that all is well with people it had not seen, and nobody has seen them since."""
    found = []
    for row in county.rows("screening"):
        who, day, screener = row["subject_person"], row["screened_on"], filled(row["screener"])
        if (
            who is None
            or day is None
            or day > at
            or not county.is_alive(who, at)
            or county.seen_since(who, day)
        ):
            continue
        if re.search(ALL_WELL, row["result"] or "") and re.search(NOT_MET, row["seen_how"] or ""):
            village = county.people[who]["village"]
            key = ["-" if part is None else part for part in (village, screener)]
            hands: list[Hand] = [("officer", screener, None, "visited")]
            found.append(answer("R14c", [*key, day.year], None, [("row", row["row_id"])], hands, [who]))
    return merged(found)


def _tiers(county: County, limits: Limits) -> dict[int, tuple[int, int, int]]:
    """Return for everybody who is to be visited the strictest tier: its days, its rank, the row."""
    listed: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for rank, (kind, _, _, limit) in enumerate(FILES):
        for row in county.rows(kind):
            if row["subject_person"] is not None and (kind != "disability" or row["grade"] in ("1", "2")):
                listed[row["subject_person"]].append((limits.whole(limit), rank, row["row_id"]))
    return {who: min(tiers) for who, tiers in listed.items()}


def _calls(county: County, at: date) -> dict[int, list[tuple[date, int]]]:
    """Return the day and id of every visit that names somebody or was at the door, up to a day."""
    calls: dict[int, list[tuple[date, int]]] = defaultdict(list)
    named = {(row["visit_id"], row["person_id"]) for row in county.rows("sightings")}
    for visit in county.rows("visits"):
        day = visit["started_at"] and visit["started_at"].date()
        if day is None or day > at:
            continue
        for who, person in county.people.items():
            at_door = visit["dwelling_id"] is not None and visit["dwelling_id"] == person["dwelling_id"]
            at_home = visit["household_id"] is not None and visit["household_id"] == person["household_id"]
            if at_door or at_home or (visit["visit_id"], who) in named:
                calls[who].append((day, visit["visit_id"]))
    return calls


def named_but_not_in_the_house(county: County, at: date, limits: Limits) -> set[Answer]:
    """R15: school, clinic or another file knows somebody whom the census of the household does not."""
    answered, found = _answered(county), []
    for who, rows in _named_here(county).items():
        if not _is_outside(county, who, at, limits):
            continue
        ends = [pick(row["row_id"] for row in rows) for pick in (min, max)]
        visit = county.visits.get(answered.get(county.people[who]["household_id"], 0))
        if visit and not _is_mentioned(county, visit["visit_id"], who):
            hands = [officer(visit["officer_id"], "visited"), ("unit", None, visit["unit_id"], "visited")]
            sources: list[Ref] = [("row", ends[0]), ("visit", visit["visit_id"])]
            found.append(answer("R15", (who, "visit"), who, sources, hands))
        elif (
            len({row["kind"] for row in rows}) >= limits["kinds_of_record"]
            or not county.known[who].has_number
        ):
            found.append(answer("R15", (who,), who, [("row", end) for end in ends]))
    return merged(found)


def _named_here(county: County) -> dict[int, list[Row]]:
    named: dict[int, list[Row]] = defaultdict(list)
    for row in county.rows("records"):
        if row["kind"] in LIVING_HERE and row["role"] < 6 and row["person_id"] is not None:
            named[row["person_id"]].append(row)
    return named


def _is_outside(county: County, who: int, at: date, limits: Limits) -> bool:
    """Tell whether no census holds somebody, nobody met or answered for the person, and no link is likely missing."""
    known = county.people.get(who)
    if known is None or known["died_on"] is not None or who in county.namesakes:
        return False
    answered_for = any(
        row["person_id"] == who and row["present"] in ("seen", "not_here", "dead") for row in county.witnessed
    )
    met = county.seen_since(who, at - timedelta(days=limits.whole("seen_days")))
    return not answered_for and not met and who not in county.subjects("hukou", "residence")


def _answered(county: County) -> dict[int | None, int]:
    """Return the last visit at which somebody of a household opened the door, told by the household or its doors."""
    last: dict[int | None, int] = {}
    for visit, row in county.visits.items():
        if row["result"] != "met" or visit in county.hollow:
            continue
        door = row["dwelling_id"]
        homes = {one["household_id"] for one in county.people.values() if door is not None and one["dwelling_id"] == door}  # fmt: skip
        for home in (homes | {row["household_id"]}) - {None}:
            last[home] = max(last.get(home, visit), visit)
    return last


def _is_mentioned(county: County, visit: int, who: int) -> bool:
    return any(row["visit_id"] == visit and row["person_id"] == who for row in county.rows("sightings"))


def alone_and_no_answer(county: County, at: date, limits: Limits) -> set[Answer]:
    """R24: an old person living alone did not answer the door again and again."""
    since, found = at - timedelta(days=limits.whole("window_days")), []
    alone: dict[int, list[int]] = defaultdict(list)
    for row in county.rows("left_behind"):
        if row["subject_person"] is not None and "独居" in (row["category"] or ""):
            alone[row["subject_person"]].append(row["row_id"])
    for who, rows in alone.items():
        known = county.people.get(who)
        if known is None or known["died_on"] is not None:
            continue
        seen = county.last_seen[who][0] if who in county.last_seen else date.min
        shut = {ref for day, ref in _knocks(county, known, since) if day >= since and day > seen}
        if len(shut) >= limits["knocks"]:
            found.append(answer("R24", (who,), who, [("row", min(rows)), *shut]))
    return merged(found)


def _knocks(county: County, known: Row, since: date) -> Iterator[tuple[date, Ref]]:
    for visit, row in county.visits.items():
        same = any(row[key] is not None and row[key] == known[key] for key in ("dwelling_id", "household_id"))
        if same and row["result"] == "no_contact" and row["started_at"]:
            yield row["started_at"].date(), ("visit", visit)
    for kind, column, dated in (("hotline", "body", True), ("left_behind", "note", False)):
        for row in county.rows(kind):
            day = row["received_on"] if dated else since
            if (
                row["subject_person"] == known["person_id"]
                and day
                and re.search(NO_ANSWER_WORDS, row[column] or "")
            ):
                yield day, ("row", row["row_id"])
