"""What stands on a person's page, why, and a value that two people decided on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import ChangeRequest, Person
from jiandi.rooms.register.queries_golden import values_of
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"


@pytest.fixture
def anna() -> Person:
    """The police write her 见安娜; the allowance list, under the same number, 见安那, of another house."""
    cast.deliver(cast.hukou())
    row = ["见安那", cast.ANNA[4], "女", "A", "4", "", "清溪镇石桥村第9组9号", "", ""]
    cast.deliver(cast.dibao(row), unit=CIVIL, name="低保.csv")
    cast.link()
    return Person.objects.get(name="见安娜")


def decided(person: Person, field: str, proposed: str, **more: object) -> ChangeRequest:
    asked = actions.ask_change(
        by=people.officer("township_a"), at=people.WEDNESDAY, person=person, field=field, proposed=proposed, reason="看过本人证件"
    )  # fmt: skip
    return actions.decide_change(
        by=people.officer("steward"), at=people.WEDNESDAY, request=asked, accepted=True, stands=True, **more
    )


def page(client: Client, who: str, person: Person) -> str:
    client.force_login(people.officer(who))
    return client.get(reverse("register:person", args=[person.code])).content.decode()


def test_each_value_names_its_row_and_why_and_keeps_the_others(anna: Person) -> None:
    values = {one.title.en: one for one in values_of(anna, sees_rows=True)}

    name = values["Name"]
    assert (name.value, name.why.zh) == ("见安娜", "户籍登记是公安机关核发的底册")
    assert [one.record.row_no for one in name.sources] == [anna.records.order_by("pk")[0].row_no]
    (other,) = name.others
    assert (other.value, other.mark.zh if other.mark else "", len(other.sources)) == ("见安那", "差一个字", 1)
    assert values["Identity number"].value != cast.ANNA[4] and not values["Identity number"].others
    assert values["Household number"].value == "H1"


def test_what_the_page_says_is_what_the_run_wrote(anna: Person) -> None:
    for person in Person.objects.all():
        values = {one.title.en: one.value for one in values_of(person, sees_rows=True)}
        assert (values["Name"], values["Born on"]) == (person.name, str(person.birth_on))
        assert values.get("Telephone", "") == person.phone
        assert values["Address"] == person.address


def test_a_township_officer_reads_no_more_of_single_rows_than_the_table_shows(
    anna: Person, client: Client
) -> None:
    steward, township = page(client, "steward", anna), page(client, "township_a", anna)

    assert "第9组9号" in steward and "差一个字" in steward
    assert "第9组9号" not in township and cast.ANNA[7] not in township and cast.ANNA[4] not in township


def test_of_a_sealed_person_there_is_no_page_outside(anna: Person, client: Client) -> None:
    township = people.officer("township_a")
    wall = raise_wall(
        by=people.officer("overseer"), at=people.THURSDAY, reason="隔离", entries=[(township, "涉及")]
    )
    Person.objects.filter(pk=anna.pk).update(wall=wall)
    client.force_login(township)

    assert client.get(reverse("register:person", args=[anna.code])).status_code == 404


def test_a_decided_value_stands_first_outlasts_runs_and_can_be_taken_back(anna: Person) -> None:
    change = decided(anna, "name", "见安妮")

    assert Person.objects.get(pk=anna.pk).name == "见安妮"
    cast.deliver(
        cast.left(["1", "留守妇女", "一组", "见安娜", "女", "49", "", "石桥村1组1号", ""]),
        unit="清溪镇人民政府",
    )
    cast.link(at=people.THURSDAY)
    anna.refresh_from_db()
    name = values_of(anna, sees_rows=True)[0]
    assert (anna.name, name.value, name.why.zh, name.change) == (
        "见安妮",
        "见安妮",
        "经两人决定采用",
        change,
    )
    assert {other.value for other in name.others} >= {"见安娜", "见安那"}
    assert set(anna.records.values_list("name", flat=True)) >= {"见安娜", "见安那"}  # rows are never edited

    actions.take_back_change(
        by=people.officer("steward"), at=people.THURSDAY, request=change, reason="证件看错了"
    )
    anna.refresh_from_db()
    assert anna.name == "见安娜"
    cast.link(at=people.THURSDAY.replace(hour=20))
    anna.refresh_from_db()
    assert anna.name == "见安娜"
    assert Event.objects.filter(verb="register.take_back_change").exists()
    with pytest.raises(Refused, match="change_conflict"):
        actions.take_back_change(
            by=people.officer("steward"), at=people.THURSDAY, request=change, reason="再收"
        )


def test_a_later_decision_supersedes_and_taking_it_back_gives_what_rows_say(anna: Person) -> None:
    first = decided(anna, "phone", "19900000008")
    second = decided(anna, "phone", "19900000009")

    first.refresh_from_db()
    assert (first.value, first.is_in_force, second.is_in_force) == ("19900000008", False, True)
    actions.take_back_change(
        by=people.officer("steward"), at=people.THURSDAY, request=second, reason="号码错"
    )
    anna.refresh_from_db()
    assert anna.phone == cast.ANNA[7]


def test_a_decided_value_follows_a_merge_and_comes_back_with_the_number(anna: Person) -> None:
    bo = Person.objects.get(name="见波")
    decided(bo, "name", "见小波")
    Person.objects.filter(pk=bo.pk).update(superseded_by=anna)

    assert values_of(anna, sees_rows=True)[0].value == "见小波"
    Person.objects.filter(pk=bo.pk).update(superseded_by=None)
    assert values_of(anna, sees_rows=True)[0].value == "见安娜"


def test_nobody_lets_their_own_word_stand(anna: Person) -> None:
    steward = people.officer("steward")
    asked = actions.ask_change(
        by=steward, at=people.WEDNESDAY, person=anna, field="sex", proposed="女", reason="核对"
    )

    with pytest.raises(Refused, match="change_needs_another"):
        actions.decide_change(by=steward, at=people.WEDNESDAY, request=asked, accepted=True, stands=True)
    actions.decide_change(by=cast.second(), at=people.WEDNESDAY, request=asked, accepted=True, stands=True)
    assert ChangeRequest.objects.get().value == "2"


@pytest.mark.parametrize(
    ("field", "proposed"), [("sex", "中"), ("birth_on", "1977年"), ("died_on", "2026-01-01")]
)
def test_what_cannot_be_read_or_is_entered_elsewhere_does_not_stand(
    anna: Person, field: str, proposed: str
) -> None:
    with pytest.raises(Refused, match="value_cannot_stand"):
        decided(anna, field, proposed)
    assert not ChangeRequest.objects.filter(stands=True).exists()


def test_decided_ones_are_listed_beside_those_that_wait(anna: Person, client: Client) -> None:
    change = decided(anna, "birth_on", "1977年5月14日")
    client.force_login(people.officer("steward"))
    url = reverse("register:changes")

    assert "没有待办的更正建议" in client.get(url).content.decode()
    assert "已采用并转部门" in client.get(url, {"state": "decided"}).content.decode()
    client.post(reverse("register:take_back_change", args=[change.pk]), {"reason": "看错了"})
    assert "看错了" in client.get(url, {"state": "decided"}).content.decode()
    client.force_login(people.officer("township_a"))
    assert (
        client.post(reverse("register:take_back_change", args=[change.pk]), {"reason": "x"}).status_code
        == 404
    )


def test_a_correction_about_somebody_merged_into_a_sealed_person_is_behind_that_wall(
    anna: Person, client: Client
) -> None:
    steward = people.officer("steward")
    bo = Person.objects.get(name="见波")
    change = decided(bo, "name", "见小波")
    wall = raise_wall(
        by=people.officer("overseer"), at=people.THURSDAY, reason="隔离", entries=[(steward, "涉及")]
    )
    Person.objects.filter(pk=anna.pk).update(wall=wall)
    Person.objects.filter(pk=bo.pk).update(superseded_by=anna)
    client.force_login(steward)

    assert "见小波" not in client.get(reverse("register:changes"), {"state": "decided"}).content.decode()
    first = Person.objects.exclude(pk__in=[anna.pk, bo.pk]).first()
    Person.objects.filter(pk=bo.pk).update(superseded_by=first)  # and through somebody in between
    Person.objects.filter(pk=first.pk).update(superseded_by=anna)
    assert "见小波" not in client.get(reverse("register:changes"), {"state": "decided"}).content.decode()
    with pytest.raises(Refused, match="not_found"):
        actions.take_back_change(by=steward, at=people.THURSDAY, request=change, reason="收回")
