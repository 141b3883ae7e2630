"""The round every story plays in: doors and people of two villages, and forms filled in at them. All invented."""

from __future__ import annotations

import struct
import uuid
import zlib
from datetime import date, datetime, timedelta, timezone

from jiandi.core.forms.visit import SeenPerson, VisitForm, write
from jiandi.core.values import Text
from jiandi.rooms.places.models import Dwelling, Place
from jiandi.rooms.register.models import Household, Membership, Person
from jiandi.rooms.screening import actions
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask
from tests import people as cast

COUNTY_TIME = timezone(timedelta(hours=8))
MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=COUNTY_TIME)
EVENING = datetime(2026, 11, 3, 20, 0, tzinfo=COUNTY_TIME)


def person(
    code: str, *, dwelling: Dwelling | None = None, village: int = cast.VILLAGE_A1, **extra: object
) -> Person:
    """Make somebody the register knows."""
    place = Place.objects.get(pk=dwelling.village_id if dwelling else village)
    values = {"name": f"样例{code[-1]}", "sex": 2, "birth_on": date(1970, 1, 1), **extra}
    return Person.objects.create(
        code=code,
        dwelling=dwelling,
        village=place,
        town_id=place.town_id,
        county_id=place.county_id,
        **values,
    )


def household(code: str, *, dwelling: Dwelling | None = None, village: int = cast.VILLAGE_A1) -> Household:
    """Make a household, by default one whose door nobody knows."""
    place = Place.objects.get(pk=village)
    return Household.objects.create(
        code=code,
        key=code,
        village=place,
        town_id=place.town_id,
        county_id=place.county_id,
        dwelling=dwelling,
    )


def protect(someone: Person, group: str = "disabled") -> None:
    """Put somebody on a protection list."""
    Membership.objects.create(person=someone, group=group)


def open_round(**extra: object) -> Campaign:
    """Open the autumn round over the county."""
    values: dict[str, object] = {
        "by": cast.officer("lead"),
        "at": cast.MONDAY,
        "place": Place.objects.get(pk=cast.COUNTY),
        "title": Text(zh="秋季走访", en="Autumn round"),
        "reference_on": date(2026, 11, 2),
        "starts_on": date(2026, 11, 3),
        "ends_on": date(2026, 11, 20),
    }
    return actions.open_campaign(**{**values, **extra})  # type: ignore[arg-type]


def planned_round() -> Campaign:
    """Two doors in village A1, one with two people (P1 needs to be seen alone) and one empty; one door with P3 in B1."""
    first = cast.dwelling(cast.VILLAGE_A1, 1)
    cast.dwelling(cast.VILLAGE_A1, 2)
    far = cast.dwelling(cast.VILLAGE_B1, 3)
    protect(person("P1", dwelling=first))
    person("P2", dwelling=first, sex=1)
    person("P3", dwelling=far)
    campaign = open_round()
    actions.plan_tasks(by=cast.officer("lead"), at=cast.MONDAY, campaign=campaign)
    return campaign


def task_at(number: int) -> VisitTask:
    """Return the round's task at a numbered door."""
    return VisitTask.objects.get(dwelling__code__endswith=f"{number:04d}", purpose="round")


def expected(code: str) -> Expected:
    """Return how a person stands in the round."""
    return Expected.objects.get(person__code=code, task__purpose="round")


def seen(code: str = "", **extra: object) -> SeenPerson:
    """A person met in person."""
    return SeenPerson(**{"listed": code, "present": "seen", **extra})  # type: ignore[arg-type]


def form(door: VisitTask, *people: SeenPerson, **extra: object) -> VisitForm:
    """A visit to a door by the grid worker of village A1."""
    values: dict[str, object] = {
        "instance_id": f"uuid:{uuid.uuid4()}",
        "started_at": MORNING,
        "ended_at": MORNING + timedelta(minutes=12),
        "task": door.code,
        "dwelling": door.dwelling.code if door.dwelling else "",
        "worker": "grid_a1",
        "result": "met",
        "outbuildings": "yes",
        "people": people,
    }
    return VisitForm(**{**values, **extra})  # type: ignore[arg-type]


def photo(red: int = 0, note: bytes = b"") -> bytes:
    """A photograph of one pixel, with what a camera may write beside it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + (
        chunk(b"tEXt", note) if note else b""
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + head
        + chunk(b"IDAT", zlib.compress(bytes((0, red, 0, 0))))
        + chunk(b"IEND", b"")
    )


def body(door: VisitTask, *people: SeenPerson, **extra: object) -> bytes:
    """The same, as the phone sends it."""
    return write(form(door, *people, **extra))
