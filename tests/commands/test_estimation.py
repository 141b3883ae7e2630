"""`mse`, `certify`, `plan-sample`, `draw`: numbers and files in, words or JSON out, and no service behind them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jiandi import cli
from jiandi.core.estimate import rerun
from tests.core.estimate.mse import published

ROOT = Path(__file__).parents[2]


def written(folder, table, name="counts.csv", *, encoding="utf-8"):
    lines = [",".join((*table.lists, "count"))]
    for cell, people in enumerate(table.counts):
        if people:
            lines.append(",".join([*(str(cell >> place & 1) for place in range(table.width)), str(people)]))
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return str(path)


def answer(capsys, *arguments):
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_mse_prints_every_method_and_every_warning(tmp_path, capsys):
    code, said = answer(capsys, "mse", written(tmp_path, published.HEPATITIS), "--draws", "20")
    methods = {row["method"]: row for row in said["estimates"]}

    assert (
        code == 0 and said["gate"]["passed"] and said["existence"] == {"exists": True, "identifiable": True}
    )
    assert {"dga", "chao", "stepwise", "bic", "independence"} <= set(methods)
    assert (
        methods["chao"]["estimate"] == pytest.approx(479, abs=1)
        and methods["stepwise"]["level_percent"] == 90
    )
    assert said["envelope"]["low"] <= said["envelope"]["least"] <= said["envelope"]["most"]
    assert [row["xi"] for row in said["sensitivity"]] == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert [row["list"] for row in said["list_drop"]] == ["P", "Q", "E"]
    assert "cannot be inferred from lists" in said["sentence"]["en"] and "不是凭证" in said["sentence"]["zh"]


def test_mse_shows_no_estimate_when_the_gate_does_not_pass(tmp_path, capsys):
    code, said = answer(capsys, "mse", written(tmp_path, published.NEW_ORLEANS))

    assert code == 1 and not said["gate"]["passed"] and "12 people" in said["gate"]["reasons"][0]["en"]
    assert said["estimates"] == [] and said["envelope"] is None and said["seen"] == 185
    assert said["lower_bound"]["method"] == "chao" and "do not quote it" in said["sentence"]["en"]


def test_mse_sets_two_thresholds_side_by_side(tmp_path, capsys):
    strict, loose = (written(tmp_path, published.HEPATITIS, name, encoding="gb18030") for name in ("s", "l"))
    code, said = answer(capsys, "mse", strict, "--also", loose, "--draws", "0")

    assert code == 0 and len(said["tables"]) == 2 and "missed link" in said["thresholds"]["en"]


def test_mse_leaves_out_a_list_made_from_another(tmp_path, capsys):
    code, said = answer(
        capsys, "mse", written(tmp_path, published.KOSOVO), "--not-independent", "HRW", "--draws", "0"
    )

    assert code == 0 and said["gate"]["not_qualifying"] == ["HRW"] and "HRW" not in said["lists"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_mse_reads_as_lines(tmp_path, capsys, language):
    cli.main(["mse", written(tmp_path, published.KOSOVO), "--draws", "0", "--lang", language])

    said = capsys.readouterr().out
    assert ("由名单推算" if language == "zh" else "inferred from lists") in said and "12,59" in said


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["mse", "nowhere.csv"], "file.unreadable"),
        (["mse", "{kosovo}", "--not-independent", "X"], "mse.unknown_list"),
        (["mse", "{kosovo}", "--draws", "3"], "mse.draws"),
        (["mse", "{kosovo}", "--also", "{korea}", "--draws", "0"], "mse.other_lists"),
        (["mse", "{image}"], "file.not_text"),
        (["certify", "--population", "10", "--checked", "20", "--found", "0"], "certify.counts"),
        (["certify", "--population", "10", "--checked", "5", "--found", "-1"], "certify.counts"),
        (
            ["certify", "--population", "9", "--checked", "5", "--found", "0", "--confidence", "95"],
            "estimate.confidence",
        ),
        (
            ["certify", "--population", "9", "--checked", "5", "--found", "0", "--detection", "0"],
            "estimate.detection",
        ),
        (["certify", "--population", "0", "--checked", "0", "--found", "0"], "estimate.population"),
        (["plan-sample", "--population", "100", "--limit", "5"], "plan.limit"),
        (["plan-sample", "--population", "100", "--limit", "0.05", "--looks", "9"], "plan.looks"),
        (["draw", "{frame}", "--seed", "s", "--size", "9"], "estimate.draw_size"),
        (["draw", "{frame}", "--seed", "s", "--size", "0"], "draw.size"),
        (["draw", "{frame}", "--seed", "s", "--size", "1", "--column", "id"], "draw.column"),
        (["draw", "{bare}", "--seed", "s", "--size", "1"], "draw.header"),
        (["draw", "{empty}", "--seed", "s", "--size", "1"], "draw.empty"),
        (["draw", "{twice}", "--seed", "s", "--size", "1"], "estimate.frame_repeats"),
        (["draw", "{short}", "--seed", "s", "--size", "1", "--column", "村"], "draw.line"),
    ],
)
def test_bad_input_is_refused_in_both_languages(tmp_path, capsys, arguments, code):
    files = {"frame": "编号,村\na,x\nb,y\n", "bare": "t1\nt2\n", "empty": "", "twice": "编号\na\na\n"}
    files["short"] = "编号,村\na,x\nb\n"
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "image").write_bytes(b"\x89PNG\xff\xff\x00")
    written(tmp_path, published.KOSOVO, "kosovo")
    written(tmp_path, published.KOREA, "korea")
    places = {p.name: str(p) for p in tmp_path.iterdir()}

    status, said = answer(capsys, *[word.format(**places) for word in arguments])
    assert status == 2 and said["refused"] == code and said["zh"] and said["en"]


def test_certify_gives_the_exact_bound(capsys):
    code, said = answer(capsys, "certify", "--population", "5000", "--checked", "543", "--found", "0")
    _, worse = answer(
        capsys, "certify", "--population", "5000", "--checked", "848", "--found", "0", "--unresolved", "1"
    )
    _, blind = answer(
        capsys, "certify", "--population", "5000", "--checked", "604", "--found", "0", "--detection", "0.9"
    )

    assert code == 0 and (said["bound"], said["per_10000"]) == (25, 50.0)
    assert worse["bound"] == 25 > worse["bound_if_unresolved_true"] and blind["bound"] == 25
    assert "not a certificate" in said["conditions"]["en"]


def test_plan_sample_gives_the_tabled_plan(capsys):
    code, said = answer(capsys, "plan-sample", "--population", "5000", "--limit", ".005")
    _, two = answer(capsys, "plan-sample", "--population", "5000", "--limit", ".005", "--looks", "1")
    never, none = answer(capsys, "plan-sample", "--population", "500", "--limit", ".001", "--detection", ".9")

    assert code == 0 and [row["checked"] for row in said["single_look"]] == [543, 848, 1_113]
    assert [(r["checked"], r["accept"]) for r in said["looks"]] == [(630, 0), (1031, 1), (1379, 2), (1619, 3)]
    assert [round(r["passes"], 2) for r in said["passes"][:3]] == [1.0, 0.97, 0.66]
    assert [round(r["mean_checked"]) for r in said["passes"][:3]] == [630, 935, 1240]
    assert [row["checked"] for row in two["looks"]] == [543]
    assert never == 1 and none["single_look"][0]["checked"] is None


def test_draw_can_be_repeated_with_the_published_script(tmp_path, capsys):
    path = tmp_path / "frame.csv"
    path.write_text("村,编号\n" + "".join(f"v,t{n}\n" for n in range(500)), encoding="utf-8-sig")
    code, said = answer(capsys, "draw", str(path), "--seed", "3141", "--size", "20", "--column", "编号")

    ids = sorted(f"t{n}" for n in range(500))
    assert code == 0 and said["frame_size"] == 500
    assert said["drawn"] == rerun.drawn(ids, "3141", 20) and said["frame_root"] == rerun.frame_root(ids)
    assert said["seed_commitment"] == rerun.commitment("3141")


def test_they_start_neither_service_nor_database():
    script = (
        "import sys; sys.argv = ['jiandi', 'mse', '--help']\n"
        "from jiandi import cli\n"
        "for command in cli.WITHOUT_SERVICE:\n"
        "    try: cli.main([command, '--help'])\n"
        "    except SystemExit as end: assert not end.code\n"
        "assert 'django' not in sys.modules and not any('rooms' in name for name in sys.modules)\n"
    )
    environment = dict(os.environ, PYTHONPATH=str(ROOT / "src"))
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("语言 · language") == 4


def test_it_ends_quietly_when_its_reader_has_read_enough(tmp_path):
    """As with `jiandi draw … | head`: no traceback, and the code a shell gives for it."""
    frame = tmp_path / "frame.csv"
    frame.write_text("id\n" + "\n".join(map(str, range(20_000))), encoding="utf-8")
    command = [sys.executable, "-m", "jiandi.cli", "draw", str(frame), "--size", "15000", "--seed", "abc"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read()

    assert (run.returncode, said) == (cli.READER_GONE, "")
