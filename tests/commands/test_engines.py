"""`--engine spark`: what is missing is said in a sentence, before anything starts; runs everywhere, with Spark or without."""

import csv
import json
import os
import tomllib

import pytest

from jiandi import cli
from jiandi.commands import engines
from tests.commands.test_linkfiles import ROOT, answer, written


def refusal(capsys, *arguments):
    code, said = answer(capsys, *arguments)
    assert code == 2 and said["zh"] and said["en"]
    return said


@pytest.fixture
def files(tmp_path):
    """Return a command line that would link a file, and nothing that Spark needs."""
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("姓名", "身份证号"), ("见微", ""), ("明溪", "")])
    return str(path), "--out", str(tmp_path / "c.csv"), "--engine", "spark"


def a_java(folder, version):
    """Put a `java` into a folder that says it is of some version; return the folder."""
    (folder / "bin").mkdir()
    java = folder / "bin" / "java"
    java.write_text(f"""#!/bin/sh\necho 'openjdk version "{version}" 2020-01-01' >&2\n""")
    java.chmod(0o755)
    return folder


def test_it_says_which_packages_are_missing(files, capsys, monkeypatch):
    monkeypatch.setattr(engines, "NEEDED", ("no_such_spark", "json"))

    said = refusal(capsys, *files)

    assert said["refused"] == "link.no_pyspark"
    assert (
        "no_such_spark" in said["en"] and "pip install 'pyspark==" in said["en"] and "pyspark==" in said["zh"]
    )


def test_it_names_the_packages_that_the_extra_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert list(engines.EXTRA) == project["optional-dependencies"]["spark"]


def test_it_says_that_there_is_no_java_and_what_to_install(files, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(engines, "NEEDED", ())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    by_path = refusal(capsys, *files)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    by_home = refusal(capsys, *files)

    assert {by_path["refused"], by_home["refused"]} == {"link.no_java"}
    assert "openjdk-17" in by_path["zh"] and "nowhere" in by_home["en"]


@pytest.mark.parametrize(("version", "understood"), [("1.8.0_392", "8"), ("11.0.2", "11"), ("odd", "?")])
def test_it_says_that_java_is_too_old(files, tmp_path, capsys, monkeypatch, version, understood):
    monkeypatch.setattr(engines, "NEEDED", ())
    monkeypatch.setenv("JAVA_HOME", str(a_java(tmp_path, version)))

    said = refusal(capsys, *files)

    assert said["refused"] == "link.old_java" and f" {understood}" in said["en"]


def test_it_takes_a_new_java(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(a_java(tmp_path, "21.0.1")))

    engines.check_java()


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--master", "sc://connect:15002"), "link.master"),
        (("--master", "local[2"), "link.master"),
        (("--master", "spark://head:7077"), "link.no_shared_folder"),
        (("--master", "yarn"), "link.no_shared_folder"),
        (("--profile", "generic"), "link.engine_profile"),
    ],
)
def test_it_refuses_what_cannot_work_before_it_looks_for_java(files, capsys, monkeypatch, more, code):
    monkeypatch.setenv("PATH", os.devnull)

    assert refusal(capsys, *files, *more)["refused"] == code


def test_it_refuses_sparks_options_without_spark(tmp_path, capsys):
    out = ("--out", str(tmp_path / "c.csv"), "--profile", "generic")

    said = refusal(capsys, written(tmp_path), *out, "--master", "local[2]", "--spark-conf", "spark.x=1")

    assert said["refused"] == "link.spark_only" and "--master --spark-conf" in said["zh"]


def test_it_takes_settings_of_sparks_alone(capsys):
    with pytest.raises(SystemExit):
        cli.main(["link", "a.csv", "--engine", "spark", "--spark-conf", "memory=8g"])

    assert "spark.KEY=VALUE" in capsys.readouterr().err


def test_it_names_the_engine_it_used(tmp_path, capsys):
    out = ("--out", str(tmp_path / "c.csv"), "--profile", "generic")

    code, said = answer(capsys, written(tmp_path), *out)

    assert code == 0 and said["engine"] == "duckdb" and json.dumps(said["engine_version"])
