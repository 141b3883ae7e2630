"""The nouns of the world: doors, people, households, a village as it is while being made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jiandi.world.dice import Dice
from jiandi.world.geography import VillagePlace

if TYPE_CHECKING:
    from jiandi.world.parameters import Parameters

MAN, WOMAN = 1, 2
SPAN = 1 << 14  # true ids per village


@dataclass(slots=True)
class Dwelling:
    """A door: homes, and also the sheds and huts where nobody is registered."""

    code: str
    group: int
    address: str
    lon: float
    lat: float
    kind: str = "民居"


@dataclass(slots=True, eq=False)
class Person:
    """One true person. Days are ordinals; 0 and "" mean there is none."""

    true_id: int
    name: str
    sex: int
    birth: int
    number: str = ""
    home: Dwelling | None = None
    household: int = 0
    relation: str = ""
    registered: bool = True
    registered_at: Dwelling | None = None
    father: Person | None = None
    mother: Person | None = None
    spouse: Person | None = None
    married_on: int = 0
    phone: str = ""
    away: bool = False
    died: int = 0
    origin: str = ""
    known_as: str = ""
    hidden: str = ""
    visibility: float = 1.0
    restraint: str = ""
    need: str = ""
    disability: tuple[str, int] | None = None
    illness: str = ""
    danger: int = 0
    dibao: str = ""
    tekun: str = ""
    school: tuple[str, str, str] | None = None
    left: str = ""
    guardian: Person | None = None
    cast: bool = False
    skip: tuple[str, ...] = ()


@dataclass(eq=False)
class Household:
    """People under one roof and in one book."""

    number: int
    home: Dwelling
    people: list[Person] = field(default_factory=list)
    dibao: str = ""
    cast: bool = False

    def head(self) -> Person:
        """Return whoever the book names first."""
        return self.people[0]


@dataclass(slots=True)
class Entry:
    """One row of a roster before anybody writes it wrongly: values by canonical field, people by role."""

    values: dict[str, Any]
    people: dict[int, Person]
    harm: int = 0


@dataclass(slots=True)
class Harm:
    """One planted harm, or an innocent situation that looks like it."""

    harm_id: int
    shape: str
    person: Person
    village: str
    look_alike: bool
    others: list[Person] = field(default_factory=list)


@dataclass
class Village:
    """A village while it is being made; nothing of it stays in memory afterwards."""

    place: VillagePlace
    parameters: Parameters
    seed: int
    people: list[Person] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    extra: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    harms: list[Harm] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    outside: list[Person] = field(default_factory=list)
    taken: set[tuple[int, int, str]] = field(default_factory=set)
    next_id: int = 0

    def dice(self, purpose: str) -> Dice:
        """Return the village's own dice for one purpose."""
        return Dice(self.seed, self.place.index, purpose)

    def new_id(self) -> int:
        """Return a true id nobody has."""
        self.next_id += 1
        return self.place.index * SPAN + self.next_id

    def alive(self) -> list[Person]:
        """Return those who live, here or away for work."""
        return [person for person in self.people if not person.died]
