"""People found at the door, as records of a standing list of their own, so that later rosters can turn out to name them.

What a visit learnt (name, sex, year of birth, village, door) is compared like any row, under the same guards; a match that
is not certain waits for a person. The list is kept by the register itself: nobody delivers, reads or withdraws it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db.models import Exists, OuterRef, QuerySet

from jiandi.core.linkage import clean
from jiandi.core.numbering import ROLE_BITS, ROW_BITS, ROW_MASK, roster_records
from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among, insert
from jiandi.rooms.access.models import Officer
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import FOUND, RECORD_COLUMNS, MatchRun, Person, Record, Roster

TITLE = Text(zh="走访发现", en="Found on a visit")
_RAW = {
    "record_id": pa.int64(), "roster_id": pa.int64(), "name": pa.string(), "birth": pa.string(), "sex": pa.string(),
    "village": pa.int64(), "town": pa.int64(), "address": pa.string(), "dwelling_id": pa.int64(), "met_on": pa.date32(),
}  # fmt: skip


def list_found(by: Officer, at: datetime) -> list[int]:
    """Give everybody found at a door a record on their county's list, once; return the new records' numbers."""
    of_block: dict[tuple[int, int], Roster] = {}
    rows = []
    for person in _unlisted().order_by("pk").iterator(shelf.CHUNK):
        block = (person.county_id, person.pk >> ROW_BITS)
        if block not in of_block:
            of_block[block] = _list_of(by, at, *block)
        roster, row_no = of_block[block], person.pk & ROW_MASK
        birth = person.birth_on.isoformat() if person.birth_on else None
        rows.append(
            (
                ((roster.pk << ROW_BITS) + row_no) << ROLE_BITS, roster.pk, row_no, 0, person.name, person.sex, birth,
                "missing", person.village_id, "", person.pk, "new",
            )
        )  # fmt: skip
    insert(Record, (*RECORD_COLUMNS, "person", "how"), rows)
    return [row[0] for row in rows]


def lists() -> list[Roster]:
    """Return every county's list of people found at a door."""
    return list(
        Roster.objects.filter(state=Roster.State.STANDING).select_related("unit__place").order_by("pk")
    )


def is_somebody_new_at_a_door() -> bool:
    """Answer whether visits found somebody who has not been looked for on the rosters yet, and rosters were linked before."""
    return MatchRun.objects.filter(is_whole=True).exists() and _unlisted().exists()


def _unlisted() -> QuerySet[Person]:
    """Return who has no record yet. Nobody behind a wall: a wall must not fall because a program found the same name."""
    return Person.objects.filter(kinds=FOUND, superseded_by__isnull=True, wall__isnull=True).exclude(
        Exists(Record.objects.filter(person=OuterRef("pk")))
    )


def _list_of(by: Officer, at: datetime, county: int, block: int) -> Roster:
    """Return a county's list; a row's number is the number of the person, of which a list holds sixteen million."""
    name = f"found:{county}:{block}"
    key = hashlib.sha256(name.encode()).hexdigest()
    known = Roster.objects.filter(sha256=key, state=Roster.State.STANDING).first()
    if known is not None:
        return known
    (made,) = Roster.objects.bulk_create(
        [
            Roster(
                unit=by.unit, county_id=county, kind=FOUND, state=Roster.State.STANDING, file_name=name, sha256=key,
                size_bytes=0, reference_on=at.date(), delivered_at=at, delivered_by=by,
            )
        ]
    )  # fmt: skip
    return made


def write_tables(
    con: duckdb.DuckDBPyConnection, lists: list[Roster], scratch: Path
) -> dict[int, tuple[str, Path]]:
    """Write each list's cleaned records, from found_doors, as rows are kept on the shelf; return the folders by list."""
    folders = {}
    for roster in lists:
        folder = scratch / f"found-{roster.pk}"
        folder.mkdir()
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE found_raw AS
            SELECT record_id, record_id >> {ROLE_BITS} AS row_id, roster_id, '{FOUND}' AS kind, 0::TINYINT AS role, name,
                NULL::VARCHAR AS id_number, birth, sex, NULL::VARCHAR AS age, NULL::VARCHAR AS phone, village, town, address,
                NULL::VARCHAR AS household_no, met_on AS reference_on FROM found_doors WHERE roster_id = {roster.pk}""")
        clean(con, raw="found_raw", into="found_read")
        con.execute(f"COPY found_read TO '{folder / 'records.parquet'}'")
        con.execute(f"COPY (SELECT row_id, roster_id FROM found_raw) TO '{folder / 'rows.parquet'}'")
        con.execute("DROP TABLE found_read")
        folders[roster.pk] = (FOUND, folder)
    return folders


def load_doors(con: duckdb.DuckDBPyConnection, lists: list[Roster]) -> None:
    """Make found_doors: each record of the lists with what the visit said, and the very door it was at."""
    rows = []
    for roster in lists:
        block = int(roster.file_name.rsplit(":", 1)[1]) << ROW_BITS
        met = Record.objects.filter(pk__range=roster_records(roster.pk)).order_by("pk")
        numbers = [block + no for no in met.values_list("row_no", flat=True)]
        there = {p.pk: p for p in Person.objects.select_related("dwelling").filter(among("pk", numbers))}
        for pk, row_no, name, sex, birth_on in met.values_list("pk", "row_no", "name", "sex", "birth_on"):
            person = there[block + row_no]
            rows.append(
                (
                    pk, roster.pk, name, str(birth_on.year) if birth_on else None, str(sex) if sex else None,
                    person.village_id, person.town_id, person.dwelling.address if person.dwelling else None,
                    person.dwelling_id, roster.reference_on,
                )
            )  # fmt: skip
    shelf.load(con, "found_doors", _RAW, rows)


def person_of(record: Record) -> Person | None:
    """Return the person whom a visit entered when it met whom this record names, merged into another since or not."""
    block = int(record.roster.file_name.rsplit(":", 1)[1]) << ROW_BITS
    return Person.objects.select_related("dwelling").filter(pk=block + record.row_no).first()
