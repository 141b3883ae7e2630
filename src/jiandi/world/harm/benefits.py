"""Scenes that show in money and entitlements."""

from __future__ import annotations

from jiandi.world import hidden
from jiandi.world.calendar import TODAY, age_on
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.people import Entry, Person
from jiandi.world.rosters import civil, other, police


def benefit_after_death(stage: Stage, look_alike: bool) -> Person | None:
    """Money still flows long after a death; innocent: the payment of the month of the funeral."""
    village, dice = stage.village, stage.dice
    person = stage.elder(70)
    heir = next((p for p in village.people if p.household == person.household and p is not person), None)
    person.skip = ("death", "payment", "dibao", "elderly", "left_behind")
    person.died = other.PAID_ON - dice.whole(3, 12) if look_alike else stage.ago(200, 900)
    person.left, person.tekun = "", ""
    row = {
        "name": person.name,
        "sex": person.sex,
        "id_number": person.number,
        "died_on": person.died,
        "address": police.address_of(person),
    }
    stage.row(
        "death", Entry(row | {"cancelled_on": min(TODAY, person.died + dice.whole(6, 30))}, {0: person})
    )
    schemes = (
        (("高龄津贴", 100),) if look_alike or dice.chance(0.5) else (("农村低保金", 560), ("高龄津贴", 100))
    )
    for scheme, yuan in schemes:
        stage.row(
            "payment", other.payment_entry(person, scheme, yuan, other.PAID_ON, None if look_alike else heir)
        )
    return person


def nobody_has_seen_them(stage: Stage, look_alike: bool) -> Person | None:
    """An old person whom no one has seen for years while others sign; innocent: seen by video in the spring."""
    village, dice = stage.village, stage.dice
    person = stage.elder(81)
    person.skip = ("elderly", "clinic", "left_behind")
    if look_alike:
        stage.row("elderly", civil.elderly_entry(person, None, stage.ago(100, 170), "人脸视频"))
        return person
    holder = next((p for p in village.people if p.household == person.household and p is not person), None)
    stage.row(
        "elderly",
        civil.elderly_entry(
            person, holder, stage.ago(430, 1100), dice.pick(("他人代办", "村委会代报", "电话"))
        ),
    )
    person.visibility, person.need = 0.5, "起不了床,没有人来过"
    return person


def severe_without_subsidy(stage: Stage, look_alike: bool) -> Person | None:
    """A card of the first grade and no subsidy; innocent: a light grade that has none due."""
    dice = stage.dice
    person = stage.adult(22, 75)
    person.disability = ("肢体", 4) if look_alike else (dice.pick(("肢体", "多重", "视力")), 1)
    person.dibao, person.guardian = "", person.spouse
    person.skip = ("disability", "subsidy", "payment")
    stage.row("disability", civil.disability_entry(person, dice))
    if not look_alike:
        person.need = "不知道可以领护理补贴"
    return person


def destitute_not_enrolled(stage: Stage, look_alike: bool) -> Person | None:
    """Old, alone, disabled, and on no support; innocent: the same with children who pay and a pension."""
    dice = stage.dice
    person = stage.elder_alone()
    person.disability, person.dibao, person.tekun = ("肢体", 2), "", ""
    person.skip = ("disability", "tekun", "dibao", "subsidy", "left_behind")
    stage.row("disability", civil.disability_entry(person, dice))
    note = (
        "儿女每月给生活费,有退休金" if look_alike else dice.pick(("无儿女,捡废品", "吃饭靠邻居", "无人照看"))
    )
    stage.row("left_behind", civil.left_entry(person, "独居老人", note))
    if look_alike:
        stage.row("subsidy", civil.subsidy_entry(person, "护理补贴", None, dice))
    else:
        person.need = "没有饭钱"
    return person


def payee_of_many(stage: Stage, look_alike: bool) -> Person | None:
    """One man's account takes the money of four strangers; innocent: the head of the care home, for its residents."""
    dice = stage.dice
    keeper = stage.adult(38, 60)
    people: list[Person] = []
    for _ in range(4):
        person = stage.elder_alone()
        person.tekun = "集中" if look_alike else "分散"
        if look_alike:
            person.home = hidden.hut(stage.builder, "养老院")
        person.skip = ("tekun", "payment", "dibao")
        stage.row("tekun", civil.tekun_entry(person, keeper, dice))
        stage.row("payment", other.payment_entry(person, "特困供养金", 980, other.PAID_ON, keeper))
        if not look_alike:
            person.need = "钱不在自己手里"
        people.append(person)
    stage.others = people[1:]
    return people[0]


def elder_lent_a_life(stage: Stage, look_alike: bool) -> Person | None:
    """An old person moved out of the house to a stranger's, the money following; innocent: moved in with a daughter."""
    dice = stage.dice
    person = stage.elder_alone()
    person.skip = ("payment", "elderly", "left_behind", "clinic")
    keeper = stage.adult(35, 60)
    person.home, person.dibao = keeper.home, "B"
    stage.row("dibao", civil.dibao_entry(person, person, None if look_alike else keeper, dice))
    stage.row(
        "payment",
        other.payment_entry(person, "农村低保金", 560, other.PAID_ON, None if look_alike else keeper),
    )
    if look_alike:
        stage.row("left_behind", civil.left_entry(person, "独居老人", "已随女儿居住"))
        stage.consult(person, "高血压", "内科", stage.ago(10, 90), companion="女儿")
    else:
        person.visibility, person.need = 0.5, "想回自己家,存折被拿走"
        stage.row("left_behind", civil.left_entry(person, "独居老人", "家中无人,去向不详"))
    assert age_on(person.birth) > 60
    return person


SHAPES: dict[str, Shape] = {
    "benefit_after_death": benefit_after_death,
    "nobody_has_seen_them": nobody_has_seen_them,
    "severe_without_subsidy": severe_without_subsidy,
    "destitute_not_enrolled": destitute_not_enrolled,
    "payee_of_many": payee_of_many,
    "elder_lent_a_life": elder_lent_a_life,
}
