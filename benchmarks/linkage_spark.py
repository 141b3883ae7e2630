"""The linkage on Spark beside DuckDB, on the same rows: python benchmarks/linkage_spark.py --people 45000 --seed 7 --master 'local[2]'.

Needs the extra `spark` and Java. Prints one JSON object: seconds and CPU seconds of both (Spark's with its JVM and its Python workers),
whether pairs, scores, people and reviews are the same, and CPU seconds a million rows. With --also PEOPLE the same is done for a second
number of people first, so that what a session costs anyhow can be told from what a row costs. CPU seconds and ratios are
the numbers to compare on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])

from jiandi.commands.sparksession import OnSpark, on_spark  # noqa: E402
from jiandi.core.linkage import clean, link  # noqa: E402
from tests.core.linkage.people import load, people, rows  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
SAME_SCORE = 1e-9


def cpu() -> float:
    """Return the CPU seconds of this process and of everything it has started that still runs or was waited for."""
    stats = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        stats[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICK)
    ours = {os.getpid()}
    while more := {pid for pid, (parent, _) in stats.items() if parent in ours} - ours:
        ours |= more
    return sum(stats[pid][1] for pid in ours if pid in stats)


def measured(work: Callable[[], Any]) -> dict[str, float]:
    """Run a piece of work; return its wall and CPU seconds."""
    wall, spent = time.perf_counter(), cpu()
    work()
    return {"wall_s": round(time.perf_counter() - wall, 1), "cpu_s": round(cpu() - spent, 1)}


def compared(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Hold what both engines left against each other."""
    both, ours, theirs, apart = (
        con.execute("""select count(*), (select count(*) from duck_lk_scored), (select count(*) from spark_lk_scored),
      max(abs(d.match_weight - s.match_weight)) from duck_lk_scored d join spark_lk_scored s using (left_id, right_id)""").fetchall()[
            0
        ]
    )
    differing = {
        table: con.execute(f"""select count(*) from (select {columns} from {table} except all select {columns} from {table}_spark)""").fetchall()[0][0]
        for table, columns in (("assignments", "record_id, entity, how"), ("reviews", "record_id, candidate, reason"))
    }  # fmt: skip
    return {
        "pairs": both,
        "pairs_in_one_only": ours + theirs - 2 * both,
        "largest_difference_of_a_weight": apart,
        "same": not any(differing.values()) and ours == theirs == both and apart <= SAME_SCORE,
        "differing_rows": differing,
    }


def run(spark: OnSpark, folder: Path, count: int, seed: int) -> dict[str, Any]:
    """Link the rows about so many people on both engines."""
    con = duckdb.connect()
    con.execute("set threads = 2")
    load(con, rows(people(count, seed), seed))
    records = con.execute("select count(*) from raw_records").fetchall()[0][0]

    def on_duckdb() -> None:
        clean(con)
        link(con, state="duck")

    def spark_too() -> None:
        spark.engine(
            con, folder=folder, raw="raw_records", assignments="assignments_spark", reviews="reviews_spark", state="spark",
            progress=told,
        )  # fmt: skip

    stages: list[tuple[str, float, float]] = []

    def told(stage: str) -> None:
        stages.append((stage, time.perf_counter(), cpu()))

    duck = measured(on_duckdb)
    told("clean")
    on = measured(spark_too)
    told("end")
    parts = {
        name: {"wall_s": round(ended - began, 1), "cpu_s": round(after - before, 1)}
        for (name, began, before), (_, ended, after) in zip(stages, stages[1:], strict=False)
    }
    ratio = {kind: round(on[kind] / duck[kind], 1) for kind in ("wall_s", "cpu_s")}
    return {
        "rows": records, "duckdb": duck, "spark": on, "spark_by_stage": parts, "spark_to_duckdb": ratio, **compared(con),
    }  # fmt: skip


def main() -> None:
    """Start one session and measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=45_000)
    options.add_argument("--also", type=int, default=0, help="a smaller number of people, first")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--master", default="local[2]")
    told = options.parse_args()
    found: dict[str, Any] = {"load": round(os.getloadavg()[0], 1)}
    with tempfile.TemporaryDirectory(prefix="jiandi-spark-") as scratch:
        before, wall = cpu(), time.perf_counter()
        with on_spark(told.master, Path(scratch), {}) as spark:
            found["session"] = {
                "wall_s": round(time.perf_counter() - wall, 1),
                "cpu_s": round(cpu() - before, 1),
            }
            sizes = [size for size in (told.also, told.people) if size]
            found["runs"] = []
            for size in sizes:
                folder = Path(scratch) / f"of-{size}"
                folder.mkdir()
                found["runs"].append(run(spark, folder, size, told.seed))
    if len(sizes) == 2:
        small, large = found["runs"]
        found["cpu_s_a_million_rows"] = {
            engine: round((large[engine]["cpu_s"] - small[engine]["cpu_s"]) / (large["rows"] - small["rows"]) * 1e6, 1)
            for engine in ("duckdb", "spark")
        }  # fmt: skip
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
