"""A synthetic family whose papers fall silent one after another over twenty years.

It resembles no real one: its own dates, names, places and numbers. Each row stands where a department could
have asked a question in that year and did not.
"""

from __future__ import annotations

from jiandi.world import confusions, names
from jiandi.world.calendar import TODAY, day
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.officers import committee_of
from jiandi.world.people import WOMAN, Entry, Person
from jiandi.world.rosters import earlier, health, other, police

NAME = "replay_family"


def replay_family(stage: Stage, look_alike: bool) -> Person | None:
    """Plant the family: marriage filed backwards, cards by a village letter, births, silence, a collective book."""
    dice = stage.dice
    area, _, county, town = stage.far()
    husband = stage.lone_man()
    husband.birth = min(husband.birth, day(1978, 6, 1))
    woman = stage.bride_of(husband, 2026 - 1984 + dice.u(), listed=False)
    woman.origin, woman.visibility, woman.restraint = area, 0.3, "locked"
    woman.need = "想知道家在哪里"
    first = names.full(dice, WOMAN, woman.birth)
    second = confusions.same_sound(dice, first)
    second = second if second != first else names.split(first)[0] + names.given(dice, WOMAN, woman.birth)
    third = names.full(dice, WOMAN, woman.birth)
    _marriage(stage, husband, woman, first, f"{county}{town}落星坡")
    _medical_paper(stage, husband, woman, second)
    _go_between(stage, county)
    _card(stage, woman, second)
    stage.others = _children(stage, husband, woman, second)
    _illness(stage, woman, second)
    _screened(stage, woman, second)
    _collective_book(stage, woman, third)
    _neighbours(stage, husband)
    return woman


def _medical_paper(stage: Stage, husband: Person, woman: Person, name: str) -> None:
    """2003: a medical paper, its kind withheld, under another name than the marriage will bear, and another age."""
    stage.consult(
        woman,
        "证明一份(种类不录)",
        "门诊部",
        day(2003, 4, 9),
        name=name,
        id_number="",
        age=20,
        companion=f"丈夫{husband.name}",
    )


def _marriage(stage: Stage, husband: Person, woman: Person, name: str, place: str) -> None:
    """2006: registered on a village letter, dated two years back, the slip naming a far place nobody asked."""
    stage.register_marriage(
        husband,
        woman,
        day(2004, 5, 18),
        entered_on=day(2006, 9, 7),
        registration_kind="结婚登记",
        wife_name=name,
        wife_id_number="",
        wife_birth=day(1979, 2, 11),
        wife_address="",
        wife_documents="婚姻状况证明",
        certificate_issuer=committee_of(stage.village.place),
        slip=f"附纸条:{place}",
    )


def _go_between(stage: Stage, county: str) -> None:
    """2007: the answer about the go-between was yes; her other deliveries were never listed."""
    broker = Person(
        stage.village.new_id(),
        names.full(stage.dice, WOMAN, day(1958)),
        WOMAN,
        day(1958, 4, 9),
        hidden="outside",
        visibility=0.0,
    )
    stage.village.outside.append(broker)
    row = police.query_row(stage.village, broker, "有", stage.dice)
    row |= {"queried_on": day(2007, 11, 20), "queried_by": f"{county}人民检察院"}
    stage.row("official_query", Entry(row, {0: broker}))


def _card(stage: Stage, woman: Person, name: str) -> None:
    """2013: an identity card on the strength of a letter from the village."""
    number = stage.builder.number(stage.village.place.county_code, day(1979, 2, 11), WOMAN, again=1)
    row = police.idcard_row(woman, stage.village, day(2013, 6, 24), "首次", "村委会证明")
    row |= {"name": name, "id_number": number, "birth": day(1979, 2, 11)}
    stage.row("idcard", Entry(row, {0: woman}))


def _children(stage: Stage, husband: Person, woman: Person, name: str) -> list[Person]:
    """2010: one birth in hospital; 2014 and 2021: two at home, certified late."""
    children = []
    for born, place in ((day(2010, 3, 9), "医院"), (day(2014, 8, 27), "家中"), (day(2021, 12, 2), "家中")):
        child = stage.baby_of(woman, husband, born, listed=True)
        child.skip = ("birth", "antenatal", "school")
        entry = health.birth_entry(stage.village, child, place, stage.dice, late=place == "家中")
        entry.values |= {
            "mother_name": name,
            "mother_id_number": "",
            "attendant": "家人" if place == "家中" else entry.values["attendant"],
        }
        stage.row("birth", entry)
        children.append(child)
    pupil = children[1]
    row = other.school_entry(
        stage.village,
        pupil,
        stage.dice,
        guardian2_name=confusions.look_alike(stage.dice, name),
        guardian2_id_number="",
    )
    stage.row("school", row)
    return children


def _illness(stage: Stage, woman: Person, name: str) -> None:
    """2016: one visit for an illness of the mind, then nothing."""
    stage.consult(
        woman,
        "精神分裂症",
        "精神科",
        day(2016, 4, 12),
        name=name,
        id_number="",
        age=37,
        companion="丈夫代述",
        visit_kind="门诊",
    )
    woman.illness, woman.danger = "精神分裂症", 2
    woman.skip = ("smd", "smd_followup", "clinic", "marriage", "disability")


def _screened(stage: Stage, woman: Person, name: str) -> None:
    """2019: asked after at the gate, answered by the family, returned as “no problem”."""
    entry = earlier.screening_entry(
        woman,
        "精神障碍患者",
        day(2019, 7, 11),
        "家属代述",
        "无异常",
        "村会计",
        name=name,
        birth=day(1979, 2, 11),
        id_number="",
    )
    stage.row("screening", entry)


def _collective_book(stage: Stage, woman: Person, name: str) -> None:
    """2023: a collective book and a new card under a third name, and a sample that matched nobody."""
    dice, village = stage.dice, stage.village
    birth = day(1985, 7, 15)
    number = stage.builder.number(village.place.county_code, birth, WOMAN, again=1)
    row = police.hukou_row(woman, f"{village.place.code}9999", dice)
    row |= {
        "name": name,
        "birth": birth,
        "id_number": number,
        "hukou_kind": "集体户",
        "entered_on": day(2023, 3, 30),
        "former_name": "",
    }
    row |= {
        "entry_reason": "集体落户",
        "origin_document": "",
        "relation": "非亲属",
        "address": village.place.address,
        "marital": "",
    }
    stage.row("hukou", Entry(row, {0: woman}))
    card = police.idcard_row(woman, village, day(2023, 4, 26), "首次", "")
    stage.row("idcard", Entry(card | {"name": name, "id_number": number, "birth": birth}, {0: woman}))
    found = other.unknown_entry(
        village,
        woman,
        "右腕有旧勒痕",
        "听不清",
        dice,
        entered_on=day(2023, 2, 6),
        notice_on=day(2023, 2, 20),
        dna_on=day(2023, 2, 27),
        dna="未比中",
    )
    stage.row("unknown_identity", found)


def _neighbours(stage: Stage, husband: Person) -> None:
    """2019 and 2026: neighbours called; the first call was answered "no problem found"."""
    address = husband.home.address if husband.home else ""
    told = (
        (day(2019, 10, 15), "那户的女人总关在偏屋里,没见她出过门。", "村里已走访,无异常。"),
        (TODAY - 24, "下雨天看见她光脚站在河埠头,手腕有绳印,很快被拉回去了。", ""),
    )
    for on, body, reply in told:
        stage.call(None, "举报", body, "人民政府", on, reply=reply, address=address, satisfaction="")
    stage.report(
        "短视频里夸那家的爸爸一个人带三个娃,可是孩子妈妈从来没有露过脸。", about=husband.name, days_ago=12
    )


SHAPES: dict[str, Shape] = {NAME: replay_family}
