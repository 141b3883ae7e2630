"""The table of rules, third part: children, visits, the missing, answers (R14-R21, R26-R29)."""

from __future__ import annotations

from jiandi.core.checks.audiences import MANY_VISITS, ONE_FILE, RECORD_AND_ABSENCE, TWO_RECORDS
from jiandi.core.checks.bridges import MINUTE_DOORS, PHOTO_DOORS
from jiandi.core.checks.rules import answers, children, earlier, missing, oldcases, visits
from jiandi.core.checks.shapes import Rule, Threshold
from jiandi.core.values import Text

RULES: tuple[Rule, ...] = (
    Rule(
        id="R14",
        version=1,
        title=Text(zh="不可能都发生过的走访", en="Visits that cannot all have happened"),
        klass="contradiction",
        needs=("visits.started_at", "visits.photo_sha"),
        minimum=TWO_RECORDS,
        risks=Text(
            zh="网络延迟、成批上传（只看开始时间）、同院多户",
            en="slow networks; batch upload (only the start counts); families in one yard",
        ),
        first_action=Text(zh="由外乡镇人员独立复访", en="An independent re-visit from another township"),
        action="visit",
        recipients=("inspection",),
        not_told=("original_visitor", "township", "village_committee"),
        judge=visits.visits_that_cannot_be,
        grain="county",
        thresholds=(
            Threshold(
                "photo_doors",
                PHOTO_DOORS,
                Text(zh="两处住所同一张照片", en="one photograph at two dwellings"),
            ),
            Threshold(
                "minute_doors",
                MINUTE_DOORS,
                Text(zh="一分钟、一个坐标、四户", en="four doors, one minute, one spot"),
            ),
        ),
    ),
    Rule(
        id="R14b",
        version=2,
        title=Text(zh="在册对象久未见到本人", en="On a roster and not seen in person for too long"),
        klass="service_gap",
        needs=("people", "visits", "sightings"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="外出、住院、记录未交", en="away, in hospital, records not delivered"),
        first_action=Text(
            zh="由另一名走访人逐一当面见到本人", en="Another visitor sees each of them in person"
        ),
        action="visit",
        recipients=("civil_affairs", "health"),
        not_told=("original_visitor",),
        judge=visits.nobody_saw,
        grain="county",
        thresholds=(
            Threshold(
                "smd_days",
                92,
                Text(zh="稳定患者3个月一次随访", en="stable patients: a follow-up every three months"),
            ),
            Threshold("care_days", 92, Text(zh="一般对象每季度一次", en="general tier: once a quarter")),
        ),
        reads=(
            "rows_smd",
            "rows_smd_followup",
            "rows_tekun",
            "rows_orphan",
            "rows_lbc",
            "rows_disability",
            "rows_elderly",
            "rows_school",
        ),
    ),
    Rule(
        id="R14c",
        version=1,
        title=Text(zh="往年排查未见本人即报无异常", en="An earlier round saw nobody and returned no problem"),
        klass="service_gap",
        needs=("people", "rows_screening.seen_how", "rows_screening.result"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="见过本人而记录未交", en="the person was seen and no record handed in"),
        first_action=Text(
            zh="由外乡镇人员逐一当面、单独见到本人",
            en="Somebody from another township sees each of them in person and alone",
        ),
        action="visit",
        recipients=("inspection",),
        not_told=("original_visitor", "township", "village_committee"),
        judge=earlier.screened_unseen,
        grain="county",
        reads=("visits", "sightings", "rows_smd_followup", "rows_elderly", "rows_school"),
    ),
    Rule(
        id="R15",
        version=1,
        title=Text(zh="有名册提到而户内查无此人", en="Named by a file and absent from the house"),
        klass="service_gap",
        needs=("people", "records", "rows_hukou", "rows_residence"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="搬走、住校、寄居", en="moved, boarding, lodging"),
        first_action=Text(zh="列为册外人员，安排走访", en="Add as an unlisted person and visit"),
        action="visit",
        recipients=("civil_affairs",),
        not_told=("household_head",),
        judge=visits.named_but_not_in_the_house,
        thresholds=(
            Threshold("kinds_of_record", 2, Text(zh="至少两类名册", en="two independent kinds of file")),
            Threshold(
                "seen_days",
                365,
                Text(
                    zh="一年内有单位当面见过即为已知",
                    en="known to an office that met the person within a year",
                ),
            ),
        ),
        reads=("visits", "sightings", "rows_elderly", "rows_smd_followup", "rows_school"),
    ),
    Rule(
        id="R16",
        version=1,
        title=Text(zh="学龄儿童不在课堂", en="A child of school age in no classroom"),
        klass="contradiction",
        needs=("people.birth_on", "rows_school.status"),
        minimum=TWO_RECORDS,
        risks=Text(zh="随迁就读、特殊学校、缓学", en="schooling elsewhere, special schools, deferred entry"),
        first_action=Text(
            zh="教育部门与儿童主任上门劝返，单独见儿童",
            en="Education and the child director visit to help back to school, seeing the child alone",
        ),
        action="visit",
        recipients=("education", "child_director"),
        not_told=("school",),
        judge=children.not_in_class,
        thresholds=(
            Threshold("from_age", 6, Text(zh="义务教育法第11条", en="Compulsory Education Law art. 11")),
            Threshold("to_age", 15, Text(zh="义务教育阶段", en="compulsory schooling")),
            Threshold(
                "class_days",
                75,
                Text(zh="学校每月报告，容忍两次", en="schools report monthly; two misses are allowed"),
            ),
            Threshold(
                "blank_share",
                0.05,
                Text(zh="空白不超过5%的名册，空白才有意义", en="a blank says something only where few are"),
            ),
            Threshold(
                "trace_days", 365, Text(zh="一年内的本地就诊", en="a local clinic visit within a year")
            ),
        ),
        reads=(
            "rows_dibao",
            "rows_disability",
            "rows_tekun",
            "rows_hukou",
            "rows_lbc",
            "rows_orphan",
            "rows_left_behind",
            "rows_clinic",
            "visits",
            "sightings",
        ),
    ),
    Rule(
        id="R16b",
        version=1,
        title=Text(
            zh="有户籍无学籍，去向待核", en="In the household book, in no school, whereabouts unknown"
        ),
        klass="service_gap",
        needs=("people.birth_on", "rows_school.status", "rows_hukou"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="随父母在外就读", en="living and studying where the parents work"),
        first_action=Text(zh="电话核实就读地", en="Ask by telephone where the child goes to school"),
        action="referral",
        recipients=("education",),
        not_told=(),
        judge=children.whereabouts_unknown,
        thresholds=(
            Threshold("from_age", 6, Text(zh="义务教育法第11条", en="Compulsory Education Law art. 11")),
            Threshold("to_age", 15, Text(zh="义务教育阶段", en="compulsory schooling")),
            Threshold(
                "trace_days", 365, Text(zh="一年内的本地就诊", en="a local clinic visit within a year")
            ),
        ),
        reads=(
            "rows_clinic",
            "rows_dibao",
            "rows_disability",
            "rows_lbc",
            "rows_left_behind",
            "rows_orphan",
            "rows_tekun",
            "visits",
            "sightings",
        ),
    ),
    Rule(
        id="R18",
        version=1,
        title=Text(zh="受托照护人属法律禁止之列", en="A carer whom the law bars"),
        klass="contradiction",
        needs=("people", "records", "rows_official_query.answer"),
        minimum=TWO_RECORDS,
        risks=Text(zh="同名", en="the same name"),
        first_action=Text(
            zh="民政以官方查询结果核实，先保儿童安全",
            en="Civil affairs verifies the official answer; the child's safety first",
        ),
        action="referral",
        recipients=("civil_affairs", "police_trafficking"),
        not_told=("guardian", "household"),
        judge=children.barred_carer,
        reads=("rows_lbc", "rows_orphan", "rows_school"),
    ),
    Rule(
        id="R19",
        version=1,
        title=Text(zh="留守儿童失去联系或独自居住", en="A left-behind child out of contact or alone"),
        klass="service_gap",
        needs=("people", "rows_lbc.last_parent_contact_on"),
        minimum=ONE_FILE,
        risks=Text(zh="信号不好、台账未更新", en="poor signal; a ledger not kept up"),
        first_action=Text(
            zh="儿童主任看望，必要时应急照护", en="The child director visits; emergency care if needed"
        ),
        action="visit",
        recipients=("child_director", "civil_affairs"),
        not_told=(),
        judge=children.left_without_contact,
        reads=("rows_left_behind", "visits", "sightings"),
        thresholds=(
            Threshold(
                "contact_days",
                14,
                Text(
                    zh="未保法第23条每周一次；两周才询问",
                    en="Minors Law art. 23: weekly; asked after two weeks",
                ),
            ),
        ),
    ),
    Rule(
        id="R20",
        version=3,
        title=Text(zh="与失踪登记相近的人", en="Somebody described like a missing person"),
        klass="contradiction",
        needs=("people", "records", "rows_missing.sex", "rows_missing.birth"),
        minimum=TWO_RECORDS,
        risks=Text(zh="证据薄弱", en="the evidence is weak"),
        first_action=Text(
            zh="仅由公安依法以疑似被害人或亲属身份采集比对；提供而不强迫",
            en="Only the police, under the law, may compare as suspected victim or relative; offered, never forced",
        ),
        action="police",
        recipients=("police_trafficking",),
        not_told=("household", "village_committee", "searcher"),
        judge=missing.descriptions_alike,
        grain="county",
        thresholds=(
            Threshold("years_apart", 5, Text(zh="估计年龄误差", en="error of an estimated age")),
            Threshold(
                "least_weight",
                2,
                Text(
                    zh="四比一：各项对照的权重之和（二进制位）",
                    en="four to one: the comparisons' weights together, in bits",
                ),
            ),
            Threshold("shared_words", 3, Text(zh="至少三处少见的共同描述", en="three uncommon shared words")),
            Threshold(
                "common_share",
                0.02,
                Text(
                    zh="在2%以上来历不明者描述中出现的词不计",
                    en="words that fit more than 2% of the people of unknown origin here do not count",
                ),
            ),
        ),
        reads=("rows_unknown_identity", "rows_marriage", "rows_clinic", "visits", "sightings"),
    ),
    Rule(
        id="R21",
        version=1,
        title=Text(zh="“未比中”不等于查清", en="“No match” is not a clearance"),
        klass="service_gap",
        needs=("people", "rows_unknown_identity.dna"),
        minimum=ONE_FILE,
        risks=Text(zh="结果尚未回填", en="a result not yet entered"),
        first_action=Text(
            zh="排期再次比对，线索保持开放", en="Schedule the comparison again; the question stays open"
        ),
        action="police",
        recipients=("police_trafficking", "civil_affairs"),
        not_told=(),
        judge=missing.no_match_is_no_clearance,
        thresholds=(
            Threshold("again_days", 180, Text(zh="半年再比对一次", en="compared again every half year")),
            Threshold(
                "sample_days",
                11,
                Text(zh="进站7个工作日内报请采样", en="sampling is asked within 7 working days"),
            ),
        ),
    ),
    Rule(
        id="R26",
        version=1,
        title=Text(zh="靠弱者形象牟利", en="Income from a vulnerable person's image"),
        klass="contradiction",
        needs=("reports",),
        minimum=TWO_RECORDS,
        risks=Text(zh="家庭日常视频", en="a family's own videos"),
        first_action=Text(
            zh="妇联与网信约谈；核实本人是否受益",
            en="A talk by women's federation and internet office; does the person benefit?",
        ),
        action="referral",
        recipients=("women_federation",),
        not_told=("household",),
        judge=answers.income_from_an_image,
        reads=("rows_hotline",),
    ),
    Rule(
        id="R27",
        version=1,
        title=Text(
            zh="旧案时期与地点上来历不明的女性", en="Unresolved arrivals at the time and place of an old case"
        ),
        klass="contradiction",
        needs=("rows_official_query.answer", "rows_marriage.slip"),
        minimum=TWO_RECORDS,
        risks=Text(zh="巧合、同名", en="coincidence; the same name"),
        first_action=Text(zh="公安旧案复核", en="The police review the old case"),
        action="police",
        recipients=("police_trafficking",),
        not_told=("village_committee", "household", "spouse", "registrar", "issuing_unit"),
        judge=oldcases.arrivals_of_an_old_case,
        thresholds=(
            Threshold(
                "era_days",
                1826,
                Text(zh="同一时期：前后五年", en="the same time: five years before or after"),
            ),
        ),
        reads=("records", "people", "rows_hukou", "rows_idcard", "rows_insurance", "rows_residence"),
    ),
    Rule(
        id="R28",
        version=1,
        title=Text(zh="全部无问题的走访回报", en="A return that is too perfect"),
        klass="contradiction",
        needs=("visits.result", "sightings.need"),
        minimum=MANY_VISITS,
        risks=Text(zh="确实很好的村", en="a village that is truly well"),
        first_action=Text(
            zh="按最小样本盲抽复访", en="A blind re-visit of the smallest sample that can tell"
        ),
        action="visit",
        recipients=("inspection",),
        not_told=("original_visitor", "village_committee", "township"),
        judge=visits.too_perfect,
        grain="county",
        thresholds=(
            Threshold("least_visits", 40, Text(zh="样本过小不作判断", en="no judgement on thin samples")),
            Threshold(
                "share_of_usual",
                0.25,
                Text(zh="不到其他回报的四分之一", en="less than a quarter of the other returns"),
            ),
            Threshold(
                "chance",
                0.001,
                Text(
                    zh="按其他回报的问题率，偶然概率千分之一",
                    en="one in a thousand, by the rate of the other returns",
                ),
            ),
        ),
    ),
    Rule(
        id="R29",
        version=1,
        title=Text(zh="回复已办，本人说未办", en="Done, says the answer; not done, says the person"),
        klass="contradiction",
        needs=("rows_hotline.reply", "rows_hotline.satisfaction"),
        minimum=TWO_RECORDS,
        risks=Text(zh="记忆出入", en="memory"),
        first_action=Text(zh="由第二人回访", en="A second caller asks again"),
        action="referral",
        recipients=("hotline", "inspection"),
        not_told=("handler",),
        judge=answers.said_done_but_not,
    ),
)
