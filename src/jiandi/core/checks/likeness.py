"""How far two descriptions speak of one person: the linkage engine's questions, asked of a search and of somebody found.

Each answer has a chance among true pairs (m) and among strangers (u); its weight is log2(m / u), and the weights add up, as
in the linkage of records. No pair of the kind is known in any county's files, so the chances are stated here and not
counted; what they must do is written in the specs. Nothing here reads ethnicity, origin or petitions.

The columns: born_l, born_r (years), agreed, unlisted (marks of the search that are, or are not, written of the person), examined
(a station looked for marks), place_words (shared words of the place searched from), tongue_l, tongue_r (what an accent is called),
name_l, name_r, py_l, py_r, shape_l, shape_r (as the linkage of records makes them).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import log2
from typing import Any

from jiandi.core.linkage.comparisons import Level, Question

QUESTIONS: tuple[Question, ...] = (
    Question(
        "age",
        "born_l IS NULL OR born_r IS NULL",
        (
            # Among pairs within five years of one another; papers of such people mostly hold an estimate.
            Level("near", "abs(born_l - born_r) <= 2", fixed_m=0.65, fixed_u=0.45),
            Level("estimate", "ELSE", fixed_m=0.35, fixed_u=0.55),
        ),
    ),
    Question(
        "marks",
        "agreed IS NULL",
        (
            Level("two", "agreed >= 2", fixed_m=0.35, fixed_u=0.006),
            Level("one", "agreed = 1 AND (unlisted = 0 OR NOT examined)", fixed_m=0.45, fixed_u=0.056),
            # A station writes down what marks a body: one that is searched for and not written there speaks against.
            Level("one_of_more", "agreed = 1", fixed_m=0.1, fixed_u=0.07),
            Level("else", "ELSE", fixed_m=0.1, fixed_u=0.2),
        ),
    ),
    Question(
        "place",
        "place_words < 2",  # most descriptions say nothing of a place: that is no answer
        (Level("same", "place_words >= 2", fixed_m=0.5, fixed_u=0.06),),
    ),
    Question(
        "tongue",
        "tongue_l IS NULL OR tongue_r IS NULL",
        (
            Level("same", "tongue_l = tongue_r", fixed_m=0.6, fixed_u=0.12),
            Level("else", "ELSE", fixed_m=0.06, fixed_u=0.88),
        ),
    ),
    Question(
        "name",
        "py_l IS NULL OR py_r IS NULL",
        (
            Level("same_sound", "py_l = py_r", fixed_m=0.15, fixed_u=0.0005),
            Level("look_alike", "shape_l = shape_r", fixed_m=0.02, fixed_u=0.0001),
            # Somebody taken far away mostly bears another name there.
            Level("else", "ELSE", fixed_m=0.83, fixed_u=0.999),
        ),
    ),
)
"""Sex is not asked: it must agree. Ages further apart than the rule's limit are not asked about at all."""


def weight_of(level: Level) -> float:
    """Return what an answer is worth, in bits."""
    assert level.fixed_m is not None and level.fixed_u is not None
    return log2(level.fixed_m / level.fixed_u)


def weight_sql() -> str:
    """Return the DuckDB expression of all answers' weights."""
    return " + ".join(_case(question) for question in QUESTIONS)


def _case(question: Question) -> str:
    cases = "".join(
        f" ELSE {weight_of(level):.4f}"
        if level.sql == "ELSE"
        else f" WHEN {level.sql} THEN {weight_of(level):.4f}"
        for level in question.levels
    )
    return f"(CASE WHEN {question.missing} THEN 0{cases} END)"


def answers(told: Mapping[str, Any]) -> dict[str, str]:
    """Return the word of each answer for one pair, plainly: the twin of the expression."""
    tests = {
        "age": lambda: [("near", abs(told["born_l"] - told["born_r"]) <= 2)],
        "marks": lambda: [
            ("two", told["agreed"] >= 2),
            ("one", told["agreed"] == 1 and (told["unlisted"] == 0 or not told["examined"])),
            ("one_of_more", told["agreed"] == 1),
        ],
        "place": lambda: [("same", True)],
        "tongue": lambda: [("same", told["tongue_l"] == told["tongue_r"])],
        "name": lambda: [
            ("same_sound", told["py_l"] == told["py_r"]),
            ("look_alike", told["shape_l"] == told["shape_r"]),
        ],
    }
    read = {"age": "born", "tongue": "tongue", "name": "py"}
    found = {}
    for question in QUESTIONS:
        columns = [f"{read[question.word]}_{side}" for side in "lr"] if question.word in read else []
        if any(told[column] is None for column in columns):
            continue
        if (question.word == "marks" and told["agreed"] is None) or (
            question.word == "place" and told["place_words"] < 2
        ):
            continue
        last = question.levels[-1].word
        found[question.word] = next((word for word, is_so in tests[question.word]() if is_so), last)
    return found


def weight(told: Mapping[str, Any]) -> float:
    """Return the weight of one pair, plainly."""
    words = answers(told)
    levels = {(question.word, level.word): level for question in QUESTIONS for level in question.levels}
    return sum(weight_of(levels[question, word]) for question, word in words.items())
