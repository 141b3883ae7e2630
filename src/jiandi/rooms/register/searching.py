"""The search index: which people bear which tokens. Area tokens lie inside it, so a village's search never reads the county."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection

_CHUNK = 20_000


def put(rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Set the tokens of people, given as (number, tokens); no tokens take a person out of the index."""
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK)):
        if connection.vendor == "postgresql":
            _put_postgres(chunk)
        else:
            _put_sqlite(chunk)


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
                    copy.write_row((number, list(tokens)))


def find(alternatives: Sequence[Sequence[str]], areas: Sequence[str], most: int) -> list[int]:
    """Return the numbers of people who bear all tokens of an alternative and one of the areas; the first alternatives first.

    A token ending in * stands for every token that begins so.
    """
    found: dict[int, None] = {}
    look = _find_postgres if connection.vendor == "postgresql" else _find_sqlite
    for tokens in alternatives:
        if len(found) >= most:
            break
        found |= dict.fromkeys(look(tokens, areas, most))
    return list(found)[:most]


def _find_sqlite(tokens: Sequence[str], areas: Sequence[str], most: int) -> list[int]:
    words = [
        f'"{token[:-1]}" *' if token.endswith("*") else f'"{token}"'
        for token in (t.replace('"', "") for t in tokens)
    ]
    within = " OR ".join(f'"{area}"' for area in areas)
    query = " AND ".join([*words, *([f"({within})"] if within else [])])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM register_search WHERE register_search MATCH %s ORDER BY rowid LIMIT %s",
            [query, most],
        )
        return [row[0] for row in cursor.fetchall()]


def _find_postgres(tokens: Sequence[str], areas: Sequence[str], most: int) -> list[int]:
    whole = [token for token in tokens if not token.endswith("*")]
    begun = [token[:-1] for token in tokens if token.endswith("*")]
    conditions, values = ["tokens @> %s::text[]"], [whole]
    if areas:
        conditions.append("tokens && %s::text[]")
        values.append(list(areas))
    for start in begun:
        conditions.append("EXISTS (SELECT 1 FROM unnest(tokens) AS t WHERE starts_with(t, %s))")
        values.append(start)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT person_id FROM register_search WHERE {' AND '.join(conditions)} ORDER BY person_id LIMIT %s",
            [*values, most],
        )
        return [row[0] for row in cursor.fetchall()]
