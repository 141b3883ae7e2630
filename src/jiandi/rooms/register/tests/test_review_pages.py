"""A steward works through the doubtful pairs with the keyboard, skips what needs a telephone call, sees how much is left."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.rooms.register.models import ReviewPair
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
    assert f'accesskey="n" href="{reverse("register:pair", args=[second.pk])}"' in page(client, first)
    assert f'accesskey="n" href="{reverse("register:pair", args=[first.pk])}"' in page(client, second)
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
