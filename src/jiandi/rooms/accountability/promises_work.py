"""What can be shown about the work: rounds, re-visits, faults, statements, and what nobody records yet."""

from __future__ import annotations

from datetime import timedelta

from jiandi.core.values import Text
from jiandi.rooms.accountability.facts import Facts
from jiandi.rooms.accountability.finding import KINDS as FAULTS
from jiandi.rooms.accountability.promise import (
    MET,
    NOT_MET,
    PARTLY,
    Promise,
    Query,
    Shown,
    cannot,
    figure,
    graded,
)
from jiandi.rooms.accountability.promises_people import NO_ROUND
from jiandi.rooms.cases.clocks import day_of


def not_recorded(facts: Facts, promise: Promise) -> Shown:
    """Nothing on record could show it; the row says exactly what would have to be recorded."""
    return cannot(promise.missing.zh, promise.missing.en)


def zero_left(facts: Facts, promise: Promise) -> Shown:
    """Open problems are none, or each has an owner and a term that has not passed."""
    if facts.run is None and not facts.cases["total"]:
        return cannot("核对规则还没有运行,也没有个案", "the rules have not been run and there is no case")
    waiting = sum(line["total"] - line["answered"] for line in facts.alerts.values())
    overdue = sum(line["overdue"] for line in facts.referrals.values()) + facts.case_checks["looks_late"]
    untouched = sum(line["untouched"] for line in facts.alerts.values())
    figures = [
        figure("未答复疑点", "Alerts unanswered", waiting),
        figure("其中无人签收", "Of them untouched", untouched),
        figure("在办个案", "Cases open", facts.cases["open"]),
        figure("超期事项", "Overdue", overdue),
    ]
    detail = Text(
        zh=f"未答复疑点{waiting}条(无人签收{untouched}条),在办个案{facts.cases['open']}件,超期{overdue}项。“查找不到”不算了结。",
        en=f"{waiting} alerts unanswered ({untouched} untouched), {facts.cases['open']} cases open, {overdue} overdue. “Cannot "
        "locate” is never counted as done.",
    )
    if not waiting and not facts.cases["open"]:
        return Shown(MET, detail, figures, is_sealed=True)
    return Shown(NOT_MET if overdue or untouched else PARTLY, detail, figures, is_sealed=True)


def to_the_bottom(facts: Facts, promise: Promise) -> Shown:
    """Independent re-visits, drawn at random after the fact, bound the share of false claims."""
    certificate, done = facts.certificate, facts.rechecks
    if certificate is None:
        if not facts.draws:
            return cannot("还没有随机抽样复核", "no random re-visits have been drawn")
        return Shown(
            PARTLY,
            Text(
                zh=f"已抽样{done['total']}人次,复核{done['done']}人次,尚未签发凭证。",
                en=f"{done['total']} were drawn and {done['done']} re-visited; no certificate has been issued.",
            ),
            [figure("抽样", "Drawn", done["total"]), figure("已复核", "Re-visited", done["done"])],
        )
    figures = [
        figure("复核", "Re-visited", certificate.sampled),
        figure("不实", "False", certificate.false_found),
        figure("未能确认(按不实计)", "Unresolved (counted as false)", certificate.unresolved),
        figure("上限(每万人次)", "Bound per 10,000", round(certificate.bound_per_10000, 1)),
    ]
    detail = Text(zh=certificate.sentence_zh, en=certificate.sentence_en)
    return Shown(MET if certificate.claim_holds else NOT_MET, detail, figures)


def campaign_run(facts: Facts, promise: Promise) -> Shown:
    """A round with its doors, dates and counts, village by village."""
    campaign, counts = facts.campaign, facts.coverage
    if campaign is None or not counts.get("doors"):
        return cannot(*NO_ROUND)
    doors, visited = counts["doors"], counts["doors_visited"]
    figures = [
        figure("应走访户", "Doors", doors),
        figure("已走访户", "Visited", visited),
        figure("危险迹象", "Danger signs found", facts.findings.get("danger", 0)),
        figure("需求", "Needs found", facts.findings.get("need", 0)),
    ]
    over = campaign.ends_on < facts.today
    detail = Text(
        zh=f"“{campaign.title_zh}”{campaign.starts_on}至{campaign.ends_on},{doors:,}户中走访{visited:,}户。",
        en=f"“{campaign.title_en}”, {campaign.starts_on} to {campaign.ends_on}: {visited:,} of {doors:,} doors visited.",
    )
    return Shown(graded(visited, doors, is_complete=over), detail, figures)


def dragnet(facts: Facts, promise: Promise) -> Shown:
    """Every door was knocked on and outbuildings were looked at."""
    counts, visits = facts.coverage, facts.visits
    if not counts.get("doors"):
        return cannot(*NO_ROUND)
    figures = [
        figure("户(含无人登记的)", "Doors, also where nobody is registered", counts["doors"]),
        figure("已走访", "Visited", counts["doors_visited"]),
        figure("见到人的走访", "Visits that met somebody", visits["met"]),
        figure("记录了附属房屋", "Outbuildings noted", visits["outbuildings"]),
    ]
    looked = visits["outbuildings"] >= visits["met"]
    detail = Text(
        zh=f"{counts['doors']:,}户走访{counts['doors_visited']:,}户;见到人的走访{visits['met']:,}次,其中看过或确认没有附属房屋"
        f"{visits['outbuildings']:,}次。",
        en=f"{counts['doors_visited']:,} of {counts['doors']:,} doors visited; {visits['met']:,} visits met somebody, outbuildings "
        f"were looked at, or there were none, in {visits['outbuildings']:,}.",
    )
    return Shown(graded(counts["doors_visited"], counts["doors"], is_complete=looked), detail, figures)


def danger_answered(facts: Facts, promise: Promise) -> Shown:
    """A sign of danger is acted on within a day."""
    danger = facts.danger
    if facts.run is None and not danger["total"]:
        return cannot("危险信号扫描还没有运行", "the scan for danger signs has not run")
    figures = [
        figure("危险类疑点", "Danger alerts", danger["total"]),
        figure("无人签收", "Untouched", danger["untouched"]),
        figure("超过一天无人签收", "Untouched for over a day", danger["overdue"]),
    ]
    detail = Text(
        zh=f"危险类疑点{danger['total']}条,无人签收{danger['untouched']}条,其中超过一天的{danger['overdue']}条。",
        en=f"{danger['total']} danger alerts, {danger['untouched']} untouched, {danger['overdue']} of them for over a day.",
    )
    state = NOT_MET if danger["overdue"] else PARTLY if danger["untouched"] else MET
    return Shown(state, detail, figures, is_sealed=True)


def old_cases(facts: Facts, promise: Promise) -> Shown:
    """How old the oldest open question is; none may be closed as history."""
    oldest = facts.oldest_open_alert
    if facts.run is None:
        return cannot("核对规则还没有运行", "the rules have not been run")
    missing = facts.rosters.get("missing", 0) + facts.rosters.get("unknown_identity", 0)
    age = (facts.today - day_of(oldest)).days if oldest else 0
    figures = [
        figure("最久未答复(天)", "Oldest open question (days)", age),
        figure("失踪与身份不明名册", "Lists of missing and unknown", missing),
    ]
    detail = Text(
        zh=f"最久的未答复疑点已{age}天;历史积案的复查记录尚未纳入系统。",
        en=f"The oldest open question is {age} days old; reviews of legacy cases are not recorded yet.",
    )
    return Shown(PARTLY if missing else NOT_MET, detail, figures, is_sealed=True)


def proof_of_work(facts: Facts, promise: Promise) -> Shown:
    """Whether claimed visits are real: random re-visits, and suspicion computed from the visits themselves."""
    checked = facts.rechecks["true"] + facts.rechecks["false"]
    if not checked:
        return cannot("还没有复核结果", "no re-visit has a result")
    false = facts.rechecks["false"]
    figures = [
        figure("已复核", "Re-visited", checked),
        figure("不实", "False", false),
        figure("优先复核的人员", "Workers to re-visit first", facts.suspicions["flagged"]),
    ]
    detail = Text(
        zh=f"随机复核{checked}条“已见到”,{false}条不实;{facts.suspicions['flagged']}名人员的走访列为优先复核(不等于造假)。",
        en=f"{checked} “seen” claims re-visited at random, {false} false; the visits of {facts.suspicions['flagged']} workers are "
        "to be re-visited first (which is no verdict).",
    )
    return Shown(MET if not false else NOT_MET, detail, figures, is_sealed=True)


def four_faults(facts: Facts, promise: Promise) -> Shown:
    """The four faults are computed from events, each unit is heard, each finding decided."""
    if not facts.events.get("accountability.compute_faults"):
        return cannot("四类问题还没有计算", "the four faults have not been computed")
    total = sum(line["total"] for line in facts.faults.values())
    decided = sum(line["decided"] for line in facts.faults.values())
    replied = sum(line["replied"] for line in facts.faults.values())
    figures = [
        figure(words.zh, words.en, facts.faults.get(kind, {}).get("total", 0))
        for kind, words in FAULTS.items()
    ]
    figures += [figure("已申辩", "Replied", replied), figure("已有决定", "Decided", decided)]
    detail = Text(
        zh=f"发现问题{total}项:"
        + "、".join(
            f"{words.zh}{facts.faults.get(kind, {}).get('total', 0)}" for kind, words in FAULTS.items()
        )
        + f";单位已申辩{replied}项,已有决定{decided}项。",
        en=f"{total} findings: "
        + ", ".join(
            f"{words.en.lower()} {facts.faults.get(kind, {}).get('total', 0)}"
            for kind, words in FAULTS.items()
        )
        + f"; {replied} answered by the unit, {decided} decided.",
    )
    return Shown(MET if not total else graded(decided, total), detail, figures, is_sealed=True)


def signed_by(facts: Facts, promise: Promise) -> Shown:
    """Who did what, when: every step in a log that cannot be changed unnoticed."""
    steps, size = sum(facts.events.values()), facts.log["size"] or 0
    if not size:
        return cannot("日志还没有签署检查点", "the log has no signed checkpoint yet")
    detail = Text(
        zh=f"{steps:,}步留痕,日志已签署至第{size:,}条。移送纪检机关的日期尚不登记。",
        en=f"{steps:,} steps are on record, the log is signed up to entry {size:,}. Dates of referral to the discipline organ are "
        "not recorded yet.",
    )
    return Shown(
        PARTLY, detail, [figure("留痕", "Steps on record", steps), figure("已签署", "Signed up to", size)]
    )


def ties(facts: Facts, promise: Promise) -> Shown:
    """Ties are declared and keep officers away from what concerns them."""
    figures = [
        figure("申报的关系", "Ties declared", facts.walls["ties"]),
        figure("隔离", "Walls", facts.walls["walls"]),
        figure("经两人撤除", "Removed by two", facts.walls["removed"]),
    ]
    if not facts.walls["ties"] and not facts.walls["walls"]:
        return cannot("没有任何关系申报,也没有隔离", "no tie has been declared and no wall raised")
    detail = Text(
        zh=f"申报关系{facts.walls['ties']}项,隔离{facts.walls['walls']}处。谁应申报而未申报,尚无从得知。",
        en=f"{facts.walls['ties']} ties declared, {facts.walls['walls']} walls standing. Who should have declared and did not is not "
        "known.",
    )
    return Shown(PARTLY, detail, figures, is_sealed=True)


def across_units(facts: Facts, promise: Promise) -> Shown:
    """Lists are matched across departments, and requests between units are taken on in time."""
    runs, lines = facts.linkage["runs"], facts.referrals.values()
    if not runs:
        return cannot("名册还没有比对过", "rosters have not been matched yet")
    total, late = sum(line["total"] for line in lines), sum(line["late"] + line["overdue"] for line in lines)
    figures = [
        figure("名册种类", "Kinds of roster", len(facts.rosters)),
        figure("比对", "Match runs", runs),
        figure("授权", "Authorisations", facts.linkage["authorisations"]),
        figure("部门间转办", "Referrals", total),
        figure("迟办或超期", "Late or overdue", late),
    ]
    detail = Text(
        zh=f"{len(facts.rosters)}种名册比对{runs}次,均有授权;部门间转办{total}件,迟办或超期{late}件。",
        en=f"{len(facts.rosters)} kinds of roster matched {runs} times, each authorised; {total} referrals between units, {late} late "
        "or overdue.",
    )
    return Shown(PARTLY if late or not total else MET, detail, figures, is_sealed=True)


def put_right(facts: Facts, promise: Promise) -> Shown:
    """Problems found are put right and verified by somebody unrelated before they are struck off."""
    cases, checks = facts.cases, facts.case_checks
    if not cases["total"]:
        return cannot("还没有立案", "no case has been opened")
    figures = [
        figure("立案", "Cases", cases["total"]),
        figure("经无关单位核实", "Verified by others", checks["verified"]),
        figure("核实不属实", "Refuted", checks["refuted"]),
        figure("销号", "Closed", cases["closed"]),
        figure("到期回头看", "Look-backs due", checks["looks_due"]),
        figure("已回头看", "Look-backs done", checks["looks_done"]),
    ]
    detail = Text(
        zh=f"立案{cases['total']}件,经无关单位当面核实{checks['verified']}件,销号{cases['closed']}件;到期回头看{checks['looks_due']}次,"
        f"已做{checks['looks_done']}次。",
        en=f"{cases['total']} cases, {checks['verified']} verified in person by somebody unrelated, {cases['closed']} closed; "
        f"{checks['looks_due']} look-backs due, {checks['looks_done']} done.",
    )
    return Shown(
        graded(cases["closed"], cases["total"], is_complete=not checks["looks_late"]),
        detail,
        figures,
        is_sealed=True,
    )


def same_pattern(facts: Facts, promise: Promise) -> Shown:
    """For what a case confirmed, the same pattern is searched for elsewhere."""
    if facts.run is None:
        return cannot("核对规则还没有运行", "the rules have not been run")
    ran = sum(state == "ran" for state in facts.rule_states.values())
    whole = len(facts.rule_states)
    figures = [figure("规则", "Rules", whole), figure("已在全县运行", "Run over the whole county", ran)]
    detail = Text(
        zh=f"{whole}条规则中{ran}条在全县数据上运行({day_of(facts.run.started_at):%Y-%m-%d}),每条规则都是一次同类排查。",
        en=f"{ran} of {whole} rules ran over the whole county on {day_of(facts.run.started_at):%Y-%m-%d}; each is a search for the "
        "same pattern.",
    )
    return Shown(graded(ran, whole), detail, figures)


def never_again(facts: Facts, promise: Promise) -> Shown:
    """The patterns of the past are looked for on schedule."""
    shown = same_pattern(facts, promise)
    if facts.run is None:
        return shown
    fresh = facts.at - facts.run.started_at <= timedelta(days=2)
    zh = "" if fresh else "上次运行已超过两天。"
    en = "" if fresh else " The last run is more than two days old."
    tail = Text(
        zh=f"{shown.detail.zh}{zh}在虚构案例上的检出率另行公布。",
        en=f"{shown.detail.en}{en} The share found on invented cases is published apart.",
    )
    return Shown(PARTLY if fresh else NOT_MET, tail, shown.figures)


QUERIES: dict[str, Query] = {
    query.__name__: query
    for query in (
        not_recorded, zero_left, to_the_bottom, campaign_run, dragnet, danger_answered, old_cases, proof_of_work, four_faults,
        signed_by, ties, across_units, put_right, same_pattern, never_again,
    )
}  # fmt: skip
