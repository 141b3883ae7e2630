"""What a department writes in a code column, and what is kept for it."""

from __future__ import annotations

import duckdb
import pytest

from jiandi.core.checks import schema
from jiandi.core.codes import REASONS, code_tables, map_codes, read_code, with_words
from jiandi.core.rosters.kinds import catalogue
from jiandi.core.values import Refused

TABLES = code_tables()
SPEC = """
sex: 男=1 1=1 01=1 1.0=1 １=1 M=1 男性=1 1-男=1 男1=1 (1)男=1 女=2 2=2 F=2 女童=2 2女=2 0=0 不详=0 9=9 未说明=9 /= 无=
kin: 01=本人 1=本人 自己=本人 02=户主 户主=户主 10=配偶 11=配偶 12=配偶 妻=配偶 妻子=配偶 丈夫=配偶 爱人=配偶 老伴=配偶 户主之妻=配偶 配偶(妻)=配偶
kin: 20=子 长子=子 21=子 养子=子 之子=子 30=女 次女=女 37=女 28=媳婿 女婿=媳婿 38=媳婿 儿媳妇=媳婿 40=孙辈 外孙女=孙辈 47=孙辈 51=父母 母亲=父母 岳父=父母
kin: 61=祖父母 姥姥=祖父母 70=兄弟姐妹 73=兄弟姐妹 嫂子=兄弟姐妹 80=其他 侄子=其他 97=其他 99=其他 非亲属=其他 02-户主=户主
marital: 未婚=10 10=10 1=10 已婚=20 有配偶=20 20-已婚=20 初婚=21 再婚=22 复婚=23 丧偶=30 3=30 离婚=40 离异=40 离婚未再婚=40 90=90 不详=90
nationality: 汉=汉 汉族=汉 01=汉 1=汉 回族=回 03=回 56=基诺 其他=其他 97=其他
disability_kind: 视力=视力 1=视力 视力残疾=视力 听力残疾=听力 3=言语 肢体=肢体 肢残=肢体 智力=智力 6=精神 多重=多重 7=多重 肢体一级=肢体 4-肢体=肢体
disability_kind: 精神、视力=视力、精神 听力残疾/言语残疾=听力、言语
disability_grade: 一级=1 1=1 1级=1 １级=1 壹级=1 Ⅰ级=1 二级=2 三=3 四级=4 Ⅳ=4 42=2
restraint: 无=1 无关锁=1 2-关锁=2 3已解除=3
danger: 3级=3 三级=3 0=0
"""
CASES = [
    (line.split(":")[0], *word.split("="))
    for line in SPEC.strip().splitlines()
    for word in line.split(": ")[1].split()
]


@pytest.mark.parametrize(("table", "written", "kept"), CASES)
def test_it_knows_codes_and_words(table: str, written: str, kept: str) -> None:
    reading = read_code(TABLES[table], written)

    assert (reading.value or "", reading.reason) == (kept, None)


@pytest.mark.parametrize(
    ("table", "written", "reason"),
    [
        ("sex", "某", "unknown_code"),
        ("sex", "3", "unknown_code"),
        ("sex", "1-女", "code_contradicts"),
        ("kin", "10-户主", "code_contradicts"),
        ("kin", "媳妇", "unknown_code"),  # a wife here, a son's wife there
        ("kin", "配偶(子)", "unknown_code"),
        ("marital", "分居", "unknown_code"),
        ("nationality", "汗族", "unknown_code"),
        ("disability_kind", "聋哑、视力", "unknown_code"),
        ("disability_kind", "8", "unknown_code"),
        ("disability_grade", "重度", "unknown_code"),  # the first and the second grade
        ("disability_grade", "5", "unknown_code"),
    ],
)
def test_it_keeps_what_it_does_not_know_and_says_so(table: str, written: str, reason: str) -> None:
    reading = read_code(TABLES[table], written)

    assert (reading.value, reading.reason) == (written, reason)
    assert REASONS[reason].zh and REASONS[reason].en


def test_a_county_adds_its_own_words_and_changes_no_meaning() -> None:
    own = with_words(TABLES, {"kin": {"配偶": ["那口子"], "38": ["媳妇"]}})

    assert read_code(own["kin"], "那口子").value == "配偶"
    assert read_code(own["kin"], "媳妇").value == "媳婿"
    assert read_code(TABLES["kin"], "那口子").reason == "unknown_code"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"kinship": {"配偶": ["那口子"]}}, "codes.unknown_table"),
        ({"kin": {"邻居": ["隔壁"]}}, "codes.unknown_value"),
        ({"kin": {"子": ["女儿"]}}, "codes.word_taken"),
    ],
)
def test_it_refuses_words_that_cannot_be(words: dict[str, dict[str, list[str]]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        with_words(TABLES, words)

    assert refused.value.code == code
    assert refused.value.text.zh and refused.value.text.en


def test_a_table_reads_as_its_cells_do() -> None:
    con = duckdb.connect()
    con.execute("create table cells (a varchar, b varchar)")
    con.executemany("insert into cells values (?, ?)", [["男", "妻"], ["男", None], ["1-女", "怪人"]])

    found = map_codes(con, source="cells", columns={"a": "sex", "b": "kin"}, tables=TABLES, into="read")

    assert found == 4
    assert con.execute("select * from read order by raw").fetchall() == [
        ("sex", "1-女", "1-女", "code_contradicts"),
        ("kin", "妻", "配偶", None),
        ("kin", "怪人", "怪人", "unknown_code"),
        ("sex", "男", "1", None),
    ]


def test_every_code_column_names_a_table_that_exists() -> None:
    fields = [field for kind in catalogue().kinds.values() for field in kind.fields.values()]

    assert {field.codes for field in fields if field.type == "code"} <= set(TABLES)
    assert not [field.name for field in fields if field.codes and field.type != "code"]


def test_nationality_is_read_in_one_form_and_no_rule_sees_it() -> None:
    reading = {
        (kind.code, field.name)
        for kind in catalogue().kinds.values()
        for field in kind.fields.values()
        if field.codes == "nationality"
    }

    assert reading == {("hukou", "ethnicity")}
    assert "ethnicity" not in str(vars(schema))


def test_no_table_says_more_of_children_than_that_they_are() -> None:
    kept = [value.kept for value in TABLES["kin"].values]

    assert not [one for one in kept if any(word in one for word in ("独生", "长", "次", "养", "继"))]
