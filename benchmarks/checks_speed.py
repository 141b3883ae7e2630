"""Time of all rules over a large county, against DuckDB merely scanning and joining the same tables once.

    JIANDI_DATA=var/demo python benchmarks/checks_speed.py --people 1000000

The county is the demonstration's own snapshot laid side by side with itself until it has so many people: every copy has its own
people, doors, villages, officers, rows, numbers and, by days, birthdays. Texts and names repeat. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")

import django

django.setup()

from jiandi.core.checks import run, run_after  # noqa: E402
from jiandi.core.checks.schema import TABLES  # noqa: E402
from jiandi.core.numbering import ROLES, ROW_BITS  # noqa: E402
from jiandi.rooms.intake import queries as intake  # noqa: E402
from jiandi.rooms.register import queries as register  # noqa: E402
from jiandi.rooms.screening import queries as screening  # noqa: E402

AT = date(2026, 11, 24)
_FAR = {"person": 10**8, "household_id": 10**8, "dwelling_id": 10**8, "village": 10**12, "town": 10**12}
_FAR |= {"visit_id": 10**8, "report_id": 10**8, "officer_id": 10**6, "unit_id": 10**6, "roster_id": 1000}
_FAR |= {"row_id": 1000 << ROW_BITS, "record_id": (1000 << ROW_BITS) * ROLES}
_OWN_TEXT = ("certificate_no", "order_no", "call_no", "photo_sha", "household_no", "student_no")


def snapshot() -> duckdb.DuckDBPyConnection:
    """Return the installation's own snapshot, as a run of the rules reads it."""
    con = duckdb.connect()
    for fill in (register.snapshot, screening.snapshot, intake.snapshot):
        fill(con)
    return con


def opened(path: str) -> duckdb.DuckDBPyConnection:
    """Return a snapshot that was kept in a file."""
    con = duckdb.connect()
    con.execute(f"ATTACH '{path}' AS kept (READ_ONLY)")
    for table in TABLES:
        if con.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'kept' AND table_name = ?", [table]).fetchone():  # fmt: skip
            con.execute(f"CREATE TABLE {table} AS FROM kept.{table}")
    con.execute("DETACH kept")
    return con


def _moved(name: str, kind: str) -> str:
    """Return a column as the copy number `c` has it."""
    far = _FAR["person"] if name.endswith(("_person", "person_id")) else _FAR.get(name)
    if far is not None:
        return f'"{name}" + c * {far} AS "{name}"'
    if kind == "DATE" and ("birth" in name):
        return f'CAST("{name}" - CAST(3 * c AS INTEGER) AS DATE) AS "{name}"'
    if name == "id18":
        return "substr(id18, 1, 3) || lpad(CAST(c AS VARCHAR), 3, '0') || substr(id18, 7) AS id18"
    return f'"{name}" || \'-\' || c AS "{name}"' if name in _OWN_TEXT else f'"{name}"'


def multiply(con: duckdb.DuckDBPyConnection, people: int) -> None:
    """Lay the county side by side with itself until it has so many people."""
    ((here,),) = con.execute("SELECT count(*) FROM people").fetchall()
    copies = max(1, round(people / here))
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall():
        columns = con.execute(f"DESCRIBE {table}").fetchall()
        moved = ", ".join(_moved(str(name), str(kind)) for name, kind, *_ in columns)
        con.execute(f"ALTER TABLE {table} RENAME TO one")
        con.execute(f"CREATE TABLE {table} AS SELECT {moved} FROM one, range({copies}) copies (c)")
        con.execute("DROP TABLE one")


def add_visits(con: duckdb.DuckDBPyConnection, count: int) -> list[int]:
    """Visit so many doors again, spread over the whole county, the same people met; return the new visits' ids."""
    far = 10**15
    con.execute(
        f"CREATE TEMP TABLE again AS SELECT visit_id FROM visits USING SAMPLE reservoir({count} ROWS) REPEATABLE (7)"
    )
    for table, also in (
        ("visits", ", photo_sha || 'x' AS photo_sha, started_at + INTERVAL 3 DAY AS started_at"),
        ("sightings", ""),
    ):
        con.execute(
            f"INSERT INTO {table} SELECT * REPLACE (visit_id + {far} AS visit_id{also}) FROM {table} SEMI JOIN again USING (visit_id)"
        )
    return [number + far for (number,) in con.execute("FROM again").fetchall()]


def scan_and_join(con: duckdb.DuckDBPyConnection) -> None:
    """Read every column of every table a rule may read once, with each person it names looked up."""
    there = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for table in sorted(there & set(TABLES)):
        names = [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()]
        keys = (
            [name for name in names if name.endswith("_person") or name == "person_id"]
            if table != "people"
            else []
        )
        joins = " ".join(f'LEFT JOIN people p{i} ON p{i}.person_id = t."{key}"' for i, key in enumerate(keys))
        hashed = ", ".join(["bit_xor(hash(t))", *[f"bit_xor(hash(p{i}))" for i in range(len(keys))]])
        con.execute(f"SELECT {hashed} FROM {table} t {joins}").fetchall()


def measured(work: Any) -> tuple[dict[str, float], Any]:
    """Run a piece of work; return its wall and CPU seconds, and what it gave."""
    wall, cpu = time.perf_counter(), time.process_time()
    given = work()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }, given


def main() -> None:
    """Multiply, scan, run, and print what each took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--snapshot", help="a kept snapshot (a DuckDB file) instead of the installation's")
    told = options.parse_args()
    con = opened(told.snapshot) if told.snapshot else snapshot()
    con.execute("SET threads = 2")
    multiply(con, told.people)
    sizes = {
        table: con.execute(f"SELECT count(*) FROM {table}").fetchone()
        for table in ("people", "records", "visits")
    }
    scan, _ = measured(lambda: scan_and_join(con))
    ran, report = measured(lambda: run(con, at=AT, clock=time.process_time))
    news = add_visits(con, 1000)
    after, again = measured(lambda: run_after(con, at=AT, visits=news, clock=time.process_time))
    rules = {one.rule: one.seconds for one in sorted(report.rules, key=lambda one: -one.seconds)}
    found = {
        "rows": {table: count[0] for table, count in sizes.items() if count},
        "scan_and_join": scan,
        "all_rules": ran,
        "after_1000_visits": after
        | {"rules": len(again.rules), "rules_cpu_s": round(sum(one.seconds for one in again.rules), 2)},
        "after_rules_cpu_s": {one.rule: round(one.seconds, 2) for one in again.rules},
        "ratio_cpu": round(ran["cpu_s"] / scan["cpu_s"], 2),
        "ratio_wall": round(ran["wall_s"] / scan["wall_s"], 2),
        "ground_cpu_s": round(ran["cpu_s"] - sum(rules.values()), 2),
        "rules_cpu_s": {rule: round(seconds, 2) for rule, seconds in rules.items()},
        "not_run": [one.rule for one in report.rules if one.state != "ran"],
        "findings": report.findings,
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
