"""A steward works through the doubtful pairs with the keyboard, skips what needs a telephone call, sees how much is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import MatchRun, Record, ReviewPair
from jiandi.rooms.register.tests import cast
from tests import people
from tests.stories.reading import it_is

pytestmark = pytest.mark.usefixtures("county")


@pytest.fixture
def pairs() -> list[ReviewPair]:
    """Two rows under numbers of other people."""
    cast.deliver(cast.hukou())
    rows = [
        [name, number, sex, "A", "4", "", "柳树镇白果村1组1号", "", ""]
        for name, number, sex in (("柳阿禾", cast.ANNA[4], "女"), ("柳老五", cast.CHEN[4], "男"))
    ]
    cast.deliver(cast.dibao(*rows), unit="明溪县残疾人联合会", name="另册.csv")
    cast.link()
    it_is(people.WEDNESDAY)
    return list(ReviewPair.objects.filter(state="open").order_by("pk"))


def page(client: Client, pair: ReviewPair) -> str:
    return client.get(reverse("register:pair", args=[pair.pk])).content.decode()


def skip(client: Client, pair: ReviewPair) -> ReviewPair:
    """The button with the key N: the next pair is taken in hand and shown."""
    assert 'accesskey="n" form="next"' in page(client, pair)
    on = client.post(reverse("register:take_next"), {"after": pair.pk}).headers["Location"]
    return next(one for one in ReviewPair.objects.all() if reverse("register:pair", args=[one.pk]) == on)


def test_it_is_worked_by_keys_and_keeps_apart_unless_told_otherwise(
    pairs: list[ReviewPair], client: Client
) -> None:
    client.force_login(people.officer("steward"))

    shown = page(client, pairs[0])

    assert 'value="not_same" accesskey="1" required checked' in shown
    assert (
        'value="same" accesskey="2" required>' in shown and 'value="unsure" accesskey="3" required>' in shown
    )
    assert 'accesskey="r"' in shown and 'accesskey="s"' in shown


def test_it_says_how_many_are_left_and_skips_round_the_list(pairs: list[ReviewPair], client: Client) -> None:
    client.force_login(people.officer("steward"))
    first, second = pairs

    assert "今天已判0对,还剩2对" in page(client, first)
    assert skip(client, first) == second and skip(client, second) == first
    client.post(reverse("register:pair", args=[second.pk]), {"verdict": "not_same", "reason": "两份原件"})
    assert "今天已判1对,还剩1对" in page(client, first)
    assert 'accesskey="n"' not in page(client, first)


def test_it_goes_on_to_what_is_left_after_a_decision(pairs: list[ReviewPair], client: Client) -> None:
    client.force_login(people.officer("steward"))
    form = {"verdict": "unsure", "reason": "打电话问"}

    on = client.post(reverse("register:pair", args=[pairs[1].pk]), form)
    end = client.post(reverse("register:pair", args=[pairs[0].pk]), form)

    assert on.headers["Location"] == reverse("register:pair", args=[pairs[0].pk])
    assert end.headers["Location"] == reverse("register:review")


def test_two_stewards_never_get_the_same_pair(pairs: list[ReviewPair], client: Client) -> None:
    """What one has in hand is passed over for the other, cannot be decided by them, and goes back after a while."""
    other, second = cast.second(), Client()
    second.force_login(other)
    client.force_login(people.officer("steward"))

    mine = client.post(reverse("register:take_next")).headers["Location"]
    theirs = second.post(reverse("register:take_next")).headers["Location"]

    assert {mine, theirs} == {reverse("register:pair", args=[pair.pk]) for pair in pairs}
    assert "司数正在看这一对" in second.get(mine).content.decode()
    held = next(pair for pair in pairs if reverse("register:pair", args=[pair.pk]) == mine)
    told = {"pair": held, "verdict": "not_same", "reason": "两份原件"}
    with pytest.raises(Refused, match="pair_held"):
        actions.decide_pair(by=other, at=people.WEDNESDAY, **told)
    actions.decide_pair(by=other, at=people.WEDNESDAY + timedelta(hours=2), **told)


def test_what_changes_who_is_seen_comes_first(pairs: list[ReviewPair], client: Client) -> None:
    """A pair about somebody who must be seen alone goes before one about an allowance."""
    first, last = pairs
    ReviewPair.objects.filter(pk=last.pk).update(stake=6)
    client.force_login(people.officer("steward"))

    listed = client.get(reverse("register:review")).content.decode()

    assert listed.index(last.record.name) < listed.index(first.record.name)
    assert "涉及须单独见面的人" in listed and first.stake == 3
    on = client.post(reverse("register:take_next")).headers["Location"]
    assert on == reverse("register:pair", args=[last.pk])


def test_it_says_in_words_how_two_facts_differ_and_who_lives_there(
    pairs: list[ReviewPair], client: Client
) -> None:
    client.force_login(people.officer("steward"))

    shown = page(client, pairs[0])

    assert "只有一边写了" in shown and "不同" in shown
    assert "同住的人" in shown and "见波" in shown


def test_plain_ones_of_a_village_are_ticked_one_by_one(client: Client) -> None:
    """Same name, sex and day, without a number: nothing is ticked beforehand, and each tick is a decision of its own."""
    cast.deliver(cast.hukou())
    cast.deliver(
        cast.dibao(["见安娜", "", "女", "A", "4", "", "清溪镇石桥村", "", ""]),
        unit="明溪县民政局",
        name="低保.csv",
    )
    cast.link()
    it_is(people.WEDNESDAY)
    row, anna = (
        Record.objects.get(roster__kind="dibao"),
        Record.objects.get(name="见安娜", roster__kind="hukou"),
    )
    Record.objects.filter(pk=row.pk).update(birth_on=anna.birth_on)
    ReviewPair.objects.all().delete()
    pair = ReviewPair.objects.create(
        run=MatchRun.objects.get(), record=row, candidate=anna, reason="thin_evidence", village=anna.village, county_id=people.COUNTY
    )  # fmt: skip
    client.force_login(people.officer("steward"))
    address = reverse("register:batch", args=[people.VILLAGE_A1])

    shown = client.get(address).content.decode()
    client.post(address, {"reason": "核对原件"})
    assert f'value="{pair.pk}">' in shown and "checked" not in shown
    assert ReviewPair.objects.get(pk=pair.pk).state == "open"
    client.post(address, {"reason": "核对原件", "pair": [pair.pk]})

    assert ReviewPair.objects.get(pk=pair.pk).state == "same"
    assert "本村没有可直接确认的" in client.get(address).content.decode()
    client.force_login(people.officer("grid_a1"))
    assert client.get(address).status_code in (403, 404)
