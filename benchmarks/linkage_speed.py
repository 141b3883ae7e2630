"""Time, memory and truth of the linkage on generated rosters: python benchmarks/linkage_speed.py --people 70000 --seed 1.

Prints one JSON object. The generator is the linkage tests' own (tests/core/linkage/people.py), not the synthetic county.
CPU seconds are the number to compare on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.linkage import Settings, clean, evaluate, link, train  # noqa: E402
from tests.core.linkage.people import load, people, rows  # noqa: E402


def measured(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Run a piece of work; return its wall and CPU seconds, and what it gave."""
    wall, cpu = time.perf_counter(), time.process_time()
    given = work()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }, given


def answered(con: duckdb.DuckDBPyConnection) -> None:
    """Create `answers`: every review answered as the truth has it."""
    con.execute("""create or replace table answers as select r.record_id as record_a, r.candidate as record_b,
      case when a.true_id = b.true_id then 'same' else 'not_same' end as verdict
      from reviews r join truth a using (record_id) join truth b on b.record_id = r.candidate""")


def main() -> None:
    """Generate, clean, link, judge, answer the reviews, link again, judge again."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=70_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--errors", type=float, default=1.0, help="multiplies every error rate")
    options.add_argument("--train", action="store_true", help="learn the model from these rows first")
    options.add_argument("--memory", default="7GB", help="DuckDB's memory limit")
    told = options.parse_args()
    con = duckdb.connect()
    con.execute(f"set threads = 2; set memory_limit = '{told.memory}'; set max_temp_directory_size = '12GB'")
    load(con, rows(people(told.people, told.seed), told.seed, told.errors))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times: dict[str, Any] = {}
    times["clean"], repairs = measured(lambda: clean(con))
    model = None
    if told.train:
        times["train"], model = measured(lambda: train(con))
    times["link"], result = measured(lambda: link(con, settings=Settings(model=model)))
    judged = evaluate(con)
    answered(con)
    times["link_with_decisions"], _ = measured(
        lambda: link(con, decisions="answers", settings=Settings(model=model))
    )
    found = {
        "options": vars(told),
        "rows": result.report["records"],
        "times": times,
        "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        "generator_gb": round(before / 2**20, 2),
        "judged": judged,
        "judged_after_review": evaluate(con),
        "review_share": round(result.report["reviews"] / max(result.report["records"], 1), 5),
        "report": result.report,
        "repairs": repairs,
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
