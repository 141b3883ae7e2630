"""What befell people: disability, illness, benefits, school, being left behind, the names they go by."""

from __future__ import annotations

from jiandi.world import names
from jiandi.world.calendar import TODAY, age_on
from jiandi.world.dice import Dice, Table
from jiandi.world.people import WOMAN, Household, Person, Village

CATEGORIES = Table(
    [
        ("视力", 0.15),
        ("听力", 0.17),
        ("言语", 0.04),
        ("肢体", 0.42),
        ("智力", 0.09),
        ("精神", 0.08),
        ("多重", 0.05),
    ]
)
GRADES = Table([(1, 0.15), (2, 0.22), (3, 0.28), (4, 0.35)])
DIAGNOSES = Table(
    [
        ("精神分裂症", 0.66),
        ("双相障碍", 0.12),
        ("精神发育迟滞伴发精神障碍", 0.10),
        ("癫痫所致精神障碍", 0.07),
        ("偏执性精神病", 0.03),
        ("分裂情感性障碍", 0.02),
    ]
)
DANGER = Table([(0, 0.70), (1, 0.14), (2, 0.08), (3, 0.05), (4, 0.02), (5, 0.01)])
_NEEDS = (
    "药快吃完了",
    "屋顶漏雨",
    "没有煤过冬",
    "想办残疾证",
    "看病报销不清楚",
    "孩子学费紧",
    "助听器坏了",
    "想有人说说话",
)


def live_on(village: Village) -> None:
    """Give the villagers their circumstances."""
    dice = village.dice("lives")
    homes = {household.number: household for household in village.households}
    for household in village.households:
        _support(village, dice, household)
    for person in village.people:
        age = age_on(person.birth)
        _health(village, dice, person, age, homes[person.household].people)
        if 6 <= age <= 17 and not person.died:
            person.school = school_of(village, age)
        if dice.chance(0.045):
            person.need = dice.pick(_NEEDS)
        if dice.chance(village.parameters.errors["known_by_other_name"]):
            person.known_as = names.alias(dice, person.name)
        _left_behind(person, age, homes[person.household])
    _issue_twice(village, dice)


def _support(village: Village, dice: Dice, household: Household) -> None:
    rates = village.parameters.population
    head = household.head() if household.people else None
    if head is None or not head.registered:
        return
    if dice.chance(rates["dibao_household"]):
        household.dibao = dice.pick("AABBBC")
        for person in household.people:
            if not person.away:
                person.dibao = household.dibao
    elif len(household.people) == 1 and age_on(head.birth) >= 60 and dice.chance(rates["tekun"] * 11):
        head.tekun = "集中" if dice.chance(0.2) else "分散"
        care_home = next((door for door in village.dwellings if door.kind == "养老院"), None)
        if head.tekun == "集中" and care_home is not None:
            head.home = care_home


def _health(village: Village, dice: Dice, person: Person, age: int, mates: list[Person]) -> None:
    rates = village.parameters.population
    if dice.chance(rates["disability"] * (2.2 if age >= 60 else 0.6)):
        person.disability = (dice.from_table(CATEGORIES), dice.from_table(GRADES))
    if age >= 16 and dice.chance(rates["mental_illness"] * 1.2):
        person.illness = dice.from_table(DIAGNOSES)
        person.danger = dice.from_table(DANGER)
        person.away = False
    if person.illness or (person.disability and person.disability[1] <= 2):
        person.guardian = carer_of(person, mates)


def carer_of(person: Person, mates: list[Person]) -> Person | None:
    """Return whoever would look after a person: spouse, parent, or another grown-up of the house."""
    for kin in (person.spouse, person.mother, person.father):
        if kin is not None and kin.household == person.household and not kin.died and kin is not person:
            return kin
    for other in mates:
        if other is not person and age_on(other.birth) >= 20 and not other.died:
            return other
    return None


def school_of(village: Village, age: int) -> tuple[str, str, str]:
    """Return school, grade and state of a child of an age."""
    place = village.place
    if age <= 11:
        return (
            f"{place.town[:-1]}{place.name[:-1]}小学",
            f"{'一二三四五六'[min(5, max(0, age - 6))]}年级",
            "在校",
        )
    if age <= 14:
        return f"{place.town[:-1]}初级中学", f"{'七八九'[age - 12]}年级", "在校"
    return f"{place.county[:-1]}高级中学", f"高{'一二三'[min(2, age - 15)]}", "在校"


def _left_behind(person: Person, age: int, household: Household) -> None:
    if person.died or person.away or not person.registered:
        return
    if age < 16 and _parents_away(person):
        person.left = "留守儿童"
    elif age >= 60 and sum(not p.died for p in household.people) == 1:
        person.left = "独居老人"
    elif age >= 60 and all(
        p.away or p.died or age_on(p.birth) >= 60 or age_on(p.birth) < 16 for p in household.people
    ):
        person.left = "留守老人"
    elif person.sex == WOMAN and person.spouse is not None and person.spouse.away and age < 60:
        person.left = "留守妇女"


def _parents_away(person: Person) -> bool:
    parents = [parent for parent in (person.father, person.mother) if parent is not None]
    return bool(parents) and all(parent.away for parent in parents)


def _issue_twice(village: Village, dice: Dice) -> None:
    """A few numbers were once given to two people of the same sex."""
    people = village.people
    for i in dice.hits(len(people), village.parameters.errors["issued_twice"]):
        other = people[(i + 7) % len(people)]
        if other.sex == people[i].sex and age_on(other.birth, TODAY) > 30 and age_on(people[i].birth) > 30:
            other.number = people[i].number
