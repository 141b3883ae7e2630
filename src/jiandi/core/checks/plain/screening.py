"""Plain twins of R14, R16 and R28."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import exp, log
from typing import Any

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Hand,
    Ref,
    Row,
    answer,
    is_proven,
    merged,
    officer,
    shares_part,
    two_births,
    unit,
    years_between,
)
from jiandi.core.checks.shapes import Limits
from jiandi.core.numbering import ROW_BITS


def _hands(visits: list[Row]) -> list[Hand]:
    units = [row["unit_id"] for row in visits if row["unit_id"] is not None]
    return [officer(visits[0]["officer_id"], "visited"), ("unit", None, min(units, default=None), "visited")]


def _doors(visits: list[Row]) -> int:
    return len({row["dwelling_id"] for row in visits if row["dwelling_id"] is not None})


def visits_that_cannot_be(county: County, at: date, limits: Limits) -> set[Answer]:
    """R14: visits share a photograph, or too many doors were entered in one minute from one spot."""
    photos: dict[Any, list[Row]] = defaultdict(list)
    minutes: dict[Any, list[Row]] = defaultdict(list)
    for row in county.rows("visits"):
        if (row["photo_sha"] or "").strip() and row["dwelling_id"] is not None:
            photos[row["officer_id"], row["photo_sha"]].append(row)
        if row["result"] == "met" and row["lat"] is not None and row["started_at"] is not None:
            minute = row["started_at"].replace(second=0, microsecond=0)
            spot = (round(row["lat"], 4), None if row["lon"] is None else round(row["lon"], 4))
            minutes[row["officer_id"], minute, spot].append(row)
    found = []
    for (who, sha), same in photos.items():
        if _doors(same) >= limits["photo_doors"]:
            found.append(_visits_answer(("photo", who, sha), same))
    for (who, minute, _), same in minutes.items():
        if _doors(same) >= limits["minute_doors"]:
            found.append(_visits_answer(("minute", who, minute), same))
    return merged(found)


def _visits_answer(key: Iterable[object], visits: list[Row]) -> Answer:
    return answer("R14", key, None, [("visit", row["visit_id"]) for row in visits], _hands(visits))


def not_in_class(county: County, at: date, limits: Limits) -> set[Answer]:
    """R16: a child of school age lives here by two signs and is in no classroom."""
    found: list[Answer] = []
    for who, row in county.people.items():
        if not _is_of_school_age(row, at, limits) or who in county.namesakes or _is_stray(county, row):
            continue
        found += _pupil(county, who, at, limits)
    return merged(found)


def _is_of_school_age(row: Row, at: date, limits: Limits) -> bool:
    term = date(at.year if at >= date(at.year, 9, 1) else at.year - 1, 8, 31)
    age, at_term = years_between(row["birth_on"], at), years_between(row["birth_on"], term)
    if age is None or at_term is None or row["died_on"]:
        return False
    return at_term >= limits["from_age"] and age <= limits["to_age"]


def _pupil(county: County, who: int, at: date, limits: Limits) -> Iterator[Answer]:
    rows = [row for row in county.rows("school") if row["subject_person"] == who]
    said = max(rows, key=lambda row: row["class_checked_on"] or date.min, default=None)
    placed = any(row["status"] in ("在校", "休学", "转出") for row in rows)
    seen, away, visit = _visited(county, who)
    book, service = _first(county, ("hukou",), who), _service(county, who, at, limits)
    lives_here = seen or said is not None or (service is not None and book is not None)
    if not placed and not away and lives_here:
        refs = [
            ("row", said["row_id"] if said else None),
            ("row", book),
            ("row", service),
            ("visit", visit if seen else None),
        ]
        sources: list[Ref] = [(kind, own) for kind, own in refs if own is not None]
        yield answer("R16", (who, "school"), who, sources)
    if (
        said
        and placed
        and county.rows("hukou")
        and not _is_kept(county, who)
        and not _is_twice(county, who, at, limits)
    ):
        yield answer("R16", (who, "book"), who, [("row", said["row_id"])])
    limit = at - timedelta(days=limits.whole("class_days"))
    file = said["row_id"] >> ROW_BITS if said else None
    blanks = [
        row["class_checked_on"] is None for row in county.rows("school") if row["row_id"] >> ROW_BITS == file
    ]
    blank_tells = bool(blanks) and sum(blanks) / len(blanks) <= limits["blank_share"]
    late = said and (blank_tells if said["class_checked_on"] is None else said["class_checked_on"] < limit)
    if said and said["status"] == "在校" and late:
        yield answer("R16", (who, "class"), who, [("row", said["row_id"])], [unit(said["school"], "school")])


def _is_kept(county: County, who: int) -> bool:
    """Tell whether any book holds a child, or any record carries the child's own number."""
    books = ("hukou", "residence", "insurance", "idcard", "birth")
    return any(
        row["kind"] in books or is_proven(row) for row in county.rows("records") if row["person_id"] == who
    )


def _is_twice(county: County, who: int, at: date, limits: Limits) -> bool:
    """Tell whether a child of a book of the village, in no school, is most likely this pupil under another spelling."""
    enrolled = {row["subject_person"] for row in county.rows("school")}
    return any(
        other != who and other not in enrolled and _first(county, ("hukou",), other) is not None
        and _is_alike(row, county.people[who]) and _is_of_school_age(row, at, limits)
        for other, row in county.people.items()
    )  # fmt: skip


def _is_stray(county: County, row: Row) -> bool:
    """Tell whether a pupil of the village, in no household book or facing a child in none, is this child misspelt."""
    placed = {
        one["subject_person"] for one in county.rows("school") if one["status"] in ("在校", "休学", "转出")
    }
    own = _first(county, ("hukou",), row["person_id"])
    for who in placed - {row["person_id"], None}:
        pupil = county.people.get(who)
        if pupil and _is_alike(row, pupil) and (own is None or _first(county, ("hukou",), who) is None):
            return True
    return False


def _is_alike(row: Row, pupil: Row) -> bool:
    same = all(row[key] is not None and row[key] == pupil[key] for key in ("village", "sex"))
    if not same or not row["birth_on"] or not pupil["birth_on"] or not row["name"] or not pupil["name"]:
        return False
    named = row["name"][0] == pupil["name"][0] and (
        row["name"] == pupil["name"] or shares_part(row["name"], pupil["name"], 1)
    )
    near = abs(row["birth_on"].year - pupil["birth_on"].year) <= 1
    return named and near and not two_births(row["birth_on"], pupil["birth_on"])


def _visited(county: County, who: int) -> tuple[bool, bool, int | None]:
    """Return whether a child was seen, is away by all accounts, and the first visit that speaks of the child."""
    own = [
        (row, county.visits[row["visit_id"]])
        for row in county.witnessed
        if row["person_id"] == who and row["visit_id"] in county.visits
    ]
    seen = any(row["present"] == "seen" for row, _ in own)
    away = any(
        row["present"] in ("away", "not_here", "dead") or visit["result"] == "moved" for row, visit in own
    )
    return seen, away and not seen, min((row["visit_id"] for row, _ in own), default=None)


def _first(county: County, kinds: Iterable[str], who: int) -> int | None:
    return min(
        (row["row_id"] for kind in kinds for row in county.rows(kind) if row["subject_person"] == who),
        default=None,
    )


def _service(county: County, who: int, at: date, limits: Limits) -> int | None:
    since = at - timedelta(days=limits.whole("trace_days"))
    listed = _first(county, ("lbc", "orphan", "left_behind", "disability", "dibao", "tekun"), who)
    treated = [
        row["row_id"]
        for row in county.rows("clinic")
        if row["subject_person"] == who and row["visited_on"] and row["visited_on"] >= since
    ]
    return min([*treated, *([listed] if listed is not None else [])], default=None)


def too_perfect(county: County, at: date, limits: Limits) -> set[Answer]:
    """R28: a return without one unanswered door, need or unlisted person, over too many doors for chance."""
    troubled = {row["visit_id"] for row in county.rows("sightings") if _is_trouble(row)}
    returns: dict[tuple[int, int | None], list[Row]] = defaultdict(list)
    for row in county.rows("visits"):
        if row["village"] is not None:
            returns[row["village"], row["officer_id"]].append(row)

    def imperfect(visits: list[Row]) -> int:
        return sum(
            row["result"] is not None and row["result"] != "met" or row["visit_id"] in troubled
            for row in visits
        )

    all_visits = sum(len(visits) for visits in returns.values())
    all_troubled = sum(imperfect(visits) for visits in returns.values())
    found = []
    for (village, who), visits in returns.items():
        others, mine = all_visits - len(visits), imperfect(visits)
        if len(visits) < limits["least_visits"] or not others or all_troubled == mine:
            continue
        usual = min(0.999, (all_troubled - mine) / others)
        if (
            mine / len(visits) <= usual * limits["share_of_usual"]
            and _bound(mine, len(visits), usual) < limits["chance"]
        ):
            own = sorted(row["visit_id"] for row in visits)[:50]
            found.append(
                answer("R28", (village, who), None, [("visit", visit) for visit in own], _hands(visits))
            )
    return merged(found)


def _bound(few: int, tried: int, usual: float) -> float:
    """Chernoff's bound on the chance of at most `few` of `tried` at a usual share."""
    share = few / tried
    some = share * log(share / usual) if share else 0.0
    return exp(-tried * (some + (1 - share) * log((1 - share) / (1 - usual))))


def _is_trouble(row: Row) -> bool:
    need = (row["need"] or "").strip()
    told = need not in ("", "无", "没有", "/", "-", "—", "暂无", "不详", "未知", "空")
    absent = row["present"] is not None and row["present"] != "seen"
    return told or (row["danger"] or "none") != "none" or absent or row["person_id"] is None


def whereabouts_unknown(county: County, at: date, limits: Limits) -> set[Answer]:
    """R16b: a child of school age stands in a household book, in no school, and in nothing else, or is away as kin say."""
    enrolled, found = county.subjects("school"), []
    for who, row in county.people.items():
        if not _is_of_school_age(row, at, limits) or who in county.namesakes or _is_stray(county, row):
            continue
        seen, away, _ = _visited(county, who)
        book, service = _first(county, ("hukou",), who), _service(county, who, at, limits)
        if book is not None and who not in enrolled and (service is None or away) and not seen:
            refs: list[Ref] = [("row", own) for own in (book, service) if own is not None]
            found.append(answer("R16b", (who,), who, refs))
    return merged(found)
