"""Nobody's rosters are compared without a signed permission that says who allowed it, what for, which ones, how long."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.papers import kind_of_paper
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.register import actions
from jiandi.rooms.register.models import MatchRun
from jiandi.rooms.register.models_authority import Authorisation, in_force, widest_in_force
from jiandi.rooms.register.policies_authority import MOST_BYTES
from jiandi.rooms.register.tests import cast
from tests import people
from tests.stories.reading import it_is

pytestmark = pytest.mark.usefixtures("county")
SIGNED = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x7f\xff\xd9"
PAPER = actions.Paper("授权书.pdf", SIGNED)


def authorise(number: str = "授〔2026〕9号", **more: object) -> Authorisation:
    said = {
        "issued_by": "明溪县工作专班", "signed_by": "方首", "signed_office": "组长", "purpose": "核清底数",
        "starts_on": date(2026, 11, 1), "ends_on": date(2026, 12, 31), "document": PAPER,
    }  # fmt: skip
    return actions.authorise(by=people.officer("lead"), at=people.MONDAY, number=number, **(said | more))


def posted(**more: object) -> dict[str, object]:
    """What the console's form sends when everything is filled in."""
    said = {
        "number": "授〔2026〕9号", "issued_by": "明溪县工作专班", "signed_by": "方首", "signed_office": "组长", "purpose": "核清底数",
        "all_kinds": "on", "starts_on": "2026-11-01", "ends_on": "2026-12-31", "document": SimpleUploadedFile("授权书.pdf", SIGNED),
    }  # fmt: skip
    return {name: value for name, value in (said | more).items() if value is not None}


@pytest.fixture
def lead(client: Client) -> Client:
    it_is(people.WEDNESDAY)
    client.force_login(people.officer("lead"))
    return client


def test_it_keeps_the_signed_paper_sealed_and_says_in_the_log_which_one_it_was() -> None:
    made = authorise(kinds=["hukou", "dibao"])

    digest = hashlib.sha256(SIGNED).hexdigest()
    assert (made.document_sha256, made.document_kind, made.document_bytes) == (digest, "pdf", len(SIGNED))
    assert sealing.read_file(digest) == SIGNED
    assert SIGNED not in sealing.sealed_path(digest).read_bytes()
    event = Event.objects.get(verb="register.authorise")
    assert event.payload["document"] == digest
    assert event.payload["signed"] == ["明溪县工作专班", "组长", "方首"]
    assert event.payload["kinds"] == ["hukou", "dibao"]


@pytest.mark.parametrize("missing", ["issued_by", "signed_by", "signed_office"])
def test_it_refuses_a_permission_nobody_answers_for(missing: str) -> None:
    with pytest.raises(Refused, match="signer_missing"):
        authorise(**{missing: " "})
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document_empty"),
        (b"PK\x03\x04 a workbook called .pdf", "document_unreadable"),
        (SIGNED[:-7], "document_unreadable"),
        (JPEG[:-2], "document_unreadable"),
        (b"%PDF-1.4" + b"0" * MOST_BYTES + b"%%EOF", "document_too_large"),
    ],
)
def test_it_refuses_what_is_no_whole_paper_whatever_it_is_called(content: bytes, code: str) -> None:
    with pytest.raises(Refused, match=code):
        authorise(document=actions.Paper("授权书.pdf", content))
    assert not Event.objects.filter(verb="register.authorise").exists()


def test_it_tells_a_picture_by_its_bytes() -> None:
    assert (kind_of_paper(JPEG), kind_of_paper(SIGNED), kind_of_paper(b"<svg/>")) == ("jpeg", "pdf", None)
    assert authorise(document=actions.Paper("授权书.pdf", JPEG)).document_kind == "jpeg"


def test_the_console_takes_the_paper_and_only_then_records(lead: Client) -> None:
    address = reverse("register:linking")

    without = lead.post(address, posted(document=None))
    wrong = lead.post(address, posted(document=SimpleUploadedFile("授权书.pdf", b"hello")))
    assert not Authorisation.objects.exists()
    taken = lead.post(address, posted(), follow=True)

    assert 'name="document"' in without.content.decode() and "wrong" in without.content.decode()
    assert "授权书文件不是完整的PDF、JPG 或 PNG" in wrong.content.decode()
    assert "授权书.pdf" in taken.content.decode() and "所有类别" in taken.content.decode()


def test_all_kinds_is_something_somebody_says(lead: Client) -> None:
    address = reverse("register:linking")

    nothing = lead.post(address, posted(all_kinds=None)).content.decode()
    both = lead.post(address, posted(kinds=["hukou"])).content.decode()
    assert not Authorisation.objects.exists()
    lead.post(address, posted(all_kinds=None, kinds=["hukou", "dibao"]))

    assert "请勾选授权书写明的名册类别" in nothing and "只能选一种" in both
    assert Authorisation.objects.get().kinds == ["hukou", "dibao"]


def test_those_who_may_read_it_download_it_as_a_file_and_each_time_is_logged(client: Client) -> None:
    made = authorise()
    address = reverse("register:authorisation_document", args=[made.pk])
    for username in ("lead", "steward", "overseer"):
        client.force_login(people.officer(username))
        response = client.get(address)
        assert (response.status_code, response.content) == (200, SIGNED)
        assert response["Content-Disposition"].startswith("attachment;")
        assert response["Content-Type"] == "application/pdf"
        assert response["X-Content-Type-Options"] == "nosniff"

    for username in ("township_a", "handler_civil", "grid_a1", "press", "admin"):
        client.force_login(people.officer(username))
        assert client.get(address).status_code == 403
        assert client.get(reverse("register:authorisation", args=[made.pk])).status_code == 403
    assert Event.objects.filter(verb="register.read_authorisation", subject_id=made.pk).count() == 3


def test_one_recorded_without_a_paper_says_so_and_gets_it_once(lead: Client) -> None:
    made = authorise(document=None)
    page, attach = (
        reverse(f"register:{name}", args=[made.pk]) for name in ("authorisation", "attach_document")
    )
    assert "未附签字文件" in lead.get(page).content.decode()
    assert lead.get(reverse("register:authorisation_document", args=[made.pk])).status_code != 200

    lead.post(attach, {"document": SimpleUploadedFile("签字.jpg", JPEG)})
    again = lead.post(attach, {"document": SimpleUploadedFile("另一份.pdf", SIGNED)}, follow=True)

    made.refresh_from_db()
    assert made.document_sha256 == hashlib.sha256(JPEG).hexdigest()
    assert "不能更换" in again.content.decode()
    event = Event.objects.get(verb="register.attach_document")
    assert event.payload["document"] == made.document_sha256
    with pytest.raises(Refused, match="access.role"):
        actions.attach_document(
            by=people.officer("steward"), at=people.MONDAY, authorisation=made, document=PAPER
        )


def test_nothing_is_linked_under_one_that_was_ended_early() -> None:
    cast.deliver(cast.hukou())
    made = authorise()
    cast.link(under=made)

    actions.revoke_authorisation(
        by=people.officer("lead"), at=people.WEDNESDAY, authorisation=made, reason="专班撤销了授权"
    )

    made.refresh_from_db()
    with pytest.raises(Refused, match="authorisation_revoked") as refusal:
        cast.link(at=people.THURSDAY, under=made)
    assert "方首" in refusal.value.text.zh and "专班撤销了授权" in refusal.value.text.zh
    assert list(in_force(people.THURSDAY)) == []
    assert MatchRun.objects.count() == 1
    assert Event.objects.get(verb="register.revoke_authorisation").payload["reason"] == "专班撤销了授权"


def test_it_is_ended_once_by_the_lead_with_a_reason() -> None:
    made = authorise()

    def end(by: str = "lead", at: object = people.WEDNESDAY, reason: str = "撤销") -> None:
        actions.revoke_authorisation(by=people.officer(by), at=at, authorisation=made, reason=reason)

    with pytest.raises(Refused, match="reason_missing"):
        end(reason=" ")
    with pytest.raises(Refused, match="access.role"):
        end(by="steward")
    with pytest.raises(Refused, match="authorisation_over"):
        end(at=people.MONDAY.replace(year=2027))
    end()
    with pytest.raises(Refused, match="revocation_conflict"):
        end()


def test_the_lead_ends_one_on_its_page(lead: Client) -> None:
    lead.post(reverse("register:linking"), posted())
    made = Authorisation.objects.get()

    page = lead.post(
        reverse("register:revoke_authorisation", args=[made.pk]), {"reason": "范围有误"}, follow=True
    ).content.decode()

    assert "已提前终止" in page and "范围有误" in page and "提前终止这份授权" not in page


def test_the_database_knows_no_end_without_somebody_and_a_reason() -> None:
    made = authorise()

    with pytest.raises(IntegrityError), transaction.atomic():
        Authorisation.objects.filter(pk=made.pk).update(revoked_at=people.MONDAY)


def test_work_nobody_watches_runs_under_the_widest_permission() -> None:
    every, _, few = (
        authorise("1号"),
        authorise("2号", kinds=["hukou"]),
        authorise("3号", kinds=["hukou", "dibao"]),
    )
    assert widest_in_force(people.TUESDAY) == every

    actions.revoke_authorisation(
        by=people.officer("lead"), at=people.TUESDAY, authorisation=every, reason="到此为止"
    )

    assert widest_in_force(people.WEDNESDAY) == few
    assert widest_in_force(people.MONDAY.replace(year=2028)) is None


def test_whoever_links_under_a_narrower_permission_is_told_first(client: Client) -> None:
    it_is(people.WEDNESDAY)
    cast.deliver(cast.hukou())
    cast.deliver(
        cast.dibao(["见安娜", cast.ANNA[4], "女", "A", "1", "", "石桥村", "", ""]), unit="明溪县民政局"
    )
    cast.link(under=authorise("1号"))
    client.force_login(people.officer("steward"))
    assert "不包括上次比对用过的" not in client.get(reverse("register:linking")).content.decode()

    authorise("2号", kinds=["hukou"])

    page = client.get(reverse("register:linking")).content.decode()
    assert "不包括上次比对用过的:最低生活保障。" in page
