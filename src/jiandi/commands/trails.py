"""What belongs to one record: the deliveries that name a person, the visits, the questions, the cases and their requests."""

from __future__ import annotations

from collections.abc import Iterable

from jiandi.rooms.cases.models import Case, Referral, Subject
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register.models import Record
from jiandi.rooms.screening.models import Expected, Sighting

Thing = tuple[str, int]


def trail(kind: str, number: int) -> list[Thing]:
    """Return a thing and everything that happened because of it; a bulletin never leads back to a person."""
    if kind == "person":
        return _person(number)
    if kind == "case":
        return _cases([number])
    return [(kind, number)]


def _person(number: int) -> list[Thing]:
    rosters = Record.objects.filter(person=number).values_list("roster", flat=True)
    tasks = Expected.objects.filter(person=number).values_list("task", flat=True)
    visits = Sighting.objects.filter(person=number).values_list("visit", flat=True)
    alerts = Alert.objects.filter(person=number).values_list("pk", flat=True)
    walls = Alert.objects.filter(person=number, wall__isnull=False).values_list("wall", flat=True)
    cases = Subject.objects.filter(person=number).values_list("case", flat=True)
    return [
        ("person", number),
        *_each("roster", rosters),
        *_each("visittask", tasks),
        *_each("visit", visits),
        *_each("alert", alerts),
        *_each("wall", walls),
        *_cases(cases),
    ]


def _cases(numbers: Iterable[int]) -> list[Thing]:
    wanted = sorted(set(numbers))
    referrals = Referral.objects.filter(case__in=wanted).values_list("pk", flat=True)
    walls = Case.objects.filter(pk__in=wanted).values_list("wall", flat=True)
    return [*_each("case", wanted), *_each("referral", referrals), *_each("wall", walls)]


def _each(kind: str, numbers: Iterable[int]) -> list[Thing]:
    return [(kind, number) for number in sorted(set(numbers))]
