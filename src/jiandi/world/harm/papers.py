"""Scenes that show in marriage, birth, household and card papers."""

from __future__ import annotations

from jiandi.world import confusions, names
from jiandi.world.calendar import TODAY, day, lunar_parts, parts
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.officers import committee_of
from jiandi.world.people import WOMAN, Entry, Person
from jiandi.world.rosters import civil, health, other, police


def marriage_without_papers(stage: Stage, look_alike: bool) -> Person | None:
    """A woman registered as wife with no paper of her own; innocent: a village archive of before 2003."""
    village, dice = stage.village, stage.dice
    if look_alike:
        wife = stage.wife(45, 75)
        assert wife.spouse is not None
        wife.skip = ("marriage",)
        on = day(dice.whole(1992, 2002), dice.whole(1, 12), 6)
        stage.register_marriage(wife.spouse, wife, on, wife_id_number="", wife_documents="婚姻状况证明")
        return wife
    husband = stage.lone_man()
    woman = stage.bride_of(husband, 26 + 22 * dice.u(), listed=False)
    _, province, county, town = stage.far()
    on = woman.birth + int((19 + 8 * dice.u()) * 365)
    slip = dice.pick((f"持{county}{town}便条一张", f"口述系{province}{town}人", f"信封背面写有“{town}”", ""))
    told = names.full(dice, WOMAN, woman.birth)
    stage.register_marriage(
        husband,
        woman,
        on,
        wife_name=told,
        wife_id_number="",
        wife_address=dice.pick(("", province, f"{province}{county}")),
        wife_documents=dice.pick(("", "无", "婚姻状况证明", "照片一张")),
        certificate_issuer=committee_of(village.place),
        slip=slip,
    )
    if dice.chance(0.5):
        stage.consult(woman, "外伤", "急诊科", stage.ago(30, 900), name=told, id_number="")
    return woman


def backdated_registration(stage: Stage, look_alike: bool) -> Person | None:
    """A registration dated years before anyone filed it, the child already born; innocent: made good later, and said so."""
    village, dice = stage.village, stage.dice
    child = stage.mother_and_child(5, 16)
    wife, husband = child.mother, child.father
    assert wife is not None and husband is not None
    wife.skip = ("marriage", "clinic") if not look_alike else ("marriage",)
    filed = min(TODAY - 40, child.birth + dice.whole(900, 1800))
    if look_alike:
        entry = civil.marriage_entry(
            village, husband, wife, filed - 3, dice, registration_kind="补办", entered_on=filed
        )
    else:
        entry = civil.marriage_entry(
            village, husband, wife, child.birth - dice.whole(280, 700), dice,
            entered_on=filed, registration_kind="结婚登记",
            wife_documents="婚姻状况证明", wife_id_number="", certificate_issuer=committee_of(village.place),
        )  # fmt: skip
    stage.row("marriage", entry)
    return wife


def several_names(stage: Stage, look_alike: bool) -> Person | None:
    """One woman under different names and birth years in different papers; innocent: a former name, a lunar birthday."""
    village, dice = stage.village, stage.dice
    child = stage.mother_and_child(7, 14)
    woman, father = child.mother, child.father
    assert woman is not None and father is not None
    child.skip, woman.skip = ("school",), ("marriage",)
    if look_alike:
        woman.known_as = names.split(woman.name)[0] + names.given(dice, WOMAN, woman.birth)
        y, m, d = lunar_parts(woman.birth)
        birth = woman.birth if d > 28 else day(y, m, d)
        stage.register_marriage(father, woman, woman.married_on or child.birth - 400, wife_birth=birth)
        stage.row("school", other.school_entry(village, child, dice, guardian2_name=woman.known_as))
        return woman
    second = confusions.same_sound(dice, woman.name)
    second = second if second != woman.name else names.full(dice, WOMAN, woman.birth)
    third = names.split(second)[0] + names.given(dice, WOMAN, woman.birth)
    other_birth = woman.birth - dice.whole(4, 9) * 365
    on = max(woman.birth + 7400, child.birth - 900)
    stage.register_marriage(father, woman, on, wife_name=second, wife_birth=other_birth, wife_id_number="")
    stage.row(
        "school", other.school_entry(village, child, dice, guardian2_name=third, guardian2_id_number="")
    )
    stage.consult(
        woman,
        "头部外伤",
        "急诊科",
        stage.ago(60, 900),
        name=second,
        id_number="",
        age=parts(TODAY)[0] - parts(other_birth)[0],
    )
    return woman


def adult_on_no_register(stage: Stage, look_alike: bool) -> Person | None:
    """A grown-up with neither book nor number; innocent: an old woman struck off when she married, known to every office."""
    dice = stage.dice
    if look_alike:
        woman = stage.elder(70)
        woman.skip = ("hukou", "idcard", "insurance", "elderly")
        stage.row("insurance", other.insurance_entry(woman))
        stage.row("elderly", civil.elderly_entry(woman, None, stage.ago(10, 90), "本人到场"))
        woman.registered = False
        return woman
    husband = stage.lone_man()
    woman = stage.bride_of(husband, 20 + 25 * dice.u(), listed=False)
    stage.consult(woman, "营养不良", "内科", stage.ago(20, 600), id_number="", companion="自称丈夫")
    body = f"{husband.home.group if husband.home else 1}组有户人家的媳妇从来没有身份证,生病也不敢去大医院。"
    stage.call(husband, "求助", body, "公安局", stage.ago(20, 300))
    return woman


def collective_book_without_origin(stage: Stage, look_alike: bool) -> Person | None:
    """A grown woman entered into a collective book with no paper of origin; innocent: a factory's collective book."""
    village, dice = stage.village, stage.dice
    woman = stage.wife(30, 52)
    woman.skip = ("hukou", "idcard", "marriage")
    on = stage.ago(200, 2400)
    row = police.hukou_row(woman, f"{village.place.code}9{stage.number:03d}", dice)
    row |= {
        "hukou_kind": "集体户",
        "entered_on": on,
        "entry_reason": "集体落户",
        "relation": "非亲属",
        "former_name": "",
    }
    row["origin_document"] = "户口迁移证" if look_alike else dice.pick(("", "无", "村委会证明"))
    stage.row("hukou", Entry(row, {0: woman}))
    basis = "户口迁移证" if look_alike else dice.pick(("", "派出所证明"))
    stage.row(
        "idcard",
        Entry(
            police.idcard_row(woman, village, on + 20, "换领" if look_alike else "首次", basis), {0: woman}
        ),
    )
    if look_alike:
        stage.row("insurance", other.insurance_entry(woman))
        woman.skip += ("insurance",)
    else:
        woman.skip += ("insurance", "clinic")
    return woman


def bride_without_trace(stage: Stage, look_alike: bool) -> Person | None:
    """A wife from far away with a book and nothing else; innocent: one with insurance, telephone and visits of her own."""
    dice = stage.dice
    husband = stage.lone_man()
    woman = stage.bride_of(husband, 24 + 20 * dice.u(), listed=True)
    woman.married_on = husband.married_on = max(woman.birth + 7400, stage.ago(900, 5000))
    if look_alike:
        woman.skip = ("marriage", "insurance")
        stage.register_marriage(
            husband, woman, woman.married_on, wife_documents="户口簿、身份证", wife_id_number=woman.number
        )
        woman.phone = woman.phone or f"1380000{dice.whole(0, 9999):04d}"
        stage.row("insurance", other.insurance_entry(woman))
        stage.consult(woman, "上呼吸道感染", "内科", stage.ago(30, 300), companion="")
        return woman
    woman.phone = ""
    woman.skip = ("insurance", "clinic", "idcard", "marriage")
    woman.visibility = 0.6
    stage.register_marriage(
        husband, woman, woman.married_on, wife_documents="婚姻状况证明", wife_id_number=""
    )
    return woman


def birth_without_care(stage: Stage, look_alike: bool) -> Person | None:
    """A birth at home, never cared for, the mother's identity unproved; innocent: a home birth in the hills with both."""
    village, dice = stage.village, stage.dice
    if look_alike:
        child = stage.mother_and_child(0, 5)
        mother = child.mother
        assert mother is not None
        child.skip = ("birth", "antenatal")
        stage.row("birth", health.birth_entry(village, child, "家中", dice, late=dice.chance(0.5)))
        stage.row("antenatal", health.antenatal_entry(village, mother, child.birth, dice))
        return mother
    father = stage.lone_man()
    mother = stage.bride_of(father, 22 + 14 * dice.u(), listed=False)
    child = stage.baby_of(mother, father, stage.ago(60, 1700), listed=True)
    child.skip = ("birth", "antenatal")
    told = names.full(dice, WOMAN, mother.birth)
    entry = health.birth_entry(village, child, "家中", dice, late=True)
    entry.values |= {
        "mother_id_number": "",
        "mother_name": told,
        "attendant": dice.pick(("家人", "丈夫接生", "")),
    }
    stage.row("birth", entry)
    return mother


def mother_too_young(stage: Stage, look_alike: bool) -> Person | None:
    """A mother who was a child herself; innocent: a clerk's wrong year of birth beside a sound number."""
    village, dice = stage.village, stage.dice
    child = stage.young_mothers_child()
    mother, father = child.mother, child.father
    assert mother is not None and father is not None
    child.skip = ("birth",)
    if look_alike:
        entry = health.birth_entry(village, child, "医院", dice)
        entry.values["mother_birth"] = child.birth - dice.whole(14 * 365, 16 * 365)
        stage.row("birth", entry)
        return mother
    young = stage.builder.person(WOMAN, child.birth - dice.whole(14 * 365 + 200, 16 * 365))
    mother.birth, mother.number, mother.married_on, father.married_on = young.birth, young.number, 0, 0
    mother.skip = ("antenatal", "marriage")
    stage.row("birth", health.birth_entry(village, child, dice.pick(("家中", "医院")), dice, late=True))
    return mother


def child_of_other_parents(stage: Stage, look_alike: bool) -> Person | None:
    """A child entered late without a birth paper, the parents differing from list to list; innocent: an adoption with papers."""
    village, dice = stage.village, stage.dice
    child = stage.mother_and_child(7, 14)
    mother = child.mother
    assert mother is not None
    child.skip = ("hukou", "school", "birth")
    row = police.hukou_row(child, f"{village.place.code}8{stage.number:03d}", dice)
    row |= {
        "entered_on": child.birth + dice.whole(1400, 3300),
        "entry_reason": "补录" if not look_alike else "其他",
    }
    row["origin_document"] = "收养登记证" if look_alike else dice.pick(("", "村委会证明", "无"))
    stage.row("hukou", Entry(row, {0: child}))
    if look_alike:
        stage.row("school", other.school_entry(village, child, dice))
        return child
    stranger = names.full(dice, WOMAN, mother.birth)
    stage.row(
        "school", other.school_entry(village, child, dice, guardian2_name=stranger, guardian2_id_number="")
    )
    stage.consult(child, "贫血", "儿科", stage.ago(30, 500), companion="自称姑姑")
    return child


def brides_by_one_road(stage: Stage, look_alike: bool) -> Person | None:
    """Several wives who came within two years by the same go-between; innocent: two sisters with full papers."""
    village, dice = stage.village, stage.dice
    area, province, county, town = stage.far()
    year = dice.whole(2005, 2018)
    broker = names.full(dice, WOMAN, day(1960, 5, 5))
    women = []
    for _ in range(2 if look_alike else 3):
        husband = stage.lone_man()
        woman = stage.bride_of(husband, 2026 - year + 20 + 3 * dice.u(), listed=True)
        woman.origin, woman.skip = area, ("marriage",)
        on = max(woman.birth + 7350, day(year, dice.whole(1, 12), dice.whole(1, 28)))
        woman.married_on = husband.married_on = on
        more: dict[str, object] = {"wife_documents": "户口簿、身份证"}
        if not look_alike:
            more = {
                "wife_documents": "婚姻状况证明",
                "wife_id_number": "",
                "certificate_issuer": f"{county}{town}",
                "slip": f"经{broker}介绍",
            }
            woman.skip = ("marriage", "insurance")
        stage.register_marriage(husband, woman, on, **more)
        women.append(woman)
    stage.others = women[1:]
    if not look_alike:
        seller = Person(village.new_id(), broker, WOMAN, day(1960, 5, 5), hidden="outside", visibility=0.0)
        village.outside.append(seller)
        stage.row(
            "official_query",
            Entry(
                police.query_row(village, seller, "有", dice) | {"queried_by": f"{province[:2]}检察机关"},
                {0: seller},
            ),
        )
    return women[0]


def number_of_the_dead(stage: Stage, look_alike: bool) -> Person | None:
    """Somebody lives under a dead person's number; innocent: two people of one name, one dead."""
    village, dice = stage.village, stage.dice
    dead = stage.dice.first(village.people, lambda p: p.died > 0 and not p.cast and bool(p.number))
    if dead is None:
        return None
    dead.cast, dead.skip = True, ("death",)
    stage.row(
        "death",
        Entry(
            {
                "name": dead.name,
                "sex": dead.sex,
                "id_number": dead.number,
                "died_on": dead.died,
                "cancelled_on": dead.died + 20,
                "address": police.address_of(dead),
            },
            {0: dead},
        ),
    )
    if look_alike:
        living = stage.adult()
        living.name = dead.name
        stage.consult(living, "高血压", "内科", min(TODAY, dead.died + 60))
        return living
    user = (
        stage.bride_of(stage.lone_man(), 30 + 15 * dice.u(), listed=False)
        if dead.sex == WOMAN
        else stage.lone_man()
    )
    for on in (min(TODAY - 2, dead.died + 90), min(TODAY - 1, dead.died + 200)):
        stage.consult(user, "外伤", "急诊科", on, name=dead.name, id_number=dead.number)
    return user


SHAPES: dict[str, Shape] = {
    "marriage_without_papers": marriage_without_papers,
    "backdated_registration": backdated_registration,
    "several_names": several_names,
    "adult_on_no_register": adult_on_no_register,
    "collective_book_without_origin": collective_book_without_origin,
    "bride_without_trace": bride_without_trace,
    "birth_without_care": birth_without_care,
    "mother_too_young": mother_too_young,
    "child_of_other_parents": child_of_other_parents,
    "brides_by_one_road": brides_by_one_road,
    "number_of_the_dead": number_of_the_dead,
}
