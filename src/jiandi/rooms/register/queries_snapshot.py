"""The register as tables for analysis: people, records, and every kind's rows with the people they name."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db.models import TextField
from django.db.models.functions import Cast

from jiandi.core.numbering import ROLES
from jiandi.core.rosters.kinds import kind_of
from jiandi.rooms.register import linking, shelf
from jiandi.rooms.register.models import COUNTED, Person, Record, Roster
from jiandi.rooms.register.rebuilding import on_shelf

_PEOPLE = {
    "person_id": pa.int64(),
    "household_id": pa.int64(),
    "dwelling_id": pa.int64(),
    "village": pa.int64(),
    "town": pa.int64(),
    "name": pa.string(),
    "sex": pa.int8(),
    "birth_on": pa.string(),
    "died_on": pa.string(),
}
_LINKS = {"record_id": pa.int64(), "person_id": pa.int64()}


def snapshot(con: duckdb.DuckDBPyConnection, only: Collection[str] = ()) -> None:
    """Fill a connection with `people`, `records` and `rows_<kind>` of the kinds delivered and not withdrawn.

    With `only`, the records and rows of these kinds alone, and nobody's `people`.

    A row carries <role>_person for each person it names, and its subject's village. Merged people are left out: their
    records stand with the person they were merged into.
    """
    if not only:
        _write_people(con, after=0)
        con.execute(f"CREATE OR REPLACE TABLE people AS {_PEOPLE_WRITTEN}")
        con.execute("DROP TABLE people_written")
    read = Roster.objects.filter(state=Roster.State.READ)
    read = read.filter(kind__in=only) if only else read
    rosters = list(read.select_related("unit__place").order_by("pk"))
    links = Record.objects.filter(roster__in=rosters, person__isnull=False).values_list("id", "person_id")
    shelf.load(con, "links", _LINKS, links.iterator(shelf.CHUNK))
    if not rosters:
        con.execute("DROP TABLE links")
        return
    with shelf.scratch() as scratch:
        _open_rows(con, rosters, scratch)
    con.execute("DROP TABLE links")


_PEOPLE_WRITTEN = (
    "SELECT * REPLACE (birth_on::DATE AS birth_on, died_on::DATE AS died_on) FROM people_written"
)


def add_people(con: duckdb.DuckDBPyConnection) -> None:
    """Add the people entered since to a snapshot: those whom visits found on no list."""
    ((last,),) = con.execute("SELECT coalesce(max(person_id), 0) FROM people").fetchall()
    _write_people(con, after=last)
    con.execute(f"INSERT INTO people BY NAME {_PEOPLE_WRITTEN}")
    con.execute("DROP TABLE people_written")


def _write_people(con: duckdb.DuckDBPyConnection, *, after: int) -> None:
    people = Person.objects.filter(COUNTED, pk__gt=after).values_list(
        *("pk", "household_id", "dwelling_id", "village_id", "town_id", "name", "sex"),
        # As they are written: reading a million days through Python and back would take longer than everything else.
        *(Cast(day, TextField()) for day in ("birth_on", "died_on")),
    )
    shelf.load(con, "people_written", _PEOPLE, people.iterator(shelf.CHUNK))


def _open_rows(con: duckdb.DuckDBPyConnection, rosters: list[Roster], scratch: Path) -> None:
    folders = {roster.pk: (roster.kind, on_shelf(roster, scratch)) for roster in rosters}
    linking.gather(con, folders, prefix="shelf_")
    con.execute("""CREATE OR REPLACE TABLE records AS SELECT record_id, row_id, roster_id, kind, role::INTEGER AS role, person_id,
        coalesce(name, name_clean) AS name, id18, id_status, birth_on, sex, phone, village
        FROM shelf_records LEFT JOIN links USING (record_id)""")
    kinds = sorted({kind for kind, _ in folders.values()})
    for kind in kinds:
        _rows(con, kind)
    for view in ("shelf_records", *(f"shelf_rows_{kind}" for kind in kinds)):
        con.execute(f"DROP VIEW IF EXISTS {view}")


def _rows(con: duckdb.DuckDBPyConnection, kind: str) -> None:
    people = kind_of(kind).people
    columns = ", ".join(f"l{p.code}.person_id AS {p.role}_person" for p in people)
    joins = " ".join(
        f"LEFT JOIN links l{p.code} ON l{p.code}.record_id = r.row_id * {ROLES} + {p.code}" for p in people
    )
    con.execute(
        f"CREATE OR REPLACE TABLE rows_{kind} AS SELECT r.*{', ' + columns if columns else ''} FROM shelf_rows_{kind} r {joins}"
    )
