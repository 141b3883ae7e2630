"""Records become people: under a permission, with numbers that stay, decisions that stand and can be undone."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from django.test import Client

from jiandi.core.values import Refused
from jiandi.rooms.access.models import BatchSubjects, Event, Grant, Officer
from jiandi.rooms.register import actions, queries
from jiandi.rooms.register.groups import NEEDS_ALONE
from jiandi.rooms.register.models import (
    Household,
    Judgement,
    Membership,
    Person,
    Record,
    Relation,
    ReviewPair,
)
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
ANNAS_DIBAO = ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "见陈", cast.CHEN[4]]
ANNA_LEFT = ["1", "留守妇女", "一组", "见安娜", "女", "49", "19900000001", "石桥村1组1号", ""]


def deliver_all() -> None:
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(ANNAS_DIBAO), unit="明溪县民政局", name="低保.csv")


def person(name: str) -> Person:
    return Person.objects.get(name=name, superseded_by__isnull=True)


def test_it_puts_the_rows_of_one_person_together() -> None:
    deliver_all()

    run = cast.link()

    assert (run.report["records"], run.report["people"]) == (5, 3)
    anna = person("见安娜")
    assert (anna.kinds, anna.record_count, anna.sex, anna.birth_on) == (
        "dibao hukou",
        2,
        2,
        date(1977, 5, 13),
    )
    assert (anna.village_id, anna.town_id, anna.county_id) == (
        people.VILLAGE_A1,
        people.TOWN_A,
        people.COUNTY,
    )
    assert not anna.is_provisional
    assert len(anna.code) == 10


def test_it_leaves_one_event_that_names_everybody_it_touched() -> None:
    deliver_all()

    run = cast.link()

    event = Event.objects.get(verb="register.link")
    assert (event.subject_kind, event.subject_id) == ("matchrun", run.pk)
    assert BatchSubjects.objects.get(event=event).count == 3


def test_it_links_nothing_without_a_permission_in_force() -> None:
    deliver_all()
    late = people.MONDAY.replace(year=2027)

    with pytest.raises(Refused, match="authorisation_not_in_force"):
        cast.link(at=late, under=cast.authorisation())
    assert not Person.objects.exists()


def test_it_reads_only_the_kinds_the_permission_names() -> None:
    deliver_all()
    only = actions.authorise(
        by=people.officer("lead"), at=people.MONDAY, number="授9", issued_by="x", signed_by="方首", signed_office="组长", purpose="试点", starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30), kinds=["hukou"],
    )  # fmt: skip

    assert cast.link(under=only).report["records"] == 3


def test_it_makes_households_from_books_and_doors() -> None:
    door = people.dwelling(number=1)
    deliver_all()
    cast.link()

    anna, bo = person("见安娜"), person("见波")
    assert anna.household_id == bo.household_id
    assert Household.objects.get(pk=anna.household_id).size == 2
    assert Household.objects.get(pk=anna.household_id).head_name == "见安娜"
    assert anna.dwelling_id == door.pk == bo.household.dwelling_id


def test_it_lists_who_is_protected_and_by_whose_word() -> None:
    deliver_all()
    cast.link()

    (line,) = queries.protected_groups(person("见安娜"))
    assert (line.group, line.detail, line.starts_on) == ("dibao", "A", date(2024, 5, 1))
    assert line.roster.unit.name == "明溪县民政局"
    assert "smd" in NEEDS_ALONE and "dibao" not in NEEDS_ALONE


def test_it_notes_ties_as_single_rows_say_them() -> None:
    deliver_all()
    cast.link()

    tie = Relation.objects.get(kind="payee")
    assert (tie.person.name, tie.other.name) == ("见安娜", "见陈")


def test_it_keeps_codes_when_it_runs_again() -> None:
    deliver_all()
    cast.link()
    before = dict(Person.objects.values_list("name", "code"))
    households = dict(Household.objects.values_list("key", "code"))

    run = cast.link(at=people.WEDNESDAY)

    assert dict(Person.objects.values_list("name", "code")) == before
    assert dict(Household.objects.values_list("key", "code")) == households
    assert run.report["new"] == 0
    assert Event.objects.filter(verb="register.link").last().payload["count"] == 0


def test_it_adds_a_later_roster_to_the_people_it_knows() -> None:
    deliver_all()
    cast.link()
    code = person("见安娜").code
    cast.deliver(cast.left(ANNA_LEFT), unit="清溪镇人民政府", name="三留守.csv")

    cast.link(at=people.WEDNESDAY)

    assert person("见安娜").code == code
    assert Record.objects.filter(roster__kind="left_behind", person__isnull=False).count() == 1


def test_it_keeps_a_stranger_apart_and_says_that_one_department_alone_knows_them() -> None:
    deliver_all()
    cast.deliver(
        cast.left(["1", "独居老人", "二组", "见无名", "女", "70", "无电话", "石桥村", ""]),
        unit="清溪镇人民政府",
        name="三留守.csv",
    )

    cast.link()

    stranger = person("见无名")
    assert stranger.is_provisional
    assert Membership.objects.get(person=stranger).group == "alone"


def test_it_ends_a_membership_when_the_list_no_longer_names_the_person() -> None:
    deliver_all()
    cast.link()
    cast.deliver(
        cast.dibao(["见陈", cast.CHEN[4], "男", "B", "400", "2026-10", "石桥村2组2号", "", ""]),
        unit="明溪县民政局",
        name="低保11月.csv",
        reference_on=date(2026, 11, 2),
    )

    cast.link(at=people.WEDNESDAY)

    assert queries.protected_groups(person("见安娜")) == []
    assert [m.group for m in queries.protected_groups(person("见陈"))] == ["dibao"]


@pytest.fixture
def pair() -> ReviewPair:
    """A row under Anna's number with another name: perhaps a mistake, perhaps the same woman under an alias."""
    deliver_all()
    alias = ["柳阿禾", cast.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    cast.deliver(cast.dibao(alias), unit="明溪县残疾人联合会", name="另册.csv")
    cast.link()
    return ReviewPair.objects.get(record__name="柳阿禾")


def decide(pair: ReviewPair, verdict: str, **more: object) -> Judgement:
    return actions.decide_pair(
        by=people.officer("steward"),
        at=people.WEDNESDAY,
        pair=pair,
        verdict=verdict,
        reason="核对原件",
        **more,
    )


def test_it_asks_a_person_where_it_doubts(pair: ReviewPair) -> None:
    assert pair.state == "open"
    assert pair.record.person_id != pair.candidate.person_id
    assert pair.detail_zh and pair.detail_en


def test_it_joins_what_a_person_says_is_one_and_keeps_both_codes(pair: ReviewPair) -> None:
    old = pair.record.person

    decide(pair, "same")

    old.refresh_from_db()
    assert old.superseded_by_id == pair.candidate.person_id
    assert Record.objects.get(pk=pair.record_id).person_id == pair.candidate.person_id
    assert (
        queries.person(people.officer("steward"), old.code, people.WEDNESDAY).pk == pair.candidate.person_id
    )
    assert list(Event.objects.filter(subject_kind="reviewpair").values_list("verb", flat=True)) == [
        "register.decide_pair"
    ]


def test_it_lets_a_decision_stand_in_later_runs(pair: ReviewPair) -> None:
    decide(pair, "same")

    cast.link(at=people.THURSDAY)

    record = Record.objects.get(pk=pair.record_id)
    assert record.person_id == Record.objects.get(pk=pair.candidate_id).person_id
    assert ReviewPair.objects.get(pk=pair.pk).state == "same"


def test_a_decision_follows_its_row_into_the_file_read_anew(pair: ReviewPair) -> None:
    decide(pair, "same")
    roster = pair.record.roster
    columns = {"name": "姓名", "id_number": "身份证号", "address": "家庭住址"}
    anew = actions.confirm_columns(
        by=people.officer("steward"), at=people.THURSDAY, roster=roster, kind="dibao", columns=columns
    )
    again = actions.confirm_columns(
        by=people.officer("steward"), at=people.THURSDAY, roster=anew, kind="dibao", columns=None
    )

    cast.link(at=people.FRIDAY)

    now = Record.objects.get(roster=again, name="柳阿禾", role=0)
    assert now.pk != pair.record_id
    assert now.person_id == Record.objects.get(pk=pair.candidate_id).person_id
    assert not ReviewPair.objects.filter(state="open", record=now).exists()


def test_it_never_asks_again_about_two_who_are_not_the_same(pair: ReviewPair) -> None:
    decide(pair, "not_same")

    cast.link(at=people.THURSDAY)

    assert ReviewPair.objects.get(pk=pair.pk).state == "not_same"
    assert not ReviewPair.objects.filter(state="open").exists()


def test_it_undoes_a_decision_and_brings_the_person_back(pair: ReviewPair) -> None:
    old = pair.record.person
    decide(pair, "same")

    undone = actions.undo_decision(
        by=people.officer("steward"), at=people.THURSDAY, pair=pair, reason="合错了"
    )

    old.refresh_from_db()
    assert undone.state == "open"
    assert old.superseded_by_id is None
    assert Record.objects.get(pk=pair.record_id).person_id == old.pk
    assert Judgement.objects.get().superseded_at == people.THURSDAY
    cast.link(at=people.FRIDAY)
    assert Record.objects.get(pk=pair.record_id).person_id == old.pk


def test_it_decides_a_pair_once(pair: ReviewPair) -> None:
    decide(pair, "not_same")

    with pytest.raises(Refused, match="pair_conflict"):
        decide(pair, "same")


def test_it_needs_two_to_merge_a_row_that_may_be_a_hidden_person(pair: ReviewPair) -> None:
    Record.objects.filter(pk=pair.record_id).update(id_status="missing")
    pair.record.roster.__class__.objects.filter(pk=pair.record.roster_id).update(kind="left_behind")

    with pytest.raises(Refused, match="second_needed"):
        decide(pair, "same")
    with pytest.raises(Refused, match="second_needed"):
        decide(pair, "same", second_by=people.officer("steward"))
    with pytest.raises(Refused, match="second_role"):
        decide(pair, "same", second_by=people.officer("grid_a1"), visit_note="走访见到本人")
    assert decide(pair, "unsure").verdict == "unsure"


@pytest.mark.parametrize("who", ["lead", "handler_civil", "grid_a1"])
def test_it_refuses_a_decision_by_others(pair: ReviewPair, who: str) -> None:
    with pytest.raises(Refused, match="access.role"):
        actions.decide_pair(
            by=people.officer(who), at=people.WEDNESDAY, pair=pair, verdict="same", reason="试试"
        )


def test_it_enters_people_found_at_the_door() -> None:
    row = {
        "name": "见新",
        "sex": 2,
        "birth_year": 1980,
        "village": people.VILLAGE_A1,
        "town": people.TOWN_A,
        "county": people.COUNTY,
        "dwelling": None,
        "household": None,
        "visit_id": 5,
    }

    (found,) = actions.add_found_people(by=people.officer("grid_a1"), at=people.TUESDAY, rows=[row])

    assert (found.kinds, found.is_provisional, found.birth_precision) == ("found", True, "year")
    assert queries.search(people.officer("grid_a1"), people.TUESDAY, "见新", "visit")[0].code == found.code
    assert Event.objects.filter(verb="register.add_found_people").count() == 1


def test_it_keeps_people_found_at_the_door_through_a_run() -> None:
    village = people.Place.objects.get(pk=people.VILLAGE_A1)
    found = actions.add_found_person(
        by=people.officer("grid_a1"), at=people.MONDAY, name="见新", sex=2, birth_year=1980, village=village
    )
    deliver_all()

    cast.link()

    assert Person.objects.get(pk=found.pk).name == "见新"
    assert Person.objects.count() == 4


def test_it_gives_analysis_its_tables() -> None:
    deliver_all()
    cast.link()
    con = duckdb.connect()

    queries.snapshot(con)

    anna = person("见安娜")
    assert con.execute("SELECT count(*) FROM people").fetchall() == [(3,)]
    assert con.execute("SELECT subject_person, monthly_yuan, started_on FROM rows_dibao").fetchall() == [
        (anna.pk, 560.0, date(2024, 5, 1))
    ]
    assert con.execute("SELECT guardian2_person FROM rows_dibao").fetchall() == [(person("见陈").pk,)]
    assert con.execute(
        "SELECT person_id FROM records WHERE id18 = ? AND kind = 'hukou'", [cast.ANNA[4]]
    ).fetchall() == [(anna.pk,)]


def test_it_leaves_a_withdrawn_roster_out_of_the_next_run() -> None:
    deliver_all()
    cast.link()
    roster = Record.objects.filter(roster__kind="dibao").first().roster

    actions.withdraw_roster(by=people.officer("steward"), at=people.TUESDAY, roster=roster, reason="报错")
    run = cast.link(at=people.WEDNESDAY)

    assert run.report["records"] == 3
    assert queries.protected_groups(person("见安娜")) == []


def test_the_second_officer_must_be_there_with_their_own_password(pair: ReviewPair, client: Client) -> None:
    """A name typed by the first officer is nobody's consent."""
    Record.objects.filter(pk=pair.record_id).update(id_status="missing")
    pair.record.roster.__class__.objects.filter(pk=pair.record.roster_id).update(kind="left_behind")
    other = Officer(username="steward_2", name="司二", unit=people.officer("steward").unit)
    other.set_password("only-the-second-knows")
    other.save()
    Grant.objects.create(officer=other, role="steward", place_id=people.COUNTY, starts_on="2026-01-01")
    client.force_login(people.officer("steward"))
    form = {
        "verdict": "same",
        "reason": "核对原件,同一人",
        "visit_note": "上门见到本人",
        "second": "steward_2",
    }

    client.post(f"/register/review/{pair.pk}/", {**form, "second_password": "guessed-by-the-first"})
    assert not Judgement.objects.filter(
        verdict="same", superseded_at__isnull=True, second_by__isnull=False
    ).exists()

    client.post(f"/register/review/{pair.pk}/", {**form, "second_password": "only-the-second-knows"})
    assert Judgement.objects.get(verdict="same", second_by__isnull=False).second_by == other
