"""Questions about entitlement as a reader may see them, and on which lists a person stood from when to when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from jiandi.core.entitlements import RULES, Entitlement
from jiandi.core.numbering import ROW_BITS, ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.register.groups import OF_KIND
from jiandi.rooms.register.models import Person, Record, Roster
from jiandi.rooms.register.models_standing import EntitlementQuestion


def questions(by: Officer, at: datetime) -> QuerySet[EntitlementQuestion]:
    """Return the questions about people of the officer's area; about somebody behind a wall only to those inside it."""
    living = EntitlementQuestion.objects.filter(person__superseded_by__isnull=True)
    return visible(living, by, "register.read_entitlement", at=at, wall="person__wall")


def not_asked() -> list[tuple[Entitlement, list[Text]]]:
    """Return the questions nobody can ask yet, each with the lists that were not delivered."""
    have = set(Roster.objects.filter(state=Roster.State.READ).values_list("kind", flat=True).distinct())
    lacking = [(rule, [kind_of(kind).title for kind in rule.needs if kind not in have]) for rule in RULES]
    return [(rule, kinds) for rule, kinds in lacking if kinds]


def rosters_of(rows: Iterable[int]) -> dict[int, Roster]:
    """Return the rosters that rows stand in, read at once for a whole page."""
    return Roster.objects.select_related("unit").in_bulk({row >> ROW_BITS for row in rows})


def sources(question: EntitlementQuestion, rosters: Mapping[int, Roster]) -> list[tuple[Roster, int]]:
    """Return the lists and lines a question stands on."""
    return [(rosters[row >> ROW_BITS], row & ROW_MASK) for row in question.rows if row >> ROW_BITS in rosters]


@dataclass(frozen=True, slots=True)
class Span:
    """A person on a unit's list of one kind: from the first delivery that named them to the first that no longer did."""

    kind: str
    title: Text
    unit: str
    starts_on: date
    ends_on: date | None
    deliveries: int


def spans(person: Person) -> list[Span]:
    """Return on which protection lists a person stood from when to when, delivery by delivery; the latest first.

    A gap between two deliveries ends one span and begins another: nothing says what was between.
    """
    numbers = Person.objects.filter(Q(pk=person.pk) | Q(superseded_by=person.pk)).values("pk")
    named = Record.objects.filter(person__in=numbers, role=0, roster__kind__in=OF_KIND)
    on = set(named.values_list("roster_id", flat=True))
    chains = Roster.objects.filter(pk__in=on).values_list("unit", "kind").distinct()
    found: list[Span] = []
    for unit, kind in chains:
        delivered = Roster.objects.filter(
            unit=unit, kind=kind, state__in=(Roster.State.READ, Roster.State.REPLACED)
        )
        found += _spans_of(list(delivered.select_related("unit").order_by("reference_on", "pk")), on)
    return sorted(found, key=lambda span: (span.starts_on, span.kind), reverse=True)


def _spans_of(delivered: list[Roster], on: set[int]) -> list[Span]:
    found: list[Span] = []
    run: list[Roster] = []
    for roster in [*delivered, None]:
        if roster is not None and roster.pk in on:
            run.append(roster)
        elif run:
            first = run[0]
            ends = roster.reference_on if roster is not None else None
            found.append(
                Span(
                    first.kind, kind_of(first.kind).title, first.unit.name, first.reference_on, ends, len(run)
                )
            )
            run = []
    return found
