"""Whom a visit found turns out to be on a later roster: the code stays, and nobody disappears without a person's word."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions, queries
from jiandi.rooms.register.models import (
    Judgement,
    MatchRun,
    Person,
    Record,
    ReviewPair,
    Roster,
)
from jiandi.rooms.register.models_authority import Authorisation
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"


def meet(name: str, birth_year: int | None, sex: int = 2, dwelling: object = None) -> Person:
    """A grid worker finds somebody at a door whom no list names."""
    village = people.Place.objects.get(pk=people.VILLAGE_A1)
    return actions.add_found_person(
        by=people.officer("grid_a1"), at=people.MONDAY, name=name, sex=sex, birth_year=birth_year, village=village,
        dwelling=dwelling, visit_id=1,
    )  # fmt: skip


def others() -> None:
    """Enough other people that a name means something."""
    rows = [
        [
            f"H{n}",
            f"见{a}{b}",
            "男",
            f"19{50 + n % 40}0{1 + n % 9}1{n % 9}",
            "",
            "户主",
            f"清溪镇石桥村第3组{n}号",
            "",
        ]
        for n, (a, b) in enumerate(((a, b) for a in "甲乙丙丁戊" for b in "子丑寅卯"), start=10)
    ]
    cast.deliver(cast.hukou(cast.ANNA, cast.BO, cast.CHEN, *rows))


def dibao(name: str, birth: str, address: str) -> Roster:
    number = cast.number_of(f"990101{birth}004")
    return cast.deliver(
        cast.dibao([name, number, "女", "A", "500", "2026-10", address, "", ""]), unit=CIVIL, name=f"低保{name}.csv"
    )  # fmt: skip


def test_it_keeps_the_code_when_a_later_roster_names_her_at_the_very_door() -> None:
    """She was found behind a door; the allowance list names her there a week later. Nobody has to ask, nothing is lost."""
    door = people.dwelling(number=1)
    others()
    cast.link()
    her = meet("柳阿禾", 1980, dwelling=door)
    dibao("柳阿禾", "19800412", "清溪镇石桥村第1组1号")

    cast.link(at=people.WEDNESDAY)

    her.refresh_from_db()
    named = Record.objects.get(name="柳阿禾", roster__kind="dibao").person
    assert queries.person(people.officer("steward"), her.code, people.WEDNESDAY) == named
    assert named.birth_on == date(1980, 4, 12) and named.dwelling_id == door.pk
    assert {r.roster.kind for r in named.records.all()} == {"dibao", "found"}
    assert Person.objects.filter(name="柳阿禾", superseded_by__isnull=True).count() == 1


def test_it_asks_a_person_when_only_name_year_and_village_agree() -> None:
    others()
    cast.link()
    her = meet("柳阿禾", 1980, dwelling=people.dwelling(number=1))
    dibao("柳阿禾", "19800412", "清溪镇石桥村")

    cast.link(at=people.WEDNESDAY)

    pair = ReviewPair.objects.get(record__name="柳阿禾")
    assert {pair.record.roster.kind, pair.candidate.roster.kind} == {"found", "dibao"}
    assert Person.objects.filter(name="柳阿禾", superseded_by__isnull=True).count() == 2
    her.refresh_from_db()
    assert (her.kinds, her.is_provisional, her.dwelling_id is not None) == ("found", True, True)


def look(at: datetime = people.THURSDAY) -> MatchRun | None:
    """The night after a day of visits: only whom they found is looked for."""
    return actions.link_found(
        by=people.officer("steward"), at=at, authorisation=Authorisation.objects.latest("pk")
    )


def test_the_night_after_a_visit_knows_whom_a_roster_names_at_the_very_door() -> None:
    door = people.dwelling(number=1)
    others()
    dibao("柳阿禾", "19800412", "清溪镇石桥村第1组1号")
    cast.link()
    before = dict(Person.objects.values_list("code", "name"))
    named = Person.objects.get(name="柳阿禾")
    her = meet("柳阿禾", 1980, dwelling=door)

    run = look()

    her.refresh_from_db()
    named.refresh_from_db()
    assert her.superseded_by == named and (named.kinds, named.record_count) == ("dibao found", 2)
    assert run is not None and (run.is_whole, run.report["records"], run.report["merged"]) == (False, 1, 1)
    assert set(before) | {her.code} == set(Person.objects.values_list("code", flat=True))
    assert Event.objects.filter(verb="register.link_found").count() == 1
    assert look() is None  # nobody new: nothing is written
    assert cast.link(at=people.FRIDAY).report["merged"] == 0  # a whole run agrees


def test_the_night_asks_a_person_where_it_is_not_certain_and_moves_nobody() -> None:
    others()
    dibao("柳阿禾", "19800412", "清溪镇石桥村")
    cast.link()
    her = meet("柳阿禾", 1980, dwelling=people.dwelling(number=1))
    waiting = ReviewPair.objects.count()

    look()

    her.refresh_from_db()
    assert her.superseded_by is None
    assert ReviewPair.objects.filter(state="open").count() == waiting + 1


@pytest.fixture
def pair() -> ReviewPair:
    others()
    cast.link()
    meet("柳阿禾", 1980, dwelling=people.dwelling(number=1))
    dibao("柳阿禾", "19800412", "清溪镇石桥村")
    cast.link(at=people.WEDNESDAY)
    return ReviewPair.objects.get(record__name="柳阿禾")


def test_two_must_agree_before_whom_a_visit_found_is_counted_as_somebody_else(pair: ReviewPair) -> None:
    with pytest.raises(Refused, match="second_needed"):
        actions.decide_pair(
            by=people.officer("steward"), at=people.THURSDAY, pair=pair, verdict="same", reason="同一人"
        )


def test_a_decision_redirects_the_code_and_stands_in_later_runs(pair: ReviewPair) -> None:
    her = Person.objects.get(kinds="found")
    Judgement.objects.create(
        record=pair.record, candidate=pair.candidate, verdict="same", reason="入户核对", made_by=people.officer("steward"),
        made_at=people.THURSDAY,
    )  # fmt: skip

    cast.link(at=people.THURSDAY)
    cast.link(at=people.FRIDAY)

    steward = people.officer("steward")
    assert queries.person(steward, her.code, people.FRIDAY).kinds == "dibao found"
    assert Person.objects.filter(name="柳阿禾", superseded_by__isnull=True).count() == 1


def test_it_shows_the_steward_what_the_visit_said_beside_the_row(pair: ReviewPair, client: Client) -> None:
    client.force_login(people.officer("steward"))

    page = client.get(reverse("register:pair", args=[pair.pk])).content.decode()

    assert "走访发现" in page and "1980" in page
    assert client.get(reverse("register:rosters")).status_code == 200
    assert "found:" not in client.get(reverse("register:rosters")).content.decode()


def test_a_run_without_news_changes_nobody(pair: ReviewPair) -> None:
    before = dict(Person.objects.values_list("code", "superseded_by"))

    run = cast.link(at=people.THURSDAY)

    assert run.report["new"] == 0 and run.report["merged"] == 0
    assert dict(Person.objects.values_list("code", "superseded_by")) == before
    assert Roster.objects.filter(state="standing").count() == 1
    assert Record.objects.filter(roster__state="standing").count() == 1


def test_somebody_of_another_age_or_sex_stays_apart() -> None:
    others()
    cast.link()
    door = people.dwelling(number=1)
    meet("柳阿禾", 2010, dwelling=door)
    meet("柳阿苗", 1980, sex=1, dwelling=door)
    dibao("柳阿禾", "19800412", "清溪镇石桥村第1组1号")
    dibao("柳阿苗", "19800413", "清溪镇石桥村第1组1号")

    cast.link(at=people.WEDNESDAY)

    assert Person.objects.filter(kinds="found", superseded_by__isnull=True).count() == 2


def test_a_code_follows_a_person_from_one_months_list_to_the_next() -> None:
    """Neither a replaced list, nor one withdrawn and sent again, gives anybody a new number."""
    nameless = ["1", "独居老人", "二组", "见无号", "女", "70", "无电话", "石桥村", ""]
    cast.deliver(cast.hukou(), reference_on=date(2026, 10, 1))
    cast.deliver(
        cast.left(nameless), unit="清溪镇人民政府", reference_on=date(2026, 10, 1), name="三留守10月.csv"
    )
    cast.link()
    codes = dict(Person.objects.values_list("name", "code"))

    cast.deliver(cast.hukou(cast.CHEN, cast.BO, cast.ANNA))
    cast.deliver(
        cast.left(nameless), unit="清溪镇人民政府", name="三留守11月.csv", reference_on=date(2026, 10, 20)
    )
    run = cast.link(at=people.WEDNESDAY)

    assert run.report["new"] == 0
    assert dict(Person.objects.values_list("name", "code")) == codes


def test_it_leaves_whom_a_wall_stands_before_out_of_what_a_program_joins() -> None:
    """Her name stands on a list too; joined to it by the night's run she would be open to all who read the list."""
    others()
    cast.link()
    her = meet("柳阿禾", 1980, dwelling=people.dwelling(number=1))
    wall = raise_wall(
        by=people.officer("lead"),
        at=people.MONDAY,
        reason="她求助过",
        entries=[(people.officer("grid_a1"), "走访人")],
    )
    Person.objects.filter(pk=her.pk).update(wall=wall)
    dibao("柳阿禾", "19800412", "清溪镇石桥村第1组1号")
    cast.link(at=people.WEDNESDAY)

    her.refresh_from_db()
    assert her.superseded_by is None and not her.records.exists()
