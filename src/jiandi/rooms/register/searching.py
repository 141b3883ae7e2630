"""The search index: which people bear which tokens. Each token is a county's own, so a search never reads another county.

FTS5 in SQLite. In PostgreSQL an array of the tokens' checksums under a GIN index: whole words would take three times the room.
Two tokens may share a checksum (one in some thousands does), so whoever asks looks again at those it finds.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection, transaction

from jiandi.core.names import search_tokens

_CHUNK = 20_000
# The index is always right here: the planner knows nothing of how rare a token is, and a part of ten million rows read in
# turn, a query compiled first or shared among processes takes longer than the whole answer.
_BY_INDEX = """SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true)"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: a county, or those of its townships and villages whose tokens are given."""

    county: int
    areas: tuple[str, ...] = ()


def borne(name: str, address: str, village: int | None, town: int | None, county: int) -> list[str]:
    """Return the tokens a person is found by."""
    areas = [*([f"v{village}"] if village else []), *([f"t{town}"] if town else [])]
    own = _own(county)
    return [own + token for token in search_tokens(name, address)] + areas


def _own(county: int) -> str:
    """Return what a county's tokens begin with: its code, shorter by the noughts at its end."""
    return str(county).rstrip("0")


def put(rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Set the tokens of people, given as (number, tokens); no tokens take a person out of the index."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK)):
        if connection.vendor == "postgresql":
            _put_postgres(chunk)
        else:
            _put_sqlite(chunk)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # What waits to be sorted into the index is read from end to end by every search: sorted in now, not at the next vacuum.
            cursor.execute(
                """SELECT gin_clean_pending_list(found) FROM to_regclass('register_search_tokens') AS found
                WHERE found IS NOT NULL"""
            )


def _put_sqlite(chunk: list[tuple[int, Sequence[str]]]) -> None:
    with connection.cursor() as cursor:
        if cursor.execute("SELECT 1 FROM register_search LIMIT 1").fetchone():
            cursor.executemany(
                "DELETE FROM register_search WHERE rowid = %s", [(number,) for number, _ in chunk]
            )
        cursor.executemany(
            "INSERT INTO register_search (rowid, tokens) VALUES (%s, %s)",
            [(number, " ".join(tokens)) for number, tokens in chunk if tokens],
        )


def _put_postgres(chunk: list[tuple[int, Sequence[str]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM register_search WHERE person_id = ANY(%s)", [[number for number, _ in chunk]]
        )
        with cursor.copy("COPY register_search (person_id, tokens) FROM STDIN") as copy:
            for number, tokens in chunk:
                if tokens:
                    sums = ",".join([str(_checksum(token)) for token in tokens])
                    copy.write_row((number, f"{{{sums}}}"))


def _checksum(token: str) -> int:
    """Return a token's checksum as PostgreSQL's integers count."""
    return zlib.crc32(token.encode()) - (1 << 31)


def find(
    alternatives: Sequence[Sequence[str]], scopes: Sequence[Scope], hidden: Collection[int], most: int
) -> list[int]:
    """Return the numbers of people who bear all tokens of an alternative, within the scopes; the first alternatives first.

    Those hidden are passed over before they are counted: `most` are found whether or not somebody is hidden among them.
    """
    found: dict[int, None] = {}
    look = _find_postgres if connection.vendor == "postgresql" else _find_sqlite
    with _by_index():
        for tokens in alternatives:
            for scope in scopes:
                if len(found) >= most:
                    break
                words = [_own(scope.county) + token for token in tokens]
                found |= dict.fromkeys(look(words, scope.areas, hidden, most))
    return list(found)[:most]


@contextlib.contextmanager
def _by_index() -> Iterator[None]:
    """Let PostgreSQL read by the index alone for this search; in SQLite a transaction would wait for whoever writes."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)
        yield


def _find_sqlite(words: list[str], areas: Sequence[str], hidden: Collection[int], most: int) -> list[int]:
    quoted = ['"' + word.replace('"', "") + '"' for word in words]
    within = " OR ".join(f'"{area}"' for area in areas)
    query = " AND ".join([*quoted, *([f"({within})"] if within else [])])
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT rowid FROM register_search WHERE register_search MATCH %s
            AND rowid NOT IN (SELECT value FROM json_each(%s)) ORDER BY rowid LIMIT %s""",
            [query, json.dumps(list(hidden)), most],
        )
        return [row[0] for row in cursor.fetchall()]


def _find_postgres(words: list[str], areas: Sequence[str], hidden: Collection[int], most: int) -> list[int]:
    """No order is asked for: putting the seventy thousand Wangs of a county in order would mean to read them all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT person_id FROM register_search WHERE tokens @> %s::int[] {"AND tokens && %s::int[]" if areas else ""}
            AND person_id <> ALL(%s::bigint[]) LIMIT %s""",
            [
                [_checksum(word) for word in words],
                *([[_checksum(area) for area in areas]] if areas else []),
                list(hidden),
                most,
            ],
        )
        return sorted(row[0] for row in cursor.fetchall())
