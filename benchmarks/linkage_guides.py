"""Each peer of the linkage set up as its own guide sets it up; read by linkage_peers.py, which measures them.

Splink 5.0: docs/demos/examples/duckdb/ of its repository, "Linking a dataset of real historical persons" (deduplicate_50k_synthetic),
"Deduplicating the febrl3 dataset", "Linking the febrl4 datasets" (the detailed model); FEBRL 1 and 2 have no page and get that of
FEBRL 3. recordlinkage 0.16: guides "Data deduplication" (FEBRL 1) and "Link two datasets" (FEBRL 4). dedupe 3.0: its csv_example
(partition at 0.5), which asks for at least ten pairs of each kind; here 150 questions are answered from the truth.
A method takes the prepared rows and returns {threshold: {row: cluster}}, the guide's own threshold first.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

Rows = list[dict[str, str]]
Points = dict[str, dict[str, str]]
WEIGHTS = (0.0, 4.0, 8.0, 9.0, 10.0, 11.0, 12.0, 14.0, 16.0, 20.0, 24.0)


def components(rows: Rows, pairs: Any) -> dict[str, str]:
    """Return the cluster of each row where every pair is believed."""
    root = {row["row"]: row["row"] for row in rows}

    def find(row: str) -> str:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for a, b in pairs:
        root[find(a)] = find(b)
    return {row: find(row) for row in root}


def _historical(cl: Any, block_on: Any, occupation: bool) -> tuple[dict[str, Any], list[Any], Any]:
    """Return settings, the rules that set the prior with their recall, and the columns EM blocks on."""
    told = {
        "link_type": "dedupe_only",
        "blocking_rules_to_generate_predictions": [
            block_on("substr(first_name,1,3)", "substr(last_name,1,4)"),
            *(block_on(*pair) for pair in (("last_name", "birth"), ("first_name", "birth"))),
            *(block_on("postcode", name) for name in ("first_name", "last_name")),
            block_on("birth", "place"),
            *(block_on("substr(postcode,1,3)", name) for name in ("birth", "first_name", "last_name")),
            block_on("substr(first_name,1,2)", "substr(last_name,1,2)", "substr(birth,1,4)"),
        ],
        "comparisons": [
            cl.ForenameSurnameComparison(
                "first_name", "last_name", forename_surname_concat_col_name="both_names"
            ),
            cl.DateOfBirthComparison("birth", input_is_string=True),
            cl.PostcodeComparison("postcode"),
            cl.ExactMatch("place").configure(term_frequency_adjustments=True),
        ],
    }
    if occupation:
        told["comparisons"].append(cl.ExactMatch("occupation").configure(term_frequency_adjustments=True))
    prior = [
        block_on("first_name", "last_name", "birth"),
        block_on("substr(first_name,1,2)", "last_name", "substr(postcode,1,2)"),
        block_on("birth", "postcode"),
    ]
    return told, [prior, 0.6, 1e7], [block_on("first_name", "last_name"), block_on("birth")]


def _febrl3(cl: Any, block_on: Any) -> tuple[dict[str, Any], list[Any], Any]:
    told = {
        "link_type": "dedupe_only",
        "blocking_rules_to_generate_predictions": [
            block_on(one) for one in ("id_number", "first_name", "last_name", "birth", "postcode")
        ],
        "comparisons": [
            cl.NameComparison("first_name"),
            cl.NameComparison("last_name"),
            cl.DateOfBirthComparison("birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("id_number", [2]),
            cl.ExactMatch("house").configure(term_frequency_adjustments=True),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
        ],
    }
    swapped = "l.first_name = r.last_name and l.last_name = r.first_name and l.birth = r.birth"
    prior = [block_on("id_number"), block_on("first_name", "last_name", "birth"), swapped]
    return told, [prior, 0.9, 1e6], [block_on("birth"), block_on("postcode")]


def _febrl4(cl: Any, block_on: Any) -> tuple[dict[str, Any], list[Any], Any]:
    told = {
        "link_type": "link_only",
        "blocking_rules_to_generate_predictions": [
            block_on("first_name", "last_name"),
            "l.first_name = r.last_name and l.last_name = r.first_name",
            *(block_on("birth"), block_on("id_number"), block_on("region", "street")),
            *(block_on("house", "street"), block_on("postcode")),
        ],
        "comparisons": [
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("last_name").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison(
                "birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("id_number", [1, 2]),
            cl.ExactMatch("house").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
    }
    prior = [block_on("id_number"), block_on("first_name", "last_name", "birth")]
    return told, [prior, 0.8, 1e6], [block_on("birth"), block_on("postcode")]


def splink(name: str, path: Path, rows: Rows, *, occupation: bool = True) -> Points:
    """Train and score as the set's page does; connected components at the page's threshold and at each of WEIGHTS."""
    import duckdb  # noqa: PLC0415
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    con = duckdb.connect()
    con.execute(f"""create table people as
      select *, first_name || ' ' || last_name as both_names from read_csv('{path}', all_varchar = true)""")
    if name.startswith("historical"):
        told, prior, sessions = _historical(cl, block_on, occupation)
    else:
        told, prior, sessions = (_febrl4 if name == "febrl4" else _febrl3)(cl, block_on)
    api = DuckDBAPI(connection=con)
    given: Any = api.register("people")
    if told["link_type"] == "link_only":
        for side in ("1", "2"):
            con.execute(f"create table people{side} as select * from people where list = '{side}'")
        given = [api.register(f"people{side}") for side in ("1", "2")]
    linker = Linker(given, SettingsCreator(unique_id_column_name="row", **told))
    linker.training.estimate_probability_two_random_records_match(prior[0], recall=prior[1])
    linker.training.estimate_u_using_random_sampling(max_pairs=prior[2], seed=1)
    for rule in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=name not in ("febrl1", "febrl2", "febrl3")
        )
    scored = linker.inference.predict(threshold_match_probability=0.2)
    edges = con.execute(f"select row_l, row_r, match_weight from {scored.physical_name}").fetchall()
    own = 6.6294 if name == "febrl4" else 4.2479  # probabilities 0.99 and 0.95
    return {
        f"weight {least:g}": components(rows, [(a, b) for a, b, weight in edges if weight >= least])
        for least in (own, *WEIGHTS)
    }


def splink_fewer_columns(name: str, path: Path, rows: Rows) -> Points:
    """Link the historical set as its page does, but for the occupation, which no other method is given."""
    return splink(name, path, rows, occupation=False)


def recordlinkage_guide(name: str, path: Path, rows: Rows) -> Points:
    """Link as recordlinkage's guides do: block on the first name, six comparisons, more than three agree."""
    import pandas  # noqa: PLC0415
    import recordlinkage  # noqa: PLC0415

    frame = pandas.read_csv(path, dtype=str, index_col="row")
    frame.index = frame.index.astype(str)
    index = recordlinkage.Index()
    index.block("first_name")
    tables = [frame[frame.list == "1"], frame[frame.list == "2"]] if name == "febrl4" else [frame]
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
    agreed = compare.compute(index.index(*tables), *tables).sum(axis=1)
    return {f"more than {least}": components(rows, agreed[agreed > least].index) for least in (3, 2, 4)}


def dedupe_labelled(name: str, path: Path, rows: Rows) -> Points:
    """Link with dedupe, its questions answered 150 times from the truth."""
    import dedupe  # noqa: PLC0415
    from dedupe import variables  # noqa: PLC0415

    random.seed(1)
    truth = {row["row"]: row["true_id"] for row in rows}
    fields = [one for one in rows[0] if one not in ("row", "list", "true_id", "occupation")]
    data = {row["row"]: {one: row[one] or None for one in fields} for row in rows}
    deduper = dedupe.Dedupe([variables.String(one, has_missing=True) for one in fields], num_cores=1)
    deduper.prepare_training(data, sample_size=1500)
    key = {tuple(sorted(cells.items(), key=str)): row for row, cells in data.items()}
    for _ in range(150):
        labels: dict[str, list[Any]] = {"match": [], "distinct": []}
        for pair in deduper.uncertain_pairs():
            a, b = (truth[key[tuple(sorted(cells.items(), key=str))]] for cells in pair)
            labels["match" if a == b else "distinct"].append(pair)
        deduper.mark_pairs(labels)
    deduper.train()
    points: Points = {}
    for least in (0.5, 0.25, 0.75):
        groups = deduper.partition(data, threshold=least)
        points[f"threshold {least}"] = {
            row: str(at) for at, (members, _) in enumerate(groups) for row in members
        }
    return points


GUIDES = {
    "splink": splink,
    "splink_fewer_columns": splink_fewer_columns,
    "recordlinkage": recordlinkage_guide,
    "dedupe": dedupe_labelled,
}
