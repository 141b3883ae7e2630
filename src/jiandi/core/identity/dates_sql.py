"""Dates of a whole DuckDB table: every distinct spelling is read once by `read_date` and joined back."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from jiandi.core.identity.dates import OLDEST_YEARS, read_date
from jiandi.core.identity.number_sql import BIT

_BATCH = 200_000


def map_dates(
    con: duckdb.DuckDBPyConnection,
    *,
    source: str,
    column: str,
    into: str,
    reference: str = "reference_on",
    oldest_years: int | None = OLDEST_YEARS,
    future: bool = False,
) -> int:
    """Create the temporary table `into` with the reading of every distinct (text, reference date) of `source`.

    Columns: raw, reference_on DATE, on_day DATE, precision, reason, bits BIGINT. There are few distinct dates even
    in ten million rows (a century has 36,525 days), so one reader serves tables and single cells alike.
    """
    con.execute(
        f"create or replace temp table {into}"
        " (raw varchar, reference_on date, on_day date, precision varchar, reason varchar, bits bigint)"
    )
    found = con.sql(
        f"select distinct {column} as raw, {reference} as reference_on from {source}"
        f" where {column} is not null and {reference} is not null"
    ).to_arrow_table()
    for batch in found.to_batches(max_chunksize=_BATCH):
        raws, days = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        readings = [
            read_date(raw, reference_on=day, oldest_years=oldest_years, future=future)
            for raw, day in zip(raws, days, strict=True)
        ]
        table = pa.table(
            {
                "raw": pa.array(raws, pa.string()),
                "reference_on": pa.array(days, pa.date32()),
                "on_day": pa.array([reading.on for reading in readings], pa.date32()),
                "precision": pa.array([reading.precision for reading in readings], pa.string()),
                "reason": pa.array([reading.reason for reading in readings], pa.string()),
                "bits": pa.array([BIT.get(reading.reason or "", 0) for reading in readings], pa.int64()),
            }
        )
        con.register("dates_batch", table)
        con.execute(f"insert into {into} select * from dates_batch")
        con.unregister("dates_batch")
    return found.num_rows
