"""People on no list, each kind as visible as such people are to an honest worker who comes to the door."""

from __future__ import annotations

from collections.abc import Callable

from jiandi.world import geography
from jiandi.world.calendar import TODAY, years_before
from jiandi.world.dice import Dice
from jiandi.world.households import Builder
from jiandi.world.people import MAN, WOMAN, Dwelling, Person, Village


def hide(village: Village, builder: Builder) -> None:
    """Add the people whom no list holds."""
    dice = village.dice("hidden")
    parameters = village.parameters
    for kind, maker in _KINDS.items():
        expected = parameters.hidden[kind] * village.place.people / 10_000
        for _ in range(int(expected) + dice.chance(expected % 1)):
            person = maker(builder, dice)
            make_unlisted(village, person, kind)


def make_unlisted(village: Village, person: Person, kind: str) -> None:
    """Take a person out of every list and set how visible such people are."""
    person.hidden = kind
    person.registered = False
    person.number = ""
    person.visibility = village.parameters.visibility.get(kind, 0.5)


def hut(builder: Builder, kind: str) -> Dwelling:
    """Return a hut of a kind (there are always some)."""
    huts = [dwelling for dwelling in builder.village.dwellings if dwelling.kind == kind]
    return builder.dice.pick(huts) if huts else builder.dwelling(kind)


def living_at(builder: Builder, person: Person, home: Dwelling, household: int = 0) -> Person:
    """Let a person live at a door without standing in any book."""
    if not household:
        builder.book += 1
        household = builder.village.place.index * 10_000 + builder.book
    person.home, person.household = home, household
    builder.village.people.append(person)
    return person


def woman_without_papers(builder: Builder, dice: Dice) -> Person:
    """A woman from far away in a household whose book does not name her."""
    host = dice.pick(builder.village.households)
    person = builder.person(WOMAN, years_before(TODAY, dice.near(38, 7)))
    person.origin, person.phone = dice.pick(geography.FAR)[0], ""
    return living_at(builder, person, host.home, host.number)


def undocumented_child(builder: Builder, dice: Dice) -> Person:
    """A child who was never registered."""
    host = dice.pick(builder.village.households)
    person = builder.person(MAN if dice.chance(0.5) else WOMAN, years_before(TODAY, 2 + 12 * dice.u()))
    person.name = host.head().name[:1] + person.name[1:] if host.people else person.name
    person.phone = ""
    return living_at(builder, person, host.home, host.number)


def elder_in_shed(builder: Builder, dice: Dice) -> Person:
    """An old person living in a shed behind other people's houses."""
    person = builder.person(MAN if dice.chance(0.7) else WOMAN, years_before(TODAY, dice.near(74, 4)))
    person.phone = ""
    return living_at(builder, person, hut(builder, "看护房"))


def migrant_in_hut(builder: Builder, dice: Dice) -> Person:
    """A worker of a building site."""
    person = builder.person(MAN, years_before(TODAY, dice.near(41, 6)))
    person.origin = dice.pick(geography.FAR)[0]
    return living_at(builder, person, hut(builder, "工棚"))


def moved_in(builder: Builder, dice: Dice) -> Person:
    """Somebody who moved in with relatives and never told anyone."""
    host = dice.pick(builder.village.households)
    sex = MAN if dice.chance(0.45) else WOMAN
    return living_at(
        builder, builder.person(sex, years_before(TODAY, dice.near(45, 12))), host.home, host.number
    )


def sleeper_in_lookout(builder: Builder, dice: Dice) -> Person:
    """Somebody who sleeps in a look-out hut by the orchard and cannot say where home is."""
    person = builder.person(MAN if dice.chance(0.75) else WOMAN, years_before(TODAY, dice.near(50, 7)))
    person.phone = ""
    return living_at(builder, person, hut(builder, "看护房"))


_KINDS: dict[str, Callable[[Builder, Dice], Person]] = {
    "woman_without_papers": woman_without_papers,
    "undocumented_child": undocumented_child,
    "elder_in_shed": elder_in_shed,
    "migrant_in_hut": migrant_in_hut,
    "moved_in": moved_in,
    "sleeper_in_lookout": sleeper_in_lookout,
}
