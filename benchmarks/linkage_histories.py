"""Random histories of a register: python benchmarks/linkage_histories.py --histories 100 --steps 10 [--minutes 60].

Each step delivers rows, withdraws rows, and makes, changes or revokes people's decisions; the register is brought up to date with
`relink` alone. After each step three things are held: assignments and reviews are row for row what linking everything anew gives
(so that exactly the surviving rows and decisions count, whatever was before); every person has one number; a person whose rows did
not change keeps it. Prints one JSON object; exits 1 at the first difference, with the seed that repeats it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.linkage import Settings, basis, clean, link, relink  # noqa: E402
from tests.core.linkage.people import load, people, rows  # noqa: E402
from tests.core.linkage.test_relink import RIVALS, arrange, deliver, results  # noqa: E402

SETTLE = """
  create or replace table claims as select entity, person_id, count(*) as n from assignments join claimed using (record_id)
    group by entity, person_id qualify row_number() over (partition by person_id order by n desc, entity) = 1;
  create or replace table keeps as select entity, person_id from claims
    qualify row_number() over (partition by entity order by n desc, person_id) = 1;
  create or replace table person_of as select record_id, coalesce(person_id, (select coalesce(max(person_id), 0) from claimed)
      + dense_rank() over (order by case when person_id is null then entity end)) as person_id
    from assignments left join keeps using (entity)"""


def persons(con: duckdb.DuckDBPyConnection) -> dict[int, frozenset[int]]:
    """Give numbers as the register does and return {number: rows}."""
    con.execute(SETTLE)
    con.execute("create or replace table claimed as select * from person_of")
    found: dict[int, set[int]] = {}
    for row, person in con.execute("select record_id, person_id from person_of").fetchall():
        found.setdefault(person, set()).add(row)
    return {person: frozenset(group) for person, group in found.items()}


def step(
    con: duckdb.DuckDBPyConnection,
    dice: random.Random,
    every: list[int],
    present: set[int],
    decided: dict[Any, str],
    settings: Settings,
) -> set[int]:
    """Make one change and bring the register up to date with it; return the rows there are now."""
    few = dice.choice((0, 1, 5, 40))
    after = (present - set(dice.sample(every, few))) | set(dice.sample(every, dice.choice((0, 1, 5, 40))))
    for pair in dice.sample(sorted(decided), min(len(decided), dice.choice((0, 0, 1, 3)))):
        del decided[pair]
    doubts = con.execute("select record_id, candidate from reviews order by all").fetchall()
    for pair in dice.sample(doubts, min(len(doubts), dice.choice((0, 1, 4)))):
        decided[pair] = dice.choice(("same", "not_same", "unsure"))
    joined = con.execute(
        "select record_id, entity from assignments where record_id <> entity order by all"
    ).fetchall()
    for pair in dice.sample(joined, min(len(joined), dice.choice((0, 0, 2)))):
        decided[pair] = "not_same"  # a split
    arrange(con, sorted(after), [(*pair, verdict) for pair, verdict in sorted(decided.items())])
    deliver(con, present, after)
    relink(con, state="kept", added="came", removed="gone", decisions="decided", settings=settings)
    return after


def history(seed: int, steps: int) -> str | None:
    """Live through one history; return what went wrong, if anything did."""
    con, dice = duckdb.connect(), random.Random(seed)
    con.execute("set threads = 1")
    load(con, rows(people(260, 7 + seed % 5, hidden=0.05), 7, 3.0))
    clean(con, into="everybody")
    every = [row[0] for row in con.execute("select record_id from everybody order by 1").fetchall()]
    present = set(every) - set(dice.sample(every, dice.choice((0, 40, 200))))
    decided: dict[Any, str] = {}
    arrange(con, sorted(present))
    settings = RIVALS if seed % 2 else Settings()
    link(con, decisions="decided", state="kept", settings=settings)
    con.execute("create table claimed (record_id bigint, person_id bigint)")
    before = persons(con)
    for at in range(steps):
        present = step(con, dice, every, present, decided, settings)
        grown, now = results(con), persons(con)
        same = {person for person, group in before.items() if group in set(now.values())}
        if moved := [person for person in same if now.get(person) != before[person]]:
            return f"seed {seed}, step {at}: the number {moved[0]} moved though its rows did not"
        if len(now) != con.execute("select count(distinct entity) from assignments").fetchall()[0][0]:
            return f"seed {seed}, step {at}: numbers and people differ"
        for table in basis.TABLES:
            con.execute(f"create or replace table anew_{table} as select * from kept_{table}")
        link(con, decisions="decided", state="anew", settings=settings)
        if results(con) != grown:
            return f"seed {seed}, step {at}: not what linking anew gives"
        before = now
    return None


def main() -> None:
    """Live through many histories."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--histories", type=int, default=100)
    options.add_argument("--steps", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument(
        "--minutes", type=float, default=600.0, help="begin no further history after so long"
    )
    told = options.parse_args()
    before, lived = time.monotonic(), 0
    for seed in range(told.seed, told.seed + told.histories):
        if time.monotonic() - before > told.minutes * 60:
            break
        if wrong := history(seed, told.steps):
            print(json.dumps({"wrong": wrong}))
            sys.exit(1)
        lived += 1
        print(
            f"{lived} histories, {lived * told.steps} steps, {time.process_time():.0f} CPU s",
            file=sys.stderr,
            flush=True,
        )
    found = {
        "lived": lived,
        "sequences": lived * told.steps,
        "cpu_s": round(time.process_time()),
        "wrong": None,
    }
    print(json.dumps(vars(told) | found))


if __name__ == "__main__":
    main()
