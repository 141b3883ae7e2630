"""A department's file comes in: works, refuses in a sentence, leaves one event, keeps nothing it must not."""

from __future__ import annotations

import hashlib
import subprocess
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions, queries, shelf
from jiandi.rooms.register.models import Record, Roster, RowOutcome
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
verbs = lambda: list(Event.objects.order_by("pk").values_list("verb", flat=True))  # noqa: E731


def test_it_takes_in_a_file_and_accounts_for_every_row() -> None:
    nameless = ["", "", "女", "", "", "", "", ""]

    roster = cast.deliver(cast.hukou(cast.ANNA, cast.BO, nameless))

    assert (roster.kind, roster.state) == ("hukou", "read")
    assert {k: roster.report[k] for k in ("rows", "accepted", "refused", "records")} == {
        "rows": 3,
        "accepted": 2,
        "refused": 1,
        "records": 2,
    }
    line = RowOutcome.objects.get(outcome="refused")
    assert (line.row_no, line.code) == (5, "names_nobody")
    assert "姓名" in line.detail_zh and "name" in line.detail_en
    record = Record.objects.get(name="见安娜")
    assert (record.id, record.village_id) == (((roster.pk << 24) + 3) * 8, people.VILLAGE_A1)
    assert (record.sex, record.birth_on, record.id_status) == (2, date(1977, 5, 13), "valid")


def test_it_leaves_one_event() -> None:
    roster = cast.deliver(cast.hukou())

    event = Event.objects.get(verb="register.deliver_roster")
    assert (event.subject_kind, event.subject_id) == ("roster", roster.pk)
    assert "见安娜" not in str(event.payload)


def test_it_seals_the_file_as_it_came() -> None:
    content = cast.hukou()

    roster = cast.deliver(content)

    assert sealing.read_file(roster.sha256) == content
    assert content not in sealing.sealed_path(roster.sha256).read_bytes()


def test_it_gives_the_same_roster_for_the_same_file() -> None:
    first = cast.deliver(cast.hukou())

    again = cast.deliver(cast.hukou(), at=people.TUESDAY)

    assert again.pk == first.pk
    assert verbs().count("register.deliver_roster") == 1
    assert Record.objects.count() == 3


def test_it_keeps_nothing_of_a_forbidden_column() -> None:
    canary = "金丝雀甲乙丙"
    content = cast.csv_of([*cast.HUKOU, "宗教信仰"], [*cast.ANNA, canary])

    roster = cast.deliver(content)

    assert roster.state == "read"
    assert [f["header"] for f in roster.report["forbidden"]] == ["宗教信仰"]
    assert canary not in sealing.read_file(roster.report["sealed"]).decode()
    for path in Path(settings.DATA).rglob("*"):
        if path.is_file():
            assert canary.encode() not in path.read_bytes(), path
            assert canary.encode("gb18030") not in path.read_bytes(), path
    assert canary not in str(list(Roster.objects.values())) + str(list(Event.objects.values("payload")))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "register.file_empty"),
        (b"%PDF-1.4", "register.file_wrong_kind"),
        ("请领导审阅\n附件见纸质件\n".encode(), "register.file_not_a_table"),
    ],
)
def test_it_enters_a_file_it_cannot_take_with_the_reason(content: bytes, code: str) -> None:
    cast.deliver(cast.hukou())

    roster = cast.deliver(content, name="来件.xlsx")

    assert (roster.state, roster.refusal["code"]) == ("refused", code)
    assert roster.refusal["zh"] and roster.refusal["en"]
    assert Record.objects.count() == 3
    assert verbs()[-1] == "register.refuse_roster"


def test_it_refuses_a_date_that_has_not_come() -> None:
    with pytest.raises(Refused, match="future_reference"):
        cast.deliver(cast.hukou(), reference_on=date(2099, 1, 1))

    assert not Roster.objects.exists()


def test_it_lets_a_handler_deliver_for_the_own_unit_only() -> None:
    assert cast.deliver(cast.hukou(), by="handler_police").state == "read"

    with pytest.raises(Refused, match="other_unit"):
        cast.deliver(cast.hukou(cast.BO), unit="明溪县民政局", by="handler_police")


@pytest.mark.parametrize("who", ["grid_a1", "press", "township_a"])
def test_it_refuses_those_who_may_not_deliver(who: str) -> None:
    with pytest.raises(Refused, match="access.role"):
        cast.deliver(cast.hukou(), by=who)


def test_it_uses_a_mapping_somebody_gave_and_refuses_one_that_loses_a_column() -> None:
    columns = {"name": "姓名", "id_number": "公民身份号码", "household_no": "户号"}

    given = cast.deliver(cast.hukou(), kind="hukou", mapping=columns)
    lost = cast.deliver(cast.hukou(cast.ANNA), kind="hukou", mapping=columns | {"phone": "手机"})

    assert given.mapping["columns"] == columns
    assert lost.refusal["code"] == "mapping_loses_column"
    assert "手机" in lost.refusal["zh"]


def test_it_makes_the_rows_again_when_the_cache_was_deleted() -> None:
    roster = cast.deliver(cast.csv_of([*cast.HUKOU, "政治面貌"], [*cast.ANNA, "群众"], [*cast.BO, "群众"]))
    shelf.drop(roster.pk)

    cast.link()

    assert list(Record.objects.filter(person__isnull=False).values_list("name", flat=True)) == [
        "见安娜",
        "见波",
    ]


def test_it_keeps_no_name_in_clear_outside_the_database() -> None:
    cast.deliver(cast.hukou())
    cast.link()

    for path in Path(settings.DATA).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "见安娜".encode() not in content and "见安娜".encode("gb18030") not in content, path


def test_it_replaces_last_months_register_and_says_what_changed() -> None:
    before = cast.deliver(cast.hukou(), reference_on=date(2026, 10, 1))

    now = cast.deliver(
        cast.hukou(cast.ANNA, cast.CHEN, ["H3", "见丁", "男", "19900909", "", "户主", "清溪镇石桥村", ""])
    )

    comparison = queries.compare(now)
    assert comparison is not None
    assert (comparison.rows_before, comparison.rows_now, comparison.new, comparison.gone) == (3, 3, 1, 1)
    assert comparison.gone_names[0][1] == "见波"
    assert comparison.is_alarming
    assert Roster.objects.get(pk=before.pk).state == "replaced"


def test_it_takes_a_wrong_delivery_back() -> None:
    roster = cast.deliver(cast.hukou())

    actions.withdraw_roster(
        by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="报错了月份"
    )

    roster.refresh_from_db()
    assert (roster.state, roster.withdrawn_reason) == ("withdrawn", "报错了月份")
    assert sealing.read_file(roster.sha256) == cast.hukou()
    assert verbs()[-1] == "register.withdraw_roster"


def test_it_takes_nothing_back_twice_or_without_a_reason() -> None:
    roster = cast.deliver(cast.hukou())
    steward = people.officer("steward")
    with pytest.raises(Refused, match="reason_missing"):
        actions.withdraw_roster(by=steward, at=people.TUESDAY, roster=roster, reason=" ")
    roster = actions.withdraw_roster(by=steward, at=people.TUESDAY, roster=roster, reason="报错")

    with pytest.raises(Refused, match="not_withdrawable"):
        actions.withdraw_roster(by=steward, at=people.TUESDAY, roster=roster, reason="报错")


def test_it_takes_the_same_file_again_after_it_was_withdrawn() -> None:
    roster = cast.deliver(cast.hukou())
    actions.withdraw_roster(by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="报错")

    assert cast.deliver(cast.hukou()).pk != roster.pk


def test_it_leaves_nothing_behind_when_it_dies_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: object, **kwargs: object) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(shelf, "put", die)
    with pytest.raises(OSError, match="power cut"):
        cast.deliver(cast.hukou())
    monkeypatch.undo()

    assert not Roster.objects.exists() and not Record.objects.exists()
    assert cast.deliver(cast.hukou()).state == "read"


def test_a_long_roster_lies_in_pieces_and_one_row_opens_only_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shelf, "PIECE_BITS", 2)  # four lines each: headings and Anna, then Bo and Chen
    roster = cast.deliver(cast.hukou())
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    whole.mkdir()
    alone.mkdir()

    opened = shelf.take(roster.pk, whole)
    chen = shelf.take_piece(roster.pk, Record.objects.get(name="见陈").row_no, alone)

    assert opened is not None and chen is not None
    names = [pq.read_table(file)["name"].to_pylist() for file in shelf.files(opened, "records")]
    assert names == [["见安娜"], ["见波", "见陈"]]
    assert pq.read_table(chen)["name"].to_pylist() == ["见波", "见陈"]
    assert len(list(alone.rglob("*.parquet"))) == 1


def test_no_piece_can_be_laid_in_anothers_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shelf, "PIECE_BITS", 2)
    lies = shelf.roster_folder(cast.deliver(cast.hukou()).pk)
    (lies / "records-00001.sealed").write_bytes((lies / "records-00000.sealed").read_bytes())

    with pytest.raises(InvalidTag):
        shelf.take(int(lies.name.split("-")[1]), tmp_path)


def test_a_large_file_is_sealed_in_pieces_that_cannot_change_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "STREAM_BYTES", 100)
    roster = cast.deliver(cast.hukou())
    lies = sealing.sealed_path(roster.sha256)
    whole, piece = lies.read_bytes(), 100 + 29

    assert sealing.read_file(roster.sha256) == cast.hukou()
    lies.write_bytes(
        whole[:1] + whole[1 + piece : 1 + 2 * piece] + whole[1 : 1 + piece] + whole[1 + 2 * piece :]
    )
    with pytest.raises(InvalidTag):
        sealing.read_file(roster.sha256)
    lies.write_bytes(whole[: 1 + piece])  # the end cut off
    with pytest.raises(InvalidTag):
        sealing.read_file(roster.sha256)


def test_what_a_killed_delivery_left_is_swept_by_the_next(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    earlier, content = cast.deliver(cast.hukou(cast.ANNA, cast.BO)), cast.hukou()
    half = sealing.sealed_path(hashlib.sha256(content).hexdigest())
    half = half.with_name(f"{half.name}.{ended.pid}.part")
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"half")
    scratch, shelved = shelf.folder() / f"scratch-{ended.pid}-left", shelf.roster_folder(earlier.pk + 1)
    for folder in (scratch, shelved):
        folder.mkdir()
        (folder / "rows.parquet").write_bytes(b"half")

    roster = cast.deliver(content)

    assert roster.state == "read" and roster.pk == earlier.pk + 1
    assert not half.exists() and not scratch.exists()
    assert not (shelf.roster_folder(roster.pk) / "rows.parquet").exists()
