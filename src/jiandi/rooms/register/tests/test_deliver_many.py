"""Many files at once become what they would have become one by one, in their order, whatever any of them holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Record, Roster, RowOutcome
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
POLICE, CIVIL, TOWN = "明溪县公安局", "明溪县民政局", "清溪镇人民政府"
DIBAO = cast.dibao(["见陈", cast.CHEN[4], "男", "B", "400", "2026-10", "石桥村2组2号", "", ""])
LEFT = cast.left(["1", "独居老人", "二组", "见无名", "女", "70", "无电话", "石桥村", ""])
NOBODY = cast.hukou(["", "", "女", "", "", "", "", ""], cast.BO)
OWN = cast.csv_of(["哪一位", "证号"], ["见甲", "1"])


def parcel(content: bytes | Path, unit: str, name: str, **more: Any) -> actions.Parcel:
    return actions.Parcel(people.unit(unit), name, content, cast.REFERENCE, **more)


def every_sort() -> list[actions.Parcel]:
    """Registers, one with a refused row, a broken file, a file that waits, a refused column, the same file twice."""
    return [
        parcel(cast.hukou(), POLICE, "户籍.csv"),
        parcel(b"%PDF-1.4", CIVIL, "扫描.pdf"),
        parcel(DIBAO, CIVIL, "低保.csv"),
        parcel(OWN, CIVIL, "情况.csv"),
        parcel(NOBODY, POLICE, "户籍补.csv"),
        parcel(cast.csv_of([*cast.HUKOU, "宗教信仰"], [*cast.ANNA, "x"]), POLICE, "户籍三.csv"),
        parcel(DIBAO, CIVIL, "低保(重发).csv"),
        parcel(LEFT, TOWN, "三留守.csv"),
    ]


def many(parcels: list[actions.Parcel], by: str = "steward", **more: Any) -> list[Roster]:
    return actions.deliver_many(by=people.officer(by), at=people.MONDAY, parcels=parcels, **more)


def entered() -> list[tuple[Any, ...]]:
    """What the database holds, without the numbers given in passing."""
    first = min(Roster.objects.values_list("pk", flat=True))
    rosters = Roster.objects.order_by("pk").values_list(
        "file_name",
        "kind",
        "state",
        "sha256",
        "mapping",
        "report",
        "refusal",
        "header",
        "replaces__file_name",
    )
    records = Record.objects.order_by("pk").values_list(
        "id", "name", "birth_on", "village_id", "repairs", "id_status"
    )
    moved = [(pk - (first << 27), *rest) for pk, *rest in records]
    outcomes = RowOutcome.objects.order_by("pk").values_list("roster__file_name", "row_no", "outcome", "code")
    events = Event.objects.filter(verb__startswith="register.").order_by("pk").values_list("verb", "payload")
    return [*rosters, *moved, *outcomes, *events]


def test_it_enters_what_one_by_one_would_have_entered() -> None:
    for one in every_sort():
        cast.deliver(one.content, unit=one.unit.name, name=one.file_name)
    expected = entered()
    for model in (RowOutcome, Record, Roster):
        model.objects.all().delete()
    seen = Event.objects.count()

    many(every_sort())

    assert [row for row in entered() if row not in expected] == []
    assert len(entered()) == len(expected) + seen


def test_it_keeps_the_order_and_leaves_one_event_for_each_new_roster() -> None:
    parcels = every_sort()

    rosters = many(parcels)

    assert [r.file_name for r in rosters] == [
        p.file_name if p is not parcels[6] else "低保.csv" for p in parcels
    ]
    assert [r.pk for r in rosters if r is not rosters[6]] == sorted({r.pk for r in rosters})
    events = list(
        Event.objects.filter(verb__startswith="register.").order_by("pk").values_list("verb", "subject_id")
    )
    assert [pk for _, pk in events] == sorted({r.pk for r in rosters})
    assert [verb for verb, _ in events][:4] == [
        "register.deliver_roster", "register.refuse_roster", "register.deliver_roster", "register.hold_roster",
    ]  # fmt: skip


def test_a_bad_file_stops_no_other() -> None:
    rosters = many(
        [
            parcel(b"", CIVIL, "空.csv"),
            parcel(b"%PDF-1.4", CIVIL, "扫描.pdf"),
            parcel(DIBAO, CIVIL, "低保.csv"),
        ]
    )

    assert [r.state for r in rosters] == ["refused", "refused", "read"]
    assert Record.objects.count() == 1


def test_the_same_file_is_entered_once_in_a_batch_and_once_for_ever() -> None:
    twice = [parcel(DIBAO, CIVIL, "低保.csv"), parcel(DIBAO, CIVIL, "低保.csv")]

    first = many(twice)
    again = many(twice)

    assert len({r.pk for r in first + again}) == 1
    assert Event.objects.filter(verb="register.deliver_roster").count() == 1


def test_nothing_is_entered_when_one_parcel_may_not_be_delivered() -> None:
    late = actions.Parcel(people.unit(CIVIL), "明年.csv", DIBAO, date(2099, 1, 1))

    with pytest.raises(Refused, match="future_reference"):
        many([parcel(cast.hukou(), POLICE, "户籍.csv"), late])
    with pytest.raises(Refused, match="other_unit"):
        many(
            [parcel(cast.hukou(), POLICE, "户籍.csv"), parcel(DIBAO, CIVIL, "低保.csv")], by="handler_police"
        )

    assert not Roster.objects.exists()


def test_each_parcel_keeps_its_own_day_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    parcels = [
        parcel(cast.hukou(), POLICE, "户籍.csv", at=people.MONDAY),
        parcel(LEFT, TOWN, "三留守.csv", at=people.MONDAY + timedelta(hours=1)),
    ]

    rosters = many(parcels, progress=lambda done, whole: told.append((done, whole)))

    assert [r.delivered_at for r in rosters] == [p.at for p in parcels]
    assert told == sorted(told) and told[-1] == (2, 2)


def test_it_reads_files_from_disk_and_leaves_no_copy_in_clear(tmp_path: Path) -> None:
    file = tmp_path / "原件" / "户籍.csv"
    file.parent.mkdir()
    file.write_bytes(cast.hukou())

    (roster,) = many([parcel(file, POLICE, file.name)])

    assert roster.report["accepted"] == 3
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    assert not [path for path in left if "见安娜".encode("gb18030") in path.read_bytes()]


def test_it_reads_a_file_by_what_was_confirmed_for_the_unit() -> None:
    columns = {"name": "哪一位", "id_number": "证号"}
    waiting = cast.deliver(OWN, unit=CIVIL)
    actions.confirm_columns(
        by=people.officer("steward"), at=people.TUESDAY, roster=waiting, kind="dibao", columns=columns
    )

    (roster,) = many([parcel(cast.csv_of(["哪一位", "证号"], ["见乙", "2"]), CIVIL, "下月.csv")])

    assert (roster.state, roster.mapping["how"]) == ("read", "remembered")
