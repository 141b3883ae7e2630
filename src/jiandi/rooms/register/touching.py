"""Whom a change can have touched: the people of the rows that moved, everybody they share rows with, and the households around them.

Only these are described and written again; all others are as the last run left them. That this gives what working everything out
anew gives is held by a test that does both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from jiandi.rooms.access.bulk import among
from jiandi.rooms.register import linking, shelf
from jiandi.rooms.register.models import Person, Record
from jiandi.rooms.register.reach import Reach
from jiandi.rooms.register.standing import numbers_of

_LINKS = {"record_id": pa.int64(), "person_id": pa.int64()}
_LIVES = {"person_id": pa.int64(), "key": pa.string()}


def narrow(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Make assignments and known of the rows that can be touched: all rows of all people who have one; return those people.

    Reads moved and reconsidered. Starts from the groups that rows left or joined, and goes on to the other groups of whoever
    has rows there, until nobody is added.
    """
    con.execute("""
        CREATE TEMP TABLE near AS SELECT entity FROM moved WHERE entity IS NOT NULL UNION SELECT was FROM moved WHERE was IS NOT NULL
            UNION SELECT entity FROM kept.assignments SEMI JOIN reconsidered USING (record_id)""")
    shelf.load(con, "looked", {"record_id": pa.int64()}, [])
    shelf.load(con, "known", _LINKS, [])
    left = con.execute("SELECT record_id FROM moved WHERE entity IS NULL").fetchall()
    people = {person for _, person in _people_of(row[0] for row in left)}
    asked: set[int] = set()
    while True:
        rows = con.execute("""SELECT record_id FROM kept.assignments SEMI JOIN near USING (entity)
            ANTI JOIN looked USING (record_id)""").fetchall()
        _learn(con, "looked", {"record_id": pa.int64()}, rows)
        links = _people_of(row[0] for row in rows)
        _learn(con, "known", _LINKS, links)
        people |= {person for _, person in links}
        if not people - asked:
            break
        theirs = Record.objects.filter(among("person_id", people - asked)).values_list("pk")
        shelf.load(con, "theirs", {"record_id": pa.int64()}, theirs.iterator(shelf.CHUNK))
        con.execute("""INSERT INTO near SELECT DISTINCT entity FROM kept.assignments SEMI JOIN theirs USING (record_id)
            ANTI JOIN near USING (entity)""")
        asked |= people
    con.execute("CREATE TEMP TABLE assignments AS FROM kept.assignments SEMI JOIN near USING (entity)")
    # A decision moves rows at once, and what was said of the other number ends only now.
    return numbers_of(people)


def look_around(con: duckdb.DuckDBPyConnection, people: set[int]) -> Reach:
    """Add to person_of and known the people whose households can change, and leave lives(person_id, key); return everybody reached.

    Somebody new at a door, or gone from it, can move others who share that door; and a household is described by all who live in it.
    """
    _find_neighbours(con)
    placed = {row[0] for row in con.execute("SELECT DISTINCT person_id FROM person_of").fetchall()}
    neighbours = {row[0] for row in con.execute("SELECT DISTINCT person_id FROM neighbour_of").fetchall()}
    before = _homes_of(con, "lived", placed | neighbours | people)
    con.execute(
        "CREATE TEMP TABLE near_here AS SELECT record_id, person_id FROM person_of UNION ALL FROM neighbour_of"
    )
    linking.find_households(con, "near_here")
    con.execute("""
        CREATE TEMP TABLE settled AS SELECT o.entity AS person_id, left(o.household, 80) AS key,
            o.entity IN (SELECT person_id FROM person_of) AS is_touched
        FROM household_of o WHERE is_touched OR o.door IN (SELECT 'd:' || village || ':' || door FROM doors_touched);
        CREATE TEMP TABLE moved_home AS SELECT s.person_id, s.key FROM settled s LEFT JOIN lived l USING (person_id)
        WHERE s.is_touched OR s.key IS DISTINCT FROM l.key""")
    moved = con.execute("SELECT person_id, key FROM moved_home").fetchall()
    keys = {key for _, key in moved} | {before.get(one) for one in {one for one, _ in moved} | people}
    others = ({one for one, _ in moved} | _who_live_in(keys - {None})) - placed
    _homes_of(con, "lived", placed | neighbours | people | others)
    _add_people(con, others)
    con.execute("""
        CREATE TEMP TABLE lives AS SELECT p.person_id, CASE WHEN s.person_id IS NULL THEN l.key ELSE s.key END AS key
        FROM (SELECT DISTINCT person_id FROM person_of) p
        LEFT JOIN settled s USING (person_id) LEFT JOIN lived l USING (person_id)""")
    merged = {row[0] for row in con.execute("SELECT person_id FROM merged").fetchall()}
    return Reach(frozenset(people | placed | others | merged))


def household_keys(con: duckdb.DuckDBPyConnection, reach: Reach) -> set[str]:
    """Return the households people within reach live in now or lived in before."""
    now = {row[0] for row in con.execute("SELECT DISTINCT key FROM lives WHERE key IS NOT NULL").fetchall()}
    before = reach.of(Person.objects.filter(household__isnull=False), "pk")
    return now | set(before.values_list("household__key", flat=True))


def _find_neighbours(con: duckdb.DuckDBPyConnection) -> None:
    """Make doors_touched, and neighbour_of(record_id, person_id): every row of others who have one at such a door."""
    con.execute("""
        CREATE TEMP TABLE doors_touched AS SELECT DISTINCT village, door FROM (
            SELECT village, door FROM records SEMI JOIN assignments USING (record_id) UNION ALL SELECT village, door FROM gone)
        WHERE village IS NOT NULL AND door IS NOT NULL;
        CREATE TEMP TABLE there AS SELECT record_id FROM records SEMI JOIN doors_touched USING (village, door);
        CREATE TEMP TABLE others AS SELECT DISTINCT entity FROM kept.assignments SEMI JOIN there USING (record_id)
            ANTI JOIN near USING (entity);
        CREATE TEMP TABLE their_rows AS SELECT record_id FROM kept.assignments SEMI JOIN others USING (entity)""")
    rows = con.execute("SELECT record_id FROM their_rows").fetchall()
    shelf.load(con, "neighbour_of", _LINKS, _people_of(row[0] for row in rows))


def _people_of(records: Iterable[int]) -> list[tuple[int, int]]:
    """Return (record, person) for those of the records that have a person."""
    links = Record.objects.filter(among("pk", records), person__isnull=False).order_by("pk")
    return list(links.values_list("pk", "person_id"))


def _homes_of(con: duckdb.DuckDBPyConnection, table: str, people: set[int]) -> dict[int, str]:
    """Make `table`(person_id, key) of where people live as far as is written, and return it."""
    rows = list(Person.objects.filter(among("pk", people)).order_by("pk").values_list("pk", "household__key"))
    shelf.load(con, table, _LIVES, rows)
    return {person: key for person, key in rows if key is not None}


def _who_live_in(keys: Iterable[str | None]) -> set[int]:
    living = Person.objects.filter(among("household__key", keys), superseded_by__isnull=True)
    return set(living.values_list("pk", flat=True))


def _add_people(con: duckdb.DuckDBPyConnection, people: set[int]) -> None:
    """Add people to person_of with all their rows, unmoved."""
    rows = Record.objects.filter(among("person_id", people)).order_by("pk").values_list("pk", "person_id")
    _learn(con, "unmoved", _LINKS, list(rows))
    con.execute("""
        INSERT INTO person_of SELECT record_id, person_id, how FROM unmoved JOIN kept.assignments USING (record_id);
        INSERT INTO known SELECT record_id, person_id FROM unmoved SEMI JOIN kept.assignments USING (record_id)""")


def name_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Leave named_of(record_id, person_id): person_of, and whoever else the same delivered rows name."""
    rows = con.execute("""
        SELECT record_id FROM records SEMI JOIN (SELECT DISTINCT row_id FROM records SEMI JOIN person_of USING (record_id)) USING (row_id)
        SEMI JOIN kept.assignments USING (record_id) ANTI JOIN person_of USING (record_id)""").fetchall()
    shelf.load(con, "named_of", _LINKS, _people_of(row[0] for row in rows))
    con.execute("INSERT INTO named_of SELECT record_id, person_id FROM person_of")


def _learn(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, pa.DataType],
    rows: Sequence[tuple[int, ...]],
) -> None:
    """Add rows to a working table."""
    shelf.load(con, "learnt", columns, rows)
    con.execute(f"CREATE TABLE IF NOT EXISTS {table} AS FROM learnt LIMIT 0; INSERT INTO {table} FROM learnt")
