"""Emergency access: acts at once for danger to life, is approved before otherwise, never passes a wall."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access import actions
from jiandi.rooms.access.actions_glass import (
    approve_glass,
    break_glass,
    next_weekday,
    refuse_glass,
    review_glass,
)
from jiandi.rooms.access.models import BreakGlass, Notice
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.register.models import Person
from tests.people import COUNTY, FRIDAY, MONDAY, TOWN_B, TUESDAY, VILLAGE_B1

pytestmark = pytest.mark.django_db
WHY = "接到家属电话,老人倒在屋里没有应答"


@pytest.fixture
def person(county):
    return Person.objects.create(
        code="HK7QB2", name="白一", sex=2, county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1
    )


def _sees(officer, at=MONDAY, verb="register.read_person"):
    return visible(Person.objects.all(), officer, verb, at=at).exists()


def _break(county, person, *, danger=True):
    return break_glass(
        by=county.officer("township_a"), at=MONDAY, subject=person, reason=WHY, danger_to_life=danger
    )


def test_it_opens_one_person_at_once_when_a_life_is_in_danger(county, person):
    other = Person.objects.create(
        code="HK7QB3", name="白二", county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1
    )
    assert not _sees(county.officer("township_a"))

    _break(county, person)

    found = visible(Person.objects.all(), county.officer("township_a"), "register.read_person", at=MONDAY)
    assert list(found) == [person] and other not in found
    assert [event.verb for event in events_of("person", person.pk)] == ["access.break_glass"]


def test_it_tells_the_overseer(county, person):
    _break(county, person)

    notice = Notice.objects.get()
    assert notice.to == county.officer("overseer")
    assert "白一" not in notice.text_zh


def test_it_ends_by_itself(county, person):
    _break(county, person)

    assert not _sees(county.officer("township_a"), MONDAY + timedelta(hours=4))


def test_it_is_for_reading_never_for_acting(county, person):
    _break(county, person)

    assert not _sees(county.officer("township_a"), verb="register.decide_change")


def test_it_ends_with_the_account(county, person):
    _break(county, person)
    actions.hand_over(
        by=county.officer("admin"), at=MONDAY, officer=county.officer("township_a"), to=None, reason="停职"
    )

    assert not _sees(county.officer("township_a"))


def test_it_waits_for_an_approval_otherwise(county, person):
    glass = _break(county, person, danger=False)
    assert not _sees(county.officer("township_a"))

    approve_glass(by=county.officer("overseer"), at=MONDAY, glass=glass)

    assert _sees(county.officer("township_a"))
    assert not _sees(county.officer("township_a"), MONDAY + timedelta(hours=8))
    assert [event.verb for event in events_of("breakglass", glass.pk)] == ["access.approve_glass"]


def test_it_opens_nothing_when_refused(county, person):
    glass = _break(county, person, danger=False)

    refuse_glass(by=county.officer("overseer"), at=MONDAY, glass=glass, reason="可由柳树镇办理")

    assert not _sees(county.officer("township_a"))
    assert [event.verb for event in events_of("breakglass", glass.pk)] == ["access.refuse_glass"]


def test_it_never_passes_a_wall(county, person):
    township = county.officer("township_a")
    _break(county, person)
    wall = actions.raise_wall(
        by=county.officer("lead"), at=MONDAY, reason="涉及该镇", entries=[(township.unit, "涉及")]
    )
    Person.objects.filter(pk=person.pk).update(wall=wall)

    assert not _sees(township)
    with pytest.raises(Refused) as refused:
        break_glass(
            by=township, at=MONDAY, subject=Person.objects.get(pk=person.pk), reason=WHY, danger_to_life=True
        )
    assert refused.value.code == "not_found"


def test_it_does_not_tell_an_overseer_who_is_walled_off(county, person):
    wall = actions.raise_wall(
        by=county.officer("lead"), at=MONDAY, reason="x", entries=[(county.officer("overseer"), "亲属")]
    )
    Person.objects.filter(pk=person.pk).update(wall=wall)

    _break(county, Person.objects.get(pk=person.pk))

    assert not Notice.objects.exists()


def test_it_asks_for_a_real_reason(county, person):
    with pytest.raises(Refused, match="reason"):
        break_glass(
            by=county.officer("township_a"), at=MONDAY, subject=person, reason="急", danger_to_life=True
        )


def test_it_refuses_roles_without_it(county, person):
    with pytest.raises(Refused):
        break_glass(by=county.officer("press"), at=MONDAY, subject=person, reason=WHY, danger_to_life=True)


def test_it_is_reviewed_by_two_from_other_units(county, person):
    glass = _break(county, person)
    lead, overseer = county.officer("lead"), county.officer("overseer")

    review_glass(by=overseer, at=TUESDAY, glass=glass, is_proper=True, verdict="情况属实")
    with pytest.raises(Refused, match="Somebody else"):
        review_glass(by=overseer, at=TUESDAY, glass=glass, is_proper=True, verdict="再次确认")
    review_glass(by=lead, at=TUESDAY, glass=glass, is_proper=True, verdict="已核对通话")

    done = BreakGlass.objects.get()
    assert (done.reviewed_by, done.second_reviewer, done.is_proper) == (overseer, lead, True)
    with pytest.raises(Refused, match="already"):
        review_glass(by=lead, at=TUESDAY, glass=done, is_proper=True, verdict="第三次")


def test_it_ends_at_once_when_found_improper(county, person):
    glass = _break(county, person)

    review_glass(by=county.officer("overseer"), at=MONDAY, glass=glass, is_proper=False, verdict="没有危险")
    review_glass(by=county.officer("lead"), at=MONDAY, glass=glass, is_proper=True, verdict="误会一场")

    assert not _sees(county.officer("township_a"))
    assert BreakGlass.objects.get().is_proper is False


def test_it_refuses_a_reviewer_from_the_same_unit(county, person):
    lead = county.officer("lead")
    glass = break_glass(by=lead, at=MONDAY, subject=person, reason=WHY, danger_to_life=True)
    steward = county.officer("steward")
    steward.grants.create(role="lead", place_id=COUNTY, starts_on=MONDAY.date())

    with pytest.raises(Refused, match="unit"):
        review_glass(by=steward, at=MONDAY, glass=glass, is_proper=True, verdict="没有问题")
    with pytest.raises(Refused, match="Somebody else"):
        review_glass(by=lead, at=MONDAY, glass=glass, is_proper=True, verdict="没有问题")


def test_it_keeps_two_people_apart_in_the_database(county, person):
    glass = _break(county, person)
    lead = county.officer("lead")
    for values in (
        {"approved_by": glass.officer},
        {"second_reviewer": lead},
        {"reviewed_by": lead, "second_reviewer": lead},
        {"reviewed_by": lead, "second_reviewer": glass.officer},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BreakGlass.objects.filter(pk=glass.pk).update(**values)


def test_it_asks_for_the_review_on_the_next_weekday():
    assert next_weekday(MONDAY.date()) == TUESDAY.date()
    assert next_weekday(FRIDAY.date()).isoweekday() == 1
