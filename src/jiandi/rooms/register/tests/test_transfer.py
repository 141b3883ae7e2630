"""A person handed over to another county: sealed for it alone, counted there when the receipt is back, and never nowhere.

Both counties live in one test database; what makes them two is the folder of their keys.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jiandi.core.values import Refused
from jiandi.rooms.access import parcels, sealing
from jiandi.rooms.access.models import Event, Wall
from jiandi.rooms.places.models import Place
from jiandi.rooms.register import actions, life
from jiandi.rooms.register.actions_transferring import trusted
from jiandi.rooms.register.models import Membership, Person
from jiandi.rooms.register.models_transfer import Peer, Transfer
from jiandi.rooms.register.tests import cast
from tests import people

pytestmark = pytest.mark.usefixtures("county")
NUMBER = cast.number_of("99010119770513002")
Go = Callable[[str], None]


@pytest.fixture
def go(settings: object, tmp_path: Path) -> Go:
    """Sit down at one county's system or at the other's."""

    def sit(where: str) -> None:
        folder = tmp_path / where
        folder.mkdir(exist_ok=True)
        settings.DATA = folder  # type: ignore[attr-defined]

    return sit


@pytest.fixture
def her(go: Go) -> Person:
    """Somebody of Stone Bridge village on an open list and on a sensitive one; both counties trust each other."""
    go("here")
    number = sealing.seal(NUMBER.encode(), domain="person.id:P000000001")
    made = Person.objects.create(
        code="P000000001", name="见安娜", sex=2, birth_on=date(1977, 5, 13), birth_precision="day", id_sealed=number,
        id_digest=sealing.blind_index(NUMBER, purpose="person.id"), village_id=people.VILLAGE_A1, town_id=people.TOWN_A,
        county_id=people.COUNTY, kinds="hukou", phone="19900000001",
    )  # fmt: skip
    Membership.objects.create(person=made, group="disabled", starts_on=date(2020, 1, 1))
    Membership.objects.create(person=made, group="smd", starts_on=date(2021, 1, 1))
    cards = {}
    for where in ("here", "there"):
        go(where)
        cards[where] = actions.own_card()
    for where, other in (("here", "there"), ("there", "here")):
        go(where)
        trust(cards[other])
    go("here")
    return made


def trust(card: parcels.Card, typed: str | None = None, who: str = "lead") -> Peer:
    return actions.trust_peer(
        by=people.officer(who),
        at=people.MONDAY,
        card=card,
        fingerprint=card.fingerprint if typed is None else typed,
    )


def peer_there(go: Go) -> Peer:
    go("there")
    found = Peer.objects.get(fingerprint=actions.own_card().fingerprint)
    go("here")
    return found


def offer(person: Person, peer: Peer, **extra: object) -> bytes:
    values: dict[str, object] = {
        "by": people.officer("steward"), "at": people.MONDAY, "person": person, "peer": peer, "moved_on": date(2026, 11, 1),
        "document": "户口迁移证 X-1 清溪派出所",
    }  # fmt: skip
    return actions.offer_transfer(**{**values, **extra})[1]  # type: ignore[arg-type]


def accept(
    parcel: bytes, at: object = people.TUESDAY, village: int = people.VILLAGE_B1
) -> tuple[Transfer, bytes]:
    return actions.accept_transfer(
        by=people.officer("steward"),
        at=at,
        parcel=parcel,
        village=Place.objects.get(pk=village),  # type: ignore[arg-type]
    )


def confirm(receipt: bytes) -> Transfer:
    return actions.confirm_transfer(by=people.officer("steward"), at=people.WEDNESDAY, parcel=receipt)


def test_she_is_counted_here_until_the_receipt_is_read_and_there_from_then_on(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))
    assert life.ended_people() == {}  # offered, and still counted here

    go("there")
    taken, receipt = accept(sealed)
    assert [event.person for event in life.arrivals()] == [taken.person]
    assert life.ended_people() == {}  # both count her until the receipt is read

    go("here")
    confirm(receipt)
    assert {person: end.kind for person, end in life.ended_people().items()} == {her.pk: "moved_out"}
    assert [event.verb for event in Event.objects.filter(verb__contains="_transfer").order_by("pk")] == [
        "register.offer_transfer", "register.accept_transfer", "register.confirm_transfer",
    ]  # fmt: skip


def test_who_she_is_and_her_open_lists_arrive_and_nothing_else(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))
    assert NUMBER.encode() not in sealed and "见安娜".encode() not in sealed

    go("there")
    taken, _ = accept(sealed)

    new = taken.person
    assert new.pk != her.pk and new.code != her.code
    assert (new.name, new.sex, new.birth_on, new.village_id) == (
        "见安娜",
        2,
        date(1977, 5, 13),
        people.VILLAGE_B1,
    )
    assert sealing.unseal(bytes(new.id_sealed), domain=f"person.id:{new.code}").decode() == NUMBER
    assert taken.carried == [
        {"group": "disabled", "since": "2020-01-01"}
    ]  # the health file stays where it is
    opened = parcels.unwrap(sealed, own=actions.own_card(), trusted=trusted(), at=people.TUESDAY)
    assert set(opened.content) == {
        "name", "sex", "birth_on", "birth_precision", "id_number", "phone", "moved_on", "lists", "see_alone",
    }  # fmt: skip
    assert opened.content["see_alone"] is True


def test_somebody_the_other_county_knows_by_number_stays_one_person(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))
    go("there")
    known = Person.objects.create(
        code="P000000009", name="见安娜", county_id=people.COUNTY, kinds="residence",
        id_digest=sealing.blind_index(NUMBER, purpose="person.id"), closed_at=people.MONDAY,
    )  # fmt: skip

    assert accept(sealed)[0].person == known
    assert Person.objects.get(pk=known.pk).closed_at is None  # handed over, and counted here


def test_each_thing_that_can_be_wrong_with_a_file_has_a_sentence_of_its_own(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))

    with pytest.raises(Refused, match="not_for_us"):  # opened by who sealed it: the wrong key
        accept(sealed)
    go("there")
    for wrong, code in (
        (b"PK\x03\x04", "not_a_parcel"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "altered"),
        (sealed[:-80] + bytes([sealed[-80] ^ 1]) + sealed[-79:], "altered"),
        (sealed.replace(b'"until": "2026-12', b'"until": "2027-12'), "altered"),
        (sealed + b"x" * parcels.LARGEST, "not_a_parcel"),
    ):
        with pytest.raises(Refused, match=code):
            accept(wrong)
    with pytest.raises(Refused, match="expired"):
        accept(sealed, at=people.MONDAY + timedelta(days=31))
    with pytest.raises(Refused, match=r"transfer\.village"):
        accept(sealed, village=people.TOWN_B)
    with pytest.raises(Refused, match="other_kind"):
        confirm(sealed)
    assert not Transfer.objects.filter(direction="in").exists()

    _, receipt = accept(sealed)
    with pytest.raises(Refused, match="replayed"):
        accept(sealed)
    go("here")
    with pytest.raises(Refused, match="other_kind"):
        accept(receipt)
    confirm(receipt)
    with pytest.raises(Refused, match="receipt_conflict"):
        confirm(receipt)


def test_a_stranger_is_not_believed_nor_somebody_trusted_no_more(her: Person, go: Go) -> None:
    here = peer_there(go)
    sealed = offer(her, here)
    go("there")
    sender = Peer.objects.exclude(pk=here.pk).get()
    actions.revoke_peer(by=people.officer("lead"), at=people.TUESDAY, peer=sender)

    with pytest.raises(Refused, match="unknown_sender"):
        accept(sealed)


def test_a_receipt_by_a_third_county_is_not_believed(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))
    go("here")
    here = actions.own_card()
    go("third")
    third = actions.own_card()
    code = Transfer.objects.get().code
    forged = parcels.wrap(
        {"sha256": parcels.digest(sealed)}, kind="receipt", id=code, sender=third, receiver=here, at=people.TUESDAY,
        until=people.FRIDAY,
    )  # fmt: skip
    go("here")
    trust(third)

    with pytest.raises(Refused, match="unknown_receipt"):
        confirm(forged)
    assert life.ended_people() == {}


def test_a_card_is_trusted_by_the_fingerprint_somebody_read_out(go: Go) -> None:
    go("there")
    card = actions.own_card()
    go("here")

    with pytest.raises(Refused, match=r"transfer\.fingerprint"):
        trust(card, "00000" + card.fingerprint[5:])
    with pytest.raises(Refused, match="own_card"):
        trust(actions.own_card())
    with pytest.raises(Refused, match=r"access\.role"):
        trust(card, who="steward")
    assert trust(card, card.fingerprint.upper().replace("-", " ")).fingerprint == card.fingerprint
    with pytest.raises(Refused, match="peer_conflict"):
        trust(card)
    with pytest.raises(Refused, match="not_a_card"):
        parcels.read_card(b'{"jiandi": "other"}')
    assert parcels.read_card(parcels.write_card(card)) == card


def test_a_sealed_person_cannot_be_handed_over_and_nobody_twice(her: Person, go: Go) -> None:
    peer = peer_there(go)
    offer(her, peer)
    with pytest.raises(Refused, match="offer_conflict"):
        offer(her, peer)
    offer(her, peer, at=people.MONDAY + timedelta(days=40))  # the first one ran out
    her.wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    her.save(update_fields=["wall"])

    with pytest.raises(Refused, match="not_found"):
        offer(her, peer)


@pytest.mark.parametrize(
    ("content", "head"),
    [
        (["x"], {}), ({}, {"id": "../../etc\r\nx: y"}), ({}, {"id": "f" * 400}), ({}, {"until": "2026-12-01T00:00:00"}),
    ],
)  # fmt: skip
def test_a_trusted_county_that_means_ill_gets_a_sentence_and_no_person(
    her: Person, go: Go, content: object, head: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go("here")
    ours = actions.own_card()
    go("there")
    theirs, dumps = actions.own_card(), parcels.json.dumps

    def forge(told: object, **how: object) -> str:
        return dumps({**told, **head} if isinstance(told, dict) and "once" in told else told, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(parcels.json, "dumps", forge)
        parcel = parcels.wrap(content, kind="offer", id="a" * 32, sender=theirs, receiver=ours, at=people.MONDAY, until=people.FRIDAY)  # type: ignore[arg-type]  # fmt: skip
    go("here")

    with pytest.raises(Refused, match=r"transfer\.(altered|not_a_parcel)"):
        accept(parcel)
    assert Person.objects.count() == 1


def test_control_signs_of_another_county_reach_no_column(her: Person, go: Go) -> None:
    go("here")
    ours = actions.own_card()
    go("there")
    content = {"name": "见\0新\r\n", "phone": "1\x1b9", "lists": [{"group": "disabled", "since": "2020\0"}]}
    parcel = parcels.wrap(
        content, kind="offer", id="b" * 32, sender=actions.own_card(), receiver=ours, at=people.MONDAY, until=people.FRIDAY
    )  # fmt: skip
    go("here")

    made, _ = accept(parcel)

    assert (made.person.name, made.person.phone) == ("见新", "19")
    assert made.carried == [{"group": "disabled", "since": "2020"}]


def test_whoever_stands_outside_a_wall_raised_since_reads_nothing_of_the_receipt(her: Person, go: Go) -> None:
    sealed = offer(her, peer_there(go))
    go("there")
    _, receipt = accept(sealed)
    go("here")
    wall = Wall.objects.create(made_at=people.MONDAY, reason="sealed")
    Person.objects.filter(pk=her.pk).update(wall=wall)

    confirm(receipt)

    assert Event.objects.get(verb="register.confirm_transfer").wall == wall


def test_it_works_on_pages(her: Person, go: Go, client: Client) -> None:
    peer = peer_there(go)
    client.force_login(people.officer("steward"))
    client.cookies["jiandi_language"] = "en"
    assert "Nobody was handed over yet" in client.get(reverse("register:transfers")).content.decode()
    filled = {"person": her.code, "peer": peer.pk, "moved_on": "2026-11-01", "document": "户口迁移证 X-1"}

    sealed = client.post(reverse("register:offer_transfer"), filled).content
    go("there")
    file = SimpleUploadedFile("offer.jdt", sealed)
    receipt = client.post(
        reverse("register:accept_transfer"), {"parcel": file, "village": people.VILLAGE_B1}
    ).content
    go("here")
    answer = client.post(
        reverse("register:confirm_transfer"),
        {"parcel": SimpleUploadedFile("receipt.jdt", receipt)},
        follow=True,
    )

    assert "counted there from now on" in answer.content.decode()
    assert "Disabled" in answer.content.decode() and "Severe mental" not in answer.content.decode()
    client.force_login(people.officer("township_a"))
    assert client.get(reverse("register:transfers")).status_code == 403


def test_the_database_keeps_a_transfer_once_and_a_peer_once(her: Person, go: Go) -> None:
    peer = peer_there(go)
    offer(her, peer)
    made = Transfer.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.create(
            code=made.code, direction="out", state="offered", peer=peer, person=her, county_id=people.COUNTY,
            sha256="x", started_by=people.officer("steward"), started_at=people.MONDAY, expires_at=people.FRIDAY,
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Transfer.objects.filter(pk=made.pk).update(state="accepted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Peer.objects.create(
            county="1", name="x", signing=b"", exchange=b"", fingerprint=peer.fingerprint,
            trusted_by=people.officer("lead"), trusted_at=people.MONDAY,
        )  # fmt: skip
