"""Automatic decisions drawn by lot: looked at blind, answered, measured; a wrong merge is parted at once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event, Wall
from jiandi.rooms.register import actions, queries_lotteries
from jiandi.rooms.register.models import LinkLottery, MatchRun, Person, Record, ReviewPair
from jiandi.rooms.register.tests import cast
from tests import people
from tests.stories.reading import it_is

DIBAO = [
    ["见安娜", cast.ANNA[4], "女", "A", "560", "2024-05", "石桥村1组1号", "", ""],
    ["见陈", cast.CHEN[4], "男", "B", "400", "2026-10", "石桥村2组2号", "", ""],
    ["见波", "", "男", "A", "300", "2026-10", "柳树镇白果村9组9号", "", ""],
]


@pytest.fixture
def lottery(county: None) -> LinkLottery:
    """Two rows joined by their numbers, one made somebody new; all of them drawn."""
    cast.deliver(cast.hukou())
    cast.deliver(cast.dibao(*DIBAO), unit="明溪县民政局", name="低保.csv")
    cast.link()
    it_is(people.WEDNESDAY)
    return actions.draw_lottery(by=people.officer("lead"), at=people.TUESDAY, size=50, seed=4)


def drawn(*, is_join: bool) -> list[ReviewPair]:
    found = ReviewPair.objects.filter(lottery__isnull=False, is_join=is_join)
    return list(found.select_related("record__person", "candidate__person").order_by("pk"))


def say(pair: ReviewPair, verdict: str, **more: object) -> None:
    actions.decide_pair(
        by=people.officer("steward"),
        at=people.WEDNESDAY,
        pair=pair,
        verdict=verdict,
        reason="两份原件",
        **more,
    )


def test_it_draws_joins_and_newcomers_and_leaves_one_event(lottery: LinkLottery) -> None:
    joins = drawn(is_join=True)

    assert {pair.record.name for pair in joins} == {"见安娜", "见陈"} and lottery.joins_of == 2
    assert all(pair.record.person_id == pair.candidate.person_id for pair in joins)
    assert lottery.new_of + lottery.new_alone == 1
    assert all(pair.record.person_id != pair.candidate.person_id for pair in drawn(is_join=False))
    event = Event.objects.get(verb="register.draw_lottery")
    assert (event.subject_id, event.payload["seed"]) == (lottery.pk, 4)


def test_the_page_tells_nothing_of_what_the_machine_decided(lottery: LinkLottery, client: Client) -> None:
    client.force_login(people.officer("steward"))

    pages = [
        client.get(reverse("register:pair", args=[pair.pk])).content.decode()
        for pair in drawn(is_join=True) + drawn(is_join=False)
    ]

    for page in pages:
        assert "抽签抽中,请按所见判定" in page
        assert not any(
            told in page for told in ("匹配权重", "不再单独计为一人", "此人的其他记录", "身份证号相同")
        )


def test_a_wrong_merge_is_parted_at_once_and_stays_so(lottery: LinkLottery) -> None:
    pair = drawn(is_join=True)[0]
    whole = pair.candidate.person

    say(pair, "not_same")

    parted = Record.objects.get(pk=pair.record_id).person
    assert parted != whole and parted.name == pair.record.name and parted.superseded_by_id is None
    assert Record.objects.get(pk=pair.candidate_id).person == whole
    run = cast.link(at=people.THURSDAY)
    assert run.report["way"] in ("changes", "whole")
    assert Record.objects.get(pk=pair.record_id).person == parted


def test_it_measures_the_error_with_an_exact_interval(lottery: LinkLottery) -> None:
    one, other = drawn(is_join=True)
    say(one, "same")

    (result,) = queries_lotteries.results()
    assert (result.joins.checked, result.joins.is_enough, result.joins.missing) == (1, False, 1)
    say(other, "unsure")

    (result,) = queries_lotteries.results()
    assert (result.joins.checked, result.joins.wrong, result.joins.unsure, result.joins.value) == (
        2,
        1,
        1,
        0.5,
    )
    assert result.joins.is_enough  # all there are
    assert 0.01 < result.joins.low < 0.02 and 0.98 < result.joins.high < 0.99


def test_a_run_leaves_what_was_drawn_waiting(lottery: LinkLottery) -> None:
    cast.link(at=people.THURSDAY)

    assert {pair.state for pair in drawn(is_join=True)} == {"open"}


def test_nobody_is_asked_twice(lottery: LinkLottery) -> None:
    again = actions.draw_lottery(by=people.officer("lead"), at=people.TUESDAY, size=50)

    assert again.joins_of == 0 and not again.pairs.filter(is_join=True).exists()


def test_a_sealed_person_is_parted_only_by_two(lottery: LinkLottery) -> None:
    pair = drawn(is_join=True)[0]
    wall = Wall.objects.create(made_at=people.MONDAY, reason="x")
    Person.objects.filter(pk=pair.record.person_id).update(wall=wall)

    with pytest.raises(Refused, match="second_needed"):
        say(pair, "not_same")
    say(pair, "not_same", second_by=cast.second())
    assert Record.objects.get(pk=pair.record_id).person.wall == wall


@pytest.mark.parametrize("who", ["handler_civil", "grid_a1", "township_a"])
def test_it_is_drawn_by_the_lead_or_a_steward(lottery: LinkLottery, who: str, client: Client) -> None:
    with pytest.raises(Refused, match="access.role"):
        actions.draw_lottery(by=people.officer(who), at=people.TUESDAY)
    client.force_login(people.officer(who))
    assert client.get(reverse("register:lotteries")).status_code in (403, 404)


def test_it_says_what_to_do_where_nothing_was_linked(county: None) -> None:
    with pytest.raises(Refused, match="nothing_kept"):
        actions.draw_lottery(by=people.officer("lead"), at=people.TUESDAY)
    assert not MatchRun.objects.exists()


def test_the_page_draws_and_shows(lottery: LinkLottery, client: Client) -> None:
    client.force_login(people.officer("lead"))

    assert (
        client.post(reverse("register:lotteries"), {"size": "0"}).content.decode().count("每类抽1至2000条")
        == 1
    )
    assert client.post(reverse("register:lotteries"), {"size": "10"}).status_code == 302
    shown = client.get(reverse("register:lotteries")).content.decode()
    assert "自动并为一人" in shown and "还不够,再核对2条" in shown
