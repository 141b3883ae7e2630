"""Code columns of a whole DuckDB table: every distinct spelling is read once by `read_code` and joined back."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from jiandi.core.codes.tables import CodeTable, read_code

_BATCH = 200_000


def map_codes(
    con: duckdb.DuckDBPyConnection,
    *,
    source: str,
    columns: Mapping[str, str],
    tables: Mapping[str, CodeTable],
    into: str,
    where: str = "true",
) -> int:
    """Create the temporary table `into`(code_table, raw, kept, reason) for the distinct cells of `columns`.

    `columns` gives the code table of each column. There are few spellings however many rows; returns how many.
    """
    con.execute(
        f"create or replace temp table {into} (code_table varchar, raw varchar, kept varchar, reason varchar)"
    )
    if not columns:
        return 0
    union = " union ".join(
        f"""select distinct '{name}' as code_table, "{column}" as raw from {source} where "{column}" is not null and {where}"""
        for column, name in columns.items()
    )
    found = con.sql(union).to_arrow_table()
    for batch in found.to_batches(max_chunksize=_BATCH):
        names, raws = batch.column(0).to_pylist(), batch.column(1).to_pylist()
        read = [read_code(tables[name], raw) for name, raw in zip(names, raws, strict=True)]
        values = ([one.value for one in read], [one.reason for one in read])
        arrays = [pa.array(texts, pa.string()) for texts in (names, raws, *values)]
        con.register("codes_batch", pa.table(arrays, names=["code_table", "raw", "kept", "reason"]))
        con.execute(f"insert into {into} from codes_batch")
        con.unregister("codes_batch")
    return found.num_rows
