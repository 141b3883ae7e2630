"""What becomes of each line of a sheet: a table in, the outcome of every line out."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from jiandi.core.rosters.kinds import catalogue
from jiandi.core.rosters.mapping import guess_mapping
from jiandi.core.rosters.rows import Delivery, RowCounts, make_tables, read_rows
from jiandi.core.rosters.sentences import REFUSALS, SKIPS, say_refused, say_repaired

ON = dt.date(2026, 11, 2)
PLACES = [
    (990101101000, "清溪镇", 4, 990101000000),
    (990101102000, "柳树镇", 4, 990101000000),
    (990101101201, "桃源村委会", 5, 990101101000),
    (990101101202, "大王村民委员会", 5, 990101101000),
    (990101101203, "王村村委会", 5, 990101101000),
    (990101102201, "柳树村委会", 5, 990101102000),
    (990101102202, "桃源村委会", 5, 990101102000),
    (990101102203, "清溪社区居委会", 5, 990101102000),
]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("CREATE TABLE places (id BIGINT, name VARCHAR, level INTEGER, parent BIGINT)")
    con.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", PLACES)
    return con


def read(
    con: duckdb.DuckDBPyConnection, rows: list[list[str]], kind: str = "", delivery: Delivery | None = None
) -> RowCounts:
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    columns = {f"c{i}": pa.array([row[i] for row in padded], pa.string()) for i in range(width)}
    table = pa.table({"row_no": pa.array(range(1, len(rows) + 1), pa.int32()), **columns})
    con.register("cells", table)
    mapping = guess_mapping(rows, kind=kind or None)
    return read_rows(con, mapping, delivery or Delivery(7, ON), cells="cells", places="places")


DIBAO = ["序号", "户主", "姓名", "身份证号", "月保障金额", "起始月", "家庭住址", "开户人"]


def dibao(**cells: str) -> list[list[str]]:
    row = {
        "序号": "1",
        "户主": "见大",
        "姓名": "见一",
        "月保障金额": "560",
        "起始月": "2024-05",
        "家庭住址": "清溪镇大王村3组",
    } | cells
    return [DIBAO, [row.get(heading, "") for heading in DIBAO]]


def outcome(con: duckdb.DuckDBPyConnection) -> tuple[str, str, str]:
    return con.execute("SELECT outcome, reason, repairs FROM row_outcomes ORDER BY row_no").fetchall()[0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, ("accepted", "", "")),
        ({"姓名": "见 一"}, ("repaired", "", "name:name_spaces")),
        ({"姓名": "见一(曾用名见小一)"}, ("repaired", "", "name:name_several")),
        ({"姓名": "见一/见小一"}, ("repaired", "", "name:name_several")),
        ({"姓名": "", "身份证号": ""}, ("refused", "names_nobody", "")),
        ({"姓名": "13800000000"}, ("refused", "columns_shifted", "")),
        ({"身份证号": "9.90101E+17"}, ("repaired", "", "id_number:id_scientific")),
        ({"身份证号": "990101770513123"}, ("repaired", "", "id_number:id_15_to_18")),
        ({"月保障金额": "560元"}, ("accepted", "", "")),
        ({"月保障金额": "约五百"}, ("repaired", "", "monthly_yuan:not_a_number")),
        ({"起始月": "2099-01-01"}, ("repaired", "", "started_on:date_future")),
        ({"起始月": "45413"}, ("repaired", "", "started_on:date_excel_serial")),
        ({"家庭住址": "火星村1组"}, ("repaired", "", "address:place_unknown")),
        ({"家庭住址": "清溪镇某处"}, ("repaired", "", "address:village_unknown")),
        ({"家庭住址": "桃源村"}, ("repaired", "", "address:place_ambiguous")),
    ],
)
def test_it_says_what_became_of_a_row(
    con: duckdb.DuckDBPyConnection, cells: dict[str, str], expected: tuple[str, str, str]
) -> None:
    read(con, dibao(**cells))

    assert outcome(con) == expected


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("明溪县清溪镇大王村第3组12号", 990101101202),
        ("清溪镇王村3组", 990101101203),
        ("清溪大王3组", 990101101202),
        ("柳树镇桃源村委会", 990101102202),
        ("柳树镇柳树村二组", 990101102201),
        ("柳树镇清溪社区5号", 990101102203),
        ("望川市明溪县清溪镇桃源村", 990101101201),
        ("大王村民委员会六组", 990101101202),
        ("清溪镇", None),
        ("", None),
    ],
)
def test_it_finds_the_village_in_an_address(
    con: duckdb.DuckDBPyConnection, address: str, village: int | None
) -> None:
    read(con, dibao(家庭住址=address))

    assert con.execute("SELECT village FROM rows_dibao").fetchall() == [(village,)]


@pytest.mark.parametrize(
    ("address", "own_town", "village", "said", "may_be"),
    [
        ("清溪镇桃园村3组", None, 990101101201, "place_by_sound", "清溪镇桃源村委会"),
        ("清溪鎮大王村", None, 990101101202, "", None),
        ("大王居委会2组", None, 990101101202, "", None),
        ("清溪镇北王村", None, 990101101203, "", None),
        ("王庄旧村3组", None, 990101101203, "", None),  # the name before it was changed
        ("桃源村3组", None, None, "place_ambiguous", "清溪镇桃源村委会、柳树镇桃源村委会"),
        ("桃源村3组", 990101102000, 990101102202, "place_of_sender", "清溪镇桃源村委会、柳树镇桃源村委会"),
        ("清溪镇桃源村3组", 990101102000, 990101101201, "", None),  # the town named stands above the sender's
        ("大旺村3组", None, None, "place_unknown", "清溪镇大王村民委员会"),
        ("桃园村", None, None, "place_unknown", "清溪镇桃源村委会、柳树镇桃源村委会"),
        ("青溪镇某处", None, None, "village_unknown", None),
        ("清溪镇某处", None, None, "village_unknown", None),
        ("火星村1组", None, None, "place_unknown", None),
    ],
)
def test_it_says_on_what_ground_a_village_was_found_or_which_it_may_be(
    con: duckdb.DuckDBPyConnection,
    address: str,
    own_town: int | None,
    village: int | None,
    said: str,
    may_be: str | None,
) -> None:
    con.execute("INSERT INTO places VALUES (990101101203, '王庄旧村', 5, 990101101000)")
    read(con, dibao(家庭住址=address), delivery=Delivery(7, ON, town=own_town))

    assert con.execute("SELECT village FROM rows_dibao").fetchall() == [(village,)]
    ((repairs, places),) = con.execute("SELECT repairs, places FROM row_outcomes").fetchall()
    assert (repairs, places) == (f"address:{said}" if said else "", may_be)
    kind = catalogue().kinds["dibao"]
    assert not may_be or may_be in say_repaired(kind, repairs, places).zh


def test_a_village_column_and_an_address_name_one_place_together(con: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ["姓名", "乡镇", "村", "住址"],
        ["见一", "柳树镇", "桃源村", "3组12号"],
        ["见二", "", "", "清溪镇大王村"],
    ]

    read(con, rows, kind="elderly")

    assert con.execute("SELECT village FROM rows_elderly ORDER BY row_no").fetchall() == [
        (990101102202,),
        (990101101202,),
    ]


def test_a_list_without_an_address_column_is_told_of_its_village_in_both_languages() -> None:
    kind = catalogue().kinds["missing"]

    assert "address" not in kind.fields
    assert say_repaired(kind, "address:place_unknown").zh.startswith("「住址」")


def test_it_falls_back_to_the_senders_own_town(con: duckdb.DuckDBPyConnection) -> None:
    read(con, dibao(家庭住址="桃园旁"), delivery=Delivery(7, ON, town=990101101000))

    assert con.execute("SELECT village, town FROM raw_records").fetchall() == [(None, 990101101000)]


def test_it_tells_data_from_blank_lines_repeated_headings_sums_and_signatures(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        *dibao(),
        [],
        DIBAO,
        *dibao()[1:],
        ["合计", "", "", "2人", "1120"],
        ["填报人:见三", "", "审核人:见四"],
        ["第二组"],
    ]

    counts = read(con, rows)

    assert (counts.accepted, counts.refused, counts.skipped) == (2, 0, 5)
    reasons = con.execute(
        "SELECT reason FROM row_outcomes WHERE outcome = 'skipped' ORDER BY row_no"
    ).fetchall()
    assert [reason for (reason,) in reasons] == ["blank", "heading", "footer", "footer", "section"]


def test_it_accounts_for_every_line_below_the_heading(con: duckdb.DuckDBPyConnection) -> None:
    rows = [*dibao(), ["", "", "", ""], ["2", "", "12345678"], *dibao(姓名="见二")[1:]]

    counts = read(con, rows)

    assert counts.accepted + counts.refused + counts.skipped == len(rows) - 1


def test_it_keeps_one_record_for_each_person_a_row_names(con: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ["婚姻登记"],
        ["登记证字号", "登记日期", "男方姓名", "男方身份证号", "女方姓名", "女方出生日期"],
        ["J1", "1998.8.2", "见一", "990101770513123", "见二", "一九七七年腊月三十"],
    ]

    read(con, rows)

    records = con.execute(
        "SELECT record_id, role, name, id_number, birth, sex FROM raw_records ORDER BY role"
    ).fetchall()
    row_id = (7 << 24) + 3
    assert records == [
        (row_id * 8 + 1, 1, "见一", "990101770513123", None, "1"),
        (row_id * 8 + 2, 2, "见二", None, "一九七七年腊月三十", "2"),
    ]
    assert con.execute("SELECT registered_on FROM rows_marriage").fetchall() == [(dt.date(1998, 8, 2),)]


def test_it_keeps_a_person_nobody_could_name(con: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ["代称", "性别", "估计年龄", "入站日期", "发现地", "口音", "采样日期"],
        ["", "女", "约40岁", "2026-1-2", "车站", "不明", "2026-1-5"],
    ]

    read(con, rows)

    assert con.execute("SELECT name, sex, age FROM raw_records").fetchall() == [(None, "2", "约40岁")]


def test_it_numbers_the_rows_of_a_second_sheet_apart(con: duckdb.DuckDBPyConnection) -> None:
    read(con, dibao())
    read(con, dibao(), delivery=Delivery(7, ON, sheet_no=1))

    assert con.execute("SELECT row_no FROM rows_dibao ORDER BY 1").fetchall() == [(2,), (2 + (1 << 20),)]
    assert con.execute("SELECT count(DISTINCT record_id) FROM raw_records").fetchall() == [(2,)]


def test_it_writes_codes_and_planned_dates_as_the_checks_expect(con: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ["姓名", "身份证号", "随访日期", "随访方式", "随访对象", "关锁情况", "随访分类", "下次随访日期"],
        ["见一", "", "2026/10/30", "3电话", "家属", "关锁", "基本稳定", "2026-12-30"],
    ]

    read(con, rows)

    assert con.execute(
        'SELECT mode, met, restraint, "class", followed_on, next_on FROM rows_smd_followup'
    ).fetchall() == [("3", "2", "2", "2", dt.date(2026, 10, 30), dt.date(2026, 12, 30))]


def test_it_never_reads_a_forbidden_column(con: duckdb.DuckDBPyConnection) -> None:
    rows = [[*DIBAO, "政治面貌"], [*dibao()[1], "金丝雀值"]]

    read(con, rows)

    tables = ("rows_dibao", "raw_records", "row_outcomes")
    assert not any(
        "金丝雀值" in str(row) for table in tables for row in con.execute(f"SELECT * FROM {table}").fetchall()
    )


@pytest.mark.parametrize("code", list(catalogue().kinds))
def test_it_reads_a_sheet_of_every_kind(con: duckdb.DuckDBPyConnection, code: str) -> None:
    kind = catalogue().kinds[code]
    values = {
        "name": "见一",
        "id": "990101197705131232",
        "date": "2026-01-02",
        "month": "2026-01",
        "money": "1",
        "int": "30",
        "phone": "19900000000",
        "code": "1",
        "address": "清溪镇大王村",
    }
    header = [field.title.zh for field in kind.fields.values()]

    counts = read(
        con, [header, [values.get(field.type, "文字") for field in kind.fields.values()]], kind=code
    )

    assert (counts.accepted, counts.refused) == (1, 0)
    assert counts.records == len(kind.people)


def test_it_has_a_table_for_every_kind(con: duckdb.DuckDBPyConnection) -> None:
    for kind in catalogue().kinds.values():
        make_tables(con, kind)

    assert (
        len(con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'rows_%'").fetchall())
        == 27
    )


def test_it_says_everything_in_both_languages() -> None:
    kind = catalogue().kinds["dibao"]

    assert say_refused(kind, "names_nobody", "name").zh.startswith("「姓名」")
    assert "scientific" in say_repaired(kind, "id_number:id_scientific").en
    assert all(text.zh and text.en for text in (*REFUSALS.values(), *SKIPS.values()))


CARDS = ["姓名", "身份证号", "残疾人证号", "残疾类别", "等级"]
CHECKED = "990101197705131231"


@pytest.mark.parametrize(
    ("row", "kept", "repairs"),
    [
        (["见一", CHECKED, CHECKED + "43", "肢体", "三级"], (CHECKED, "肢体", "3"), ""),
        (
            ["见一", CHECKED, CHECKED + "43", "", ""],
            (CHECKED, "肢体", "3"),
            "category:from_card grade:from_card",
        ),
        (["见一", "", CHECKED + "61", "精神残疾", "一级"], (CHECKED, "精神", "1"), "id_number:from_card"),
        (["见一", "/", CHECKED + "61B1", "精神", "1"], (CHECKED, "精神", "1"), "id_number:from_card"),
        (["见一", CHECKED, CHECKED + "52", "智力", "一级"], (CHECKED, "智力", "1"), "grade:card_differs"),
        (["见一", CHECKED, CHECKED + "71", "视力、听力", "一级"], (CHECKED, "视力、听力", "1"), ""),
        (["见一", CHECKED, CHECKED + "41", "精神", "1"], (CHECKED, "精神", "1"), "category:card_differs"),
        (
            ["见一", CHECKED, "旧证123", "肢体二级", ""],
            (CHECKED, "肢体", "2"),
            "card_no:card_unreadable grade:from_category",
        ),
        (["见一", CHECKED, "", "肢体", "重度"], (CHECKED, "肢体", "重度"), "grade:unknown_code"),
    ],
)
def test_it_reads_what_a_disability_certificate_says(
    con: duckdb.DuckDBPyConnection, row: list[str], kept: tuple[str, str, str], repairs: str
) -> None:
    read(con, [CARDS, row], kind="disability")

    assert con.execute("SELECT id_number, category, grade FROM rows_disability").fetchall() == [kept]
    assert sorted(outcome(con)[2].split()) == sorted(repairs.split())


def test_a_roster_of_certificates_alone_still_names_people_by_number(con: duckdb.DuckDBPyConnection) -> None:
    read(con, [["姓名", "残疾人证号"], ["见一", CHECKED + "11"]], kind="disability")

    assert con.execute("SELECT id_number FROM raw_records").fetchall() == [(CHECKED,)]
    assert con.execute("SELECT category, grade FROM rows_disability").fetchall() == [("视力", "1")]
    assert say_repaired(catalogue().kinds["disability"], "grade:from_card").en.startswith("“Grade”")
