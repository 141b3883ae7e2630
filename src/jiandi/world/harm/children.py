"""Scenes around children: school, carers, being alone."""

from __future__ import annotations

from jiandi.world.calendar import TODAY, age_on
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.people import Entry, Person
from jiandi.world.rosters import civil, other, police


def child_not_in_school(stage: Stage, look_alike: bool) -> Person | None:
    """A child in the book and in no school; innocent: moved to another county's school, and written down so."""
    village, dice = stage.village, stage.dice
    child = stage.child(8, 14)
    child.skip = ("school",)
    if look_alike:
        stage.row(
            "school", other.school_entry(village, child, dice, status="转出", school="望川市特殊教育学校")
        )
        return child
    child.need = "想上学"
    if dice.chance(0.5):
        stage.call(
            child, "举报", "看到十来岁的孩子白天在砖厂搬砖,没去上学。", "教育体育局", stage.ago(10, 120)
        )
    return child


def in_register_not_in_class(stage: Stage, look_alike: bool) -> Person | None:
    """A name in the register and no child in the class; innocent: off sick, with a doctor's paper."""
    village, dice = stage.village, stage.dice
    child = stage.child(8, 14)
    child.skip = ("school", "clinic")
    if look_alike:
        stage.row(
            "school",
            other.school_entry(village, child, dice, status="休学", class_checked_on=stage.ago(60, 150)),
        )
        stage.consult(child, "肾病综合征", "儿科", stage.ago(20, 90), visit_kind="住院")
        return child
    stage.row(
        "school",
        other.school_entry(village, child, dice, class_checked_on=dice.pick((0, stage.ago(200, 600)))),
    )
    child.need = "在家带弟妹,没有去学校"
    return child


def child_in_no_book(stage: Stage, look_alike: bool) -> Person | None:
    """A pupil under a makeshift number, in no book anywhere; innocent: a newcomer's child registered as such."""
    village, dice = stage.village, stage.dice
    child = stage.mother_and_child(7, 13)
    child.skip = ("school", "hukou", "insurance", "idcard", "residence")
    if look_alike:
        row = {
            "name": child.name,
            "sex": child.sex,
            "id_number": child.number,
            "birth": child.birth,
            "origin": "云岭省青崖县",
        }
        stage.row(
            "residence",
            Entry(
                row
                | {"registered_on": stage.ago(100, 900), "address": child.home.address if child.home else ""},
                {0: child},
            ),
        )
        stage.row("school", other.school_entry(village, child, dice))
        return child
    child.number, child.registered = "", False
    stage.row(
        "school",
        other.school_entry(
            village, child, dice, guardian_id_number="", guardian2_name="", guardian2_id_number=""
        ),
    )
    child.need = "没有户口,不能参加医保"
    return child


def barred_carer(stage: Stage, look_alike: bool) -> Person | None:
    """The named carer is one the law bars; innocent: somebody else of the same name."""
    village, dice = stage.village, stage.dice
    child = stage.child(6, 14)
    carer = stage.adult(30, 62)
    child.left, child.skip = "留守儿童", ("lbc", "official_query")
    stage.row("lbc", civil.lbc_entry(child, carer, stage.ago(0, 6), "与委托照护人同住", dice))
    row = police.query_row(village, carer, "无" if look_alike else "有", dice)
    stage.row("official_query", Entry(row, {0: carer}))
    if look_alike:
        namesake = police.village_outsider(village, dice, stage.far()[0])
        namesake.name = carer.name
        stage.row(
            "official_query",
            Entry(police.query_row(village, namesake, "有", dice) | {"name": carer.name}, {0: namesake}),
        )
    else:
        child.need = "害怕照护人"
    return child


def child_left_alone(stage: Stage, look_alike: bool) -> Person | None:
    """A child living alone whom the parents rarely call; innocent: with grandparents, the line was down last week."""
    dice = stage.dice
    child = stage.child(8, 15)
    for other_one in stage.housemates(child):
        if age_on(other_one.birth) >= 18 and not (look_alike and age_on(other_one.birth) >= 55):
            other_one.away = True
    child.left, child.skip = "留守儿童", ("lbc", "left_behind", "official_query")
    if look_alike:
        stage.row("lbc", civil.lbc_entry(child, None, stage.ago(8, 10), "与祖父母同住", dice))
        stage.row("left_behind", civil.left_entry(child, "留守儿童", "山里信号差,爷爷照看"))
        return child
    stage.row(
        "lbc",
        civil.lbc_entry(
            child, None, stage.ago(40, 200), dice.pick(("独自居住", "与未成年姐姐同住", "无人照看")), dice
        ),
    )
    stage.row("left_behind", civil.left_entry(child, "留守儿童", dice.pick(("自己做饭", "", "无电话"))))
    child.need = "一个人住,晚上害怕"
    return child


def orphan_in_name(stage: Stage, look_alike: bool) -> Person | None:
    """A child whom nobody raises, its guardian living elsewhere and drawing the money; innocent: an aunt who cares."""
    dice = stage.dice
    child = stage.child(5, 15)
    keeper = stage.adult(30, 62)
    for parent in (child.father, child.mother):
        if parent is not None:
            parent.died = parent.died or stage.ago(300, 1000)
    child.skip = ("orphan", "payment", "clinic")
    stage.row("orphan", civil.orphan_entry(child, keeper, dice))
    stage.row("payment", other.payment_entry(child, "孤儿基本生活费", 1100, TODAY - 18, keeper))
    if look_alike:
        stage.consult(child, "上呼吸道感染", "儿科", stage.ago(10, 90), companion=keeper.name)
    else:
        child.visibility, child.need = 0.7, "监护人几个月没有来"
        stage.row("left_behind", civil.left_entry(child, "留守儿童", "监护人常年不在"))
        child.left = ""
    return child


SHAPES: dict[str, Shape] = {
    "child_not_in_school": child_not_in_school,
    "in_register_not_in_class": in_register_not_in_class,
    "child_in_no_book": child_in_no_book,
    "barred_carer": barred_carer,
    "child_left_alone": child_left_alone,
    "orphan_in_name": orphan_in_name,
}
