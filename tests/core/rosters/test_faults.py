"""By what a faulty row is known again, in every kind of roster."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from jiandi.core.rosters.faults import NOT_KNOWN_AGAIN, find_mended, list_faults
from jiandi.core.rosters.kinds import catalogue, kind_of
from jiandi.core.rosters.mapping import guess_mapping
from jiandi.core.rosters.rows import Delivery, read_rows

NUMBER = "990101197705130028"
HUKOU = ["户号", "姓名", "性别", "出生日期", "公民身份号码", "户籍地址"]


def read(con: duckdb.DuckDBPyConnection, number: int, kind: str, rows: list[list[str]]) -> None:
    columns = {f"c{i}": pa.array(cells, pa.string()) for i, cells in enumerate(zip(*rows, strict=True))}
    con.register("cells", pa.table({"row_no": pa.array(range(1, len(rows) + 1), pa.int32()), **columns}))
    read_rows(con, guess_mapping(rows, kind=kind), Delivery(number, dt.date(2026, 11, 2)), cells="cells")


def listed(con: duckdb.DuckDBPyConnection, number: int, kind: str) -> list[tuple[object, ...]]:
    list_faults(con, kind_of(kind), number, refused=10, examples=2, placeless=2)
    return con.execute("SELECT code, number, name, birth, address FROM listed_faults").fetchall()


def test_a_row_that_slipped_is_known_by_the_number_in_the_wrong_column() -> None:
    con = duckdb.connect()
    read(
        con,
        1,
        "hukou",
        [HUKOU, ["1", "见一", "男", "1950-01-01", "", "村"], ["男", "19770513", NUMBER, "户主", "", ""]],
    )

    assert listed(con, 1, "hukou") == [("columns_shifted", NUMBER, None, None, None)]


def test_a_row_nobody_can_know_again_says_so() -> None:
    con = duckdb.connect()
    read(con, 1, "hukou", [HUKOU, ["1", "", "女", "1950-01-01", "", "村"]])
    listed(con, 1, "hukou")

    assert con.execute(f"SELECT count(*) FROM listed_faults WHERE {NOT_KNOWN_AGAIN}").fetchall() == [(1,)]


def test_it_lists_as_many_examples_as_are_kept() -> None:
    con = duckdb.connect()
    rows = [[str(n), f"见 {name}", "女", "1950-01-01", "", "村"] for n, name in enumerate("一二三四")]
    read(con, 1, "hukou", [HUKOU, *rows])

    assert [row[2] for row in listed(con, 1, "hukou")] == ["见一", "见二"]


@pytest.mark.parametrize("code", list(catalogue().kinds))
def test_it_follows_the_rows_of_every_kind(code: str) -> None:
    """A name with a space in it is written without one the next time."""
    kind, con = kind_of(code), duckdb.connect()
    names = {person.column("name") for person in kind.people}
    values = {
        "name": "见 一", "id": NUMBER, "date": "2026-01-02", "month": "2026-01", "money": "1", "int": "30",
        "phone": "19900000000", "code": "1", "address": "清溪镇大王村",
    }  # fmt: skip
    header = [field.title.zh for field in kind.fields.values()]
    row = [values["name"] if n in names else values.get(f.type, "见") for n, f in kind.fields.items()]
    read(con, 1, code, [header, row])
    list_faults(con, kind, 1, refused=10, examples=10, placeless=10)
    con.execute(
        "CREATE TABLE open_lines AS SELECT row_number() OVER () AS line_id, * EXCLUDE (row_no) FROM listed_faults"
    )
    spaced = con.execute("SELECT line_id FROM open_lines WHERE code = 'name_spaces' ORDER BY 1").fetchall()
    read(con, 2, code, [header, [cell.replace("见 一", "见一") for cell in row]])

    find_mended(con, kind, 2)

    assert con.execute("SELECT line_id FROM mended ORDER BY 1").fetchall() == spaced
