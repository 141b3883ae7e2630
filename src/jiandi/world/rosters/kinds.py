# fmt: off -- one kind a block reads better than one word a line
"""What each department's roster looks like: columns, headers, who writes it, in which file."""

from __future__ import annotations

from dataclasses import dataclass

SUBJECT, HUSBAND, WIFE, CHILD, MOTHER, FATHER, GUARDIAN, GUARDIAN2 = range(8)
_ROLES = {
    "husband": HUSBAND,
    "wife": WIFE,
    "child": CHILD,
    "mother": MOTHER,
    "father": FATHER,
    "guardian": GUARDIAN,
    "guardian2": GUARDIAN2,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its meaning, how it may go wrong, the headers departments use."""

    field: str
    type: str
    headers: tuple[str, ...]
    role: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of roster as its department writes it."""

    name: str
    unit: str
    title: str
    form: str
    day_style: str
    columns: tuple[Column, ...]
    per_town: bool = False


def _column(text: str) -> Column:
    field, type_, headers = text.split(":")
    role = next(
        (_ROLES[head] for head in (field.rsplit("_", 1)[0], field.split("_")[0]) if head in _ROLES), SUBJECT
    )
    return Column(field, type_, tuple(headers.split("/")), role)


def _kind(
    name: str, unit: str, title: str, form: str, day_style: str, columns: str, per_town: bool = False
) -> Kind:
    return Kind(
        name, unit, title, form, day_style, tuple(_column(text) for text in columns.split()), per_town
    )


KINDS: tuple[Kind, ...] = (
    _kind(
        "hukou",
        "公安局户政科",
        "常住人口登记信息",
        "csv-gb",
        "compact",
        "household_no:code:户号 name:name:姓名 former_name:text:曾用名 sex:sex:性别 ethnicity:text:民族 birth:date:出生日期 "
        "id_number:id:公民身份号码 relation:text:与户主关系 address:address:户籍地址/户籍地详址 phone:phone:联系电话 "
        "hukou_kind:text:户别 entered_on:date:落户日期 entry_reason:text:落户原因 origin_document:text:落户凭证 marital:text:婚姻状况",
    ),
    _kind(
        "death",
        "公安局户政科",
        "死亡注销人员名册",
        "xlsx",
        "iso",
        "name:name:姓名 sex:sex:性别 id_number:id:身份证号码/公民身份号码 died_on:date:死亡日期 cancelled_on:date:注销日期 address:address:户籍地址",
    ),
    _kind(
        "marriage",
        "民政局婚姻登记处",
        "婚姻登记档案目录",
        "xlsx",
        "iso",
        "certificate_no:code:登记证字号/结婚证字号 registered_on:date:登记日期 entered_on:date:归档日期/录入日期 registry_office:text:登记机关 "
        "registration_kind:text:登记种类 husband_name:name:男方姓名 husband_id_number:id:男方身份证号 husband_birth:date:男方出生日期 "
        "husband_address:address:男方户籍地 wife_name:name:女方姓名 wife_id_number:id:女方身份证号 wife_birth:date:女方出生日期 "
        "wife_address:address:女方户籍地 wife_documents:text:女方证件材料 certificate_issuer:text:婚姻状况证明出具单位 slip:text:附件摘录",
    ),
    _kind(
        "birth",
        "卫生健康委员会",
        "出生医学证明签发登记",
        "xlsx",
        "dots",
        "certificate_no:code:出生证编号/出生医学证明编号 issued_on:date:签发日期 issuer:text:签发机构 child_name:name:新生儿姓名 child_sex:sex:新生儿性别 "
        "child_birth:date:出生日期/出生时间 place_kind:text:出生地点 attendant:text:接生机构/接生人员 mother_name:name:母亲姓名 "
        "mother_id_number:id:母亲身份证号 mother_birth:date:母亲出生日期 father_name:name:父亲姓名 father_id_number:id:父亲身份证号 address:address:住址/家庭住址",
    ),
    _kind(
        "antenatal",
        "卫生健康委员会",
        "孕产妇保健建册登记",
        "xlsx",
        "slash",
        "name:name:姓名/孕产妇姓名 id_number:id:身份证号 birth:date:出生日期 booked_on:date:建册日期 clinic:text:建册机构 "
        "due_on:date:预产期 address:address:现住址/住址 phone:phone:联系电话",
    ),
    _kind(
        "clinic",
        "人民医院",
        "就诊登记导出",
        "csv-utf8",
        "iso",
        "name:name:姓名/患者姓名 sex:sex:性别 age:number:年龄 id_number:id:身份证号/证件号码 visited_on:date:就诊日期 facility:text:医疗机构/就诊机构 "
        "department:text:科室 visit_kind:text:类型/就诊类型 diagnosis:text:诊断 companion:text:陪同人 address:address:住址 phone:phone:联系电话",
    ),
    _kind(
        "school",
        "教育体育局",
        "中小学生学籍信息",
        "xlsx",
        "compact",
        "student_no:code:学籍号 name:name:姓名/学生姓名 sex:sex:性别 birth:date:出生日期 id_number:id:身份证件号/身份证号 school:text:学校/学校名称 "
        "grade:text:年级 status:text:在校状态/学生状态 class_checked_on:date:最近到校核验日期 guardian_name:name:监护人姓名/监护人1姓名 "
        "guardian_id_number:id:监护人身份证号/监护人1身份证号 guardian_relation:text:监护人关系 guardian2_name:name:监护人2姓名 "
        "guardian2_id_number:id:监护人2身份证号 address:address:家庭住址 phone:phone:联系电话",
    ),
    _kind(
        "dibao",
        "民政局",
        "城乡居民最低生活保障对象花名册",
        "xlsx",
        "month",
        "household_head:text:户主/户主姓名 relation:text:与户主关系 name:name:姓名/保障对象姓名 id_number:id:身份证号/身份证号码 sex:sex:性别 "
        "category:text:保障类别 monthly_yuan:number:月保障金额/月保障金(元) guardian2_name:name:开户人/账户姓名 guardian2_id_number:id:开户人身份证号 "
        "started_on:date:起始月/享受起始月 address:address:家庭住址/住址",
    ),
    _kind(
        "tekun",
        "民政局",
        "特困人员救助供养台账",
        "xls",
        "dots",
        "name:name:姓名 id_number:id:身份证号 sex:sex:性别 support_kind:text:供养方式 guardian_name:name:照料人/照料护理人 "
        "guardian_id_number:id:照料人身份证号 self_care:text:自理能力/生活自理能力 started_on:date:起始日期/纳入日期 address:address:住址",
    ),
    _kind(
        "disability",
        "残疾人联合会",
        "持证残疾人基本情况表",
        "xls",
        "iso",
        "name:name:姓名 sex:sex:性别 id_number:id:身份证号 card_no:code:残疾人证号 category:text:残疾类别 grade:text:等级/残疾等级 issued_on:date:发证日期/签发日期 "
        "guardian_name:name:监护人/监护人姓名 guardian_id_number:id:监护人身份证号 address:address:现住址/住址 phone:phone:联系电话",
    ),
    _kind(
        "subsidy",
        "民政局",
        "残疾人两项补贴发放对象名册",
        "xlsx",
        "month",
        "name:name:姓名 id_number:id:身份证号 subsidy_kind:text:补贴类型 monthly_yuan:number:月补贴金额/补贴标准(元每月) "
        "guardian2_name:name:开户人 guardian2_id_number:id:开户人身份证号 started_on:date:起始月/享受起始时间",
    ),
    _kind(
        "smd",
        "卫生健康委员会",
        "严重精神障碍患者登记",
        "xlsx",
        "iso",
        "name:name:姓名/患者姓名 sex:sex:性别 id_number:id:身份证号 diagnosis:text:诊断/诊断名称 confirmed_on:date:确诊日期 danger_level:text:危险性评估/危险性等级 "
        "guardian_name:name:监护人姓名 guardian_id_number:id:监护人身份证号 managed_by:text:管理机构 past_restraint:text:既往关锁/既往关锁情况 "
        "address:address:现住址 phone:phone:联系电话",
    ),
    _kind(
        "smd_followup",
        "卫生健康委员会",
        "严重精神障碍患者随访记录",
        "xlsx",
        "iso",
        "name:name:姓名/患者姓名 id_number:id:身份证号 followed_on:date:随访日期 mode:text:随访方式 met:text:随访对象/本次随访对象 lost_reason:text:失访原因 "
        "restraint:text:关锁情况 adherence:text:服药依从性 class:text:分类/随访分类 doctor:text:随访医生 facility:text:机构/随访机构 next_on:date:下次随访/下次随访日期",
    ),
    _kind(
        "orphan",
        "民政局",
        "孤儿和事实无人抚养儿童名册",
        "xls",
        "iso",
        "name:name:姓名/儿童姓名 sex:sex:性别 id_number:id:身份证号 birth:date:出生日期 category:text:类别/儿童类别 guardian_name:name:监护人姓名 "
        "guardian_id_number:id:监护人身份证号 started_on:date:纳入日期/起始日期 address:address:住址",
    ),
    _kind(
        "left_behind",
        "人民政府",
        "三留守及独居人员摸底表",
        "xlsx",
        "iso",
        "seq:number:序号 category:text:身份类别 group:text:组别 name:name:姓名 sex:sex:性别 age:number:年龄 phone:phone:联系电话 address:address:家庭住址 note:text:备注",
        per_town=True,
    ),
    _kind(
        "lbc",
        "民政局",
        "农村留守儿童动态台账",
        "xlsx",
        "dots",
        "name:name:姓名/儿童姓名 id_number:id:身份证号 birth:date:出生日期 sex:sex:性别 guardian_name:name:委托照护人/委托照护人姓名 "
        "guardian_id_number:id:委托照护人身份证号 delegated_on:date:委托确认书日期/委托书签订日期 last_parent_contact_on:date:最近父母联系日期 "
        "living:text:居住情况 address:address:家庭住址",
    ),
    _kind(
        "elderly",
        "民政局",
        "高龄津贴发放及生存认证表",
        "xlsx",
        "iso",
        "name:name:姓名/老人姓名 id_number:id:身份证号 sex:sex:性别 monthly_yuan:number:月津贴金额/津贴标准(元每月) guardian2_name:name:开户人 "
        "guardian2_id_number:id:开户人身份证号 last_seen_on:date:最近生存认证日期/最近认证日期 seen_how:text:认证方式 address:address:住址",
    ),
    _kind(
        "payment",
        "财政局",
        "惠民惠农财政补贴一卡通发放明细",
        "csv-gb",
        "compact",
        "name:name:姓名 id_number:id:身份证号 scheme:text:补贴项目 yuan:number:金额/发放金额(元) paid_on:date:发放日期 "
        "guardian2_name:name:开户人/账户名 guardian2_id_number:id:开户人身份证号",
    ),
    _kind(
        "idcard",
        "公安局户政科",
        "居民身份证签发登记",
        "csv-utf8",
        "compact",
        "name:name:姓名 id_number:id:公民身份号码 sex:sex:性别 birth:date:出生日期 issued_on:date:签发日期 issuer:text:签发机关 issue_kind:text:类型/办理类型 basis:text:申领依据",
    ),
    _kind(
        "hotline",
        "12345热线办",
        "热线工单导出",
        "xlsx",
        "iso",
        "order_no:code:工单编号 received_on:date:来电时间 order_kind:text:类型/诉求类型 caller:text:来电人 caller_phone:text:来电号码 address:address:地址/事发地址 "
        "name:name:涉及人 body:text:内容/诉求内容 assigned_to:text:承办单位 due_on:date:办结时限 reply:text:答复/办理结果 satisfaction:text:满意度",
    ),
    _kind(
        "police_call",
        "公安局治安大队",
        "家庭暴力警情统计",
        "xlsx",
        "iso",
        "call_no:code:警情编号 called_on:date:报警时间/接警时间 station:text:处警单位 name:name:当事人(受害人)/受害人姓名 id_number:id:身份证号 disposition:text:处置/处置结果 address:address:地址/警情地址",
    ),
    _kind(
        "missing",
        "公安局刑侦大队",
        "失踪人员和寻亲登记",
        "xlsx",
        "iso",
        "name:name:姓名/失踪人姓名 sex:sex:性别 birth:date:出生日期 missing_on:date:失踪日期/失踪时间 missing_from:text:失踪地 marks:text:特征/体貌特征 dialect:text:口音 "
        "registrar:text:登记机关 dna:text:比对结果/DNA比对结果",
    ),
    _kind(
        "unknown_identity",
        "救助管理站",
        "身份不明受助人员登记",
        "xls",
        "iso",
        "name:text:代称 sex:sex:性别 age:number:估计年龄 entered_on:date:入站日期 found_at:text:发现地 marks:text:特征 dialect:text:口音 notice_on:date:寻亲公告日期 "
        "dna_on:date:采样日期 dna:text:比对结果",
    ),
    _kind(
        "official_query",
        "公安局法制大队",
        "依法查询结果回告",
        "xlsx",
        "iso",
        "name:name:姓名/被查询人姓名 id_number:id:身份证号 queried_on:date:查询日期 queried_by:text:查询单位 answer:text:结果/查询结果",
    ),
    _kind(
        "insurance",
        "医疗保障局",
        "城乡居民医保参保名册",
        "csv-utf8",
        "compact",
        "name:name:姓名 id_number:id:证件号码/身份证号 sex:sex:性别 birth:date:出生日期 status:text:参保状态 address:address:住址/参保地址",
    ),
    _kind(
        "residence",
        "公安局治安大队",
        "流动人口登记",
        "csv-gb",
        "iso",
        "name:name:姓名 sex:sex:性别 id_number:id:身份证号 birth:date:出生日期 origin:text:来源地 registered_on:date:登记日期 address:address:现住址/居住地址",
    ),
    _kind(
        "screening",
        "人民政府",
        "2019年特殊群体排查情况表",
        "xlsx",
        "iso",
        "seq:number:序号 category:text:人员类别 name:name:姓名 sex:sex:性别 birth:date:出生日期 id_number:id:身份证号 address:address:家庭住址 "
        "screened_on:date:排查日期 seen_how:text:见面方式 result:text:排查结果 screener:text:排查人",
        per_town=True,
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
