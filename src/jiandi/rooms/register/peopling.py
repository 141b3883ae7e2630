"""The results of a match run into the operational database, set by set; called by the action `link` alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet

from jiandi.rooms.access import dice, sealing
from jiandi.rooms.access.bulk import among, insert, update
from jiandi.rooms.register import searching, shelf
from jiandi.rooms.register.decided import columns_of, standing_changes
from jiandi.rooms.register.groups import NEEDS_ALONE
from jiandi.rooms.register.models import (
    FOUND,
    ChangeRequest,
    Household,
    MatchRun,
    Membership,
    Person,
    Record,
    Relation,
    ReviewPair,
)
from jiandi.rooms.register.reach import Reach
from jiandi.rooms.register.safeguarding import HELD, carry_safeguards
from jiandi.rooms.register.walling import carry_walls

_HOUSEHOLD = ("village_id", "town_id", "county_id", "dwelling_id", "head_name", "size")
# What a person's row holds besides its number, code and sealed identity number; compared to find what changed.
_PLAIN = (
    "name", "sex", "birth_on", "birth_precision", "died_on", "phone", "address", "household_id", "dwelling_id",
    "village_id", "town_id", "county_id", "is_provisional", "kinds", "record_count",
)  # fmt: skip
_KINDS = _PLAIN.index("kinds")
_NAMES = tuple(name.removesuffix("_id") for name in _PLAIN)


def write_households(con: duckdb.DuckDBPyConnection, known_ones: QuerySet[Household]) -> dict[str, int]:
    """Make new households and bring known ones up to date; return the number of each key. One that nobody is left in stays, empty."""
    known = {key: (pk, values) for key, pk, *values in known_ones.values_list("key", "pk", *_HOUSEHOLD)}
    found = con.execute("""
        SELECT key, village, town, county, dwelling_id, left(coalesce(h.head_name, ''), 60), size
        FROM homes LEFT JOIN heads h USING (key) ORDER BY key""").fetchall()
    fresh = [row for row in found if row[0] not in known]
    codes = dice.codes(len(fresh), 10)
    columns = ("key", "village", "town", "county", "dwelling", "head_name", "size", "code")
    insert(Household, columns, ((*row, code) for row, code in zip(fresh, codes, strict=True)))
    moved = [
        (*row[1:], known[row[0]][0])
        for row in found
        if row[0] in known and tuple(known[row[0]][1]) != row[1:]
    ]
    update(Household, columns[1:-1], moved)
    left = known.keys() - {row[0] for row in found}
    update(Household, ("size",), [(0, known[key][0]) for key in sorted(left) if known[key][1][-1]])
    return dict(known_ones.values_list("key", "pk"))


def _described(
    con: duckdb.DuckDBPyConnection, households: dict[str, int]
) -> Iterator[tuple[int, tuple[Any, ...], str | None]]:
    """Yield each person's number, plain values in the order of _PLAIN, and identity number."""
    query = """
        SELECT d.person_id, left(d.name, 60), d.sex, d.birth_on, coalesce(left(d.birth_precision, 6), ''), x.died_on,
            coalesce(left(d.phone, 30), ''), coalesce(left(d.address, 200), ''), m.key, coalesce(d.own_door, h.dwelling_id),
            d.village, d.town, d.county, d.is_provisional, left(d.kinds, 300), d.record_count, d.id18
        FROM described d LEFT JOIN deaths x USING (person_id) LEFT JOIN member m USING (person_id) LEFT JOIN homes h ON h.key = m.key
        ORDER BY d.person_id"""
    cursor = con.execute(query)
    while rows := cursor.fetchmany(50_000):
        for number, *plain, id18 in rows:
            plain[7] = households.get(plain[7])
            yield number, tuple(plain), id18


def write_people(
    con: duckdb.DuckDBPyConnection, households: dict[str, int], known: QuerySet[Person], at: datetime
) -> list[int]:
    """Enter new people, change known ones where something changed, point merged ones onwards; return who changed.

    Whoever takes over records of a sealed person is sealed.
    """
    before = {pk: (code, bytes(digest or b""), tuple(plain)) for pk, code, digest, *plain in
              known.values_list("pk", "code", "id_digest", *_PLAIN).iterator(shelf.CHUNK)}  # fmt: skip
    fresh = con.execute("SELECT count(*) FROM newcomers").fetchall()[0][0]
    gone = con.execute("SELECT into_id, 0, person_id FROM merged").fetchall()
    update(Person, ("superseded_by", "record_count"), gone)
    _part_again(con)
    decided = standing_changes()  # of whom the merges of this run left standing
    codes = iter(_unused_codes(fresh, {code for code, _, _ in before.values()}))
    new: list[tuple[Any, ...]] = []
    moved: list[tuple[Any, ...]] = []
    for number, said, id18 in _described(con, households):
        plain = _as_decided(said, decided[number]) if number in decided else said
        digest = sealing.blind_index(id18, purpose="person.id") if id18 else b""
        if number in before and plain[_KINDS] == before[number][2][_KINDS] == FOUND:
            continue  # known from the door alone: what the visit entered stands
        if number not in before:
            code = next(codes)
            new.append((number, code, *_sealed(id18, code), digest or None, *plain))
        elif before[number][1:] != (digest, plain):
            code = before[number][0]
            moved.append((*_sealed(id18, code), digest or None, *plain, number))
    insert(Person, ("id", "code", "id_sealed", "id_digest", *_NAMES), new)
    update(Person, ("id_sealed", "id_digest", *_NAMES), moved)
    takings = _takings(con)
    carry_walls(takings, at)
    carry_safeguards(takings, at)
    return [row[0] for row in new] + [row[-1] for row in moved] + [row[-1] for row in gone]


def _as_decided(plain: tuple[Any, ...], changes: Mapping[str, ChangeRequest]) -> tuple[Any, ...]:
    """Return a person's plain values with those that people decided on in their place."""
    columns = {k: v for field, one in changes.items() for k, v in columns_of(field, one.value).items()}
    return tuple(columns.get(name, value) for name, value in zip(_PLAIN, plain, strict=True))


def _takings(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Return who was merged into whom, and which newcomer has records that were another person's."""
    return con.execute("""SELECT person_id, into_id FROM merged UNION
        SELECT k.person_id, p.person_id FROM known k JOIN person_of p USING (record_id) SEMI JOIN newcomers n ON n.person_id = p.person_id
        WHERE k.person_id <> p.person_id ORDER BY ALL""").fetchall()


def _part_again(con: duckdb.DuckDBPyConnection) -> None:
    """A person who has records again points nowhere else: an undone merge brings the old number back."""
    merged = set(Person.objects.filter(superseded_by__isnull=False).values_list("pk", flat=True))
    if merged:
        alive = {row[0] for row in con.execute("SELECT DISTINCT person_id FROM person_of").fetchall()}
        update(Person, ("superseded_by",), [(None, pk) for pk in sorted(merged & alive)])


def _sealed(id18: str | None, code: str) -> tuple[bytes | None]:
    return (sealing.seal(id18.encode(), domain=f"person.id:{code}") if id18 else None,)


def _unused_codes(count: int, used: set[str]) -> list[str]:
    codes = [code for code in dice.codes(count, 10) if code not in used]
    while len(codes) < count:
        codes += [code for code in dice.codes(count - len(codes), 10) if code not in used]
    return codes


def write_links(con: duckdb.DuckDBPyConnection) -> None:
    """Point each record at its person where that is new or has changed."""
    rows = con.execute("""SELECT p.person_id, p.how, p.record_id FROM person_of p LEFT JOIN known k USING (record_id)
        WHERE k.person_id IS DISTINCT FROM p.person_id ORDER BY p.record_id""")
    while chunk := rows.fetchmany(100_000):
        update(Record, ("person", "how"), chunk)


def write_memberships(con: duckdb.DuckDBPyConnection, on: date, reach: Reach) -> None:
    """Enter who is newly on a protection list; end the lines of those within reach who no longer are."""
    kinds = {"id": pa.int64(), "person_id": pa.int64(), "grp": pa.string(), "ends_on": pa.date32()}
    before = reach.of(Membership.objects.order_by("pk"), "person_id").values_list(
        "id", "person_id", "group", "ends_on"
    )
    shelf.load(con, "member_before", kinds, before.iterator(shelf.CHUNK))
    fresh = con.execute("""SELECT person_id, grp, roster_id, record_id, left(coalesce(detail, ''), 100), starts_on, NULL
        FROM listed ANTI JOIN member_before b USING (person_id, grp) ORDER BY person_id, grp""").fetchall()
    insert(Membership, ("person", "group", "roster", "record_id", "detail", "starts_on", "ends_on"), fresh)
    again = con.execute("""SELECT l.roster_id, l.record_id, left(coalesce(l.detail, ''), 100), l.starts_on, NULL, b.id
        FROM listed l JOIN member_before b USING (person_id, grp)""").fetchall()
    update(Membership, ("roster", "record_id", "detail", "starts_on", "ends_on"), again)
    gone = con.execute(
        "SELECT ?, id FROM member_before ANTI JOIN listed USING (person_id, grp) WHERE ends_on IS NULL", [on]
    ).fetchall()
    update(Membership, ("ends_on",), gone)


def write_relations(con: duckdb.DuckDBPyConnection, reach: Reach) -> None:
    """Write kin and guardians within reach anew: they are derived from rows and hold nothing of their own."""
    if reach.people is None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {Relation._meta.db_table}")
    else:
        for column in ("person_id", "other_id"):
            reach.of(Relation.objects.all(), column).delete()
        shelf.load(con, "within", {"person_id": pa.int64()}, [(one,) for one in sorted(reach.people)])
        con.execute(
            """DELETE FROM related WHERE person_id NOT IN (FROM within) AND other_id NOT IN (FROM within)"""
        )
    rows = con.execute("SELECT person_id, other_id, kind, row_id FROM related ORDER BY ALL")
    while chunk := rows.fetchmany(100_000):
        insert(Relation, ("person", "other", "kind", "row_id"), chunk, or_ignore=True)


def write_reviews(con: duckdb.DuckDBPyConnection, run: MatchRun) -> None:
    """List the pairs a person must look at; those no longer doubted are set aside, decided ones stay decided."""
    add_reviews(con, run)
    gone = con.execute(f"""SELECT 'gone', b.id FROM pairs_before b ANTI JOIN doubts v ON v.record_id = b.record_id
        AND v.candidate = b.candidate WHERE b.state = 'open'
        AND (b.reason <> '{HELD}' OR b.record_id IN (SELECT record_id FROM person_of)
            OR b.record_id NOT IN (SELECT record_id FROM kept.assignments)
            OR b.candidate NOT IN (SELECT record_id FROM kept.assignments))""").fetchall()
    back = con.execute("""SELECT 'open', b.id FROM pairs_before b SEMI JOIN doubts v ON v.record_id = b.record_id
        AND v.candidate = b.candidate WHERE b.state = 'gone'""").fetchall()
    update(ReviewPair, ("state",), gone + back)


def add_reviews(con: duckdb.DuckDBPyConnection, run: MatchRun) -> int:
    """List the pairs that nobody was asked about before; return how many. Reads doubts, records and rosters."""
    kinds = {
        "id": pa.int64(),
        "record_id": pa.int64(),
        "candidate": pa.int64(),
        "state": pa.string(),
        "reason": pa.string(),
    }
    before = ReviewPair.objects.filter(lottery__isnull=True).values_list(
        "id", "record_id", "candidate_id", "state", "reason"
    )
    shelf.load(con, "pairs_before", kinds, before.iterator(shelf.CHUNK))
    _weigh(con)
    fresh = con.execute(f"""
        SELECT {run.pk}, v.record_id, v.candidate, 'open', v.reason, left(v.detail_zh, 300), left(v.detail_en, 300), v.match_weight,
            v.margin, coalesce(r.village, c.village), coalesce(r.town, c.town), o.county,
            coalesce(sr.stake, 0) | coalesce(sc.stake, 0), false
        FROM doubts v JOIN records r ON r.record_id = v.record_id JOIN records c ON c.record_id = v.candidate
        JOIN rosters o ON o.roster_id = r.roster_id
        LEFT JOIN stakes sr ON sr.record_id = v.record_id LEFT JOIN stakes sc ON sc.record_id = v.candidate ANTI JOIN pairs_before b ON b.record_id = v.record_id AND b.candidate = v.candidate
        ORDER BY v.record_id, v.candidate""").fetchall()
    names = (
        "run",
        "record",
        "candidate",
        "state",
        "reason",
        "detail_zh",
        "detail_en",
        "match_weight",
        "margin",
        "village",
        "town",
        "county",
        "stake",
        "is_join",
    )
    insert(ReviewPair, names, fresh, or_ignore=True)
    return len(fresh)


def _weigh(con: duckdb.DuckDBPyConnection) -> None:
    """Make stakes(record_id, stake): how much hangs on who the records of doubtful pairs are (see ReviewPair.stake)."""
    rows = con.execute("SELECT record_id FROM doubts UNION SELECT candidate FROM doubts").fetchall()
    links = Record.objects.filter(among("pk", (row[0] for row in rows)), person__isnull=False)
    alone = Membership.objects.filter(
        person=OuterRef("person"), ends_on__isnull=True, group__in=sorted(NEEDS_ALONE)
    )
    listed = Membership.objects.filter(person=OuterRef("person"), ends_on__isnull=True)
    told = links.annotate(alone=Exists(alone), listed=Exists(listed)).values_list(
        "pk", "alone", "person__is_provisional", "listed"
    )
    stakes = [
        (pk, 4 * is_alone + 2 * is_thin + is_listed)
        for pk, is_alone, is_thin, is_listed in told.iterator(shelf.CHUNK)
    ]
    shelf.load(con, "stakes", {"record_id": pa.int64(), "stake": pa.int16()}, stakes)


def index(people: list[int]) -> None:
    """Bring the search index up to date for people who are new or changed."""
    fields = ("name", "address", "village_id", "town_id", "county_id")
    for start in range(0, len(people), 50_000):
        changed = Person.objects.filter(among("pk", people[start : start + 50_000]))
        found = changed.order_by("pk").values_list("pk", "superseded_by_id", *fields)
        searching.put(
            (pk, [] if merged else searching.borne(*line))
            for pk, merged, *line in found.iterator(shelf.CHUNK)
        )


def continue_numbering(model: type[Model]) -> None:
    """Let PostgreSQL's own numbering go on after the numbers given here."""
    if connection.vendor == "postgresql":
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
            )
