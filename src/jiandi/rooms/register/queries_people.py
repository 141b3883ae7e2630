"""Finding a person and reading one: masked for those who may only find, an event for every look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from jiandi.core.identity import read_number
from jiandi.core.names import mask_id, mask_name, mask_phone, query_terms, search_tokens
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, one, permit, visible, walls_against
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import searching
from jiandi.rooms.register.actions_looking import id_number, look_up
from jiandi.rooms.register.groups import SENSITIVE
from jiandi.rooms.register.models import FOUND, Household, Membership, Person, Roster
from jiandi.rooms.register.standing import standing_for

MOST = 50
MOST_OF_A_NUMBER = 1000  # an office's telephone stands for many
MOST_OF_A_HOUSEHOLD = 500  # a home for the elderly is one, too
PURPOSES: dict[str, Text] = {
    "visit": Text(zh="走访前核对", en="Before a visit"),
    "case": Text(zh="办理个案", en="Work on a case"),
    "report": Text(zh="核对线索", en="Check a report"),
    "service": Text(zh="本人来办事", en="The person is here"),
    "data": Text(zh="核对名册", en="Check a roster"),
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


def head_of(home: Household, by: Officer, at: datetime) -> str:
    """Return the name a household goes by, its head's, where the officer may read somebody in it who bears it; else nothing.

    A household does not tell the name of somebody a wall stands around.
    """
    bears = home.head_name and any(one.name == home.head_name for one in people_of(home, by, at))
    return home.head_name if bears else ""


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
    exact = _by_number(hint, at)
    terms = query_terms(hint) if exact is None else []
    if exact is None:
        numbers = searching.find(terms, _scopes(by, at, village), hidden_from(by), most)
    else:
        numbers = list(exact.order_by("pk").values_list("pk", flat=True)[:MOST_OF_A_NUMBER])
    shown = visible_people(by, "register.find_person", at).filter(pk__in=numbers)
    if village is not None:
        shown = shown.filter(village=village)
    people = {found.pk: found for found in shown.select_related("village", "county")}
    known = [people[number] for number in numbers if number in people]
    return [_found(one) for one in known if exact is not None or _is_meant(one, terms)][:most]


def _by_number(hint: str, at: datetime) -> QuerySet[Person] | None:
    """Return those who have the whole number, telephone or code that was typed; None where it is none of these."""
    digits = re.sub(r"[\s-]", "", hint).upper()
    if re.fullmatch(r"\d{14,17}[\dX]", digits):
        number = read_number(digits, reference_on=at.date()).number or digits
        return Person.objects.filter(id_digest=sealing.blind_index(number, purpose="person.id"))
    if re.fullmatch(r"\d{7,12}", digits):
        return Person.objects.filter(phone=digits)
    if re.fullmatch(r"[2-9A-Z]{10}", digits):
        return Person.objects.filter(code=digits)
    return None


def _is_meant(person: Person, terms: list[list[str]]) -> bool:
    """The index may take one token for another (see `searching`); a person is shown only for what they bear."""
    borne = set(search_tokens(person.name, person.address))
    return any(borne.issuperset(tokens) for tokens in terms)


def hidden_from(by: Officer) -> list[int]:
    """Return who is sealed from the officer, so that they take nobody's place among the first that are shown."""
    return list(Person.objects.filter(wall__in=walls_against(by)).values_list("pk", flat=True))


def _scopes(by: Officer, at: datetime, village: Place | None) -> list[searching.Scope]:
    """Return where to look, county by county: the village asked for, or all areas in which the officer may find people."""
    places = [village] if village is not None else granting(by, "register.find_person", at)
    areas: dict[int, set[str]] = {}
    for place in places:
        for county in _counties(place):
            areas.setdefault(county, set()).add(_area(place))
    return [
        searching.Scope(county, () if "" in within else tuple(sorted(within)))
        for county, within in sorted(areas.items())
    ]


def _counties(place: Place) -> list[int]:
    if place.level in (Level.PROVINCE, Level.CITY):
        within = Q(province_id=place.pk) if place.level == Level.PROVINCE else Q(city_id=place.pk)
        return list(Place.objects.filter(within, level=Level.COUNTY).values_list("pk", flat=True))
    return [place.county_id or place.pk]


def _area(place: Place) -> str:
    if place.level == Level.TOWN:
        return f"t{place.pk}"
    if place.level in (Level.VILLAGE, Level.GRID):
        return f"v{place.village_id or place.pk}"
    return ""


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
