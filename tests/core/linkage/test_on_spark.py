"""Both engines, the same rows: equal pairs, scores equal to 1e-9, equal people. Needs the extra `spark` and Java."""

import csv
import json

import duckdb
import pytest

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")
pytest.importorskip("pandas", reason="the extra `spark` is not installed whole")

from jiandi import cli
from jiandi.commands import engines, sparksession
from jiandi.core.linkage import Settings, clean, link
from jiandi.core.values import Refused
from tests.core.linkage.people import load, people
from tests.core.linkage.people import rows as rows_of
from tests.core.linkage.tables import number, rows

SMALL = {"spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "2"}
SETTINGS = Settings(block_rows=12)  # so low that the cap on common keys is met here
BORN = 19640217


@pytest.fixture(scope="module", autouse=True)
def _java():
    try:
        engines.check_java()
    except Refused as refused:
        pytest.skip(refused.text.en)


def county(con):
    """Create raw_records: generated people with many errors, and a few written by hand beyond the first plane of Unicode."""
    load(con, rows_of(people(500, 11), 11, errors=2.0))
    con.execute("create table generated as select * from raw_records")
    owner, other = number(BORN, 101), number(BORN, 203)
    common = {"birth": str(BORN), "sex": "男", "address": "第1组1号"}
    rows(
        con,
        {"kind": "hukou", "name": "王𠀀𠀁", "id_number": owner, **common},
        {"kind": "clinic", "name": "王𠀁𠀀", "id_number": owner, **common},
        {"kind": "hukou", "name": "李𠀀", "id_number": other, **common, "village": 1002},
        {"kind": "clinic", "name": "李𠀁", "id_number": other, **common, "village": 1003},
        {"kind": "dibao", "name": "王𠀀𠀁", "id_number": None, **common},
        {"kind": "dibao", "name": "周未名", "id_number": number(BORN, 305)},
        *({"kind": "clinic", "name": "周末名", "id_number": number(BORN, 305)} for _ in range(3)),
    )
    con.execute("insert into raw_records select * from generated")


def decided(con):
    """Create `decisions`: rows of one number said to be two people, and doubts answered, as a first run left them."""
    con.execute("""create table decisions as
      (select record_id as record_a, entity as record_b, 'not_same' as verdict from assignments
       where how = 'id' and record_id <> entity order by record_id limit 6)
      union all (select record_id, candidate, case when record_id % 16 = 0 then 'same' else 'unsure' end from reviews
       order by all limit 8)""")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return a connection with the tables of both engines on the same rows, decisions and settings, and both reports."""
    con = duckdb.connect()
    county(con)
    clean(con)
    link(con, settings=SETTINGS)
    decided(con)
    here = link(con, decisions="decisions", settings=SETTINGS, state="here").report
    with sparksession.on_spark("local[2]", tmp_path_factory.mktemp("spark"), SMALL) as spark:
        there = spark.engine(
            con, raw="raw_records", decisions="decisions", settings=SETTINGS, assignments="a_there", reviews="r_there", state="there",
        )  # fmt: skip
    return con, here, there


def test_both_compare_the_same_pairs_and_weigh_them_alike(both):
    con, _, _ = both
    pairs = con.execute("""select count(*), (select count(*) from here_lk_scored), (select count(*) from there_lk_scored),
        max(abs(h.match_weight - t.match_weight))
      from here_lk_scored h join there_lk_scored t using (left_id, right_id)""").fetchall()[0]
    answers = "left_id, right_id, years_apart, vague_birth, gamma_id, gamma_name, gamma_birth, gamma_sex, gamma_village, gamma_phone"
    differing = con.execute(
        f"select {answers} from here_lk_scored except all select {answers} from there_lk_scored"
    ).fetchall()

    assert pairs[0] == pairs[1] == pairs[2] > 100
    assert pairs[3] <= 1e-9
    assert differing == []


@pytest.mark.parametrize(
    ("here", "there", "columns"),
    [
        ("assignments", "a_there", "record_id, entity, how, detail_zh, detail_en"),
        ("reviews", "r_there", "record_id, candidate, reason, detail_zh"),
        ("here_lk_untrusted", "there_lk_untrusted", "*"),
    ],
)
def test_both_say_who_is_whom_and_why_alike(both, here, there, columns):
    con, _, _ = both
    for one, two in ((here, there), (there, here)):
        assert (
            con.execute(f"select {columns} from {one} except all select {columns} from {two}").fetchall()
            == []
        )


def test_both_report_alike(both):
    _, here, there = both

    assert here["expelled_by_decision"] > 0 and here["canaries_merged"] == []
    assert {name: there[name] for name in here} == here
    assert there["repairs"]["id_15_to_18"] > 0


def test_the_command_gives_the_same_files_and_leaves_nothing_behind(tmp_path, capsys):
    shared = tmp_path / "shared"
    shared.mkdir()
    file = tmp_path / "a.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [("姓名", "身份证号", "出生日期", "住址")]
            + [("王建国", number(BORN, 101), "1964-02-17", "清溪镇石桥村第1组3号")] * 2
            + [("王建国", "", "1964-02-17", "清溪镇石桥村第1组3号"), ("周未名", "", "", "")]
        )
    told = {}
    for engine, more in (
        ("duckdb", ()),
        (
            "spark",
            ("--master", "local[1]", "--shared", str(shared), "--spark-conf", "spark.driver.memory=2g"),
        ),
    ):
        out = str(tmp_path / f"{engine}.csv")
        assert cli.main(["link", str(file), "--engine", engine, *more, "--out", out, "--json"]) == 0
        told[engine] = json.loads(capsys.readouterr().out)

    on = {
        engine: list(csv.DictReader((tmp_path / f"{engine}.csv").open(encoding="utf-8"))) for engine in told
    }
    weights = [[float(row.pop("match_weight") or 0) for row in on[engine]] for engine in told]
    assert on["spark"] == on["duckdb"] and weights[0] == pytest.approx(weights[1], abs=1e-9)
    assert told["spark"]["engine"] == "spark" and told["spark"]["master"] == "local[1]"
    assert told["spark"]["people"] == told["duckdb"]["people"]
    assert list(shared.iterdir()) == []


def test_it_says_what_spark_complains_of(tmp_path, capsys):
    file = tmp_path / "a.csv"
    file.write_text("姓名\n见微\n", encoding="utf-8")
    out = str(tmp_path / "c.csv")

    code = cli.main(["link", str(file), "--engine", "spark", "--master", "local[1]", "--out", out, "--json",
      "--spark-conf", "spark.sql.shuffle.partitions=none"])  # fmt: skip
    said = json.loads(capsys.readouterr().out)

    assert code == 2 and said["refused"] == "link.spark_failed" and "shuffle.partitions" in said["en"]
