"""Rosters of the story county, as its departments might write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from jiandi.rooms.access.models import Grant, Officer
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.models_authority import Authorisation
from tests import people

REFERENCE = date(2026, 11, 1)
HUKOU = ["户号", "姓名", "性别", "出生日期", "公民身份号码", "与户主关系", "户籍地址", "联系电话"]
DIBAO = [
    "姓名",
    "身份证号",
    "性别",
    "保障类别",
    "月保障金额",
    "起始月",
    "家庭住址",
    "开户人",
    "开户人身份证号",
]
LEFT = ["序号", "身份类别", "组别", "姓名", "性别", "年龄", "联系电话", "家庭住址", "备注"]
ELDERLY = ["姓名", "身份证号", "性别", "出生日期", "家庭住址", "月津贴金额", "最近生存认证日期"]
BIRTH = [
    "新生儿姓名",
    "性别",
    "出生日期",
    "母亲姓名",
    "母亲身份证号",
    "父亲姓名",
    "父亲身份证号",
    "住址",
    "出生证编号",
]
DEATH = ["姓名", "性别", "公民身份号码", "出生日期", "住址", "死亡日期", "注销日期"]
# Invented people of Stone Bridge village; their numbers carry an area code that does not exist.
ANNA = ["H1", "见安娜", "女", "19770513", "990101197705130028", "户主", "清溪镇石桥村第1组1号", "19900000001"]
BO = ["H1", "见波", "男", "20050302", "99010120050302003X", "子", "清溪镇石桥村第1组1号", ""]
CHEN = ["H2", "见陈", "男", "19500101", "990101195001010015", "户主", "清溪镇石桥村第2组2号", "19900000002"]


def number_of(first17: str) -> str:
    """Complete an identity number with its check character."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(w * int(c) for w, c in zip(weights, first17, strict=True)) % 11]


for _row in (ANNA, BO, CHEN):
    _row[4] = number_of(_row[4][:17])
# Past eighty; with a number that is right.
OLD = [
    "H3",
    "见古",
    "男",
    "19400101",
    number_of("99010119400101001"),
    "户主",
    "清溪镇石桥村第3组3号",
    "",
]


def csv_of(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    """Write a roster as CSV in the encoding of Chinese Windows."""
    return "\r\n".join(",".join(row) for row in [["名册"], header, *rows]).encode("gb18030")


def hukou(*rows: Sequence[str]) -> bytes:
    """Write a household register."""
    return csv_of(HUKOU, *(rows or (ANNA, BO, CHEN)))


def dibao(*rows: Sequence[str]) -> bytes:
    """Write an allowance roster."""
    return csv_of(DIBAO, *rows)


def left(*rows: Sequence[str]) -> bytes:
    """Write a list of the left-behind: no identity numbers at all."""
    return csv_of(LEFT, *rows)


def deliver(
    content: bytes,
    unit: str = "明溪县公安局",
    by: str = "steward",
    at: datetime = people.MONDAY,
    reference_on: date = REFERENCE,
    name: str = "名册.csv",
    **more: object,
) -> Roster:
    """Deliver a file for a unit."""
    return actions.deliver(
        by=people.officer(by),
        at=at,
        unit=people.unit(unit),
        file_name=name,
        content=content,
        reference_on=reference_on,
        **more,
    )


def authorisation(number: str = "授〔2026〕1号") -> Authorisation:
    """Record a written permission in force in November 2026."""
    return actions.authorise(
        by=people.officer("lead"), at=people.MONDAY, number=number, issued_by="明溪县工作专班",
        signed_by="方首", signed_office="组长", purpose="核清底数",
        starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 31),
    )  # fmt: skip


def link(at: datetime = people.TUESDAY, under: Authorisation | None = None):
    """Run the linkage as the steward."""
    under = under or Authorisation.objects.filter(number=f"授{at:%d%H}").first()
    return actions.link(
        by=people.officer("steward"), at=at, authorisation=under or authorisation(f"授{at:%d%H}")
    )


def second() -> Officer:
    """Return another steward of the county, who looks as well."""
    known = Officer.objects.filter(username="steward_2").first()
    if known is not None:
        return known
    other = Officer.objects.create(username="steward_2", name="司二", unit=people.officer("steward").unit)
    Grant.objects.create(officer=other, role="steward", place_id=people.COUNTY, starts_on="2026-01-01")
    return other
