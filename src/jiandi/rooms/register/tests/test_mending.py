"""What was wrong in one delivery and is right in a later one is ticked off, row by row, when the later one comes."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions, mending, queries_quality
from jiandi.rooms.register.models import Roster, RowOutcome
from jiandi.rooms.register.models_mending import Mending
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL, POLICE = "明溪县民政局", "明溪县公安局"
SPACED = ["H1", "见 安娜", *cast.ANNA[2:]]
WRONG = [*cast.BO[:4], cast.BO[4][:-1] + "0", *cast.BO[5:]]  # its check character is another
NOBODY = ["H9", "", "女", "19990101", "", "", "石桥村", ""]
SLIPPED = ["男", "19500101", cast.CHEN[4], "户主", "石桥村", "", "", ""]  # two cells to the left


def hukou(month: int, *rows: list[str], unit: str = POLICE) -> Roster:
    return cast.deliver(
        cast.hukou(*rows), unit=unit, reference_on=date(2026, month, 1), name=f"{month}月.csv"
    )


def dibao(month: int, *rows: list[str]) -> Roster:
    return cast.deliver(
        cast.dibao(*rows), unit=CIVIL, reference_on=date(2026, month, 1), name=f"{month}月.csv"
    )


def mended(roster: Roster) -> dict[str, int | None]:
    """Which delivery mended each line, by the fault of the line."""
    lines = RowOutcome.objects.filter(roster=roster).values_list("code", "mended_by")
    return {code: by for code, by in lines}


def test_a_fault_is_mended_by_the_first_later_delivery_without_it() -> None:
    august = hukou(8, SPACED, WRONG, cast.CHEN)
    september = hukou(9, SPACED, cast.BO, cast.CHEN)
    october = hukou(10, cast.ANNA, cast.BO, cast.CHEN)

    assert mended(august) == {"name_spaces": october.pk, "id_check_digit": september.pk}
    assert mended(september) == {"name_spaces": october.pk}
    counted = Mending.objects.order_by("roster", "by").values_list("roster", "by", "lines")
    assert list(counted) == [
        (august.pk, september.pk, 1),
        (august.pk, october.pk, 1),
        (september.pk, october.pk, 1),
    ]
    event = Event.objects.filter(verb="register.deliver_roster").last()
    assert event.payload["mended"] == 2


def test_a_refused_row_is_mended_when_it_is_taken() -> None:
    """The row had slipped sideways: the number that stands in the wrong column still tells whose it is."""
    august = hukou(8, cast.ANNA, cast.BO, SLIPPED)
    assert august.report["refusals"] == {"columns_shifted": 1}

    september = hukou(9, cast.ANNA, cast.BO, cast.CHEN)

    (line,) = RowOutcome.objects.filter(roster=august, outcome="refused")
    assert line.mended_by_id == september.pk


def test_a_row_that_names_nobody_cannot_be_followed() -> None:
    august = hukou(8, cast.ANNA, NOBODY)

    hukou(9, cast.ANNA, cast.BO)

    assert (august.report["listed"], august.report["unfollowed"]) == (1, 1)
    assert mended(august) == {"names_nobody": None}


def test_a_row_that_is_gone_is_not_mended() -> None:
    august = hukou(8, cast.ANNA, WRONG)

    hukou(9, cast.ANNA)

    assert mended(august) == {"id_check_digit": None}


def test_a_namesake_born_the_same_day_under_another_number_mends_nothing() -> None:
    twin = [*cast.ANNA[:4], cast.number_of("99010119770513006"), *cast.ANNA[5:]]
    august = hukou(8, SPACED, cast.CHEN)

    hukou(9, twin, cast.CHEN)

    assert mended(august) == {"name_spaces": None}


def test_a_row_that_stands_twice_is_mended_when_both_are() -> None:
    august = hukou(8, WRONG, cast.CHEN)
    hukou(9, cast.BO, WRONG, cast.CHEN)
    assert mended(august) == {"id_check_digit": None}

    october = hukou(10, cast.BO, cast.CHEN)

    assert mended(august) == {"id_check_digit": october.pk}


def test_where_no_birth_date_stands_the_address_tells() -> None:
    row = ["见安娜", cast.ANNA[4][:-1] + "0", "女", "A", "560", "2024-05", "石桥村1组1号", "", ""]
    august = dibao(8, row)

    september = dibao(9, [row[0], cast.ANNA[4], *row[2:]])

    assert mended(august)["id_check_digit"] == september.pk


def test_another_unit_another_kind_and_an_older_file_mend_nothing() -> None:
    september = hukou(9, SPACED, cast.CHEN)

    hukou(10, cast.ANNA, cast.CHEN, unit="清溪派出所")
    dibao(10, ["见安娜", cast.ANNA[4], "女", "A", "1", "", "石桥村", "", ""])
    hukou(8, cast.ANNA, cast.CHEN)

    assert mended(september) == {"name_spaces": None}


def test_a_delivery_that_is_taken_back_mended_nothing() -> None:
    august = hukou(8, SPACED, cast.CHEN)
    september = hukou(9, cast.ANNA, cast.CHEN)
    assert mended(august) == {"name_spaces": september.pk}

    actions.withdraw_roster(by=people.officer("steward"), at=people.TUESDAY, roster=september, reason="报错")

    assert mended(august) == {"name_spaces": None} and not Mending.objects.exists()
    assert Event.objects.get(verb="register.withdraw_roster").payload["reopened"] == 1
    october = hukou(10, cast.ANNA, cast.CHEN)
    assert mended(august) == {"name_spaces": october.pk}


def test_it_looks_a_year_back_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "FOLLOWED", 1)
    august, september = hukou(8, SPACED), hukou(9, SPACED, cast.CHEN)

    october = hukou(10, cast.ANNA)

    assert (mended(august), mended(september)) == ({"name_spaces": None}, {"name_spaces": october.pk})


def test_by_what_a_row_is_known_again_lies_sealed() -> None:
    august = hukou(8, cast.ANNA, SLIPPED)

    digest = august.report["faults"]
    assert sealing.read_file(digest)[:4] == b"PAR1"
    assert cast.CHEN[4].encode() not in sealing.sealed_path(digest).read_bytes()
    assert not RowOutcome.objects.filter(detail_zh__contains=cast.CHEN[4]).exists()


def test_a_unit_that_corrects_two_hundred_rows_sees_them_all_ticked_off() -> None:
    """More rows than a small delivery takes, so that the working database plans its joins."""
    numbers = [cast.number_of(f"9901011980{1 + n % 12:02}{1 + n // 12 % 28:02}{n:03}") for n in range(240)]
    rows = [
        [f"H{n}", f"见{chr(0x4E00 + n)}{chr(0x5000 + n)}", "男", number[6:14], number, "户主", "石桥村", ""]
        for n, number in enumerate(numbers)
    ]
    faulty = [[*row[:1], f"{row[1][0]} {row[1][1:]}", *row[2:]] for row in rows]
    august = hukou(8, *faulty)

    september = hukou(9, *rows)

    (counted,) = Mending.objects.filter(roster=august)
    assert (counted.by_id, counted.lines) == (september.pk, 240)


@pytest.fixture
def steward(client: Client) -> Client:
    client.force_login(people.officer("steward"))
    return client


def test_the_earlier_page_says_which_delivery_mended_what_and_what_is_open(steward: Client) -> None:
    august = hukou(8, SPACED, WRONG, NOBODY, cast.CHEN)
    september = hukou(9, cast.ANNA, WRONG, cast.CHEN)

    address = reverse("register:roster", args=[august.pk])
    page = steward.get(address).content.decode()
    still, ticked = (steward.get(f"{address}?outcome={tab}").content.decode() for tab in ("open", "mended"))
    later = steward.get(reverse("register:roster", args=[september.pk])).content.decode()

    assert "请更正3条" in page and "截至2026-09-01的报送已更正1条" in page and "仍未更正2条" in page
    assert "其中1条无法跟踪" in page and "还没有后次报送" not in page
    # Each stands once among the counts of repairs, and once more where its line is listed.
    assert (still.count("校验位不符"), still.count("空格已去掉")) == (2, 1)
    assert (ticked.count("校验位不符"), ticked.count("空格已去掉")) == (1, 2)
    assert "本次报送更正了" in later and "截至2026-08-01那次的1条" in later and "还没有后次报送" in later


def test_the_overview_shows_each_units_lists_and_where_they_go(steward: Client) -> None:
    hukou(8, SPACED, WRONG, NOBODY, cast.CHEN)
    hukou(9, cast.ANNA, cast.BO, cast.CHEN)
    dibao(9, ["见安娜", "", "女", "A", "1", "", "石桥村", "", ""])
    address = reverse("register:quality")

    every = steward.get(address).content.decode()
    one = steward.get(f"{address}?unit={people.unit(POLICE).pk}&kind=hukou").content.decode()
    none = steward.get(f"{address}?unit={people.unit('清溪镇人民政府').pk}").content.decode()

    assert "户籍人口" in every and "最低生活保障" in every and "好转" in every and "首次报送" in every
    assert "<polyline" in every and "100.0%" in every
    assert "2026-08-01" in one and "2026-09-01" in one and "25.0%" in one
    assert "还没有已读取的名册" in none


def test_figures_that_were_not_counted_are_dashes(steward: Client) -> None:
    august = hukou(8, SPACED, cast.CHEN)
    old = {
        name: n
        for name, n in august.report.items()
        if name not in ("without_id", "listed", "unfollowed", "faults")
    }
    Roster.objects.filter(pk=august.pk).update(report=old)

    (line,), _ = queries_quality.lines(Roster.objects.all())
    page = steward.get(reverse("register:quality")).content.decode()

    assert (line.latest.missing, line.latest.invalid, line.latest.sent, line.latest.open) == (None,) * 4
    assert "—" in page and queries_quality.followed(Roster.objects.get(pk=august.pk)) is None
    hukou(9, cast.ANNA, cast.CHEN)  # nothing to follow, nothing breaks


def test_it_turns_the_page_after_a_unit_and_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries_quality, "PAGE", 1)
    hukou(8, cast.ANNA)
    dibao(8, ["见安娜", cast.ANNA[4], "女", "A", "1", "", "石桥村", "", ""])

    (first,), after = queries_quality.lines(Roster.objects.all())
    (second,), end = queries_quality.lines(Roster.objects.all(), after)

    assert {first.latest.roster.kind, second.latest.roster.kind} == {"hukou", "dibao"} and end is None


def test_it_leaves_as_excel_with_every_delivery(steward: Client) -> None:
    hukou(8, SPACED, WRONG, NOBODY, cast.CHEN)
    hukou(9, cast.ANNA, WRONG, cast.CHEN)

    sheet = load_workbook(io.BytesIO(steward.get(reverse("register:quality_export")).content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]

    assert [row[3].month for row in rows] == [9, 8]
    assert rows[1][5:] == [4, 25, 50, 0, 33.33, 3, 1, 2, 1]


def test_a_department_sees_its_own_lists_and_no_others(client: Client) -> None:
    hukou(8, cast.ANNA)
    dibao(8, ["见安娜", cast.ANNA[4], "女", "A", "1", "", "石桥村", "", ""])
    client.force_login(people.officer("handler_civil"))

    page = client.get(reverse("register:quality")).content.decode()

    assert CIVIL in page and POLICE not in page
    client.force_login(people.officer("grid_a1"))
    for name in ("quality", "quality_export"):
        assert client.get(reverse(f"register:{name}")).status_code == 403
