"""Excel ledgers: office shape, and no cell that runs."""

import io

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jiandi.core.values import Text
from jiandi.rooms.access.ledger import MOST_CHARACTERS, RUNS, excel_response, safe, workbook_bytes
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.queries import events_of
from tests.people import MONDAY

COLUMNS = [Text(zh="姓名", en="Name"), Text(zh="备注", en="Note")]
TITLE = Text(zh="未见人员台账", en="People not seen")


def _rows(content):
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell for cell in row] for row in sheet.iter_rows()]


@pytest.mark.django_db
def test_it_writes_title_unit_and_numbered_rows(county):
    lead = county.officer("lead")

    content = workbook_bytes(
        TITLE, COLUMNS, [["张三", 5], ["李四", None]], unit=lead.unit, by=lead, at=MONDAY
    )

    title, line, header, first, second = _rows(content)
    assert title[0].value == "未见人员台账"
    assert "填报单位:明溪县工作专班" in line[0].value and "填报人:方首" in line[0].value
    assert [cell.value for cell in header] == ["序号", "姓名", "备注"]
    assert [cell.value for cell in first] == [1, "张三", 5]
    assert [cell.value for cell in second][:2] == [2, "李四"]


@pytest.mark.django_db
def test_it_records_that_a_list_left_the_system(county):
    lead = county.officer("lead")

    response = excel_response(TITLE, COLUMNS, iter([["张三", ""]]), unit=lead.unit, by=lead, at=MONDAY)

    assert "filename*=UTF-8''" in response["Content-Disposition"]
    (event,) = events_of("officer", lead.pk)
    assert event.verb == "access.export_ledger" and event.payload["rows"] == 1


@given(st.text(max_size=60))
@example("=1+1")
@example("\x00=1+1")
@example("=1+1")
@example("@SUM(A1)")
@example("\t=1")
@example("-2+3")
def test_it_never_lets_a_text_run(text):
    cell = safe(text)

    assert isinstance(cell, str)
    assert not cell.startswith(RUNS)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_it_reads_back_every_text_as_text(texts):
    unit = Unit(name="单位")
    officer = Officer(name="人", unit=unit)

    rows = _rows(workbook_bytes(TITLE, [COLUMNS[0]] * len(texts), [texts], unit=unit, by=officer, at=MONDAY))

    for text, cell in zip(texts, rows[3][1:], strict=False):
        assert cell.data_type != "f"
        if text.isprintable() and text and not text.startswith(("#", *RUNS)):
            assert cell.value == text


def test_it_marks_what_it_cuts():
    assert safe("长" * 40_000).endswith("…") and len(safe("长" * 40_000)) == MOST_CHARACTERS


def test_it_leaves_numbers_and_dates_alone():
    assert safe(-5) == -5 and safe(MONDAY.date()) == MONDAY.date() and safe(MONDAY).hour == 9
