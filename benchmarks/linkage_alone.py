"""The register's linkage beside Splink alone on the same generated rows: python benchmarks/linkage_alone.py --people 480000 --seed 1.

Both read the same CSV, clean it alike and use the same comparisons, keys and stored model; Splink alone scores all rows and clusters
by connected components at several weights. The methods *_learning each learn their own
model first; *_unreviewed leaves out the answered review list. `floor` is what reading the CSV, grouping by number and writing the answer cost. Every
method runs in a process of its own, one after the other. --variant changes the rows: half_ids (half of the numbers are missing),
no_births, migrants (three people in ten are in no police register); --errors 2 doubles every error rate. One JSON line per run; CPU
seconds and ratios are the numbers to compare on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.linkage import Settings, clean, default_model, evaluate, link, train  # noqa: E402
from jiandi.core.linkage.basis import rarity_sql  # noqa: E402
from jiandi.core.linkage.blocking import KEYS  # noqa: E402
from jiandi.core.linkage.comparisons import QUESTIONS  # noqa: E402
from jiandi.core.linkage.link import VIEW_COLUMNS  # noqa: E402
from jiandi.core.linkage.splink_adapter import splink_settings  # noqa: E402
from tests.core.linkage.people import COLUMNS, IN_BLOCK, people, rows  # noqa: E402

VARIANTS = {
    "plain": "select * from made",
    "half_ids": "select * replace (case when hash(record_id) % 2 = 0 then id_number end as id_number) from made",
    "no_births": "select * replace (null::varchar as birth) from made",
    "migrants": "select * from made where kind <> 'hukou' or hash(true_id) % 10 >= 3",
}
CHUNK = 200_000  # people whose rows are held as Python objects at a time
WEIGHTS = (8, 12, 16, 20, 24)
PATIENCE = 1500


def _chunks(count: int, seed: int, errors: float) -> Iterator[list[tuple[Any, ...]]]:
    for block, at in enumerate(range(0, count, IN_BLOCK)):
        crowd = people(min(IN_BLOCK, count - at), seed + block, block=block)
        for first in range(0, len(crowd), CHUNK):
            yield rows(crowd[first : first + CHUNK], seed + at + first, errors)


def make(folder: Path, count: int, seed: int, errors: float, variant: str) -> int:
    """Write rows.csv and truth.parquet; return the number of rows."""
    numbered: Counter[int] = Counter()
    with pq.ParquetWriter(folder / "made.parquet", pa.schema(list(COLUMNS.items()))) as out:
        for made in _chunks(count, seed, errors):
            before = numbered.copy()
            numbered.update(row[2] for row in made)
            moved = [(row[0] + before[row[2]] * 8, row[1] + before[row[2]], *row[2:]) for row in made]
            columns = list(zip(*moved, strict=True))
            arrays = [pa.array(values, kind) for values, kind in zip(columns, COLUMNS.values(), strict=True)]
            out.write_table(pa.table(arrays, names=list(COLUMNS)))
    con = duckdb.connect()
    con.execute(f"create view made as from read_parquet('{folder / 'made.parquet'}')")
    con.execute(
        f"copy (select record_id, true_id from ({VARIANTS[variant]})) to '{folder / 'truth.parquet'}'"
    )
    written = con.execute(
        f"copy (select * exclude (true_id) from ({VARIANTS[variant]})) to '{folder / 'rows.csv'}' (header)"
    )
    return int(written.fetchall()[0][0])


def _rows_of(folder: Path) -> int:
    """Return how many rows an earlier run left in a folder."""
    truth = folder / "truth.parquet"
    return pq.ParquetFile(truth).metadata.num_rows if truth.is_file() else 0


def connect(folder: Path, memory: str) -> duckdb.DuckDBPyConnection:
    """Return a connection on a file, as a register of this size would have it."""
    con = duckdb.connect(str(folder / f"work-{time.monotonic_ns()}.duckdb"))
    con.execute(f"set threads = 2; set memory_limit = '{memory}'; set preserve_insertion_order = false")
    con.execute(f"set temp_directory = '{folder / 'tmp'}'; set max_temp_directory_size = '30GB'")
    con.execute(f"create view truth as from read_parquet('{folder / 'truth.parquet'}')")
    return con


def load(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Read the CSV into raw_records."""
    types = {"string": "varchar", "int64": "bigint", "int8": "tinyint", "date32[day]": "date"}
    told = ", ".join(f"'{name}': '{types[str(kind)]}'" for name, kind in COLUMNS.items() if name != "true_id")
    con.execute(
        f"create table raw_records as select * from read_csv('{folder / 'rows.csv'}', header = true, columns = {{{told}}})"
    )


class Clock:
    """Wall and CPU seconds of each step."""

    def __init__(self) -> None:
        self.steps: dict[str, list[float]] = {}
        self.last = time.perf_counter(), time.process_time()

    def lap(self, name: str) -> None:
        now = time.perf_counter(), time.process_time()
        self.steps[name] = [round(now[0] - self.last[0], 1), round(now[1] - self.last[1], 1)]
        self.last = now

    def total(self, *names: str) -> dict[str, float]:
        return {
            "wall_s": round(sum(self.steps[name][0] for name in names), 1),
            "cpu_s": round(sum(self.steps[name][1] for name in names), 1),
        }


def short(judged: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one judgement that the table shows."""
    return {
        "precision": round(judged["precision"]["value"], 6),
        "recall": round(judged["recall"]["value"], 5),
        "wrong_merges": judged["wrong_merges"]["value"],
        "people_lost": judged["people_lost"]["value"],
    }


def floor(con: duckdb.DuckDBPyConnection, folder: Path, clock: Clock) -> dict[str, Any]:
    """Read, group by number, write: what any register must do."""
    load(con, folder)
    con.execute("""create table assignments as select record_id, coalesce(min(record_id) over (partition by id_number), record_id) as entity
      from raw_records""")
    clock.lap("all")
    return clock.total("all")


def ours(
    con: duckdb.DuckDBPyConnection, folder: Path, clock: Clock, *, learn: bool = False, reviewed: bool = True
) -> dict[str, Any]:
    """Clean and link with the stored model, or one learnt from these rows; then with the review list answered as the truth has it."""
    load(con, folder)
    clock.lap("load")
    clean(con)
    con.execute("drop table raw_records")
    clock.lap("clean")
    settings = Settings(model=train(con)) if learn else Settings()
    clock.lap("train")
    result = link(con, settings=settings)
    clock.lap("link")
    took = clock.total("load", "clean", "train", "link")
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    found = took | short(evaluate(con)) | {
        "linking_peak_gb": peak,
        "reviews": result.report["reviews"],
        "review_share": round(result.report["reviews"] / result.report["records"], 5),
        "steps": clock.steps,
    }  # fmt: skip
    if reviewed:
        found |= {"asked_in_all": review(con, settings), "after_review": short(evaluate(con))}
    return found


def review(con: duckdb.DuckDBPyConnection, settings: Settings) -> int:
    """Answer the review list as the truth has it, and what is asked next, until nothing is; return the questions asked."""
    con.execute("create table answers (record_a bigint, record_b bigint, verdict varchar)")
    asked = 0
    while True:
        before = asked
        con.execute("""insert into answers select r.record_id, r.candidate, case when a.true_id = b.true_id then 'same' else 'not_same' end
          from reviews r join truth a using (record_id) join truth b on b.record_id = r.candidate
          anti join answers o on o.record_a = r.record_id and o.record_b = r.candidate""")
        asked = int(con.execute("select count(*) from answers").fetchall()[0][0])
        if asked == before:
            return asked
        link(con, decisions="answers", settings=settings)


def _rule(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    return " and ".join(f"l.{a} = r.{b}" for a, b in zip(mine, theirs, strict=True))


def _untrained(model: dict[str, Any]) -> dict[str, Any]:
    """Return Splink's settings without what it is to learn; answers too rare to count keep the values the engine fixes too."""
    settings = splink_settings(model, 1e-6, rules=[_rule(*key) for key in KEYS]).create_settings_dict(
        "duckdb"
    )
    for question, comparison in zip(QUESTIONS, settings["comparisons"], strict=True):
        levels = [one for one in comparison["comparison_levels"] if not one.get("is_null_level")]
        for level, told in zip(question.levels, levels, strict=True):
            for side, fixed in (("m", level.fixed_m), ("u", level.fixed_u)):
                told.pop(f"{side}_probability")
                if fixed is not None:
                    told |= {f"{side}_probability": fixed, f"fix_{side}_probability": True}
    return settings


def _learn(linker: Any) -> None:
    """Train as Splink's own guide does: the prior from sure rules, u from random pairs, m by EM under two blockings."""
    number, place = "l.idn = r.idn", "l.name = r.name and l.village = r.village"
    linker.training.estimate_probability_two_random_records_match(
        [number, f"{place} and l.birth = r.birth"], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (number, place):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=1e6)


def splink_alone(
    con: duckdb.DuckDBPyConnection, folder: Path, clock: Clock, *, learn: bool = False
) -> dict[str, Any]:
    """Let Splink score and cluster all rows with the same comparisons and keys, and the same model or one it learns itself."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415
    from splink.clustering import cluster_pairwise_predictions_at_threshold  # noqa: PLC0415

    load(con, folder)
    clean(con)
    con.execute("drop table raw_records")
    clock.lap("clean")
    model = default_model()
    con.execute(f"""create table everyone as
      with total as (select count(*) as total from records),
      names as (select name_clean as name, count(*) as name_rows from records group by 1),
      sounds as (select name_py as py, count(*) as py_rows from records group by 1)
      select v.*, idn is not null as id_ok, substr(id_text, 7, 11) as id_tail,
        {rarity_sql("name", "same", model)}, {rarity_sql("py", "same_sound", model)}
      from (select {VIEW_COLUMNS} from records) v left join names using (name) left join sounds using (py), total""")
    count = con.execute("select count(*) from everyone").fetchall()[0][0]
    api = DuckDBAPI(connection=con)
    ready = splink_settings(model, 2 / count, rules=[_rule(*key) for key in KEYS])
    linker = Linker(api.register("everyone"), _untrained(model) if learn else ready, log_level=None)
    if learn:
        _learn(linker)
    clock.lap("train")
    scored = linker.inference.predict(threshold_match_weight=WEIGHTS[0])
    con.execute(
        f"create table edges as select record_id_l as a, record_id_r as b, match_weight as w from {scored.physical_name}"
    )
    clock.lap("predict")
    at: dict[str, Any] = {}
    for weight in WEIGHTS:
        con.execute(
            f"create or replace table strong as select a as record_id_l, b as record_id_r from edges where w >= {weight}"
        )
        grouped = cluster_pairwise_predictions_at_threshold(
            api.register("everyone"), api.register("strong"), api, node_id_column_name="record_id"
        )
        con.execute(
            f"create or replace table assignments as select record_id, cluster_id as entity from {grouped.physical_name}"
        )
        clock.lap(f"cluster_{weight}")
        at[str(weight)] = short(evaluate(con))
        clock.lap("judge")
    pairs = con.execute("select count(*) from edges").fetchall()[0][0]
    return clock.total("clean", "train", "predict", "cluster_16") | {
        "pairs": pairs,
        "at": at,
        "steps": clock.steps,
    }


METHODS = {
    "floor": floor,
    "ours": ours,
    "splink": splink_alone,
    "ours_unreviewed": partial(ours, reviewed=False),
    "ours_learning": partial(ours, learn=True, reviewed=False),
    "splink_learning": partial(splink_alone, learn=True),
}


def one(method: str, folder: Path, memory: str) -> None:
    """Run one method and print its figures."""
    con = connect(folder, memory)
    found = METHODS[method](con, folder, Clock())
    found["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    print(json.dumps({"method": method} | found), flush=True)


def main() -> None:
    """Make the rows once, then run each method on them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=480_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--errors", type=float, default=1.0)
    options.add_argument("--variant", choices=list(VARIANTS), default="plain")
    options.add_argument("--methods", nargs="*", default=list(METHODS))
    options.add_argument("--memory", default="5GB")
    options.add_argument("--one", choices=list(METHODS))
    options.add_argument("--folder", type=Path)
    options.add_argument("--keep", type=Path, help="folder in which the rows stay, and are found again")
    told = options.parse_args()
    if told.one:
        one(told.one, told.folder, told.memory)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = told.keep or Path(temporary)
        folder.mkdir(exist_ok=True)
        made = _rows_of(folder) or make(folder, told.people, told.seed, told.errors, told.variant)
        print(json.dumps(vars(told) | {"rows": made}, default=str), flush=True)
        for method in told.methods:
            command = [
                sys.executable,
                __file__,
                "--one",
                method,
                "--folder",
                str(folder),
                "--memory",
                told.memory,
            ]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
            except subprocess.TimeoutExpired:
                print(json.dumps({"method": method, "failed": f"not done after {PATIENCE} s"}), flush=True)
                continue
            failed = {"method": method, "failed": done.stderr.strip().splitlines()[-1:]}
            print(done.stdout.strip() or json.dumps(failed), flush=True)


if __name__ == "__main__":
    main()
