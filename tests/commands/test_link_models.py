"""`jiandi link --learn` and `--model`: a model out of files, and back in; what is no model is refused with its reason."""

from __future__ import annotations

import csv
import json

import pytest

from jiandi import cli
from jiandi.core.linkage import default_model, digest
from tests.core.linkage.people import people
from tests.core.linkage.people import rows as roster_rows

ROWS = (
    ("id", "given_name", "surname", "dob", "postcode"),
    ("a", "Ann", "Kovács", "1960-01-31", "X1"),
    ("b", "Ann", "Kovacs", "31/01/1960", "X1"),
    ("c", "Ben", "Kovács", "1960-01-31", "X1"),
)
CHINESE = (("姓名", "身份证号"), ("见微", "无"), ("明溪", ""))


def written(folder, name, rows):
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    return str(path)


def answer(capsys, *arguments):
    code = cli.main(["link", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def rosters(tmp_path_factory):
    """One file a department about the same nine thousand people, numbers in most."""
    folder, by_roster = tmp_path_factory.mktemp("rosters"), {}
    for row in roster_rows(people(9000, seed=3), seed=3):
        by_roster.setdefault(row[3], []).append((row[5], row[6], row[7], row[10], row[13]))
    head = ("姓名", "身份证号", "出生日期", "电话", "地址")
    return [written(folder, f"{name}.csv", (head, *of)) for name, of in by_roster.items()]


def test_it_learns_from_files_writes_the_model_and_links_with_it_again(tmp_path, capsys, rosters):
    model = tmp_path / "model.json"
    out = ("--out", str(tmp_path / "c.parquet"))

    code, said = answer(capsys, *rosters, *out, "--learn", str(model))
    again, used = answer(capsys, *rosters, *out, "--model", str(model))

    assert code == again == 0
    learnt = json.loads(model.read_text(encoding="utf-8"))
    assert learnt["labels"] >= 5000 and said["model"]["digest"] == used["model"]["digest"] == digest(learnt)
    assert (said["people"], said["reviews"]) == (used["people"], used["reviews"])
    assert cli.main(["link", *rosters, *out, "--learn", str(model), "--lang", "en"]) == 0
    assert "Not to be used" in capsys.readouterr().out


def test_it_keeps_the_generic_model_too(tmp_path, capsys):
    file, model = written(tmp_path, "people.csv", ROWS), tmp_path / "model.json"
    given = (file, "--profile", "generic", "--id", "id", "--out", str(tmp_path / "c.parquet"))

    code, said = answer(capsys, *given, "--learn", str(model))
    again, used = answer(capsys, *given, "--model", str(model))

    assert code == again == 0 and said["people"] == used["people"] == 2
    assert json.loads(model.read_text(encoding="utf-8"))["profile"] == "generic"
    assert used["model"]["profile"] == "generic" and used["model"]["held_out"] == []


def test_few_labels_are_said_and_nothing_is_written(tmp_path, capsys):
    model = tmp_path / "model.json"
    code, said = answer(
        capsys, written(tmp_path, "p.csv", CHINESE), "--out", str(tmp_path / "c.csv"), "--learn", str(model)
    )

    assert code == 2 and said["refused"] == "link.few_labels" and "0" in said["en"]
    assert not model.exists() and not (tmp_path / "c.csv").exists()


def broken(change) -> str:
    model = default_model()
    change(model)
    return json.dumps(model)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not json", "no JSON"),
        ("[1, 2]", "no `answers`"),
        (broken(lambda m: m.update(version=2)), "version"),
        (broken(lambda m: m["answers"].pop("sex")), "`sex` is missing"),
        (broken(lambda m: m["answers"].update(ethnicity={})), "`ethnicity` is unknown"),
        (broken(lambda m: m["answers"]["sex"].pop("same")), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=[0, 0.5])), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=[0.5, float("nan")])), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=[True, 0.5])), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=["1 or 1", 0.5])), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=[1e-300, 0.5])), "`sex.same`"),
        (broken(lambda m: m["answers"]["sex"].update(same=[10**400, 0.5])), "`sex.same`"),
        (broken(lambda m: m.update(labels="many")), "`labels`"),
        (broken(lambda m: m.update(shipped_values=5)), "`shipped_values`"),
        (broken(lambda m: m.update(held_out={"true": {}})), "`held_out`"),
        ("[" * 100_000, "no JSON"),
        (" " * (1 << 20) + "{}", "too large"),
    ],
)
def test_what_is_no_model_is_refused_with_file_and_reason(tmp_path, capsys, text, reason):
    model = tmp_path / "m.json"
    model.write_text(text, encoding="utf-8")
    code, said = answer(
        capsys, written(tmp_path, "p.csv", CHINESE), "--out", str(tmp_path / "c.csv"), "--model", str(model)
    )

    assert code == 2 and said["refused"] == "link.model_malformed"
    assert reason in said["en"] and "m.json" in said["en"] and "m.json" in said["zh"]
    assert not (tmp_path / "c.csv").exists()


def test_a_model_of_the_other_profile_is_refused(tmp_path, capsys):
    file, generic, own = written(tmp_path, "people.csv", ROWS), tmp_path / "g.json", tmp_path / "o.json"
    out = ("--out", str(tmp_path / "c.parquet"))
    answer(capsys, file, "--profile", "generic", *out, "--learn", str(generic))
    own.write_text(json.dumps(default_model()), encoding="utf-8")

    refused = [
        answer(capsys, written(tmp_path, "p.csv", CHINESE), *out, "--model", str(generic))[1],
        answer(capsys, file, "--profile", "generic", *out, "--model", str(own))[1],
    ]

    assert [one["refused"] for one in refused] == ["link.model_profile"] * 2
    assert "generic" in refused[0]["zh"] and "cn-resident" in refused[0]["en"]


def test_what_cannot_go_together_is_refused(tmp_path, capsys):
    file, out = written(tmp_path, "p.csv", CHINESE), ("--out", str(tmp_path / "c.csv"))
    model = str(tmp_path / "m.json")

    assert answer(capsys, file, *out, "--model", model)[1]["refused"] == "file.unreadable"
    assert (
        answer(capsys, file, *out, "--model", model, "--learn", model)[1]["refused"] == "link.model_or_learn"
    )
    spark = answer(capsys, file, *out, "--learn", model, "--engine", "spark")[1]
    assert spark["refused"] == "link.learn_engine" and "--model" in spark["en"]
