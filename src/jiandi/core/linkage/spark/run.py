"""The stages of `link` with the growing ones on Spark: cleaning, grouping by number, blocking and scoring.

The driver keeps what is narrow: where each row stands, the unsettled rows and their scored pairs. It decides with the
same code in DuckDB, over the Parquet files that Spark has written, so there is one set of rules and one of thresholds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import duckdb
from pyspark.sql import SparkSession

from jiandi.core.identity.number_sql import text_literal
from jiandi.core.linkage import basis, overrides, results, same_number
from jiandi.core.linkage.link import finish, look_at, prepare_rest, score
from jiandi.core.linkage.settings import Settings
from jiandi.core.linkage.spark.blocking import block
from jiandi.core.linkage.spark.cleaning import clean_on_spark, cleaned_schema, count_repairs
from jiandi.core.linkage.spark.scoring import score_pairs
from jiandi.core.linkage.spark.tables import SparkTables

_STANDS = ("lk_settled", "lk_untrusted")  # changed on the driver by people's decisions
_HANDED = ("lk_holds", "lk_scored")
_LOOKED_AT = ("lk_residue", *basis.TABLES)


def link_on_spark(
    con: duckdb.DuckDBPyConnection,
    *,
    spark: SparkSession,
    folder: Path,
    raw: str,
    decisions: str | None = None,
    settings: Settings | None = None,
    assignments: str = "assignments",
    reviews: str = "reviews",
    state: str | None = None,
    progress: Callable[[str], None] = lambda stage: None,
) -> dict[str, Any]:
    """Clean and link the rows of `raw` (see `clean`) and return the report of the run; `con` gets the same two tables as from `link`.

    `folder`: an empty folder under the same path on every machine; the caller removes it. Equal rows give the same people
    as on DuckDB, and weights equal but for the last digits of a double.
    """
    settings = settings or Settings()
    results.sweep(con)
    tables = SparkTables(spark, folder)
    # `execute` and `fetchall` are all that the stages ask of a connection
    there = cast(duckdb.DuckDBPyConnection, tables)
    repairs = _clean(con, tables, raw)
    look_at(there, "records", settings)
    overrides.load_decisions(con, decisions)
    basis.count(there, settings)
    progress("number")
    same_number.settle_by_number(there)
    _look_at_here(con, tables, settings)
    expelled = _expel(con, tables)
    progress("score")
    prepare_rest(there)
    overrides.ruled_out(con)
    basis.set_prior(there)
    counts = score(there, settings, blocker=block, scorer=score_pairs)
    progress("decide")
    _hand_over(con, tables)
    report = finish(con, settings, assignments, reviews, state=state)
    return report | counts | {"expelled_by_decision": expelled, "repairs": repairs}


def _files(path: Path) -> str:
    """Return SQL that reads a table's files; the folder's own name is no pattern."""
    folder = "".join(f"[{char}]" if char in "*?[" else char for char in str(path))
    return f"read_parquet({text_literal(folder + '/*.parquet')})"


def _clean(con: duckdb.DuckDBPyConnection, tables: SparkTables, raw: str) -> dict[str, int]:
    """Lay the raw rows where every worker sees them, and keep the cleaned ones as `records`."""
    path = tables.folder / "raw"
    con.execute(
        f"copy (select * from {raw}) to {text_literal(str(path))} (format parquet, file_size_bytes '64MB')"
    )
    schema = cleaned_schema(con, raw)
    tables.keep("records", clean_on_spark(tables.spark.read.parquet(path.as_uri()), schema))
    return count_repairs(tables.spark.table("records"))


def _look_at_here(con: duckdb.DuckDBPyConnection, tables: SparkTables, settings: Settings) -> None:
    """Let the driver see the records (it reads a few columns of them) and take up where rows stand by their number."""
    look_at(con, _files(tables.written["records"]), settings)
    for name in _STANDS:
        con.execute(f"create or replace temp table {name} as select * from {_files(tables.written[name])}")


def _expel(con: duckdb.DuckDBPyConnection, tables: SparkTables) -> int:
    """Carry out "not the same" among rows of one number here, and tell the cluster where rows stand since."""
    expelled = overrides.expel_ruled_out(con)
    for name in _STANDS if expelled else ():
        path = tables.folder / f"{name}-decided"
        con.execute(f"copy {name} to {text_literal(str(path))} (format parquet, file_size_bytes '64MB')")
        tables.show(name, path)
    return expelled


def _hand_over(con: duckdb.DuckDBPyConnection, tables: SparkTables) -> None:
    for name in tables.written.keys() & _HANDED:
        con.execute(f"create or replace temp table {name} as select * from {_files(tables.written[name])}")
    for name in _LOOKED_AT:
        con.execute(f"create or replace temp view {name} as select * from {_files(tables.written[name])}")
