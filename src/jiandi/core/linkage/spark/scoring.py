"""Stage 2 on Spark: Splink scores the given pairs with the same model, its conditions said in Spark's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from splink import Linker
from splink.backends.spark import SparkAPI, similarity_jar_location

from jiandi.core.linkage.comparisons import QUESTIONS, Question
from jiandi.core.linkage.spark.dialect import condition, parsed, said
from jiandi.core.linkage.spark.tables import SparkTables
from jiandi.core.linkage.splink_adapter import BIRTHS, Model, splink_settings


def similarity_jar() -> str:
    """Return the path of the jar with Splink's string distances; it must be on `spark.jars` when the session is made."""
    return similarity_jar_location()


def translated(questions: Sequence[Question]) -> tuple[Question, ...]:
    """Return the questions with their conditions in Spark's SQL; their order and words, and so the answers, stay."""
    return tuple(
        replace(
            question,
            missing=condition(question.missing),
            levels=tuple(
                level if level.sql == "ELSE" else replace(level, sql=condition(level.sql))
                for level in question.levels
            ),
        )
        for question in questions
    )


def score_pairs(
    tables: SparkTables,
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
    """Create the table `into` exactly as `splink_adapter.score_pairs` does on DuckDB."""
    spark = tables.spark
    api = SparkAPI(spark_session=spark, break_lineage_method="parquet")
    settings = splink_settings(model, prior, translated(questions))
    rarities = sorted({level.rarity for question in questions for level in question.levels if level.rarity})
    compared = spark.table(records).drop(*(f"tf_{column}" for column in rarities))
    linker = Linker(api.register(compared), settings, log_level=None, validate_settings=False)
    for column in rarities:  # DuckDB takes these columns as they stand; Spark would find each of them twice
        known = spark.sql(f"select distinct {column}, tf_{column} from {records} where {column} is not null")
        linker.table_management.register_term_frequency_lookup(api.register(known), column)
    blocked = spark.sql(
        f"select '0' as match_key, left_id as join_key_l, right_id as join_key_r from {pairs}"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    scored = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
    answers = ", ".join(f"gamma_{question.word}" for question in questions)
    statement = parsed(f"""select record_id_l as left_id, record_id_r as right_id, match_weight{", " if also else ""}{also}, {answers}
      from {scored.physical_name}""")[0]
    tables.keep(into, spark.sql(said(statement)))
    spark.catalog.dropTempView(scored.physical_name)
