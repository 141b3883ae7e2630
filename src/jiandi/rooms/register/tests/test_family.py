"""A person's family as rows say it, who answers for them, and where the papers disagree: for everybody but their own people."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Conflict, Event, Wall
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Household, Person
from jiandi.rooms.register.models_life import Guardianship
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
MARRIAGE = ["男方姓名", "男方身份证号", "女方姓名", "女方身份证号", "登记证字号", "登记日期"]
DISABLED = [
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "住址",
    "残疾人证号",
    "残疾类别",
    "残疾等级",
    "签发日期",
    "监护人姓名",
    "监护人身份证号",
]
CARED = [
    "姓名",
    "身份证号",
    "性别",
    "出生日期",
    "家庭住址",
    "供养方式",
    "自理能力",
    "起始月",
    "照料人姓名",
    "照料人身份证号",
]
HUSBAND = [
    "H1",
    "见甲",
    "男",
    "19750101",
    cast.number_of("99010119750101001"),
    "配偶",
    "清溪镇石桥村第1组1号",
    "",
]
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
SISTER = [
    "H1",
    "见妹",
    "女",
    "20200601",
    cast.number_of("99010120200601004"),
    "女",
    "清溪镇石桥村第1组1号",
    "",
]
DOOR = "清溪镇石桥村第1组1号"


def birth_of(child: list[str]) -> list[str]:
    return [child[1], "女", child[3], "见安娜", cast.ANNA[4], "见甲", HUSBAND[4], DOOR, f"X{child[1]}"]


def deliver_all(*, annas_number_on_the_certificate: str = cast.ANNA[4]) -> None:
    cast.deliver(cast.hukou(cast.ANNA, HUSBAND, CHILD, SISTER, cast.CHEN))
    cast.deliver(
        cast.csv_of(MARRIAGE, ["见甲", HUSBAND[4], "见安娜", annas_number_on_the_certificate, "J1", "2000-03-01"]),
        unit="明溪县民政局", name="婚姻登记.csv",
    )  # fmt: skip
    cast.deliver(
        cast.csv_of(cast.BIRTH, birth_of(CHILD), birth_of(SISTER)),
        unit="明溪县卫生健康局",
        name="出生医学证明.csv",
    )
    anna = [
        "见安娜",
        "女",
        cast.ANNA[4],
        "19770513",
        DOOR,
        "",
        "智力",
        "二级",
        "2015-01-01",
        "见甲",
        HUSBAND[4],
    ]
    cast.deliver(
        cast.csv_of(DISABLED, anna), unit="明溪县残疾人联合会", name="持证残疾人.csv", kind="disability"
    )
    cared = ["见安娜", cast.ANNA[4], "女", "19770513", DOOR, "分散", "部分", "2020-01", "见陈", cast.CHEN[4]]
    cast.deliver(cast.csv_of(CARED, cared), unit="明溪县民政局", name="特困供养.csv", kind="tekun")


def plain() -> Person:
    """Somebody of the register, without lists behind her."""
    return Person.objects.create(
        code="P000000001",
        name="见安娜",
        village_id=people.VILLAGE_A1,
        town_id=people.TOWN_A,
        county_id=people.COUNTY,
    )


def anna() -> Person:
    return Person.objects.get(name="见安娜")


def page(client: Client, who: str, name: str = "见安娜") -> str:
    client.cookies["jiandi_language"] = "en"
    client.force_login(people.officer(who))
    code = Person.objects.get(name=name).code
    return client.get(reverse("register:family", args=[code])).content.decode()


def enter(who: str = "handler_civil", **extra: object) -> Guardianship:
    values: dict[str, object] = {
        "by": people.officer(who), "at": people.WEDNESDAY, "person": anna(), "kind": "interim", "name": "石桥村村民委员会",
        "starts_on": date(2026, 11, 2), "document": "明溪县法院〔2026〕9号裁定",
    }  # fmt: skip
    return actions.enter_guardianship(**{**values, **extra})  # type: ignore[arg-type]


def test_the_page_shows_parents_brothers_and_sisters_and_the_rows_that_say_so(client: Client) -> None:
    deliver_all()
    cast.link()

    text = page(client, "handler_civil", "见小")

    assert "见安娜" in text and "mother" in text and "见甲" in text
    assert "见妹" in text and "a parent in common" in text
    assert "Birth certificates" in text and "row" in text
    assert Event.objects.filter(verb="register.read_person", payload__purpose="family").count() == 1

    # Two lists that name different guardians both stand, and are asked about.
    assert "name different guardians" not in page(
        client, "handler_civil"
    )  # the office that registers marriages
    text = page(client, "steward")
    assert "name different guardians" in text and "见甲" in text and "见陈" in text

    # Everybody it is about is on one list, for those who protect them.
    listed = client.get(reverse("register:guardian_doubts")).content.decode()
    assert "见安娜" in listed and "见小" not in listed

    # A sealed relative is absent for everybody.
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    Person.objects.filter(name="见妹").update(wall=wall)
    assert "见妹" not in page(client, "steward", "见小")


def test_a_guardian_in_the_death_file_is_asked_about(client: Client) -> None:
    deliver_all()
    dead = ["见陈", "男", cast.CHEN[4], "19500101", cast.CHEN[6], "2026-05-01", "2026-05-20"]
    cast.deliver(cast.csv_of(cast.DEATH, dead), name="死亡注销.csv", kind="death")
    cast.link()

    assert "见陈 is in the death file (2026-05-01)" in page(client, "steward")
    listed = client.get(reverse("register:guardian_doubts"), {"doubt": "dead"}).content.decode()
    assert "见安娜" in listed


def test_a_guardian_who_is_the_spouse_by_a_certificate_without_a_number_is_asked_about(
    client: Client,
) -> None:
    deliver_all()
    cast.deliver(
        cast.csv_of(MARRIAGE, ["见甲", "", "见安娜", cast.ANNA[4], "J2", "2001-03-01"]),
        unit="明溪县民政局", name="婚姻二.csv", kind="marriage",
    )  # fmt: skip
    cast.link()
    from_the_paper = Person.objects.filter(name="见甲").order_by("pk").first()
    assert from_the_paper is not None
    # The clerk who reviews puts the nameless half with the man of the register; here the row is simply put there.
    for stray in Person.objects.filter(name="见甲").exclude(pk=from_the_paper.pk):
        stray.relations.update(other=anna())
        anna().relations.filter(other=stray).update(other=from_the_paper)

    assert "in which the husband shows no usable identity number" in page(client, "lead")
    assert "见安娜" in client.get(reverse("register:guardian_doubts"), {"doubt": "married"}).content.decode()
    assert "no usable identity number" not in page(client, "township_a")  # doubts are not for the township


def test_an_officer_writes_down_an_interim_guardianship_and_its_end_and_both_stay_readable(
    client: Client,
) -> None:
    plain()

    entry = enter()
    actions.end_guardianship(
        by=people.officer("handler_civil"), at=people.FRIDAY, entry=entry, ends_on=date(2026, 11, 5),
        document="明溪县法院〔2026〕12号裁定", reason="指定了监护人",
    )  # fmt: skip

    text = page(client, "handler_civil")
    assert "〔2026〕12号" in text and "Superseded entries" in text and "〔2026〕9号" in text
    assert [event.verb for event in Event.objects.filter(verb__contains="guardianship").order_by("pk")] == [
        "register.enter_guardianship",
        "register.end_guardianship",
    ]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"document": " "}, "document_missing"), ({"name": ""}, "guardian_missing"), ({"kind": "owner"}, "guardianship_kind"),
        ({"starts_on": date(2027, 1, 1)}, "future_day"), ({"ends_on": date(2026, 1, 1)}, "guardianship_period"),
        ({"who": "township_a"}, "access.role"),
    ],
)  # fmt: skip
def test_it_refuses_what_nobody_could_check_later(wrong: dict[str, object], code: str) -> None:
    plain()

    with pytest.raises(Refused, match=code):
        enter(**wrong)  # type: ignore[arg-type]
    assert not Guardianship.objects.exists()


def test_an_officer_with_a_tie_to_the_household_is_answered_as_if_there_were_nobody(client: Client) -> None:
    home = Household.objects.create(code="H1", key="H1", county_id=people.COUNTY)
    Person.objects.filter(pk=plain().pk).update(household=home)
    niece = Person.objects.create(code="P000000002", name="见小", household=home, county_id=people.COUNTY)
    civil = people.officer("handler_civil")
    Conflict.objects.create(
        officer=civil, subject_kind="person", subject_id=niece.pk, tie="舅舅", declared_at=people.MONDAY
    )
    client.force_login(civil)

    assert client.get(reverse("register:family", args=[anna().code])).status_code == 404
    assert client.get(reverse("register:family", args=["NOBODY2345"])).status_code == 404
    with pytest.raises(Refused, match="not_found"):
        enter()


def test_a_sealed_guardian_is_absent_from_the_past_too(client: Client) -> None:
    plain()
    guardian = Person.objects.create(
        code="P000000003",
        name="见藏",
        village_id=people.VILLAGE_A1,
        town_id=people.TOWN_A,
        county_id=people.COUNTY,
    )
    entry = enter(name="", guardian=guardian)
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    ending = {"ends_on": "2026-11-03", "document": "明溪县法院〔2026〕13号", "reason": "已查明"}
    client.force_login(people.officer("handler_civil"))
    path = reverse("register:end_guardianship", args=[anna().code, entry.pk])

    Person.objects.filter(pk=guardian.pk).update(wall=wall)
    assert client.post(path, ending).status_code == 404
    Person.objects.filter(pk=guardian.pk).update(wall=None)
    assert client.post(path, ending).status_code == 302
    assert "见藏" in page(client, "handler_civil")
    Person.objects.filter(pk=guardian.pk).update(wall=wall)

    assert "见藏" not in page(client, "handler_civil")


def test_a_paper_follows_the_person_and_the_guardian_through_merges_and_stays_behind_their_walls(
    client: Client,
) -> None:
    place = {"village_id": people.VILLAGE_A1, "town_id": people.TOWN_A, "county_id": people.COUNTY}
    before = plain()
    guardian = Person.objects.create(code="P000000005", name="见监", **place)
    entry = enter(name="", guardian=guardian)
    her = Person.objects.create(code="P000000006", name="见安", **place)
    his = Person.objects.create(code="P000000007", name="见监护", **place)
    Person.objects.filter(pk=before.pk).update(superseded_by=her)
    Person.objects.filter(pk=guardian.pk).update(superseded_by=his)

    assert "〔2026〕9号" in page(client, "handler_civil", "见安")

    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    Person.objects.filter(pk=his.pk).update(wall=wall)
    path = reverse("register:end_guardianship", args=[her.code, entry.pk])
    ending = {"ends_on": "2026-11-03", "document": "明溪县法院〔2026〕13号", "reason": "已查明"}
    assert "〔2026〕9号" not in page(client, "handler_civil", "见安")
    assert client.post(path, ending).status_code == 404
    Person.objects.filter(pk=his.pk).update(wall=None)

    assert client.post(path, ending).status_code == 302
    text = page(client, "handler_civil", "见安")
    assert "〔2026〕13号" in text and "Superseded entries" in text
    ended = Event.objects.get(verb="register.end_guardianship")
    assert ended.subject_id == her.pk


def test_two_lines_of_one_list_are_one_answer(client: Client) -> None:
    deliver_all()
    twice = ["见安娜", cast.ANNA[4], "女", "19770513", DOOR, "分散", "部分", "2020-01", "见陈", cast.CHEN[4]]
    cast.deliver(
        cast.csv_of(CARED, twice, twice),
        unit="明溪县民政局",
        name="特困供养二.csv",
        kind="tekun",
        reference_on=date(2026, 11, 2),
    )
    cast.link()

    text = page(client, "steward")

    assert text.count("<strong>见陈</strong> · guardian") == 1
    assert "row 3, 4" in text


def test_nobody_makes_their_own_kin_a_guardian() -> None:
    plain()
    kin = Person.objects.create(code="P000000004", name="见亲", county_id=people.COUNTY)
    civil = people.officer("handler_civil")
    Conflict.objects.create(
        officer=civil, subject_kind="person", subject_id=kin.pk, tie="弟弟", declared_at=people.MONDAY
    )

    with pytest.raises(Refused, match="not_found"):
        enter(guardian=kin)


def test_a_village_does_not_read_families(client: Client) -> None:
    plain()
    client.force_login(people.officer("grid_a1"))

    assert client.get(reverse("register:family", args=[anna().code])).status_code == 403


def test_the_database_keeps_periods_in_order_and_nobody_as_their_own_guardian() -> None:
    plain()
    entry = enter()

    with pytest.raises(IntegrityError), transaction.atomic():
        Guardianship.objects.filter(pk=entry.pk).update(ends_on=date(2020, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Guardianship.objects.filter(pk=entry.pk).update(guardian=anna())


def test_what_happened_to_a_person_stands_on_their_page_after_a_merge(client: Client) -> None:
    place = {"village_id": people.VILLAGE_A1, "town_id": people.TOWN_A, "county_id": people.COUNTY}
    before, now = plain(), Person.objects.create(code="P000000008", name="见安", **place)
    actions.enter_life_event(
        by=people.officer("handler_civil"), at=people.TUESDAY, person=before, kind="moved_out", effective_on=date(2026, 11, 1),
        document="迁移证7号", other_place="外县",
    )  # fmt: skip
    Person.objects.filter(pk=before.pk).update(superseded_by=now)
    client.force_login(people.officer("handler_civil"))

    text = client.get(reverse("register:person_life", args=[now.code])).content.decode()

    assert "迁移证7号" in text
