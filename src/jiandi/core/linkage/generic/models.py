"""The generic model, learnt from the rows themselves without labels: what chance pairs answer, then what true pairs do."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np

from jiandi.core.linkage.comparisons import value_of
from jiandi.core.linkage.generic.questions import COMPARED, DEFAULTS, FIXED, QUESTIONS, WORDS
from jiandi.core.linkage.splink_adapter import score_pairs

PAIRS_ELSEWHERE = 20_000  # the defaults count as if seen on so many pairs
PAIRS_AT_FIRST = 500.0  # and the m of the defaults as if seen on so many true pairs
ROUNDS = 25
MODEL_VERSION = 1


def default_generic_model() -> dict[str, Any]:
    """Return the model before any data were seen."""
    answers = {asked: {word: list(mu) for word, mu in words.items()} for asked, words in DEFAULTS.items()}
    return {"version": MODEL_VERSION, "chance_pairs": 0, "answers": answers}


def learn(
    con: duckdb.DuckDBPyConnection, *, records: str, most: int = 250_000, seed: int = 1
) -> dict[str, Any]:
    """Return the model of these records: u counted on at most `most` chance pairs, m as given. Equal rows, equal model."""
    model = default_generic_model()
    side = max(2, int(most**0.5))
    con.execute(f"""create or replace temp table lk_drawn as
      select *, row_number() over (order by hash(record_id, {seed}), record_id) as drawn_as from {records}
      qualify drawn_as <= {2 * side}""")
    con.execute("""create or replace temp table lk_chance as
      with half as (select max(drawn_as) // 2 as n from lk_drawn)
      select a.record_id as left_id, b.record_id as right_id from lk_drawn a, lk_drawn b, half
      where a.drawn_as <= half.n and b.drawn_as > half.n""")
    con.execute(
        f"create or replace temp table lk_drawn_as as select {COMPARED}, 1e-3 as tf_first, 1e-3 as tf_last, 1e-3 as tf_birth from lk_drawn"
    )
    score_pairs(
        con, pairs="lk_chance", records="lk_drawn_as", model=model, prior=0.5, into="lk_answers",
        questions=QUESTIONS, also="",
    )  # fmt: skip
    for question in QUESTIONS:
        if question.word in FIXED:
            continue
        rows = con.execute(
            f"select gamma_{question.word}, count(*) from lk_answers where gamma_{question.word} >= 0 group by 1"
        ).fetchall()
        _lean(model["answers"][question.word], question.word, dict(rows))
    model["chance_pairs"] = int(con.execute("select count(*) from lk_answers").fetchall()[0][0])
    for table in ("lk_drawn", "lk_drawn_as", "lk_chance", "lk_answers"):
        con.execute(f"drop table {table}")
    return model


def _lean(words: dict[str, list[float]], asked: str, counts: dict[int, int]) -> None:
    """Put counted u in the place of the default, the default counting as PAIRS_ELSEWHERE pairs."""
    seen = sum(counts.values()) + PAIRS_ELSEWHERE
    for word, mu in words.items():
        found = counts.get(value_of(asked, word, QUESTIONS), 0)
        mu[1] = min((found + mu[1] * PAIRS_ELSEWHERE) / seen, 0.9999999)


def fit(
    con: duckdb.DuckDBPyConnection, model: dict[str, Any], *, pairs: str, rows: int, most: int = 200_000
) -> dict[str, Any]:
    """Return the model with m and the share of true pairs fitted to pairs worth comparing (EM with u held still).

    All pairs of all rows are meant; those that share no key have next to no chance of being one person, so that only the
    pairs that do need to be looked at (Fellegi and Sunter 1969; EM as in Winkler 2000). A sample is looked at where there are
    more than `most`; defaults count as PAIRS_AT_FIRST true pairs, so that few data move little.
    """
    found = int(con.execute(f"select count(*) from {pairs}").fetchall()[0][0])
    each = max(1, found // most)
    con.execute(f"""create or replace temp table lk_sample as
      select * from {pairs} where hash(left_id, right_id) % {each} = 0""")
    score_pairs(
        con, pairs="lk_sample", records="lk_input", model=model, prior=0.5, into="lk_answers",
        questions=QUESTIONS, also="",
    )  # fmt: skip
    gammas = ", ".join(f"gamma_{word}" for word in WORDS)
    counted = np.array(
        con.execute(f"select {gammas}, count(*) from lk_answers group by all order by all").fetchall()
        or [(-1,) * len(WORDS) + (0,)],
        dtype=np.int64,
    )
    con.execute("drop table lk_sample; drop table lk_answers")
    return _expect(model, counted[:, :-1], counted[:, -1] * float(each), max(rows * (rows - 1) / 2, 1.0))


def _expect(model: dict[str, Any], patterns: Any, counts: Any, all_pairs: float) -> dict[str, Any]:
    """Run the EM over patterns of answers (rows of gammas, columns in the order of WORDS) and their counts."""
    levels = [[list(model["answers"][asked])[::-1], model["answers"][asked]] for asked in WORDS]
    first = [np.array([mu[word][0] for word in words]) for words, mu in levels]
    chance = [np.array([mu[word][1] for word in words]) for words, mu in levels]
    true = [one.copy() for one in first]
    share = 1 / max((2 * all_pairs) ** 0.5, 1000.0)
    for _ in range(ROUNDS):
        odds = np.full(len(patterns), share / (1 - share))
        for at, (m, u) in enumerate(zip(true, chance, strict=True)):
            answer = patterns[:, at]
            odds *= np.where(answer >= 0, m[answer] / u[answer], 1.0)
        weight = counts * odds / (1 + odds)
        share = float(np.clip(weight.sum() / all_pairs, 0.1 / max((2 * all_pairs) ** 0.5, 1000.0), 0.5))
        for at, lean in enumerate(first):
            given = patterns[:, at] >= 0
            seen = np.bincount(patterns[given, at], weights=weight[given], minlength=len(lean))
            true[at] = (seen + lean * PAIRS_AT_FIRST) / (seen.sum() + PAIRS_AT_FIRST)
    answers = {
        asked: {word: [float(true[at][place]), mu[word][1]] for place, word in enumerate(words)}
        for at, (asked, (words, mu)) in enumerate(zip(WORDS, levels, strict=True))
    }
    return model | {"answers": answers, "share": share}
