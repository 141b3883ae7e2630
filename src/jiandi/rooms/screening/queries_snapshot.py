"""A round's visits as tables for analysis: what was seen where, in the county's own time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection

from jiandi.rooms.screening.models import Finding, Sighting, Visit, VisitTask

CHUNK = 50_000
# China keeps one time, eight hours ahead of UTC, without summer time since 1991. Both databases write it as text:
# reading a million moments through Python would take longer than everything else.
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', {0}, '+8 hours')",
    "postgresql": "to_char({0} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS')",
}
_VISITS = {
    "visit_id": ("v.id", pa.int64()),
    "task_id": ("t.code", pa.string()),
    "dwelling_id": ("v.dwelling_id", pa.int64()),
    "household_id": ("t.household_id", pa.int64()),
    "village": ("v.village_id", pa.int64()),
    "officer_id": ("v.worker_id", pa.int64()),
    "unit_id": ("v.unit_id", pa.int64()),
    "started_at": ("{moment:v.started_at}", pa.string()),
    "ended_at": ("{moment:v.ended_at}", pa.string()),
    "received_at": ("{moment:v.received_at}", pa.string()),
    "result": ("v.result", pa.string()),
    "outbuildings": ("v.outbuildings", pa.string()),
    "lat": ("v.lat", pa.float64()),
    "lon": ("v.lon", pa.float64()),
    "photo_sha": ("NULLIF(v.photo_sha256, '')", pa.string()),
}
_SIGHTINGS = {
    "sighting_id": ("s.id", pa.int64()),
    "visit_id": ("s.visit_id", pa.int64()),
    "person_id": ("COALESCE(p.superseded_by_id, s.person_id)", pa.int64()),
    "name": ("s.name", pa.string()),
    "present": ("s.present", pa.string()),
    "alone": ("CASE WHEN s.alone THEN 1 ELSE 0 END", pa.int8()),
    "own_id": ("NULLIF(s.own_id, '')", pa.string()),
}
_FINDINGS = {
    "sighting_id": ("f.sighting_id", pa.int64()),
    "kind": ("f.kind", pa.string()),
    "value": ("f.value", pa.string()),
}
Columns = dict[str, tuple[str, pa.DataType]]


def snapshot(con: duckdb.DuckDBPyConnection) -> None:
    """Fill a connection with `visits` and `sightings`: every applied visit but blind re-visits, which stay apart.

    People merged into others stand as who they are now. Times are the county's, without a zone.
    """
    visits, tasks = Visit._meta.db_table, VisitTask._meta.db_table
    sightings, findings = Sighting._meta.db_table, Finding._meta.db_table
    applied = f"JOIN {tasks} t ON t.id = v.task_id WHERE v.state = 'applied' AND t.purpose <> 'revisit'"
    _load(con, "raw_visits", _VISITS, f"FROM {visits} v {applied}")
    _load(
        con,
        "raw_sightings",
        _SIGHTINGS,
        f"FROM {sightings} s JOIN {visits} v ON v.id = s.visit_id LEFT JOIN register_person p ON p.id = s.person_id {applied}",
    )
    _load(con, "raw_findings", _FINDINGS, f"FROM {findings} f JOIN {visits} v ON v.id = f.visit_id {applied}")
    con.execute(
        "CREATE OR REPLACE TABLE visits AS SELECT * REPLACE (CAST(started_at AS TIMESTAMP) AS started_at,"
        " CAST(ended_at AS TIMESTAMP) AS ended_at, CAST(received_at AS TIMESTAMP) AS received_at) FROM raw_visits"
    )
    con.execute("""
        CREATE OR REPLACE TABLE sightings AS
        SELECT s.visit_id, s.person_id, s.name, s.present, s.alone = 1 AS alone, s.own_id,
               coalesce(f.danger, 'none') AS danger, f.need, f.words
        FROM raw_sightings s LEFT JOIN (
          SELECT sighting_id, max(value) FILTER (kind = 'danger') AS danger, max(value) FILTER (kind = 'need') AS need,
                 max(value) FILTER (kind = 'words') AS words FROM raw_findings GROUP BY sighting_id) f USING (sighting_id)
    """)
    for table in ("raw_visits", "raw_sightings", "raw_findings"):
        con.execute(f"DROP TABLE {table}")


def _load(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, rest: str) -> None:
    schema = pa.schema([(name, kind) for name, (_, kind) in columns.items()])
    con.register("loading", schema.empty_table())
    con.execute(f"CREATE OR REPLACE TABLE {table} AS FROM loading")
    for rows in _chunks(f"SELECT {', '.join(_expression(sql) for sql, _ in columns.values())} {rest}"):
        arrays = [
            pa.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), schema, strict=True)
        ]
        con.register("loading", pa.table(arrays, schema=schema))
        con.execute(f"INSERT INTO {table} FROM loading")
    con.unregister("loading")


def _expression(sql: str) -> str:
    if not sql.startswith("{moment:"):
        return sql
    return _MOMENT[connection.vendor].format(sql.removeprefix("{moment:").removesuffix("}"))


def _chunks(sql: str) -> Iterator[list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        # No parameters: percent signs in the time format would be taken for placeholders.
        cursor.execute(sql, None)
        while rows := cursor.fetchmany(CHUNK):
            yield rows
