"""Every look at a person leaves a trace: who looked, at whom, what for."""

from __future__ import annotations

from datetime import datetime

from jiandi.rooms.access import sealing
from jiandi.rooms.access.actions import LOOK_UPS_AN_HOUR, count_look_up
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register.models import Person

LOOK_UPS_PER_HOUR = LOOK_UPS_AN_HOUR  # a clerk at a counter needs about one a minute; more is browsing


@action
def look_up(*, by: Officer, at: datetime, purpose: str, length: int) -> None:
    """Count a search against the hour's limit and record it; what was typed is not kept."""
    permit(by, "register.find_person", at=at)
    count_look_up(by, at, most=LOOK_UPS_PER_HOUR, code="register.too_many_look_ups")
    record(
        "register.find_person",
        by=by,
        at=at,
        subject=by,
        place=by.unit.place,
        payload={"purpose": purpose, "length": length},
    )


@action
def read_person(*, by: Officer, at: datetime, person: Person, purpose: str) -> str | None:
    """Note that a person's page was read, and return the identity number in full."""
    permit(by, "register.read_person", at=at, place=person.village or person.town or person.county)
    record(
        "register.read_person",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"purpose": purpose},
    )
    return id_number(person)


def id_number(person: Person) -> str | None:
    """Return a person's identity number in clear."""
    if not person.id_sealed:
        return None
    return sealing.unseal(bytes(person.id_sealed), domain=f"person.id:{person.code}").decode()
