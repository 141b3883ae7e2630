"""Who may be entitled and is on no list: asked with reasons and rows, answered in words, never decided by the system."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Conflict, Event, Wall, WallEntry
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_standing import EntitlementQuestion
from jiandi.rooms.register.queries_entitlements import spans
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
OLDER = [
    "H4",
    "见齐",
    "女",
    "19380101",
    cast.number_of("99010119380101002"),
    "户主",
    "清溪镇石桥村第4组4号",
    "",
]
PAID = ["见齐", OLDER[4], "女", "19380101", "清溪镇石桥村第4组4号", "50", "2026-09-01"]
ORPHANS = ["姓名", "性别", "身份证号", "出生日期", "住址", "类别", "起始月"]
CHILD = [
    "H1",
    "见小",
    "女",
    "20180601",
    cast.number_of("99010120180601002"),
    "女",
    "清溪镇石桥村第1组1号",
    "",
]
FATHER = [
    "H1",
    "见甲",
    "男",
    "19750101",
    cast.number_of("99010119750101001"),
    "配偶",
    "清溪镇石桥村第1组1号",
    "",
]
OTHER_CHILD = [
    "见他",
    "男",
    cast.number_of("99010120150101001"),
    "20150101",
    "清溪镇竹园村第1组1号",
    "孤儿",
    "2020-01",
]


def deliver(*allowance: list[str], at=people.MONDAY, on: date = cast.REFERENCE) -> None:
    cast.deliver(
        cast.csv_of(cast.ELDERLY, *allowance), unit="明溪县民政局", name=f"高龄津贴{on}.csv", kind="elderly", at=at,
        reference_on=on,
    )  # fmt: skip


def deliver_all() -> None:
    cast.deliver(cast.hukou(cast.CHEN, cast.OLD, OLDER))
    deliver(PAID)
    cast.link()


def asked() -> EntitlementQuestion:
    """A question as a run leaves it, without lists behind it."""
    home = {"village_id": people.VILLAGE_A1, "town_id": people.TOWN_A, "county_id": people.COUNTY}
    someone = Person.objects.create(code="P000000001", name="见古", **home)
    return EntitlementQuestion.objects.create(
        key=f"elderly80:{someone.pk}", rule="elderly80", group="elderly80", person=someone, reason_zh="年满86周岁",
        reason_en="86 years old", first_asked_on=cast.REFERENCE, last_asked_on=cast.REFERENCE, **home,
    )  # fmt: skip


def ask(at=people.WEDNESDAY) -> int:
    return actions.ask_entitlements(by=people.officer("steward"), at=at)


def answer(
    question: EntitlementQuestion,
    state: str,
    words: str = "本人同意申请",
    who: str = "township_a",
    at=people.THURSDAY,
):
    return actions.answer_entitlement(
        by=people.officer(who), at=at, question=question, state=state, answer=words
    )


def test_it_asks_about_the_one_past_eighty_without_an_allowance_and_says_why() -> None:
    deliver_all()

    assert ask() == 1

    (question,) = EntitlementQuestion.objects.all()
    assert (question.person.name, question.group, question.village_id) == (
        "见古",
        "elderly80",
        people.VILLAGE_A1,
    )
    assert "86" in question.reason_en and "86" in question.reason_zh
    assert len(question.rows) == 1  # the line of the household register
    assert Event.objects.filter(verb="register.ask_entitlements").count() == 1


def test_asking_again_asks_once_and_who_is_paid_by_then_is_asked_no_more() -> None:
    deliver_all()
    ask()
    assert ask(at=people.THURSDAY) == 1
    deliver(
        PAID, ["见古", cast.OLD[4], "男", "19400101", "", "50", ""], at=people.THURSDAY, on=date(2026, 11, 3)
    )
    cast.link(at=people.THURSDAY)

    assert ask(at=people.FRIDAY) == 0
    assert EntitlementQuestion.objects.get().state == "gone"


def test_it_asks_about_a_child_whose_parents_are_both_in_the_death_file() -> None:
    cast.deliver(cast.hukou(cast.ANNA, FATHER, CHILD))
    cast.deliver(
        cast.csv_of(cast.BIRTH, ["见小", "女", "20180601", "见安娜", cast.ANNA[4], "见甲", FATHER[4], CHILD[6], "X1"]),
        unit="明溪县卫生健康局", name="出生医学证明.csv",
    )  # fmt: skip
    dead = [
        [who[1], who[2], who[4], who[3], who[6], "2026-05-01", "2026-05-20"] for who in (cast.ANNA, FATHER)
    ]
    cast.deliver(cast.csv_of(cast.DEATH, *dead), name="死亡注销.csv", kind="death")
    cast.deliver(cast.csv_of(ORPHANS, OTHER_CHILD), unit="明溪县民政局", name="孤儿.csv", kind="orphan")
    cast.link()

    ask()

    (question,) = EntitlementQuestion.objects.filter(group="orphan")
    assert (question.person.name, question.rule, len(question.rows)) == ("见小", "orphan", 3)


def test_an_answer_stays_and_an_application_that_led_nowhere_is_asked_again() -> None:
    deliver_all()
    ask()
    question = EntitlementQuestion.objects.get()

    answer(question, "applied")

    assert ask(at=people.FRIDAY) == 0
    assert ask(at=people.FRIDAY + timedelta(days=60)) == 1
    assert answer(EntitlementQuestion.objects.get(), "declined", "不需要").state == "declined"
    assert ask(at=people.FRIDAY + timedelta(days=200)) == 0
    assert [e.verb for e in Event.objects.filter(subject_kind="person", subject_id=question.person_id)] == [
        "register.answer_entitlement"
    ] * 2


def test_an_answer_needs_words_and_is_given_once() -> None:
    asked()
    question = EntitlementQuestion.objects.get()

    with pytest.raises(Refused, match="reason_missing"):
        answer(question, "not_entitled", " ")
    answered = answer(question, "not_entitled", "在外县领取")
    with pytest.raises(Refused, match="question_conflict"):
        answer(answered, "applied")
    with pytest.raises(Refused, match=r"access\.area"):
        answer(question, "applied", who="township_b")


def test_a_town_no_code_has_is_no_town(client: Client) -> None:
    client.force_login(people.officer("township_a"))

    assert client.get(reverse("register:entitlements"), {"town": "9" * 30}).status_code == 200


def test_nobody_answers_for_their_own_people() -> None:
    asked()
    question = EntitlementQuestion.objects.get()
    Conflict.objects.create(
        officer=people.officer("township_a"), subject_kind="person", subject_id=question.person_id, tie="外甥",
        declared_at=people.MONDAY,
    )  # fmt: skip

    with pytest.raises(Refused, match="not_found"):
        answer(question, "declined", "不需要", who="township_a")


def test_the_database_keeps_no_answer_without_an_author() -> None:
    asked()

    with pytest.raises(IntegrityError), transaction.atomic():
        EntitlementQuestion.objects.update(state="applied")


def test_each_township_sees_its_own_and_nobody_sees_through_a_wall(client: Client) -> None:
    asked()
    client.cookies["jiandi_language"] = "en"
    for who, sees in (("township_a", True), ("township_b", False), ("handler_civil", True)):
        client.force_login(people.officer(who))
        assert ("见古" in client.get(reverse("register:entitlements")).content.decode()) is sees, who
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    WallEntry.objects.create(
        wall=wall, unit=people.unit("清溪镇人民政府"), why="implicated", added_at=people.MONDAY
    )
    Person.objects.filter(name="见古").update(wall=wall)
    client.force_login(people.officer("township_a"))
    question = EntitlementQuestion.objects.get()

    assert "见古" not in client.get(reverse("register:entitlements")).content.decode()
    assert client.post(reverse("register:answer_entitlement", args=[question.pk])).status_code == 404
    with pytest.raises(Refused, match="not_found"):
        answer(question, "applied")
    client.force_login(people.officer("handler_civil"))
    assert "见古" in client.get(reverse("register:entitlements")).content.decode()


def test_the_page_says_what_cannot_be_asked_yet_and_leaves_as_excel(client: Client) -> None:
    asked()
    client.cookies["jiandi_language"] = "en"
    client.force_login(people.officer("lead"))

    text = client.get(reverse("register:entitlements")).content.decode()

    assert "Orphan&#x27;s allowance" in text and "cannot be asked yet" in text
    EntitlementQuestion.objects.update(village=None, town=None)
    assert client.get(reverse("register:entitlements")).status_code == 200
    assert "R23" in text  # asked by the checks, linked and not repeated
    assert client.get(reverse("register:entitlements_export")).content[:2] == b"PK"
    client.force_login(people.officer("grid_a1"))
    assert client.get(reverse("register:entitlements")).status_code == 403


def test_a_person_page_tells_from_when_to_when_each_list_had_them() -> None:
    deliver_all()
    deliver(["见古", cast.OLD[4], "男", "19400101", "", "50", ""], at=people.THURSDAY, on=date(2026, 11, 3))
    cast.link(at=people.THURSDAY)

    (paid,) = spans(Person.objects.get(name="见齐"))
    (now,) = spans(Person.objects.get(name="见古"))

    assert (paid.starts_on, paid.ends_on) == (cast.REFERENCE, date(2026, 11, 3))
    assert (now.starts_on, now.ends_on) == (date(2026, 11, 3), None)
