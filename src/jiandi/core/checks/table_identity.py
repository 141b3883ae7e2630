"""The table of rules, first part: papers, marriages, identity, births (R1-R7, R17, R25)."""

from __future__ import annotations

from jiandi.core.checks.audiences import RECORD_AND_ABSENCE, TWO_RECORDS
from jiandi.core.checks.rules import births, identity, marriage
from jiandi.core.checks.shapes import Rule, Threshold
from jiandi.core.values import Text

MARRIAGE_WALL = ("household", "spouse", "village_committee", "registrar", "issuing_unit")

RULES: tuple[Rule, ...] = (
    Rule(
        id="R1",
        version=1,
        title=Text(zh="结婚登记缺少身份材料", en="A marriage without papers of identity"),
        klass="contradiction",
        needs=("people", "records", "rows_marriage.registered_on", "rows_hukou"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(
            zh="2003年前的农村档案；档案遗失；尚未关联的户籍",
            en="rural files before 2003; lost archives; a household record not linked yet",
        ),
        first_action=Text(
            zh="调取纸质档案，逐张查看附件中的地名；以档案补录核对为由由上级档案人员办理",
            en="Pull the paper file and read every slip for place names, as the archive check it is, by the level above",
        ),
        action="referral",
        recipients=("police_trafficking", "women_federation", "archives"),
        not_told=MARRIAGE_WALL,
        judge=marriage.married_without_papers,
        reads=("rows_idcard", "rows_insurance", "rows_residence"),
    ),
    Rule(
        id="R2",
        version=1,
        title=Text(zh="登记日期早于档案形成", en="A registration dated before its file existed"),
        klass="contradiction",
        needs=("people", "rows_marriage.registered_on", "rows_marriage.entered_on"),
        minimum=TWO_RECORDS,
        risks=Text(
            zh="补办登记合法；整批档案重新录入",
            en="late registration is lawful; archives entered anew in bulk",
        ),
        first_action=Text(
            zh="比对档案墨迹与编号顺序；询问上级档案部门",
            en="Compare ink and serial numbers; ask the archive of the level above",
        ),
        action="referral",
        recipients=("police_trafficking", "archives"),
        not_told=MARRIAGE_WALL,
        judge=marriage.dated_backwards,
        thresholds=(
            Threshold(
                "backdate_days",
                180,
                Text(zh="半年：归档惯例为数日至一季度", en="half a year; filing takes days to a quarter"),
            ),
            Threshold(
                "bulk_files",
                10,
                Text(
                    zh="同机关同日录入10份以上旧档视为整批重录",
                    en="ten old files by one office in a day is bulk re-entry",
                ),
            ),
        ),
    ),
    Rule(
        id="R3",
        version=1,
        title=Text(zh="同一人在不同材料中身份不一", en="Papers give one person two identities"),
        klass="contradiction",
        needs=("people", "records", "rows_marriage.husband_person", "rows_birth.father_person"),
        minimum=TWO_RECORDS,
        risks=Text(
            zh="笔误、曾用名、农历生日、再婚",
            en="slips of the pen, former names, lunar birthdays, remarriage",
        ),
        first_action=Text(
            zh="由公安身份核查单位比对材料（不比对人脸）",
            en="The police identity unit compares the papers, never faces",
        ),
        action="police",
        recipients=("police_identity", "women_federation"),
        not_told=("household", "spouse", "village_committee"),
        judge=identity.documents_disagree,
        thresholds=(
            Threshold(
                "birth_years_apart",
                2,
                Text(zh="农历或虚岁造成的差异不超过1年", en="lunar dates or counted years explain one year"),
            ),
        ),
        reads=("rows_hukou", "rows_school", "rows_clinic"),
    ),
    Rule(
        id="R4",
        version=1,
        title=Text(
            zh="成年人没有身份或身份没有来源",
            en="An adult without identity, or with one that rests on nothing",
        ),
        klass="contradiction",
        needs=("people", "records", "rows_hukou.entry_reason"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(
            zh="出嫁被注销户口的农村妇女；高龄老人；尚未关联的记录",
            en="women struck off on marriage; the very old; records not linked yet",
        ),
        first_action=Text(
            zh="以帮助办理户口的服务上门，由同性工作人员单独交谈",
            en="A visit to help with household registration, with a private talk by a worker of the same sex",
        ),
        action="visit",
        recipients=("police_trafficking", "women_federation"),
        not_told=("household_head", "household", "issuing_unit"),
        judge=identity.adult_without_identity,
        thresholds=(
            Threshold("adult_age", 16, Text(zh="居民身份证法第7条", en="Identity Card Law art. 7")),
            Threshold(
                "card_grace_days",
                90,
                Text(zh="满16周岁起3个月内申领", en="three months after the 16th birthday, the same article"),
            ),
            Threshold("kinds_of_record", 2, Text(zh="至少两类记录", en="two independent kinds of record")),
        ),
        reads=("rows_idcard", "rows_insurance", "rows_residence", "sightings", "visits"),
    ),
    Rule(
        id="R5",
        version=1,
        title=Text(zh="配偶在本地没有任何自己的记录", en="A spouse who left no trace of her or his own"),
        klass="contradiction",
        needs=("people", "records", "rows_marriage.registered_on", "rows_hukou", "rows_insurance"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="在外地生活的夫妻；刚迁入", en="couples living elsewhere; newcomers"),
        first_action=Text(
            zh="以参保或户口服务为由，提出协助联系家人；查阅寻亲名单",
            en="While helping with insurance or registration, offer to contact the family; check the missing lists",
        ),
        action="visit",
        recipients=("police_trafficking", "women_federation"),
        not_told=("household", "spouse", "village_committee"),
        judge=marriage.spouse_without_trace,
        thresholds=(
            Threshold(
                "settled_days",
                365,
                Text(zh="婚后一年内手续可能未办", en="papers may take a year after the marriage"),
            ),
        ),
        reads=("rows_birth", "rows_idcard", "rows_residence", "sightings", "visits"),
    ),
    Rule(
        id="R6",
        version=1,
        title=Text(
            zh="无保健、无证明的出生，母亲身份不明",
            en="A birth without care or certificate, the mother unidentified",
        ),
        klass="contradiction",
        needs=("people", "records", "rows_birth.mother_person", "rows_antenatal", "rows_hukou"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="偏远地区、外地产检、自己选择", en="remote places, care elsewhere, choice"),
        first_action=Text(
            zh="妇幼保健女护士上门随访母婴，单独见母亲",
            en="A woman nurse's home visit to mother and child, seeing the mother alone",
        ),
        action="visit",
        recipients=("maternal_health", "women_federation", "police_trafficking"),
        not_told=("household",),
        judge=births.unattended_birth,
        thresholds=(
            Threshold("antenatal_days", 300, Text(zh="一次妊娠", en="one pregnancy")),
            Threshold(
                "look_back_days",
                6570,
                Text(zh="子女未成年期间（18年）", en="while the child is a minor (18 years)"),
            ),
        ),
        reads=("rows_idcard", "rows_insurance", "rows_residence"),
    ),
    Rule(
        id="R7",
        version=1,
        title=Text(zh="按日期推算结婚或受孕过早", en="Married or with child too young, by the dates"),
        klass="contradiction",
        needs=("people", "rows_marriage.registered_on", "rows_birth.mother_birth"),
        minimum=TWO_RECORDS,
        risks=Text(zh="出生年份写错", en="a wrong birth year"),
        first_action=Text(
            zh="核对出生年份；现仍未成年的立即报告",
            en="Verify the birth year; report at once where she is still a minor",
        ),
        action="referral",
        recipients=("police_trafficking", "women_federation", "procuratorate"),
        not_told=("household", "spouse", "registrar"),
        judge=marriage.too_young,
        thresholds=(
            Threshold("marriage_age", 20, Text(zh="民法典第1047条", en="Civil Code art. 1047")),
            Threshold(
                "conception_age",
                16,
                Text(
                    zh="检查规则；刑法以14周岁为界", en="rule of this book; the criminal law's own line is 14"
                ),
            ),
            Threshold("pregnancy_days", 280, Text(zh="足月妊娠", en="a full term")),
            Threshold(
                "look_back_days",
                7300,
                Text(zh="20年：更早的出生年份多不可靠", en="20 years; earlier birth years are unreliable"),
            ),
        ),
    ),
    Rule(
        id="R17",
        version=1,
        title=Text(zh="儿童的父母没有凭据", en="A child whose parents no paper proves"),
        klass="contradiction",
        needs=("people", "rows_hukou.entry_reason", "rows_hukou.entered_on", "rows_birth.child_person"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="收养、离异、在外地出生", en="adoption, divorce, birth elsewhere"),
        first_action=Text(
            zh="由公安依法决定是否采样；期间儿童安全不变",
            en="The police decide lawfully on sampling; meanwhile the child stays safe",
        ),
        action="police",
        recipients=("police_trafficking", "child_director"),
        not_told=("household", "guardian", "issuing_unit"),
        judge=births.parents_unproven,
        thresholds=(
            Threshold(
                "late_days",
                365,
                Text(
                    zh="户口登记条例第7条为1个月；一年以上才询问",
                    en="the law says one month; asked only after a year",
                ),
            ),
        ),
    ),
    Rule(
        id="R25",
        version=1,
        title=Text(zh="以他人名义住院或分娩", en="A stay or a birth under another's name"),
        klass="contradiction",
        needs=("people", "rows_birth.mother_person", "rows_clinic.visit_kind"),
        minimum=TWO_RECORDS,
        risks=Text(zh="录入差错；转院", en="clerical errors; transfer between hospitals"),
        first_action=Text(zh="卫健部门核查病历", en="The health department audits the record"),
        action="referral",
        recipients=("health", "police_trafficking"),
        not_told=("household", "issuing_unit"),
        judge=births.under_another_name,
        thresholds=(
            Threshold("twin_days", 3, Text(zh="多胎分娩", en="multiple birth")),
            Threshold(
                "pregnancy_days",
                150,
                Text(zh="少于此间隔不可能再次活产", en="no second living birth within it"),
            ),
            Threshold(
                "ages_differ",
                3,
                Text(zh="虚岁与周岁最多差2岁", en="ages counted in two ways differ by two at most"),
            ),
            Threshold("age_apart", 10, Text(zh="年龄笔误多为个位差", en="slips in an age are small")),
        ),
    ),
)
