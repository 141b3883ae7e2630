"""From a sheet's cells to rows and records: set-based in DuckDB, every row accounted for.

In:  a table `cells(row_no INTEGER, c0 VARCHAR, c1 VARCHAR, ...)` with every line of the sheet, headings and titles too.
Out: `rows_<kind>` (row_id, roster_id, row_no, the kind's columns, village, town), `raw_records` (one a person named, as
written, for `core.linkage`), `row_outcomes` (one a line of the sheet: accepted, repaired, refused, skipped; why; and
the villages its address may mean, where none or not surely one was found), and `refused_people` (by what a refused row can
be known again).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from jiandi.core.codes import CodeTable, code_tables, map_codes
from jiandi.core.identity import map_dates, numbers_sql
from jiandi.core.identity.number_sql import BIT
from jiandi.core.numbering import ROLE_BITS, ROW_BITS, SHEET_BITS
from jiandi.core.rosters.cards import noted_against_cards, read_cards
from jiandi.core.rosters.cells import NOTHING, Reading, plain, quoted, reading_of
from jiandi.core.rosters.faults import REFUSED_PEOPLE, refused_people_sql
from jiandi.core.rosters.kinds import Field, Kind, RowPerson, kind_of
from jiandi.core.rosters.mapping import SheetMapping
from jiandi.core.rosters.placing import locate, said_of_place, written_place

_WORK_TABLES = (
    "_plain",
    "_dates",
    "_dates_written",
    "_codes",
    "_typed",
    "_judged",
    "_addresses",
    "_located",
    "_found",
    "_outcomes",
)
MOST_SHEETS = 1 << (ROW_BITS - SHEET_BITS)
_SEX_OF_ROLE = {"husband": "'1'", "father": "'1'", "wife": "'2'", "mother": "'2'"}
_FOOTER = "^(合计|总计|小计|共计|填报|填表|制表|审核|负责人|单位负责人|经办|说明|注[::]|备注[::]|报送|盖章|单位[((]|日期[::])"

RAW_RECORDS = """raw_records (record_id BIGINT, row_id BIGINT, roster_id BIGINT, kind VARCHAR, role TINYINT, name VARCHAR,
    id_number VARCHAR, birth VARCHAR, sex VARCHAR, age VARCHAR, phone VARCHAR, village BIGINT, town BIGINT, address VARCHAR,
    household_no VARCHAR, reference_on DATE)"""
ROW_OUTCOMES = """row_outcomes (row_id BIGINT, roster_id BIGINT, row_no INTEGER, outcome VARCHAR, reason VARCHAR,
    field VARCHAR, repairs VARCHAR, places VARCHAR)"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Which roster the cells belong to: its number, its sheet (0 first), its date, and the sender's own town if any."""

    roster_id: int
    reference_on: dt.date
    sheet_no: int = 0
    town: int | None = None

    @property
    def first_row_id(self) -> int:
        """The number to which a sheet's row number is added."""
        return (self.roster_id << ROW_BITS) + (self.sheet_no << SHEET_BITS)


@dataclass(frozen=True, slots=True)
class RowCounts:
    """How many lines of a sheet were accepted (repaired ones among them), refused, and skipped as no data."""

    accepted: int
    repaired: int
    refused: int
    skipped: int
    records: int


def read_rows(
    con: duckdb.DuckDBPyConnection,
    mapping: SheetMapping,
    delivery: Delivery,
    *,
    cells: str,
    places: str | None = None,
    codes: Mapping[str, CodeTable] | None = None,
) -> RowCounts:
    """Read one sheet's cells by its mapping and add to rows_<kind>, raw_records and row_outcomes.

    `places(id, name, level, parent)` lets addresses be turned into villages; without it they stay text. `codes` are the code
    tables with a county's own words; without it the national ones alone.
    """
    tables = codes or code_tables()
    kind = kind_of(mapping.kind)
    present = {name: kind.fields[name] for name in kind.stored_fields if name in mapping.by_field}
    make_tables(con, kind)
    _plain_cells(con, mapping, present, cells, delivery)
    present = read_cards(con, kind, present, tables)
    coded = {name: field.codes for name, field in present.items() if field.type == "code"}
    map_codes(con, source="_plain", columns=coded, tables=tables, into="_codes", where="skipped = ''")
    _read_dates(con, present)
    _read_numbers(con, present)
    _typed_cells(con, kind, present)
    _judge(con, kind, present)
    locate(con, kind, present, own_town=delivery.town, places=places)
    before = _records_of(con, delivery.roster_id)
    _write_rows(con, kind, present, delivery)
    for person in kind.people:
        _write_records(con, kind, person, present, delivery)
    _write_outcomes(con, delivery)
    row_id = f"{delivery.first_row_id}::BIGINT + row_no"
    con.execute(f"INSERT INTO refused_people {refused_people_sql(kind, present, row_id, delivery.roster_id)}")
    counts = _counts(con, delivery, before)
    for table in (
        *_WORK_TABLES,
        *(f"_number_{name}" for name, field in present.items() if field.type == "id"),
    ):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    return counts


def make_tables(con: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Create the tables of a kind where they do not exist yet."""
    columns = ", ".join(f'"{name}" {_type_of(field)}' for name, field in kind.fields.items())
    con.execute(f"CREATE TABLE IF NOT EXISTS {RAW_RECORDS}")
    con.execute(f"CREATE TABLE IF NOT EXISTS {ROW_OUTCOMES}")
    con.execute(f"CREATE TABLE IF NOT EXISTS {REFUSED_PEOPLE}")
    con.execute(
        f"CREATE TABLE IF NOT EXISTS rows_{kind.code} (row_id BIGINT, roster_id BIGINT, row_no INTEGER, {columns}, village BIGINT, town BIGINT)"
    )


def _type_of(field: Field) -> str:
    return reading_of(field, "x").sql_type


def _plain_cells(
    con: duckdb.DuckDBPyConnection,
    mapping: SheetMapping,
    present: dict[str, Field],
    cells: str,
    delivery: Delivery,
) -> None:
    """Name the columns, take white space off, and tell data from blank lines, repeated headings, sums and signatures."""
    at = mapping.by_field
    shut = {f.index for f in mapping.forbidden}
    width = len(con.execute(f"DESCRIBE {cells}").fetchall()) - 1
    unread = [f"nullif(c{i}, '')" for i in range(width) if i not in shut and i not in at.values()]
    cells_in_order = [f'"{name}"' for name in present] + unread
    filled = " + ".join(f"({cell} IS NOT NULL)::TINYINT" for cell in cells_in_order)
    headings = [
        f'coalesce(("{n}" = {quoted(mapping.layout.headers[at[n]].strip())})::TINYINT, 0)' for n in present
    ]
    names = [name for name, field in present.items() if field.type in ("name", "id")] or list(present)
    unnamed = " AND ".join(f'"{name}" IS NULL' for name in names)
    leftmost = "c0 <> ''" if 0 not in shut else "false"
    by_place = [f'"{name}"' for name in sorted(present, key=lambda name: at[name])]
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _plain AS
        SELECT * EXCLUDE (filled, repeated, first_cell, leftmost), CASE WHEN filled = 0 THEN 'blank' WHEN repeated >= 2 THEN 'heading'
            WHEN filled <= 6 AND regexp_matches(replace(replace(first_cell, ' ', ''), '\u3000', ''), {quoted(_FOOTER)}) THEN 'footer'
            WHEN filled = 1 AND leftmost AND ({unnamed} OR length(first_cell) > 20) THEN 'section' ELSE '' END AS skipped
        FROM (SELECT row_no, {filled} AS filled, {leftmost} AS leftmost, {" + ".join(headings)} AS repeated,
                coalesce({", ".join([*by_place, *unread, "''"])}) AS first_cell, {", ".join(by_place)},
                DATE '{delivery.reference_on.isoformat()}' AS roster_on
            FROM (SELECT *, {", ".join(plain(f"c{at[name]}") + f' AS "{name}"' for name in present)}
                  FROM {cells} WHERE row_no > {mapping.layout.last_row}))""")


def _read_dates(con: duckdb.DuckDBPyConnection, present: dict[str, Field]) -> None:
    """Read each distinct spelling of a date once, for all date columns together."""
    columns = [name for name, field in present.items() if field.type in ("date", "month")]
    union = " UNION ".join(
        f"""SELECT DISTINCT "{name}" AS raw, roster_on AS reference_on FROM _plain WHERE skipped = ''"""
        for name in columns
    )
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE _dates_written AS {union or 'SELECT NULL::VARCHAR AS raw, NULL::DATE AS reference_on'}"
    )
    map_dates(con, source="_dates_written", column="raw", into="_dates", future=True)


def _read_numbers(con: duckdb.DuckDBPyConnection, present: dict[str, Field]) -> None:
    """Read each identity number; the reason is the first of those that were noted."""
    for name, field in present.items():
        if field.type != "id":
            continue
        source = f'(SELECT row_no, "{name}" AS id_number, roster_on AS reference_on FROM _plain WHERE "{name}" IS NOT NULL)'
        reasons = " ".join(
            f"WHEN id_bits & {bit} > 0 THEN '{code}'"
            for code, bit in BIT.items()
            if code.startswith("id_") and code != "id_area_unknown"
        )
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE _number_{name} AS
            SELECT row_no, coalesce(id18, id_text) AS number, CASE WHEN id_bits > 0 THEN CASE {reasons} END END AS reason
            FROM ({numbers_sql(source)})""")


def _typed_cells(con: duckdb.DuckDBPyConnection, kind: Kind, present: dict[str, Field]) -> None:
    """Turn plain texts into values, layer by layer, and list the repairs as `column:reason` parts of one text."""
    extra, joins = [], []
    for i, (name, field) in enumerate(present.items()):
        if field.type in ("date", "month"):
            extra.append(f"d{i}.on_day AS {name}__day, d{i}.reason AS {name}__reason")
            joins.append(f'LEFT JOIN _dates d{i} ON d{i}.raw = p."{name}"')
        elif field.type == "code":
            extra.append(f"c{i}.kept AS {name}__kept, c{i}.reason AS {name}__reason")
            joins.append(
                f"""LEFT JOIN _codes c{i} ON c{i}.raw = p."{name}" AND c{i}.code_table = '{field.codes}'"""
            )
        elif field.type == "id":
            extra.append(f"n{i}.number AS {name}__number, n{i}.reason AS {name}__reason")
            joins.append(f"LEFT JOIN _number_{name} n{i} ON n{i}.row_no = p.row_no")
    readings = noted_against_cards(
        {name: reading_of(field, f'"{name}"') for name, field in present.items()}, present
    )
    steps = [f"{expr} AS {step}" for r in readings.values() for step, expr in r.steps]
    values = [f"{r.value} AS v_{name}" for name, r in readings.items()]
    written = [f'"{name}" AS w_{name}' for name in present]
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _typed AS
        SELECT row_no, roster_on, {", ".join([*written, *values])},
            {_repairs(readings)} AS repairs
        FROM (SELECT *, {", ".join([*steps, "0 AS _"])}
              FROM (SELECT p.*, {", ".join([*extra, "0 AS __"])} FROM _plain p {" ".join(joins)} WHERE skipped = ''))""")


def _repairs(readings: dict[str, Reading]) -> str:
    parts = []
    for name, reading in readings.items():
        for code, condition in reading.repairs:
            if code == "*":
                parts.append(f"'{name}:' || ({condition})")
            else:
                parts.append(f"CASE WHEN {condition} THEN '{name}:{code}' END")
    return f"concat_ws(' ', {', '.join(parts)})" if parts else "''"


def _judge(con: duckdb.DuckDBPyConnection, kind: Kind, present: dict[str, Field]) -> None:
    """Refuse the rows that name nobody, or whose name is a number because the columns are shifted."""
    names = [c for p in kind.people if (c := p.column("name")) in present]
    numbers = [c for p in kind.people if (c := p.column("id_number")) in present]
    required = [f for f in kind.required if f not in names]
    nobody = (
        "false" if kind.nameless else " AND ".join(f"v_{c} IS NULL" for c in (*names, *numbers)) or "false"
    )
    shifted = " ".join(f"WHEN regexp_matches(v_{c}, '[0-9]{{5}}') THEN '{c}'" for c in names)
    missing = " ".join(f"WHEN v_{c} IS NULL THEN '{c}'" for c in required)
    never = "WHEN false THEN ''"
    first = (names or list(present))[0]
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _judged AS
        SELECT *, CASE WHEN shifted_field IS NOT NULL THEN 'columns_shifted' WHEN missing_field IS NOT NULL THEN 'value_missing'
            WHEN {nobody} THEN 'names_nobody' END AS refused, coalesce(shifted_field, missing_field, '{first}') AS refused_field
        FROM (SELECT *, CASE {shifted or never} END AS shifted_field,
            CASE {missing or never} END AS missing_field FROM _typed)""")


def _write_rows(
    con: duckdb.DuckDBPyConnection, kind: Kind, present: dict[str, Field], delivery: Delivery
) -> None:
    person = kind.people[0] if kind.people else None
    place = person and written_place(person, present)
    values = ", ".join(f"v_{name}" if name in present else "NULL" for name in kind.fields)
    join = f"LEFT JOIN _located l ON l.address = {place}" if place else "LEFT JOIN _located l ON false"
    con.execute(f"""
        INSERT INTO rows_{kind.code}
        SELECT {delivery.first_row_id}::BIGINT + row_no, {delivery.roster_id}, {_row_no(delivery)}, {values}, l.village, coalesce(l.town, {delivery.town or "NULL"})
        FROM _judged j {join} WHERE refused IS NULL ORDER BY row_no""")
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _found AS
        SELECT row_no, trim(repairs || coalesce({said_of_place("l.found")}, '')) AS repairs, l.names AS places FROM _judged j {join}""")


def _row_no(delivery: Delivery) -> str:
    return f"row_no + {delivery.sheet_no << SHEET_BITS}"


def _write_records(
    con: duckdb.DuckDBPyConnection,
    kind: Kind,
    person: RowPerson,
    present: dict[str, Field],
    delivery: Delivery,
) -> None:
    """Add the people of one role, as written; linkage reads numbers and dates by its own, equal rules."""
    place = written_place(person, present)

    def of(fact: str, typed: bool = True) -> str:
        column = person.column(fact)
        return f"{'v' if typed else 'w'}_{column}" if column and column in present else "NULL"

    household = "v_household_no" if person.role == "subject" and "household_no" in present else "NULL"
    named = f"({of('name')} IS NOT NULL OR ({of('id_number', False)}) IS NOT NULL AND {of('id_number', False)} NOT IN {NOTHING})"
    condition = "true" if kind.nameless == "person" and person.role == "subject" else named
    join = f"LEFT JOIN _located l ON l.address = {place}" if place else "LEFT JOIN _located l ON false"
    con.execute(f"""
        INSERT INTO raw_records
        SELECT ({delivery.first_row_id}::BIGINT + row_no) * {1 << ROLE_BITS} + {person.code}, {delivery.first_row_id}::BIGINT + row_no,
            {delivery.roster_id}, '{kind.code}', {person.code}, {of("name")}, {of("id_number", False)}, {of("birth", False)},
            coalesce({of("sex")}, {_SEX_OF_ROLE.get(person.role, "NULL")}), {of("age", False)}, {of("phone", False)}, l.village,
            coalesce(l.town, {delivery.town or "NULL"}), {place or "NULL"}, {household}, roster_on
        FROM _judged j {join} WHERE refused IS NULL AND {condition} ORDER BY row_no""")


def _write_outcomes(con: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _outcomes AS
        SELECT {delivery.first_row_id} + p.row_no, {delivery.roster_id}, p.{_row_no(delivery)},
            CASE WHEN skipped <> '' THEN 'skipped' WHEN refused IS NOT NULL THEN 'refused' WHEN f.repairs <> '' THEN 'repaired' ELSE 'accepted' END AS outcome,
            coalesce(nullif(skipped, ''), refused, '') AS reason, CASE WHEN refused IS NOT NULL THEN refused_field ELSE '' END,
            CASE WHEN refused IS NULL THEN coalesce(f.repairs, '') ELSE '' END, CASE WHEN refused IS NULL THEN f.places END
        FROM _plain p LEFT JOIN _judged j USING (row_no) LEFT JOIN _found f ON f.row_no = p.row_no;
        INSERT INTO row_outcomes FROM _outcomes""")


def _records_of(con: duckdb.DuckDBPyConnection, roster_id: int) -> int:
    return con.execute("SELECT count(*) FROM raw_records WHERE roster_id = ?", [roster_id]).fetchall()[0][0]


def _counts(con: duckdb.DuckDBPyConnection, delivery: Delivery, before: int) -> RowCounts:
    counted = dict(con.execute("SELECT outcome, count(*) FROM _outcomes GROUP BY outcome").fetchall())
    repaired = counted.get("repaired", 0)
    return RowCounts(
        accepted=counted.get("accepted", 0) + repaired,
        repaired=repaired,
        refused=counted.get("refused", 0),
        skipped=counted.get("skipped", 0),
        records=_records_of(con, delivery.roster_id) - before,
    )
