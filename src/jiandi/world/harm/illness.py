"""Scenes of illness, restraint and captured guardianship."""

from __future__ import annotations

from jiandi.world import hidden
from jiandi.world.calendar import age_on, years_before
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.people import MAN, WOMAN, Entry, Person
from jiandi.world.rosters import civil, health, other

_CHAINED = (
    "偏房里用铁链拴着一个人,听说是家里人犯病。",
    "有人被锁在后院柴房,夜里哭。",
    "路过看见一个女的脚上绑着绳子,坐在草棚里。",
    "家里人出门就把他拴在床腿上。",
)
_OTHER_WORDS = (
    "那户后窗砖砌了一半,饭从洞里递进去,里面有人咳嗽。",
    "半夜总有人敲墙,白天门从外面插着,说是没人住。",
    "果园看护房用铁丝拧着门,里面的人不出来晒太阳已经好几个月。",
    "他家说她走亲戚了,可是灶边那间屋天天有人端饭进去。",
)
_INNOCENT = (
    "邻居家狗用铁链拴在路口,小孩害怕。",
    "家里怕孩子跑上公路,门口装了栅栏锁,是否违规?",
    "猪圈里锁着的母猪病死了,气味大。",
    "柴房门锁坏了想请人修。",
    "老屋窗户砖封了准备拆,请问补偿政策。",
)


def _patient(stage: Stage) -> Person:
    person = stage.adult(20, 60)
    person.illness = stage.dice.pick(("精神分裂症", "精神发育迟滞伴发精神障碍"))
    person.danger = stage.dice.whole(1, 3)
    person.guardian = person.spouse
    return person


def helpless_without_service(stage: Stage, look_alike: bool) -> Person | None:
    """A dependent grown-up whom doctors saw and no service holds; innocent: one with card and subsidy."""
    dice = stage.dice
    person = stage.adult(20, 55)
    sign = dice.pick(("智力发育障碍", "脑瘫后遗症", "重度听力障碍", "生活不能自理"))
    stage.consult(person, sign, "康复科", stage.ago(30, 700), companion="家属代述")
    person.skip = ("disability", "subsidy", "smd", "clinic", "payment")
    if look_alike:
        person.disability, person.guardian = ("智力", 2), person.spouse
        stage.row("disability", civil.disability_entry(person, dice))
        stage.row("subsidy", civil.subsidy_entry(person, "护理补贴", person.guardian, dice))
        return person
    person.need, person.visibility, person.disability = "不能自理,没有人申请过残疾证", 0.7, None
    stage.consult(person, sign, "急诊科", stage.ago(800, 1500), companion="家属代述")
    return person


def illness_outside_register(stage: Stage, look_alike: bool) -> Person | None:
    """Doctors and neighbours know of a severe illness, the register does not; innocent: managed, or only sleepless."""
    dice = stage.dice
    person = stage.adult(20, 62)
    if look_alike:
        person.illness = ""
        stage.consult(person, "失眠", "精神科", stage.ago(20, 400))
        stage.call(None, "投诉", "邻居吵架时骂人“神经病”,请调解。", "人民政府", stage.ago(20, 300))
        return person
    person.illness, person.danger, person.skip = "精神分裂症", 2, ("smd", "smd_followup", "disability")
    for on in (stage.ago(40, 300), stage.ago(400, 900)):
        stage.consult(person, "精神分裂症", "精神科", on)
    body = dice.pick(("有人常年自言自语在外游走,冬天也不穿鞋。", "他犯病时砸东西,没人管,没见医生来过。"))
    stage.call(person, "求助", body, "人民政府", stage.ago(20, 200))
    person.need = "没有吃药,愿意看医生"
    return person


def followup_never_in_person(stage: Stage, look_alike: bool) -> Person | None:
    """A patient followed up for a year whom nobody met; innocent: at work three times, met the fourth."""
    village, dice = stage.village, stage.dice
    person = _patient(stage)
    person.skip = ("smd", "smd_followup")
    stage.row("smd", health.smd_entry(village, person, dice))
    for quarter in range(5):
        met = "1" if look_alike and quarter == 3 else dice.pick(("2", "2", "3"))
        mode = "2" if met == "1" else dice.pick(("3", "3", "2"))
        entry = health.followup_entry(
            village, person, stage.ago(1, 20) + 20 - 91 * (4 - quarter) - 21, dice, met=met, mode=mode
        )
        stage.row("smd_followup", entry)
    if not look_alike:
        person.visibility, person.need = 0.5, "很久没有见过医生"
    return person


def restrained_at_home(stage: Stage, look_alike: bool) -> Person | None:
    """A person kept locked or tied; innocent: dogs, gates and pigs, or one set free long ago."""
    village, dice = stage.village, stage.dice
    person = _patient(stage)
    person.skip = ("smd", "smd_followup")
    if look_alike:
        stage.row("smd", health.smd_entry(village, person, dice, past_restraint="3"))
        stage.row(
            "smd_followup", health.followup_entry(village, person, stage.ago(20, 80), dice, restraint="3")
        )
        stage.call(None, "投诉", dice.pick(_INNOCENT), "人民政府", stage.ago(20, 300))
        return person
    person.restraint = dice.pick(("locked", "tied", "locked"))
    person.visibility = village.parameters.visibility["restrained"]
    person.need = "想出去"
    stage.row("smd", health.smd_entry(village, person, dice, past_restraint=dice.pick(("1", "2"))))
    known = dice.chance(0.5)
    for back in (280, 190, 100, 15):
        entry = health.followup_entry(
            village,
            person,
            stage.ago(back, back + 8),
            dice,
            met="2",
            restraint="2" if known and back < 120 else "1",
        )
        stage.row("smd_followup", entry)
    if not known or dice.chance(0.5):
        stage.call(
            None,
            "举报",
            dice.pick(_CHAINED),
            "人民政府",
            stage.ago(15, 250),
            address=person.home.address if person.home else "",
        )
    stage.report(dice.pick(_CHAINED), about=person.name if dice.chance(0.4) else "", danger=True)
    return person


def shut_away_unknown(stage: Stage, look_alike: bool) -> Person | None:
    """Somebody on no list behind a bricked window, told of in nobody's textbook words; innocent: an empty house."""
    village, dice = stage.village, stage.dice
    if look_alike:
        person = stage.adult()
        stage.call(
            None,
            "咨询",
            dice.pick(_INNOCENT),
            "住建局",
            stage.ago(10, 300),
            address=person.home.address if person.home else "",
        )
        return person
    host = stage.lone_man()
    assert host.home is not None
    person = stage.builder.person(
        WOMAN if dice.chance(0.7) else MAN, years_before(stage.ago(0, 1), 25 + 30 * dice.u())
    )
    hidden.make_unlisted(
        village, person, "woman_without_papers" if person.sex == WOMAN else "sleeper_in_lookout"
    )
    hidden.living_at(stage.builder, person, host.home, host.household)
    person.restraint, person.visibility, person.phone = "hidden", 0.4, ""
    stage.call(
        None, "举报", dice.pick(_OTHER_WORDS), "人民政府", stage.ago(10, 200), address=host.home.address
    )
    stage.report(dice.pick(_OTHER_WORDS), danger=dice.chance(0.5))
    return person


def guardian_holds_all(stage: Stage, look_alike: bool) -> Person | None:
    """One person is guardian, account holder and only informant, the patient unseen; innocent: good care, the patient met."""
    village, dice = stage.village, stage.dice
    person = _patient(stage)
    keeper = person.spouse
    assert keeper is not None
    person.disability, person.dibao = ("精神", 1), "A"
    person.skip = ("smd", "smd_followup", "disability", "subsidy", "dibao", "payment")
    stage.row("smd", health.smd_entry(village, person, dice))
    stage.row("disability", civil.disability_entry(person, dice))
    stage.row("subsidy", civil.subsidy_entry(person, "护理补贴", keeper, dice))
    stage.row("dibao", civil.dibao_entry(person, keeper, keeper, dice))
    stage.row("payment", other.payment_entry(person, "农村低保金", 735, other.PAID_ON, keeper))
    for back in (270, 180, 90, 12):
        met = "1" if look_alike and back in (180, 12) else "2"
        stage.row(
            "smd_followup",
            health.followup_entry(
                village, person, stage.ago(back, back + 6), dice, met=met, mode="2" if met == "1" else "3"
            ),
        )
    if not look_alike:
        person.visibility, person.need = 0.55, "钱在别人手里,没有买药"
    return person


def workers_held_at_kiln(stage: Stage, look_alike: bool) -> Person | None:
    """Men who cannot speak up, kept at a kiln without wages; innocent: migrants with papers at the same kiln."""
    village, dice = stage.village, stage.dice
    place = hidden.hut(stage.builder, "工棚")
    men = []
    for _ in range(3):
        man = stage.builder.person(MAN, years_before(stage.ago(0, 1), 24 + 25 * dice.u()), far=True)
        hidden.living_at(stage.builder, man, place)
        man.registered, man.cast = False, True
        men.append(man)
    stage.others = men[1:]
    if look_alike:
        for man in men:
            entry = {
                "name": man.name,
                "sex": man.sex,
                "id_number": man.number,
                "birth": man.birth,
                "registered_on": stage.ago(30, 300),
                "address": place.address,
            }
            stage.row("residence", Entry(entry | {"origin": "外省务工"}, {0: man}))
            man.skip = ("residence",)
        return men[0]
    for man in men:
        hidden.make_unlisted(village, man, "migrant_in_hut")
        man.disability, man.visibility, man.phone = ("智力", 2), 0.35, ""
        man.need = "没有拿过工钱,不知道家在哪里"
    body = dice.pick(("窑上有几个干活的不说话,晚上门从外面锁。", "砖厂工棚里的人好像脑子不好,从来不发工钱。"))
    stage.call(None, "举报", body, "人力资源和社会保障局", stage.ago(10, 300), address=place.address)
    stage.consult(
        men[0],
        "双手冻伤",
        "急诊科",
        stage.ago(20, 300),
        name="哑巴",
        id_number="",
        companion="工头",
        age=max(16, age_on(men[0].birth) - 4),
    )
    return men[0]


SHAPES: dict[str, Shape] = {
    "helpless_without_service": helpless_without_service,
    "illness_outside_register": illness_outside_register,
    "followup_never_in_person": followup_never_in_person,
    "restrained_at_home": restrained_at_home,
    "shut_away_unknown": shut_away_unknown,
    "guardian_holds_all": guardian_holds_all,
    "workers_held_at_kiln": workers_held_at_kiln,
}
