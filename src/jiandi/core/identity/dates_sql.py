"""Dates of a whole DuckDB table: every distinct spelling is read once by `read_date` and joined back."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from jiandi.core.identity.dates import FILLER_DAYS, OLDEST_YEARS, read_date
from jiandi.core.identity.number_sql import BIT

_BATCH = 200_000
_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_PLAIN = f"[12][0-9]{{3}}({_MONTH}{_DAY}|[-./]{_MONTH}[-./]{_DAY})"


def _plain_sql(distinct: str, oldest_years: int | None, future: bool) -> str:
    """Return SQL that reads the commonest forms (1977-05-13, 1977.05.13, 19770513); the rest is left to Python."""
    eight = "regexp_replace(raw, '[^0-9]', '', 'g')"
    fillers = ", ".join(f"'{digits}'" for digits in sorted(FILLER_DAYS))
    old = f"year(on_day) < year(reference_on) - {oldest_years}" if oldest_years is not None else "false"
    late = "false" if future else "on_day > reference_on"
    reason = f"case when {late} then 'date_future' when {old} then 'date_too_old' end"
    bits = f"case reason when 'date_future' then {BIT['date_future']} when 'date_too_old' then {BIT['date_too_old']} else 0 end"
    return f"""select raw, reference_on, case when reason is null then on_day end, case when reason is null then 'day' end,
        reason, {bits}
      from (select *, {reason} as reason from (
        select raw, reference_on, try_cast(eight[1:4] || '-' || eight[5:6] || '-' || eight[7:8] as date) as on_day
        from (select *, {eight} as eight from {distinct} where regexp_full_match(raw, '{_PLAIN}'))
        where eight not in ({fillers})) where on_day is not null)"""


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
    in ten million rows (a century has 36,525 days): plain forms are read in SQL, all others once by `read_date`.
    """
    con.execute(
        f"create or replace temp table {into}"
        " (raw varchar, reference_on date, on_day date, precision varchar, reason varchar, bits bigint)"
    )
    con.execute(
        f"create or replace temp table dates_distinct as select distinct {column} as raw, {reference} as reference_on"
        f" from {source} where {column} is not null and {reference} is not null"
    )
    con.execute(f"insert into {into} {_plain_sql('dates_distinct', oldest_years, future)}")
    found = con.sql(
        f"select * from dates_distinct anti join {into} using (raw, reference_on)"
    ).to_arrow_table()
    _insert_read(con, found, into, oldest_years, future)
    con.execute("drop table dates_distinct")
    return found.num_rows


def _insert_read(
    con: duckdb.DuckDBPyConnection, found: pa.Table, into: str, oldest_years: int | None, future: bool
) -> None:
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
