"""The pages: who gets them, in both languages, and the steps taken on them."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jiandi.rooms.access.models import Event, Installation
from jiandi.rooms.cases import actions, queries
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.cases.tests import cast


@pytest.fixture
def today(county):
    """The console's clock stands at Friday morning."""
    Installation.objects.filter(pk=1).update(is_demo=True, simulated_now=county.FRIDAY)
    return county


def page(client, county, username, url, language="zh"):
    client.force_login(county.officer(username))
    client.cookies["jiandi_language"] = language
    return client.get(url)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_shows_every_page_in_both_languages(today, client, language):
    outcome = cast.proposed()
    case, referral = outcome.case, outcome.case.referrals.get()
    pages = [
        ("lead", reverse("cases:cases")),
        ("lead", reverse("cases:case", args=[case.pk])),
        ("lead", reverse("cases:plan", args=[case.pk])),
        ("lead", reverse("cases:refer", args=[case.pk])),
        ("lead", reverse("cases:person_file", args=[case.pk])),
        ("lead", reverse("cases:extract", args=[case.pk, case.subjects.get().pk])),
        ("lead", reverse("cases:supervise", args=[case.pk])),
        ("lead", reverse("cases:referral", args=[referral.pk])),
        ("handler_health", reverse("cases:inbox")),
        ("handler_health", reverse("cases:referral", args=[referral.pk])),
        ("inspector_b", reverse("cases:to_verify")),
        ("inspector_b", reverse("cases:verify", args=[case.pk])),
        ("inspector_b", reverse("cases:look_backs")),
    ]
    for username, url in pages:
        response = page(client, today, username, url, language)
        assert response.status_code == 200, url
        text = response.content.decode()
        assert (
            ("办理" in text) == (language == "zh") or "Cases" in text or username.startswith("inspector")
        ), url
        assert " style=" not in text, url


@pytest.mark.parametrize(
    "name",
    [
        "cases:cases",
        "cases:inbox",
        "cases:to_verify",
        "cases:look_backs",
        "cases:ledger",
        "cases:inbox_ledger",
    ],
)
def test_it_requires_a_log_in(county, client, name):
    response = client.get(reverse(name))

    assert response.status_code == 302 and "log-in" in response.url


@pytest.mark.parametrize(
    ("name", "username"),
    [
        ("cases:cases", "grid_b1"),
        ("cases:cases", "inspector_b"),
        ("cases:inbox", "lead"),
        ("cases:to_verify", "handler_civil"),
        ("cases:look_backs", "lead"),
        ("cases:ledger", "handler_civil"),
        ("cases:inbox_ledger", "grid_b1"),
    ],
)
def test_it_requires_a_role(today, client, name, username):
    assert page(client, today, username, reverse(name)).status_code == 403


def test_it_opens_a_case_from_an_alert(today, client):
    alert = cast.alert(cast.person())
    url = reverse("cases:open_from_alert", args=[alert.pk])
    assert page(client, today, "lead", url).status_code == 200

    response = client.post(url, {"owner_unit": today.unit("明溪县民政局").pk})

    assert response.url == Case.objects.get().get_absolute_url()


def test_it_does_not_offer_walled_units_to_own_the_case(today, client):
    alert = cast.alert(cast.person(), implicated=("清溪镇人民政府",))

    text = page(client, today, "lead", reverse("cases:open_from_alert", args=[alert.pk])).content.decode()

    assert "柳树镇人民政府" in text
    assert "清溪镇人民政府" not in text and "石桥村村民委员会" not in text


def test_it_walks_a_case_through_the_pages(today, client):
    case = cast.case()
    step = lambda name: reverse("cases:step", args=[case.pk, name])  # noqa: E731
    page(client, today, "lead", case.get_absolute_url())

    client.post(step("assess"))
    client.post(
        reverse("cases:plan", args=[case.pk]),
        {
            "assessment": "需要治疗",
            "safety": cast.SAFETY,
            "measure-TOTAL_FORMS": "1",
            "measure-INITIAL_FORMS": "0",
            "measure-0-kind": "medical",
            "measure-0-what": "体检",
            "measure-0-unit": today.unit("明溪县卫生健康局").pk,
            "measure-0-due_on": "",
        },
    )
    client.post(step("wish"), {"subject": case.subjects.get().pk, "words": "我想看病", "asked_alone": "yes"})
    client.post(
        reverse("cases:refer", args=[case.pk]),
        {
            "unit": today.unit("明溪县卫生健康局").pk,
            "kind": "medical",
            "clock": "referral.answer",
            "ask": "请安排体检",
            "sections": ["who"],
        },
    )
    case.refresh_from_db()
    assert (case.state, case.subjects.get().own_wish) == ("active", "我想看病")

    referral = case.referrals.get()
    page(client, today, "handler_health", referral.get_absolute_url())
    client.post(reverse("cases:move", args=[referral.pk, "accept"]))
    client.post(reverse("cases:move", args=[referral.pk, "answer"]), {"answer": "已体检并开始治疗"})
    page(client, today, "lead", referral.get_absolute_url())
    client.post(reverse("cases:move", args=[referral.pk, "confirm"]))
    client.post(step("outcome"), {"result": "treated", "summary": "已治疗,住处安全"})
    page(client, today, "inspector_b", reverse("cases:verify", args=[case.pk]))
    client.post(
        reverse("cases:verify", args=[case.pk]),
        {"met_person": "yes", "met_alone": "yes", "own_words": "好多了", "holds": "yes"},
    )
    page(client, today, "lead", case.get_absolute_url())
    client.post(step("close"))

    case.refresh_from_db()
    assert (case.state, case.look_backs.count()) == ("closed", 2)


def test_a_refusal_is_shown_as_its_sentence(today, client):
    case = cast.sent().case
    page(client, today, "lead", case.get_absolute_url())

    response = client.post(
        reverse("cases:step", args=[case.pk, "outcome"]),
        {"result": "cannot_locate", "summary": "多次查找"},
        follow=True,
    )

    assert "不能销号" in response.content.decode()


def test_an_unknown_step_is_no_page(today, client):
    case = cast.case()
    page(client, today, "lead", case.get_absolute_url())

    assert client.post(f"/cases/{case.pk}/delete/").status_code == 404


def test_reading_a_case_is_on_record_once_a_sitting(today, client):
    case = cast.case()

    page(client, today, "lead", case.get_absolute_url())
    page(client, today, "lead", case.get_absolute_url())
    page(client, today, "lead", reverse("cases:person_file", args=[case.pk]))

    read = Event.objects.filter(verb="cases.note_reading", subject_id=case.pk)
    assert [event.payload["part"] for event in read.order_by("id")] == ["case", "person file"]


def test_the_ledger_names_no_person(today, client):
    cast.verified()

    response = page(client, today, "lead", reverse("cases:ledger"))

    cells = [
        str(cell) for row in load_workbook(io.BytesIO(response.content)).active.values for cell in row if cell
    ]
    assert any(Case.objects.get().number in cell for cell in cells)
    assert not any("甄三妹" in cell for cell in cells)
    assert any("杜二" in cell for cell in cells)


def test_the_inbox_ledger_lists_the_units_own(today, client):
    referral = cast.sent()

    cells = [
        str(cell)
        for row in load_workbook(
            io.BytesIO(page(client, today, "handler_health", reverse("cases:inbox_ledger")).content)
        ).active.values
        for cell in row
    ]

    assert f"Z{referral.pk}" in cells


def test_the_extract_says_nothing_of_the_case(today, client):
    case = cast.case()

    text = page(
        client, today, "lead", reverse("cases:extract", args=[case.pk, case.subjects.get().pk])
    ).content.decode()

    letter = text.split('<article class="letter">')[1]
    assert case.number not in letter and case.code_name not in letter


def test_it_shows_an_ended_referral_without_what_it_carried(today, client):
    referral = cast.sent()
    actions.revoke_referral(
        by=today.officer("lead"), at=today.TUESDAY, referral=referral, reason="person_declined"
    )

    text = page(client, today, "handler_health", referral.get_absolute_url()).content.decode()

    assert "甄三妹" not in text
    assert Referral.objects.get().state == "revoked"


def test_the_inbox_pages_by_deadline(today, client):
    case = cast.planned()
    sent = sorted((cast.sent(today.MONDAY, opened=case) for _ in range(3)), key=lambda one: one.pk)

    every = queries.by_deadline(Referral.objects.all())
    rest = queries.by_deadline(Referral.objects.all(), str(sent[0].pk))

    assert [one.pk for one in every] == [one.pk for one in sent]
    assert [one.pk for one in rest] == [one.pk for one in sent[1:]]
