"""What schools, finance, health insurance, the hotline and the rescue station keep."""

from __future__ import annotations

from collections.abc import Iterator

from jiandi.world.calendar import TODAY, age_on, day
from jiandi.world.dice import Dice, Table
from jiandi.world.people import MAN, Entry, Person, Village
from jiandi.world.rosters.police import address_of, village_outsider

PAID_ON = day(2026, 10, 15)


def school(village: Village, dice: Dice) -> Iterator[Entry]:
    """Pupils from six to seventeen."""
    share = village.parameters.coverage["school"]
    for person in village.people:
        if not person.school or person.died or person.hidden or "school" in person.skip:
            continue
        if dice.chance(share if age_on(person.birth) < 16 else share * 0.85):
            yield school_entry(village, person, dice)


def school_entry(village: Village, person: Person, dice: Dice, **more: object) -> Entry:
    """Return one pupil with up to two parents."""
    school_name, grade, status = person.school or (f"{village.place.town[:-1]}中心小学", "一年级", "在校")
    parents = [parent for parent in (person.father, person.mother) if parent is not None]
    values: dict[str, object] = {
        "student_no": f"G{person.number}" if person.number else f"L99{person.true_id % 10**14:014d}",
        "name": person.name,
        "sex": person.sex,
        "birth": person.birth,
        "id_number": person.number,
        "school": school_name,
        "grade": grade,
        "status": status,
        "class_checked_on": TODAY - dice.whole(3, 40),
        "guardian_name": "",
        "guardian_id_number": "",
        "guardian_relation": "",
        "guardian2_name": "",
        "guardian2_id_number": "",
        "address": person.home.address if person.home else "",
        "phone": next((parent.phone for parent in parents if parent.phone), ""),
    }
    people = {0: person}
    for parent, role, prefix in zip(parents, (6, 7), ("guardian", "guardian2"), strict=False):
        values[f"{prefix}_name"], values[f"{prefix}_id_number"] = parent.name, parent.number
        people[role] = parent
    if parents:
        values["guardian_relation"] = "父亲" if parents[0].sex == MAN else "母亲"
    values.update(more)
    return Entry(values, people)


def payment(village: Village, dice: Dice) -> Iterator[Entry]:
    """Last month's payments to the one card."""
    for person in village.people:
        if not person.registered or "payment" in person.skip or (person.died and TODAY - person.died > 40):
            continue
        for scheme, yuan in _schemes(person):
            holder = person.guardian if person.guardian and dice.chance(0.35) else None
            yield payment_entry(person, scheme, yuan, PAID_ON + dice.whole(0, 5), holder)


def _schemes(person: Person) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if person.dibao:
        found.append(("农村低保金", {"A": 735, "B": 560, "C": 410}[person.dibao]))
    if person.tekun:
        found.append(("特困供养金", 980))
    if person.disability and person.disability[1] <= 2:
        found.append(("重度残疾人护理补贴", 120))
    if age_on(person.birth) >= 80:
        found.append(("高龄津贴", 100))
    if person.relation == "户主" and person.true_id % 3 == 0:
        found.append(("耕地地力保护补贴", 40 + person.true_id % 400))
    return found


def payment_entry(person: Person, scheme: str, yuan: int, on: int, holder: Person | None) -> Entry:
    """Return one payment."""
    keeper = holder or person
    values: dict[str, object] = {
        "name": person.name,
        "id_number": person.number,
        "scheme": scheme,
        "yuan": yuan,
        "paid_on": on,
        "guardian2_name": keeper.name,
        "guardian2_id_number": keeper.number,
    }
    return Entry(values, {0: person, 7: keeper})


def insurance(village: Village, dice: Dice) -> Iterator[Entry]:
    """Those insured for illness this year."""
    share = village.parameters.coverage["insurance"]
    for person in village.people:
        if person.died or person.hidden or "insurance" in person.skip:
            continue
        if dice.chance(share if person.registered else share * 0.35):
            yield insurance_entry(person)


def insurance_entry(person: Person) -> Entry:
    """Return one insured person."""
    return Entry(
        {
            "name": person.name,
            "id_number": person.number,
            "sex": person.sex,
            "birth": person.birth,
            "status": "暂停参保" if person.true_id % 41 == 0 else "正常参保",
            "address": address_of(person) or (person.home.address if person.home else ""),
        },
        {0: person},
    )


_ORDINARY_CALLS = Table(
    [
        (("求助", "路灯坏了很久没人修,晚上老人摔过跤。", "住建局"), 0.16),
        (("投诉", "邻居家养猪气味大,猪圈铁链子夜里响。", "人民政府"), 0.10),
        (("咨询", "残疾证到期怎么换?", "残疾人联合会"), 0.14),
        (("咨询", "医保异地报销需要什么材料?", "医疗保障局"), 0.16),
        (("投诉", "村里水压低,几天没水了。", "水务局"), 0.14),
        (("建议", "希望校车早点发车。", "教育体育局"), 0.08),
        (("求助", "老人腿脚不便,想申请上门认证。", "民政局"), 0.12),
        (("投诉", "工地半夜施工太吵。", "住建局"), 0.10),
    ]
)
_CALLERS = ("匿名", "匿名", "热心群众", "李女士", "张先生", "王先生", "陈女士")


def hotline(village: Village, dice: Dice) -> Iterator[Entry]:
    """Work orders of ordinary life."""
    for person in village.people:
        if not dice.chance(0.004) or person.died or person.hidden:
            continue
        kind, body, unit = dice.from_table(_ORDINARY_CALLS)
        named = person if dice.chance(0.25) else None
        yield hotline_entry(village, named, kind, body, unit, TODAY - dice.whole(4, 330), dice)


def hotline_entry(
    village: Village,
    named: Person | None,
    kind: str,
    body: str,
    unit: str,
    on: int,
    dice: Dice,
    **more: object,
) -> Entry:
    """Return one work order; the caller's name and number stand in the export as they really do."""
    anonymous = dice.chance(0.5)
    office = f"{village.place.town}{unit}" if unit == "人民政府" else f"{village.place.county}{unit}"
    done = dice.chance(0.9)
    values: dict[str, object] = {
        "order_no": f"GD{on % 100_000:05d}{village.place.index:04d}{dice.whole(0, 9999):04d}",
        "received_on": on,
        "order_kind": kind,
        "caller": "匿名" if anonymous else dice.pick(_CALLERS),
        "caller_phone": "" if anonymous else f"1{dice.whole(30, 99)}0000{dice.whole(0, 9999):04d}",
        "address": named.home.address if named and named.home else village.place.address,
        "name": named.name if named else "",
        "body": body,
        "assigned_to": office,
        "due_on": on + (7 if kind in ("求助", "咨询") else 21),
        "reply": dice.pick(("已办结,已与来电人联系。", "已安排人员处理。", "已答复政策。")) if done else "",
        "satisfaction": dice.pick(("满意", "满意", "基本满意", "不满意", "")) if done else "",
    }
    values.update(more)
    return Entry(values, {0: named} if named is not None else {})


def unknown_identity(village: Village, dice: Dice) -> Iterator[Entry]:
    """People the rescue station took in who cannot say who they are."""
    if not dice.chance(0.22):
        return
    person = village_outsider(village, dice, "")
    yield unknown_entry(
        village,
        person,
        dice.pick(("右手缺一指", "左眉有疤", "走路跛", "无明显特征")),
        dice.pick(("云岭口音", "听不清", "苍江口音")),
        dice,
    )


def unknown_entry(
    village: Village, person: Person, marks: str, dialect: str, dice: Dice, **more: object
) -> Entry:
    """Return one person of unknown identity, under the name the station gave."""
    entered = TODAY - dice.whole(15, 1500)
    values: dict[str, object] = {
        "name": f"无名{'男' if person.sex == MAN else '女'}{person.true_id % 997}",
        "sex": person.sex,
        "age": max(5, age_on(person.birth) + dice.whole(-5, 5)),
        "entered_on": entered,
        "found_at": f"{village.place.county}{village.place.town}集镇",
        "marks": marks,
        "dialect": dialect,
        "notice_on": entered + dice.pick((0, 1, 1, 3)),
        "dna_on": entered + dice.whole(2, 20),
        "dna": dice.pick(("未比中", "未比中", "未采")),
    }
    values.update(more)
    return Entry(values, {0: person})
