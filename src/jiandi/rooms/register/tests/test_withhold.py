"""About whom only people decide, a run takes no number away and no row: it gives them what was nobody's, and asks the rest."""

from __future__ import annotations

import duckdb
import pytest

from jiandi.rooms.register.linking import settle_people

Rows = list[tuple[object, ...]]
SHE, OTHER, THIRD = 1, 2, 3


def settle(assignments: Rows, claimed: Rows, held: Rows, decisions: Rows = ()) -> dict[str, Rows]:
    """Rows as (record, entity), (record, person), (person,), (record, record, verdict)."""
    con = duckdb.connect()
    for table, columns, rows in (
        ("assignments", "record_id BIGINT, entity BIGINT", assignments),
        ("claimed", "record_id BIGINT, person_id BIGINT", claimed),
        ("held_people", "person_id BIGINT", held),
        ("decisions", "record_a BIGINT, record_b BIGINT, verdict VARCHAR", decisions),
    ):
        con.execute(f"CREATE TABLE {table} ({columns})")
        if rows:
            con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    con.execute("ALTER TABLE assignments ADD COLUMN how VARCHAR")
    con.execute("""CREATE TABLE reviews (record_id BIGINT, candidate BIGINT, reason VARCHAR, detail_zh VARCHAR, detail_en VARCHAR,
        match_weight DOUBLE, margin DOUBLE)""")
    settle_people(con, first_new=100)
    return {
        "people": con.execute("SELECT record_id, person_id FROM person_of ORDER BY 1").fetchall(),
        "merged": con.execute("SELECT person_id, into_id FROM merged").fetchall(),
        "asks": con.execute("SELECT record_id, candidate FROM doubts ORDER BY ALL").fetchall(),
    }


@pytest.mark.parametrize("held", [SHE, OTHER])
def test_it_merges_neither_away_and_asks(held: int) -> None:
    """The comparison says her one row and the other's two are one person; row 14 belongs to nobody yet."""
    told = settle([(11, 11), (12, 11), (13, 11), (14, 11)], [(11, SHE), (12, OTHER), (13, OTHER)], [(held,)])

    assert told == {
        "people": [(11, SHE), (12, OTHER), (13, OTHER), (14, OTHER)],
        "merged": [],
        "asks": [(11, 12)],
    }


def test_of_anybody_else_it_merges_as_ever() -> None:
    told = settle([(11, 11), (12, 11), (13, 11)], [(11, SHE), (12, OTHER), (13, OTHER)], [(THIRD,)])

    assert told["merged"] == [(SHE, OTHER)] and told["asks"] == []


def test_it_parts_no_row_from_her_and_asks() -> None:
    told = settle([(11, 11), (12, 11), (13, 13)], [(11, SHE), (12, SHE), (13, SHE)], [(SHE,)])

    assert told == {"people": [(11, SHE), (12, SHE), (13, SHE)], "merged": [], "asks": [(13, 11)]}


def test_a_row_of_hers_makes_nobody_else_lose_theirs() -> None:
    """One of her rows stands where another has most: neither gives up anything."""
    told = settle(
        [(11, 11), (12, 12), (13, 12), (14, 12)], [(11, SHE), (12, SHE), (13, OTHER), (14, OTHER)], [(SHE,)]
    )

    assert told["people"] == [(11, SHE), (12, SHE), (13, OTHER), (14, OTHER)] and told["merged"] == []
    assert told["asks"] == [(12, 11), (12, 13)]


def test_she_gets_new_rows_that_were_nobody_s() -> None:
    told = settle([(11, 11), (12, 11)], [(11, SHE)], [(SHE,)])

    assert told == {"people": [(11, SHE), (12, SHE)], "merged": [], "asks": []}


def test_what_people_called_the_same_is_carried_out() -> None:
    told = settle(
        [(11, 11), (12, 11), (13, 11)], [(11, SHE), (12, OTHER), (13, OTHER)], [(SHE,)], [(11, 12, "same")]
    )

    assert told["merged"] == [(SHE, OTHER)] and told["asks"] == []


def test_what_people_parted_goes_with_the_row_they_spoke_of() -> None:
    """Two of her rows lie with the one that was parted from her: they follow it, and nobody is asked again."""
    told = settle(
        [(11, 11), (12, 12), (13, 12), (14, 12)], [(11, SHE), (12, OTHER), (13, SHE), (14, SHE)], [(SHE,)], [(11, 12, "not_same")]
    )  # fmt: skip

    assert told["people"] == [(11, SHE), (12, OTHER), (13, OTHER), (14, OTHER)] and told["asks"] == []
