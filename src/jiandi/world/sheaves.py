"""What a village hands in: its rows as the clerks wrote them, and its truth, in plain values a process can pass on."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

from jiandi.world.people import Dwelling, Entry, Harm, Person, Village
from jiandi.world.rosters.kinds import Kind

Columns = dict[str, list[Any]]
_EPOCH = 719_163  # the ordinal of 1970-01-01


@dataclass(slots=True)
class Page:
    """One roster's rows of one village. `each` says how many of `roles` and `who` belong to each row."""

    cells: list[tuple[Any, ...]]
    each: array[int]
    roles: array[int]
    who: array[int]
    hints: list[tuple[int, int]]  # (position of the row, number of the harm among the village's)


@dataclass(slots=True)
class Sheaf:
    """One village, ready to be written: a page for every kind of roster, and the truth by column."""

    pages: list[Page]
    people: Columns
    doors: Columns
    harms: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    residents: int


def page_of(kind: Kind, rows: list[Entry]) -> Page:
    """Lay rows out in the order of a kind's columns; a value nobody gave is an empty cell."""
    fields = [column.field for column in kind.columns]
    take: Callable[[dict[str, Any]], tuple[Any, ...]] = itemgetter(*fields)
    try:
        cells = [take(row.values) for row in rows]
    except KeyError:
        cells = [tuple([row.values.get(field, "") for field in fields]) for row in rows]
    people = [row.people for row in rows]
    return Page(
        cells,
        each=array("i", map(len, people)),
        roles=array("b", [role for roles in people for role in roles]),
        who=array("q", [person.true_id for roles in people for person in roles.values()]),
        hints=[(at, row.harm) for at, row in enumerate(rows) if row.harm],
    )


def sheaf_of(village: Village, pages: list[Page]) -> Sheaf:
    """Bind a village's pages together with its truth: residents first, then those who only stand in papers."""
    return Sheaf(
        pages,
        people=_people(village.people + village.outside, village.place.code),
        doors=_doors(village.dwellings),
        harms=[_harm(harm) for harm in village.harms],
        reports=village.reports,
        residents=len(village.people),
    )


_PERSON: dict[str, Callable[[Person], Any]] = {
    "true_id": attrgetter("true_id"),
    "name": attrgetter("name"),
    "sex": attrgetter("sex"),
    "birth_on": lambda person: person.birth - _EPOCH,
    "dwelling_code": lambda person: person.home.code if person.home else "",
    "household_true": attrgetter("household"),
    "registered": attrgetter("registered"),
    "hidden_kind": attrgetter("hidden"),
    "visibility": attrgetter("visibility"),
    "registered_dwelling": lambda person: (
        person.registered_at.code if person.registered_at and person.registered else ""
    ),
    "away": attrgetter("away"),
    "died_on": lambda person: person.died - _EPOCH if person.died else None,
    "restraint": attrgetter("restraint"),
    "need": attrgetter("need"),
    "known_as": attrgetter("known_as"),
}
_DOOR = ("code", "group", "address", "lon", "lat", "kind")


def _people(everyone: list[Person], code: str) -> Columns:
    columns = {name: list(map(value, everyone)) for name, value in _PERSON.items()}
    return columns | {"village_code": [code if person.home else "" for person in everyone]}


def _doors(dwellings: list[Dwelling]) -> Columns:
    return {name: list(map(attrgetter(name), dwellings)) for name in _DOOR}


def _harm(harm: Harm) -> dict[str, Any]:
    concerned = (harm.person, *harm.others)
    return {
        "shape": harm.shape,
        "people": [(person.true_id, person.household) for person in concerned],
        "village_code": harm.village,
        "look_alike": harm.look_alike,
    }
