"""What the database itself refuses: the log and its checkpoints are written once (each refusal has a failing test).

SQLite drops triggers with a table it rebuilds, so a later migration that alters these tables installs them again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# table -> columns that may be filled once, from nothing to a value, and never again
WRITTEN_ONCE: dict[str, tuple[str, ...]] = {
    "access_event": ("position",),
    "access_batchsubjects": (),
    "access_checkpoint": ("published_at",),
}
REFUSAL = "the log is written once"


def columns_of(connection: Any) -> Callable[[str], list[str]]:
    """Return how to ask a connection for a table's columns."""

    def columns(table: str) -> list[str]:
        with connection.cursor() as cursor:
            return [column.name for column in connection.introspection.get_table_description(cursor, table)]

    return columns


def install(execute: Callable[[str], Any], vendor: str, columns: Callable[[str], list[str]]) -> None:
    """Put the triggers on every table of the log; doing it twice changes nothing."""
    if vendor == "postgresql":
        execute(
            "CREATE OR REPLACE FUNCTION access_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
    for table, once in WRITTEN_ONCE.items():
        for statement in _statements(table, once, columns(table), vendor):
            execute(statement)


def remove(execute: Callable[[str], Any], vendor: str) -> None:
    """Take the triggers off again: for reversing the migration, and for emptying a test database."""
    for table in WRITTEN_ONCE:
        for verb in ("update", "delete"):
            where = f" ON {table}" if vendor == "postgresql" else ""
            execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")


def _statements(table: str, once: tuple[str, ...], columns: list[str], vendor: str) -> list[str]:
    changed = _changed(once, columns, "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT")
    if vendor == "postgresql":
        body = "EXECUTE FUNCTION access_refuse_change()"
        return [
            f"DROP TRIGGER IF EXISTS {table}_no_update ON {table}",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {body}",
            f"DROP TRIGGER IF EXISTS {table}_no_delete ON {table}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {body}",
        ]
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} {body}",
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} {body}",
    ]


def _changed(once: tuple[str, ...], columns: list[str], differs: str) -> str:
    """The condition that anything changed but a once-column that was still empty."""
    parts = [f'OLD."{name}" {differs} NEW."{name}"' for name in columns if name not in once]
    parts += [f'(OLD."{name}" IS NOT NULL AND OLD."{name}" {differs} NEW."{name}")' for name in once]
    return " OR ".join(parts)
