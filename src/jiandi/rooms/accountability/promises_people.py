"""What can be shown about people: who was seen, alone or not, what was found, what help arrived."""

from __future__ import annotations

from jiandi.core.values import Text
from jiandi.rooms.accountability.facts import Counts, Facts
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
from jiandi.rooms.cases.measures import KINDS
from jiandi.rooms.register.groups import GROUPS

NO_ROUND = ("还没有开展走访", "no round of visits has been opened")


def base_numbers(facts: Facts, promise: Promise) -> Shown:
    """The denominator of each list: source, size, doubts still open, people found on no list."""
    if not facts.rosters:
        return cannot("还没有接收任何部门名册", "no department's roster has been delivered")
    kinds, open_pairs = len(facts.rosters), facts.linkage["open_pairs"]
    found = facts.coverage.get("unlisted_found", 0)
    figures = [
        figure("名册种类", "Kinds of roster", kinds),
        figure("登记人数", "People known", facts.people["known"]),
        figure("待判疑似同人", "Pairs in doubt", open_pairs),
        figure("名册外发现", "Found on no list", found),
    ]
    walked = facts.coverage.get("doors_visited", 0)
    detail = Text(
        zh=f"{kinds}种名册归并为{facts.people['known']:,}人;{open_pairs:,}对疑似同人待判;走访{walked:,}户,发现名册外{found:,}人。",
        en=f"{kinds} kinds of roster make {facts.people['known']:,} people; {open_pairs:,} pairs are in doubt; {walked:,} doors "
        f"were visited and {found:,} people found on no list.",
    )
    complete = open_pairs == 0 and facts.coverage.get("not_yet", 1) == 0
    return Shown(MET if complete else PARTLY, detail, figures)


def full_coverage(facts: Facts, promise: Promise) -> Shown:
    """Everybody in the union of all lists, and everybody found besides, has a dated outcome."""
    counts = facts.coverage
    whole = counts.get("listed", 0) + counts.get("unlisted_found", 0)
    if not whole:
        return cannot(*NO_ROUND)
    seen, excused = counts["seen"], counts["excused"]
    rest = whole - seen - excused
    figures = [
        figure("应见", "To be seen", whole),
        figure("见到本人", "Seen in person", seen),
        figure("依规认定未见", "Excused by rule", excused),
        figure("还没见到", "Not yet seen", rest),
        figure("其中名册外发现", "Of whom found on no list", counts["unlisted_found"]),
    ]
    detail = Text(
        zh=f"应见{whole:,}人(名册{counts['listed']:,},名册外{counts['unlisted_found']:,}),见到本人{seen:,},依规认定{excused:,},"
        f"还没见到{rest:,}。",
        en=f"{whole:,} to be seen ({counts['listed']:,} listed, {counts['unlisted_found']:,} found besides): {seen:,} seen in "
        f"person, {excused:,} excused by rule, {rest:,} not yet.",
    )
    return Shown(graded(seen + excused, whole), detail, figures)


def group_seen(facts: Facts, promise: Promise) -> Shown:
    """Everybody on a protection list was seen in person, and alone where that is a must."""
    if facts.campaign is None:
        return cannot(*NO_ROUND)
    names = [GROUPS[group].title for group in promise.groups]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    counts = [facts.groups[group] for group in promise.groups if group in facts.groups]
    if not counts:
        return cannot(
            f"没有“{zh}”名册,或其中无人列入走访", f"no roster of “{en}”, or nobody of it on a visit list"
        )
    total: Counts = {name: sum(line[name] for line in counts) for name in counts[0]}
    expected, seen, excused = total["expected"], total["seen"], total["excused"]
    needed, alone = total["alone_needed"], total["alone_done"]
    figures = [
        figure("在册应见", "Listed, to be seen", expected),
        figure("见到本人", "Seen in person", seen),
        figure("须单独见", "To be seen alone", needed),
        figure("已单独见", "Seen alone", alone),
    ]
    detail = Text(
        zh=f"{zh}应见{expected:,}人,见到本人{seen:,}人;须单独见{needed:,}人,已单独见{alone:,}人。",
        en=f"{en}: {expected:,} to be seen, {seen:,} seen in person; {needed:,} to be seen alone, {alone:,} were.",
    )
    state = graded(seen + excused, expected, is_complete=alone >= needed)
    return Shown(state, detail, figures)


def not_alone_in_law(facts: Facts, promise: Promise) -> Shown:
    """What the law wants for severe mental disorder: seen alone, questions answered, voluntary care arranged."""
    seen = group_seen(facts, promise)
    if seen.state == "cannot_be_shown":
        return seen
    asked = _alert_counts(facts, promise.rules)
    care = facts.referrals.get("psychiatric", {})
    figures = [
        *seen.figures,
        figure("相关疑点", "Alerts on it", asked["total"]),
        figure("未答复疑点", "Still unanswered", asked["total"] - asked["answered"]),
        figure("精神卫生转办", "Care referred", care.get("total", 0)),
    ]
    zh = f"{seen.detail.zh}相关疑点{asked['total']}条,已答复{asked['answered']}条;自愿治疗转办{care.get('total', 0)}件,完成{care.get('done', 0)}件。"
    en = (
        f"{seen.detail.en} {asked['total']} alerts on it, {asked['answered']} answered; {care.get('total', 0)} referrals for "
        f"voluntary care, {care.get('done', 0)} done."
    )
    settled = asked["answered"] >= asked["total"] and care.get("done", 0) >= care.get("total", 0)
    state = seen.state if settled or seen.state == NOT_MET else PARTLY
    return Shown(state, Text(zh=zh, en=en), figures, is_sealed=True)


def _alert_counts(facts: Facts, rules: tuple[str, ...]) -> Counts:
    lines = [facts.alerts[rule] for rule in rules if rule in facts.alerts]
    return {name: sum(line[name] for line in lines) for name in ("total", "untouched", "answered")}


def alerts_answered(facts: Facts, promise: Promise) -> Shown:
    """Every question of the named rules has an answer: a case, or a proven explanation."""
    if facts.run is None:
        return cannot("核对规则还没有运行", "the rules have not been run")
    silent = [rule for rule in promise.rules if facts.rule_states.get(rule) != "ran"]
    if len(silent) == len(promise.rules):
        names = "、".join(promise.rules)
        return cannot(
            f"规则{names}缺少所需名册,未能运行", f"rules {names} could not run: a roster they need is missing"
        )
    counts = _alert_counts(facts, promise.rules)
    waiting = counts["total"] - counts["answered"]
    figures = [
        figure("疑点", "Alerts", counts["total"]),
        figure("已答复", "Answered", counts["answered"]),
        figure("未答复", "Unanswered", waiting),
        figure("未能运行的规则", "Rules that could not run", len(silent)),
    ]
    gap_zh = f";规则{'、'.join(silent)}缺名册未运行" if silent else ""
    gap_en = f"; rules {', '.join(silent)} lack a roster" if silent else ""
    detail = Text(
        zh=f"相关疑点{counts['total']}条,已答复{counts['answered']}条,未答复{waiting}条{gap_zh}。",
        en=f"{counts['total']} alerts on it, {counts['answered']} answered, {waiting} not{gap_en}.",
    )
    state = MET if not waiting else graded(counts["answered"], counts["total"])
    return Shown(PARTLY if state == MET and silent else state, detail, figures, is_sealed=True)


def help_done(facts: Facts, promise: Promise) -> Shown:
    """The named kinds of help were asked of units and arrived, confirmed by those who asked."""
    words = [KINDS[kind].text for kind in promise.kinds]
    zh, en = "、".join(word.zh for word in words), ", ".join(word.en for word in words)
    lines = [facts.referrals[kind] for kind in promise.kinds if kind in facts.referrals]
    if not lines:
        return cannot(f"还没有“{zh}”的转办", f"nothing has been referred for “{en}”", sealed=True)
    total = sum(line["total"] for line in lines)
    done = sum(line["done"] for line in lines)
    late = sum(line["late"] for line in lines)
    overdue = sum(line["overdue"] for line in lines)
    figures = [
        figure("转办", "Referred", total),
        figure("完成并确认", "Done and confirmed", done),
        figure("迟办", "Done late", late),
        figure("超期未办", "Overdue", overdue),
    ]
    detail = Text(
        zh=f"{zh}转办{total}件,完成并确认{done}件,迟办{late}件,超期未办{overdue}件。",
        en=f"{en}: {total} referred, {done} done and confirmed, {late} late, {overdue} overdue.",
    )
    return Shown(NOT_MET if overdue else graded(done, total), detail, figures, is_sealed=True)


def seen_and_helped(facts: Facts, promise: Promise) -> Shown:
    """The questions about a group are answered and the help it needed has arrived."""
    asked, helped = alerts_answered(facts, promise), help_done(facts, promise)
    if asked.state == helped.state == "cannot_be_shown":
        return Shown(asked.state, asked.detail, [], is_sealed=True)
    states = {shown.state for shown in (asked, helped)}
    state = MET if states == {MET} else NOT_MET if NOT_MET in states else PARTLY
    detail = Text(zh=f"{asked.detail.zh}{helped.detail.zh}", en=f"{asked.detail.en} {helped.detail.en}")
    return Shown(state, detail, [*asked.figures, *helped.figures], is_sealed=True)


def needs(facts: Facts, promise: Promise) -> Shown:
    """Needs raised on visits; only those that became a case can be shown as met."""
    raised = facts.findings.get("need", 0)
    if not facts.visits["total"]:
        return cannot(*NO_ROUND)
    verified = facts.case_checks["verified"]
    figures = [
        figure("走访提出的需求", "Needs raised on visits", raised),
        figure("本人的话", "In people's own words", facts.findings.get("words", 0)),
        figure("经本人证实解决(个案)", "Solved, said by the person (cases)", verified),
    ]
    detail = Text(
        zh=f"走访记下需求{raised:,}项;其中进入个案并经本人证实的{verified}件。其余需求是否解决,尚未逐项向本人回访。",
        en=f"{raised:,} needs were written down; {verified} became cases and were confirmed by the person. The others have not "
        "been asked back one by one.",
    )
    return Shown(PARTLY if raised else NOT_MET, detail, figures)


def last_known(facts: Facts, promise: Promise) -> Shown:
    """Every household has a date on which somebody last knew how it lives."""
    counts = facts.coverage
    if not counts.get("doors"):
        return cannot(*NO_ROUND)
    doors, visited = counts["doors"], counts["doors_visited"]
    figures = [figure("户", "Doors", doors), figure("本轮上过门", "Visited this round", visited)]
    detail = Text(
        zh=f"{doors:,}户中,本轮上过门{visited:,}户,其余{doors - visited:,}户没有新的见面日期。",
        en=f"Of {doors:,} doors {visited:,} were visited this round; {doors - visited:,} have no new date.",
    )
    return Shown(graded(visited, doors), detail, figures)


QUERIES: dict[str, Query] = {
    query.__name__: query
    for query in (
        base_numbers, full_coverage, group_seen, not_alone_in_law, alerts_answered, help_done, seen_and_helped, needs, last_known,
    )
}  # fmt: skip
