"""Finding a person and reading one: masked for those who may only find, an event for every look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from jiandi.core.identity import read_number
from jiandi.core.names import mask_id, mask_name, mask_phone, query_terms
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, one, permit, visible
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import searching
from jiandi.rooms.register.actions_looking import id_number, look_up
from jiandi.rooms.register.groups import SENSITIVE
from jiandi.rooms.register.models import FOUND, Household, Membership, Person, Roster
from jiandi.rooms.register.standing import standing_for

MOST = 50
MOST_OF_A_HOUSEHOLD = 500  # a home for the elderly is one, too
PURPOSES: dict[str, Text] = {
    "visit": Text(zh="走访前核对", en="Before a visit"),
    "case": Text(zh="办理个案", en="Work on a case"),
    "report": Text(zh="核对线索", en="Check a report"),
    "service": Text(zh="本人来办事", en="The person is here"),
    "data": Text(zh="核对名册", en="Check a roster"),
}
_AREA = {
    Level.PROVINCE: "",
    Level.CITY: "",
    Level.COUNTY: "o",
    Level.TOWN: "t",
    Level.VILLAGE: "v",
    Level.GRID: "v",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A person as a search shows them: enough to tell whether it is the right one, no more."""

    code: str
    name: str
    sex: int | None
    birth_year: int | None
    id_masked: str
    phone_masked: str
    village: str


def count_people(within: Q) -> int:
    """Return how many people count in an area: all who stand in it, less those whose every row was taken back.

    Two counts, because the many are counted from an index that does not know of the few.
    """
    standing = Person.objects.filter(within, superseded_by__isnull=True)
    return standing.count() - standing.filter(closed_at__isnull=False).count()


def visible_people(by: Officer, verb: str, at: datetime) -> QuerySet[Person]:
    """Return the people an officer may find or read; a sealed person answers exactly like nobody."""
    return visible(Person.objects.filter(superseded_by__isnull=True), by, verb, at=at)


def person(by: Officer, code: str, at: datetime) -> Person:
    """Return a person the officer may read, by code; 404 for unknown, forbidden and sealed alike. Merged codes lead onwards."""
    known = Person.objects.filter(code=code, superseded_by__isnull=False).values_list("pk", flat=True).first()
    standing = standing_for([known or 0])
    seen = visible_people(by, "register.read_person", at).select_related(
        "household", "dwelling", "village", "town", "county", "wall"
    )
    return one(seen, pk=standing[known]) if known else one(seen, code=code)


def is_unspoken(person: Person) -> bool:
    """Answer whether no list in force names somebody whom lists once named.

    The same for whoever was closed for it and for whoever stays: the difference would tell that more is held of them.
    """
    speaking = person.records.filter(roster__state__in=(Roster.State.READ, Roster.State.STANDING))
    return person.kinds != FOUND and person.records.exists() and not speaking.exists()


def people_of(home: Household, by: Officer, at: datetime) -> list[Person]:
    """Return those of a household whom the officer may read, the oldest first.

    Asked for by number: left to itself the database walks the officer's whole area to find three people.
    """
    numbers = list(Person.objects.filter(household=home).values_list("pk", flat=True)[:MOST_OF_A_HOUSEHOLD])
    seen = visible_people(by, "register.read_person", at).filter(pk__in=numbers)
    return list(seen.order_by("birth_on", "pk"))


def protected_groups(person: Person, on: date | None = None) -> list[Membership]:
    """Return the protection lists a person is on now."""
    live = Q(ends_on__isnull=True) if on is None else Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    return list(person.memberships.filter(live).select_related("roster__unit").order_by("group"))


def open_groups(person: Person) -> list[Membership]:
    """Return those of a person's lists that a village may know of."""
    return [membership for membership in protected_groups(person) if membership.group not in SENSITIVE]


def search(
    by: Officer, at: datetime, hint: str, purpose: str, village: Place | None = None, most: int = MOST
) -> list[Found]:
    """Find people by name, its sound or first letters, a piece of the address, identity number or telephone; masked.

    Needs a purpose; each look-up is an event and counts against an hourly limit.
    """
    permit(by, "register.find_person", at=at)
    if purpose not in PURPOSES:
        raise Refused(
            "register.purpose_missing",
            Text(zh="请选择查找的目的。", en="Choose what you are looking the person up for."),
        )
    hint = hint.strip()[:60]
    look_up(by=by, at=at, purpose=purpose, length=len(hint))
    numbers = _numbers(by, at, hint, village, most)
    shown = visible_people(by, "register.find_person", at).filter(pk__in=numbers)
    if village is not None:
        shown = shown.filter(village=village)
    people = {found.pk: found for found in shown.select_related("village", "county")}
    return [_found(people[number]) for number in numbers if number in people]


def _numbers(by: Officer, at: datetime, hint: str, village: Place | None, most: int) -> list[int]:
    digits = re.sub(r"[\s-]", "", hint).upper()
    if re.fullmatch(r"\d{14,17}[\dX]", digits):
        number = read_number(digits, reference_on=at.date()).number or digits
        digest = sealing.blind_index(number, purpose="person.id")
        return list(Person.objects.filter(id_digest=digest).values_list("pk", flat=True)[:most])
    if re.fullmatch(r"\d{7,12}", digits):
        return list(Person.objects.filter(phone=digits).values_list("pk", flat=True)[:most])
    if re.fullmatch(r"[2-9A-Z]{10}", digits):
        return list(Person.objects.filter(code=digits).values_list("pk", flat=True))
    areas = [f"v{village.pk}"] if village else _areas(granting(by, "register.find_person", at))
    return searching.find(query_terms(hint), areas, most)


def _areas(places: list[Place]) -> list[str]:
    letters = [_AREA[Level(place.level)] for place in places]
    if not all(letters):
        return []
    return [
        f"{letter}{place.village_id if place.level == Level.GRID else place.pk}"
        for letter, place in zip(letters, places, strict=True)
    ]


def _found(person: Person) -> Found:
    number = id_number(person)
    return Found(
        code=person.code,
        name=mask_name(person.name),
        sex=person.sex,
        birth_year=person.birth_on.year if person.birth_on else None,
        id_masked=mask_id(number),
        phone_masked=mask_phone(person.phone),
        village=person.village.name if person.village else person.county.name,
    )
