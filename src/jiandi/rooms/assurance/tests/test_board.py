"""Who was to be reached and who was, by place and list; what only sealed matters know is in nobody else's numbers."""

from __future__ import annotations

import io
import random
import re
from datetime import date, timedelta

import numpy as np
import openpyxl
import pytest
from django.db import IntegrityError, transaction

from jiandi.core.estimate.coverage import count_coverage
from jiandi.core.values import Refused
from jiandi.rooms.access.actions import make_grant
from jiandi.rooms.access.models import Event, Wall, WallEntry
from jiandi.rooms.assurance import actions, queries_board
from jiandi.rooms.assurance.models import Board, BoardCell
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.intake.models import Report
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import FOUND, Membership, Person, Record, Roster
from jiandi.rooms.screening.actions_counting import recount
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, Sighting, Visit, VisitTask

# Per village: (name, kinds, found at the door, outcome, alone, protection lists)
PEOPLE = [
    ("甲", "hukou", False, "seen", True, ("dibao", "disabled")),
    ("乙", "hukou insurance", False, "seen", False, ("dibao",)),
    ("丙", "hukou", False, "not_yet", False, ("smd",)),
    ("丁", "insurance", False, "excused", False, ()),
    ("戊", "", True, "seen", True, ()),
    ("己", "hukou", False, "away", False, ("dibao",)),
]


@pytest.fixture
def campaign(county):
    """A round in four villages: six people behind six doors each, one of them on no list."""
    made = county.campaign()
    for village in (county.VILLAGE_A1, county.VILLAGE_A2, county.VILLAGE_B1, county.VILLAGE_B2):
        for number, (name, kinds, is_found, outcome, alone, groups) in enumerate(PEOPLE):
            one = _expect(made, village, f"{name}{village % 1000}", kinds, is_found, outcome, alone, number)
            Membership.objects.bulk_create(Membership(person=one, group=group) for group in groups)
    return Campaign.objects.select_related("place").get()


def _expect(campaign, village, name, kinds, is_found, outcome, alone, number):
    place = Place.objects.get(pk=village)
    where = {"village": place, "town_id": place.town_id, "county_id": place.county_id}
    person = Person.objects.create(
        code=f"P{village}{number}"[-16:], name=name, kinds=kinds or FOUND * is_found, **where
    )
    task = VisitTask.objects.create(code=f"T{village}{number}"[-20:], campaign=campaign, **where)
    Expected.objects.create(
        task=task, person=person, is_found=is_found, outcome=outcome, seen_alone=alone, **where
    )
    return person


def counted(county, campaign):
    return actions.count_board(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)


@pytest.fixture
def board(county, campaign):
    return counted(county, campaign)


def page(county, client, username, query=""):
    client.force_login(county.officer(username))
    response = client.get(f"/assurance/board/{query}")
    shown = response.content.decode().split('<main id="content"')[1].split("</main>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", shown)


def sheet(county, client, username, query=""):
    client.force_login(county.officer(username))
    answer = client.get(f"/assurance/board/ledger.xlsx{query}")
    rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    return [row for row in rows][3:]


def test_both_parts_of_the_denominator_and_two_facts_of_seeing(county, board):
    whole = queries_board.everybody(board, Place.objects.get(pk=county.COUNTY))

    assert (whole.counts.listed, whole.counts.unlisted_found, whole.counts.denominator) == (20, 4, 24)
    assert (whole.counts.seen, whole.counts.seen_alone, whole.counts.excused) == (12, 8, 4)
    assert whole.counts.not_seen == 8 and (whole.hukou_only, whole.hukou_only_left) == (12, 8)
    recount(board.campaign)
    assert sum(row.listed + row.unlisted_found for row in Coverage.objects.all()) == 24


def test_every_level_adds_up_to_the_one_above(county, board):
    for above in (county.COUNTY, county.TOWN_A, county.TOWN_B):
        place = Place.objects.get(pk=above)
        whole, parts = queries_board.everybody(board, place), queries_board.by_place(board, place)

        assert len(parts) == 2
        for name in ("listed", "unlisted_found", "seen", "seen_alone", "excused", "not_seen"):
            assert sum(getattr(p.counts, name) for p in parts) == getattr(whole.counts, name)


def test_it_counts_as_a_plain_count_of_the_same_people_does(county, campaign):
    dice = random.Random(7)
    for row in Expected.objects.select_related("person"):
        row.outcome = dice.choice(["seen", "not_yet", "away", "excused", "no_contact"])
        row.seen_alone = row.outcome == "seen" and dice.random() < 0.5
        row.is_found = dice.random() < 0.3
        Person.objects.filter(pk=row.person_id).update(kinds=FOUND if row.is_found else "hukou")
        row.save()
    board = counted(county, campaign)
    rows = list(Expected.objects.values_list("village", "is_found", "outcome", "seen_alone").order_by("pk"))
    column = [np.array(values) for values in zip(*rows, strict=True)]
    slow = count_coverage(
        column[0], listed=~column[1], seen=column[2] == "seen", seen_alone=column[3], excused=column[2] == "excused"
    )  # fmt: skip

    for one in slow:
        cell = board.cells.get(group="", place=int(one.place))
        fast = (cell.listed, cell.unlisted_found, cell.seen, cell.seen_alone, cell.excused)
        assert fast == (one.listed, one.unlisted_found, one.seen, one.seen_alone, one.excused)


def test_somebody_on_two_lists_stands_on_both_and_once_in_their_union(county, board):
    place = Place.objects.get(pk=county.COUNTY)
    lists = {line.name.en: line.counts for line in queries_board.by_group(board, place, is_sealed=True)}

    assert lists["Minimum allowance"].denominator == 12 and lists["Disabled"].denominator == 4
    assert lists["Severe mental disorder"].denominator == 4 == lists["Severe mental disorder"].not_seen
    assert lists["Any list (each person once)"].denominator == 16
    assert (lists["Minimum allowance"].seen, lists["Minimum allowance"].seen_alone) == (8, 4)


def test_a_list_that_ended_before_the_reference_day_counts_nobody(county, campaign):
    Membership.objects.filter(group="disabled").update(ends_on=date(2026, 10, 1))

    assert not counted(county, campaign).cells.filter(group="disabled").exists()


def test_who_came_on_a_roster_after_the_doors_were_planned_is_a_line_of_its_own(county, campaign):
    place = Place.objects.get(pk=county.VILLAGE_A1)
    where = {"village": place, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    Person.objects.create(code="LATE", name="晚到", kinds="insurance", **where)
    Person.objects.create(code="DEAD", name="已故", kinds="insurance", died_on="2026-10-01", **where)
    Person.objects.create(code="CASE", name="案中", kinds=FOUND, **where)
    line = queries_board.everybody(counted(county, campaign), place)

    assert line.unplanned == 1 and line.counts.denominator == 6


def test_the_denominator_says_which_rosters_it_is_made_of(county, campaign, client):
    for kind, state in (("hukou", "read"), ("smd", "read"), ("insurance", "withdrawn")):
        Roster.objects.create(
            unit=county.unit("明溪县公安局"), kind=kind, state=state, file_name="x", size_bytes=1, sha256=kind, report={"records": 77},
            reference_on="2026-10-31", delivered_at=county.MONDAY, delivered_by=county.officer("steward"), county_id=county.COUNTY,
        )  # fmt: skip
    board = counted(county, campaign)

    assert [row["kind"] for row in board.rosters] == ["hukou", "smd"]
    assert len(queries_board.rosters(board, is_sealed=False)) == 1
    told = page(county, client, "lead")
    assert "2026-10-31" in told and "77" in told and "基准日" in told


def test_a_wall_changes_no_number_outside_the_working_group(county, board, client):
    """Were somebody who is sealed left out, their own township would see that its roster is one short."""
    before = [page(county, client, name) for name in ("township_a", "handler_civil")]
    wall = Wall.objects.create(reason="x", made_at=county.MONDAY)
    WallEntry.objects.create(
        wall=wall, unit=county.unit("清溪镇人民政府"), why="x", added_at=county.MONDAY, added_by=county.officer("lead")
    )  # fmt: skip
    Person.objects.filter(village=county.VILLAGE_A1, name__startswith="甲").update(wall=wall)
    counted(county, board.campaign)

    assert [page(county, client, name) for name in ("township_a", "handler_civil")] == before


def test_a_sensitive_list_reaches_no_number_below_the_working_group(county, board, client):
    names = ("township_a", "handler_civil", "steward")
    before = [(page(county, client, name), sheet(county, client, name)) for name in names]
    somebody = Person.objects.get(village=county.VILLAGE_A1, name__startswith="丁")
    Membership.objects.create(person=somebody, group="violence")
    after = counted(county, board.campaign)

    assert [(page(county, client, name), sheet(county, client, name)) for name in names] == before
    assert "Domestic violence" not in str(before) and "家暴" not in str(before) and "精神" not in str(before)
    assert "家暴" in page(county, client, "lead") and after.cells.get(group="violence").is_sensitive


def test_two_levels_of_one_list_are_for_the_working_group(county, board, client):
    town = f"?place={county.TOWN_A}"

    assert 'id="groups"' in page(county, client, "handler_civil")
    assert 'id="groups"' not in page(county, client, "handler_civil", town)
    assert 'id="groups"' in page(county, client, "township_a", town)
    assert 'id="groups"' not in page(county, client, "township_a", f"?place={county.VILLAGE_A1}")
    assert 'id="groups"' in page(county, client, "lead", f"?place={county.VILLAGE_A1}")
    handler = county.officer("handler_civil")
    make_grant(None, handler, "handler", Place.objects.get(pk=county.TOWN_A), date(2026, 1, 1))
    assert 'id="groups"' not in page(county, client, "handler_civil", town)


def test_small_numbers_are_held_back_and_cannot_be_computed(county, board):
    place = Place.objects.get(pk=county.TOWN_A)
    lists = queries_board.by_group(board, place, is_sealed=False)

    assert [line.name.en for line in lists] == [
        "Minimum allowance",
        "Disabled",
    ]  # the union would bound the small one
    few, fewer = (line.words for line in lists)
    assert few["whole"].en == "6" and fewer["whole"].en == "fewer than 5"
    for words in (few, fewer):
        told = [
            name
            for name in ("alone", "excused", "left")
            if words[name].en.isdigit() and words[name].en != "0"
        ]
        assert told == []
    assert not few["seen"].en.isdigit()


@pytest.mark.parametrize(
    ("username", "place", "status"),
    [
        ("lead", "", 200), ("overseer", "", 200), ("township_a", "", 200), ("handler_civil", "", 200), ("steward", "", 200),
        ("grid_a1", "", 403), ("inspector_a", "", 403), ("press", "", 403),
        ("township_a", 990101102000, 404), ("township_a", 990101000000, 404), ("lead", 1, 404), ("lead", "x", 404),
    ],
)  # fmt: skip
def test_who_may_read_the_board_and_where(county, board, client, username, place, status):
    client.force_login(county.officer(username))

    for address in ("board/", "board/ledger.xlsx"):
        assert client.get(f"/assurance/{address}?place={place}").status_code == status


def test_the_ledger_holds_what_the_page_shows(county, board, client):
    rows = sheet(county, client, "lead")
    assert [row[1] for row in rows[:3]] == ["明溪县", "清溪镇", "柳树镇"]
    assert rows[0][3:12] == (24, 20, 12, 4, 12, 8, 4, 8, "66.6%")
    assert any("严重精神障碍" in str(row) for row in rows)
    assert Event.objects.get(verb="access.export_ledger").payload["rows"] == len(rows)


def test_it_is_counted_by_who_may_and_leaves_one_event(county, campaign, client):
    assert "还没有清点" in page(county, client, "lead")
    with pytest.raises(Refused, match="Your role"):
        actions.count_board(by=county.officer("township_a"), at=county.FRIDAY, campaign=campaign)
    client.force_login(county.officer("township_a"))
    client.post("/assurance/board/count/", {"round": campaign.pk})
    assert not Board.objects.exists()

    client.force_login(county.officer("lead"))
    assert client.post("/assurance/board/count/", {"round": campaign.pk}).status_code == 302
    assert client.post("/assurance/board/count/", {"round": "0"}).status_code == 404
    event = Event.objects.get(verb="assurance.count_board")
    assert event.payload == {"listed": 20, "unlisted_found": 4, "seen": 12}


def test_no_round_is_an_empty_board(county, client):
    assert "还没有走访轮次" in page(county, client, "lead")


def test_a_cell_is_there_once_and_adds_up(county, board):
    cell = board.cells.filter(group="").first()
    for wrong in ({"seen_alone": 999}, {"hukou_only": 999}, {"excused": 999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BoardCell.objects.filter(pk=cell.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        BoardCell.objects.create(
            board=board, group="", is_sensitive=False, place=cell.place, county_id=cell.county_id
        )


def reported(county, person, number, *, day=date(2026, 11, 6), entries=()):
    """A case on a report about somebody (or about nobody yet), walled off from whom it names."""
    wall = Wall.objects.create(reason="x", made_at=county.MONDAY)
    for officer in entries:
        WallEntry.objects.create(
            wall=wall, officer=officer, why="x", added_at=county.MONDAY, added_by=county.officer("overseer")
        )
    where = {"village_id": county.VILLAGE_A1, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    report = Report.objects.create(
        code_digest=bytes([number]) * 32, received_on=day, channel="web", body_sealed=b"", wall=wall, **where
    )
    case = Case.objects.create(
        number=f"{number}", year=2026, serial=number, code_name="x", code_name_en="x", opened_at=county.FRIDAY,
        opened_by=county.officer("lead"), owner_unit=county.unit("明溪县工作专班"), report=report, wall=wall, **where,
    )  # fmt: skip
    if person:
        Subject.objects.create(case=case, person=person, part="protected")
    return case


def test_a_signal_to_somebody_no_list_and_no_visit_had_is_a_measured_miss(county, board, client):
    """Four reports: one woman nobody had, one listed and unseen, one seen before, one not cleared up yet."""
    place = Place.objects.get(pk=county.COUNTY)
    before = [page(county, client, name) for name in ("township_a", "handler_civil")]
    roster = Roster.objects.create(
        unit=county.unit("明溪县公安局"), kind="hukou", state="read", file_name="x", size_bytes=1, sha256="x", report={},
        reference_on="2026-10-31", delivered_at=county.MONDAY, delivered_by=county.officer("steward"), county=place,
    )  # fmt: skip
    hidden = Person.objects.create(
        code="HIDDEN",
        name="无名",
        kinds=FOUND,
        village_id=county.VILLAGE_A1,
        town_id=county.TOWN_A,
        county=place,
    )
    listed, seen = (Person.objects.get(village=county.VILLAGE_A1, name__startswith=n) for n in "丙甲")
    for number, one in enumerate((listed, seen), start=1):
        Record.objects.create(id=number * 8, roster=roster, row_no=number, role=0, person=one)
    visit = Visit.objects.create(
        instance_id="uuid:1",
        body=b"",
        sha256=b"1" * 32,
        received_at=county.TUESDAY,
        channel="phone",
        state="applied",
    )
    Sighting.objects.create(visit=visit, person=seen, present="seen")
    for number, person in enumerate((hidden, listed, seen, None), start=1):
        reported(county, person, number)
    lead = queries_board.misses(county.officer("lead"), place, county.FRIDAY)

    assert (lead.missed, lead.listed, lead.seen, lead.unknown) == (1, 1, 1, 1)
    told = page(county, client, "lead")
    assert "实测遗漏" in told and "不能推算比例或总数" in told
    assert "无名" not in told
    assert [page(county, client, name) for name in ("township_a", "handler_civil")] == before


def test_a_list_delivered_after_the_signal_does_not_undo_the_miss_unless_it_took_anothers_place(
    county, board
):
    place = Place.objects.get(pk=county.COUNTY)
    late = {
        "unit": county.unit("明溪县公安局"), "state": "read", "file_name": "x", "size_bytes": 1, "report": {}, "county": place,
        "reference_on": "2026-10-31", "delivered_at": county.FRIDAY + timedelta(days=9), "delivered_by": county.officer("steward"),
    }  # fmt: skip
    roster = Roster.objects.create(kind="hukou", sha256="a", **late)
    one = Person.objects.get(village=county.VILLAGE_A1, name__startswith="丙")
    Record.objects.create(id=8, roster=roster, row_no=1, role=0, person=one)
    reported(county, one, 1)
    overseer = county.officer("overseer")
    assert queries_board.misses(overseer, place, county.FRIDAY).missed == 1

    before = Roster.objects.create(kind="hukou", sha256="b", **{**late, "state": "replaced"})
    Roster.objects.filter(pk=roster.pk).update(replaces=before)
    assert queries_board.misses(overseer, place, county.FRIDAY).missed == 0


def test_who_is_walled_off_from_the_case_sees_no_signal(county, board, client):
    lead = county.officer("lead")
    before = page(county, client, "lead")
    reported(county, None, 1, entries=[lead])

    assert page(county, client, "lead") == before
    assert queries_board.misses(county.officer("overseer"), board.campaign.place, county.FRIDAY).unknown == 1
