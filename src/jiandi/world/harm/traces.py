"""Scenes known from calls, the search for the missing, doors that stay shut and pictures shown for money."""

from __future__ import annotations

from jiandi.world import hidden
from jiandi.world.calendar import TODAY, age_on, day
from jiandi.world.harm.stage import Shape, Stage
from jiandi.world.people import MAN, WOMAN, Entry, Person
from jiandi.world.rosters import civil, other, police


def named_but_unlisted(stage: Stage, look_alike: bool) -> Person | None:
    """Clinic and callers name somebody the village's books do not; innocent: a newcomer the police registered."""
    village, dice = stage.village, stage.dice
    host = stage.adult()
    assert host.home is not None
    sex = WOMAN if dice.chance(0.6) else MAN
    guest = stage.builder.person(sex, stage.ago(25 * 365, 55 * 365), far=look_alike)
    hidden.living_at(stage.builder, guest, host.home, host.household)
    guest.registered, guest.cast = False, True
    stage.consult(guest, "骨折", "骨科", stage.ago(10, 400), id_number=guest.number if look_alike else "")
    if look_alike:
        row = {
            "name": guest.name,
            "sex": guest.sex,
            "id_number": guest.number,
            "birth": guest.birth,
            "origin": "外省",
        }
        stage.row(
            "residence",
            Entry(row | {"registered_on": stage.ago(50, 500), "address": host.home.address}, {0: guest}),
        )
        guest.skip = ("residence",)
        return guest
    hidden.make_unlisted(village, guest, "moved_in")
    guest.visibility, guest.need = 0.5, "没有身份证明"
    body = f"{guest.name}住在亲戚家,身上常有伤,村里名单上没有这个人。"
    stage.call(guest, "求助", body, "人民政府", stage.ago(10, 200))
    return guest


def missing_person_here(stage: Stage, look_alike: bool) -> Person | None:
    """Somebody searched for far away lives here under another name; innocent: the marks agree, age and sex do not."""
    village, dice = stage.village, stage.dice
    area, province, county, town = stage.far()
    marks = dice.pick(("左眉有疤,右手缺一指", "颈后有胎记,缺一颗门牙", "左臂烫伤疤,走路跛"))
    woman = stage.bride_of(stage.lone_man(), 24 + 20 * dice.u(), listed=look_alike)
    woman.origin = area
    searched = police.village_outsider(village, dice, area)
    searched.sex = WOMAN if not look_alike else MAN
    searched.birth = woman.birth + dice.whole(-900, 900) if not look_alike else day(1962, 3, 4)
    row = police.missing_row(village, searched, f"{province}{county}{town}", marks, dice, dna="未比中")
    if not look_alike:
        village.outside.remove(searched)
        row |= {
            "birth": woman.birth + dice.whole(-700, 700),
            "missing_on": woman.birth + dice.whole(15, 20) * 365,
        }
        stage.row("missing", Entry(row, {0: woman}))
        note = f"说话像{province[:2]}口音,{marks[:4]}"
        stage.call(
            None,
            "举报",
            f"有户人家的女人{note},不许出门。",
            "公安局",
            stage.ago(10, 300),
            address=woman.home.address if woman.home else "",
        )
        stage.consult(woman, f"旧伤({marks[:4]})", "外科", stage.ago(30, 700), id_number="")
        return woman
    stage.row("missing", Entry(row, {0: searched}))
    woman.skip = ("insurance",)
    stage.row("insurance", other.insurance_entry(woman))
    return woman


def no_match_taken_as_clear(stage: Stage, look_alike: bool) -> Person | None:
    """A sample without a match closed the question; innocent: the match was found and the family came."""
    village, dice = stage.village, stage.dice
    host = stage.lone_man()
    person = stage.bride_of(host, 28 + 20 * dice.u(), listed=False)
    dna = "比中" if look_alike else "未比中"
    entered = stage.ago(500, 1500)
    entry = other.unknown_entry(
        village,
        person,
        "右耳听不见",
        "听不清",
        dice,
        entered_on=entered,
        dna=dna,
        dna_on=entered + 5,
        notice_on=entered + 1,
    )
    stage.row("unknown_identity", entry)
    if look_alike:
        person.registered, person.hidden, person.number = (
            True,
            "",
            stage.builder.number(village.place.county_code, person.birth, person.sex),
        )
        row = police.hukou_row(person, f"{village.place.code}7{stage.number:03d}", dice) | {
            "relation": "配偶"
        }
        stage.row("hukou", Entry(row, {0: person}))
        person.skip, person.visibility = ("hukou",), 1.0
        person.registered_at = person.home
        return person
    reply = "已采样,未比中,予以办结。"
    body = "收留的女人说不清自己是哪里人,请查一查。"
    stage.call(
        None,
        "求助",
        body,
        "公安局",
        entered + 40,
        reply=reply,
        address=host.home.address if host.home else "",
    )
    return person


def repeated_calls_no_order(stage: Stage, look_alike: bool) -> Person | None:
    """Call after call, mediated each time; innocent: two calls, a written warning, and quiet."""
    village, dice = stage.village, stage.dice
    woman = stage.wife(22, 60)
    woman.skip = ("police_call",)
    if look_alike:
        for back in (300, 260):
            stage.row(
                "police_call",
                Entry(
                    police.call_row(village, woman, stage.ago(back, back + 20), "告诫书", dice), {0: woman}
                ),
            )
        return woman
    for _ in range(dice.whole(4, 7)):
        row = police.call_row(village, woman, stage.ago(5, 600), dice.pick(("调解", "调解", "无")), dice)
        stage.row("police_call", Entry(row, {0: woman}))
    woman.need, woman.restraint = "怕回家", "injured" if dice.chance(0.5) else ""
    return woman


def elder_no_answer(stage: Stage, look_alike: bool) -> Person | None:
    """Knock after knock at an old person's door; innocent: gone to the daughter's for the winter."""
    dice = stage.dice
    person = stage.elder_alone()
    person.skip = ("left_behind", "clinic", "elderly")
    if look_alike:
        person.away = True
        stage.row("left_behind", civil.left_entry(person, "独居老人", "冬天去女儿家住,电话可通"))
        return person
    person.phone, person.visibility, person.need = "", 0.4, "摔伤后起不来"
    stage.row(
        "left_behind",
        civil.left_entry(person, "独居老人", dice.pick(("多次敲门无人应", "敲门无人,邻居多日未见"))),
    )
    body = "隔壁独居老人好几天没开门,喊了也没人答应。"
    stage.call(person, "求助", body, "人民政府", stage.ago(3, 20))
    return person


def same_number_two_places(stage: Stage, look_alike: bool) -> Person | None:
    """One number in two hospitals on one day, for two bodies; innocent: sent on from the town to the county."""
    village, dice = stage.village, stage.dice
    owner = stage.wife(22, 44)
    on = stage.ago(30, 600)
    town, county = f"{village.place.town[:-1]}卫生院", f"{village.place.county}人民医院"
    if look_alike:
        for facility in (town, county):
            stage.consult(owner, "急性阑尾炎", "外科", on, facility=facility, companion="转诊")
        return owner
    other_woman = stage.bride_of(stage.lone_man(), age_on(owner.birth) - 6 + 3 * dice.u(), listed=False)
    stage.consult(owner, "上呼吸道感染", "内科", on, facility=town)
    stage.consult(
        other_woman,
        "分娩",
        "产科",
        on,
        name=owner.name,
        id_number=owner.number,
        facility=county,
        visit_kind="住院",
        companion="丈夫",
    )
    return other_woman


def shown_for_income(stage: Stage, look_alike: bool) -> Person | None:
    """A helpless person shown for money; innocent: a family that likes to film its dinners."""
    dice = stage.dice
    person = stage.adult(20, 60)
    if look_alike:
        stage.call(person, "咨询", "拍自家吃饭的短视频要不要备案?", "委宣传部", stage.ago(5, 200))
        return person
    person.disability, person.guardian = ("智力", 2), person.spouse
    person.skip = ("disability",)
    stage.row("disability", civil.disability_entry(person, dice))
    body = "有人天天直播智力有问题的妻子,让她出丑收打赏,她本人看着很害怕。"
    stage.call(person, "举报", body, "妇女联合会", stage.ago(5, 200))
    stage.report("网上有个直播间拿家里生病的人赚打赏,地点像我们村。", about=person.name)
    person.need = "不愿意被拍"
    return person


def reply_not_true(stage: Stage, look_alike: bool) -> Person | None:
    """The order says done, the person says nobody came; innocent: unhappy about a lamp that was mended."""
    person = stage.elder_alone()
    on = stage.ago(60, 250)
    if look_alike:
        stage.call(
            person, "求助", "门口路灯不亮。", "住建局", on, reply="路灯已修好。", satisfaction="基本满意"
        )
        return person
    for back, body in (
        (0, "老人房屋漏雨断炊,请求上门。"),
        (35, "上次说已办结,实际没有任何人来过,老人还在挨饿。"),
    ):
        stage.call(
            person,
            "求助",
            body,
            "人民政府",
            min(TODAY - 3, on + back),
            reply="已上门处理,已办结。",
            satisfaction="不满意",
        )
    person.need = "断炊,没有人来过"
    return person


SHAPES: dict[str, Shape] = {
    "named_but_unlisted": named_but_unlisted,
    "missing_person_here": missing_person_here,
    "no_match_taken_as_clear": no_match_taken_as_clear,
    "repeated_calls_no_order": repeated_calls_no_order,
    "elder_no_answer": elder_no_answer,
    "same_number_two_places": same_number_two_places,
    "shown_for_income": shown_for_income,
    "reply_not_true": reply_not_true,
}
