"""What the state of things allows. Who may at all is decided in `access`; here each refusal is a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Conflict, Officer, Unit
from jiandi.rooms.access.permissions import has_verb, has_wall_between, is_outside
from jiandi.rooms.cases.measures import KINDS, MILESTONES, SECTIONS
from jiandi.rooms.cases.models import Case, Referral
from jiandi.rooms.cases.states import LIVING, OPEN_CASES
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake.models import Report
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.standing import numbers_of


def path_ids(unit: Unit) -> set[int]:
    """Return the ids of the unit and of all units above it."""
    return {int(part) for part in unit.path.split("/") if part} | {unit.pk}


def are_related(one: Unit, other: Unit) -> bool:
    """Answer whether two units are the same or one stands above the other."""
    return one.pk in path_ids(other) or other.pk in path_ids(one)


def is_unit_walled(unit: Unit, wall_id: int | None) -> bool:
    """Answer whether the unit, or one above it, stands outside the wall."""
    return is_outside(wall_id, path_ids(unit))


def check_names_something(alert: Alert | None, report: Report | None) -> None:
    """A case stands on one alert or one report, so that anybody can see why it was opened."""
    if (alert is None) == (report is None):
        raise Refused(
            "cases.one_ground",
            Text(
                zh="立案须以一条疑点或一条线索为依据,且只能一条。",
                en="A case is opened on one alert or on one report.",
            ),
        )


def check_not_implicated(by: Officer, *, alert: Alert | None, report: Report | None) -> None:
    """Nobody opens a case that implicates their own unit, or that a wall keeps from them."""
    walls = [thing.wall_id for thing in (alert, report) if thing is not None]
    named = {entry.get("id") for entry in (alert.implicated if alert else []) if entry.get("kind") == "unit"}
    if report is not None and report.about_unit_id:
        named.add(report.about_unit_id)
    if named & path_ids(by.unit) or any(has_wall_between(by, wall) for wall in walls):
        raise Refused(
            "cases.own_unit_implicated",
            Text(
                zh="此事涉及您本人或您所在单位,不能由您立案。已转交上一级处理。",
                en="This concerns you or your own unit, so you cannot open it. It goes to the level above.",
            ),
        )


def check_no_tie(by: Officer, person: Person | None) -> None:
    """An officer with a declared tie to the person or their household does not handle the case."""
    if person is None:
        return
    ties = Conflict.objects.filter(officer=by, subject_kind="person", subject_id__in=numbers_of([person.pk]))
    if person.household_id:
        ties |= Conflict.objects.filter(officer=by, subject_kind="household", subject_id=person.household_id)
    if ties.exists():
        raise Refused(
            "cases.declared_tie",
            Text(
                zh="您申报过与此人或其家庭的关系,不能办理此案。请由同事办理。",
                en="You declared a tie to this person or household. A colleague has to handle the case.",
            ),
        )


def check_not_open_already(alert: Alert | None, report: Report | None) -> None:
    """One open case per alert or report."""
    cases = Case.objects.filter(state__in=OPEN_CASES)
    cases = cases.filter(alert=alert) if alert is not None else cases.filter(report=report)
    number = cases.values_list("number", flat=True).first()
    if number is not None:
        raise Refused(
            "cases.already_open_conflict",
            Text(zh=f"已就此立案:{number}。", en=f"A case has already been opened on this: {number}."),
        )


def check_owner_unit(unit: Unit, wall_id: int | None, *, code: str = "cases.owner_walled") -> None:
    """Neither the responsible unit nor a receiver may be one the case is walled off from."""
    if is_unit_walled(unit, wall_id):
        raise Refused(
            code,
            Text(
                zh="该单位(或其上级)与此案有利害关系,已被隔离。请选上一级或其他单位。",
                en="That unit, or one above it, is walled off from this case. Choose the level above or another unit.",
            ),
        )


def check_second_officer(by: Officer, second: Officer | None, wall_id: int | None, at: datetime) -> None:
    """Danger now may skip the plan, but two officers decide it."""
    if second is None or second.pk == by.pk:
        raise Refused(
            "cases.second_officer",
            Text(
                zh="紧急个案可以不等方案,但须第二名经办人共同确认。请选一名同事。",
                en="Danger now may skip the plan, but a second officer must confirm. Choose a colleague.",
            ),
        )
    if not has_verb(second, "cases.open_case", at) or has_wall_between(second, wall_id):
        raise Refused(
            "cases.second_officer_unfit",
            Text(
                zh="所选同事不能参与此案(无权限或有利害关系)。请另选一名。",
                en="That colleague cannot take part in this case. Choose another.",
            ),
        )


def check_works_on(by: Officer, case: Case, at: datetime) -> None:
    """Only the responsible unit, those who opened the case and the working group's lead work on it."""
    if by.pk in (case.opened_by_id, case.second_officer_id) or by.unit_id == case.owner_unit_id:
        return
    if not has_verb(by, "cases.close_case", at):
        raise Refused(
            "cases.not_responsible",
            Text(
                zh="此案由其他单位负责,您只能办理转到您单位的事项。",
                en="Another unit is responsible for this case. You act on what is referred to your unit.",
            ),
        )


def check_written(text: str, *, code: str, what: Text, least: int = 4) -> None:
    """A required text says something."""
    if len(text.strip()) < least:
        raise Refused(
            code,
            Text(
                zh=f"请写明{what.zh}(至少{least}个字)。",
                en=f"Write down {what.en} (at least {least} characters).",
            ),
        )


def check_plan(safety: str, measures: Iterable[tuple[str, str, Unit, object]], wall_id: int) -> None:
    """A plan says first how nobody who may cause harm is alerted, and gives each measure to a unit that may know."""
    check_written(
        safety,
        code="cases.safety_part",
        what=Text(
            zh="安全安排:在落实之前,如何不惊动可能的加害人",
            en="the safety part: how nobody who may cause harm is alerted first",
        ),
        least=6,
    )
    measures = list(measures)
    if not measures:
        raise Refused(
            "cases.no_measures", Text(zh="方案至少要有一项措施。", en="A plan has at least one measure.")
        )
    for kind, _, unit, _ in measures:
        check_listed(kind, KINDS, code="cases.measure_kind")
        check_owner_unit(unit, wall_id, code="cases.measure_unit_walled")


def check_listed(value: str, listed: Iterable[str], *, code: str) -> None:
    """A reason or kind is one of the list, so that it can be counted."""
    if value not in set(listed):
        raise Refused(
            code,
            Text(
                zh=f"“{value}”不在列表中。请从列表中选择。",
                en=f"“{value}” is not on the list. Choose one that is.",
            ),
        )


def check_may_refer(case: Case) -> None:
    """Referrals go out once there is a plan; where there is danger now, at once."""
    if case.is_danger_now and case.state in {"opened", "assessing", "reopened"}:
        return
    if case.state not in {"planned", "active", "returned"}:
        raise Refused(
            "cases.plan_first",
            Text(
                zh="先评估、定方案(含安全安排),再转办。只有两人确认的紧急个案可以先转办。",
                en="Assess and plan first, with the safety part. Only danger now, confirmed by two, goes out before the plan.",
            ),
        )


def check_sections(sections: Iterable[str]) -> None:
    """A referral carries named sections of the case, never the case."""
    for section in sections:
        check_listed(section, SECTIONS, code="cases.section")


def check_in_inbox(by: Officer, referral: Referral) -> None:
    """A referral is handled by officers of the unit it was sent to, while it lives."""
    if by.unit_id != referral.unit_id:
        raise Refused(
            "cases.referral_not_found",
            Text(
                zh="没有此转办单,或不在您单位的收件箱。", en="There is no such referral in your unit's inbox."
            ),
        )


def is_alive(referral: Referral) -> bool:
    """Answer whether the receiver may still read what the referral carries."""
    return referral.state in LIVING


def check_milestone(kind: str) -> None:
    """The criminal track holds listed milestones and dates; evidence stays with the police."""
    check_listed(kind, MILESTONES, code="cases.milestone")


def check_may_ask(by: Officer, case: Case, at: datetime) -> None:
    """Wishes are asked by who works on the case, or by who verifies it."""
    if not has_verb(by, "cases.verify_outcome", at):
        check_works_on(by, case, at)


def check_not_the_answerer(by: Officer, referral: Referral) -> None:
    """Nobody confirms their own answer."""
    if by.pk == referral.answered_by_id:
        raise Refused(
            "cases.own_answer",
            Text(
                zh="不能确认自己作出的答复。请由同事确认。",
                en="You cannot confirm your own answer. A colleague has to.",
            ),
        )
