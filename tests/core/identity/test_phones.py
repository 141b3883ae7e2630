"""What number a cell holds: the first usable one, and never a piece of another."""

from __future__ import annotations

import duckdb
import pytest

from jiandi.core.identity.phones import no_phone_sql, phone_sql


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13900001234", "13900001234"),
        ("１３９００００１２３４", "13900001234"),
        ("139 0000 1234", "13900001234"),
        ("139-0000-1234", "13900001234"),
        ("13900001234.0", "13900001234"),
        ("+86 139 0000 1234", "13900001234"),
        ("86-13900001234", "13900001234"),
        ("008613900001234", "13900001234"),
        ("13900001234(儿子)", "13900001234"),
        ("儿子13900001234", "13900001234"),
        ("13900001234/13900005678", "13900001234"),
        ("13900001234、0599-8881234", "13900001234"),
        ("13900001234 13900005678", "13900001234"),
        ("0599-8881234", "05998881234"),
        ("(0599)8881234", "05998881234"),
        ("（0599）8881234", "05998881234"),
        ("010-88812345转801", "01088812345"),
        ("8881234", "8881234"),
        ("1390000123", None),  # a digit short: its first eight are somebody else's line
        ("139000012345", None),  # a digit too many
        ("12900001234", None),
        ("1.39E+10", None),
        ("990101197705131231", None),
        ("无电话", None),
        ("不详", None),
        ("", None),
        (None, None),
    ],
)
def test_it_finds_the_number(written: str | None, number: str | None) -> None:
    con = duckdb.connect()
    con.execute("create table cells as select ?::varchar as phone", [written])

    assert con.execute(f"select {phone_sql('phone')} from cells").fetchall() == [(number,)]


@pytest.mark.parametrize(("written", "none"), [("无", True), ("无手机", True), ("/", True), ("139", False)])
def test_it_knows_when_none_is_said(written: str, none: bool) -> None:
    con = duckdb.connect()
    con.execute("create table cells as select ?::varchar as phone", [written])

    assert con.execute(f"select {no_phone_sql('phone')} from cells").fetchall() == [(none,)]
