"""Whoever holds a printed certificate sees whether it stands and how to check it, without an account, and nothing besides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.accountability.facts import Facts
from jiandi.rooms.assurance import actions, checking
from jiandi.rooms.assurance.models import Certificate, Draw, Recheck, Throw
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person
from jiandi.rooms.screening.models import Campaign, Expected, Form, Visit, VisitTask

NOTE = "复核表与原件核对后不一致"


def issued(county, at, number):
    """A certificate of a round of the county, with its look of one re-visit."""
    form = Form.objects.first() or Form.objects.create(
        form_id="visit", version="2026110101", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh="秋季", title_en="Autumn", place_id=county.COUNTY, form=form, reference_on="2026-11-02", starts_on="2026-11-03",
        ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    draw = Draw.objects.create(
        campaign=campaign, made_at=county.MONDAY, made_by=county.officer("overseer"), frame_size=5000, frame_root=f"{number}" * 64,
        seed_commitment="b" * 64, machine_commitment="c" * 64, seed_sealed=b"", seed_revealed="d" * 64 + "|1234|5612",
        revealed_at=county.FRIDAY, plan=[[284, 0], [547, 1]], claim_per_10000=100,
    )  # fmt: skip
    Throw.objects.create(draw=draw, officer=county.officer("lead"), thrown_at=county.MONDAY, dice_sealed=b"")
    where = {"village_id": county.VILLAGE_A1, "town_id": county.TOWN_A, "county_id": county.COUNTY}
    person = Person.objects.create(code=f"P{number}", name="某某", **where)
    task = VisitTask.objects.create(code=f"T{number}", campaign=campaign, **where)
    visit = Visit.objects.create(
        instance_id=f"u{number}", body=b"", sha256=b"1", received_at=at, channel="web", state="kept"
    )
    claim = Expected.objects.create(task=task, person=person, outcome="seen", visit=visit, **where)
    Recheck.objects.create(draw=draw, expected=claim, original=visit, ticket="1", result="true", **where)
    return Certificate.objects.create(
        draw=draw, look=1, issued_at=at, issued_by=county.officer("overseer"), sampled=284, false_found=0, unresolved=2, excused=1,
        bound_per_10000=123.4, bound_without_unresolved_per_10000=99.0, claim_holds=False, sentence_zh="复核284项", sentence_en="284 random re-visits",
        not_covered_zh="不涵盖", not_covered_en="Out of frame", villages=[[county.VILLAGE_A1, 100, 6, 0, 39]], log_size=7, log_root="e" * 64,
    )  # fmt: skip


@pytest.fixture
def certificate(county):
    return issued(county, county.THURSDAY, 1)


def address(certificate):
    return f"/assurance/check/{certificate.pk}/{checking.code_of(certificate)}/"


def withdrawn(county, certificate, **said):
    said = {"why": "revisits", "note": NOTE} | said
    by = said.pop("by", county.officer("overseer"))
    return actions.withdraw_certificate(by=by, at=county.FRIDAY, certificate=certificate, **said)


def test_anybody_sees_the_sentence_the_root_and_that_it_stands(certificate, client):
    answer = client.get(address(certificate))
    page = answer.content.decode()

    assert answer.status_code == 200 and "有效" in page and "Valid." in page
    for said in (
        certificate.sentence_zh,
        certificate.sentence_en,
        certificate.log_root,
        certificate.draw.frame_root,
        "log verify",
    ):
        assert said in page
    assert "--size 284" in page and checking.log_key() in page


def test_it_keeps_no_trace_of_who_looks_and_any_cache_may_answer(
    certificate, client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        answer = client.get(address(certificate))

    assert answer["Cache-Control"] == "public, max-age=300" and not answer.cookies
    assert answer.get("Vary", "Cookie") == "Cookie"  # who brings none is one and the same reader to any cache
    assert "<script" not in answer.content.decode() and "csrf" not in answer.content.decode()
    assert client.post(address(certificate)).status_code == 405


def test_it_says_nothing_that_is_not_on_the_paper(county, certificate, client):
    withdrawn(county, certificate)
    page = client.get(address(certificate)).content.decode()

    people = {one.name for one in (county.officer("overseer"), county.officer("lead"))}
    villages = set(Place.objects.filter(level__gte=4).values_list("name", flat=True))
    assert not any(word in page for word in people | villages | {NOTE, "某某", "秋季", "39%"})


@pytest.mark.parametrize("wrong", ["code", "number", "letters"])
def test_a_wrong_code_is_answered_like_a_number_that_does_not_exist(certificate, client, wrong):
    number, code = certificate.pk, checking.code_of(certificate)
    tried = {"code": (number, "0" * 24), "number": (number + 1, code), "letters": (number, "zz")}[wrong]
    nobody = client.get("/assurance/check/999999/000000000000000000000000/")
    answer = client.get("/assurance/check/{}/{}/".format(*tried))

    assert answer.status_code == nobody.status_code == 404


def test_a_figure_changed_behind_our_back_opens_no_page_any_more(certificate, client):
    printed = address(certificate)
    Certificate.objects.filter(pk=certificate.pk).update(bound_per_10000=12.3)

    assert client.get(printed).status_code == 404


def test_a_later_certificate_of_the_place_supersedes_it(county, certificate, client):
    later = issued(county, county.FRIDAY + timedelta(days=30), 2)
    page = client.get(address(certificate)).content.decode()

    assert "2026-12-06" in page and "its own round only" in page
    assert checking.code_of(later) not in page and "Valid." in client.get(address(later)).content.decode()
    withdrawn(county, later)
    assert "Valid." in client.get(address(certificate)).content.decode()


def test_a_withdrawn_certificate_says_so_to_everybody_and_is_cited_nowhere(county, certificate, client):
    overseer = county.officer("overseer")
    client.force_login(overseer)
    assert certificate.sentence_zh in client.get("/").content.decode()
    said = {"why": "figures", "note": NOTE}
    assert client.post(f"/assurance/certificate/{certificate.pk}/withdraw/", said).status_code == 302
    inside = client.get(f"/assurance/certificate/{certificate.pk}/").content.decode()
    assert certificate.sentence_zh not in client.get("/").content.decode()
    client.logout()

    assert "已于2026" in inside and "数字有误" in inside
    page = client.get(address(certificate)).content.decode()
    assert "a figure is wrong" in page and "must not be cited" in page and "Valid." not in page
    assert Facts(county.FRIDAY).certificate is None
    event = Event.objects.get(verb="assurance.withdraw_certificate")
    assert event.payload == {"why": "figures", "note_length": len(NOTE)}


def test_it_refuses_to_withdraw_lightly_or_twice(county, certificate):
    for said, why in (
        ({"by": county.officer("lead")}, "Your role"),
        ({"why": "they are liars"}, "Choose the reason"),
        ({"note": "错"}, "Choose the reason"),
    ):
        with pytest.raises(Refused, match=why):
            withdrawn(county, certificate, **said)
    withdrawn(county, certificate)
    with pytest.raises(Refused, match="already"):
        withdrawn(county, certificate)


def test_the_database_holds_who_withdrew_and_why(certificate, county):
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(withdrawn_at=county.FRIDAY)


def test_the_code_on_the_paper_opens_the_page_and_holds_the_figures_itself(county, certificate, client):
    client.force_login(county.officer("lead"))
    inside = client.get(f"/assurance/certificate/{certificate.pk}/").content.decode()
    held = checking.qr_content(certificate, f"http://testserver{address(certificate)}")

    assert f"http://testserver{address(certificate)}" in inside
    assert held.startswith(f"http://testserver{address(certificate)}#") and " " not in held
    assert "n.284" in held and certificate.log_root in held and certificate.draw.frame_root in held
