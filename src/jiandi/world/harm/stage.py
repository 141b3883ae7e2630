"""The stage on which harm is planted: finds or makes the people, and lays the rows that hint at it."""

from __future__ import annotations

from collections.abc import Callable

from jiandi.world import geography, hidden, names
from jiandi.world.calendar import TODAY, age_on, years_before
from jiandi.world.dice import Dice
from jiandi.world.households import Builder, add_household
from jiandi.world.people import MAN, WOMAN, Entry, Harm, Person, Village
from jiandi.world.rosters import civil, health, other

Fits = Callable[[Person], bool]
Shape = Callable[["Stage", bool], Person | None]


class Stage:
    """One village's stage. `look_alike` scenes lay the same kind of trace over an innocent life."""

    def __init__(self, village: Village, builder: Builder) -> None:
        self.village, self.builder = village, builder
        self.dice: Dice = village.dice("harm")
        self.number = 0
        self.others: list[Person] = []

    def play(self, name: str, shape: Shape, look_alike: bool) -> None:
        """Plant one shape and write it into the truth."""
        self.number = len(self.village.harms) + 1
        self.others = []
        person = shape(self, look_alike)
        if person is None:
            return
        self.village.harms.append(
            Harm(self.number, name, person, self.village.place.code, look_alike, self.others)
        )
        if not look_alike and person.visibility < 0.55:
            person.cast = True

    # -- finding people
    def find(self, fits: Fits, shape: str = "family") -> Person:
        """Return somebody nobody has cast yet, making new households of a shape until one fits."""
        found = self.dice.first(self.village.people, lambda p: _free(p) and fits(p))
        for _ in range(40):
            if found is not None:
                break
            household = add_household(self.builder, shape)
            found = self.dice.first(household.people, lambda p: _free(p) and fits(p))
        else:
            raise RuntimeError(f"no household of shape {shape!r} gives the person a scene needs")
        return self.cast(found)

    def cast(self, person: Person) -> Person:
        """Keep a person and the whole household out of other scenes."""
        person.cast = True
        for mate in self.housemates(person):
            mate.cast = True
        return person

    def child(self, low: int, high: int) -> Person:
        """Return a child of an age, with parents in the house's books."""
        return self.find(
            lambda p: low <= age_on(p.birth) <= high and p.father is not None and p.mother is not None
        )

    def wife(self, low: int = 24, high: int = 60) -> Person:
        """Return a married woman who lives here with her husband."""
        return self.find(lambda p: p.sex == WOMAN and low <= age_on(p.birth) <= high and _together(p))

    def mother_and_child(self, low: int, high: int) -> Person:
        """Return a child whose mother lives in the same house."""
        return self.find(
            lambda p: (
                low <= age_on(p.birth) <= high
                and p.mother is not None
                and p.father is not None
                and p.mother.household == p.household
                and not p.mother.away
                and not p.mother.origin
            )
        )

    def young_mothers_child(self) -> Person:
        """Return the small child of a mother in her twenties."""
        return self.find(
            lambda p: (
                age_on(p.birth) <= 5
                and p.mother is not None
                and p.father is not None
                and p.mother.household == p.household
                and age_on(p.mother.birth) <= 27
                and not p.mother.away
            ),
            "young_couple",
        )

    def housemates(self, person: Person) -> list[Person]:
        """Return the others under the same roof."""
        household = person.household
        return [p for p in self.village.people if p.household == household and p is not person]

    def adult(self, low: int = 25, high: int = 65) -> Person:
        """Return a grown-up who lives with others."""
        return self.find(
            lambda p: (
                low <= age_on(p.birth) <= high and p.spouse is not None and not p.illness and not p.origin
            )
        )

    def lone_man(self) -> Person:
        """Return a man alone in his book."""
        return self.find(
            lambda p: (
                p.sex == MAN and 30 <= age_on(p.birth) <= 62 and p.spouse is None and p.relation == "户主"
            ),
            "single",
        )

    def elder_alone(self) -> Person:
        """Return an old person who lives alone."""
        return self.find(
            lambda p: age_on(p.birth) >= 66 and p.spouse is None and p.relation == "户主", "old_alone"
        )

    def elder(self, low: int = 81) -> Person:
        """Return a very old person."""
        return self.find(lambda p: age_on(p.birth) >= low, "old_couple" if low < 76 else "old_alone")

    # -- making people
    def bride_of(self, husband: Person, age: float, *, listed: bool) -> Person:
        """Bring a woman from far away into a man's house; `listed` gives her a place in its book."""
        woman = self.builder.person(WOMAN, years_before(TODAY, age), far=True)
        woman.spouse, husband.spouse = husband, woman
        woman.cast = True
        if listed:
            home = next(h for h in self.village.households if h.number == husband.household)
            self.builder.add(home, woman, "配偶")
            return woman
        hidden.make_unlisted(self.village, woman, "woman_without_papers")
        woman.phone = ""
        assert husband.home is not None
        return hidden.living_at(self.builder, woman, husband.home, husband.household)

    def baby_of(self, mother: Person, father: Person, born: int, *, listed: bool) -> Person:
        """Give a couple a child."""
        sex = MAN if self.dice.chance(0.5) else WOMAN
        child = self.builder.person(sex, born, family=names.split(father.name)[0])
        child.father, child.mother, child.cast = father, mother, True
        if listed:
            home = next(h for h in self.village.households if h.number == father.household)
            return self.builder.add(home, child, "子" if sex == MAN else "女")
        hidden.make_unlisted(self.village, child, "undocumented_child")
        assert father.home is not None
        return hidden.living_at(self.builder, child, father.home, father.household)

    # -- laying traces
    def row(self, kind: str, entry: Entry) -> Entry:
        """Lay a row in a roster as part of the scene; no clerk spoils it."""
        entry.harm = self.number
        self.village.extra[kind].append(entry)
        return entry

    def call(self, named: Person | None, kind: str, body: str, unit: str, on: int, **more: object) -> None:
        """Let somebody call the hotline."""
        self.row("hotline", other.hotline_entry(self.village, named, kind, body, unit, on, self.dice, **more))

    def consult(self, person: Person, diagnosis: str, department: str, on: int, **more: object) -> None:
        """Let somebody be seen by a doctor."""
        self.row(
            "clinic", health.clinic_entry(self.village, person, diagnosis, department, on, self.dice, **more)
        )

    def register_marriage(self, husband: Person, wife: Person, on: int, **more: object) -> None:
        """Lay a registration into the marriage archive."""
        self.row("marriage", civil.marriage_entry(self.village, husband, wife, on, self.dice, **more))

    def report(self, body: str, *, about: str = "", days_ago: int = 0, danger: bool = False) -> None:
        """Let somebody in the village tell the county about it."""
        self.village.reports.append(
            {
                "received_on": TODAY - (days_ago or self.dice.whole(1, 25)),
                "place_code": self.village.place.code,
                "body": f"{self.village.place.name}{self.dice.whole(1, 9)}组,{body}",
                "about_name": about,
                "danger": danger,
            }
        )

    def far(self) -> tuple[str, str, str, str]:
        """Return a far county: code, province, county, township."""
        return self.dice.pick(geography.FAR)

    def ago(self, low: int, high: int) -> int:
        """Return a day some days before the reference date."""
        return TODAY - self.dice.whole(low, high)


def _free(person: Person) -> bool:
    return not (person.cast or person.died or person.away or person.hidden) and person.registered


def _together(person: Person) -> bool:
    spouse = person.spouse
    return (
        spouse is not None
        and spouse.household == person.household
        and spouse.registered
        and not spouse.died
        and person.married_on > 0
        and not person.origin
    )
