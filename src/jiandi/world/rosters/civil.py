"""What civil affairs, the disabled federation and the townships keep: marriages, benefits, the left-behind."""

from __future__ import annotations

from collections.abc import Iterator

from jiandi.world.calendar import TODAY, age_on, day, parts
from jiandi.world.dice import Dice
from jiandi.world.people import WOMAN, Entry, Person, Village
from jiandi.world.rosters.police import address_of

OLD_LAW_ENDS = day(2003, 10, 1)  # until then a village letter stood for papers
NEW_LAW = day(2025, 5, 10)  # since then the identity card alone is enough


def payee(values: dict[str, object], person: Person, holder: Person | None) -> dict[int, Person]:
    """Write the account holder into a row and return the row's people."""
    keeper = holder or person
    values["guardian2_name"], values["guardian2_id_number"] = keeper.name, keeper.number
    return {0: person, 7: keeper}


def marriage(village: Village, dice: Dice) -> Iterator[Entry]:
    """Archived registrations since 1985."""
    share = village.parameters.coverage["marriage"]
    for wife in village.people:
        husband = wife.spouse
        if wife.sex != WOMAN or husband is None or not wife.married_on or "marriage" in wife.skip:
            continue
        if wife.married_on > day(1985) and dice.chance(share):
            yield marriage_entry(village, husband, wife, wife.married_on, dice)


def marriage_entry(
    village: Village, husband: Person, wife: Person, on: int, dice: Dice, **more: object
) -> Entry:
    """Return one archived registration; village letters stand for papers under the old law."""
    old = on < OLD_LAW_ENDS
    values: dict[str, object] = {
        "certificate_no": f"{village.place.county[:2]}结字{parts(on)[0]}-{wife.true_id % 1_000_000:06d}",
        "registered_on": on,
        "entered_on": on + dice.whole(0, 20),
        "registry_office": f"{village.place.town}人民政府" if old else f"{village.place.county}民政局",
        "registration_kind": "结婚登记",
        "husband_name": husband.name,
        "husband_id_number": husband.number,
        "husband_birth": husband.birth,
        "husband_address": address_of(husband),
        "wife_name": wife.name,
        "wife_id_number": "" if old and dice.chance(0.15) else wife.number,
        "wife_birth": wife.birth,
        "wife_address": address_of(wife) if not wife.origin else _far(wife),
        "wife_documents": "户口簿、婚姻状况证明"
        if old
        else ("身份证" if on >= NEW_LAW else "户口簿、身份证"),
        "certificate_issuer": f"{village.place.town}{village.place.name}村民委员会" if old else "",
        "slip": "",
    }
    if dice.chance(0.02) and not old:
        values["registration_kind"], values["registered_on"] = "补领", on
        values["entered_on"] = min(TODAY, on + dice.whole(700, 4000))
    values.update(more)
    return Entry(values, {1: husband, 2: wife})


def _far(person: Person) -> str:
    found = Person(0, "", person.sex, 0, registered=False, origin=person.origin)
    return address_of(found)


def dibao(village: Village, dice: Dice) -> Iterator[Entry]:
    """Households on the minimum living allowance."""
    share = village.parameters.coverage["dibao"]
    for household in village.households:
        if not household.dibao:
            continue
        head = household.head()
        for person in household.people:
            if not person.dibao or (person.died and TODAY - person.died > 90) or "dibao" in person.skip:
                continue
            if dice.chance(share):
                yield dibao_entry(
                    person, head, head if age_on(person.birth) < 18 or dice.chance(0.3) else None, dice
                )


def dibao_entry(person: Person, head: Person, holder: Person | None, dice: Dice) -> Entry:
    """Return one recipient."""
    values: dict[str, object] = {
        "household_head": head.name,
        "relation": "本人" if person is head else person.relation,
        "name": person.name,
        "id_number": person.number,
        "sex": person.sex,
        "category": person.dibao,
        "monthly_yuan": {"A": 735, "B": 560, "C": 410}.get(person.dibao, 410),
        "started_on": TODAY - dice.whole(60, 3000),
        "address": address_of(person),
    }
    return Entry(values, payee(values, person, holder))


def tekun(village: Village, dice: Dice) -> Iterator[Entry]:
    """Destitute people whom the state supports."""
    share = village.parameters.coverage["tekun"]
    for person in village.people:
        if person.tekun and not person.died and "tekun" not in person.skip and dice.chance(share):
            yield tekun_entry(person, person.guardian, dice)


def tekun_entry(person: Person, carer: Person | None, dice: Dice) -> Entry:
    """Return one destitute person with the named carer."""
    return Entry(
        {
            "name": person.name,
            "id_number": person.number,
            "sex": person.sex,
            "support_kind": person.tekun,
            "guardian_name": carer.name if carer else "村民委员会",
            "guardian_id_number": carer.number if carer else "",
            "self_care": dice.pick(("全自理", "全自理", "半自理", "全护理")),
            "started_on": TODAY - dice.whole(60, 4000),
            "address": address_of(person),
        },
        {0: person} | ({6: carer} if carer else {}),
    )


def disability(village: Village, dice: Dice) -> Iterator[Entry]:
    """Holders of a disability card (asking for one is voluntary)."""
    share = village.parameters.coverage["disability"]
    for person in village.people:
        if person.disability and not person.died and "disability" not in person.skip and dice.chance(share):
            yield disability_entry(person, dice)


_CATEGORY_CODE = {"视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6", "多重": "7"}


def disability_entry(person: Person, dice: Dice) -> Entry:
    """Return one card: its number is the identity number, the category and the grade."""
    category, grade = person.disability or ("肢体", 3)
    guardian = person.guardian
    return Entry(
        {
            "name": person.name,
            "sex": person.sex,
            "id_number": person.number,
            "card_no": f"{person.number}{_CATEGORY_CODE[category]}{grade}" if person.number else "",
            "category": category,
            "grade": f"{'一二三四'[grade - 1]}级",
            "issued_on": TODAY - dice.whole(100, 4000),
            "guardian_name": guardian.name if guardian else "",
            "guardian_id_number": guardian.number if guardian else "",
            "address": address_of(person),
            "phone": person.phone,
        },
        {0: person} | ({6: guardian} if guardian else {}),
    )


def subsidy(village: Village, dice: Dice) -> Iterator[Entry]:
    """The two subsidies for disabled people: living in poor households, care for grades 1 and 2."""
    share = village.parameters.coverage["subsidy"]
    for person in village.people:
        if not person.disability or person.died or "subsidy" in person.skip or not person.registered:
            continue
        for kind, due in (("生活补贴", bool(person.dibao)), ("护理补贴", person.disability[1] <= 2)):
            if due and dice.chance(share):
                yield subsidy_entry(person, kind, person.guardian if dice.chance(0.3) else None, dice)


def subsidy_entry(person: Person, kind: str, holder: Person | None, dice: Dice) -> Entry:
    """Return one subsidy."""
    values: dict[str, object] = {
        "name": person.name,
        "id_number": person.number,
        "subsidy_kind": kind,
        "monthly_yuan": 95 if kind == "生活补贴" else 120,
        "started_on": TODAY - dice.whole(60, 2500),
    }
    return Entry(values, payee(values, person, holder))


def orphan(village: Village, dice: Dice) -> Iterator[Entry]:
    """Orphans and children whom nobody raises in fact."""
    share = village.parameters.coverage["orphan"]
    for person in village.people:
        if age_on(person.birth) >= 18 or person.hidden or "orphan" in person.skip:
            continue
        lost = all(p is None or p.died or p.illness for p in (person.father, person.mother))
        if lost and dice.chance(share * 0.8):
            yield orphan_entry(person, person.guardian, dice)


def orphan_entry(person: Person, guardian: Person | None, dice: Dice) -> Entry:
    """Return one child."""
    return Entry(
        {
            "name": person.name,
            "sex": person.sex,
            "id_number": person.number,
            "birth": person.birth,
            "category": dice.pick(("孤儿", "事实无人抚养儿童")),
            "guardian_name": guardian.name if guardian else "",
            "guardian_id_number": guardian.number if guardian else "",
            "started_on": TODAY - dice.whole(30, 1500),
            "address": address_of(person),
        },
        {0: person} | ({6: guardian} if guardian else {}),
    )


def left_behind(village: Village, dice: Dice) -> Iterator[Entry]:
    """The townships' list of the left-behind: no identity numbers at all."""
    share = village.parameters.coverage["left_behind"]
    for person in village.people:
        if person.left and "left_behind" not in person.skip and dice.chance(share):
            yield left_entry(
                person, person.left, dice.pick(("", "", "", "", "身体尚可", "子女在外务工", "患慢性病"))
            )


def left_entry(person: Person, category: str, note: str) -> Entry:
    """Return one line of the list."""
    home = person.home
    return Entry(
        {
            "category": category,
            "group": f"{'一二三四五六七八九十'[(home.group - 1) % 10]}组" if home else "",
            "name": person.name,
            "sex": person.sex,
            "age": age_on(person.birth),
            "phone": person.phone or "无电话",
            "address": home.address if home else "",
            "note": note,
        },
        {0: person},
    )


def lbc(village: Village, dice: Dice) -> Iterator[Entry]:
    """Left-behind children with the carer their parents named."""
    share = village.parameters.coverage["lbc"]
    for person in village.people:
        if person.left == "留守儿童" and "lbc" not in person.skip and dice.chance(share):
            carer = next((p for p in (person.guardian, _grandparent(person)) if p is not None), None)
            yield lbc_entry(person, carer, TODAY - dice.whole(0, 6), "与祖父母同住", dice)


def _grandparent(person: Person) -> Person | None:
    parent = person.father or person.mother
    return (parent.mother or parent.father) if parent is not None else None


def lbc_entry(person: Person, carer: Person | None, contact: int, living: str, dice: Dice) -> Entry:
    """Return one child of the ledger."""
    return Entry(
        {
            "name": person.name,
            "id_number": person.number,
            "birth": person.birth,
            "sex": person.sex,
            "guardian_name": carer.name if carer else "",
            "guardian_id_number": carer.number if carer else "",
            "delegated_on": TODAY - dice.whole(30, 900) if carer else 0,
            "last_parent_contact_on": contact,
            "living": living,
            "address": address_of(person),
        },
        {0: person} | ({6: carer} if carer else {}),
    )


def elderly(village: Village, dice: Dice) -> Iterator[Entry]:
    """Very old people with an allowance and the proof that they live."""
    share = village.parameters.coverage["elderly"]
    for person in village.people:
        if (
            age_on(person.birth) >= 80
            and person.registered
            and "elderly" not in person.skip
            and dice.chance(share)
        ) and (not person.died or TODAY - person.died < 25):
            how = dice.pick(("本人到场", "上门见面", "人脸视频", "上门见面"))
            yield elderly_entry(person, None, TODAY - dice.whole(5, 170), how)


def elderly_entry(person: Person, holder: Person | None, seen: int, how: str) -> Entry:
    """Return one allowance."""
    values: dict[str, object] = {
        "name": person.name,
        "id_number": person.number,
        "sex": person.sex,
        "monthly_yuan": 100 if age_on(person.birth) < 90 else 200,
        "last_seen_on": seen,
        "seen_how": how,
        "address": address_of(person),
    }
    return Entry(values, payee(values, person, holder))
