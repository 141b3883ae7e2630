"""The files of the story, as departments might write them. Every person in them is invented, and named so."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

# 甄可见 reads “truly can be seen”, 贾 sounds like “false”: nobody is called so. Numbers carry an area code that does not exist.
SHE = "甄可见"
HUSBAND, HIS_MOTHER, DAUGHTER, NEIGHBOUR = "贾大田", "甄奶奶", "贾小苗", "甄邻居"
DOOR, NEXT_DOOR = "清溪镇石桥村第1组1号", "清溪镇石桥村第1组2号"
TOWNSHIP, VILLAGE = "清溪镇人民政府", "石桥村村民委员会"
FAR_AWAY = "遥远省望乡市云边县"


def number_of(first17: str) -> str:
    """Complete an identity number with its check character (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(w * int(c) for w, c in zip(weights, first17, strict=True)) % 11]


HIS_NUMBER = number_of("99010119701203001")
DAUGHTERS_NUMBER = number_of("99010120160411002")


def household_register() -> bytes:
    """The police's household register: the husband, his mother, the daughter, a neighbour. She is not in it."""
    head = [
        "户号",
        "姓名",
        "性别",
        "出生日期",
        "公民身份号码",
        "与户主关系",
        "户籍地址",
        "联系电话",
        "落户日期",
        "落户原因",
    ]
    return _csv(
        "明溪县户籍人口信息",
        head,
        ["H0001", HUSBAND, "男", "19701203", HIS_NUMBER, "户主", DOOR, "19900000011", "19701220", "出生"],
        [
            "H0001",
            HIS_MOTHER,
            "女",
            "19450608",
            number_of("99010119450608002"),
            "母亲",
            DOOR,
            "",
            "19680101",
            "迁入",
        ],
        ["H0001", DAUGHTER, "女", "20160411", DAUGHTERS_NUMBER, "长女", DOOR, "", "20160502", "出生"],
        [
            "H0002",
            NEIGHBOUR,
            "女",
            "19620215",
            number_of("99010119620215004"),
            "户主",
            NEXT_DOOR,
            "19900000012",
            "19850101",
            "迁入",
        ],
    )


def marriages() -> bytes:
    """The marriage registry's workbook: hers is dated two years before its file was entered, and holds no identity."""
    head = ["登记证字号", "登记日期", "归档日期", "登记机关", "登记种类", "男方姓名", "男方身份证号", "男方户籍地", "女方姓名",
            "女方身份证号", "女方出生日期", "女方户籍地", "女方证件材料", "婚姻状况证明出具单位", "附件摘录"]  # fmt: skip
    hers = ["清结字第0415号", "2013-05-06", "2015-09-14", TOWNSHIP, "结婚登记", HUSBAND, HIS_NUMBER, DOOR, SHE, "", "1984-02-29",
            DOOR, "村委会证明", VILLAGE, f"介绍信残片:{FAR_AWAY}"]  # fmt: skip
    book = Workbook()
    sheet = book.active
    sheet.append(["婚姻登记档案目录"])
    sheet.merge_cells("A1:O1")
    sheet.append(head)
    sheet.append(hers)
    sheet.append(["合计", "1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def births() -> bytes:
    """The health office's birth certificates: born at home, the mother without a number, the paper three years late."""
    head = ["出生医学证明编号", "签发日期", "签发机构", "新生儿姓名", "性别", "出生日期", "出生地点", "接生人员", "母亲姓名", "母亲身份证号",
            "母亲出生日期", "父亲姓名", "父亲身份证号", "住址"]  # fmt: skip
    hers = ["Z990100001", "2019-03-02", "清溪镇卫生院", DAUGHTER, "女", "2016-04-11", "家中", "家人", SHE, "", "1984-02-29", HUSBAND,
            HIS_NUMBER, DOOR]  # fmt: skip
    return _csv("出生医学证明签发登记", head, hers)


def allowances() -> bytes:
    """Civil affairs' allowance roster: the neighbour, and nobody behind the first door."""
    head = ["姓名", "身份证号", "性别", "保障类别", "月保障金额", "起始月", "家庭住址"]
    return _csv(
        "最低生活保障对象",
        head,
        [NEIGHBOUR, number_of("99010119620215004"), "女", "B", "420", "2023-01", NEXT_DOOR],
    )


def _csv(title: str, head: Sequence[str], *rows: Sequence[str]) -> bytes:
    """Write a title above the headings, in the encoding of office computers."""
    out = io.StringIO()
    csv.writer(out).writerows([[title], head, *rows])
    return out.getvalue().encode("gb18030")
