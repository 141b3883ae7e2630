"""Plain twins of R10, R11, R12 and R13."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from jiandi.core.checks.plain.county import (
    Answer,
    County,
    Hand,
    Ref,
    Row,
    answer,
    filled,
    merged,
    officer,
    person,
    unit,
)
from jiandi.core.checks.shapes import Limits
from jiandi.core.checks.words import signs_in


def _guardian(county: County, who: int) -> Hand:
    rows = [row for row in county.rows("smd") if row["subject_person"] == who]
    identity = max(
        (row["guardian_person"] for row in rows if row["guardian_person"] is not None), default=None
    )
    name = max((row["guardian_name"] for row in rows if row["guardian_name"] is not None), default=None)
    return person(identity, name, "guardian")


def follow_ups_met_nobody(county: County, at: date, limits: Limits) -> set[Answer]:
    """R10: follow-ups of a patient are on file, and at none of them was the patient met."""
    days: dict[int, dict[date, list[Row]]] = defaultdict(lambda: defaultdict(list))
    since = at - timedelta(days=limits.whole("window_days"))
    for row in county.rows("smd_followup"):
        if row["subject_person"] is not None and row["followed_on"] and since <= row["followed_on"] <= at:
            days[row["subject_person"]][row["followed_on"]].append(row)
    found = []
    for who, followed in days.items():
        chosen = _unmet_days(followed, limits)
        if chosen:
            found.append(_unmet(county, who, {day: followed[day] for day in chosen}))
    return merged(found)


def _unmet_days(followed: dict[date, list[Row]], limits: Limits) -> list[date]:
    """Return the days that make the finding: all of them, or the last ones in a row that found nobody."""

    def met(day: date) -> bool:
        return any(row["met"] == "1" for row in followed[day])

    if len(followed) >= limits["least_followups"] and not any(met(day) for day in followed):
        return list(followed)
    wanted = limits.whole("missed_in_a_row")
    last = sorted(followed, reverse=True)[:wanted]
    missed = [day for day in last if any(filled(row["lost_reason"]) for row in followed[day])]
    return last if len(missed) >= wanted and not any(met(day) for day in last) else []


def _unmet(county: County, who: int, days: dict[date, list[Row]]) -> Answer:
    rows = [min(row["row_id"] for row in same) for same in days.values()]
    hands = [
        unit(_latest(days, "facility"), "managed"),
        ("officer", filled(_latest(days, "doctor")), None, "managed"),
    ]
    return answer("R10", (who,), who, [("row", row) for row in rows], [*hands, _guardian(county, who)])


def _latest(days: dict[date, list[Row]], column: str) -> str | None:
    for day in sorted(days, reverse=True):
        values = [row[column] for row in days[day] if row[column] is not None]
        if values:
            return str(max(values))
    return None


def restrained(county: County, at: date, limits: Limits) -> set[Answer]:
    """R11: somebody is locked up, tied or hidden: by a form, by words, or by a visitor's own eyes."""
    return merged([*_by_form(county), *_by_words(county), *_by_eyes(county)])


def _by_form(county: County) -> Iterator[Answer]:
    stated: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in county.rows("smd"):
        stated[row["subject_person"]].append((0, date.min, row["past_restraint"], row["row_id"]))
    for row in county.rows("smd_followup"):
        stated[row["subject_person"]].append(
            (1, row["followed_on"] or date.min, row["restraint"], row["row_id"])
        )
    for who, said in stated.items():
        last = max((one for one in said if one[2] in ("2", "3")), default=None)
        if who is not None and last and last[2] == "2":
            yield answer("R11", (who,), who, [("row", last[3])], [_guardian(county, who)])


def _by_words(county: County) -> Iterator[Answer]:
    for row in county.rows("reports"):
        if signs_in(row["body"]):
            yield answer("R11", (f"report:{row['report_id']}:",), None, [("report", row["report_id"])])
    for kind, where, column in (("hotline", "hotline", "body"), ("left_behind", "list", "note")):
        for row in county.rows(kind):
            if signs_in(row[column]):
                own = row["subject_person"]
                key = (
                    own
                    if own is not None
                    else f"{where}:{filled(row.get('order_no')) or row['row_id']}:{row['name'] or ''}"
                )
                yield answer("R11", (key,), own, [("row", row["row_id"])])


def _by_eyes(county: County) -> Iterator[Answer]:
    for row in county.rows("sightings"):
        ticked = row["danger"] in ("locked", "tied", "hidden", "injured")
        if ticked or signs_in("。".join(word for word in (row["words"], row["need"]) if word is not None)):
            own = row["person_id"]
            key = own if own is not None else f"visit:{row['visit_id']}:{row['name'] or ''}"
            yield answer("R11", (key,), own, [("visit", row["visit_id"])])


def one_hand_holds_all(county: County, at: date, limits: Limits) -> set[Answer]:
    """R12: one person is guardian, payee and the only voice, and nobody has seen the one they speak for."""
    since = at - timedelta(days=limits.whole("unseen_days"))
    voices = _voices(county, since)
    pairs: dict[tuple[int, int], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for kinds, column, side in ((("smd", "disability", "tekun", "orphan"), "guardian_person", 0), (("dibao", "subsidy", "elderly", "payment"), "guardian2_person", 1)):  # fmt: skip
        for row in (row for kind in kinds for row in county.rows(kind)):
            if row["subject_person"] is not None and row[column] is not None:
                pairs[row["subject_person"], row[column]][side].append(row)
    found = []
    for (who, hand), (guards, draws) in pairs.items():
        alive = who in county.people and not _died_by(county.people[who], at)
        unseen = not any(day >= since for day in _met_alone(county, who))
        if (
            guards
            and draws
            and who != hand
            and alive
            and unseen
            and len(voices[who]) >= limits["least_voices"]
        ):
            found.append(_one_hand(who, hand, guards, draws, voices[who]))
    return merged(found)


def _met_alone(county: County, who: int) -> Iterator[date]:
    """Return the days on which the person was seen without anybody standing by."""
    for row in county.witnessed:
        visit = county.visits.get(row["visit_id"])
        seen = row["person_id"] == who and row["present"] == "seen" and row["alone"] is not False
        if seen and visit and visit["started_at"]:
            yield visit["started_at"].date()
    for row in county.rows("smd_followup"):
        if row["subject_person"] == who and row["met"] == "1" and row["mode"] != "3" and row["followed_on"]:
            yield row["followed_on"]
    for row in county.rows("school"):
        if row["subject_person"] == who and row["class_checked_on"]:
            yield row["class_checked_on"]


def _died_by(row: Row, at: date) -> bool:
    return row["died_on"] is not None and row["died_on"] <= at


def _one_hand(who: int, hand: int, guards: list[Row], draws: list[Row], voices: set[Ref]) -> Answer:
    name = max((row["guardian_name"] for row in guards if row["guardian_name"] is not None), default=None)
    rows: set[Ref] = {
        ("row", min(row["row_id"] for row in guards)),
        ("row", min(row["row_id"] for row in draws)),
    }
    hands = [person(hand, name, "guardian"), person(hand, name, "payee")]
    return answer("R12", (who, hand), who, rows | voices, hands)


def _voices(county: County, since: date) -> dict[int, set[Ref]]:
    """Return where somebody else spoke for a person."""
    voices: dict[int, set[Ref]] = defaultdict(set)
    for row in county.rows("smd_followup"):
        if row["met"] in ("2", "3") and row["followed_on"] and row["followed_on"] >= since:
            voices[row["subject_person"]].add(("row", row["row_id"]))
    for row in county.witnessed:
        visit = county.visits.get(row["visit_id"])
        spoken = (row["present"] is not None and row["present"] != "seen") or row["alone"] is False
        if spoken and visit and visit["started_at"] and visit["started_at"].date() >= since:
            voices[row["person_id"]].add(("visit", row["visit_id"]))
    return voices


def after_death(county: County, at: date, limits: Limits) -> set[Answer]:
    """R13: a benefit was paid, life was certified or a visit saw the person, after the recorded death."""
    deaths = _deaths(county)
    found = []
    for who, day, what, source, hand in _signs_of_life(county):
        if who not in deaths or day is None:
            continue
        died, row_id = deaths[who]
        if day > died + timedelta(days=limits.whole("lag_days") if what == "paid" else 0):
            sources = [source] + ([("row", row_id)] if row_id is not None else [])
            found.append(answer("R13", (who, what), who, sources, [hand]))
    return merged(found)


def _deaths(county: County) -> dict[int | None, tuple[date, int | None]]:
    deaths: dict[int | None, tuple[date, int | None]] = {}
    for who, row in county.people.items():
        rows = [one for one in county.rows("death") if one["subject_person"] == who]
        day = min(
            (one["died_on"] or one["cancelled_on"] for one in rows if one["died_on"] or one["cancelled_on"]),
            default=row["died_on"],
        )
        if day:
            deaths[who] = (day, min((one["row_id"] for one in rows), default=None))
    return deaths


Life = tuple[int | None, date | None, str, Ref, Hand]


def _signs_of_life(county: County) -> Iterator[Life]:
    for row in county.rows("payment"):
        payee = person(row["guardian2_person"], row["guardian2_name"], "payee")
        yield row["subject_person"], row["paid_on"], "paid", ("row", row["row_id"]), payee
    for row in county.rows("elderly"):
        payee = person(row["guardian2_person"], row["guardian2_name"], "payee")
        yield row["subject_person"], row["last_seen_on"], "alive", ("row", row["row_id"]), payee
    yield from _papers_of_life(county)
    for row in county.rows("sightings"):
        visit = county.visits.get(row["visit_id"])
        if visit and row["present"] == "seen" and visit["started_at"]:
            yield (
                row["person_id"],
                visit["started_at"].date(),
                "seen",
                ("visit", row["visit_id"]),
                officer(visit["officer_id"], "visited"),
            )


def _papers_of_life(county: County) -> Iterator[Life]:
    nobody = person(None, None, "payee")
    for kind, who, day, what in (
        ("clinic", "subject_person", "visited_on", "treated"),
        ("idcard", "subject_person", "issued_on", "carded"),
        ("marriage", "wife_person", "registered_on", "married"),
        ("marriage", "husband_person", "registered_on", "married"),
    ):
        for row in county.rows(kind):
            yield row[who], row[day], what, ("row", row["row_id"]), nobody
