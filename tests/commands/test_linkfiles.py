"""`jiandi link FILES`: files in, a file out, whole or not at all, and no service behind it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from jiandi import cli
from jiandi.commands import linkfiles

ROOT = Path(__file__).parents[2]
ROWS = (
    ("id", "given_name", "surname", "dob", "postcode"),
    ("a", "Ann", "Kovács", "1960-01-31", "X1"),
    ("b", "Ann", "Kovacs", "31/01/1960", "X1"),
    ("c", "Ben", "Kovács", "1960-01-31", "X1"),
)


def written(folder, name="people.csv", encoding="utf-8", rows=ROWS):
    path = folder / name
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return str(path)


def answer(capsys, *arguments):
    code = cli.main(["link", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_it_writes_who_is_whom_and_what_to_look_at(tmp_path, capsys):
    out, review = str(tmp_path / "c.parquet"), str(tmp_path / "r.csv")
    code, said = answer(
        capsys, written(tmp_path), "--profile", "generic", "--id", "id", "--out", out, "--review", review
    )

    assert code == 0 and said["records"] == 3 and said["people"] == 2
    found = duckdb.execute("select row_id, person_id from read_parquet(?) order by row_id", [out]).fetchall()
    assert found == [("a", "people.csv/a"), ("b", "people.csv/a"), ("c", "people.csv/c")]
    assert Path(review).read_text(encoding="utf-8").splitlines()[0].endswith("match_weight,margin,detail")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.parquet", "people.csv", "r.csv"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_it_reads_what_offices_write(tmp_path, capsys, encoding):
    rows = (("姓名", "身份证号"), ("见微", "无"), ("明溪", ""))
    code, said = answer(
        capsys, written(tmp_path, encoding=encoding, rows=rows), "--out", str(tmp_path / "c.csv")
    )

    assert code == 0 and said["people"] == 2
    assert said["columns"]["people.csv"] == {"name": "姓名", "id_number": "身份证号"}


def test_it_refuses_in_a_sentence_and_writes_nothing(tmp_path, capsys):
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 9)
    (tmp_path / "empty.csv").write_bytes(b"")
    out = ("--out", str(tmp_path / "c.parquet"))
    refused = [
        answer(capsys, *arguments)[1]["refused"]
        for arguments in (
            [str(tmp_path / "noise.csv"), *out],
            [str(tmp_path / "empty.csv"), *out],
            [str(tmp_path / "absent.csv"), *out],
            [str(tmp_path / "book.xlsx"), *out],
            [written(tmp_path), "--profile", "generic", "--out", str(tmp_path / "no" / "c.parquet")],
            [written(tmp_path)],
            [written(tmp_path), written(tmp_path), *out],
        )
    ]

    assert refused == [
        "link.encoding", "link.empty", "file.unreadable", "link.spreadsheet", "link.unwritable", "link.no_out",
        "link.file_twice",
    ]  # fmt: skip
    assert not (tmp_path / "c.parquet").exists()


def test_it_measures_its_own_error_by_joins_drawn_by_lot(tmp_path, capsys):
    rows = [ROWS[0]] + [
        (f"{at}{side}", f"Ann{'abcdefgh'[at]}", "Kovacs", f"1960-01-0{at + 1}", "X1")
        for at in range(6)
        for side in "ab"
    ]
    file, review = written(tmp_path, rows=rows), tmp_path / "r.csv"
    common = (
        file,
        "--profile",
        "generic",
        "--id",
        "id",
        "--out",
        str(tmp_path / "c.csv"),
        "--review",
        str(review),
    )
    assert answer(capsys, *common, "--sample", "4")[1]["people"] == 6

    drawn = list(csv.DictReader(review.read_text(encoding="utf-8").splitlines()))
    drawn = [row for row in drawn if row["reason"] == "sampled"]
    drawn = [row | {"verdict": "same" if at else "unsure"} for at, row in enumerate(drawn)]
    with (tmp_path / "d.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, drawn[0])
        writer.writeheader()
        writer.writerows(drawn)
    _, said = answer(capsys, *common, "--decisions", str(tmp_path / "d.csv"))

    assert len(drawn) == 4 and said["people"] == 7
    assert (said["sampled"]["checked"], said["sampled"]["wrong"]) == (4, 1)
    assert said["sampled"]["low"] < 0.25 < said["sampled"]["high"]


def test_it_tells_files_from_the_countys_register():
    assert linkfiles.is_for_files(["link", "a.csv", "--out", "c.parquet"])
    assert linkfiles.is_for_files(["link"])
    assert not linkfiles.is_for_files(["link", "--authorisation", "A1", "--as", "steward"])
    assert not linkfiles.is_for_files(["plan"])


def test_it_starts_no_service(tmp_path):
    code = f"""import sys; sys.argv = ["jiandi", "link", {written(tmp_path)!r}]
from jiandi import cli
assert cli.main(sys.argv[1:]) == 2
assert "django" not in sys.modules"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=dict(os.environ, PYTHONPATH=str(ROOT / "src")), capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+A1", "-B2", "@SUM(1)"])
def test_a_csv_never_holds_a_cell_that_a_spreadsheet_would_run(tmp_path, capsys, name):
    """Ids lead back to the rows, so they are not quoted: the whole is refused before it is linked, and says what to do."""
    rows = (*ROWS, (name, "Cy", "Novak", "1970-01-01", "X2"))
    given = (written(tmp_path, rows=rows), "--profile", "generic", "--id", "id", "--out")

    assert cli.main(["link", *given, str(tmp_path / "c.csv")]) == 2
    said = capsys.readouterr().err
    assert name in said and ".parquet" in said
    assert not (tmp_path / "c.csv").exists()
    code, _ = answer(capsys, *given, str(tmp_path / "c.parquet"))
    assert code == 0
    kept = duckdb.execute("select row_id from read_parquet(?)", [str(tmp_path / "c.parquet")]).fetchall()
    assert (name,) in kept


def test_numbers_with_a_sign_are_ids_like_others(tmp_path, capsys):
    rows = (ROWS[0], ("-5", *ROWS[1][1:]), ("+8613800000000", *ROWS[3][1:]))
    out = tmp_path / "c.csv"

    code, _ = answer(
        capsys, written(tmp_path, rows=rows), "--profile", "generic", "--id", "id", "--out", str(out)
    )

    assert code == 0
    assert [line.split(",")[1] for line in out.read_text(encoding="utf-8").splitlines()[1:]] == [
        "-5",
        "+8613800000000",
    ]
