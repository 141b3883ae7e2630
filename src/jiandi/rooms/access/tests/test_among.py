"""Thousands of keys in one question."""

from __future__ import annotations

import pytest

from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer

pytestmark = pytest.mark.usefixtures("county")


def test_it_finds_what_a_list_of_keys_finds() -> None:
    some = list(Officer.objects.order_by("pk").values_list("pk", "username", "unit_id")[:3])

    by_number = Officer.objects.filter(among("pk", [pk for pk, _, _ in some]))
    by_text = Officer.objects.filter(among("username", [name for _, name, _ in some]))
    by_unit = Officer.objects.filter(among("unit_id", [unit for _, _, unit in some]))

    assert set(by_number) == set(by_text) == set(Officer.objects.filter(pk__in=[pk for pk, _, _ in some]))
    assert set(by_unit) == set(Officer.objects.filter(unit__in=[unit for _, _, unit in some]))


def test_it_finds_nothing_among_no_keys() -> None:
    assert not Officer.objects.filter(among("pk", [])).exists()
