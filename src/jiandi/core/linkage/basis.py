"""What a run knows of the register as a whole: how common names are, which telephones many share, how rare a match is.

These figures move with every row, and with them every weight, a little. So they are counted at a full run and kept: a later
delivery is judged by the same measure, and linking it alone gives exactly what linking everything again would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from jiandi.core.linkage.model import default_model, digest
from jiandi.core.linkage.settings import Settings

ROWS_ELSEWHERE = 20_000
PEOPLE_AROUND = 200_000  # among whom a row's likes are looked for, however large the register
TABLES = ("lk_busy_phones", "lk_names", "lk_sounds", "lk_figures")
# what a full run worked out, and `relink` brings up to date; lk_form last, for it says that the others are whole
WORKED_OUT = (
    "lk_settled", "lk_untrusted", "lk_scored", "lk_same", "lk_different", "lk_keys", "lk_rest", "lk_decided",
    "lk_edges", "lk_joined", "lk_sizes", "lk_form",
)  # fmt: skip
FORM = 3  # of what is kept; `relink` takes up no other


def count(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Count the names, sounds and telephones of lk_records."""
    most = settings.people_per_phone
    con.execute(f"""create or replace temp table lk_busy_phones as
      select phone from lk_records where phone is not null group by phone
      having count(*) > {most} and count(distinct name) > {most}""")
    for table, column in (("lk_names", "name"), ("lk_sounds", "py")):
        con.execute(f"""create or replace temp table {table} as
          select {column}, count(*) as {column}_rows from lk_records where {column} is not null group by {column}""")
    con.execute(
        "create or replace temp table lk_figures as select count(*) as total, null::double as prior from lk_records"
    )


def set_prior(con: duckdb.DuckDBPyConnection) -> None:
    """Set how likely a pair is one person before it is asked anything: one in as many as there seem to be people.

    Pairs are not drawn at random: nearly every key holds the village or the day of birth, and a key too many share is passed over.
    So the chance of a pair does not go on falling as the register grows, and PEOPLE_AROUND is the most it is taken for. Measured
    (1,033,232 rows, seed 1): counting all people instead finds .0015 less and asks more, with the same wrong merges.
    """
    con.execute(f"""update lk_figures set prior = 1 / least({PEOPLE_AROUND}, greatest(1000,
      (select count(*) from lk_settled where rule = 'owner') + (select count(*) from lk_residue) // 2))""")


def rarity_sql(column: str, answer: str, model: Mapping[str, Any]) -> str:
    """Return SQL for how common a name is, leaning on the model's average as if it had been seen in other rows too.

    In a small place counts alone mislead: of three rows two always share "a common name".
    """
    average = model["answers"]["name"][answer][1]
    return (
        f"case when {column} is not null then (coalesce({column}_rows, 0) + {average * ROWS_ELSEWHERE})"
        f" / (total + {ROWS_ELSEWHERE}) end as tf_{column}"
    )


def keep(con: duckdb.DuckDBPyConnection, state: str, settings: Settings) -> None:
    """Keep the basis and what the run worked out under the name `state`."""
    con.execute(f"drop table if exists {state}_lk_form")
    for table in (*TABLES, *WORKED_OUT[:-1]):
        con.execute(f"create or replace table {state}_{table} as select * from {table}")
    mark(con, state, settings)


def form(settings: Settings) -> str:
    """Return what a state must say of itself to be taken up: its form, and the model whose weights it holds.

    A key's hash may be another in another version of DuckDB; a weight of another model says something else.
    """
    return f"{FORM} {duckdb.__version__} {digest(settings.model or default_model())}"


def mark(con: duckdb.DuckDBPyConnection, state: str, settings: Settings) -> None:
    """Say that the state is whole; whoever changes it says first, by dropping lk_form, that it is not."""
    con.execute(f"create or replace table {state}_lk_form as select '{form(settings)}' as form")


def is_whole(con: duckdb.DuckDBPyConnection, state: str, settings: Settings) -> bool:
    """Answer whether there is a state of this form and model, brought to its end by the run that wrote it."""
    if not is_there(con, f"{state}_lk_form"):
        return False
    return bool(con.execute(f"select form from {state}_lk_form").fetchall() == [(form(settings),)])


def take(con: duckdb.DuckDBPyConnection, state: str) -> bool:
    """Take up the basis that was kept; return whether there is one.

    `state` may name an attached database too: "kept.run" for the tables run_lk_... of the database `kept`.
    """
    there = is_there(con, f"{state}_{TABLES[-1]}")
    for table in TABLES if there else ():
        con.execute(f"create or replace temp view {table} as select * from {state}_{table}")
    return there


def is_there(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Answer whether a table exists, in the attached database its name begins with or in the connection's own."""
    database, _, name = table.rpartition(".")
    found = con.execute(
        "select 1 from duckdb_tables() where table_name = ? and database_name = coalesce(nullif(?, ''), current_database())",
        [name, database],
    )
    return bool(found.fetchall())


def forget(con: duckdb.DuckDBPyConnection, state: str) -> None:
    """Drop what was kept, so that the next full run counts anew."""
    for table in (*TABLES, *WORKED_OUT):
        con.execute(f"drop table if exists {state}_{table}")
