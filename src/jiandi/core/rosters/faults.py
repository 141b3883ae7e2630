"""A faulty row known again in a later delivery: whether what was wrong with it is mended there. Set-based in DuckDB.

A row is known again by its identity number and name, else by name and birth date, else by name and address, each as the row
itself is read. Where nothing of that is there, nobody can say what became of it.
"""

from __future__ import annotations

from collections.abc import Collection

import duckdb

from jiandi.core.rosters.kinds import PLACE_COLUMNS, Kind, RowPerson
from jiandi.core.rosters.placing import OPEN

REFUSED_PEOPLE = """refused_people (row_id BIGINT, roster_id BIGINT, number VARCHAR, name VARCHAR, birth DATE,
    address VARCHAR)"""
_NUMBER = "(?:^|[^0-9])([1-9][0-9]{16}[0-9Xx])(?:[^0-9A-Za-z]|$)"


def refused_people_sql(kind: Kind, present: Collection[str], row_id: str, roster_id: int) -> str:
    """Return SQL over `_judged` for the refused rows of a sheet, each with what it may be known by again.

    Of a row that slipped sideways the name is not where it belongs; a number that stands anywhere in it still tells whose it is.
    """
    person = _person(kind)

    def of(fact: str) -> str:
        column = person.column(fact) if person else None
        return f"v_{column}" if column in present else "NULL"

    own = f"nullif(regexp_extract({of('id_number')}::VARCHAR, '^[1-9][0-9]{{16}}[0-9X]$'), '')"
    written = ", ".join(f"w_{name}" for name in present)
    anywhere = f"upper(nullif(regexp_extract(concat_ws(' ', {written}), '{_NUMBER}', 1), ''))"
    name = f"CASE WHEN NOT regexp_matches({of('name')}::VARCHAR, '[0-9]') THEN {of('name')}::VARCHAR END"
    places = [f"v_{name}" for name in _place_columns(kind, person) if name in present]
    return f"""SELECT {row_id}, {roster_id}, coalesce({own}, {anywhere}), {name}, {of("birth")}::DATE, {_joined(places)}
        FROM _judged WHERE refused IS NOT NULL"""


def known_rows_sql(kind: Kind, number: int) -> str:
    """Return SQL for (row_id, number, name, birth, address) of a roster's accepted rows; `number` is the one they lie under."""
    person = _person(kind)

    def of(fact: str) -> str:
        column = person.column(fact) if person else None
        return f'"{column}"' if column else "NULL"

    places = [f'"{name}"' for name in _place_columns(kind, person)]
    return f"""SELECT row_id, {of("id_number")}::VARCHAR AS number, {of("name")}::VARCHAR AS name, {of("birth")}::DATE AS birth,
        {_joined(places)} AS address FROM rows_{kind.code} WHERE roster_id = {number}"""


def list_faults(
    con: duckdb.DuckDBPyConnection, kind: Kind, number: int, *, refused: int, examples: int, placeless: int
) -> None:
    """Make listed_faults(row_no, outcome, code, field, number, name, birth, address, places): the lines of a correction list.

    Each refused row, the first `refused` of them; of each repair the first `examples` rows, but `placeless` where the village
    stays open, with the villages it may be.
    """
    ours = f"roster_id = {number}"
    open_places = ", ".join(f"'address:{code}'" for code in OPEN)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE listed_faults AS
        WITH lines AS (
            (SELECT row_id, row_no, outcome, reason AS code, field, NULL AS places FROM row_outcomes WHERE {ours} AND outcome = 'refused'
                ORDER BY row_no LIMIT {refused})
            UNION ALL
            SELECT row_id, row_no, 'repaired', split_part(repair, ':', 2), split_part(repair, ':', 1), places FROM (
                FROM (SELECT row_id, row_no, places, unnest(string_split(repairs, ' ')) AS repair FROM row_outcomes
                    WHERE {ours} AND repairs <> '')
                QUALIFY row_number() OVER (PARTITION BY repair ORDER BY row_no)
                    <= CASE WHEN repair IN ({open_places}) THEN {placeless} ELSE {examples} END)),
        people AS (SELECT row_id, number, name, birth, address FROM refused_people WHERE {ours}
            UNION ALL SELECT * FROM ({known_rows_sql(kind, number)}) SEMI JOIN lines USING (row_id))
        SELECT row_no, outcome, code, field, p.number, p.name, p.birth, p.address, places FROM lines LEFT JOIN people p USING (row_id)
        ORDER BY outcome DESC, row_no, field, code""")


NOT_KNOWN_AGAIN = "number IS NULL AND (name IS NULL OR (birth IS NULL AND address IS NULL))"


def find_mended(con: duckdb.DuckDBPyConnection, kind: Kind, number: int) -> None:
    """Make mended(line_id) of open_lines(line_id, outcome, code, field, number, name, birth, address) of earlier deliveries.

    A line is mended when its row is known again in this delivery and every row it is known again in was taken and has not the
    same fault. Two different numbers part two people, unless the number itself was the fault.
    """
    person = _person(kind)
    columns = {
        fact: (person.column(fact) if person else None) or "-" for fact in ("id_number", "name", "birth")
    }
    same_number = (
        f"(l.number IS NULL OR r.number IS NULL OR l.number = r.number OR l.field = '{columns['id_number']}')"
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE candidates AS
        WITH now AS (SELECT *, false AS refused FROM ({known_rows_sql(kind, number)})
            UNION ALL SELECT row_id, number, name, birth, address, true FROM refused_people WHERE roster_id = {number}),
        near AS (SELECT * FROM now SEMI JOIN open_lines USING (number) UNION SELECT * FROM now SEMI JOIN open_lines USING (name))
        SELECT n.*, string_split(coalesce(o.repairs, ''), ' ') AS repairs FROM near n LEFT JOIN row_outcomes o USING (row_id);
        CREATE OR REPLACE TEMP TABLE known_again AS
        SELECT l.line_id, 1 AS means, r.row_id FROM open_lines l JOIN candidates r ON l.number = r.number
            WHERE l.name IS NULL OR r.name IS NULL OR l.name = r.name OR l.field = '{columns["name"]}'
        UNION ALL SELECT l.line_id, 2, r.row_id FROM open_lines l JOIN candidates r ON l.name = r.name AND l.birth = r.birth
            WHERE {same_number}
        UNION ALL SELECT l.line_id, 3, r.row_id FROM open_lines l JOIN candidates r ON l.name = r.name AND l.address = r.address
            WHERE (l.birth IS NULL OR r.birth IS NULL OR l.field = '{columns["birth"]}') AND {same_number};
        CREATE OR REPLACE TEMP TABLE mended AS
        SELECT l.line_id FROM open_lines l
        JOIN (FROM known_again QUALIFY means = min(means) OVER (PARTITION BY line_id)) k USING (line_id) JOIN candidates r USING (row_id)
        GROUP BY l.line_id
        HAVING bool_and(NOT r.refused AND (l.outcome = 'refused' OR NOT list_contains(r.repairs, l.field || ':' || l.code)))""")


def _person(kind: Kind) -> RowPerson | None:
    """Return whom a row is known by: the first person it names."""
    return kind.people[0] if kind.people else None


def _place_columns(kind: Kind, person: RowPerson | None) -> list[str]:
    own = person.column("address") if person else None
    shared = PLACE_COLUMNS if person and person.role == "subject" else ()
    return [name for name in (*shared, own) if name and name in kind.fields]


def _joined(columns: list[str]) -> str:
    return f"nullif(concat_ws('', {', '.join(columns)}), '')" if columns else "NULL::VARCHAR"
