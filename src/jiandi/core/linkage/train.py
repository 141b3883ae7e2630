"""A model learnt from the county's own rows: pairs with one valid number are labels that cost nothing.

How often true pairs give each answer (m) is counted on pairs with equal valid numbers; how often chance pairs do (u) on
random pairs. Answers too rare to meet by chance have a fixed u (comparisons.QUESTIONS); of an answer that hardly any pair gave
nothing was learnt, and the shipped values stand. One number in five is held out: its
pairs teach the model nothing and are what it is checked on (`held_out`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from jiandi.core.linkage.comparisons import COLUMNS, QUESTIONS, Question, answer_sql, value_of
from jiandi.core.linkage.held_out import IS_HELD, check_on_held_out
from jiandi.core.linkage.model import MODEL_VERSION, default_model

FEWEST_SEEN = 10  # below this, on both sides, an answer's weight would come from rounding alone
FEWEST_LABELS = 5_000  # below this the shipped model is better than a county's own


def _stated_records(con: duckdb.DuckDBPyConnection, records: str) -> None:
    """Create train_records: only what rows state themselves, since what comes from the number always agrees with it."""
    names = {"name": "name_clean", "py": "name_py", "shape": "name_shape", "id_ok": "id_first17 is not null"}
    names |= {
        column: f"case when birth_stated then {column} end" for column in ("birth", "birth_lun", "birth_year")
    }
    names |= {"sex": "case when sex_stated then sex end"}
    columns = ", ".join(f"{names.get(column, column)} as {column}" for column in COLUMNS)
    con.execute(f"""create or replace temp table train_records as
      select {columns}, id_first17 as idn, roster_id from {records}""")


def _true_pairs(con: duckdb.DuckDBPyConnection, most: int, seed: int) -> int:
    con.execute(f"""create or replace temp table train_labels as
      select left_id, right_id from (
        select record_id as left_id, lead(record_id) over (partition by idn order by record_id) as right_id,
          roster_id <> lead(roster_id) over (partition by idn order by record_id) as other_roster
        from train_records where idn is not null and not {IS_HELD})
      where right_id is not null and other_roster order by hash(left_id, {seed}) limit {most}""")
    con.execute(f"""create or replace temp table train_alike as
      select a.record_id as left_id, b.record_id as right_id
      from (select * from train_records where id_text is not null) a
      join (select * from train_records where id_text is not null) b
        on a.name = b.name and a.birth = b.birth and a.village = b.village and a.record_id < b.record_id and a.roster_id <> b.roster_id
      order by hash(a.record_id, b.record_id, {seed}) limit {most}""")
    return int(con.execute("select count(*) from train_labels").fetchall()[0][0])


def _chance_pairs(con: duckdb.DuckDBPyConnection, most: int, seed: int) -> None:
    side = max(10, int(most**0.5))
    con.execute(f"""create or replace temp table train_chance as
      with drawn as (select record_id, row_number() over (order by hash(record_id, {seed})) as place from train_records)
      select a.record_id as left_id, b.record_id as right_id from drawn a join drawn b
        on a.place <= {side} and b.place > {side} and b.place <= {2 * side}""")


def _counts(
    con: duckdb.DuckDBPyConnection, pairs: str, questions: Sequence[Question] = QUESTIONS
) -> dict[str, dict[str, int]]:
    """Return {question: {answer: how many of the pairs gave it}}.

    Counting needs no weights: asking the questions here, without Splink, takes a quarter of the time.
    """
    sides = ", ".join(f"{side}.{name} as {name}_{side}" for side in "lr" for name in COLUMNS)
    rows = con.execute(f"""select {", ".join(answer_sql(question) for question in questions)}, count(*)
      from (select {sides} from {pairs} p join train_records l on l.record_id = p.left_id
        join train_records r on r.record_id = p.right_id) group by all""").fetchall()
    found = {}
    for at, question in enumerate(questions):
        counts: Counter[int] = Counter()
        for row in rows:
            counts[row[at]] += row[-1]
        found[question.word] = {
            level.word: counts[value_of(question.word, level.word)] for level in question.levels
        }
    return found


def _smoothed(counts: Mapping[str, int]) -> dict[str, float]:
    """Return shares, half a pair added to each answer so that none is impossible."""
    total = sum(counts.values()) + len(counts) / 2
    return {word: (count + 0.5) / total for word, count in counts.items()}


def _hardly_seen(question: Question, true: Mapping[str, int], chance: Mapping[str, int]) -> list[str]:
    """Return the answers of which too few were seen on either side to tell anything, neither value being set by hand."""
    return [
        level.word
        for level in question.levels
        if max(true[level.word], chance[level.word]) < FEWEST_SEEN
        and level.fixed_m is None
        and level.fixed_u is None
    ]


def _weights(
    question: Question, true: Mapping[str, int], chance: Mapping[str, int]
) -> dict[str, list[float]]:
    """Return [m, u] of each answer: counted, or fixed where a question says so, or the shipped ones where hardly any was seen."""
    m, u, shipped = _smoothed(true), _smoothed(chance), default_model()["answers"][question.word]
    weights = {
        level.word: [
            m[level.word] if level.fixed_m is None else level.fixed_m,
            u[level.word] if level.fixed_u is None else level.fixed_u,
        ]
        for level in question.levels
    }
    return weights | {word: shipped[word] for word in _hardly_seen(question, true, chance)}


def count_labels(con: duckdb.DuckDBPyConnection, records: str = "records") -> int:
    """Return how many labels `records` hold for learning, those held out not counted."""
    _stated_records(con, records)
    return _true_pairs(con, 1 << 40, 1)


def train(
    con: duckdb.DuckDBPyConnection,
    *,
    records: str = "records",
    most_labels: int = 200_000,
    chance_pairs: int = 1_000_000,
    seed: int = 1,
) -> dict[str, Any] | None:
    """Return a model learnt from `records`, to be stored as JSON by the caller, or None with too few labels.

    The same records and seed give the same model. `held_out` in it: what became of the pairs it did not learn from.
    """
    _stated_records(con, records)
    labels = _true_pairs(con, most_labels, seed)
    if labels < FEWEST_LABELS:
        return None
    _chance_pairs(con, chance_pairs, seed)
    true, chance = _counts(con, "train_labels"), _counts(con, "train_chance")
    true |= _counts(con, "train_alike", QUESTIONS[:1])
    answers = {
        question.word: _weights(question, true[question.word], chance[question.word])
        for question in QUESTIONS
    }
    rows, rosters = con.execute("select count(*), count(distinct roster_id) from train_records").fetchall()[0]
    model = {
        "version": MODEL_VERSION,
        "profile": "cn-resident",
        "labels": labels,
        "chance_pairs": chance_pairs,
        "seed": seed,
        "rows": rows,
        "rosters": rosters,
        "shipped_values": [
            f"{question.word}.{word}"
            for question in QUESTIONS
            for word in _hardly_seen(question, true[question.word], chance[question.word])
        ],
        "answers": answers,
    }
    model["held_out"] = check_on_held_out(con, model, seed)
    for table in ("train_records", "train_labels", "train_alike", "train_chance"):
        con.execute(f"drop table if exists {table}")
    return model
