"""What clinics and the health commission keep: births, antenatal care, visits, mental health and its follow-ups."""

from __future__ import annotations

from collections.abc import Iterator

from jiandi.world.calendar import TODAY, age_on
from jiandi.world.dice import Dice, Table
from jiandi.world.people import Entry, Person, Village
from jiandi.world.rosters.police import address_of

_COMPLAINTS = Table(
    [
        (("上呼吸道感染", "内科"), 0.28), (("高血压", "内科"), 0.16), (("2型糖尿病", "内科"), 0.09), (("腰椎间盘突出", "骨科"), 0.09),
        (("胃炎", "内科"), 0.10), (("龋齿", "口腔科"), 0.06), (("皮炎", "皮肤科"), 0.06), (("白内障", "眼科"), 0.04), (("骨折", "骨科"), 0.04),
        (("肺炎", "内科"), 0.05), (("失眠", "内科"), 0.02), (("外伤", "急诊科"), 0.01),
    ]
)  # fmt: skip


def birth(village: Village, dice: Dice) -> Iterator[Entry]:
    """Birth certificates of the last six years."""
    share = village.parameters.coverage["birth"]
    for child in village.people:
        if TODAY - child.birth > 2200 or child.mother is None or child.hidden or "birth" in child.skip:
            continue
        if dice.chance(share):
            home = dice.chance(0.006)
            yield birth_entry(village, child, "家中" if home else "医院", dice, late=home)


def birth_entry(village: Village, child: Person, place_kind: str, dice: Dice, *, late: bool = False) -> Entry:
    """Return one certificate."""
    mother, father = child.mother, child.father
    clinic = f"{village.place.county}人民医院"
    values: dict[str, object] = {
        "certificate_no": f"Z99{child.true_id % 10_000_000:07d}",
        "issued_on": min(TODAY, child.birth + (dice.whole(60, 400) if late else dice.whole(2, 20))),
        "issuer": clinic if place_kind == "医院" else f"{village.place.town[:-1]}卫生院",
        "child_name": child.name,
        "child_sex": child.sex,
        "child_birth": child.birth,
        "place_kind": place_kind,
        "attendant": clinic if place_kind == "医院" else dice.pick(("接生员", "家人", "接生员")),
        "mother_name": mother.name if mother else "",
        "mother_id_number": mother.number if mother else "",
        "mother_birth": mother.birth if mother else 0,
        "father_name": father.name if father else "",
        "father_id_number": father.number if father else "",
        "address": child.home.address if child.home else "",
    }
    people = {3: child}
    if mother is not None:
        people[4] = mother
    if father is not None:
        people[5] = father
    return Entry(values, people)


def antenatal(village: Village, dice: Dice) -> Iterator[Entry]:
    """Mothers who were cared for before a birth of the last six years."""
    share = village.parameters.coverage["antenatal"]
    for child in village.people:
        mother = child.mother
        if mother is None or TODAY - child.birth > 2200 or child.hidden or "antenatal" in child.skip:
            continue
        if dice.chance(share):
            yield antenatal_entry(village, mother, child.birth, dice)


def antenatal_entry(village: Village, mother: Person, due: int, dice: Dice) -> Entry:
    """Return one mother's booking."""
    return Entry(
        {
            "name": mother.name,
            "id_number": mother.number,
            "birth": mother.birth,
            "booked_on": due - dice.whole(150, 215),
            "clinic": f"{village.place.town[:-1]}卫生院",
            "due_on": due + dice.whole(-9, 9),
            "address": mother.home.address if mother.home else "",
            "phone": mother.phone,
        },
        {0: mother},
    )


def clinic(village: Village, dice: Dice) -> Iterator[Entry]:
    """A year of visits to the county hospital and the town clinics."""
    share = village.parameters.coverage["clinic"]
    for person in village.people:
        if person.died or person.away or "clinic" in person.skip:
            continue
        age = age_on(person.birth)
        chance = share * (1.7 if age >= 60 or age < 6 else 0.8) * (0.3 if person.hidden else 1.0)
        while dice.chance(chance):
            diagnosis, department = dice.from_table(_COMPLAINTS)
            if person.illness and dice.chance(0.6):
                diagnosis, department = person.illness, "精神科"
            yield clinic_entry(village, person, diagnosis, department, TODAY - dice.whole(3, 700), dice)


def clinic_entry(
    village: Village, person: Person, diagnosis: str, department: str, on: int, dice: Dice, **more: object
) -> Entry:
    """Return one visit to a doctor."""
    values: dict[str, object] = {
        "name": person.name,
        "sex": person.sex,
        "age": max(0, age_on(person.birth, on)),
        "id_number": person.number if not person.hidden else "",
        "visited_on": on,
        "facility": f"{village.place.county}人民医院"
        if dice.chance(0.5)
        else f"{village.place.town[:-1]}卫生院",
        "department": department,
        "visit_kind": "住院" if dice.chance(0.12) else "门诊",
        "diagnosis": diagnosis,
        "companion": dice.pick(("", "", "家属", "配偶", "子女")),
        "address": person.home.address if person.home else "",
        "phone": person.phone,
    }
    values.update(more)
    return Entry(values, {0: person})


def smd(village: Village, dice: Dice) -> Iterator[Entry]:
    """Patients on the register of severe mental disorders."""
    share = village.parameters.coverage["smd"]
    for person in village.people:
        if person.illness and not person.died and "smd" not in person.skip and dice.chance(share):
            yield smd_entry(village, person, dice)


def smd_entry(village: Village, person: Person, dice: Dice, past_restraint: str = "") -> Entry:
    """Return one patient's line."""
    guardian = person.guardian
    return Entry(
        {
            "name": person.name,
            "sex": person.sex,
            "id_number": person.number,
            "diagnosis": person.illness,
            "confirmed_on": TODAY - dice.whole(400, 6000),
            "danger_level": str(person.danger),
            "guardian_name": guardian.name if guardian else "",
            "guardian_id_number": guardian.number if guardian else "",
            "managed_by": f"{village.place.town[:-1]}卫生院",
            "past_restraint": past_restraint or ("3" if dice.chance(0.02) else "1"),
            "address": address_of(person),
            "phone": person.phone or (guardian.phone if guardian else ""),
        },
        {0: person} | ({6: guardian} if guardian else {}),
    )


def smd_followup(village: Village, dice: Dice) -> Iterator[Entry]:
    """Four follow-ups a year, sometimes by telephone, sometimes with the family."""
    for person in village.people:
        if not person.illness or person.died or "smd_followup" in person.skip or dice.chance(0.12):
            continue
        met_at_home = False
        for quarter in range(4):
            on = TODAY - 20 - 91 * (3 - quarter) + dice.whole(-12, 12)
            met = "1" if (quarter == 3 and not met_at_home) or dice.chance(0.8) else "2"
            met_at_home = met_at_home or met == "1"
            yield followup_entry(
                village, person, on, dice, met=met, mode="3" if met == "2" else dice.pick(("1", "2", "2"))
            )


def followup_entry(village: Village, person: Person, on: int, dice: Dice, **more: object) -> Entry:
    """Return one follow-up in the national form's codes."""
    steady = "3" if person.danger == 0 else "2" if person.danger < 3 else "1"
    values: dict[str, object] = {
        "name": person.name,
        "id_number": person.number,
        "followed_on": on,
        "mode": "2",
        "met": "1",
        "lost_reason": "",
        "restraint": "1",
        "adherence": dice.pick(("1", "1", "2")),
        "class": steady,
        "doctor": f"{village.place.name[:1]}医生",
        "facility": f"{village.place.town[:-1]}卫生院",
        "next_on": on + {"1": 14, "2": 30, "3": 90}[steady],
    }
    values.update(more)
    return Entry(values, {0: person})
