"""Who is close to whom, as the rows say it: a tie to one of a household is a tie to what is held about any of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from jiandi.rooms.access.models import Conflict, Officer
from jiandi.rooms.register.models import Person, Relation
from jiandi.rooms.register.standing import numbers_of, standing_for


@dataclass(frozen=True, slots=True)
class Circle:
    """The people and households a tie reaches."""

    people: frozenset[int]
    households: frozenset[int]

    def __or__(self, other: Circle) -> Circle:
        """Both circles together."""
        return Circle(self.people | other.people, self.households | other.households)


NOBODY = Circle(frozenset(), frozenset())


def circle(kind: str, subject_id: int) -> Circle:
    """Return whom a tie to a person or a household reaches: the person, their kin, everybody they live with."""
    if kind == "person":
        # Whoever was merged since the tie was declared is still who it was declared about.
        them = numbers_of({subject_id, *standing_for([subject_id]).values()})
        people = set(them)
        related = Relation.objects.filter(Q(person__in=them) | Q(other__in=them))
        for pair in related.values_list("person", "other"):
            people |= set(pair)
        homes = set(
            Person.objects.filter(pk__in=them, household__isnull=False).values_list("household", flat=True)
        )
    elif kind == "household":
        people, homes = set(), {subject_id}
    else:
        return NOBODY
    people |= set(Person.objects.filter(household__in=homes).values_list("pk", flat=True))
    return Circle(frozenset(people), frozenset(homes))


def circle_of(officer: Officer) -> Circle:
    """Return everybody an officer has declared a tie to, with those around them. Ties are few: officers write them by hand."""
    found = NOBODY
    for kind, subject in Conflict.objects.filter(officer=officer).values_list("subject_kind", "subject_id"):
        found |= circle(kind, subject)
    return found


def ties_around() -> dict[int, list[tuple[str, int]]]:
    """Return, for everybody a declared tie reaches, the subjects it was declared about: read once for a whole run."""
    found: dict[int, list[tuple[str, int]]] = {}
    for kind, subject in Conflict.objects.values_list("subject_kind", "subject_id").distinct():
        for person in circle(kind, subject).people:
            found.setdefault(person, []).append((kind, subject))
    return found


def about_them(people: frozenset[int]) -> Q:
    """Return the condition that a doubtful pair is about one of these people."""
    return Q(record__person__in=people) | Q(candidate__person__in=people)
