"""A round's visits as tables for analysis: what was seen where, in the county's own time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection

from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Finding, Sighting, Visit, VisitTask

CHUNK = 50_000
# Both databases hand a moment over as the text of its UTC: reading a million moments through Python would take longer
# than everything else. China keeps one time, eight hours ahead of UTC, without summer time since 1991.
_MOMENT = {
    "sqlite": "substr({0}, 1, 19)",
    "postgresql": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
}
_LOCAL = "CAST({0} AS TIMESTAMP) + INTERVAL 8 HOUR AS {0}"
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
    "person_id": ("s.person_id", pa.int64()),
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
_MERGED = {"person_id": ("p.id", pa.int64()), "into_id": ("p.superseded_by_id", pa.int64())}
_LONGEST_CHAIN = 64  # each step halves what is left of a chain; more would be a ring, which nothing writes
Columns = dict[str, tuple[str, pa.DataType]]


def snapshot(con: duckdb.DuckDBPyConnection, *, campaign: Campaign | None = None) -> None:
    """Fill a connection with `visits` and `sightings`: every applied visit but blind re-visits, which stay apart.

    With a `campaign` only that round's: who is compared with whom is a matter of one round.
    People merged into others stand as who they are now. Times are the county's, without a zone.
    """
    _gather(con, campaign=campaign)
    con.execute(f"CREATE OR REPLACE TABLE visits AS {_LOCAL_VISITS}")
    con.execute(f"CREATE OR REPLACE TABLE sightings AS {_TOLD_SIGHTINGS}")
    _sweep(con)


def add_visits(con: duckdb.DuckDBPyConnection, *, most: int) -> list[int] | None:
    """Add the visits that came since to a snapshot; return their ids, or None where it must be made anew.

    That is so when a visit it holds no longer counts, or when more than `most` are new.
    """
    visits, applied = _applied()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT v.id FROM {visits} v {applied}")
        now = {int(number) for (number,) in cursor.fetchall()}
    held = {number for (number,) in con.execute("SELECT visit_id FROM visits").fetchall()}
    new = sorted(now - held)
    if held - now or len(new) > most:
        return None
    if new:
        _gather(con, only=f"IN ({', '.join(map(str, new))})")
        con.execute(f"INSERT INTO visits BY NAME {_LOCAL_VISITS}")
        con.execute(f"INSERT INTO sightings BY NAME {_TOLD_SIGHTINGS}")
        _sweep(con)
    return new


def _applied() -> tuple[str, str]:
    visits, tasks = (model._meta.db_table for model in (Visit, VisitTask))
    return visits, f"JOIN {tasks} t ON t.id = v.task_id WHERE v.state = 'applied' AND t.purpose <> 'revisit'"


def _gather(con: duckdb.DuckDBPyConnection, *, only: str = "", campaign: Campaign | None = None) -> None:
    """Load the raw tables; `only` narrows them to some visits, written as SQL after the visit's number."""
    visits, applied = _applied()
    applied += f" AND t.campaign_id = {campaign.pk:d}" if campaign else ""
    which = {alias: f"WHERE {alias}.visit_id {only}" if only else "" for alias in ("s", "f")}
    load(con, "raw_visits", _VISITS, f"FROM {visits} v {applied}" + (f" AND v.id {only}" if only else ""))
    # Whole tables in the order they lie, joined here: joined there, each line would be looked up by itself.
    load(con, "raw_sightings", _SIGHTINGS, f"FROM {Sighting._meta.db_table} s {which['s']} ORDER BY s.id")
    load(con, "raw_findings", _FINDINGS, f"FROM {Finding._meta.db_table} f {which['f']} ORDER BY f.id")
    people = Person._meta.db_table
    load(con, "raw_merged", _MERGED, f"FROM {people} p WHERE p.superseded_by_id IS NOT NULL ORDER BY p.id")
    _follow_chains(con)


_LOCAL_VISITS = f"""SELECT * REPLACE ({", ".join(_LOCAL.format(name) for name in ("started_at", "ended_at", "received_at"))})
    FROM raw_visits"""
_TOLD_SIGHTINGS = """
    SELECT s.visit_id, coalesce(m.into_id, s.person_id) AS person_id, s.name, s.present, s.alone = 1 AS alone,
           s.own_id, coalesce(f.danger, 'none') AS danger, f.need, f.words
    FROM raw_sightings s SEMI JOIN raw_visits USING (visit_id) LEFT JOIN raw_merged m USING (person_id) LEFT JOIN (
      SELECT sighting_id, max(value) FILTER (kind = 'danger') AS danger, max(value) FILTER (kind = 'need') AS need,
             max(value) FILTER (kind = 'words') AS words FROM raw_findings GROUP BY sighting_id) f USING (sighting_id)
"""


def _sweep(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("raw_visits", "raw_sightings", "raw_findings", "raw_merged"):
        con.execute(f"DROP TABLE {table}")


def _follow_chains(con: duckdb.DuckDBPyConnection) -> None:
    """Let whoever was merged into somebody who was merged in turn lead to the last of them."""
    for _ in range(_LONGEST_CHAIN):
        led = con.execute("""UPDATE raw_merged SET into_id = n.into_id FROM (FROM raw_merged) n
            WHERE n.person_id = raw_merged.into_id AND n.into_id <> raw_merged.person_id""").fetchall()
        if led == [(0,)]:
            break


def load(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, rest: str) -> None:
    """Fill one table: `columns` gives each its expression in the database's words and its type, `rest` where from."""
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
