"""A roster of 10,000 rows against a register that stands: python benchmarks/linkage_incremental.py --people 1000000.

The register is the police roster of so many people and a clinic's, linked once and kept with its state in a file; the new roster is
another clinic's. Each part runs in a process of its own, so that the peak printed for the delivery is that of a process which was
started on the stored file and did nothing else. Prints seconds, memory and whether linking everything anew with the same basis gives
the same (--check). --folder keeps what was made, so that a delivery can be measured again; --steps lists the dearest statements.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.linkage import clean, link, relink  # noqa: E402
from tests.core.linkage import people as made  # noqa: E402

REGISTER = (made.ROSTERS[0], replace(made.ROSTERS[7], share=0.3))
LATER = replace(made.ROSTERS[7], roster_id=20, share=1.0)
CHUNK = 100_000
_DIFFER = "(from {one} except all from {other}) union all (from {other} except all from {one})"
_KEPT = {
    "assignments": "select record_id, entity, how, round(match_weight, 6) as weight, detail_en from assignments",
    "reviews": "select record_id, candidate, reason, round(match_weight, 6) as weight, detail_en from reviews",
}


def write(
    path: Path, crowd: list[made.Person], rosters: tuple[made.Roster, ...], dice: made.Dice, towns: int
) -> int:
    """Write the rows these rosters have about a crowd, in chunks; return how many."""
    count = 0
    with pq.ParquetWriter(path, pa.schema(list(made.COLUMNS.items()))) as out:
        for rows in _chunks(crowd, rosters, dice, towns):
            columns = list(zip(*rows, strict=True))
            arrays = [
                pa.array(values, kind) for values, kind in zip(columns, made.COLUMNS.values(), strict=True)
            ]
            out.write_table(pa.table(arrays, names=list(made.COLUMNS)))
            count += len(rows)
    return count


def _chunks(
    crowd: list[made.Person], rosters: tuple[made.Roster, ...], dice: made.Dice, towns: int
) -> Iterator[list[tuple[Any, ...]]]:
    for roster in rosters:
        waiting: list[tuple[Any, ...]] = []
        for person in crowd:
            if not made._listed(dice, person, roster):
                continue
            row = roster.roster_id * 2**24 + person.number + 1
            cells = made.written(dice, person, roster, towns)
            waiting.append(
                (row * 8, row, roster.roster_id, roster.kind, 0, *cells, None, made.REFERENCE, person.number)
            )
            if len(waiting) == CHUNK:
                yield waiting
                waiting = []
        if waiting:
            yield waiting


def make_block(folder: Path, block: int, count: int, rows: int, towns: int, seed: int) -> tuple[int, int]:
    """Write what both rosters of the register, and the one that comes later, have about one block of people."""
    crowd = made.people(count, seed * 100 + block, block=block)
    dice = made.Dice(seed * 100 + block + 50)
    stands = write(folder / f"first-{block:02d}.parquet", crowd, REGISTER, dice, towns)
    some = random.Random(seed).sample(crowd, rows)
    return stands, write(folder / f"later-{block:02d}.parquet", some, (LATER,), dice, towns)


def make(folder: Path, people: int, rows: int, seed: int, processes: int) -> dict[str, int]:
    """Write the register and the roster that comes later, block by block."""
    blocks = -(-people // made.IN_BLOCK)
    sizes = [people * (at + 1) // blocks - people * at // blocks for at in range(blocks)]
    towns, asked = max(1, people // 26000), []
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        for block, size in enumerate(sizes):
            share = rows * (block + 1) // len(sizes) - rows * block // len(sizes)
            asked.append(pool.submit(make_block, folder, block, size, min(share, size), towns, seed))
        written = [one.result() for one in asked]
    return {"register_rows": sum(one for one, _ in written), "new_rows": sum(one for _, one in written)}


def open_register(folder: Path, name: str, memory: str) -> duckdb.DuckDBPyConnection:
    """Open a stored register with two threads and no more memory than told."""
    con = duckdb.connect(str(folder / name))
    con.execute(f"set threads = 2; set memory_limit = '{memory}'; set temp_directory = '{folder}/spill'")
    con.execute(
        "set enable_progress_bar = false; set preserve_insertion_order = false; set max_temp_directory_size = '30GB'"
    )
    return con


def peak_gb() -> float:
    """Return the most memory this process had in hand so far."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 2**20, 2)


def timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Do some work; return what it cost so far in this process, and what it gave."""
    wall, cpu = time.perf_counter(), time.process_time()
    given = work()
    cost = {"wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2)}
    return cost | {"peak_gb": peak_gb()}, given


class Watched:
    """A connection that remembers what its statements cost."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con, self.costs = con, []

    @property
    def __class__(self) -> Any:  # Splink takes nothing but a connection
        return duckdb.DuckDBPyConnection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)

    def execute(self, sql: str, *told: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        found = self.con.execute(sql, *told)
        self.costs.append(
            (time.process_time() - cpu, time.perf_counter() - wall, " ".join(sql.split())[:150])
        )
        return found

    def dearest(self) -> list[str]:
        return [
            f"{cpu:.2f} CPU s {wall:.2f} s {sql}"
            for cpu, wall, sql in sorted(self.costs, reverse=True)
            if cpu >= 0.02
        ]


def stand(folder: Path, told: argparse.Namespace) -> dict[str, Any]:
    """Clean and link the register and keep its state in the file."""
    con = open_register(folder, "register.duckdb", told.memory)
    con.execute(f"create view first as from read_parquet('{folder}/first-*.parquet')")

    def read() -> None:
        clean(con, raw="first", into="cleaned")
        con.execute("create table records as from cleaned; drop table temp.cleaned")

    found = {"clean_all": timed(read)[0], "link_all": timed(lambda: link(con, state="kept"))[0]}
    con.close()
    return found | {"file_gb": round((folder / "register.duckdb").stat().st_size / 2**30, 2)}


def deliver(folder: Path, told: argparse.Namespace) -> dict[str, Any]:
    """Link the new roster against the stored register, of which a copy is taken."""
    con: Any = open_register(folder, "grown.duckdb", told.memory_later)
    watched = Watched(con)
    con.execute(f"create view later as from read_parquet('{folder}/later-*.parquet')")

    def work() -> Any:
        clean(con, raw="later", into="came")
        con.execute("insert into records select * from came")
        return relink(watched if told.steps else con, state="kept", added="came")

    cost, result = timed(work)
    closed, _ = timed(con.close)
    found: dict[str, Any] = {"deliver": cost, "close": closed, "load": os.getloadavg()[0]}
    found |= {word: result.report[word] for word in ("touched", "residue", "reviews")}
    found["persons"] = result.report["people"]
    return found | ({"steps": watched.dearest()} if told.steps else {})


def check(folder: Path, told: argparse.Namespace) -> dict[str, Any]:
    """Link everything anew with the same basis; count the rows of both results that differ."""
    con = open_register(folder, "grown.duckdb", told.memory)
    for name, sql in _KEPT.items():
        con.execute(f"create table grown_{name} as {sql}")
    cost, result = timed(lambda: link(con, state="kept"))
    found: dict[str, Any] = {"link_all_again": cost, "differences": 0}
    for name, sql in _KEPT.items():
        con.execute(f"create temp view anew as {sql}")
        differ = _DIFFER.format(one=f"grown_{name}", other="anew")
        found["differences"] += con.execute(f"select count(*) from ({differ})").fetchall()[0][0]
        con.execute("drop view anew")
    return found | {"persons_anew": result.report["people"], "reviews_anew": result.report["reviews"]}


def _alone(work: Callable[..., dict[str, Any]], *told: Any) -> dict[str, Any]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *told).result()


def main() -> None:
    """Make the register, link it, deliver, measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=44)
    options.add_argument("--memory", default="5GB", help="of DuckDB, for linking everything")
    options.add_argument("--memory-later", default="1200MB", help="of DuckDB, for the delivery")
    options.add_argument("--processes", type=int, default=2, help="that invent people")
    options.add_argument("--folder", type=Path, help="where the register is kept, or was")
    options.add_argument("--check", action="store_true")
    options.add_argument("--steps", action="store_true")
    told = options.parse_args()
    found: dict[str, Any] = {name: value for name, value in vars(told).items() if name != "folder"}
    with tempfile.TemporaryDirectory() as scratch:
        folder = told.folder or Path(scratch)
        folder.mkdir(exist_ok=True)
        if not (folder / "made.json").exists():
            counts = make(folder, told.people, told.rows, told.seed, told.processes)
            (folder / "made.json").write_text(json.dumps(counts), encoding="utf-8")
        found |= json.loads((folder / "made.json").read_text(encoding="utf-8"))
        if not (folder / "register.duckdb").exists():
            found |= _alone(stand, folder, told)
        shutil.copyfile(folder / "register.duckdb", folder / "grown.duckdb")
        found |= _alone(deliver, folder, told)
        if told.check:
            found |= _alone(check, folder, told)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
