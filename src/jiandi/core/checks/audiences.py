"""Who receives a finding, who must not be warned by it, and what evidence a rule must have, in words."""

from __future__ import annotations

from collections.abc import Mapping

from jiandi.core.values import Text

RECIPIENTS: Mapping[str, Text] = {
    "police_trafficking": Text(zh="公安反拐专人", en="police, anti-trafficking"),
    "police_identity": Text(zh="公安户政身份核查", en="police, identity unit"),
    "police_emergency": Text(zh="110与刑侦", en="police, emergency"),
    "ambulance": Text(zh="120急救", en="ambulance"),
    "women_federation": Text(zh="妇联专人", en="women's federation"),
    "maternal_health": Text(zh="妇幼保健女护士", en="maternal health nurse"),
    "mental_health": Text(zh="精防医生与精神科", en="mental health doctor"),
    "health": Text(zh="卫生健康部门", en="health department"),
    "civil_affairs": Text(zh="民政部门", en="civil affairs"),
    "education": Text(zh="教育部门", en="education department"),
    "child_director": Text(zh="儿童督导员", en="child welfare supervisor"),
    "disabled_federation": Text(zh="残联", en="disabled persons' federation"),
    "procuratorate": Text(zh="检察院", en="procuratorate"),
    "inspection": Text(zh="督查组（外乡镇）", en="inspectors of another township"),
    "hotline": Text(zh="热线回访员", en="hotline, second caller"),
    "archives": Text(zh="上级婚姻档案管理", en="marriage archive of the level above"),
    "finance": Text(zh="财政部门", en="finance department"),
}

NOT_TOLD: Mapping[str, Text] = {
    "household": Text(zh="同户人员", en="the household"),
    "household_head": Text(zh="户主", en="the head of the household"),
    "spouse": Text(zh="婚姻另一方", en="the spouse"),
    "guardian": Text(zh="监护人或照料人", en="the guardian or carer"),
    "payee": Text(zh="代领人", en="who draws the benefit"),
    "village_committee": Text(zh="村委会", en="the village committee"),
    "township": Text(zh="乡镇", en="the township"),
    "registrar": Text(zh="登记机关和经办人", en="the registrar"),
    "issuing_unit": Text(zh="出具或签发单位", en="the unit that issued the paper"),
    "original_visitor": Text(zh="原走访人和其单位", en="the original visitor and the visitor's unit"),
    "handler": Text(zh="原承办单位", en="the unit that handled it"),
    "school": Text(zh="上报学校", en="the school that reported"),
    "searcher": Text(
        zh="寻人者（本人单独同意之前）", en="whoever searches, before the person consents alone"
    ),
    "abuser": Text(zh="被指施暴者", en="the alleged abuser"),
    "follow_up_doctor": Text(zh="随访医生和机构", en="the doctor and unit that followed up"),
}

TWO_RECORDS = Text(zh="两份相互独立的记录", en="two independent records")
RECORD_AND_ABSENCE = Text(
    zh="一份记录，加上在本应载有此人的名册中有据可查的缺失",
    en="one record and a documented absence from a file that should hold the person",
)
DIRECT_SIGN = Text(zh="一个直接的危险迹象", en="one direct sign of danger")
MANY_VISITS = Text(zh="足够多次走访，偶然难以解释", en="visits too many for chance to explain")
ONE_FILE = Text(zh="依法建立的名册中的一份记录", en="one record of a file kept under the law")
