"""Month by month a steward sees whether a unit's lists get better or worse."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jiandi.rooms.register import queries_rosters
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
CIVIL = "明溪县民政局"


def dibao(month: int, *numbers: str) -> Roster:
    rows = [[f"见{n}号", number, "男", "A", "4", "", "石桥村", "", ""] for n, number in enumerate(numbers)]
    return cast.deliver(
        cast.dibao(*rows), unit=CIVIL, reference_on=date(2026, month, 1), name=f"{month}月.csv"
    )


def test_it_compares_each_delivery_with_the_one_before() -> None:
    dibao(9, cast.ANNA[4], cast.BO[4], cast.CHEN[4], "")
    dibao(10, cast.ANNA[4], "", "", "")
    dibao(11, cast.ANNA[4], "")

    november, october, september = queries_rosters.quality(
        Roster.objects.all(), people.unit(CIVIL).pk, "dibao"
    )

    assert (september.id_share, september.before, september.is_worse) == (0.75, None, False)
    assert (october.more_rows, october.more_id, october.is_worse) == (0, -50.0, True)
    assert (november.more_rows, november.more_id, november.is_worse) == (-2, 25.0, True)


def test_it_shows_the_table_for_one_kind_of_one_unit(client: Client) -> None:
    dibao(10, cast.ANNA[4])
    dibao(11, cast.ANNA[4], "")
    client.force_login(people.officer("steward"))
    address = reverse("register:rosters")

    chosen = client.get(f"{address}?kind=dibao&unit={people.unit(CIVIL).pk}").content.decode()
    every = client.get(address).content.decode()

    assert "历次报送质量" in chosen and "较上次变差" in chosen and "(-50.0)" in chosen
    assert "历次报送质量" not in every


def test_a_department_opens_what_it_delivered_and_nothing_else(client: Client) -> None:
    """Whoever may hand in a list may see what became of its rows, to put right what came back."""
    theirs, other = dibao(10, cast.ANNA[4]), cast.deliver(cast.hukou())
    client.force_login(people.officer("handler_civil"))

    listed = client.get(reverse("register:rosters")).content.decode()

    for name in ("roster", "corrections"):
        assert client.get(reverse(f"register:{name}", args=[theirs.pk])).status_code == 200
        assert client.get(reverse(f"register:{name}", args=[other.pk])).status_code == 404
    assert theirs.file_name in listed and other.file_name not in listed
    assert client.post(reverse("register:withdraw", args=[theirs.pk]), {"reason": "错"}).status_code == 404
