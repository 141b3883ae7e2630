"""A clerk's own headings: the file waits, the steward says what each column is, and next month nobody has to."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions, shelf
from jiandi.rooms.register.models import ColumnChoice, Person, Record, Roster
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
OWN = ["哪一位", "证号", "男女", "档", "住哪里"]
CHOSEN = {"name": "哪一位", "id_number": "证号", "sex": "男女", "category": "档", "address": "住哪里"}
ANNA = ["见安娜", cast.ANNA[4], "女", "A", "清溪镇石桥村第1组1号"]
CHEN = ["见陈", cast.CHEN[4], "男", "B", "清溪镇石桥村第2组2号"]
CIVIL = "明溪县民政局"
verbs = lambda: list(Event.objects.order_by("pk").values_list("verb", flat=True))  # noqa: E731


def own(*rows: list[str], header: list[str] = OWN) -> bytes:
    return cast.csv_of(header, *(rows or (ANNA, CHEN)))


def confirm(
    roster: Roster, columns: dict[str, str] | None = None, kind: str = "dibao", **more: object
) -> Roster:
    return actions.confirm_columns(
        by=people.officer("steward"), at=people.TUESDAY, roster=roster, kind=kind, columns=columns or CHOSEN, **more
    )  # fmt: skip


def test_it_keeps_a_file_waiting_whose_columns_nobody_knows() -> None:
    roster = cast.deliver(own(), unit=CIVIL)

    assert (roster.state, roster.kind, roster.header) == ("received", "", OWN)
    assert roster.refusal["code"] == "roster_without_header"
    assert sealing.read_file(roster.report["sealed"]) == own()
    assert not Record.objects.exists()
    assert verbs() == ["register.hold_roster"]


def test_it_keeps_a_file_waiting_whose_kind_is_not_sure() -> None:
    roster = cast.deliver("姓名,身份证号,性别\n见一,1,女\n".encode(), unit=CIVIL)

    assert (roster.state, roster.refusal["code"]) == ("received", "roster_of_unknown_kind")


def test_it_keeps_a_file_waiting_that_lost_a_required_column() -> None:
    roster = cast.deliver(
        cast.csv_of(["户号", "公民身份号码", "与户主关系"], ["H1", cast.ANNA[4], "户主"]), kind="hukou"
    )

    assert (roster.state, roster.kind, roster.refusal["code"]) == (
        "received",
        "hukou",
        "roster_misses_column",
    )


def test_it_reads_a_waiting_file_by_the_columns_a_person_chose() -> None:
    waiting = cast.deliver(own(), unit=CIVIL)

    roster = confirm(waiting, heading=(2, 2))

    assert (roster.pk, roster.state, roster.kind, roster.refusal) == (waiting.pk, "read", "dibao", {})
    assert roster.mapping["columns"] == CHOSEN and roster.mapping["how"] == "given"
    assert (roster.report["rows"], roster.report["accepted"]) == (2, 2)
    assert Record.objects.get(name="见安娜").village_id == people.VILLAGE_A1
    event = Event.objects.get(verb="register.map_roster")
    assert event.subject_id == roster.pk and "见安娜" not in str(event.payload)


def test_it_remembers_the_columns_for_the_units_next_file_of_the_same_shape() -> None:
    """Column order, spaces and a second title change nothing; another unit's file with these headings still waits."""
    confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    moved = [[row[i] for i in (4, 0, 2, 1, 3)] for row in (OWN, ANNA)]

    july = cast.deliver(own(moved[1], header=moved[0]), unit=CIVIL, name="下月.csv")

    assert (july.state, july.kind, july.mapping["how"]) == ("read", "dibao", "remembered")
    assert july.mapping["choice"] == ColumnChoice.objects.get().pk
    assert Record.objects.get(roster=july).name == "见安娜"
    assert cast.deliver(own(CHEN), unit="明溪县残疾人联合会").state == "received"


def test_it_follows_the_latest_choice_and_keeps_the_earlier_one_on_record() -> None:
    confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    less = {field: column for field, column in CHOSEN.items() if field != "category"}

    confirm(cast.deliver(own(ANNA), unit=CIVIL), less)

    assert cast.deliver(own(CHEN), unit=CIVIL).mapping["columns"] == less
    assert ColumnChoice.objects.count() == 2
    assert ColumnChoice.objects.get(superseded_at__isnull=True).columns == less


def test_it_reads_a_roster_anew_by_other_columns_in_the_place_of_the_first() -> None:
    """The guess took the payee for the person: everything the wrong reading replaced counts again, then is replaced."""
    before = cast.deliver(
        cast.dibao(["见陈", cast.CHEN[4], "男", "B", "4", "", "", "", ""]),
        unit=CIVIL,
        reference_on=date(2026, 10, 1),
    )
    wrong = cast.deliver(
        own(header=["姓名", "身份证号", "性别", "保障类别", "家庭住址"]), unit=CIVIL, kind="dibao"
    )
    columns = {"name": "姓名", "id_number": "身份证号", "address": "家庭住址"}

    right = confirm(wrong, columns)

    wrong.refresh_from_db()
    before.refresh_from_db()
    assert (wrong.state, right.state, before.state) == ("withdrawn", "read", "replaced")
    assert (right.replaces_id, right.sha256) == (before.pk, wrong.sha256)
    assert right.mapping["columns"] == columns
    assert verbs()[-2:] == ["register.withdraw_roster", "register.deliver_roster"]


def test_it_changes_nothing_when_the_same_choice_comes_again() -> None:
    roster = confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    narrower = {"name": "哪一位", "id_number": "证号"}
    anew = confirm(roster, narrower, heading=(2, 2))
    events = Event.objects.count()

    assert confirm(roster, narrower, heading=(2, 2)).pk == anew.pk
    assert confirm(anew, narrower, heading=(2, 2)).pk == anew.pk
    assert cast.deliver(own(), unit=CIVIL).pk == anew.pk
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"name": "没有这列"}, "mapping_loses_column"),
        ({"name": "#9"}, "mapping_loses_column"),
        ({"id_number": "证号"}, "roster_misses_column"),
        ({"name": "哪一位", "nickname": "档"}, "mapping_unknown_field"),
        ({"name": "哪一位", "id_number": "哪一位"}, "mapping_takes_twice"),
    ],
)
def test_it_refuses_columns_it_cannot_follow_and_leaves_the_file_waiting(
    columns: dict[str, str], code: str
) -> None:
    waiting = cast.deliver(own(), unit=CIVIL)

    with pytest.raises(Refused) as refusal:
        confirm(waiting, columns, heading=(2, 2))

    waiting.refresh_from_db()
    assert refusal.value.code == code and refusal.value.text.zh and refusal.value.text.en
    assert waiting.state == "received" and not Record.objects.exists()


def test_it_never_keeps_or_offers_a_refused_column_of_a_waiting_file() -> None:
    canary = "金丝雀甲乙丙"
    content = own([*ANNA, canary], header=[*OWN, "宗教信仰"])

    waiting = cast.deliver(content, unit=CIVIL)
    with pytest.raises(Refused, match="mapping_takes_refused_column"):
        confirm(waiting, CHOSEN | {"note": "宗教信仰"}, heading=(2, 2))
    roster = confirm(waiting, heading=(2, 2))

    assert [f["header"] for f in roster.report["forbidden"]] == ["宗教信仰"]
    assert roster.report["forbidden"][0]["digest"] == waiting.report["forbidden"][0]["digest"]
    for path in Path(settings.DATA).rglob("*"):
        assert not path.is_file() or canary.encode() not in path.read_bytes()
    assert canary not in sealing.read_file(roster.report["sealed"]).decode()


def test_it_drops_the_callers_column_once_the_file_is_known_to_be_a_hotlines() -> None:
    header = ["单子", "哪天来的", "讲什么", "来电人"]
    waiting = cast.deliver(own(["1", "2026-10-01", "有人喊", "金丝雀甲"], header=header), unit=CIVIL)
    first = waiting.report["sealed"]

    roster = confirm(
        waiting, {"order_no": "单子", "received_on": "哪天来的", "body": "讲什么"}, "hotline", heading=(2, 2)
    )

    assert "金丝雀甲" not in sealing.read_file(roster.report["sealed"]).decode()
    assert not sealing.sealed_path(first).exists()


def test_it_reads_a_workbook_by_the_columns_chosen_and_again_when_the_cache_is_gone() -> None:
    book = openpyxl.Workbook()
    for row in (["某某情况"], [*OWN, "计划生育"], [*ANNA, "x"], [*CHEN, "y"]):
        book.active.append(row)
    book.create_sheet("说明").append(["填表说明", "见附件"])
    out = io.BytesIO()
    book.save(out)

    roster = confirm(cast.deliver(out.getvalue(), unit=CIVIL, name="表.xlsx"), heading=(2, 2))
    shelf.drop(roster.pk)
    cast.link()

    assert roster.report["accepted"] == 2
    assert sorted(Person.objects.values_list("name", flat=True)) == ["见安娜", "见陈"]


@pytest.mark.parametrize("who", ["lead", "handler_civil", "grid_a1", "press"])
def test_it_refuses_those_who_may_not_choose_columns(who: str) -> None:
    waiting = cast.deliver(own(), unit=CIVIL)

    with pytest.raises(Refused, match="access.role"):
        actions.confirm_columns(
            by=people.officer(who), at=people.TUESDAY, roster=waiting, kind="dibao", columns=CHOSEN
        )


def test_it_lets_a_waiting_file_be_set_aside() -> None:
    waiting = cast.deliver(own(), unit=CIVIL)
    actions.withdraw_roster(
        by=people.officer("steward"), at=people.TUESDAY, roster=waiting, reason="不是名册"
    )

    with pytest.raises(Refused, match="not_mappable"):
        confirm(waiting)


def test_a_withdrawn_delivery_gives_its_place_back() -> None:
    before = cast.deliver(cast.hukou(), reference_on=date(2026, 10, 1))
    wrong = cast.deliver(cast.hukou(cast.CHEN))

    actions.withdraw_roster(
        by=people.officer("steward"), at=people.TUESDAY, roster=wrong, reason="只报了一半"
    )

    before.refresh_from_db()
    assert before.state == "read"


def page_of(roster: Roster) -> str:
    return reverse("register:columns", args=[roster.pk])


def form_of(columns: dict[str, str] = CHOSEN, **more: str) -> dict[str, str]:
    return {
        "kind": "dibao",
        "line": "2",
        "lines": "1",
        **{f"column.{f}": c for f, c in columns.items()},
        **more,
    }


def test_it_shows_the_file_tries_a_choice_and_reads_it_when_confirmed(client: Client) -> None:
    """Numbers of people are masked on the page; a refused column can be seen, not chosen."""
    canary = "金丝雀甲乙丙"
    waiting = cast.deliver(own([*ANNA, canary], [*CHEN, canary], header=[*OWN, "宗教信仰"]), unit=CIVIL)
    client.force_login(people.officer("steward"))

    asked = client.get(page_of(waiting) + "?kind=dibao&line=2&lines=1").content.decode()
    tried = client.post(page_of(waiting), form_of(do="try")).content.decode()
    wrong = client.post(
        page_of(waiting), form_of(CHOSEN | {"note": "宗教信仰"}, do="confirm")
    ).content.decode()
    read = client.post(page_of(waiting), form_of(do="confirm"), follow=True)

    assert "哪一位" in asked and cast.ANNA[4] not in asked + tried and canary not in asked + tried
    assert "宗教信仰" in asked and 'value="宗教信仰" disabled' in asked
    assert 'value="confirm"' in tried and 'value="confirm"' not in asked and "见安娜" in tried
    assert "不能选用" in wrong
    assert read.redirect_chain == [(reverse("register:roster", args=[waiting.pk]), 302)]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.report["accepted"]) == ("read", 2)


def test_it_says_on_whose_word_the_columns_of_the_next_file_were_read(client: Client) -> None:
    confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    following = cast.deliver(own(CHEN), unit=CIVIL)
    client.force_login(people.officer("steward"))

    page = client.get(reverse("register:roster", args=[following.pk])).content.decode()

    assert people.officer("steward").name in page and "确认的对应" in page


def test_it_leads_from_an_old_reading_to_the_one_that_counts(client: Client) -> None:
    old = confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    anew = confirm(old, {"name": "哪一位"}, heading=(2, 2))
    client.force_login(people.officer("steward"))

    page = client.get(page_of(old), follow=True).content.decode()

    assert reverse("register:roster", args=[anew.pk]) in page


@pytest.mark.parametrize("who", ["lead", "grid_a1", "handler_civil", "press"])
def test_it_requires_a_steward_for_the_columns_page(client: Client, who: str) -> None:
    waiting = cast.deliver(own(), unit=CIVIL)
    client.force_login(people.officer(who))

    assert client.get(page_of(waiting)).status_code in (403, 404)
    assert client.post(page_of(waiting), form_of(do="confirm")).status_code in (403, 404)
    waiting.refresh_from_db()
    assert waiting.state == "received"


def test_it_gives_the_people_of_a_roster_read_anew_their_own_codes_back() -> None:
    roster = confirm(cast.deliver(own(), unit=CIVIL), heading=(2, 2))
    cast.link()
    codes = dict(Person.objects.values_list("name", "code"))

    confirm(roster, CHOSEN | {"category": "男女", "sex": "档"}, heading=(2, 2))
    cast.link(at=people.THURSDAY)

    assert dict(Person.objects.values_list("name", "code")) == codes
