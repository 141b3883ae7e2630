"""What a plan can hold, why a referral may be handed back, and what may be called an outcome: lists, not free text."""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.values import Text


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of measure: what people call it, which unit usually does it, which clock usually runs."""

    text: Text
    unit_kind: str
    clock: str


# Clock ids are those of core.clocks; the deadlines and their sources stand there.
KINDS: dict[str, Kind] = {
    "medical": Kind(Text(zh="医疗救治", en="Medical treatment"), "health", "referral.answer"),
    "psychiatric": Kind(
        Text(zh="精神卫生(自愿)", en="Mental health care (voluntary)"), "health", "smd.fu.unstable"
    ),
    "police": Kind(
        Text(zh="公安核查与保护", en="Police inquiry and protection"), "police", "hotline.emergency"
    ),
    "identity": Kind(Text(zh="身份与户口", en="Identity and registration"), "police", "hotline.complaint"),
    "dna": Kind(Text(zh="依法采样比对", en="Lawful DNA comparison"), "police", "unknown.dna"),
    "benefit": Kind(Text(zh="低保、特困等救助", en="Dibao, tekun and other relief"), "civil", "dibao.decide"),
    "disability": Kind(
        Text(zh="残疾人证与两项补贴", en="Disability certificate and subsidies"), "disabled", "disab.decide"
    ),
    "guardianship": Kind(
        Text(zh="监护与临时照料", en="Guardianship and interim care"), "civil", "referral.answer"
    ),
    "shelter": Kind(Text(zh="庇护安置", en="Shelter"), "civil", "hotline.emergency"),
    "care": Kind(Text(zh="生活照料", en="Daily care"), "women", "referral.answer"),
    "companion": Kind(
        Text(zh="关爱陪伴与心理支持", en="Named helper and psychological support"), "women", "referral.answer"
    ),
    "school": Kind(Text(zh="就学与教育资助", en="School and education aid"), "education", "referral.answer"),
    "insurance": Kind(Text(zh="社会保险", en="Social insurance"), "hr", "referral.answer"),
    "legal_aid": Kind(Text(zh="法律援助", en="Legal aid"), "women", "legal_aid.decide"),
    "family": Kind(
        Text(zh="寻亲(须本人同意)", en="Finding family (with consent)"), "police", "hotline.complaint"
    ),
    "other": Kind(Text(zh="其他", en="Other"), "working_group", "hotline.complaint"),
}

# What the recipient of a rule (core.checks.audiences) is first asked for.
MEASURE_OF_RECIPIENT: dict[str, str] = {
    "police_trafficking": "police",
    "police_identity": "identity",
    "police_emergency": "police",
    "ambulance": "medical",
    "maternal_health": "medical",
    "health": "medical",
    "mental_health": "psychiatric",
    "civil_affairs": "benefit",
    "child_director": "guardianship",
    "education": "school",
    "disabled_federation": "disability",
    "women_federation": "companion",
}

# A unit may hand a referral back only for one of these; each return is counted.
RETURN_REASONS: dict[str, Text] = {
    "not_ours": Text(zh="不属于本单位职责(写明应由谁办理)", en="Not our duty (say whose it is)"),
    "wrong_place": Text(zh="不在本单位管辖地域", en="Outside our area"),
    "missing_section": Text(zh="缺少办理所需内容(写明缺什么)", en="A section we need is missing (say which)"),
    "duplicate": Text(
        zh="已有同一事项在办(写明编号)", en="The same matter is already in hand (give its number)"
    ),
    "conflict": Text(zh="本单位存在利害关系", en="Our unit has a conflict of interest"),
}
REVOKE_REASONS: dict[str, Text] = {
    "sent_in_error": Text(zh="发错单位或内容", en="Sent in error"),
    "person_declined": Text(zh="本人单独表示不需要", en="The person, asked alone, does not want it"),
    "unit_implicated": Text(zh="发现该单位有利害关系", en="The unit turned out to be implicated"),
    "plan_changed": Text(zh="方案已变更", en="The plan changed"),
    "person_died": Text(zh="本人已去世", en="The person has died"),
}

RESULTS: dict[str, Text] = {
    "safe": Text(zh="安全,支持措施已落实", en="Safe, with support in place"),
    "placed": Text(zh="已妥善安置", en="Safely placed elsewhere"),
    "treated": Text(zh="已得到治疗和照料", en="Treated and cared for"),
    "identity": Text(zh="身份已查清并落实户籍", en="Identity established and registered"),
    "reunited": Text(zh="按本人意愿与家人团聚", en="Reunited with family, as wished"),
    "no_harm": Text(zh="当面见到,疑点有据可释", en="Met in person; the question has a proven answer"),
    "died": Text(zh="本人已去世,有死亡记录", en="Died, with a death on record"),
    # These describe where a search stands. They are written down - and refused as an outcome (design rules 5, 15; R21).
    "cannot_locate": Text(zh="查找不到", en="Cannot be located"),
    "no_match": Text(zh="比对无结果", en="No match"),
    "refused_contact": Text(zh="拒绝见面", en="Refuses contact"),
    "moved_away": Text(zh="据称已离开", en="Said to have moved away"),
}
NEVER_CLOSES = frozenset({"cannot_locate", "no_match", "refused_contact", "moved_away"})

PARTS: dict[str, Text] = {
    "protected": Text(zh="被保护人", en="Protected person"),
    "child": Text(zh="子女", en="Child"),
    "guardian": Text(zh="监护人", en="Guardian"),
    "other": Text(zh="其他相关人", en="Other"),
}
MILESTONES: dict[str, Text] = {
    "filed": Text(zh="立案", en="Case filed"),
    "arrest": Text(zh="强制措施", en="Arrest"),
    "transferred": Text(zh="移送审查起诉", en="Transferred for prosecution"),
    "indicted": Text(zh="提起公诉", en="Indicted"),
    "hearing": Text(zh="开庭", en="Hearing"),
    "judgment": Text(zh="判决", en="Judgment"),
    "appeal": Text(zh="上诉", en="Appeal"),
}
SECTIONS: dict[str, Text] = {
    "who": Text(zh="姓名、性别、年龄、住址", en="Name, sex, age, address"),
    "contact": Text(zh="联系电话", en="Telephone"),
    "identity_number": Text(zh="身份证号码", en="Identity number"),
    "assessment": Text(zh="情况评估", en="Assessment"),
    "safety": Text(zh="安全要求", en="Safety requirements"),
    "wishes": Text(zh="本人意愿", en="The person's wishes"),
    "children": Text(zh="相关未成年人", en="Children concerned"),
    "lists": Text(zh="已在哪些保障名单", en="Protection lists the person is on"),
}
LOOK_BACK_DAYS = (30, 90)
# After a death there is nobody to see again; what the review asked for is looked at once.
LOOK_BACK_DAYS_OF_DEATH = (30,)
DIED = "died"
