"""Field workers of every kind, and units that answer after their own fashion."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import islice
from typing import Any

import pytest

from jiandi.world import Answers, Replay


def _read(body: bytes) -> dict[str, Any]:
    root = ElementTree.fromstring(body)
    people = [{part.tag: part.text or "" for part in person} for person in root.iter("person")]
    return {part.tag: part.text or "" for part in root if part.tag != "person"} | {"people": people}


@pytest.fixture(scope="module")
def visits(county: Any) -> list[dict[str, Any]]:
    return [_read(body) for body in Replay(county.folder).visit(county.tasks())]


def test_it_sends_one_submission_for_every_task_and_the_same_again(county: Any) -> None:
    tasks = county.tasks()
    once, again = (list(Replay(county.folder).visit(tasks)) for _ in range(2))

    assert len(once) == len(tasks)
    assert once == again


def test_it_streams(county: Any) -> None:
    asked = []

    def tasks() -> Any:
        for task in county.tasks():
            asked.append(task)
            yield task

    first = list(islice(Replay(county.folder).visit(tasks()), 3))

    assert len(first) == len(asked) == 3


def test_it_fills_the_form_with_known_words_only(visits: list[dict[str, Any]]) -> None:
    allowed = {
        "present": {"seen", "away", "not_here", "dead", "unknown"},
        "alone": {"yes", "no"},
        "own_id": {"yes", "no", "unknown"},
        "danger": {"none", "locked", "tied", "hidden", "injured"},
        "sex": {"1", "2", ""},
    }
    for visit in visits:
        assert visit["result"] in {"met", "no_contact", "refused", "empty", "moved"}
        assert visit["outbuildings"] in {"yes", "no", "none"}
        assert visit["start"] < visit["end"]
        for person in visit["people"]:
            assert all(person[field] in words for field, words in allowed.items())


def test_it_meets_most_people_and_calls_back_where_nobody_opened(
    county: Any, visits: list[dict[str, Any]]
) -> None:
    results = Counter(visit["result"] for visit in visits)
    tasks = {task["task"]: task for task in county.tasks()}
    missed = [tasks[visit["task"]] | {"round": 2} for visit in visits if visit["result"] == "no_contact"]
    second = Counter(_read(body)["result"] for body in Replay(county.folder).visit(missed))

    assert results["met"] > 0.6 * len(visits)
    assert results["no_contact"] > 0
    assert second["met"] > 0.6 * len(missed)


def test_it_finds_people_on_no_list_unless_the_worker_stays_at_the_desk(
    county: Any, visits: list[dict[str, Any]]
) -> None:
    styles = {row["username"]: row["style"] for row in county.truth("visitors")}
    unlisted = Counter(
        styles[visit["worker"]] for visit in visits for person in visit["people"] if not person["listed"]
    )

    assert unlisted["honest"] > 0
    assert unlisted["fabricating"] == unlisted["rule-aware"] == 0


def test_it_shows_fabricators_by_place_and_pace_not_by_name(
    county: Any, visits: list[dict[str, Any]]
) -> None:
    styles = {row["username"]: row["style"] for row in county.truth("visitors")}
    places = Counter((styles[v["worker"]], v["worker"], v["location"][:21]) for v in visits)
    most = Counter()
    for (style, _, _), count in places.items():
        most[style] = max(most[style], count)

    assert {"honest", "sloppy", "fabricating", "rule-aware"} <= set(styles.values())
    assert most["fabricating"] > 10 > most["honest"]


def test_it_lets_inspectors_see_what_is_there(county: Any) -> None:
    doors = {
        p["dwelling_code"]: 0
        for p in county.truth("people")
        if p["dwelling_code"] and not p["away"] and not p["died_on"]
    }
    for person in county.truth("people"):
        if person["dwelling_code"] in doors and not person["away"] and not person["died_on"]:
            doors[person["dwelling_code"]] += 1
    tasks = [t | {"worker": "inspector_01"} for t in county.tasks() if t["dwelling_code"] in doors][:200]
    seen = 0
    for body in Replay(county.folder).recheck(tasks):
        seen += sum(person["present"] == "seen" for person in _read(body)["people"])

    truly = sum(doors[task["dwelling_code"]] for task in tasks)
    assert 0.8 * truly < seen <= truly


def test_it_escapes_what_people_say(county: Any) -> None:
    task = county.tasks()[0] | {
        "expected": [{"code": "P<1>", "name": "张&<b>", "sex": 1, "birth_year": 1970}],
        "task": 'T"<&',
    }

    visit = _read(next(iter(Replay(county.folder).visit([task]))))

    assert visit["task"] == 'T"<&'


def test_it_looks_for_somebody_whose_door_nobody_knows(county: Any) -> None:
    person = next(
        p
        for p in county.truth("people")
        if p["registered"] and p["dwelling_code"] and not p["away"] and not p["died_on"]
    )
    listed = {
        "code": "P1",
        "name": person["name"],
        "sex": person["sex"],
        "birth_year": person["birth_on"].year,
    }
    task = {"village_code": person["village_code"], "dwelling_code": None, "worker": "x", "round": 1}
    stranger = {"code": "P2", "name": "查无此", "sex": None, "birth_year": None}

    tasks = [task | {"task": f"T{n}", "expected": [listed]} for n in range(30)]
    tasks.append(task | {"task": "T30", "expected": [stranger], "village_code": ""})
    visits = [_read(body) for body in Replay(county.folder).visit(tasks)]

    assert sum(p["present"] == "seen" for visit in visits[:30] for p in visit["people"]) > 15
    assert all(len(visit["people"]) <= 1 for visit in visits)
    assert visits[30]["result"] == "moved"


def test_it_answers_referrals_as_each_unit_does_and_lets_an_outsider_find_out(county: Any) -> None:
    answers = Answers(county.folder)
    styles = {row["unit"]: row["style"] for row in county.truth("units")}
    done = {style: [] for style in set(styles.values())}
    for unit, style in styles.items():
        for n in range(12):
            referral = {
                "id": n,
                "unit_name": unit,
                "kind": "police",
                "sent_at": "2026-11-12T10:00:00+08:00",
                "due_at": "2026-11-19T10:00:00+08:00",
            }
            answer = answers.answer(referral)
            assert answer == Answers(county.folder).answer(referral)
            done[style].append(answer)

    assert set(done) == {"diligent", "slow", "idle", "improper", "fake"}
    late = lambda a: a["answered_after_hours"] is None or a["answered_after_hours"] > 168  # noqa: E731
    share = {style: sum(map(late, found)) / len(found) for style, found in done.items()}
    assert share["diligent"] < 0.1 < 0.8 < share["slow"]
    assert sum(a["answered_after_hours"] is None for a in done["idle"]) > 0.5 * len(done["idle"])
    truly = {style: sum(a["truly_done"] for a in found) / len(found) for style, found in done.items()}
    assert truly["fake"] < 0.3 < 0.85 < truly["diligent"]


def test_it_refutes_what_a_fake_unit_claims(county: Any) -> None:
    answers = Answers(county.folder)
    fake = next(row["unit"] for row in county.truth("units") if row["style"] == "fake")
    found = [answers.verify([{"id": n, "unit_name": fake, "kind": "police"}]) for n in range(40)]

    assert sum(bool(finding["refuted"]) for finding in found) > 25
    assert set(found[0]) == {"refuted", "met_person", "met_alone", "own_words"}
