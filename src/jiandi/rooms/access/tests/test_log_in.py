"""Log-in: who gets in, who does not, and when a session ends."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access import actions, clock
from jiandi.rooms.access.actions_passwords import (
    DEMO_PASSWORD,
    choose_password,
    issue_one_time_password,
    set_demo_passwords,
)
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.queries import events_of
from tests.people import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db
GOOD = "four-unrelated-words-2026"
STORED = None


@pytest.fixture
def lead(county):
    global STORED
    STORED = STORED or make_password(GOOD)
    Officer.objects.filter(username="lead").update(password=STORED)
    return county.officer("lead")


def _log_in(client, username="lead", password=GOOD, **extra):
    return client.post(reverse("access:log_in"), {"username": username, "password": password, **extra})


def _inside(client):
    return client.get(reverse("access:notices")).status_code == 200


def test_it_lets_an_officer_in_with_the_right_password(client, lead):
    assert _log_in(client).status_code == 302
    assert _inside(client)


def test_it_keeps_out_a_wrong_password_and_an_unknown_name_with_the_same_words(client, lead):
    wrong = _log_in(client, password="no")
    unknown = _log_in(client, username="nobody")

    assert not _inside(client)
    assert "wrong" in wrong.content.decode() or "不对" in wrong.content.decode()
    strip = lambda page: page.content.decode().replace("nobody", "lead").split("<form")[2].split("csrf")[0]  # noqa: E731
    assert strip(wrong) == strip(unknown)


def test_it_pauses_after_six_wrong_tries(client, lead):
    for _ in range(6):
        answer = _log_in(client, password="no")

    assert answer.status_code == 429
    assert _log_in(client).status_code == 429


def test_it_never_leads_to_another_site_after_the_log_in(client, lead):
    answer = _log_in(client, next="https://elsewhere.example/")

    assert answer.url == reverse("home")
    assert _log_in(Client(), next="/log/").url == "/log/"


def test_it_ends_the_session_when_the_account_closes(client, lead, county):
    _log_in(client)

    actions.hand_over(by=county.officer("admin"), at=MONDAY, officer=lead, to=None, reason="调离")

    assert not _inside(client)
    assert _log_in(Client()).status_code == 200


def test_it_tells_the_browser_to_forget_when_logging_out(client, lead):
    _log_in(client)

    answer = client.post(reverse("access:log_out"))

    assert '"storage"' in answer["Clear-Site-Data"]
    assert not _inside(client)


def test_it_keeps_demonstration_accounts_out_of_any_other_database(client, lead):
    Officer.objects.filter(pk=lead.pk).update(is_demo=True)
    Installation.objects.filter(pk=1).update(is_demo=True)
    _log_in(client)
    assert _inside(client)

    Installation.objects.filter(pk=1).update(is_demo=False)

    assert not _inside(client)
    assert _log_in(Client()).status_code == 200


def test_it_gives_known_passwords_only_in_a_demonstration(county):
    with pytest.raises(Refused, match="demonstration"):
        set_demo_passwords(by=county.officer("admin"), at=MONDAY)
    Installation.objects.update(is_demo=True)
    Officer.objects.update(is_demo=True)

    count = set_demo_passwords(by=county.officer("admin"), at=MONDAY)

    assert count == Officer.objects.count() - 1
    assert not county.officer("engine").has_usable_password()
    assert county.officer("lead").check_password(DEMO_PASSWORD)


def test_it_lists_the_accounts_of_a_demonstration_and_of_nothing_else(client, lead):
    page = client.get(reverse("access:log_in")).content.decode()
    assert "mingxi-demo" not in page
    Installation.objects.update(is_demo=True)
    Officer.objects.filter(pk=lead.pk).update(is_demo=True)

    page = client.get(reverse("access:log_in") + "?as=lead").content.decode()

    assert DEMO_PASSWORD in page and 'value="lead"' in page


def test_it_opens_one_page_with_a_one_time_password(client, lead, county):
    password = issue_one_time_password(by=county.officer("admin"), at=clock.now(), officer=lead)
    assert _log_in(client, password=password).status_code == 302

    assert client.get(reverse("access:log")).url == reverse("access:password")
    assert client.get(reverse("access:password")).status_code == 200
    client.post(reverse("access:password"), {"old": password, "new": GOOD + "x", "again": GOOD + "x"})

    assert _inside(client)


def test_it_does_not_open_with_a_one_time_password_that_lay_around(client, lead, county):
    password = issue_one_time_password(
        by=county.officer("admin"), at=clock.now() - timedelta(days=8), officer=lead
    )

    assert _log_in(client, password=password).status_code == 200


def test_it_changes_the_password_and_ends_other_sessions(client, lead):
    other = Client()
    _log_in(client)
    _log_in(other)

    client.post(reverse("access:password"), {"old": GOOD, "new": GOOD + "y", "again": GOOD + "y"})

    assert _inside(client) and not _inside(other)
    assert [event.verb for event in events_of("officer", lead.pk)] == ["access.choose_password"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("wrong", GOOD + "z", "access.old_password"),
        (GOOD, GOOD, "access.same_password"),
        (GOOD, "short", "access.weak_password"),
        (GOOD, "password123", "access.weak_password"),
    ],
)
def test_it_refuses_a_password_that_will_not_do(lead, old, new, code):
    with pytest.raises(Refused) as refused:
        choose_password(by=lead, at=TUESDAY, old=old, new=new)
    assert refused.value.code == code


def test_it_refuses_a_mistyped_repetition(client, lead):
    _log_in(client)

    answer = client.post(reverse("access:password"), {"old": GOOD, "new": GOOD + "y", "again": GOOD + "x"})

    assert answer.status_code == 200
    assert Officer.objects.get(pk=lead.pk).check_password(GOOD)
