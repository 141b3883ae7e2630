"""The clocks as data: one entry each, with its law or document.

A verb that begins with a room's name is an event of ours, spelt as the action records it (a shape test holds it so).
Every other verb names a moment of the world (`hotline.received`), which rooms translate their rows into. Limits marked
`verify` are local, not confirmed against the text, or set by the county: an administrator confirms them before use.
Courts are only ever tracked, never pressed. Sources name the law and article, or the document.
"""

from __future__ import annotations

from dataclasses import replace

from jiandi.core.clocks.model import Clock, Limit
from jiandi.core.clocks.table_office import CASES, PETITIONS, REGISTRATION, STATEMENTS
from jiandi.core.clocks.table_welfare import RELIEF, VISITS
from jiandi.core.values import Refused, Text

_ESCALATE = Text(zh="报上一级", en="escalate one level up")
_INFORM = Text(zh="告知当事人其权利", en="inform the person of their rights")
_NURSE = Text(zh="报精防护士长,再报县级", en="tell the lead nurse, then the county")


def clock(clock_id: str, *, limit: Limit | None = None) -> Clock:
    """The clock of this id, with the county's own limit where one is set."""
    if clock_id not in CLOCKS:
        raise Refused("clocks.unknown_clock", _UNKNOWN.filled(id=clock_id))
    return CLOCKS[clock_id] if limit is None else replace(CLOCKS[clock_id], limit=limit)


_UNKNOWN = Text(
    zh="没有编号为{id}的时限。请查时限表。",
    en="There is no clock {id}. See the table of clocks.",
)

_REPORTING = (
    Clock(
        "minor.report",
        Text(zh="发现未成年人受侵害的强制报告", en="Mandatory report on a minor in danger"),
        ("minor.danger_seen",),
        ("minor.reported",),
        Limit(8, "hours"),
        Text(zh="报县专班并通报检察院", en="escalate to the county and the procuratorate"),
        "未成年人保护法第11条",
        at_once=True,
    ),
    Clock(
        "dv.report_limited_capacity",
        Text(
            zh="无、限制行为能力人遭受家庭暴力的报告",
            en="Report of violence against a person lacking full capacity",
        ),
        ("dv.noticed",),
        ("dv.reported",),
        Limit(1, "same_day"),
        Text(zh="提示可能依反家庭暴力法第35条处分", en="point to discipline under article 35"),
        "反家庭暴力法第14、35条",
        at_once=True,
    ),
    Clock(
        "danger.second_officer",
        Text(zh="现实危险:两名人员立案或确认说明", en="Danger now: two officers open a case or explain it"),
        ("checks.raise_danger",),
        ("cases.open_case", "checks.second"),
        Limit(2, "hours"),
        _ESCALATE,
        "县定",
        verify=True,
        at_once=True,
    ),
    Clock(
        "access.break_glass_review",
        Text(zh="应急查阅的双人复核", en="Review of emergency access by two"),
        ("access.break_glass",),
        ("access.review_glass",),
        Limit(1, "working_days"),
        _ESCALATE,
        "县定",
    ),
)

_VIOLENCE = (
    Clock(
        "dv.order",
        Text(zh="人身安全保护令裁定", en="Protection order decided"),
        ("court.order_accepted",),
        ("court.order_decided",),
        Limit(72, "hours"),
        Text(zh="只跟踪,不向法院发催办", en="track only, no pressure on the court"),
        "反家庭暴力法第28条",
    ),
    Clock(
        "dv.order_urgent",
        Text(zh="紧急情形人身安全保护令裁定", en="Urgent protection order decided"),
        ("court.urgent_order_accepted",),
        ("court.order_decided",),
        Limit(24, "hours"),
        Text(zh="只跟踪,不向法院发催办", en="track only, no pressure on the court"),
        "反家庭暴力法第28条",
    ),
    Clock(
        "dv.order.expiry",
        Text(zh="人身安全保护令到期前续请", en="Protection order renewed before it ends"),
        ("court.order_effective",),
        ("court.order_renewed", "court.order_lifted"),
        Limit(6, "months"),
        Text(zh="提供续请协助", en="offer help with renewal"),
        "反家庭暴力法第30条",
        warn_before_days=(30, 14, 7),
    ),
    Clock(
        "dv.order.review",
        Text(zh="对保护令裁定申请复议", en="Asking for review of a ruling on protection"),
        ("court.ruling_served",),
        ("court.review_asked", "court.review_declined"),
        Limit(5, "days"),
        _INFORM,
        "反家庭暴力法第31条",
        warn_before_days=(2,),
    ),
    Clock(
        "annul.marriage",
        Text(zh="被胁迫结婚者请求撤销婚姻", en="Asking to annul a coerced marriage"),
        ("person.coercion_ended", "person.liberty_regained"),
        ("court.annulment_asked", "person.annulment_declined"),
        Limit(12, "months"),
        Text(zh="提供法律援助", en="offer legal aid"),
        "民法典第1052条",
        warn_before_days=(183, 92, 31),
    ),
)

_UNKNOWN_PERSON = (
    Clock(
        "unknown.notice",
        Text(zh="身份不明人员寻亲公告", en="Notice to find the family of a person of unknown identity"),
        ("station.entered",),
        ("station.notice_published",),
        Limit(24, "hours"),
        _ESCALATE,
        "民政部、公安部关于流浪乞讨人员身份查询和照料安置的意见(2015)",
    ),
    Clock(
        "unknown.dna",
        Text(zh="身份不明人员采样送检", en="Sample of a person of unknown identity sent for comparison"),
        ("station.entered",),
        ("station.dna_requested",),
        Limit(7, "working_days"),
        _ESCALATE,
        "民政部、公安部关于流浪乞讨人员身份查询和照料安置的意见(2015)",
    ),
    Clock(
        "unknown.dna_result",
        Text(
            zh="比对结果反馈(未比中不作为结案依据)", en="Result of the comparison (no match closes nothing)"
        ),
        ("station.dna_requested",),
        ("police.dna_answered",),
        Limit(1, "months"),
        _ESCALATE,
        "民政部、公安部关于流浪乞讨人员身份查询和照料安置的意见(2015)",
    ),
    Clock(
        "unknown.longstay",
        Text(zh="滞留人员安置方案", en="Placement plan for a person who stays on"),
        ("station.entered",),
        ("station.placement_planned", "station.left"),
        Limit(10, "days"),
        Text(zh="制定安置方案", en="make a placement plan"),
        "民政部、公安部关于流浪乞讨人员身份查询和照料安置的意见(2015)",
    ),
)

_HEALTH = (
    Clock(
        "smd.fu.unstable",
        Text(zh="严重精神障碍患者随访(不稳定)", en="Follow-up of a patient, unstable"),
        ("smd.classed_unstable", "smd.followed_unstable"),
        ("smd.followed_unstable", "smd.followed_basic", "smd.followed_stable"),
        Limit(14, "days"),
        _NURSE,
        "严重精神障碍管理治疗工作规范",
    ),
    Clock(
        "smd.fu.basic",
        Text(zh="严重精神障碍患者随访(基本稳定)", en="Follow-up of a patient, basically stable"),
        ("smd.classed_basic", "smd.followed_basic"),
        ("smd.followed_unstable", "smd.followed_basic", "smd.followed_stable"),
        Limit(1, "months"),
        _NURSE,
        "严重精神障碍管理治疗工作规范",
        verify=True,
    ),
    Clock(
        "smd.fu.stable",
        Text(zh="严重精神障碍患者随访(稳定)", en="Follow-up of a patient, stable"),
        ("smd.classed_stable", "smd.followed_stable"),
        ("smd.followed_unstable", "smd.followed_basic", "smd.followed_stable"),
        Limit(3, "months"),
        _NURSE,
        "严重精神障碍管理治疗工作规范",
    ),
    Clock(
        "smd.lost",
        Text(zh="连续三次未访到的联合查找", en="Joint search after a third missed follow-up"),
        ("smd.third_miss",),
        ("smd.search_started", "smd.person_seen"),
        Limit(1, "same_day"),
        Text(zh="与民政名单联合查找", en="search jointly with the welfare lists"),
        "严重精神障碍患者随访服务记录表",
        verify=True,
        at_once=True,
    ),
)

#: Every clock by its id.
CLOCKS: dict[str, Clock] = {
    each.id: each
    for group in (
        _REPORTING,
        _VIOLENCE,
        _UNKNOWN_PERSON,
        _HEALTH,
        RELIEF,
        VISITS,
        PETITIONS,
        STATEMENTS,
        REGISTRATION,
        CASES,
    )
    for each in group
}
