"""What can be shown to and about the public: statements, answers, proceedings, people before paper."""

from __future__ import annotations

from jiandi.core.values import Text
from jiandi.rooms.accountability.facts import Facts
from jiandi.rooms.accountability.promise import NOT_MET, PARTLY, Promise, Query, Shown, cannot, figure, graded
from jiandi.rooms.accountability.promises_people import NO_ROUND
from jiandi.rooms.cases.measures import MILESTONES


def statements(facts: Facts, promise: Promise) -> Shown:
    """What the public is told is computed, checked by another, and corrected in the open."""
    published = facts.events.get("bulletins.publish_bulletin", 0)
    corrected = facts.events.get("bulletins.correct_bulletin", 0)
    figures = [
        figure("已发布通报", "Bulletins published", published),
        figure("公开更正", "Corrections", corrected),
    ]
    if not published:
        return cannot("还没有发布通报", "no bulletin has been published", figures)
    detail = Text(
        zh=f"发布通报{published}期,每句都由数据算出并经他人核对;公开更正{corrected}次。突发事件的发布时限尚不登记。",
        en=f"{published} bulletins, each sentence computed and checked by another; {corrected} corrections in the open. When an event "
        "was rated and first answered is not recorded yet.",
    )
    return Shown(PARTLY, detail, figures)


def answers_to_public(facts: Facts, promise: Promise) -> Shown:
    """Reports are read, answered, and the reporter is asked whether it is solved."""
    reports = facts.reports
    if not reports["total"]:
        return cannot("还没有收到线索", "no report has been received")
    figures = [
        figure("线索", "Reports", reports["total"]),
        figure("未阅看", "Unread", reports["new"]),
        figure("已答复", "Answered", reports["answered"]),
        figure("本人说已解决", "Solved, says the reporter", reports["solved"]),
        figure("本人说未解决", "Not solved, says the reporter", reports["unsolved"]),
    ]
    detail = Text(
        zh=f"线索{reports['total']}条,未阅看{reports['new']}条,已答复{reports['answered']}条;反映人说已解决{reports['solved']}条、"
        f"未解决{reports['unsolved']}条。",
        en=f"{reports['total']} reports, {reports['new']} unread, {reports['answered']} answered; reporters say {reports['solved']} "
        f"solved, {reports['unsolved']} not.",
    )
    state = (
        NOT_MET
        if reports["new"]
        else graded(reports["answered"], reports["total"], is_complete=not reports["unsolved"])
    )
    return Shown(state, detail, figures, is_sealed=True)


def proceedings(facts: Facts, promise: Promise) -> Shown:
    """Steps of criminal proceedings, as dates; the evidence stays with the police, courts are tracked, not pressed."""
    words = [MILESTONES[kind] for kind in promise.kinds]
    zh, en = "、".join(word.zh for word in words), ", ".join(word.en for word in words)
    reached = {kind: facts.milestones.get(kind, {}).get("cases", 0) for kind in promise.kinds}
    figures = [figure(MILESTONES[kind].zh, MILESTONES[kind].en, count) for kind, count in reached.items()]
    if not any(reached.values()):
        return cannot(f"没有登记“{zh}”的日期", f"no date is recorded for “{en}”", figures, sealed=True)
    detail = Text(
        zh="已登记:" + "、".join(f"{MILESTONES[kind].zh}{count}件" for kind, count in reached.items()) + "。",
        en="On record: "
        + ", ".join(f"{MILESTONES[kind].en.lower()} in {count}" for kind, count in reached.items())
        + ".",
    )
    return Shown(PARTLY, detail, figures, is_sealed=True)


def people_not_paper(facts: Facts, promise: Promise) -> Shown:
    """Papers issued against people helped."""
    papers = facts.orders["total"] + facts.events.get("bulletins.publish_bulletin", 0)
    helped, looked = facts.case_checks["verified"], facts.visits["total"]
    if not looked:
        return cannot(*NO_ROUND)
    figures = [
        figure("督办单和通报", "Orders and bulletins", papers),
        figure("当面核实解决", "Outcomes verified in person", helped),
        figure("走访", "Visits", looked),
    ]
    detail = Text(
        zh=f"发文{papers}份,当面核实解决{helped}件,走访{looked:,}次。村级人员的填报负担尚未计量。",
        en=f"{papers} papers, {helped} outcomes verified in person, {looked:,} visits. The burden on village staff is not measured yet.",
    )
    return Shown(PARTLY if helped else NOT_MET, detail, figures, is_sealed=True)


def wishes_heard(facts: Facts, promise: Promise) -> Shown:
    """People in cases were asked alone what they want, and asked again."""
    people = facts.subjects
    if not people["total"]:
        return cannot("还没有立案的被保护人", "nobody is protected by a case yet", sealed=True)
    figures = [
        figure("被保护人", "Protected people", people["total"]),
        figure("单独问过", "Asked alone", people["asked_alone"]),
        figure("离开后再次问过", "Asked again after separation", people["asked_again"]),
    ]
    detail = Text(
        zh=f"被保护人{people['total']}人,单独问过意愿{people['asked_alone']}人,离开原处后再次问过{people['asked_again']}人。",
        en=f"{people['total']} protected people, {people['asked_alone']} asked alone, {people['asked_again']} asked again after "
        "separation.",
    )
    return Shown(graded(people["asked_alone"], people["total"]), detail, figures, is_sealed=True)


QUERIES: dict[str, Query] = {
    query.__name__: query
    for query in (statements, answers_to_public, proceedings, people_not_paper, wishes_heard)
}
