"""Stage 0 on the workers: each part of the rows is cleaned by the same DuckDB code, for no row depends on another."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from jiandi.core.linkage.clean import clean

ROWS_AT_ONCE = 250_000


def clean_on_spark(raw: DataFrame, schema: pa.Schema) -> DataFrame:
    """Return one comparable record per raw row; `schema` is what `cleaned_schema` says."""
    return raw.mapInArrow(_clean_part, from_arrow_schema(schema))


def cleaned_schema(con: duckdb.DuckDBPyConnection, raw: str) -> pa.Schema:
    """Return the columns and types of cleaned records."""
    con.execute(f"create or replace temp table cs_raw as select * from {raw} limit 0")
    return _cleaned(con, "cs_raw").schema


def count_repairs(records: DataFrame) -> dict[str, int]:
    """Return how many rows met each repair, as `clean` does."""
    counted = records.select(f.explode("repairs").alias("code")).groupBy("code").count().orderBy("code")
    return {str(row[0]): int(row[1]) for row in counted.collect()}


def _clean_part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    con = duckdb.connect()
    con.execute("set threads = 1")
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= ROWS_AT_ONCE:
            yield from _clean_rows(con, waiting)
            waiting, rows = [], 0
    if rows:
        yield from _clean_rows(con, waiting)


def _clean_rows(con: duckdb.DuckDBPyConnection, batches: list[pa.RecordBatch]) -> list[pa.RecordBatch]:
    con.register("cs_arrow", pa.Table.from_batches(batches))
    con.execute("create or replace temp table cs_raw as select * from cs_arrow")
    con.unregister("cs_arrow")
    return _cleaned(con, "cs_raw").to_batches()


def _cleaned(con: duckdb.DuckDBPyConnection, raw: str) -> pa.Table:
    clean(con, raw=raw, into="cs_records")
    table = con.sql("select * from cs_records").to_arrow_table()
    con.execute(f"drop table cs_records; drop table {raw}")
    return table
