"""Files as departments and attackers send them, made here byte by byte."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlwt

from jiandi.core.values import Refused
from jiandi.rooms.register.reading.grid import Sheet, open_grid
from jiandi.rooms.register.reading.limits import Limits

HEADER = ["姓名", "身份证号", "家庭住址"]
BODY = [["见一", "990101197705131232", "清溪镇甲村1组"], ["见二", "99010119800101123X", "清溪镇乙村2组"]]


def opened(
    tmp_path: Path, content: bytes, name: str = "名册.csv", limits: Limits | None = None
) -> list[Sheet]:
    path = tmp_path / "delivered"
    path.write_bytes(content)
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    return open_grid(path, name=name, scratch=scratch, limits=limits or Limits())


def csv_text(separator: str = ",") -> str:
    return "\r\n".join(separator.join(row) for row in [HEADER, *BODY]) + "\r\n"


def workbook(rows: list[list[object]], title: str = "名册", merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells_of(sheet: Sheet) -> list[list[str]]:
    return [[cell for cell in row if cell] for row in sheet.sample]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_it_reads_csv_in_every_encoding_offices_use(tmp_path: Path, encoding: str) -> None:
    (sheet,) = opened(tmp_path, csv_text().encode(encoding))

    assert sheet.sample[0][:3] == HEADER
    assert sheet.sample[1][0] == "见一"


@pytest.mark.parametrize("separator", [",", "\t", ";", "|", ","])
def test_it_finds_the_separator(tmp_path: Path, separator: str) -> None:
    (sheet,) = opened(tmp_path, csv_text(separator).encode("gb18030"))

    assert sheet.sample[1] == BODY[0]


def test_it_keeps_rare_characters_of_gb18030(tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, "姓名,身份证号\n𬭎䶮,1\n".encode("gb18030"))

    assert sheet.sample[1][0] == "𬭎䶮"


def test_it_numbers_lines_as_they_stand_blank_ones_too(tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, ("名册\n\n\n" + csv_text()).encode())

    assert [
        row_no
        for row_no, name in zip(
            sheet.cells()["row_no"].to_pylist(), sheet.cells()["c0"].to_pylist(), strict=True
        )
        if name
    ] == [1, 4, 5, 6]


def test_it_reads_a_workbook_with_its_cells_as_text(tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "出生", "金额", "序号"],
        ["见一", 990101197705131232, dt.date(1977, 5, 13), 12.5, 3.0],
    ]

    (sheet,) = opened(tmp_path, workbook(rows), "名册.xlsx")

    assert sheet.name == "名册"
    assert sheet.sample[1] == ["见一", "9.90101197705131E+17", "1977-05-13", "12.5", "3"]


def test_it_repeats_a_merged_value_down_its_rows(tmp_path: Path) -> None:
    rows = [["户主", "姓名"], ["见一", "见一"], [None, "见二"], [None, "见三"]]

    (sheet,) = opened(tmp_path, workbook(rows, merge="A2:A4"), "名册.xlsx")

    assert [row[0] for row in sheet.sample] == ["户主", "见一", "见一", "见一"]


def test_it_keeps_the_row_numbers_of_a_table_that_starts_lower_down(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B4"], book.active["C4"], book.active["B5"] = "姓名", "性别", "见一"
    out = io.BytesIO()
    book.save(out)

    (sheet,) = opened(tmp_path, out.getvalue(), "名册.xlsx")

    assert sheet.sample[3][1:3] == ["姓名", "性别"]
    assert sheet.sample[4][1] == "见一"


def test_it_leaves_hidden_sheets_alone(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    hidden = book.create_sheet("隐藏")
    hidden.append(["不该", "看见"])
    hidden.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    assert [sheet.name for sheet in opened(tmp_path, out.getvalue(), "名册.xlsx")] == ["Sheet"]


def test_it_reads_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("台账")
    page.write_merge(0, 0, 0, 2, "特困人员台账")
    for column, value in enumerate(["姓名", "年龄", "起始"]):
        page.write(1, column, value)
    page.write(2, 0, "见一")
    page.write(2, 1, 71)
    page.write(2, 2, dt.date(2024, 5, 1), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    out = io.BytesIO()
    book.save(out)

    (sheet,) = opened(tmp_path, out.getvalue(), "台账.xls")

    assert sheet.sample[2][:3] == ["见一", "71", "2024-05-01"]


def test_it_believes_the_bytes_not_the_name(tmp_path: Path) -> None:
    (sheet,) = opened(tmp_path, csv_text().encode("gb18030"), "名册.xlsx")

    assert sheet.sample[1] == BODY[0]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def locked_zip() -> bytes:
    content = bytearray(workbook([HEADER]))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(magic)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(magic, at + 4)
    return bytes(content)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register.file_empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "register.file_empty"),
        (b"%PDF-1.7 ...", "register.file_wrong_kind"),
        (b"\x89PNG\r\n\x1a\n....", "register.file_wrong_kind"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "register.file_wrong_kind"),
        (zipped(**{"word/document.xml": b"<w/>"}), "register.file_wrong_kind"),
        (zipped(**{"photo.jpg": b"x"}), "register.file_wrong_kind"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "register.file_encrypted"),
        (OLE + "WordDocument".encode("utf-16-le"), "register.file_wrong_kind"),
        (OLE + "Workbook".encode("utf-16-le"), "register.file_unreadable"),
        (locked_zip(), "register.file_encrypted"),
        (b"PK\x03\x04 torn in the post", "register.file_unreadable"),
        (zipped(**{"xl/workbook.xml": b"<not-a-workbook"}), "register.file_unreadable"),
        (zipped(**{"xl/workbook.xml": b"0" * 30_000_000}), "register.file_hostile"),
        ("只有一列\n没有表格\n".encode(), "register.file_not_a_table"),
        (bytes(range(128, 256)) * 60, "register.file_encoding"),
    ],
)
def test_it_refuses_what_it_cannot_read_in_a_sentence(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        opened(tmp_path, content, "来件")

    assert refusal.value.code == code
    assert "来件" in refusal.value.text.zh
    assert "来件" in refusal.value.text.en


def test_it_refuses_a_file_beyond_the_limit(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="file_too_big"):
        opened(tmp_path, csv_text().encode() * 100, limits=Limits(csv_bytes=1000))


def sheet_xml(body: str, dimension: str = "") -> bytes:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{dimension}<sheetData>{body}</sheetData></worksheet>'.encode()


def raw_workbook(sheet: bytes) -> bytes:
    """Take a healthy workbook and put another sheet into it."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook([HEADER]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            content = sheet if entry.filename == "xl/worksheets/sheet1.xml" else old.read(entry)
            new.writestr(entry.filename, content)
    return out.getvalue()


def inline(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1:XFD1048576"/>'])
def test_it_reads_the_table_and_leaves_a_cell_at_the_far_end_alone(tmp_path: Path, dimension: str) -> None:
    body = f'<row r="1">{inline("A1", "姓名")}{inline("B1", "性别")}</row><row r="2">{inline("A2", "见一")}{inline("B2", "女")}</row>'
    body += f'<row r="1048576">{inline("XFD1048576", "x")}</row>'

    (sheet,) = opened(tmp_path, raw_workbook(sheet_xml(body, dimension)), "名册.xlsx")

    assert sheet.sample[1][:2] == ["见一", "女"]
    assert sheet.rows < 10_000


def test_it_stops_a_workbook_that_eats_memory_and_says_so(tmp_path: Path) -> None:
    row = '<row r="{n}">' + "".join(inline(f"{c}{{n}}", "甲" * 40) for c in "ABCDEFGH") + "</row>"
    body = "".join(row.format(n=n) for n in range(1, 30_000))

    with pytest.raises(Refused, match="file_exhausts"):
        opened(tmp_path, raw_workbook(sheet_xml(body)), "名册.xlsx", HungryLimits())


class HungryLimits(Limits):
    def child_memory(self, unpacked: int) -> int:
        return 60 * 1024 * 1024
