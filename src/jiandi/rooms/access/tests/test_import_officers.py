"""The county's list of units and officers: what is right goes in, what is not gets a sentence."""

import io
import zipfile

import openpyxl
import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.actions_officers import import_officers
from jiandi.rooms.access.kinds import role_key, unit_kind
from jiandi.rooms.access.models import Grant, Officer, Unit
from jiandi.rooms.access.queries import events_of
from tests.people import MONDAY

pytestmark = pytest.mark.django_db
UNITS = [
    ["清溪镇综治办", "乡镇", "清溪镇平安办", "990101101"],
    ["清溪镇平安办", "乡镇", "清溪镇人民政府", "990101101"],
    ["明溪县救助管理站", "部门科室", "明溪县民政局", "990101"],
]
PEOPLE = [
    ["xinren", "辛人", "清溪镇综治办", "网格员", "990101101201", "000-1"],
    ["xinren", "辛人", "清溪镇综治办", "村医", 990101101201, ""],
    ["grid_a1", "葛一", "石桥村村民委员会", "网格员", "990101101201", ""],
]


def _book(units=UNITS, people=PEOPLE, names=("单位", "人员")):
    book = openpyxl.Workbook()
    for name, header, rows in (
        (names[0], ["单位名称", "类别", "上级单位", "地区代码"], units),
        (names[1], ["用户名", "姓名", "单位", "角色", "地区代码", "电话"], people),
    ):
        sheet = book.create_sheet(name)
        sheet.append(["明溪县名单"])
        sheet.append(header)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _import(county, **sheets):
    return import_officers(by=county.officer("admin"), at=MONDAY, content=_book(**sheets))


def test_it_makes_units_above_before_those_below_and_officers_with_their_roles(county):
    outcome = _import(county)

    assert (outcome.units, outcome.officers, outcome.grants, outcome.problems) == (3, 1, 2, [])
    unit = Unit.objects.get(name="清溪镇综治办")
    assert unit.path.startswith(county.unit("清溪镇人民政府").path)
    assert {grant.role for grant in Grant.objects.filter(officer__username="xinren")} == {"grid", "doctor"}
    assert [event.verb for event in events_of("officer", county.officer("admin").pk)] == [
        "access.import_officers"
    ]


def test_it_changes_nothing_the_second_time(county):
    _import(county)
    before = (Unit.objects.count(), Officer.objects.count(), Grant.objects.count())

    again = _import(county)

    assert (again.units, again.officers, again.grants) == (0, 0, 0)
    assert (Unit.objects.count(), Officer.objects.count(), Grant.objects.count()) == before


def test_it_names_each_bad_row_and_goes_on(county):
    people = [
        ["a1", "甲", "没有的单位", "网格员", "990101101201", ""],
        ["b1", "乙", "清溪派出所", "皇帝", "990101101201", ""],
        ["c1", "丙", "清溪派出所", "网格员", "123456", ""],
        ["d1", "丁", "清溪派出所", "网格员", "990100", ""],
        ["坏名", "戊", "清溪派出所", "网格员", "990101101201", ""],
        ["e1", "", "清溪派出所", "网格员", "990101101201", ""],
        ["good", "好", "清溪派出所", "网格员", "990101101201", ""],
    ]
    units = [
        ["甲办", "乡镇", "乙办", "990101101"],
        ["乙办", "乡镇", "甲办", "990101101"],
        ["丙办", "乡镇", "无此单位", "990101101"],
    ]

    outcome = _import(county, people=people, units=units)

    assert outcome.officers == 1 and Officer.objects.filter(username="good").exists()
    where = {(problem.sheet, problem.row_no) for problem in outcome.problems}
    assert where == {("人员", no) for no in range(3, 9)} | {("单位", no) for no in range(3, 6)}


def test_it_gives_the_importer_no_role(county):
    outcome = _import(county, people=[["admin", "安管", "明溪县工作专班", "监督员", "990101", ""]])

    assert outcome.grants == 0
    assert not Grant.objects.filter(officer__username="admin", role="overseer").exists()


def test_it_asks_for_both_sheets_and_their_columns(county):
    with pytest.raises(Refused, match="missing"):
        _import(county, names=("单位", "名单"))
    book = openpyxl.Workbook()
    book.create_sheet("单位").append(["名字"])
    book.create_sheet("人员").append(["名字"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Refused, match="header"):
        import_officers(by=county.officer("admin"), at=MONDAY, content=out.getvalue())


def _bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 70_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"x" * (5 * 1024 * 1024 + 1), "file.too_large"),
        (b"\xd0\xcf\x11\xe0rest", "file.locked"),
        (b"not excel", "file.unreadable"),
        (b"PK\x03\x04broken", "file.unreadable"),
    ],
)
def test_it_refuses_files_that_are_no_list(county, content, code):
    with pytest.raises(Refused) as refused:
        import_officers(by=county.officer("admin"), at=MONDAY, content=content)
    assert refused.value.code == code


def test_it_looks_at_the_size_before_unpacking(county):
    with pytest.raises(Refused, match="unpacks"):
        import_officers(by=county.officer("admin"), at=MONDAY, content=_bomb())


@pytest.mark.parametrize(
    ("category", "name", "kind"),
    [
        ("县级部门", "明溪县民政局", "civil"),
        ("部门科室", "明溪县公安局户政科", "police"),
        ("派出所", "清溪派出所", "station"),
        ("市级监督", "望川市巡查组", "outside"),
        ("乡镇", "清溪镇人民政府", "township"),
        ("村委会", "清溪镇石桥村村民委员会", "village"),
        ("卫生室", "清溪镇石桥村卫生室", "clinic"),
        ("县级部门", "明溪县人民医院", "hospital"),
        ("民政", "某单位", "civil"),
        ("", "某某", "other"),
    ],
)
def test_it_knows_a_units_kind_from_its_class_or_name(category, name, kind):
    assert unit_kind(category, name) == kind


def test_it_reads_roles_in_chinese_or_by_key():
    assert role_key("网格员") == "grid" and role_key("grid") == "grid" and role_key("皇帝") == "皇帝"
