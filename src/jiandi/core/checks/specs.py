"""The spec of a rule: cases, each a tiny county written as plain tables: what each department delivered, who each row was found to name.

    people
    person | household | village | name | sex | birth_on
    1      | 10        | 7       | 甲某 | 1   | 1970-01-01

An identity number is written `ok` (good, the person's own), `ok=7` (good, but that of person 7), `bad` (fails its
check) or left out; `of` says whose
number stands in a row that was linked to nobody. Records follow
from the rows. Tables not named were not delivered.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import duckdb

from jiandi.core.checks.schema import ROSTER_ROLES, TABLES
from jiandi.core.numbering import ROLE_CODES
from jiandi.core.values import Refused, Text

AT = date(2026, 11, 24)
KINDS = sorted(ROSTER_ROLES)
SHORT = {
    "person": "person_id",
    "household": "household_id",
    "dwelling": "dwelling_id",
    "visit": "visit_id",
    "officer": "officer_id",
}
SHORT |= {"unit": "unit_id", "report": "report_id"}

STANDINGS = {"ok": "valid", "bad": "invalid", "": "missing"}

Row = dict[str, str | None]


def _wrong(zh: str, en: str) -> Refused:
    return Refused("checks.spec", Text(zh=zh, en=en))


def read_tables(text: str) -> dict[str, list[Row]]:
    """Read tables written in plain characters: a name on its own line, a heading, then rows."""
    tables: dict[str, list[Row]] = {}
    name = ""
    heading: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        cells = [cell.strip() or None for cell in line.split("|")]
        if len(cells) == 1:
            name, heading = line, []
            tables[name] = []
        elif not heading:
            heading = [cell or "" for cell in cells]
        else:
            tables[name].append(dict(zip(heading, cells, strict=False)))
    return tables


def county(text: str, con: duckdb.DuckDBPyConnection | None = None) -> duckdb.DuckDBPyConnection:
    """Make the snapshot of a county from its tables."""
    con = con or duckdb.connect()
    tables = read_tables(text)
    for name, rows in tables.items():
        _deliver(con, name, rows)
    _fill(
        con,
        "records",
        [record for kind, rows in tables.items() if kind in ROSTER_ROLES for record in _records(kind, rows)],
    )
    return con


def _deliver(con: duckdb.DuckDBPyConnection, name: str, rows: list[Row]) -> None:
    if name not in ROSTER_ROLES:
        _fill(con, name, [{SHORT.get(column, column): cell for column, cell in row.items()} for row in rows])
        return
    keyed: list[Row] = [
        {
            "row_id": str(row_id(name, number)),
            "roster_id": str(KINDS.index(name) + 1),
            "row_no": str(number),
            **row,
        }
        for number, row in enumerate(rows, 1)
    ]
    _fill(
        con,
        f"rows_{name}",
        [
            {
                ("subject_person" if column == "person" else column): cell
                for column, cell in row.items()
                if column != "of" and (not column.endswith("id_number") or column in TABLES[f"rows_{name}"])
            }
            for row in keyed
        ],
    )


def row_id(kind: str, number: int) -> int:
    """The id of the n-th row a kind delivered."""
    return (KINDS.index(kind) + 1) * 2**24 + number


def _records(kind: str, rows: list[Row]) -> list[Row]:
    return [
        record
        for number, row in enumerate(rows, 1)
        for role in ROSTER_ROLES[kind]
        if (record := _record(kind, number, role, row))
    ]


def _record(kind: str, number: int, role: str, row: Row) -> Row | None:
    before = "" if role == "subject" else f"{role}_"
    linked = row.get("person" if role == "subject" else f"{role}_person")
    person = linked or (row.get("of") if role == "subject" else None)
    if person is None:
        return None
    number_said = row.get(f"{before}id_number")
    standing, _, other = (number_said or "").partition("=")
    if standing not in STANDINGS or not (other or "0").isdigit():
        raise _wrong(
            f"{kind}的号码写作 ok、ok=人、bad 或留空,不是“{number_said}”",
            f"a number in {kind} is ok, ok=PERSON, bad or left out, not “{number_said}”",
        )
    status = STANDINGS[standing]
    own = row_id(kind, number)
    return {
        "record_id": str(own * 8 + ROLE_CODES[role]),
        "row_id": str(own),
        "roster_id": str(KINDS.index(kind) + 1),
        "kind": kind,
        "role": str(ROLE_CODES[role]),
        "person_id": linked,
        "name": row.get(f"{before}name"),
        "id18": f"990101{int(other or person):012d}" if standing == "ok" else None,
        "id_status": status,
        "birth_on": row.get(f"{before}birth"),
        "phone": row.get(f"{before}phone"),
        "village": row.get("village"),
    }


class Case(NamedTuple):
    """One case of a spec: what was delivered, and what the rule is to find."""

    rule: str
    title: str
    limits: dict[str, float]
    delivered: str
    finds: str
    line: int = 1

    @property
    def expected(self) -> list[Row]:
        """The findings the case names: person, a part of what is said, and who is walled off."""
        return read_tables("finds\n" + self.finds).get("finds", []) if self.finds.strip() != "nothing" else []


def limits_in(line: str) -> dict[str, float]:
    """Read `limits least_visits 4, chance 0.1`."""
    try:
        return {word.split()[0]: float(word.split()[1]) for word in line.replace("limits ", "").split(",")}
    except (IndexError, ValueError) as problem:
        raise _wrong(
            f"“{line.strip()}”应写作 limits 名称 数值", f"“{line.strip()}” should read limits NAME NUMBER"
        ) from problem


def cases_in(text: str) -> list[Case]:
    """Read the cases of one rule: its id on the first line, then `case` after `case`."""
    head, *parts = text.split("\ncase ")
    name, _, rest = head.strip().partition("\n")
    limits = limits_in(rest) if rest.strip() else {}
    cases, line = [], head.count("\n") + 2
    for part in parts:
        title, _, body = part.partition("\n")
        own = limits
        if body.startswith("limits "):
            first, _, body = body.partition("\n")
            own = limits | limits_in(first)
        delivered, mark, finds = body.partition("  finds\n")
        if not mark:
            raise _wrong(f"“{title}”没有写 finds", f"“{title}” has no line “  finds”")
        cases.append(Case(name, title, own, delivered, finds, line))
        line += part.count("\n") + 1
    return cases


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    if table not in TABLES:
        raise _wrong(f"规格中没有“{table}”这张表", f"in the spec, there is no table “{table}”")
    columns = TABLES[table]
    heading = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"CREATE TABLE {table} ({heading})")
    for row in rows:
        unknown = set(row) - set(columns)
        if unknown:
            name = sorted(unknown)[0]
            raise _wrong(f"规格中的{table}没有“{name}”一列", f"in the spec, {table} has no column “{name}”")
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join("?" * len(row))
        try:
            con.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        except duckdb.DataError as problem:
            why = str(problem).splitlines()[0]
            raise _wrong(
                f"规格中{table}的值读不出:{why}", f"in the spec, a value of {table}: {why}"
            ) from problem
