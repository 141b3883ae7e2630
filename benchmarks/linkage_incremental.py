"""A roster of 10,000 rows against a register that stands: python benchmarks/linkage_incremental.py --people 1000000.

The register is the police roster of so many people and a clinic's, linked once with its state kept; the new roster is another clinic's.
Prints seconds, memory and whether linking everything anew with the same basis gives the same (--check).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
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
LATER = replace(made.ROSTERS[7], roster_id=20)
CHUNK = 100_000


def write(path: Path, crowd: list[made.Person], rosters: tuple[made.Roster, ...], seed: int) -> int:
    """Write the rows these rosters have about a crowd, in chunks; return how many."""
    dice, towns, count = made.Dice(seed), max(1, len(crowd) // 26000), 0
    with pq.ParquetWriter(path, pa.schema(list(made.COLUMNS.items()))) as out:
        for roster in rosters:
            waiting: list[tuple[Any, ...]] = []
            for row_no, person in enumerate(one for one in crowd if made._listed(dice, one, roster)):
                row = roster.roster_id * 2**24 + row_no + 1
                cells = made.written(dice, person, roster, towns)
                waiting.append(
                    (
                        row * 8,
                        row,
                        roster.roster_id,
                        roster.kind,
                        0,
                        *cells,
                        None,
                        made.REFERENCE,
                        person.number,
                    )
                )
                if len(waiting) == CHUNK:
                    count += _flush(out, waiting)
            count += _flush(out, waiting)
    return count


def _flush(out: pq.ParquetWriter, waiting: list[tuple[Any, ...]]) -> int:
    if not waiting:
        return 0
    columns = list(zip(*waiting, strict=True))
    arrays = [pa.array(values, kind) for values, kind in zip(columns, made.COLUMNS.values(), strict=True)]
    out.write_table(pa.table(arrays, names=list(made.COLUMNS)))
    count = len(waiting)
    waiting.clear()
    return count


def main() -> None:
    """Make the register, link it, deliver, measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--rows", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=44)
    options.add_argument("--memory", default="5GB")
    options.add_argument("--check", action="store_true")
    told = options.parse_args()
    found: dict[str, Any] = dict(vars(told))

    def timed(name: str, work: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        given = work()
        found[name] = {
            "wall_s": round(time.perf_counter() - wall, 2), "cpu_s": round(time.process_time() - cpu, 2),
            "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        }  # fmt: skip
        return given

    with tempfile.TemporaryDirectory() as folder:
        first, later = Path(folder) / "first.parquet", Path(folder) / "later.parquet"
        crowd = made.people(told.people, told.seed)
        found["register_rows"] = write(first, crowd, REGISTER, told.seed)
        some = random.Random(told.seed).sample(crowd, told.rows)
        found["new_rows"] = write(later, some, (replace(LATER, share=1.0),), told.seed + 1)
        del crowd, some
        con = duckdb.connect(str(Path(folder) / "register.duckdb"))
        con.execute(f"set threads = 2; set memory_limit = '{told.memory}'; set temp_directory = '{folder}'")
        con.execute("set preserve_insertion_order = false")
        con.execute(f"create view first as from read_parquet('{first}')")
        con.execute(f"create view later as from read_parquet('{later}')")
        timed("clean_all", lambda: clean(con, raw="first"))
        timed("link_all", lambda: link(con, state="kept"))

        def deliver() -> Any:
            clean(con, raw="later", into="came")
            con.execute("insert into records select * from came")
            return relink(con, state="kept", added="came")

        result = timed("deliver", deliver)
        found["touched"], found["residue"] = result.report["touched"], result.report["residue"]
        if told.check:
            con.execute("create table grown as select record_id, entity, how from assignments")
            timed("link_all_again", lambda: link(con, state="kept"))
            found["differences"] = con.execute(
                "select count(*) from (from grown except select record_id, entity, how from assignments)"
            ).fetchall()[0][0]
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
