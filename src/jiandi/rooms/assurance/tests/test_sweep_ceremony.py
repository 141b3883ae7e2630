"""The seed of a sweep is made like a draw's: the machine commits, two people of two units throw dice, then areas are drawn."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jiandi.core.estimate.draw import seed_commitment
from jiandi.core.values import Refused
from jiandi.rooms.access.models import Event
from jiandi.rooms.assurance import actions_sweeps as actions
from jiandi.rooms.assurance.actions_seeds import unsealed_seed
from jiandi.rooms.assurance.models import Throw
from jiandi.rooms.assurance.tests.test_sweeps import doors, sweep, third  # noqa: F401
from jiandi.rooms.places.models import Place


def test_no_area_is_drawn_before_two_people_of_two_units_have_thrown(county, doors, client):  # noqa: F811
    """The ceremony of the draw, on a page of its own: commitments in the log, the seed nowhere, everybody finds their dice."""
    at, (first, second) = county.TUESDAY, county.throws()
    made = actions.open_sweep(by=first[0], at=at, place=Place.objects.get(pk=county.COUNTY), size=6)
    page = f"/assurance/sweeps/{made.pk}/"
    client.force_login(first[0])
    assert 'name="dice"' in client.get(page).content.decode()
    assert client.post(f"{page}dice/", {"dice": "1234"}).status_code == 302 and not Throw.objects.exists()
    assert client.post(f"{page}dice/", {"dice": first[1]}).status_code == 302
    assert 'name="dice"' not in client.get(page).content.decode()
    for again in (first[0], county.officer("township_a")):
        with pytest.raises(Refused, match="another unit|Your role"):
            actions.throw_sweep_dice(by=again, at=at, sweep=made, dice=first[1])
    with pytest.raises(Refused, match="No sample has been drawn"):
        actions.link_sweep(by=first[0], at=at, sweep=made)
    assert not made.areas.exists()

    client.force_login(second[0])
    assert client.post(f"{page}dice/", {"dice": second[1]}).status_code == 302
    made.refresh_from_db()
    part, *dice = unsealed_seed(made).split("|")
    opened = Event.objects.get(verb="assurance.open_sweep").payload
    thrown = [
        event.payload for event in Event.objects.filter(verb="assurance.throw_sweep_dice").order_by("pk")
    ]
    assert made.areas.count() == 6 and made.seed_revealed == ""
    assert opened["machine_commitment"] == seed_commitment(part) == made.machine_commitment
    assert thrown[1]["seed_commitment"] == seed_commitment("|".join((part, *dice))) == made.seed_commitment
    assert dice == [throw.replace(" ", "") for _, throw in county.throws()]
    assert not any(piece in str([opened, *thrown]) for piece in (part, *dice))
    with pytest.raises(Refused, match="Both have thrown"):
        actions.throw_sweep_dice(by=second[0], at=at, sweep=made, dice=second[1])


def test_a_throw_is_for_one_lottery(county, sweep):  # noqa: F811
    with pytest.raises(IntegrityError), transaction.atomic():
        Throw.objects.create(officer=county.officer("lead"), thrown_at=county.TUESDAY, dice_sealed=b"")
    with pytest.raises(IntegrityError), transaction.atomic():
        Throw.objects.create(
            sweep=sweep, officer=county.officer("lead"), thrown_at=county.TUESDAY, dice_sealed=b""
        )
