"""A wall goes where the person it seals goes: through merges and partings, and round the doubtful pairs about them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.access.models import Event, Wall
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import Judgement, Person, Record, ReviewPair
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
WHY = "涉及本单位"


@pytest.fixture
def pair() -> ReviewPair:
    """A row under Anna's number with another name: perhaps the same woman."""
    cast.deliver(cast.hukou())
    alias = ["柳阿禾", cast.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", ""]
    cast.deliver(cast.dibao(alias), unit="明溪县残疾人联合会", name="另册.csv")
    cast.link()
    return ReviewPair.objects.select_related("record__person", "candidate__person").get(record__name="柳阿禾")


def seal(person: Person, against: str = "handler_civil") -> Wall:
    outside = [(people.officer(against), WHY)]
    wall = raise_wall(by=people.officer("overseer"), at=people.TUESDAY, reason=WHY, entries=outside)
    Person.objects.filter(pk=person.pk).update(wall=wall)
    return wall


def outside(wall: Wall) -> set[str]:
    return {entry.officer.username for entry in wall.entries.filter(removed_at__isnull=True)}


def say(pair: ReviewPair, verdict: str) -> None:
    """A decision that the next run carries out."""
    Judgement.objects.create(
        record_id=pair.record_id, candidate_id=pair.candidate_id, verdict=verdict, reason="核对原件",
        made_by=people.officer("steward"), made_at=people.TUESDAY,
    )  # fmt: skip


def test_a_run_that_merges_a_sealed_person_seals_whoever_they_are_merged_into(pair: ReviewPair) -> None:
    sealed, open_ = pair.record.person, pair.candidate.person
    wall = seal(sealed)
    say(pair, "same")

    cast.link(at=people.THURSDAY)

    together = Record.objects.get(pk=pair.record_id).person
    assert {sealed.pk, open_.pk} >= {together.pk}
    assert Person.objects.filter(pk=together.pk, wall=wall, superseded_by__isnull=True).exists()
    assert Record.objects.get(pk=pair.candidate_id).person_id == together.pk


def test_of_two_sealed_people_merged_everybody_outside_either_stays_outside(pair: ReviewPair) -> None:
    seal(pair.record.person, "handler_civil")
    seal(pair.candidate.person, "grid_a1")
    say(pair, "same")

    cast.link(at=people.THURSDAY)

    assert outside(Record.objects.get(pk=pair.record_id).person.wall) == {"handler_civil", "grid_a1"}


def test_a_decision_of_two_people_seals_too(pair: ReviewPair) -> None:
    wall = seal(pair.record.person)

    decide(pair, second_by=cast.second())

    assert Record.objects.get(pk=pair.record_id).person.wall == wall
    assert Event.objects.get(verb="register.decide_pair").wall == wall


def test_a_newcomer_parted_from_a_sealed_person_is_sealed(pair: ReviewPair) -> None:
    """Which of the two the seal was meant for, no program knows."""
    alias = ["柳阿禾", cast.ANNA[4], "女", "A", "560", "2024-05", "柳树镇白果村1组1号", "", "见波"]
    actions.withdraw_roster(
        by=people.officer("steward"), at=people.TUESDAY, roster=pair.record.roster, reason="报错"
    )
    again = cast.deliver(cast.dibao(alias), unit="明溪县残疾人联合会", name="另册.csv")
    named = {"record": Record.objects.get(roster=again, role=0), "candidate": pair.candidate}
    one = Judgement.objects.create(
        **named, verdict="same", reason="核对原件", made_by=people.officer("steward"), made_at=people.TUESDAY
    )
    cast.link(at=people.WEDNESDAY)
    wall = seal(pair.candidate.person)
    Judgement.objects.filter(pk=one.pk).update(superseded_at=people.WEDNESDAY)

    cast.link(at=people.THURSDAY)

    parted = Record.objects.get(pk=named["record"].pk).person
    assert parted.pk not in (pair.candidate.person_id, pair.record.person_id)
    assert parted.wall == wall


def decide(pair: ReviewPair, **more: object) -> Judgement:
    return actions.decide_pair(
        by=people.officer("steward"),
        at=people.WEDNESDAY,
        pair=pair,
        verdict="same",
        reason="核对原件",
        **more,
    )


def test_a_sealed_person_is_merged_only_by_two(pair: ReviewPair) -> None:
    seal(pair.candidate.person)

    with pytest.raises(Refused, match="second_needed"):
        decide(pair)


def test_who_stands_outside_the_wall_is_shown_no_pair_about_the_person(
    pair: ReviewPair, client: Client
) -> None:
    seal(pair.candidate.person, "steward")
    client.force_login(people.officer("steward"))

    assert "柳阿禾" not in client.get(reverse("register:review")).content.decode()
    assert client.get(reverse("register:pair", args=[pair.pk])).status_code == 404
    with pytest.raises(Refused, match="not_found"):
        decide(pair)
    with pytest.raises(Refused, match="not_found"):
        decide(pair, second_by=cast.second())


def test_a_second_who_stands_outside_is_no_second(pair: ReviewPair) -> None:
    other = cast.second()
    seal(pair.candidate.person, "steward_2")

    with pytest.raises(Refused, match="not_found"):
        decide(pair, second_by=other)
