"""The only page that knows Splink: builds the model from QUESTIONS, scores given pairs, counts answers for training.

Blocking stays ours (with a cap on every key), so Splink gets exactly the pairs to score; its tables are dropped again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from jiandi.core.linkage.comparisons import QUESTIONS, Question

logging.getLogger("splink").setLevel(logging.ERROR)  # a library must not talk over its caller

Model = Mapping[str, Any]
_VAGUE = " or ".join(f"birth_{side} is null or birth_{side} % 10000 = 101" for side in ("l", "r"))
BIRTHS = f"abs(birth_year_l - birth_year_r) as years_apart, ({_VAGUE}) as vague_birth"


def _comparison(question: Question, values: Mapping[str, list[float]]) -> cl.CustomComparison:
    missing = cll.CustomLevel(question.missing, label_for_charts="missing").configure(is_null_level=True)
    levels: list[Any] = [missing]
    for level in question.levels:
        m, u = values[level.word]
        made: Any = (
            cll.ElseLevel()
            if level.sql == "ELSE"
            else cll.CustomLevel(level.sql, label_for_charts=level.word)
        )
        known: dict[str, Any] = {"m_probability": m, "u_probability": u}
        if level.rarity:
            known["tf_adjustment_column"] = level.rarity
            known["disable_tf_exact_match_detection"] = True
        levels.append(made.configure(**known))
    return cl.CustomComparison(output_column_name=question.word, comparison_levels=levels)


def splink_settings(
    model: Model,
    prior: float,
    questions: Sequence[Question] = QUESTIONS,
    rules: Sequence[Any] = (),
) -> SettingsCreator:
    """Return Splink's settings for a model; `rules`: its own blocking in SQL, where pairs are not given (benchmarks)."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(question, model["answers"][question.word]) for question in questions],
        blocking_rules_to_generate_predictions=list(rules) or [block_on("record_id")],
        unique_id_column_name="record_id",
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
        probability_two_random_records_match=prior,
    )


def score_pairs(
    con: duckdb.DuckDBPyConnection,
    *,
    pairs: str,
    records: str,
    model: Model,
    prior: float,
    into: str,
    least: float | None = None,
    questions: Sequence[Question] = QUESTIONS,
    also: str = BIRTHS,
) -> None:
    """Create the table `into`(left_id, right_id, match_weight, gamma_<question>, and what `also` adds).

    `pairs`(left_id, right_id) names the pairs to score; `records` holds the columns the questions read, and tf_<column>
    for each column whose rarity counts. `also`: more columns in SQL; by default years_apart and vague_birth (a birth date
    is missing, only a year, or the 1 January clerks write when they do not know).
    """
    con.execute(
        f"create or replace temp table splink_pairs as select '0' as match_key, left_id as join_key_l, right_id as join_key_r from {pairs}"
    )
    api = DuckDBAPI(connection=con)
    settings = splink_settings(model, prior, questions)
    linker = Linker(api.register(records), settings, log_level=None, validate_settings=False)
    linker.table_management.register_blocked_pairs_for_predict(api.register("splink_pairs"))
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    answers = ", ".join(f"gamma_{question.word}" for question in questions)
    con.execute(f"""create or replace temp table {into} as
      select record_id_l as left_id, record_id_r as right_id, match_weight{", " if also else ""}{also}, {answers}
      from {scored.physical_name}""")
    api.delete_tables_created_by_splink_from_db()
    con.execute("drop table splink_pairs")
