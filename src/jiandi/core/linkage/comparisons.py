"""The questions asked of every pair of records, from the strongest answer to the weakest.

One table serves the scorer, the training and the model card. Han text is compared by equal keys only, never by edit
distance (DuckDB counts bytes); edit distance is used on digits alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """One possible answer: its word, the SQL that recognises it, and the column whose rarity sharpens it.

    `fixed_u` and `fixed_m` stand where counting cannot reach or would mislead.
    """

    word: str
    sql: str
    rarity: str = ""
    fixed_u: float | None = None
    fixed_m: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question (id, name, birth, sex, village, phone) with its ordered answers; no answer where a value is missing."""

    word: str
    missing: str
    levels: tuple[Level, ...]


# An edit distance is dear. One edit touches two neighbouring characters at most, so it leaves the beginning or the end as it was;
# a number to be compared has 15 characters or more, a birth 8 digits.
_NUMBERS_MEET = (
    "(substr(id_text_l, 1, 10) = substr(id_text_r, 1, 10) or right(id_text_l, 4) = right(id_text_r, 4))"
)
_BIRTHS_MEET = "(birth_l // 10000 = birth_r // 10000 or birth_l % 1000 = birth_r % 1000)"
_SWAPPED = "birth_l // 10000 = birth_r // 10000 and birth_l // 100 % 100 = birth_r % 100 and birth_l % 100 = birth_r // 100 % 100"

QUESTIONS: tuple[Question, ...] = (
    Question(
        "id",
        "id_text_l is null or id_text_r is null",
        (
            Level("same_valid", "id_text_l = id_text_r and id_ok_l and id_ok_r", fixed_u=2e-7),
            Level(
                "one_edit",
                f"{_NUMBERS_MEET} and damerau_levenshtein(id_text_l, id_text_r) <= 1",
                fixed_u=4e-7,
            ),
            Level(
                "same_birth_sequence",
                "substr(id_text_l, 7, 11) = substr(id_text_r, 7, 11)",
                fixed_u=1e-6,
                fixed_m=0.003,
            ),
            Level("two_valid", "id_ok_l and id_ok_r"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "name",
        "name_l is null or name_r is null",
        (
            Level("same", "name_l = name_r", rarity="name"),
            Level("same_sound", "py_l = py_r", rarity="py"),
            Level("look_alike", "shape_l = shape_r", fixed_u=2e-5),
            Level("one_of_two", "sur_l = sur_r and nlen_l = nlen_r and (g1_l = g1_r or g2_l = g2_r)"),
            Level("shared_character", "sur_l = sur_r and (g1_l = g1_r or g1_l = g2_r or g2_l = g1_r)"),
            Level("given_only", "sur_l <> sur_r and g1_l = g1_r and g2_l = g2_r"),
            Level("surname_only", "sur_l = sur_r"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "birth",
        "birth_year_l is null or birth_year_r is null",
        (
            Level("same", "birth_l = birth_r and birth_l % 10000 <> 101"),
            Level(
                "same_new_year", "birth_l = birth_r", fixed_u=1e-4, fixed_m=0.005
            ),  # clerks heap births there
            Level("lunar", "birth_lun_l = birth_r or birth_l = birth_lun_r"),
            Level(
                "near_age",  # an age or a bare year is right within one: nine times in ten, by chance three years in eighty
                "(birth_l is null or birth_r is null) and abs(birth_year_l - birth_year_r) <= 1",
                fixed_m=0.9,
                fixed_u=0.037,
            ),
            Level(
                "one_edit",
                f"({_BIRTHS_MEET} and damerau_levenshtein(birth_l::varchar, birth_r::varchar) <= 1) or ({_SWAPPED})",
            ),
            Level("same_year", "birth_year_l = birth_year_r"),
            Level("two_years", "abs(birth_year_l - birth_year_r) <= 2"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "sex", "sex_l is null or sex_r is null", (Level("same", "sex_l = sex_r"), Level("else", "ELSE"))
    ),
    Question(
        "village",
        "village_l is null or village_r is null",
        (
            # a household shares its door as it shares its telephone: worth little more than the village, by hand
            Level("same_door", "village_l = village_r and door_l = door_r", fixed_m=0.8, fixed_u=0.0005),
            Level("same", "village_l = village_r"),
            Level("same_town", "town_l = town_r"),
            Level("else", "ELSE"),
        ),
    ),
    Question(
        "phone",
        "phone_l is null or phone_r is null",
        (Level("same", "phone_l = phone_r", fixed_u=5e-6), Level("else", "ELSE")),
    ),
)

COLUMNS = [
    "record_id",
    "id_text",
    "id_ok",
    "name",
    "py",
    "shape",
    "sur",
    "g1",
    "g2",
    "nlen",
    "birth",
    "birth_lun",
    "birth_year",
    "sex",
    "village",
    "town",
    "door",
    "phone",
]


def value_of(question: str, word: str, questions: Sequence[Question] = QUESTIONS) -> int:
    """Return the number Splink gives an answer (the strongest highest, the last 0, missing -1)."""
    levels = next(one.levels for one in questions if one.word == question)
    return len(levels) - 1 - next(at for at, level in enumerate(levels) if level.word == word)


def answered(question: str, *words: str, questions: Sequence[Question] = QUESTIONS) -> str:
    """Return SQL that is true where the answer to a question is one of these words."""
    values = ", ".join(str(value_of(question, word, questions)) for word in words)
    return f"gamma_{question} in ({values})"


def answer_sql(question: Question) -> str:
    """Return SQL for the number of the answer a pair of rows ..._l and ..._r gives, as Splink would number it."""
    told = " ".join(
        f"when {level.sql} then {value_of(question.word, level.word)}"
        for level in question.levels
        if level.sql != "ELSE"
    )
    return f"case when {question.missing} then -1 {told} else 0 end"
