"""The library's front door: the same answer from every kind of table, and a sentence where a table cannot be used."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from jiandi.core.linkage import link_tables
from jiandi.core.values import Refused
from tests.core.linkage.tables import number

ELDER, YOUNGER = number(19900407, 101), number(19930811, 104)
REGISTER = pa.table(
    {
        "姓名": ["王建国", "李秀英"],
        "公民身份号码": [ELDER, YOUNGER],
        "家庭住址": ["明溪县清溪镇石桥村第1组3号", "明溪县清溪镇石桥村第2组9号"],
    }
)
CLINIC = pa.table(
    {
        "患者姓名": ["王 建國", "李秀英", "周未名"],
        "身份证号": [ELDER.lower(), None, None],
        "出生日期": ["1990.4.7", "1993-08-11", None],
        "现住址": ["", "清溪镇石桥村第2组9号", ""],
    }
)


def persons(linked):
    return {(row["source"], row["row_id"]): row["person_id"] for row in linked.clusters().to_pylist()}


def resident(tables, **options):
    return link_tables(tables, authority="register", reference_on=dt.date(2026, 11, 2), **options)


def test_it_finds_columns_numbers_and_places_by_itself():
    linked = resident({"register": REGISTER, "clinic": CLINIC})

    assert persons(linked) == {
        ("register", "1"): "register/1",
        ("register", "2"): "register/2",
        ("clinic", "1"): "register/1",
        ("clinic", "2"): "register/2",
        ("clinic", "3"): "clinic/3",
    }
    assert linked.columns["clinic"]["name"] == "患者姓名"
    assert linked.clusters().column_names == [
        "source", "row_id", "person_id", "how", "match_weight", "detail_zh", "detail_en",
    ]  # fmt: skip


def test_every_kind_of_table_gives_the_same(tmp_path):
    con = duckdb.connect()
    relation = con.from_arrow(CLINIC)
    relation.write_parquet(str(tmp_path / "clinic.parquet"))
    relation.write_csv(str(tmp_path / "clinic.csv"))
    kinds = [relation, tmp_path / "clinic.parquet", str(tmp_path / "clinic.csv")]

    results = [persons(resident({"register": REGISTER, "clinic": kind})) for kind in kinds]

    assert all(result == results[0] for result in results)


def test_a_name_with_brackets_is_a_name_and_no_pattern(tmp_path):
    """Browsers call a second copy “名单[1].csv”; as a pattern it would read another file."""
    for name, person in (("名单[1].csv", "李秀英"), ("名单1.csv", "周未名")):
        (tmp_path / name).write_text(f"姓名,身份证号\n{person},{YOUNGER}\n", encoding="utf-8")

    linked = resident({"register": REGISTER, "copy": tmp_path / "名单[1].csv"})

    assert persons(linked)["copy", "1"] == persons(linked)["register", "2"]


def test_a_decision_written_beside_the_doubts_is_obeyed():
    decision = pa.table(
        {
            "source_a": ["clinic"], "row_a": ["2"], "source_b": ["register"], "row_b": ["2"], "verdict": ["not_same"],
        }
    )  # fmt: skip
    linked = resident({"register": REGISTER, "clinic": CLINIC}, decisions=decision)

    assert persons(linked)["clinic", "2"] == "clinic/2"


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("link.unknown_profile", {"profile": "martian"}),
        ("link.unknown_field", {"columns": {"mother_in_law": "姓名"}}),
        ("link.missing_column", {"columns": {"phone": "电话"}}),
        ("link.missing_column", {"id_column": "序号"}),
        ("link.id_not_unique", {"id_column": "家庭住址", "tables": {"register": pa.concat_tables([REGISTER, REGISTER])}}),
        ("link.unknown_table", {"tables": {"other": REGISTER}}),
        ("link.empty", {"tables": {"register": REGISTER.slice(0, 0)}}),
        ("link.no_column", {"tables": {"register": pa.table({"数": ["1"]})}}),
        ("link.unreadable", {"tables": {"register": "/nowhere/at/all.csv"}}),
        ("link.decisions", {"decisions": REGISTER}),
    ],
)  # fmt: skip
def test_it_says_why_a_table_cannot_be_used(code, options):
    tables = options.pop("tables", {"register": REGISTER})
    with pytest.raises(Refused) as refused:
        resident(tables, **options)

    assert refused.value.code == code
    assert refused.value.text.zh and "{" not in refused.value.text.en
