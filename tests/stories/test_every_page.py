"""Every officer of the cast opens every page there is, and whoever knocks at a villager's door never meets an alert."""

from __future__ import annotations

import re
from collections import deque

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from jiandi.rooms.access.models import Officer
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Household, Person
from tests import people
from tests.stories.reading import everything_in, it_is

DETAIL_ZH, DETAIL_EN = "补录日期早于建档日期八百六十一天", "Entered 861 days before the file existed"
VILLAGE_LEVEL = ("grid_a1", "doctor_a1")
ONE_OF_EACH_ROLE = ("admin", "lead", "township_a", "grid_a1", "doctor_a1", "handler_women", "inspector_b",
                    "steward", "hotline", "overseer", "press")  # fmt: skip
# Neither an alert, nor its rule, its list or the word. The help page alone says what the word means.
OF_ALERTS = re.compile(r'href="/checks/|href="/cases/\d|\bR2\b|\b[Aa]lerts?\b|疑点|risk score|风险分')
MOST_PAGES = 120


def names(resolver: URLResolver, space: str = "") -> list[str]:
    """Every named address, with the room it belongs to."""
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += names(entry, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name:
            found.append(space + entry.name)
    return found


def pages() -> list[str]:
    """The addresses that need nothing filled in."""
    found = set()
    for name in names(get_resolver()):
        try:
            found.add(reverse(name))
        except NoReverseMatch:
            continue
    return sorted(found)


def links(text: str) -> list[str]:
    """Where a reader can go from this page."""
    return [found.replace("&amp;", "&") for found in re.findall(r'href="(/[^"#]*)', text)]


@pytest.fixture
def alert(county, settings, tmp_path):
    """A question about somebody in Stone Bridge village, on a working Wednesday."""
    settings.DATA = tmp_path
    it_is(people.WEDNESDAY)
    home = {"village_id": people.VILLAGE_A1, "town_id": people.TOWN_A, "county_id": people.COUNTY}
    household = Household.objects.create(code="H000000001", dwelling=people.dwelling(), **home)
    her = Person.objects.create(code="P000000001", name="林晚", household=household, **home)
    return Alert.objects.create(
        key="R2:1",
        rule="R2",
        rule_class="contradiction",
        person=her,
        household=household,
        detail_zh=DETAIL_ZH,
        detail_en=DETAIL_EN,
        first_seen_at=people.MONDAY,
        last_seen_at=people.MONDAY,
        **home,
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_breaks_for_anybody(alert, client, language):
    client.cookies["jiandi_language"] = language
    addresses = pages()
    answers = {(None, address): client.get(address).status_code for address in addresses}
    for officer in Officer.objects.filter(username__in=ONE_OF_EACH_ROLE):
        client.force_login(officer)
        for address in addresses:
            answers[officer.username, address] = client.get(address).status_code

    assert len(addresses) > 40
    assert {at: status for at, status in answers.items() if status not in (200, 302, 403, 404, 405)} == {}


@pytest.mark.parametrize("username", VILLAGE_LEVEL)
def test_a_village_meets_no_alert(alert, client, username):
    client.force_login(people.officer(username))
    waiting, met = deque([*pages(), f"/register/people/{alert.person.code}/"]), set()
    while waiting and len(met) < MOST_PAGES:
        address = waiting.popleft()
        if address in met or address.startswith("/static/"):
            continue
        met.add(address)
        response = client.get(address)
        if response.status_code != 200:
            continue
        text = everything_in(response)
        if "html" in response["Content-Type"]:
            waiting.extend(links(text))
        assert DETAIL_ZH not in text and DETAIL_EN not in text, address
        if address != reverse("help"):
            assert not OF_ALERTS.search(text), (address, OF_ALERTS.search(text))

    assert len(met) > 40


@pytest.mark.parametrize("username", VILLAGE_LEVEL)
def test_typing_an_alerts_address_says_it_does_not_exist(alert, client, username):
    client.force_login(people.officer(username))
    addresses = [reverse("checks:alert", args=[alert.pk]), reverse("checks:alerts"), reverse("checks:export")]

    assert {client.get(address).status_code for address in addresses} <= {403, 404}
