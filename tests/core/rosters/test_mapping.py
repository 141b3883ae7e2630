"""Headings as offices write them, in any order, over one line or two, below titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.rosters.gate import column_digest, subject_forbidden
from jiandi.core.rosters.kinds import Kind, catalogue, kind_of
from jiandi.core.rosters.layout import find_layout
from jiandi.core.rosters.mapping import SheetMapping, given_mapping, guess_mapping
from jiandi.core.values import Refused

KINDS = list(catalogue().kinds.values())


def headings_of(kind: Kind) -> list[str]:
    return [f.title.zh for f in kind.fields.values() if f.name not in ("note", "town_name", "village_name")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_it_recognises_each_kind_by_its_headings_alone(kind: Kind) -> None:
    mapping = guess_mapping([headings_of(kind)])

    assert mapping.kind == kind.code
    assert not mapping.unmapped


@given(st.data())
def test_it_never_loses_a_column_whatever_the_order(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    shuffled = data.draw(st.permutations(headings_of(kind)))
    decorated = [
        data.draw(st.sampled_from([h, f" {h} ", f"{h}(必填)", f"*{h}", "\n".join(h)])) for h in shuffled
    ]

    mapping = guess_mapping([decorated], kind=kind.code)

    assert {
        mapping.layout.headers[i].strip("* ").replace("\n", "").replace("(必填)", "")
        for i in mapping.by_field.values()
    } == set(shuffled)


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_it_gives_a_heading_to_one_field_of_a_kind_only(kind: Kind) -> None:
    first: dict[str, str] = {}
    for field in kind.fields.values():
        main = field.headings[0]
        assert main not in first, f"{main} heads {first.get(main)} and {field.name}"
        first[main] = field.name


TITLED = [
    ["三留守及独居人员花名册", "", "", "", ""],
    ["填报单位:清溪镇", "", "", "2026年11月", ""],
    ["序号", "身份类别", "组别", "姓名", "性别", "年龄", "联系电话", "家庭住址", "备注"],
    ["1", "独居老人", "一组", "见一", "女", "81", "无电话", "甲村", ""],
]


def test_it_finds_the_heading_below_title_rows() -> None:
    mapping = guess_mapping(TITLED)

    assert (mapping.kind, mapping.layout.first_row, mapping.layout.last_row) == ("left_behind", 3, 3)
    assert mapping.layout.titles[0] == "三留守及独居人员花名册"


TWO_LINES = [
    ["婚姻登记台账"],
    ["登记证字号", "登记日期", "男方", "", "", "女方", "", ""],
    ["", "", "姓名", "身份证号", "户籍地", "姓名", "身份证号", "户籍地"],
    ["J99-1", "2003-04-02", "见一", "", "", "见二", "", ""],
]


def test_it_reads_a_heading_over_two_lines() -> None:
    mapping = guess_mapping(TWO_LINES)

    assert mapping.kind == "marriage"
    assert mapping.layout.last_row == 3
    assert mapping.by_field["husband_name"] == 2
    assert mapping.by_field["wife_address"] == 7


def test_it_ignores_a_caption_over_a_group_of_columns() -> None:
    rows = [["基本信息", "", "", "学籍信息", "", ""], ["姓名", "性别", "身份证号", "学籍号", "学校", "年级"]]

    mapping = guess_mapping(rows)

    assert mapping.kind == "school"
    assert mapping.layout.headers[3] == "学籍号"


def test_it_reads_a_second_guardian_from_a_repeated_heading() -> None:
    rows = [
        ["学生姓名", "学籍号", "学校", "年级", "监护人姓名", "监护人身份证号", "监护人姓名", "监护人身份证号"]
    ]

    assert guess_mapping(rows).by_field["guardian2_name"] == 6


def test_it_does_not_take_the_mothers_number_for_the_childs() -> None:
    mapping = guess_mapping([["姓名", "母亲身份证号", "学籍号", "学校", "年级"]])

    assert "id_number" not in mapping.by_field
    assert [c.header for c in mapping.unmapped] == ["母亲身份证号"]


def test_it_says_aloud_which_column_would_be_lost() -> None:
    mapping = guess_mapping([["姓名", "身份证号", "学籍号", "学校", "年级", "口味"]], sheet="五年级")

    (warning,) = mapping.warnings()
    assert "「五年级」第6列「口味」" in warning.zh
    assert "column 6 “口味”" in warning.en


def test_it_recognises_an_unheaded_column_of_identity_numbers() -> None:
    body = [["见一", f"99010119770513{n:03d}X", "小学", "G1"] for n in range(5)]

    mapping = guess_mapping([["姓名", "", "学校", "学籍号"], *body])

    assert mapping.by_field["id_number"] == 1
    assert mapping.columns[1].reason == "content"


@pytest.mark.parametrize(
    "header",
    [
        "节育措施",
        "政治面貌",
        "宗 教 信 仰",
        "孕次",
        "现有子女数",
        "社会抚养费",
        "是否党员",
        "前科",
        "重点人员类型",
        "涉毒情况",
    ],
)
def test_it_shuts_the_gate_on_what_must_not_be_stored(header: str) -> None:
    mapping = guess_mapping([["姓名", "身份证号", "学籍号", "学校", "年级", header]])

    assert [f.header for f in mapping.forbidden] == [header]
    assert 5 not in mapping.by_field.values()
    assert not mapping.unmapped


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_it_lets_every_ordinary_heading_through_the_gate(kind: Kind) -> None:
    assert [h for f in kind.fields.values() for h in f.headings if subject_forbidden(h, kind)] == []


def test_it_never_reads_who_called_the_hotline() -> None:
    rows = [["工单编号", "来电时间", "诉求人", "来电号码", "内容", "涉及人"]]

    assert {f.header for f in guess_mapping(rows).forbidden} == {"诉求人", "来电号码"}


def test_it_keeps_a_refused_column_as_a_digest_only() -> None:
    digest = column_digest("政治面貌", ["群众", None])

    assert len(digest) == 64
    assert digest != column_digest("政治面貌", ["党员", None])


def saved(mapping: SheetMapping) -> dict[str, str]:
    return dict(mapping.saved()["columns"])  # type: ignore[call-overload]


def test_it_uses_a_saved_mapping_on_the_next_delivery() -> None:
    first = guess_mapping(TITLED)
    moved = [row[::-1] for row in TITLED]

    again = given_mapping(moved, sheet="", kind=first.kind, columns=saved(first))

    assert again.by_field["name"] == 5


def test_it_refuses_a_delivery_that_lost_a_mapped_column() -> None:
    first = guess_mapping(TITLED)
    shorter = [row[:-2] for row in TITLED]

    with pytest.raises(Refused, match="mapping_loses_column") as refusal:
        given_mapping(shorter, sheet="", kind=first.kind, columns=saved(first))

    assert "家庭住址" in refusal.value.text.zh


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["天气", "温度"], ["晴", "3"]], "roster_without_header"),
        ([], "roster_without_header"),
        ([["姓名", "身份证号", "性别"]], "roster_of_unknown_kind"),
    ],
)
def test_it_refuses_what_it_does_not_recognise(rows: list[list[str]], code: str) -> None:
    with pytest.raises(Refused, match=code):
        guess_mapping(rows)


def test_it_refuses_a_kind_whose_required_column_is_missing() -> None:
    with pytest.raises(Refused, match="roster_misses_column") as refusal:
        guess_mapping([["姓名", "身份证号", "学籍号"]], kind="birth")

    assert "新生儿姓名" in refusal.value.text.zh


@given(st.lists(st.lists(st.text(max_size=6), max_size=8), max_size=12))
def test_it_survives_any_sheet(rows: list[list[str]]) -> None:
    layout = find_layout(rows)

    assert layout is None or 1 <= layout.first_row <= layout.last_row <= len(rows)


def test_it_names_the_roles_as_records_number_them() -> None:
    assert [(p.role, p.code) for p in kind_of("birth").people] == [("child", 3), ("mother", 4), ("father", 5)]
