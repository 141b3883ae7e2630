"""Every look at a person leaves a trace: who looked, at whom, what for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import LookUp, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.register.models import Person

LOOK_UPS_PER_HOUR = 120  # a clerk at a counter needs about one a minute; more is browsing


@action
def look_up(*, by: Officer, at: datetime, purpose: str, length: int) -> None:
    """Count a search against the hour's limit and record it; what was typed is not kept."""
    permit(by, "register.find_person", at=at)
    hour = at.replace(minute=0, second=0, microsecond=0)
    LookUp.objects.get_or_create(officer=by, hour=hour)
    LookUp.objects.filter(officer=by, hour=hour).update(count=F("count") + 1)
    if LookUp.objects.get(officer=by, hour=hour).count > LOOK_UPS_PER_HOUR:
        until = hour + timedelta(hours=1)
        raise Refused(
            "register.too_many_look_ups",
            Text(
                zh=f"这一小时已查找{LOOK_UPS_PER_HOUR}次,到上限了。请在{until:%H:%M}(UTC)以后再查。",
                en=f"The limit of {LOOK_UPS_PER_HOUR} look-ups an hour is reached. Try again after {until:%H:%M} UTC.",
            ),
        )
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
