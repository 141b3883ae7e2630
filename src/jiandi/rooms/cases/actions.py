"""The life of a case up to its plan: open, assess, plan, ask, note. Referrals and outcomes have their own pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import actions as access_actions
from jiandi.rooms.access.models import Conflict, Officer, Unit, Wall, WallEntry
from jiandi.rooms.access.numbering import unused
from jiandi.rooms.access.outsiders import TIE
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.cases import codenames, policies, states
from jiandi.rooms.cases.actions_merging import follow_merges
from jiandi.rooms.cases.actions_outcomes import (
    close_case,
    look_back,
    propose_outcome,
    reopen_case,
    verify_death,
    verify_outcome,
)
from jiandi.rooms.cases.actions_referrals import (
    accept_referral,
    answer_referral,
    confirm_referral,
    redo_referral,
    resend_referral,
    return_referral,
    revoke_referral,
    send_referral,
)
from jiandi.rooms.cases.measures import PARTS
from jiandi.rooms.cases.models import Case, Measure, Milestone, Plan, Subject, Wish
from jiandi.rooms.checks import actions as checks_actions
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.intake import actions as intake_actions
from jiandi.rooms.intake.models import Report
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.models import Person, Relation
from jiandi.rooms.register.safeguarding import begin_safeguard
from jiandi.rooms.register.standing import numbers_of, whom

__all__ = [
    "accept_referral", "add_subject", "answer_referral", "assess", "close_case", "confirm_referral", "follow_merges",
    "look_back", "make_plan", "note_reading", "open_case", "propose_outcome", "record_milestone", "record_wish", "redo_referral",
    "reopen_case", "resend_referral", "return_referral", "revoke_referral", "send_referral", "verify_death",
    "verify_outcome",
]  # fmt: skip


@action
def open_case(
    *,
    by: Officer,
    at: datetime,
    person: Person | None,
    owner_unit: Unit,
    alert: Alert | None = None,
    report: Report | None = None,
    second_officer: Officer | None = None,
) -> Case:
    """Open a protection case on one alert or one report, walled off from everyone it implicates.

    `person` is None where nobody knows yet who it is. Danger now (the alert's class, or the report's mark) needs a
    second officer, and may then skip the plan.
    """
    policies.check_names_something(alert, report)
    ground = alert or report
    assert ground is not None
    person = whom(person) if person is not None else None  # an alert may be older than a merge
    place = _narrowest(person, ground)
    permit(by, "cases.open_case", at=at, place=place)
    policies.check_not_implicated(by, alert=alert, report=report)
    policies.check_no_tie(by, person)
    policies.check_not_open_already(alert, report)
    is_danger = alert.rule_class == "danger" if alert is not None else bool(report and report.is_danger_now)
    wall = _raise_wall(by=by, at=at, alert=alert, report=report, person=person)
    policies.check_owner_unit(owner_unit, wall.pk)
    if is_danger or second_officer is not None:
        policies.check_second_officer(by, second_officer, wall.pk, at)
    county = place.county or place
    case = Case.objects.create(
        **_names(county, person, at),
        is_danger_now=is_danger,
        opened_at=at,
        opened_by=by,
        second_officer=second_officer,
        owner_unit=owner_unit,
        alert=alert,
        report=report,
        village=place.village,
        town=place.town,
        county=county,
        wall=wall,
    )
    if person is not None:
        _bring_in(case, person, "protected", at)
    _answer_ground(by=by, at=at, alert=alert, report=report)
    _record(by, at, "cases.open_case", case, _payload(case, person))
    return case


def _bring_in(case: Case, person: Person, part: str, at: datetime) -> Subject:
    """Enter somebody in the case, and have the register leave them to people until it is settled."""
    begin_safeguard([person.pk], ground=case.pk, at=at)
    return Subject.objects.create(case=case, person=person, part=part)


def _names(county: Place, person: Person | None, at: datetime) -> dict[str, Any]:
    """The case's number in office style, the one in its address, and the code name lists show instead of the person's.

    Neither number is counted on from the last: a gap would give a walled case away.
    """
    year, serial, number = _next_number(county, at)
    name, name_en = _code_name(county, person)
    key = unused(Case.objects.all(), digits=8)[0]
    return {
        "pk": key,
        "year": year,
        "serial": serial,
        "number": number,
        "code_name": name,
        "code_name_en": name_en,
    }


def _payload(case: Case, person: Person | None) -> dict[str, object]:
    return {
        "number": case.number,
        "person": person.pk if person else None,
        "alert": case.alert_id,
        "report": case.report_id,
        "owner_unit": case.owner_unit_id,
        "danger_now": case.is_danger_now,
        "second_officer": case.second_officer_id,
    }


def _narrowest(person: Person | None, ground: Alert | Report) -> Place:
    """The village, else the town, else the county: of the person, or of what was reported."""
    for thing in (person, ground):
        if thing is not None:
            place = thing.village or thing.town or thing.county
            if place is not None:
                return place
    return ground.county


def _answer_ground(*, by: Officer, at: datetime, alert: Alert | None, report: Report | None) -> None:
    if alert is not None and alert.state != Alert.State.CONFIRMED:
        checks_actions.confirm(by=by, at=at, alert=alert)
    if report is not None and report.state != Report.State.TAKEN_UP:
        intake_actions.take_up(by=by, at=at, report=report)


def _next_number(county: Place, at: datetime) -> tuple[int, int, str]:
    """A free number of the county's year, in office style. It is rolled, not counted: a gap would give a case away."""
    Place.objects.select_for_update().get(pk=county.pk)
    year = timezone.localdate(at).year
    taken = Case.objects.filter(county=county, year=year)
    serial = unused(taken, digits=5, field="serial")[0]
    short = county.name.removesuffix("自治县").rstrip("县市区旗") or county.name
    return year, serial, f"{short}护〔{year}〕第{serial}号"


def _code_name(county: Place, person: Person | None) -> tuple[str, str]:
    taken = set(Case.objects.filter(county=county).values_list("code_name", flat=True))
    return codenames.invent(person.name if person else "", taken)


def _raise_wall(
    *, by: Officer, at: datetime, alert: Alert | None, report: Report | None, person: Person | None
) -> Wall:
    """Every case is born with a wall: whoever the alert or report names, and whoever declared a tie."""
    entries: dict[tuple[str, int], tuple[Unit | Officer, str]] = {}
    sources = [thing.wall_id for thing in (alert, report) if thing is not None and thing.wall_id]
    for entry in WallEntry.objects.filter(wall_id__in=sources, removed_at__isnull=True).select_related(
        "unit", "officer"
    ):
        party = entry.unit or entry.officer
        assert party is not None  # wall_entry_names_one
        entries[(type(party).__name__, party.pk)] = (party, entry.why)
    named = [
        entry
        for entry in (alert.implicated if alert else [])
        if entry.get("kind") == "unit" and entry.get("id")
    ]
    reasons = {int(entry["id"]): str(entry.get("why") or "implicated") for entry in named}
    if report is not None and report.about_unit_id:
        reasons[report.about_unit_id] = "reported"
    for unit in Unit.objects.filter(pk__in=reasons):
        entries.setdefault(("Unit", unit.pk), (unit, reasons[unit.pk][:300]))
    about = _ties_to_look_for(person)
    return access_actions.raise_wall(
        by=by, at=at, reason="个案隔离", entries=list(entries.values()), about=about
    )


def _ties_to_look_for(person: Person | None) -> list[tuple[str, int]]:
    """The person, their kin as the rows say it, and their household: whoever declared a tie to one of them stays out."""
    if person is None:
        return []
    kin = set(Relation.objects.filter(person=person).values_list("other_id", flat=True))
    kin |= set(Relation.objects.filter(other=person).values_list("person_id", flat=True))
    about = [("person", other) for other in sorted(numbers_of(kin | {person.pk}))]
    return about + ([("household", person.household_id)] if person.household_id else [])


@action
def add_subject(*, by: Officer, at: datetime, case: Case, person: Person, part: str) -> Subject:
    """Bring another person into the case: the one protected once known, a child, a guardian."""
    permit(by, "cases.add_subject", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    policies.check_listed(part, PARTS, code="cases.part")
    person = whom(person)
    if case.subjects.filter(person=person).exists():
        raise Refused(
            "cases.subject_conflict", Text(zh="此人已在案中。", en="This person is in the case already.")
        )
    subject = _bring_in(case, person, part, at)
    tied = [
        officer
        for officer in _tied_officers(person)
        if not case.wall.entries.filter(officer=officer).exists()
    ]
    for officer in tied:
        access_actions.add_wall_entry(by=by, at=at, wall=case.wall, party=officer, why=TIE)
    _record(by, at, "cases.add_subject", case, {"person": person.pk, "part": part})
    return subject


def _tied_officers(person: Person) -> list[Officer]:
    ids: dict[str, list[int]] = {}
    for kind, number in _ties_to_look_for(person):
        ids.setdefault(kind, []).append(number)
    tie = Q(pk__in=[])
    for kind, numbers in ids.items():
        tie |= Q(subject_kind=kind, subject_id__in=numbers)
    return list(Officer.objects.filter(pk__in=Conflict.objects.filter(tie).values("officer")))


@action
def assess(*, by: Officer, at: datetime, case: Case) -> Case:
    """Begin the assessment: somebody is looking at what the person needs and fears."""
    permit(by, "cases.assess", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    states.check_case_moves(case, Case.State.ASSESSING)
    _move(case, Case.State.ASSESSING)
    _record(by, at, "cases.assess", case, {})
    return case


@action
def make_plan(
    *,
    by: Officer,
    at: datetime,
    case: Case,
    assessment: str,
    safety: str,
    measures: Sequence[tuple[str, str, Unit, date | None]],
) -> Plan:
    """Agree what shall be done: measures as (kind, what, unit, due_on). A new version supersedes, the old stays readable."""
    permit(by, "cases.make_plan", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    if case.state not in {Case.State.PLANNED, Case.State.ACTIVE, Case.State.RETURNED}:
        states.check_case_moves(case, Case.State.PLANNED)
    policies.check_written(assessment, code="cases.assessment", what=Text(zh="情况评估", en="the assessment"))
    policies.check_plan(safety, measures, case.wall_id)
    version = (case.plans.aggregate(last=Max("version"))["last"] or 0) + 1
    plan = Plan.objects.create(
        case=case,
        version=version,
        assessment=assessment.strip(),
        safety=safety.strip(),
        made_at=at,
        made_by=by,
    )
    Measure.objects.bulk_create(
        [
            Measure(plan=plan, kind=kind, what=what, unit=unit, due_on=due_on)
            for kind, what, unit, due_on in measures
        ]
    )
    if case.state == Case.State.ASSESSING:
        _move(case, Case.State.PLANNED)
    _record(by, at, "cases.make_plan", case, {"version": version, "measures": len(measures)})
    return plan


@action
def record_wish(
    *,
    by: Officer,
    at: datetime,
    subject: Subject,
    words: str,
    asked_alone: bool,
    after_separation: bool = False,
) -> Wish:
    """Write down what the person wants, in their words, and whether they were asked alone. Asked again, it is added."""
    case = subject.case
    permit(by, "cases.record_wish", at=at, place=case.county, wall=case.wall_id)
    policies.check_may_ask(by, case, at)
    policies.check_written(
        words, code="cases.own_words", what=Text(zh="本人原话", en="what the person said"), least=2
    )
    wish = Wish.objects.create(
        subject=subject,
        words=words.strip(),
        asked_alone=asked_alone,
        after_separation=after_separation,
        by=by,
        at=at,
    )
    # What was said in front of others never replaces what was said alone (design rule 5).
    if asked_alone or not subject.wish_asked_alone:
        Subject.objects.filter(pk=subject.pk).update(own_wish=wish.words, wish_asked_alone=asked_alone)
        subject.own_wish, subject.wish_asked_alone = wish.words, asked_alone
    _record(
        by,
        at,
        "cases.record_wish",
        case,
        {"subject": subject.pk, "alone": asked_alone, "again": after_separation},
    )
    return wish


@action
def record_milestone(*, by: Officer, at: datetime, case: Case, kind: str, on_date: date) -> Milestone:
    """Note a step of the criminal proceedings and its date. Nothing about the evidence comes here."""
    permit(by, "cases.record_milestone", at=at, place=case.county, wall=case.wall_id)
    policies.check_works_on(by, case, at)
    policies.check_milestone(kind)
    if on_date > timezone.localdate(at):
        raise Refused(
            "cases.milestone_ahead", Text(zh="日期不能在今天之后。", en="The date cannot lie after today.")
        )
    milestone = Milestone.objects.create(case=case, kind=kind, on_date=on_date, by=by, at=at)
    _record(by, at, "cases.record_milestone", case, {"kind": kind, "on": on_date.isoformat()})
    return milestone


@action
def note_reading(*, by: Officer, at: datetime, case: Case, part: str) -> Case:
    """Leave a trace that somebody read a case, its file, or what a referral carries."""
    permit(by, "cases.note_reading", at=at, wall=case.wall_id)
    _record(by, at, "cases.note_reading", case, {"part": part})
    return case


def _move(case: Case, to: str) -> None:
    Case.objects.filter(pk=case.pk).update(state=to)
    case.state = to


def _record(by: Officer, at: datetime, verb: str, case: Case, payload: dict[str, object]) -> None:
    place = case.village or case.town or case.county
    record(verb, by=by, at=at, subject=case, payload=payload, place=place, wall=case.wall)
