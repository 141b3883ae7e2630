"""What offices really send: the same file twice, another county's, columns shifted, one number for many, endless names, one row many times.

Each is told in words, no row is lost, and nobody is merged into anybody on the strength of it.
"""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.register import actions, queries
from jiandi.rooms.register.models import Person, Record, Roster, RowOutcome
from jiandi.rooms.register.reading.grid import open_grid
from jiandi.rooms.register.reading.limits import Limits
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL, DISABLED = "明溪县民政局", "明溪县残疾人联合会"


def allowance(name: str, number: str = "", address: str = "清溪镇石桥村1组1号", sex: str = "女") -> list[str]:
    return [name, number, sex, "A", "500", "2026-10", address, "", ""]


def numbered(n: int) -> str:
    return cast.number_of(f"9901011960{1 + n % 12:02}{1 + n % 28:02}{n:03}")


@pytest.fixture(autouse=True)
def _register(county: None) -> None:
    cast.deliver(cast.hukou())


def deliver(*rows: list[str], unit: str = CIVIL, name: str = "低保.csv") -> Roster:
    return cast.deliver(cast.dibao(*rows), unit=unit, name=name)


def nothing_is_lost(roster: Roster) -> None:
    """Every line is accepted or has its reason; every accepted one is somebody."""
    report = roster.report
    assert report["accepted"] + report["refused"] == report["rows"]
    assert RowOutcome.objects.filter(roster=roster, outcome="refused").count() == report["refused"]
    assert all(line.detail_zh and line.detail_en for line in roster.outcomes.all())
    records = Record.objects.filter(roster=roster)
    assert records.filter(role=0).count() == report["accepted"]
    assert not records.filter(person__isnull=True).exists()


def test_the_same_file_twice_is_one_roster() -> None:
    first = deliver(allowance("柳一", numbered(1)))
    again = deliver(allowance("柳一", numbered(1)), name="低保(2).csv")

    cast.link()

    assert again.pk == first.pk
    assert Record.objects.filter(roster__kind="dibao").count() == 1
    nothing_is_lost(first)


def test_the_same_rows_in_another_units_file_are_the_same_people() -> None:
    rows = [allowance(f"柳{c}", numbered(n)) for n, c in enumerate("一二三四五")]
    deliver(*rows)
    second = deliver(*rows, unit=DISABLED, name="另册.csv")

    cast.link()

    assert Person.objects.filter(name__startswith="柳").count() == 5
    nothing_is_lost(second)


def test_a_roster_of_another_county_names_people_whom_one_department_alone_knows() -> None:
    roster = deliver(
        *[allowance(f"远{c}", numbered(n), "远山县北坡镇上村1组") for n, c in enumerate("一二三四五")]
    )

    cast.link()

    away = Person.objects.filter(name__startswith="远")
    assert away.count() == 5
    assert all(person.is_provisional and person.village is None for person in away)
    nothing_is_lost(roster)
    actions.withdraw_roster(by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="外县名册")
    cast.link(at=people.WEDNESDAY)
    assert not away.filter(closed_at__isnull=True).exists()


def test_columns_shifted_by_one_join_nobody() -> None:
    """The heading stands, the cells slid to the right: a name where the number belongs, a sex where the allowance is."""
    shifted = [["", *allowance(f"柳{c}", numbered(n))[:-1]] for n, c in enumerate("一二三四五")]
    before = set(Record.objects.values_list("pk", flat=True))

    roster = deliver(*shifted)
    cast.link()

    nothing_is_lost(roster)
    assert roster.report["refused"] + sum(roster.report["repairs"].values()) > 0
    register = Record.objects.filter(pk__in=before).values_list("person_id", flat=True)
    assert not Record.objects.filter(roster=roster, person__in=list(register)).exists()


def test_one_number_on_many_rows_makes_nobody_of_them_its_owner() -> None:
    roster = deliver(*[allowance(f"柳{c}", cast.ANNA[4]) for c in "一二三四五六七八九十甲乙丙丁戊己庚辛"])

    run = cast.link()

    anna = Person.objects.get(name="见安娜")
    assert anna.record_count == 1
    assert Person.objects.filter(name__startswith="柳", superseded_by__isnull=True).count() == 18
    assert run.report["by_reason"]["id_conflict"] == 18
    nothing_is_lost(roster)


def test_names_of_ten_thousand_characters_are_somebodys_all_the_same() -> None:
    names = ["长" * 10_000, "柳" + "阿" * 9_999, "=1+1" * 2_500]
    roster = deliver(*[allowance(name, numbered(n)) for n, name in enumerate(names)])

    cast.link()

    assert Record.objects.filter(roster=roster, role=0).count() == roster.report["accepted"]
    assert all(len(person.name) <= 60 for person in Person.objects.all())
    nothing_is_lost(roster)


def test_one_row_many_times_is_said_and_kept() -> None:
    numbered_rows = deliver(*[allowance("柳一", numbered(1))] * 200)
    nameless = deliver(*[allowance("柳二")] * 200, unit=DISABLED, name="另册.csv")

    run = cast.link()

    assert Person.objects.filter(name="柳一", superseded_by__isnull=True).count() == 1
    assert sum(person.record_count for person in Person.objects.filter(name="柳二")) == 200
    assert run.report["records"] == Record.objects.count()
    for roster in (numbered_rows, nameless):
        nothing_is_lost(roster)
        assert queries.report_of(roster)


def said(roster: Roster) -> str:
    """What stands above the rows of a report, in English."""
    return " ".join(warning["en"] for warning in roster.report["warnings"])


def test_a_roster_of_another_county_is_asked_about_above_its_rows() -> None:
    ours = deliver(*[allowance(f"柳{n}", numbered(n)) for n in range(30)])
    theirs = deliver(
        *[allowance(f"远{n}", numbered(n), f"远山县北坡镇上村{n}组") for n in range(30)], name="2.csv"
    )

    assert "another county's roster" not in said(ours)
    assert "In 30 of 30 rows" in said(theirs) and "another county's roster" in said(theirs)


def test_a_roster_whose_cells_slipped_is_told_so_once() -> None:
    roster = cast.deliver(
        cast.hukou(*[["", f"H90000{n}", "见明", "女", "19600101", numbered(n)] for n in range(30)])
    )

    assert roster.report["refused"] == 30
    assert "30 of 30 rows seem to have slipped" in said(roster)
    nothing_is_lost(roster)


def test_rows_that_repeat_one_another_are_told_of_and_kept() -> None:
    roster = deliver(*[allowance("柳一", numbered(1))] * 40, allowance("柳二", numbered(2)))

    assert "39 of 41 rows are exact repeats" in said(roster)
    assert roster.report["accepted"] == 41


def test_a_full_disk_is_told_and_nothing_half_delivered_stays(tmp_path: Path) -> None:
    rows = [allowance(f"柳{n}", numbered(n % 900)) for n in range(900)]
    before, most = Roster.objects.count(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, most[1]))
    try:
        with pytest.raises(Refused, match="disk_full") as refusal:
            deliver(*rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)

    assert "低保.csv" in refusal.value.text.en and "磁盘空间不够" in refusal.value.text.zh
    assert Roster.objects.count() == before
    assert not list(tmp_path.rglob("scratch-*")) and not list(tmp_path.rglob("*.part"))
    assert deliver(*rows).report["accepted"] == 900


def test_a_roster_with_more_lines_than_its_numbers_can_tell_apart_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "长.csv"
    path.write_text("姓名,性别\n" + "柳一,女\n" * 100, encoding="utf-8")

    with pytest.raises(Refused, match="file_too_long") as refusal:
        open_grid(path, name="长.csv", scratch=tmp_path, limits=Limits(rows=50))

    assert "more than the 50 lines" in refusal.value.text.en
