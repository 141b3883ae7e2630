"""Everybody about whose guardian the lists disagree, found in sets; each page of a person says more, papers included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jiandi.core.identity import USABLE
from jiandi.core.numbering import ROLES, ROW_BITS
from jiandi.core.values import Text
from jiandi.rooms.access.bulk import among
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.register.circles import circle_of
from jiandi.rooms.register.groups import SENSITIVE_FILES
from jiandi.rooms.register.models import COUNTED, Person, Record, Relation, Roster
from jiandi.rooms.register.queries_family import SCHOOLS

DOUBTS: dict[str, Text] = {
    "two": Text(zh="两份名册写的监护人不同", en="Two lists name different guardians"),
    "dead": Text(zh="监护人在死亡名册中", en="The guardian is in the death file"),
    "married": Text(
        zh="监护人凭证件号不全的婚姻登记为配偶",
        en="The guardian is the spouse by a certificate without a usable number",
    ),
}


def doubted(by: Officer, at: datetime, *, sensitive: bool) -> dict[str, QuerySet[Person]]:
    """Return, by doubt, the people of the officer's area it is about; nobody sealed, and none of the officer's own people."""
    people = Person.objects.filter(COUNTED, wall__isnull=True, died_on__isnull=True)
    theirs = visible(people, by, "register.read_doubts", at=at).exclude(pk__in=circle_of(by).people)
    return {
        doubt: theirs.filter(among("pk", found.values_list("person", flat=True)))
        for doubt, found in _found(sensitive).items()
    }


def _found(sensitive: bool) -> dict[str, QuerySet[Relation]]:
    unheard = SCHOOLS | (frozenset() if sensitive else SENSITIVE_FILES)
    guards = Relation.objects.filter(
        kind="guardian", other__wall__isnull=True, other__superseded_by__isnull=True
    ).exclude(_of(Roster.objects.filter(kind__in=unheard).values_list("pk", flat=True)))
    same = {"person": OuterRef("person"), "other": OuterRef("other")}
    strangers = guards.exclude(Exists(Relation.objects.filter(kind__in=("mother", "father"), **same)))
    weak = Record.objects.filter(
        pk__gt=OuterRef("row_id") * ROLES, pk__lte=OuterRef("row_id") * ROLES + 2
    ).exclude(id_status__in=USABLE)
    return {
        "two": strangers.values("person").annotate(n=Count("other", distinct=True)).filter(n__gt=1),  # type: ignore[dict-item]  # rows of values, asked for the person alone
        "dead": guards.filter(other__died_on__isnull=False),
        "married": guards.filter(Exists(Relation.objects.filter(Exists(weak), kind="spouse", **same))),
    }


def _of(rosters: Iterable[int]) -> Q:
    """Return the condition that a tie stands in one of these rosters."""
    condition = Q(pk__in=[])
    for roster in rosters:
        condition |= Q(row_id__range=(roster << ROW_BITS, ((roster + 1) << ROW_BITS) - 1))
    return condition
