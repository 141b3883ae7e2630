"""Rows by the hundred thousand into either database, inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):  # type: ignore[type-arg]  # generic for the checker alone
    """`column__among={keys}`: as `__in`, but thousands of keys travel as one value and are not looked at one by one."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition in the database's own words for a list of values."""
        column, values = self.process_lhs(compiler, connection)
        keys = list(self.rhs)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s)", (*values, keys)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*values, json.dumps(keys))


def among(column: str, keys: Iterable[Any]) -> models.Q:
    """Return the condition that a column holds one of many keys."""
    return models.Q(**{f"{column}__among": frozenset(keys)})


def _moment_text(value: datetime | str | None) -> str | None:
    """Return a moment as Django's SQLite backend stores it; PostgreSQL takes moments, bytes and booleans as they are."""
    if value is None or isinstance(value, str):
        return value
    return str(value.astimezone(UTC).replace(tzinfo=None))


def _columns(
    model: type[models.Model], names: Sequence[str]
) -> list[tuple[str, Callable[[Any], Any] | None]]:
    columns: list[tuple[str, Callable[[Any], Any] | None]] = []
    for name in names:
        field = model._meta.get_field(name)
        convert: Callable[[Any], Any] | None = None
        if isinstance(field, models.DateTimeField):
            convert = _moment_text if connection.vendor == "sqlite" else None
        elif isinstance(field, models.JSONField):
            convert = _json_converter(field)
        columns.append((str(getattr(field, "column", "")), convert))
    return columns


def _json_converter(field: models.JSONField[Any, Any]) -> Callable[[Any], Any]:
    """Return how a document is stored; the empty one, by far the commonest, is made once."""
    empty = field.get_db_prep_save({}, connection)

    def convert(value: Any) -> Any:
        return empty if value == {} else field.get_db_prep_save(value, connection)

    return convert


def _converted(
    rows: Iterable[Sequence[Any]], columns: list[tuple[str, Callable[[Any], Any] | None]]
) -> Iterable[Sequence[Any]]:
    places = [(index, convert) for index, (_, convert) in enumerate(columns) if convert]
    if not places:
        return rows

    def convert_row(row: Sequence[Any]) -> list[Any]:
        out = list(row)
        for index, convert in places:
            out[index] = convert(out[index])
        return out

    return map(convert_row, rows)


def insert(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, or_ignore: bool = False
) -> None:
    """Insert rows given as tuples in the order of `names`. Dates may be ISO texts; `or_ignore` skips existing keys."""
    columns = _columns(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    listed = ", ".join(connection.ops.quote_name(column) for column, _ in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, table, listed, _converted(rows, columns), or_ignore)
            return
        verb = "INSERT OR IGNORE" if or_ignore else "INSERT"
        marks = ", ".join(["?"] * len(columns))
        _execute_many(f"{verb} INTO {table} ({listed}) VALUES ({marks})", _converted(rows, columns))


def _copy(cursor: Any, table: str, listed: str, rows: Iterable[Sequence[Any]], or_ignore: bool) -> None:
    target = table
    if or_ignore:
        cursor.execute(
            f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA"
        )
        target = "incoming"
    with cursor.copy(f"COPY {target} ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    if or_ignore:
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM incoming ON CONFLICT DO NOTHING")
        cursor.execute("DROP TABLE incoming")


def _execute_many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run one statement for many rows on the bare connection: Django's cursor would rewrite each of them."""
    bare: Any = connection.connection
    with connection.wrap_database_errors:
        bare.executemany(statement, rows)


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the columns `names` by primary key; each row is (value, ..., key)."""
    columns = _columns(model, names)
    table = connection.ops.quote_name(model._meta.db_table)
    key = connection.ops.quote_name(str(model._meta.pk.column))
    quoted = [connection.ops.quote_name(column) for column, _ in columns]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy_update(cursor, table, key, quoted, _converted(rows, columns))
            return
        sets = ", ".join(f"{column} = ?" for column in quoted)
        _execute_many(f"UPDATE {table} SET {sets} WHERE {key} = ?", _converted(rows, columns))


def _copy_update(cursor: Any, table: str, key: str, quoted: list[str], rows: Iterable[Sequence[Any]]) -> None:
    listed = ", ".join([*quoted, key])
    cursor.execute(f"CREATE TEMP TABLE changed ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA")
    with cursor.copy(f"COPY changed ({listed}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    sets = ", ".join(f"{column} = changed.{column}" for column in quoted)
    cursor.execute(f"UPDATE {table} SET {sets} FROM changed WHERE {table}.{key} = changed.{key}")
    cursor.execute("DROP TABLE changed")
