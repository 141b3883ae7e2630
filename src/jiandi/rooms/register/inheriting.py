"""Whose rows left with an old delivery and come again in a new one: the number of a person follows them.

A roster that is replaced, withdrawn or read anew takes its records with it. Whoever stood in no other roster would get a new
number with the next delivery; instead the new record inherits the old number, when it is certain to be the same line.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa
from django.db.models import Exists, OuterRef, Q

from jiandi.rooms.access import sealing
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import FOUND, Person, Record, Roster

AT_ONCE = 5_000
_HOMELESS = {
    "person_id": pa.int64(), "digest": pa.string(), "name": pa.string(), "sex": pa.int8(), "birth": pa.string(),
    "village": pa.int64(), "kinds": pa.string(),
}  # fmt: skip


def load_homeless(
    con: duckdb.DuckDBPyConnection, rosters: list[Roster], heirs: list[Q] | None = None
) -> None:
    """Make homeless: the people no record of these rosters belongs to, as they were last known; `heirs`: those who come in question."""
    gone = Roster.objects.filter(state__in=(Roster.State.REPLACED, Roster.State.WITHDRAWN))
    rows: Iterable[tuple[object, ...]] = ()
    if gone.exists():
        housed = Record.objects.filter(person=OuterRef("pk"), roster__in=[roster.pk for roster in rosters])
        left = Person.objects.filter(superseded_by__isnull=True).exclude(kinds=FOUND).exclude(Exists(housed))
        if heirs is None:
            rows = (_row(person) for person in left.iterator(shelf.CHUNK))
        else:
            rows = {person.pk: _row(person) for some in heirs for person in left.filter(some)}.values()
    shelf.load(con, "homeless", _HOMELESS, rows)


def heirs_of_arrivals(con: duckdb.DuckDBPyConnection) -> list[Q]:
    """Return conditions on the people whose number a new record could inherit: the same identity number, or else the same name.

    Several, because a database takes so many values in one question and no more.
    """
    rows = con.execute("""SELECT DISTINCT coalesce(name_clean, name), id18 FROM records SEMI JOIN assignments USING (record_id)
        ANTI JOIN known USING (record_id)""").fetchall()
    digests = sorted({sealing.blind_index(number, purpose="person.id") for _, number in rows if number})
    names = sorted({name for name, number in rows if name and not number})
    by_number = [Q(id_digest__in=digests[at : at + AT_ONCE]) for at in range(0, len(digests), AT_ONCE)]
    by_name = [
        Q(name__in=names[at : at + AT_ONCE], id_digest__isnull=True) for at in range(0, len(names), AT_ONCE)
    ]
    return by_number + by_name


def _row(person: Person) -> tuple[object, ...]:
    digest = bytes(person.id_digest).hex() if person.id_digest else None
    birth = person.birth_on.isoformat() if person.birth_on else None
    return person.pk, digest, person.name, person.sex, birth, person.village_id, person.kinds


def settle_claims(con: duckdb.DuckDBPyConnection) -> None:
    """Make claimed(record_id, person_id): the records people have, and those that inherit a homeless person's number.

    By identity number, with the same name or birth date; without one by name, sex, birth date and village in a roster of the
    same kind, if there is one such person and one such newcomer. Reads known, records, assignments, homeless.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE claimed AS SELECT record_id, person_id FROM known")
    if not con.execute("SELECT count(*) FROM homeless").fetchall()[0][0]:
        return
    con.execute("""
        CREATE OR REPLACE TEMP TABLE arrivals AS
        SELECT a.entity, r.record_id, r.kind, coalesce(r.name_clean, r.name) AS name, r.sex, r.birth_on::VARCHAR AS birth, r.village, r.id18
        FROM records r JOIN assignments a USING (record_id) ANTI JOIN known USING (record_id)""")
    numbers = [
        row[0] for row in con.execute("SELECT DISTINCT id18 FROM arrivals WHERE id18 IS NOT NULL").fetchall()
    ]
    digests = [sealing.blind_index(number, purpose="person.id").hex() for number in numbers]
    shelf.load(
        con, "digests", {"id18": pa.string(), "digest": pa.string()}, zip(numbers, digests, strict=True)
    )
    con.execute("""
        INSERT INTO claimed
        SELECT DISTINCT ON (a.record_id) a.record_id, h.person_id FROM arrivals a JOIN digests d USING (id18) JOIN homeless h USING (digest)
        WHERE a.name = h.name OR a.birth = h.birth ORDER BY a.record_id, h.person_id""")
    con.execute("""
        INSERT INTO claimed
        SELECT min(a.record_id), min(h.person_id) FROM arrivals a JOIN homeless h
            ON a.name = h.name AND a.village = h.village AND a.sex IS NOT DISTINCT FROM h.sex AND a.birth IS NOT DISTINCT FROM h.birth
        WHERE a.id18 IS NULL AND h.digest IS NULL AND list_contains(string_split(h.kinds, ' '), a.kind)
        GROUP BY a.name, a.village, a.sex, a.birth HAVING count(DISTINCT a.entity) = 1 AND count(DISTINCT h.person_id) = 1""")
