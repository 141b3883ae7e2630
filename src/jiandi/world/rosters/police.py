"""What the police keep: household books, deaths, cards, newcomers, calls, the missing, answers to queries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from jiandi.world import geography, names
from jiandi.world.calendar import TODAY, age_on, day
from jiandi.world.dice import Dice
from jiandi.world.people import MAN, Entry, Person, Village

_FAR = {code: (province, county, town) for code, province, county, town in geography.FAR}
_ETHNIC = ("汉族",) * 30 + ("回族", "苗族", "土家族")


@lru_cache(maxsize=64)
def far_address(area: str) -> str:
    """Return the address text of a far county."""
    province, county, town = _FAR[area]
    return f"{province}{county}{town}"


def address_of(person: Person) -> str:
    """Return where the household book says the person lives."""
    if person.registered_at is not None and person.registered:
        return person.registered_at.address
    return far_address(person.origin) if person.origin in _FAR else ""


def hukou(village: Village, dice: Dice) -> Iterator[Entry]:
    """Every registered person; the dead are struck off, mostly."""
    share = village.parameters.coverage["hukou"]
    for household in village.households:
        number = f"{village.place.code}{household.number % 10_000:04d}"
        for person in household.people:
            if not person.registered or "hukou" in person.skip:
                continue
            if (person.died and not dice.chance(0.09)) or not dice.chance(share):
                continue
            yield Entry(hukou_row(person, number, dice), {0: person})


def hukou_row(person: Person, number: str, dice: Dice) -> dict[str, object]:
    """Return one line of a household book."""
    local = not person.origin
    newborn = local and dice.chance(0.8)
    return {
        "household_no": number,
        "name": person.name,
        "former_name": person.known_as if person.known_as and dice.chance(0.3) else "",
        "sex": person.sex,
        "ethnicity": _ETHNIC[person.true_id % 33],
        "birth": person.birth,
        "id_number": person.number,
        "relation": person.relation,
        "address": address_of(person),
        "phone": person.phone,
        "hukou_kind": "家庭户",
        "entered_on": person.birth + 40 if newborn else max(person.married_on + 90, person.birth + 60),
        "entry_reason": "出生" if newborn else "迁入",
        "origin_document": "出生医学证明" if newborn else "户口迁移证",
        "marital": "已婚" if person.married_on else ("未婚" if age_on(person.birth) < 50 else "丧偶"),
    }


def death(village: Village, dice: Dice) -> Iterator[Entry]:
    """Deaths reported by the villages and the hospital."""
    share = village.parameters.coverage["death"]
    for person in village.people:
        if person.died and "death" not in person.skip and dice.chance(share):
            yield Entry(
                {
                    "name": person.name,
                    "sex": person.sex,
                    "id_number": person.number,
                    "died_on": person.died,
                    "cancelled_on": min(TODAY, person.died + dice.whole(5, 40)) if dice.chance(0.92) else 0,
                    "address": address_of(person),
                },
                {0: person},
            )


def idcard(village: Village, dice: Dice) -> Iterator[Entry]:
    """Cards issued in the last two years."""
    share = village.parameters.coverage["idcard"]
    for person in village.people:
        age = age_on(person.birth)
        if age < 6 or not person.registered or person.died or "idcard" in person.skip:
            continue
        if dice.chance((0.5 if age in (16, 17, 26, 36, 46) else 0.06) * share):
            yield Entry(idcard_row(person, village, TODAY - dice.whole(5, 720), "", "户口簿"), {0: person})


def idcard_row(person: Person, village: Village, on: int, kind: str, basis: str) -> dict[str, object]:
    """Return one line of the issuing register."""
    return {
        "name": person.name,
        "id_number": person.number,
        "sex": person.sex,
        "birth": person.birth,
        "issued_on": on,
        "issuer": f"{village.place.county}公安局",
        "issue_kind": kind or ("首次" if age_on(person.birth) <= 17 else "换领"),
        "basis": basis,
    }


def residence(village: Village, dice: Dice) -> Iterator[Entry]:
    """Those registered elsewhere who reported that they live here."""
    share = village.parameters.coverage["residence"]
    for person in village.people:
        if person.registered or person.hidden or person.died or "residence" in person.skip:
            continue
        if person.origin and person.home is not None and dice.chance(share):
            yield Entry(
                {
                    "name": person.name,
                    "sex": person.sex,
                    "id_number": person.number,
                    "birth": person.birth,
                    "origin": far_address(person.origin),
                    "registered_on": TODAY - dice.whole(30, 1400),
                    "address": person.home.address,
                },
                {0: person},
            )


def police_call(village: Village, dice: Dice) -> Iterator[Entry]:
    """Calls about violence at home."""
    for person in village.people:
        if person.spouse is not None and person.sex != MAN and not person.died and dice.chance(0.0035):
            yield Entry(
                call_row(
                    village,
                    person,
                    TODAY - dice.whole(10, 700),
                    dice.pick(("调解", "告诫书", "告诫书")),
                    dice,
                ),
                {0: person},
            )


def call_row(village: Village, person: Person, on: int, disposition: str, dice: Dice) -> dict[str, object]:
    """Return one call."""
    return {
        "call_no": f"JQ{village.place.index:04d}{dice.whole(0, 999_999):06d}",
        "called_on": on,
        "station": f"{village.place.town[:-1]}派出所",
        "name": person.name,
        "id_number": person.number,
        "disposition": disposition,
        "address": person.home.address if person.home else "",
    }


_MARKS = (
    "左眉有疤",
    "右手缺一指",
    "颈后有胎记",
    "走路跛",
    "嘴角有痣",
    "左臂烫伤疤",
    "缺一颗门牙",
    "右耳听不见",
)


def missing(village: Village, dice: Dice) -> Iterator[Entry]:
    """People whom somebody far away or near is looking for."""
    if not dice.chance(0.35):
        return
    area, province, county, town = dice.pick(geography.FAR)
    person = village_outsider(village, dice, area)
    yield Entry(
        missing_row(village, person, f"{province}{county}{town}", dice.pick(_MARKS), dice), {0: person}
    )


def village_outsider(village: Village, dice: Dice, area: str) -> Person:
    """Return a person who lives nowhere in this world but stands in its papers."""
    sex = 1 + dice.whole(0, 1)
    birth = day(dice.whole(1955, 2008), dice.whole(1, 12), dice.whole(1, 28))
    name = names.full(dice, sex, birth)
    found = Person(village.new_id(), name, sex, birth, hidden="outside", visibility=0.0, origin=area)
    village.outside.append(found)
    return found


def missing_row(
    village: Village, person: Person, place: str, marks: str, dice: Dice, dna: str = ""
) -> dict[str, object]:
    """Return one line of the register of the missing."""
    gone = min(TODAY - 200, person.birth + int(dice.near(22, 5) * 365))
    return {
        "name": person.name,
        "sex": person.sex,
        "birth": person.birth,
        "missing_on": max(gone, day(1990)),
        "missing_from": place,
        "marks": marks,
        "dialect": f"{place[:2]}口音",
        "registrar": f"{place[:3]}公安局",
        "dna": dna or dice.pick(("未比中", "未采", "未比中", "比中")),
    }


def official_query(village: Village, dice: Dice) -> Iterator[Entry]:
    """Answers to lawful queries about carers: yes or no, nothing more."""
    for person in village.people:
        if person.left == "留守儿童" and dice.chance(0.06):
            carer = person.guardian or person
            if carer is not person:
                yield Entry(query_row(village, carer, "无", dice), {0: carer})


def query_row(village: Village, person: Person, answer: str, dice: Dice) -> dict[str, object]:
    """Return one answer."""
    return {
        "name": person.name,
        "id_number": person.number,
        "queried_on": TODAY - dice.whole(5, 300),
        "queried_by": f"{village.place.county}民政局",
        "answer": answer,
    }
