"""Fill a village with households: who lives with whom, who is away, who came from where."""

from __future__ import annotations

from jiandi.world import geography, identity, names
from jiandi.world.calendar import TODAY, age_on, day, lunar_parts, years_before
from jiandi.world.dice import Dice, Table
from jiandi.world.people import MAN, WOMAN, Dwelling, Household, Person, Village

_SHAPES = Table(
    [
        ("family", 0.36),
        ("three_generations", 0.18),
        ("grandparents", 0.07),
        ("old_couple", 0.15),
        ("old_alone", 0.09),
        ("single", 0.06),
        ("young_couple", 0.05),
        ("one_parent", 0.04),
    ]
)
_CHILDREN = Table([(0, 0.10), (1, 0.36), (2, 0.42), (3, 0.12)])
GROUPS = 10


class Builder:
    """Builds people, doors and households of one village, giving out ids, numbers and addresses."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.dice = village.dice("households")
        self.rates = village.parameters.population
        self.errors = village.parameters.errors
        self.door = 0
        self.book = 0

    # -- doors
    def dwelling(self, kind: str = "民居", address: str = "") -> Dwelling:
        """Add a door to the village, at a place of its own on the grid."""
        self.door += 1
        place, dice = self.village.place, self.dice
        group = 1 + (self.door * GROUPS // max(60, place.people // 3 + 40)) % GROUPS
        number = self.door
        home = Dwelling(
            code=f"{place.code}{self.door:05d}",
            group=group,
            address=address or f"{place.address}第{group}组{number}号",
            lon=round(place.lon + 0.0006 * group + dice.u() * 0.0009, 6),
            lat=round(place.lat + 0.0004 * (group % 5) + dice.u() * 0.0011, 6),
            kind=kind,
        )
        self.village.dwellings.append(home)
        return home

    # -- people
    def person(
        self, sex: int, birth: int, *, family: str = "", shared: str = "", far: bool = False
    ) -> Person:
        """Make a person with a name, a birthday of one's own and a sound identity number."""
        dice = self.dice
        birth = min(birth, TODAY - 3)
        area = self.village.place.county_code
        while (birth, sex, area) in self.village.taken:
            birth -= 1
        self.village.taken.add((birth, sex, area))
        name = (family or names.surname(dice)) + names.given(dice, sex, birth, shared)
        found = Person(self.village.new_id(), name, sex, birth)
        found.number = self.number(area, birth, sex)
        if age_on(birth) >= 14 and not dice.chance(self.rates["no_phone_adult"]):
            found.phone = phone_number(dice)
        if far:
            found.origin = dice.pick(geography.FAR)[0]
        return found

    def number(self, area: str, birth: int, sex: int, again: int = 0) -> str:
        """Return the identity number that this village gives out for a birthday; `again` for a twin."""
        place = self.village.place
        printed = birth
        if not again and self.dice.chance(self.errors["lunar_in_id"]):
            y, m, d = lunar_parts(birth)
            printed = birth if d > 28 else day(y, m, d)
        if again:
            return identity.number_for(
                area, printed, sex, (400 + place.index_in_county % 99) * 173 + printed * 7
            )
        return identity.number_for(area, printed, sex, place.index_in_county * 173 + printed * 7)

    # -- households
    def household(self, home: Dwelling | None = None) -> Household:
        """Open a household book at a door (a new one unless given)."""
        self.book += 1
        door = home or self.dwelling()
        number = self.village.place.index * 10_000 + self.book
        found = Household(number, door)
        self.village.households.append(found)
        return found

    def add(self, household: Household, person: Person, relation: str) -> Person:
        """Let a person live in a household and stand in its book."""
        person.household = household.number
        person.home = household.home
        person.registered_at = household.home
        person.relation = relation
        household.people.append(person)
        self.village.people.append(person)
        return person

    def couple(
        self, household: Household, age: float, relations: tuple[str, str] = ("户主", "配偶")
    ) -> tuple[Person, Person]:
        """Add a married couple, the wife sometimes from a far province."""
        dice = self.dice
        husband = self.add(household, self.person(MAN, years_before(TODAY, age + dice.u())), relations[0])
        far = dice.chance(self.rates["brides_from_far"])
        gap = dice.near(2.0, 1.4)
        wife = self.add(household, self.person(WOMAN, husband.birth + int(gap * 365), far=far), relations[1])
        husband.spouse, wife.spouse = wife, husband
        wedding = max(husband.birth + int(22.2 * 365.25), wife.birth + int(20.2 * 365.25)) + dice.whole(
            60, 1800
        )
        if wedding < TODAY - 30:
            husband.married_on = wife.married_on = wedding
        return husband, wife

    def children(
        self, household: Household, father: Person, mother: Person, count: int, relation: str = ""
    ) -> list[Person]:
        """Add the children of a couple who still live at home, brothers and sisters often sharing a character."""
        dice = self.dice
        family = names.split(father.name)[0]
        shared = names.given(dice, MAN, TODAY)[:1] if count > 1 and dice.chance(0.35) else ""
        born = mother.birth + int((20.5 + 6.0 * dice.u()) * 365.25)
        found: list[Person] = []
        for _ in range(count):
            born += dice.whole(420, 1900)
            if born > TODAY - 20 or age_on(born) > 27:
                continue
            sex = MAN if dice.chance(0.52) else WOMAN
            word = relation or ("子" if sex == MAN else "女")
            child = self.add(household, self.person(sex, born, family=family, shared=shared), word)
            child.father, child.mother = father, mother
            found.append(child)
        self._twin(household, found)
        return found

    def _twin(self, household: Household, children: list[Person]) -> None:
        if not children or not self.dice.chance(0.012):
            return
        first = children[-1]
        family = names.split(first.name)[0]
        twin = Person(
            self.village.new_id(),
            family + names.given(self.dice, first.sex, first.birth),
            first.sex,
            first.birth,
        )
        area = self.village.place.county_code
        twin.number = self.number(area, first.birth, first.sex, again=1)
        twin.father, twin.mother = first.father, first.mother
        self.add(household, twin, first.relation)


def phone_number(dice: Dice) -> str:
    """Return a mobile number that no operator gives out (its second group is 0000)."""
    return f"1{dice.whole(30, 99)}0000{dice.whole(0, 9999):04d}"


# -- the shapes of households


def family(builder: Builder, household: Household) -> None:
    """Parents and the children still at home."""
    father, mother = builder.couple(household, max(24.0, builder.dice.near(43, 8.0)))
    builder.children(household, father, mother, builder.dice.from_table(_CHILDREN))


def three_generations(builder: Builder, household: Household) -> None:
    """Parents, children, and one or both of the father's parents."""
    dice = builder.dice
    father, mother = builder.couple(household, max(25.0, dice.near(40, 6.0)))
    builder.children(household, father, mother, dice.from_table(_CHILDREN))
    family_name = names.split(father.name)[0]
    grandfather = builder.person(MAN, father.birth - int(dice.near(25, 2.5) * 365.25), family=family_name)
    grandmother = builder.person(WOMAN, grandfather.birth + dice.whole(100, 1500))
    father.father, father.mother = grandfather, grandmother
    for grandparent, word, alive in ((grandfather, "父亲", 0.7), (grandmother, "母亲", 0.8)):
        if dice.chance(alive):
            builder.add(household, grandparent, word)
        else:
            gone_from(builder.village, grandparent)
    grandfather.spouse, grandmother.spouse = grandmother, grandfather


def grandparents(builder: Builder, household: Household) -> None:
    """Grandparents raising grandchildren whose parents work far away."""
    dice = builder.dice
    old_man, old_woman = builder.couple(household, dice.near(63, 3.0))
    father = builder.person(MAN, old_man.birth + int(dice.near(25, 1.5) * 365.25), family=old_man.name[:1])
    builder.add(household, father, "子")
    mother = builder.add(household, builder.person(WOMAN, father.birth + dice.whole(100, 1200)), "儿媳")
    father.father, father.mother = old_man, old_woman
    father.spouse, mother.spouse = mother, father
    father.away = mother.away = True
    for child in builder.children(household, father, mother, dice.whole(1, 2)):
        child.relation = "孙子" if child.sex == MAN else "孙女"


def gone_from(village: Village, person: Person) -> None:
    """Keep somebody in the truth who stands in papers but lives nowhere here any more."""
    person.hidden, person.visibility, person.registered = "outside", 0.0, False
    person.home, person.household, person.registered_at = None, 0, None
    village.outside.append(person)


def old_couple(builder: Builder, household: Household) -> None:
    """Two old people."""
    builder.couple(household, max(52.0, builder.dice.near(66, 8.0)))


def old_alone(builder: Builder, household: Household) -> None:
    """One old person, widowed or never married."""
    dice = builder.dice
    sex = WOMAN if dice.chance(0.58) else MAN
    builder.add(household, builder.person(sex, years_before(TODAY, dice.near(76, 6.0))), "户主")


def single(builder: Builder, household: Household) -> None:
    """A grown-up alone in the book."""
    dice = builder.dice
    sex = MAN if dice.chance(0.75) else WOMAN
    builder.add(household, builder.person(sex, years_before(TODAY, max(22.0, dice.near(46, 9.0)))), "户主")


def young_couple(builder: Builder, household: Household) -> None:
    """A couple not long married."""
    father, mother = builder.couple(household, builder.dice.near(27, 1.4))
    builder.children(household, father, mother, builder.dice.whole(0, 1))


def one_parent(builder: Builder, household: Household) -> None:
    """A mother or father alone with children."""
    dice = builder.dice
    father, mother = builder.couple(household, dice.near(38, 4.0))
    builder.children(household, father, mother, dice.whole(1, 2))
    gone = father if dice.chance(0.5) else mother
    household.people.remove(gone)
    builder.village.people.remove(gone)
    gone_from(builder.village, gone)
    if gone is father:
        mother.relation = "户主"
        household.people.sort(key=lambda person: person is not mother)


_BUILD = {
    "family": family,
    "three_generations": three_generations,
    "grandparents": grandparents,
    "old_couple": old_couple,
    "old_alone": old_alone,
    "single": single,
    "young_couple": young_couple,
    "one_parent": one_parent,
}


def add_household(builder: Builder, shape: str = "") -> Household:
    """Add one household of a shape, or of any."""
    household = builder.household()
    _BUILD[shape or builder.dice.from_table(_SHAPES)](builder, household)
    return household


def settle_village(village: Village) -> Builder:
    """Fill the village to its number of people and add the doors where nobody is registered."""
    builder = Builder(village)
    dice, rates = builder.dice, builder.rates
    while len(village.people) < village.place.people * 0.985:
        household = add_household(builder)
        if dice.chance(rates["outsiders"]):
            _make_outsiders(builder, household)
        elif dice.chance(rates["lives_elsewhere_in_village"]):
            _move_next_door(builder, household)
        _send_away(builder, household)
    _bury(builder)
    for _ in range(int(len(village.dwellings) * rates["empty_doors"]) + 1):
        builder.dwelling("空房")
    for kind, count in (("看护房", 3), ("工棚", 2)):
        for _ in range(count):
            builder.dwelling(kind, f"{village.place.address}{_WHERE[kind]}{builder.door + 1}号{kind}")
    if village.place.index_in_county % 3 == 0:
        builder.dwelling("养老院", f"{village.place.address}村东颐养院")
    return builder


_WHERE = {"看护房": "果园塘边", "工棚": "村西砖厂工地"}


def _make_outsiders(builder: Builder, household: Household) -> None:
    """These rent here and are registered in another province."""
    far = builder.dice.pick(geography.FAR)
    for person in household.people:
        person.registered = False
        person.origin = far[0]


def _move_next_door(builder: Builder, household: Household) -> None:
    """They built a new house and never moved their registration."""
    new = builder.dwelling("楼房单元" if builder.dice.chance(0.3) else "民居")
    household.home = new
    for person in household.people:
        person.home = new


def _send_away(builder: Builder, household: Household) -> None:
    """Some grown-ups work far away and come home for the new year."""
    dice, share = builder.dice, builder.rates["away_for_work"]
    for person in household.people:
        if 20 <= age_on(person.birth) <= 55 and dice.chance(share):
            person.away = True


def _bury(builder: Builder) -> None:
    """Those who died in the last three years; their books are not always up to date."""
    dice = builder.dice
    for person in builder.village.people:
        age = age_on(person.birth)
        rate = builder.rates["deaths_per_year"] * 3 * (4.5 if age >= 75 else 2.0 if age >= 60 else 0.12)
        if age > 30 and dice.chance(rate):
            person.died = TODAY - dice.whole(20, 1090)
            person.away = False
