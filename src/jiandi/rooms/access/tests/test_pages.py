"""The pages: who may open them, what stands on them, in both languages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiandi.rooms.access import actions, clock, journal
from jiandi.rooms.access.actions_glass import break_glass
from jiandi.rooms.access.models import BreakGlass, Grant, Officer, Unit, WallEntry
from jiandi.rooms.access.recording import record
from jiandi.rooms.access.tests.test_import_officers import _book
from jiandi.rooms.register.models import Person
from tests.people import COUNTY, MONDAY, TOWN_A, TOWN_B, VILLAGE_B1

pytestmark = pytest.mark.django_db

ADMIN_PAGES = ["officers", "new_officer", "import_officers", "units"]
LOG_PAGES = ["log", "checkpoints", "export_log"]


def _as(client, county, username, language="en"):
    client.force_login(county.officer(username))
    client.cookies["jiandi_language"] = language
    return client


@pytest.mark.parametrize("name", [*ADMIN_PAGES, *LOG_PAGES, "notices", "ties", "password", "glass", "walls"])
def test_it_requires_a_log_in(client, county, name):
    answer = client.get(reverse(f"access:{name}"))

    assert answer.status_code == 302 and reverse("access:log_in") in answer.url


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_it_requires_an_administrator(client, county, name):
    assert _as(client, county, "lead").get(reverse(f"access:{name}")).status_code == 403
    assert _as(client, county, "admin").get(reverse(f"access:{name}")).status_code == 200


@pytest.mark.parametrize("name", LOG_PAGES)
def test_it_requires_a_reader_of_the_log(client, county, name):
    journal.checkpoint(at=MONDAY)
    assert _as(client, county, "grid_a1").get(reverse(f"access:{name}")).status_code == 403
    for language in ("zh", "en"):
        assert _as(client, county, "overseer", language).get(reverse(f"access:{name}")).status_code == 200


def test_it_requires_an_overseer_for_walls(client, county):
    assert _as(client, county, "handler_civil").get(reverse("access:walls")).status_code == 403
    assert _as(client, county, "overseer").get(reverse("access:walls")).status_code == 200


def test_it_requires_a_role_for_emergency_access(client, county):
    assert _as(client, county, "press").get(reverse("access:glass")).status_code == 403
    assert _as(client, county, "township_a").get(reverse("access:glass")).status_code == 200


def test_it_shows_the_log_without_matters_one_is_walled_off_from(client, county):
    place = county.unit("清溪镇人民政府").place
    unit = county.unit("明溪县民政局")
    wall = actions.raise_wall(
        by=county.officer("overseer"), at=MONDAY, reason="x", entries=[(county.officer("lead"), "亲属")]
    )
    record("cases.open_case", by=county.officer("overseer"), at=MONDAY, subject=unit, place=place, wall=wall)
    record("places.import_divisions", by=county.officer("admin"), at=MONDAY, subject=place, place=place)

    seen = _as(client, county, "lead").get(reverse("access:log")).content.decode()
    all_seen = _as(client, county, "overseer").get(reverse("access:log")).content.decode()

    rows = seen.split("<tbody>")[1]
    assert "Import divisions" in rows and "Open a case" not in rows
    assert "Open a case" in all_seen.split("<tbody>")[1]


def test_it_filters_pages_and_exports_the_log(client, county):
    unit = county.unit("明溪县民政局")
    for number in range(60):
        record(
            "places.count",
            by=county.officer("lead"),
            at=MONDAY,
            subject=unit,
            place=unit.place,
            payload={"n": number},
        )
    page = _as(client, county, "overseer").get(
        reverse("access:log"), {"room": "places", "who": "lead", "on": "2026-11-02"}
    )

    assert page.content.decode().count("places.count") == 50
    following = page.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert client.get(reverse("access:log") + following).content.decode().count("places.count") == 10
    export = client.get(reverse("access:log"), {"excel": 1})
    assert export["Content-Type"].startswith("application/vnd.openxml")


def test_it_answers_unknown_and_walled_events_alike(client, county):
    unit = county.unit("明溪县民政局")
    wall = actions.raise_wall(
        by=county.officer("overseer"), at=MONDAY, reason="x", entries=[(county.officer("lead"), "亲属")]
    )
    event = record("cases.open_case", by=None, at=MONDAY, subject=unit, place=unit.place, wall=wall)
    client = _as(client, county, "lead")

    walled = client.get(reverse("access:event", args=[event.pk]))
    unknown = client.get(reverse("access:event", args=[999_999]))

    assert walled.status_code == unknown.status_code == 404
    said = [answer.content.decode().split("<main")[1].split("</main>")[0] for answer in (walled, unknown)]
    assert said[0] == said[1]


def test_it_gives_the_proof_of_an_event(client, county):
    unit = county.unit("明溪县民政局")
    event = record("places.count", by=county.officer("lead"), at=MONDAY, subject=unit, place=unit.place)
    journal.checkpoint(at=MONDAY)
    client = _as(client, county, "overseer")

    assert client.get(reverse("access:event", args=[event.pk])).status_code == 200
    proof = client.get(reverse("access:event", args=[event.pk]) + "?proof").json()
    assert journal.verify_proof(proof, name=journal.origin(), key=journal.public_key())


def test_it_shows_a_checkpoint_as_a_picture_and_a_text_to_anybody(client, county):
    size = journal.checkpoint(at=MONDAY).size

    assert client.get(reverse("access:checkpoint_qr", args=[size])).content.startswith(b"<svg")
    assert client.get(reverse("access:checkpoint_text", args=[size])).content.decode().startswith("jiandi")
    assert client.get(reverse("access:checkpoint_text", args=[77])).status_code == 404


def test_it_adds_an_officer_grants_a_role_and_takes_it_back(client, county):
    client = _as(client, county, "admin")
    unit = county.unit("明溪县民政局")
    answer = client.post(reverse("access:new_officer"), {"username": "xin", "name": "辛一", "unit": unit.pk})
    assert answer.url == reverse("access:officer", args=["xin"])
    client.post(reverse("access:grant_role", args=["xin"]), {"role": "handler", "place": COUNTY})
    grant = Grant.objects.get(officer__username="xin")

    page = client.get(reverse("access:officer", args=["xin"])).content.decode()
    assert "Department handler" in page
    client.post(reverse("access:revoke_role", args=["xin", grant.pk]), {"reason": "调岗"})

    assert Grant.objects.get(pk=grant.pk).revoked_at


def test_it_says_in_the_form_why_something_is_refused(client, county):
    client = _as(client, county, "admin")
    unit = county.unit("明溪县民政局")

    taken = client.post(reverse("access:new_officer"), {"username": "lead", "name": "辛一", "unit": unit.pk})
    assert "is taken" in taken.content.decode()
    own = client.post(reverse("access:grant_role", args=["admin"]), {"role": "lead", "place": COUNTY})
    assert own.status_code == 400
    leaving = county.officer("grid_a1")
    kept = client.post(reverse("access:hand_over", args=["grid_a1"]), {"to": leaving.pk, "reason": "调离"})
    assert kept.status_code == 400 and Officer.objects.get(pk=leaving.pk).is_active


def test_it_shows_a_one_time_password_once(client, county):
    client = _as(client, county, "admin")

    page = client.post(reverse("access:one_time_password", args=["lead"])).content.decode()

    password = page.split("<code>")[1].split("</code>")[0]
    assert Officer.objects.get(username="lead").check_password(password)
    assert password not in client.get(reverse("access:officer", args=["lead"])).content.decode()


def test_it_closes_an_account_from_its_page(client, county):
    client = _as(client, county, "admin")

    client.post(
        reverse("access:hand_over", args=["grid_a1"]), {"to": county.officer("grid_b1").pk, "reason": "调离"}
    )

    assert not Officer.objects.get(username="grid_a1").is_active
    assert "葛一" in client.get(reverse("access:officers") + "?closed=yes").content.decode()
    assert "葛一" not in client.get(reverse("access:officers")).content.decode()


def test_it_lists_and_exports_officers(client, county):
    client = _as(client, county, "admin")

    page = client.get(reverse("access:officers"), {"hint": "清溪", "role": "township"}).content.decode()
    assert "清一" in page and "柳一" not in page
    assert client.get(reverse("access:officers"), {"excel": 1})["Content-Type"].startswith("application/vnd")


def test_it_reads_the_list_and_names_what_it_left_out(client, county):
    client = _as(client, county, "admin")
    book = _book(people=[["bad name", "甲", "清溪派出所", "网格员", "990101", ""]])
    page = client.post(reverse("access:import_officers"), {"file": SimpleUploadedFile("officers.xlsx", book)})

    assert "Sheet 人员, row 3" in page.content.decode()
    refused = client.post(reverse("access:import_officers"), {"file": SimpleUploadedFile("x.xlsx", b"no")})
    assert "cannot be read" in refused.content.decode()


def test_it_adds_a_unit_from_its_page(client, county):
    client = _as(client, county, "admin")

    client.post(
        reverse("access:units"),
        {
            "name": "清溪镇平安办",
            "kind": "other",
            "place": TOWN_A,
            "parent": county.unit("清溪镇人民政府").pk,
        },
    )

    assert Unit.objects.filter(name="清溪镇平安办").exists()
    assert (
        "already a unit"
        in client.post(
            reverse("access:units"), {"name": "清溪镇平安办", "kind": "other", "place": TOWN_A}
        ).content.decode()
    )


def test_it_opens_and_reviews_an_emergency_from_the_pages(client, county):
    person = Person.objects.create(
        code="HK7QB2", name="白一", county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1
    )
    asked = {"kind": "person", "code": "HK7QB2", "reason": "家属来电,老人无人应答", "danger": "on"}
    township = _as(client, county, "township_a")
    assert township.post(reverse("access:glass"), asked).status_code == 302
    glass = BreakGlass.objects.get(subject_id=person.pk)

    overseer = _as(client, county, "overseer")
    assert "白一" not in overseer.get(reverse("access:glass")).content.decode()
    overseer.post(
        reverse("access:review_glass", args=[glass.pk]), {"is_proper": "yes", "verdict": "情况属实"}
    )

    assert BreakGlass.objects.get().reviewed_by == county.officer("overseer")


def test_it_says_the_same_of_unknown_and_walled_things_when_asked_to_open_them(client, county):
    township = county.officer("township_a")
    wall = actions.raise_wall(
        by=county.officer("lead"), at=MONDAY, reason="x", entries=[(township.unit, "涉及")]
    )
    Person.objects.create(
        code="HK7QB2", name="白一", county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1, wall=wall
    )
    client = _as(client, county, "township_a")
    asked = {"kind": "person", "reason": "家属来电,老人无人应答", "danger": "on"}

    walled = client.post(reverse("access:glass"), asked | {"code": "HK7QB2"}).content.decode()
    unknown = client.post(reverse("access:glass"), asked | {"code": "HK7QB9"}).content.decode()

    assert "not yours to see" in walled
    assert walled.split("wrong")[1][:200] == unknown.split("wrong")[1][:200]
    assert not BreakGlass.objects.exists()


def test_it_decides_a_request_from_the_pages(client, county):
    person = Person.objects.create(
        code="HK7QB2", name="白一", county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1
    )
    at = clock.now()
    first, second = (
        break_glass(
            by=county.officer("township_a"),
            at=at,
            subject=person,
            reason="核对两镇边界住户登记",
            danger_to_life=False,
        )
        for _ in range(2)
    )
    client = _as(client, county, "overseer")

    client.post(reverse("access:decide_glass", args=[first.pk]), {"approve": "yes"})
    client.post(reverse("access:decide_glass", args=[second.pk]), {"approve": "no", "reason": "请柳树镇办"})

    assert BreakGlass.objects.get(pk=first.pk).approved_by == county.officer("overseer")
    assert BreakGlass.objects.get(pk=second.pk).verdict == "请柳树镇办"
    assert client.get(reverse("access:glass")).status_code == 200
    assert client.post(reverse("access:decide_glass", args=[999]), {"approve": "yes"}).status_code == 404


def test_it_takes_a_wall_down_from_the_pages_by_two(client, county):
    wall = actions.raise_wall(
        by=county.officer("lead"), at=MONDAY, reason="x", entries=[(county.unit("明溪县民政局"), "签发")]
    )
    second = Officer.objects.create(username="overseer_2", name="甄二", unit=county.unit("望川市巡查组"))
    second.grants.create(role="overseer", place_id=990100000000, starts_on=MONDAY.date())
    entry = wall.entries.get()
    _as(client, county, "overseer").post(
        reverse("access:remove_wall_entry", args=[entry.pk]), {"reason": "查明与该单位无关"}
    )

    client.force_login(second)
    assert "Confirm" in client.get(reverse("access:walls")).content.decode()
    client.post(reverse("access:remove_wall_entry", args=[entry.pk]), {"confirm": "yes"})

    assert WallEntry.objects.get(pk=entry.pk).removed_at


def test_it_declares_a_tie_and_reads_notices(client, county):
    Person.objects.create(code="HK7QB2", name="白一", county_id=COUNTY, town_id=TOWN_B, village_id=VILLAGE_B1)
    client = _as(client, county, "grid_b1")

    client.post(reverse("access:ties"), {"code": "hk7qb2", "tie": "表兄"})
    assert "表兄" in client.get(reverse("access:ties")).content.decode()
    assert client.post(reverse("access:ties"), {"code": "none", "tie": "表兄"}).status_code == 200
    assert client.post(reverse("access:notices")).status_code == 302
