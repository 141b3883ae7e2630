"""Photographs with a visit: in through the form, seen by those who may, bare of what the camera wrote, gone in the end."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Event
from jiandi.rooms.screening import actions, forms, policies
from jiandi.rooms.screening.models import Attachment, Visit
from jiandi.rooms.screening.tests import round as stories
from jiandi.rooms.screening.tests.round import EVENING, body, seen
from tests.core.estimate import scenes

WHERE = b"GPS 34.7 N 117.2 E"


def post(client, number: int = 1, *photos: bytes, **said: str):
    """Fill in the form at a door, as a browser sends it."""
    files = [SimpleUploadedFile(f"{n}.jpg", photo) for n, photo in enumerate(photos)]
    fields = {
        **forms.DoorForm.fresh(EVENING), "result": "met", "outbuildings": "none", "p-TOTAL_FORMS": "0",
        "p-INITIAL_FORMS": "0", "photos": files, **said,
    }  # fmt: skip
    return client.post(reverse("screening:task", args=[stories.task_at(number).code]), fields)


@pytest.fixture
def visit(county, client) -> Visit:
    """A visit with one photograph, sent by the grid worker through the form."""
    stories.planned_round()
    client.force_login(county.officer("grid_a1"))
    post(client, 1, stories.photo(note=WHERE), pictured="nobody")
    return Visit.objects.get()


def look(client, officer, visit: Visit, **query: str):
    client.force_login(officer)
    return client.get(reverse("screening:photo", args=[visit.pk, 1]), query)


def test_the_form_keeps_a_photograph_under_its_hash_and_sealed(visit):
    kept = visit.attachments.get()

    assert (kept.file_name, kept.pictured) == ("photo-1", "nobody")
    assert visit.photo_sha256 == kept.sha256 == hashlib.sha256(stories.photo(note=WHERE)).hexdigest()
    assert WHERE not in sealing.sealed_path(kept.sha256).read_bytes()
    assert sealing.read_file(kept.sha256) == stories.photo(note=WHERE)


def test_who_took_it_sees_the_picture_without_what_the_camera_wrote(visit, county, client):
    shown = look(client, county.officer("grid_a1"), visit)

    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert shown.content == stories.photo()
    assert Event.objects.filter(verb="screening.read_photo").count() == 1
    assert look(client, county.officer("grid_a1"), visit, original="1").status_code == 404


def test_the_file_as_it_came_is_for_those_who_may_read_findings(visit, county, client):
    original = look(client, county.officer("lead"), visit, original="1")

    assert original.content == stories.photo(note=WHERE)
    assert original["Content-Disposition"].startswith("attachment")


def test_a_supervisor_without_findings_finds_no_photograph(visit, county, client):
    township = county.officer("township_a")
    client.force_login(township)

    page = client.get(reverse("screening:visit", args=[visit.pk])).content.decode()

    assert "/photos/" not in page
    assert look(client, township, visit).status_code == 404
    assert look(client, county.officer("grid_b1"), visit).status_code == 404
    assert not Event.objects.filter(verb="screening.read_photo").exists()


@pytest.mark.parametrize(
    ("photos", "said", "sentence"),
    [
        ([b"GIF89a"], {"pictured": "nobody"}, "不是完整的JPEG或PNG照片"),
        ([stories.photo(n) for n in range(6)], {"pictured": "nobody"}, "最多附5张照片"),
        ([stories.photo()], {}, "未经本人同意,不拍人"),
    ],
)
def test_the_form_says_what_is_wrong_with_a_photograph(county, client, photos, said, sentence):
    stories.planned_round()
    client.force_login(county.officer("grid_a1"))

    page = post(client, 1, *photos, **said)

    assert sentence in page.content.decode()
    assert not Visit.objects.exists()


def test_it_refuses_what_is_too_large_before_reading_it():
    with pytest.raises(Refused) as refused:
        policies.check_photo_sizes([("a.jpg", policies.LARGEST_PHOTO + 1)])

    assert refused.value.code == "screening.photo_large"


def test_the_night_after_the_certificate_erases_photographs_of_visits_that_found_nothing(
    visit, county, django_capture_on_commit_callbacks
):
    """One file hangs at a visit with a finding as well: it stays, for that visit alone."""
    shared = stories.photo(3)
    said = [body(stories.task_at(2), seen("P1")), body(stories.task_at(1), seen("P1", need="想回家"))]
    sent = {"by": county.officer("grid_a1"), "channel": "web", "attachments": [("photo-1", shared)]}
    for one in said:
        actions.receive_visit(**sent, at=EVENING, body=one)
    alone, campaign = visit.attachments.get().sha256, visit.task.campaign
    campaign.certified_at = county.FRIDAY
    campaign.save(update_fields=["certified_at"])

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_listing(by=county.officer("lead"), at=county.FRIDAY, campaign=campaign)

    assert Attachment.objects.count() == 1
    assert not sealing.sealed_path(alone).exists()
    assert sealing.read_file(Attachment.objects.get().sha256) == shared

    # The telephone sends it once more, with a photograph: the visit is the same one, and nobody would erase the picture again.
    actions.receive_visit(**sent, at=county.FRIDAY, body=said[0])
    assert Attachment.objects.count() == 1


def test_it_shows_no_photograph_it_cannot_bare(visit, county, client):
    broken = sealing.store_file(b"\xff\xd8\xff of a file kept before photographs were read")
    visit.attachments.update(sha256=broken)

    assert look(client, county.officer("grid_a1"), visit).status_code == 404


def test_a_visit_takes_five_photographs_however_often_it_is_sent(county):
    stories.planned_round()
    sent = {
        "by": county.officer("grid_a1"),
        "at": EVENING,
        "channel": "web",
        "body": body(stories.task_at(1)),
    }
    some = [(f"photo-{n}", stories.photo(n)) for n in range(5)]
    for _ in range(2):
        actions.receive_visit(**sent, attachments=some)

    with pytest.raises(Refused) as refused:
        actions.receive_visit(**sent, attachments=[("photo-1", stories.photo(9))])
    assert refused.value.code == "screening.photos_many" and Attachment.objects.count() == 5


def test_only_the_fingerprint_of_a_picture_is_kept_outside_the_seal(county):
    stories.planned_round()
    room = scenes.jpeg(scenes.scene(1))
    sent = {"by": county.officer("grid_a1"), "at": EVENING, "channel": "web"}
    actions.receive_visit(**sent, body=body(stories.task_at(1)), attachments=[("photo-1", room)])
    actions.receive_visit(**sent, body=body(stories.task_at(2)), attachments=[("photo-1", stories.photo())])

    seen_well, too_plain = Attachment.objects.order_by("pk")
    assert -(2**63) <= seen_well.picture_bits < 2**63 and seen_well.mirrored_bits != seen_well.picture_bits
    assert (too_plain.picture_bits, too_plain.mirrored_bits) == (None, None)
    assert room[:200] not in sealing.sealed_path(seen_well.sha256).read_bytes()
