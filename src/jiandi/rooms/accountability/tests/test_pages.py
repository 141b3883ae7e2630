"""The pages: who gets them, in both languages, and the steps on them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiandi.rooms.access.models import Installation
from jiandi.rooms.accountability import actions
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.cases.tests import cast


@pytest.fixture
def found(county):
    """Three weeks later a referral lies untouched, and the promises are computed."""
    later = county.MONDAY + timedelta(days=21)
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=later)
    cast.sent()
    engine = county.officer("engine")
    actions.compute_faults(by=engine, at=later)
    actions.compute_commitments(by=engine, at=later)
    return Fault.objects.get()


def page(client, county, username, url, language="zh"):
    client.force_login(county.officer(username))
    client.cookies["jiandi_language"] = language
    return client.get(url)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_shows_every_page_in_both_languages(found, county, client, language):
    order = actions.issue_order(
        by=county.officer("lead"),
        at=county.MONDAY,
        unit=found.unit,
        item="转办超期",
        requirement="三日内办结",
        due_on=county.FRIDAY.date(),
        fault=found,
    )
    pages = [
        reverse("accountability:units"),
        reverse("accountability:units") + "?kind=health",
        reverse("accountability:unit", args=[found.unit_id]),
        reverse("accountability:fault", args=[found.pk]),
        reverse("accountability:orders"),
        reverse("accountability:order", args=[order.pk]),
        reverse("accountability:issue") + f"?fault={found.pk}",
        reverse("accountability:commitments"),
        reverse("accountability:commitments") + "?state=cannot_be_shown",
        reverse("accountability:commitment", args=["D10"]),
    ]
    for url in pages:
        response = page(client, county, "lead", url, language)
        assert response.status_code == 200, url
        assert " style=" not in response.content.decode(), url


@pytest.mark.parametrize(
    "name",
    ["units", "faults_ledger", "orders", "orders_ledger", "issue", "commitments", "commitments_ledger"],
)
def test_it_requires_a_log_in(county, client, name):
    response = client.get(reverse(f"accountability:{name}"))

    assert response.status_code == 302 and "log-in" in response.url


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("units", "grid_a1"),
        ("faults_ledger", "handler_health"),
        ("orders", "hotline"),
        ("orders_ledger", "handler_health"),
        ("issue", "overseer"),
        ("commitments", "grid_a1"),
        ("commitments_ledger", "hotline"),
    ],
)
def test_it_requires_a_role(county, client, name, username):
    assert page(client, county, username, reverse(f"accountability:{name}")).status_code == 403


def test_a_unit_sees_itself_and_replies(found, county, client):
    text = page(client, county, "handler_health", reverse("accountability:units")).content.decode()
    assert "明溪县卫生健康局" in text and "明溪县民政局" not in text
    page(client, county, "handler_health", found.get_absolute_url())

    client.post(reverse("accountability:move", args=[found.pk, "reply"]), {"text": "当日系统故障"})

    found.refresh_from_db()
    assert (found.state, found.replies.get().text) == ("replied", "当日系统故障")


def test_another_unit_finds_nothing(found, county, client):
    for url in (
        found.get_absolute_url(),
        reverse("accountability:unit", args=[found.unit_id]),
    ):
        assert page(client, county, "handler_civil", url).status_code == 404
    assert (
        client.post(reverse("accountability:move", args=[found.pk, "reply"]), {"text": "x"}).status_code
        == 404
    )


def test_the_overseer_decides(found, county, client):
    page(client, county, "handler_health", found.get_absolute_url())
    client.post(reverse("accountability:move", args=[found.pk, "reply"]), {"text": "当日系统故障"})
    page(client, county, "overseer", found.get_absolute_url())

    client.post(
        reverse("accountability:move", args=[found.pk, "decide"]), {"upheld": "no", "reason": "说明成立"}
    )

    found.refresh_from_db()
    assert found.state == "withdrawn"


def test_the_lead_issues_and_the_unit_answers(found, county, client):
    url = reverse("accountability:issue") + f"?fault={found.pk}"
    page(client, county, "lead", url)
    client.post(
        url, {"unit": found.unit_id, "item": "转办超期", "requirement": "三日内办结", "due_on": "2026-12-01"}
    )
    order = SupervisionOrder.objects.get()
    page(client, county, "handler_health", order.get_absolute_url())
    client.post(order.get_absolute_url(), {"reply": "已办结,附说明"})
    page(client, county, "lead", order.get_absolute_url())
    client.post(order.get_absolute_url(), {"result": "已完成整改"})

    order.refresh_from_db()
    assert order.closed_at is not None
    assert page(client, county, "lead", reverse("accountability:orders_ledger")).status_code == 200
    assert page(client, county, "lead", reverse("accountability:faults_ledger")).status_code == 200


def test_an_unknown_promise_or_step_is_no_page(found, county, client):
    assert page(client, county, "lead", reverse("accountability:commitment", args=["X99"])).status_code == 404
    assert (
        client.post(reverse("accountability:move", args=[found.pk, "delete"]), {"text": "abcd"}).status_code
        == 404
    )
