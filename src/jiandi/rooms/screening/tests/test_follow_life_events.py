"""Deaths, births and moves: what one source says asks, what two say settles, what the other side confirms; and what doors make of it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import BatchSubjects, Conflict, Event, Grant, Wall, WallEntry
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions as register
from jiandi.rooms.register import life
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_life import LifeEvent
from jiandi.rooms.register.tests import cast
from jiandi.rooms.screening import actions, queries
from jiandi.rooms.screening.models import Campaign, Coverage, Expected, VisitTask
from jiandi.rooms.screening.tests import round as stage
from tests import people

DEATH = ["姓名", "性别", "公民身份号码", "出生日期", "住址", "死亡日期", "注销日期"]
CHENS_DEATH = ["见陈", "男", cast.CHEN[4], "19500101", cast.CHEN[6], "2026-10-01", "2026-10-20"]


@pytest.fixture
def county(db: None, settings: object, tmp_path: object) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    people.build_county()


pytestmark = pytest.mark.usefixtures("county")


def enter(who: str, person: Person, kind: str = "death", **extra: object) -> LifeEvent:
    values: dict[str, object] = {
        "by": people.officer(who), "at": people.WEDNESDAY, "person": person, "kind": kind,
        "effective_on": date(2026, 11, 3), "document": "居民死亡医学证明 X-1 清溪镇卫生院",
    }  # fmt: skip
    return register.enter_life_event(**{**values, **extra})  # type: ignore[arg-type]


def follow(*campaigns: Campaign, at: object = people.THURSDAY) -> int:
    return actions.follow_life_events(by=people.officer("engine"), at=at, campaigns=list(campaigns))  # type: ignore[arg-type]


def note(**extra: object) -> int:
    return register.note_life_events(by=people.officer("steward"), at=people.WEDNESDAY, **extra)  # type: ignore[arg-type]


def test_a_death_one_list_knows_of_asks_and_the_next_round_still_knocks() -> None:
    cast.deliver(cast.hukou())
    cast.deliver(cast.csv_of(DEATH, CHENS_DEATH), name="死亡注销.csv", kind="death")
    cast.link()

    assert note() == 1
    assert note() == 0  # the same row is noted once

    event = LifeEvent.objects.get()
    assert (event.kind, event.state, event.source, event.person.name) == (
        "death",
        "question",
        "roster",
        "见陈",
    )
    assert BatchSubjects.objects.get(event__verb="register.note_life_events").count == 1
    campaign = stage.open_round()
    actions.plan_tasks(by=people.officer("lead"), at=people.WEDNESDAY, campaign=campaign)
    assert Expected.objects.filter(person__name="见陈").count() == 1
    assert follow(campaign) == 0  # and no list changes


def test_a_second_source_settles_a_death_and_the_door_keeps_the_line_with_its_reason() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    task = actions.add_task(
        by=people.officer("lead"), at=people.MONDAY, purpose="follow_up", pretext="health",
        due_on=date(2026, 11, 9), person=someone,
    )  # fmt: skip
    enter("township_a", someone)
    assert follow(campaign) == 0
    enter("handler_health", someone, document="死亡注销 清溪派出所 2026-9")

    assert follow(campaign) == 2

    assert set(LifeEvent.objects.values_list("state", flat=True)) == {"settled"}
    line = stage.expected("P2")
    assert (line.outcome, line.excuse) == ("excused", "death_recorded")
    assert Coverage.objects.get(campaign=campaign, village=people.VILLAGE_A1).excused == 1
    assert VisitTask.objects.get(pk=task.pk).state == "closed"
    assert VisitTask.objects.get(pk=line.task_id).state == "open"  # somebody else lives there
    assert Event.objects.filter(verb="screening.follow_life_events").count() == 1


def test_taking_one_source_back_asks_again_at_the_door_and_deletes_nothing() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    first = enter("township_a", someone)
    enter("handler_health", someone)
    follow(campaign)

    register.undo_life_event(
        by=people.officer("township_a"), at=people.THURSDAY, event=first, reason="认错了人"
    )

    assert follow(campaign, at=people.FRIDAY) == 1
    assert stage.expected("P2").outcome == "not_yet"
    assert sorted(LifeEvent.objects.values_list("kind", "state")) == [
        ("death", "question"), ("death", "superseded"), ("undone", "settled"),
    ]  # fmt: skip
    with pytest.raises(Refused, match="life_conflict"):
        register.undo_life_event(
            by=people.officer("township_a"),
            at=people.FRIDAY,
            event=LifeEvent.objects.get(pk=first.pk),
            reason="再",
        )


def test_the_same_unit_twice_and_doors_however_often_are_one_source_each() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    enter("township_a", someone)
    enter("township_a", someone, document="另一份证明 X-2")
    assert not LifeEvent.objects.filter(state="settled").exists()

    other = Person.objects.get(code="P3")
    told = [register.Told(other.pk, visit, date(2026, 11, 3)) for visit in (1, 2)]
    assert note(told=told) == 2

    assert not LifeEvent.objects.filter(person=other, state="settled").exists()
    assert follow(campaign) == 0


def test_what_is_told_at_a_door_is_handed_down_and_settles_with_a_paper() -> None:
    campaign = stage.planned_round()
    door = stage.task_at(1)
    actions.receive_visit(
        by=people.officer("grid_a1"), at=stage.EVENING, channel="phone",
        body=stage.write(stage.form(door, stage.seen("P2", present="dead"))),
    )  # fmt: skip

    assert note(told=[register.Told(*row) for row in queries.deaths_told()]) == 1
    enter("township_a", Person.objects.get(code="P2"))
    assert follow(campaign) == 0  # a township and its doors are one voice
    enter("handler_health", Person.objects.get(code="P2"))

    assert follow(campaign) == 1
    assert stage.expected("P2").excuse == "death_recorded"


def test_a_visit_asked_for_after_a_death_was_settled_goes_ahead() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    enter("township_a", someone)
    enter("handler_health", someone)
    follow(campaign)
    actions.add_task(
        by=people.officer("lead"), at=people.FRIDAY, purpose="follow_up", pretext="benefits",
        due_on=date(2026, 11, 9), person=someone,
    )  # fmt: skip

    assert follow(campaign, at=people.FRIDAY) == 0  # somebody wants to see whether it is true
    assert VisitTask.objects.get(purpose="follow_up").state == "open"


def test_an_arrival_of_years_ago_confirms_no_departure_of_today() -> None:
    stage.planned_round()
    someone = Person.objects.get(code="P2")
    enter("township_b", someone, "moved_in", other_place="外县", place=Place.objects.get(pk=people.VILLAGE_B1),
          effective_on=date(2024, 1, 1))  # fmt: skip

    assert enter("township_a", someone, "moved_out", other_place="外县").state == "question"


def test_whoever_was_seen_stays_seen() -> None:
    campaign = stage.planned_round()
    Expected.objects.filter(person__code="P2").update(outcome="seen")
    enter("township_a", Person.objects.get(code="P2"))
    enter("handler_health", Person.objects.get(code="P2"))

    assert follow(campaign) == 0
    assert stage.expected("P2").outcome == "seen"


def test_somebody_who_moved_out_stays_counted_until_the_other_side_has_them() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    enter("township_a", someone, "moved_out", other_place="柳树镇白果村")
    assert follow(campaign) == 0
    assert stage.expected("P2").outcome == "not_yet"

    enter(
        "township_b",
        someone,
        "moved_in",
        other_place="清溪镇石桥村",
        place=Place.objects.get(pk=people.VILLAGE_B1),
    )

    assert follow(campaign) == 2  # excused there, and a visit here
    assert stage.expected("P2").excuse == "move_recorded"
    visit = VisitTask.objects.get(purpose="follow_up")
    assert (visit.village_id, visit.expected.get().person, visit.state) == (
        people.VILLAGE_B1,
        someone,
        "open",
    )
    assert follow(campaign) == 0  # one visit, not one a night


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"document": ""}, "document_missing"), ({"kind": "married"}, "life_kind"), ({"effective_on": date(2027, 1, 1)}, "future_day"),
        ({"kind": "moved_out"}, "other_place_missing"), ({"kind": "moved_in", "other_place": "外地"}, "arrival_village"),
        ({"who": "township_b"}, "access.area"), ({"who": "grid_a1"}, "access.role"),
    ],
)  # fmt: skip
def test_it_refuses_what_nobody_could_check(wrong: dict[str, object], code: str) -> None:
    stage.planned_round()
    values = {"who": "township_a", **wrong}

    with pytest.raises(Refused, match=code):
        enter(person=Person.objects.get(code="P2"), **values)  # type: ignore[arg-type]
    assert not LifeEvent.objects.exists()


def test_nobody_enters_their_own_people_and_nobody_reads_through_a_wall(client: Client) -> None:
    stage.planned_round()
    someone = Person.objects.get(code="P2")
    officer = people.officer("township_a")
    enter("handler_health", someone)
    Conflict.objects.create(
        officer=officer, subject_kind="person", subject_id=someone.pk, tie="侄", declared_at=people.MONDAY
    )
    with pytest.raises(Refused, match="not_found"):
        enter("township_a", someone)
    client.force_login(officer)
    client.cookies["jiandi_language"] = "en"
    assert "样例2" in client.get(reverse("register:life_events")).content.decode()
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    WallEntry.objects.create(wall=wall, officer=officer, why="implicated", added_at=people.MONDAY)
    Person.objects.filter(pk=someone.pk).update(wall=wall)

    assert "样例2" not in client.get(reverse("register:life_events")).content.decode()
    assert client.get(reverse("register:person_life", args=["P2"])).status_code == 404


def test_an_officer_enters_and_takes_back_on_the_persons_page(client: Client) -> None:
    stage.planned_round()
    client.force_login(people.officer("township_a"))
    client.cookies["jiandi_language"] = "en"
    address = reverse("register:person_life", args=["P2"])
    filled = {"kind": "death", "effective_on": "2026-11-02", "document": "证明 X-1 卫生院"}

    assert client.post(address, {**filled, "document": ""}).status_code == 200
    assert client.post(address, filled).status_code == 302
    assert "To be confirmed" in client.get(address).content.decode()

    event = LifeEvent.objects.get()
    client.post(reverse("register:undo_life_event", args=["P2", event.pk]), {"reason": "登记错误"})
    assert "Taken back: 登记错误" in client.get(address).content.decode()


def test_somebody_without_a_village_or_a_town_is_listed_too(client: Client) -> None:
    stage.planned_round()
    homeless = Person.objects.create(code="P000000007", name="样例7", county_id=people.COUNTY)
    note(told=[register.Told(homeless.pk, 3, date(2026, 11, 3))])
    client.force_login(people.officer("lead"))

    assert "样例7" in client.get(reverse("register:life_events")).content.decode()
    assert client.get(reverse("register:person_life", args=[homeless.code])).status_code == 200
    assert client.get(reverse("register:family", args=[homeless.code])).status_code == 200


def test_the_database_keeps_a_source_once_and_an_officer_to_a_paper() -> None:
    stage.planned_round()
    someone = Person.objects.get(code="P2")
    note(told=[register.Told(someone.pk, 7, date(2026, 11, 3))])
    event = enter("township_a", someone)

    with pytest.raises(IntegrityError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).update(document="")
    with pytest.raises(IntegrityError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).update(source="visit", source_id=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).update(superseded_by=event)


def test_a_station_and_its_bureau_are_one_source_of_a_death_and_no_other_side_of_a_move() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    station = people.officer("doctor_a1")
    station.unit = people.unit("清溪派出所")
    station.save(update_fields=["unit"])
    Grant.objects.create(officer=station, role="handler", place_id=people.COUNTY, starts_on=date(2026, 1, 1))
    enter("doctor_a1", someone)
    enter("handler_police", someone, document="死亡注销 明溪县公安局 2026-9")
    enter("doctor_a1", someone, kind="moved_out", other_place="南坡村")
    enter(
        "handler_police",
        someone,
        kind="moved_in",
        other_place="石桥村",
        place=Place.objects.get(pk=people.VILLAGE_B2),
    )

    assert set(LifeEvent.objects.filter(kind__in=("death", "moved_out")).values_list("state", flat=True)) == {
        "question"
    }
    follow(campaign)
    assert stage.expected("P2").outcome == "not_yet"


def test_whoever_came_back_to_the_village_they_left_is_expected_there_again() -> None:
    campaign = stage.planned_round()
    someone = Person.objects.get(code="P2")
    there, here = (Place.objects.get(pk=pk) for pk in (people.VILLAGE_B2, people.VILLAGE_A1))
    enter("township_a", someone, kind="moved_out", other_place="南坡村", effective_on=date(2026, 10, 1))
    enter(
        "handler_police",
        someone,
        kind="moved_in",
        other_place="石桥村",
        place=there,
        effective_on=date(2026, 10, 2),
    )
    assert life.ended_people()[someone.pk].reaches(people.VILLAGE_A1, people.TOWN_A)

    enter(
        "township_a",
        someone,
        kind="moved_in",
        other_place="南坡村",
        place=here,
        effective_on=date(2026, 11, 2),
    )

    assert life.ended_people() == {}
    follow(campaign)
    assert stage.expected("P2").outcome == "not_yet"
