"""The table of rules, second part: illness, danger, benefits, violence (R8-R13, R22-R24)."""

from __future__ import annotations

from jiandi.core.checks.audiences import DIRECT_SIGN, ONE_FILE, RECORD_AND_ABSENCE, TWO_RECORDS
from jiandi.core.checks.rules import answers, benefits, danger, illness, unseen
from jiandi.core.checks.shapes import Rule, Threshold
from jiandi.core.values import Text

RULES: tuple[Rule, ...] = (
    Rule(
        id="R8",
        version=1,
        title=Text(zh="有功能障碍的成年人没有任何服务", en="An impaired adult without any service"),
        klass="service_gap",
        needs=("people", "rows_clinic.diagnosis", "rows_disability", "rows_smd"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="残疾证自愿申领；在外地办理", en="the certificate is voluntary; services elsewhere"),
        first_action=Text(
            zh="提供健康检查和帮助申请，与本人单独联系",
            en="Offer a health check and help to apply, in private contact with the person",
        ),
        action="visit",
        recipients=("disabled_federation", "health"),
        not_told=("village_committee",),
        judge=illness.impaired_without_service,
        reads=("rows_left_behind", "rows_subsidy", "rows_tekun", "sightings", "visits", "rows_hotline"),
    ),
    Rule(
        id="R9",
        version=1,
        title=Text(zh="有精神障碍线索但不在册", en="Signs of severe mental disorder outside the file"),
        klass="service_gap",
        needs=("people", "rows_smd"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="在外地确诊；随口之言", en="diagnosed elsewhere; loose talk"),
        first_action=Text(zh="精神科医生上门服务，自愿接受", en="A psychiatrist's outreach visit, voluntary"),
        action="referral",
        recipients=("mental_health",),
        not_told=("village_committee",),
        judge=illness.clue_outside_the_file,
        reads=("rows_clinic", "rows_hotline", "rows_left_behind", "sightings", "visits"),
    ),
    Rule(
        id="R9b",
        version=1,
        title=Text(zh="乡镇登记率远低于常态", en="A town whose file is far too short"),
        klass="service_gap",
        needs=("people.town", "rows_smd"),
        minimum=ONE_FILE,
        risks=Text(zh="人口外流、年轻城区", en="people away; young towns"),
        first_action=Text(
            zh="安排该乡镇线索筛查，自愿诊断", en="Arrange outreach in the town; diagnosis is voluntary"
        ),
        action="referral",
        recipients=("mental_health",),
        not_told=(),
        judge=illness.town_rate_too_low,
        thresholds=(
            Threshold(
                "per_thousand",
                4.0,
                Text(
                    zh="约千分之四（杭州六种诊断4.3‰）", en="about 4 per 1,000 (Hangzhou, six diagnoses: 4.3)"
                ),
            ),
            Threshold("chance", 0.01, Text(zh="泊松下尾1%", en="Poisson lower tail, 1%")),
        ),
    ),
    Rule(
        id="R10",
        version=1,
        title=Text(zh="随访从未见到患者本人", en="Follow-ups that never met the patient"),
        klass="contradiction",
        needs=("people", "rows_smd_followup.followed_on", "rows_smd_followup.met"),
        minimum=TWO_RECORDS,
        risks=Text(zh="外出务工、已搬迁", en="at work; moved"),
        first_action=Text(
            zh="护士与女民警以免费体检送药为由当面看望",
            en="A nurse and a policewoman see the person, bringing the free check and medicine",
        ),
        action="visit",
        recipients=("mental_health", "women_federation"),
        not_told=("guardian", "follow_up_doctor"),
        judge=illness.follow_ups_met_nobody,
        thresholds=(
            Threshold("window_days", 400, Text(zh="规范要求每年至少4次", en="the rules ask for four a year")),
            Threshold(
                "least_followups",
                3,
                Text(zh="规范：连续3次未访到即为失访", en="the rules: three misses in a row is lost"),
            ),
            Threshold("missed_in_a_row", 3, Text(zh="同上", en="the same")),
        ),
        reads=("rows_smd",),
    ),
    Rule(
        id="R11",
        version=1,
        title=Text(zh="关锁、捆绑、藏匿等直接危险", en="Danger now: locked up, tied, hidden"),
        klass="danger",
        needs=("people",),
        minimum=DIRECT_SIGN,
        risks=Text(
            zh="儿童安全门、牲畜圈、门锁、影视情节", en="children's gates, animal pens, door locks, films"
        ),
        first_action=Text(
            zh="立即110、120，两人一组到场；治疗而非处罚",
            en="Call police and ambulance now; a team of two goes; treatment, not punishment",
        ),
        action="police",
        recipients=("police_emergency", "ambulance", "mental_health", "women_federation"),
        not_told=("household", "guardian", "village_committee"),
        judge=danger.restrained,
        reads=(
            "rows_smd",
            "rows_smd_followup",
            "rows_hotline",
            "rows_left_behind",
            "sightings",
            "visits",
            "reports",
        ),
        danger_now=True,
    ),
    Rule(
        id="R12",
        version=1,
        title=Text(
            zh="监护、领款、讲述集于一人而未单独见到本人",
            en="One hand is guardian, payee and only voice; nobody saw the person alone",
        ),
        klass="contradiction",
        needs=("people",),
        minimum=TWO_RECORDS,
        risks=Text(zh="正常的家庭照料", en="ordinary family care"),
        first_action=Text(
            zh="以待遇年审为由单独见本人；核查代领",
            en="See the person alone at the yearly benefit check; review who draws it",
        ),
        action="visit",
        recipients=("civil_affairs", "mental_health", "women_federation"),
        not_told=("guardian", "payee", "household"),
        judge=benefits.one_hand_holds_all,
        thresholds=(
            Threshold("unseen_days", 365, Text(zh="待遇至少每年核查一次", en="benefits are checked yearly")),
            Threshold("least_voices", 2, Text(zh="一次不在家不足为问", en="being out once is no question")),
        ),
        reads=(
            "rows_school",
            *(
                "rows_smd",
                "rows_disability",
                "rows_tekun",
                "rows_orphan",
                "rows_dibao",
                "rows_subsidy",
                "rows_elderly",
            ),
            *("rows_payment", "rows_smd_followup", "visits", "sightings"),
        ),
    ),
    Rule(
        id="R12b",
        version=1,
        title=Text(zh="一人代领多户待遇", en="One payee for many households"),
        klass="service_gap",
        needs=("people", "rows_payment.guardian2_person"),
        minimum=TWO_RECORDS,
        risks=Text(zh="机构代管、村干部受托代领", en="institutions; a village officer asked to collect"),
        first_action=Text(
            zh="以待遇年审为由逐一单独见本人，核查代领",
            en="See each person alone at the yearly benefit check; review who draws it",
        ),
        action="visit",
        recipients=("civil_affairs", "finance"),
        not_told=("payee", "village_committee"),
        judge=benefits.payee_of_many,
        thresholds=(Threshold("households", 3, Text(zh="三户以上", en="three households or more")),),
        reads=("rows_dibao", "rows_subsidy", "rows_elderly", "rows_tekun"),
    ),
    Rule(
        id="R12c",
        version=1,
        title=Text(
            zh="外人代领待遇而本人不知去向", en="An outsider draws the money of somebody nobody finds"
        ),
        klass="contradiction",
        needs=("people", "rows_payment.guardian2_person"),
        minimum=TWO_RECORDS,
        risks=Text(
            zh="随子女居住，子女另立户；外出探亲",
            en="living with a son or daughter who has a book of their own; away on a visit",
        ),
        first_action=Text(
            zh="以待遇年审为由当面单独见到本人，问明愿意住在哪里、由谁领款",
            en="At the yearly benefit check, find and see the person alone; ask where they wish to live and who should draw the money",
        ),
        action="visit",
        recipients=("civil_affairs", "women_federation"),
        not_told=("payee", "village_committee"),
        judge=unseen.stranger_draws_for_the_unfound,
        thresholds=(
            Threshold("unseen_days", 92, Text(zh="一般对象每季度一次", en="general tier: once a quarter")),
        ),
        reads=("rows_dibao", "rows_elderly", "rows_tekun", "rows_left_behind", "visits", "sightings"),
    ),
    Rule(
        id="R13",
        version=1,
        title=Text(
            zh="死亡或注销之后仍有待遇、证件或见面记录", en="Paid, papered or seen after the recorded death"
        ),
        klass="contradiction",
        needs=("people",),
        minimum=TWO_RECORDS,
        risks=Text(zh="停发滞后、同名", en="lag in stopping; the same name"),
        first_action=Text(
            zh="核实生存状况；停发须依法告知",
            en="Verify whether the person lives; stop only by law and with notice",
        ),
        action="visit",
        recipients=("civil_affairs", "finance"),
        not_told=("payee", "original_visitor"),
        judge=benefits.after_death,
        thresholds=(
            Threshold(
                "lag_days",
                62,
                Text(
                    zh="农村死亡登记1个月，次月停发",
                    en="a month to register a death, stopped the month after",
                ),
            ),
        ),
        reads=(
            "rows_death",
            "rows_payment",
            "rows_elderly",
            "rows_clinic",
            "rows_idcard",
            "rows_marriage",
            "visits",
            "sightings",
        ),
    ),
    Rule(
        id="R22",
        version=1,
        title=Text(zh="反复家暴警情没有告诫书或保护令", en="Repeated violence without a warning or an order"),
        klass="danger",
        needs=("people", "rows_police_call.called_on", "rows_police_call.disposition"),
        minimum=TWO_RECORDS,
        risks=Text(zh="口角", en="quarrels"),
        first_action=Text(
            zh="检察院与公安复核处置质量；为受害人订安全计划",
            en="Procuratorate and police review the handling; a safety plan with the victim",
        ),
        action="referral",
        recipients=("procuratorate", "police_emergency", "women_federation"),
        not_told=("abuser", "household", "handler"),
        judge=answers.violence_again,
        thresholds=(
            Threshold("window_days", 730, Text(zh="两年", en="two years")),
            Threshold(
                "calls",
                2,
                Text(zh="半数以上求助者为再次受害", en="more than half who complain are repeat victims"),
            ),
        ),
    ),
    Rule(
        id="R23",
        version=1,
        title=Text(zh="符合条件而没有补贴或供养", en="Entitled to a subsidy or to care, and without it"),
        klass="service_gap",
        needs=("people", "rows_disability.grade", "rows_subsidy"),
        minimum=RECORD_AND_ABSENCE,
        risks=Text(zh="本人放弃", en="opted out"),
        first_action=Text(zh="帮助申请", en="Help to apply"),
        action="referral",
        recipients=("disabled_federation", "civil_affairs"),
        not_told=(),
        judge=benefits.entitled_not_served,
        thresholds=(
            Threshold(
                "decision_days",
                45,
                Text(
                    zh="转送3、审定10、告知3个工作日，加当月",
                    en="3+10+3 working days and the month of application",
                ),
            ),
        ),
        reads=("rows_left_behind", "rows_dibao", "rows_tekun", "rows_orphan", "rows_hukou"),
    ),
    Rule(
        id="R24",
        version=1,
        title=Text(zh="独居老人多次无人应答", en="An old person alone does not answer"),
        klass="service_gap",
        needs=("people", "rows_left_behind.category"),
        minimum=TWO_RECORDS,
        risks=Text(zh="外出、走亲", en="travelling, visiting kin"),
        first_action=Text(
            zh="当日再敲门，联系紧急联系人，24小时内找到人",
            en="Knock again today, call the contact, find the person within 24 hours",
        ),
        action="visit",
        recipients=("civil_affairs",),
        not_told=(),
        judge=unseen.alone_and_no_answer,
        thresholds=(
            Threshold("knocks", 2, Text(zh="两份无人应答的记录", en="two records of an unanswered door")),
            Threshold("window_days", 60, Text(zh="两个月", en="two months")),
        ),
        reads=("sightings", "visits", "rows_hotline"),
    ),
)
