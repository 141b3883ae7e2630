"""What may be read of cases, by whom: lists, one case, an inbox, and the little a receiver sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from jiandi.core.values import Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.language import say
from jiandi.rooms.access.models import Event, Officer, Unit, WallEntry
from jiandi.rooms.access.permissions import (
    broken_glass,
    has_verb,
    has_wall_between,
    live_grants,
    permit,
    visible,
    walled_off,
)
from jiandi.rooms.cases import clocks
from jiandi.rooms.cases.measures import SECTIONS
from jiandi.rooms.cases.models import Case, LookBack, Plan, Referral, ReferralStep, Subject
from jiandi.rooms.cases.policies import is_alive, path_ids
from jiandi.rooms.cases.states import OPEN_CASES, RUNNING
from jiandi.rooms.register.groups import GROUPS, SENSITIVE
from jiandi.rooms.register.models import SEXES, Membership, Person

READ = "cases.read_case"
SAME_SITTING = timedelta(minutes=15)  # opening a page again within a quarter of an hour is one reading


def cases(by: Officer, at: datetime) -> QuerySet[Case]:
    """Return the cases an officer may read: the lead and the overseer all of their area, others those they work on."""
    seen = visible(Case.objects.all(), by, READ, at=at)
    if {"lead", "overseer"} & {grant.role for grant in live_grants(by, at)}:
        return seen
    theirs = Q(owner_unit_id=by.unit_id) | Q(opened_by=by) | Q(second_officer=by)
    glass = broken_glass(by, READ, "case", at)
    if glass is not None:
        theirs |= Q(pk__in=glass.values("subject_id"))
    return seen.filter(theirs)


def with_clocks(found: QuerySet[Case], at: datetime) -> QuerySet[Case]:
    """Mark each case with whether a request of it is overdue, or a look-back."""
    running = Referral.objects.filter(case=OuterRef("pk"), state__in=RUNNING, due_at__lt=at)
    looks = LookBack.objects.filter(case=OuterRef("pk"), done_at__isnull=True, due_on__lt=clocks.day_of(at))
    return found.annotate(has_overdue=Exists(running), look_overdue=Exists(looks))


def narrowed(found: QuerySet[Case], *, state: str = "", clock: str = "", danger: str = "") -> QuerySet[Case]:
    """Apply the filters of the list; `found` comes from `with_clocks`."""
    if state == "open":
        found = found.filter(state__in=OPEN_CASES)
    elif state:
        found = found.filter(state=state)
    if clock == "overdue":
        found = found.filter(Q(has_overdue=True) | Q(look_overdue=True))
    if danger:
        found = found.filter(is_danger_now=True)
    return found


def inbox(by: Officer, at: datetime) -> QuerySet[Referral]:
    """Return what was sent to the officer's own unit, behind no wall; empty for those who answer nothing."""
    if not has_verb(by, "cases.answer_referral", at):
        return Referral.objects.none()
    sent = Referral.objects.filter(unit_id=by.unit_id).exclude(walled_off(by))
    return sent.select_related("case__owner_unit", "unit")


def by_deadline(found: QuerySet[Referral], after: str = "") -> QuerySet[Referral]:
    """Return referrals by deadline, those without one last; `after` is the id of the last one already shown."""
    last = found.filter(pk=int(after)).first() if after.isdigit() else None
    if last is not None and last.due_at is None:
        found = found.filter(due_at__isnull=True, pk__gt=last.pk)
    elif last is not None:
        later = Q(due_at__gt=last.due_at) | Q(due_at=last.due_at, pk__gt=last.pk)
        found = found.filter(later | Q(due_at__isnull=True))
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")


def referrals(by: Officer, at: datetime) -> QuerySet[Referral]:
    """Return the referrals an officer may open: of cases they may read, and of their own unit's inbox."""
    own = inbox(by, at).values("pk")
    of_cases = Referral.objects.filter(case__in=cases(by, at).values("pk")).values("pk")
    return Referral.objects.filter(Q(pk__in=own) | Q(pk__in=of_cases)).select_related(
        "case", "unit", "sent_by"
    )


def family_of(unit: Unit) -> set[int]:
    """Return the ids of a unit, of all above it and of all below it."""
    below = (
        Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True)
        if unit.path != "/"
        else []
    )
    return path_ids(unit) | set(below)


def _unrelated(found: QuerySet[Case], by: Officer) -> QuerySet[Case]:
    """Leave out cases in which the officer's unit, one above or one below it, has a part."""
    family = family_of(by.unit)
    referred = Referral.objects.filter(case=OuterRef("pk"), unit_id__in=family).exclude(state="revoked")
    concerned = WallEntry.objects.filter(wall=OuterRef("wall"), unit_id__in=family)
    worked = Q(opened_by=by) | Q(second_officer=by) | Q(owner_unit_id__in=family)
    return found.exclude(worked).exclude(Exists(referred)).exclude(Exists(concerned))


def to_verify(by: Officer, at: datetime) -> QuerySet[Case]:
    """Return the cases whose outcome the officer may go and verify: unrelated, unwalled, waiting."""
    waiting = Case.objects.filter(state=Case.State.OUTCOME_PROPOSED)
    return _unrelated(visible(waiting, by, "cases.verify_outcome", at=at), by).select_related(
        "owner_unit", "village"
    )


def looks(by: Officer, at: datetime) -> QuerySet[LookBack]:
    """Return the look-backs still to be done by somebody like this officer, the oldest first."""
    theirs = _unrelated(visible(Case.objects.all(), by, "cases.look_back", at=at), by)
    waiting = LookBack.objects.filter(done_at__isnull=True, case__in=theirs.values("pk"))
    return waiting.select_related("case__village", "case__owner_unit").order_by("due_on", "pk")


def clock_of(referral: Referral, at: datetime) -> clocks.Light:
    """Return where a referral's clock stands, as a traffic light on the task."""
    return clocks.light(referral, at)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a carried section."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A section of the case as the receiver reads it."""

    name: str
    title: Text
    lines: list[Line]


def referral_view(referral: Referral, by: Officer, at: datetime) -> list[Carried]:
    """Return the sections a referral carries, only to its unit, only while it lives; to nobody behind a wall."""
    if has_wall_between(by, referral.wall_id) or by.unit_id != referral.unit_id:
        return []
    permit(by, "cases.answer_referral", at=at)
    if not is_alive(referral):
        return []
    subjects = list(referral.case.subjects.select_related("person__village").order_by("id"))
    plan = referral.case.plans.order_by("-version").first()
    return [
        Carried(name, SECTIONS[name], _SECTION[name](subjects, plan, at))
        for name in referral.sections
        if name in _SECTION
    ]


def _who(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    lines = []
    for subject in subjects:
        person = subject.person
        age = f"{clocks.day_of(at).year - person.birth_on.year}" if person.birth_on else "?"
        sex = say(SEXES[person.sex]) if person.sex in SEXES else ""
        where = person.address or (person.village.full_name if person.village else "")
        lines.append(Line(Text(zh="对象", en="Person"), f"{person.name} · {sex} · {age} · {where}"))
    return lines


def _contact(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return [Line(Text(zh="电话", en="Telephone"), subject.person.phone or "—") for subject in subjects]


def _children(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return _who([subject for subject in subjects if subject.part == "child"], plan, at)


def _assessment(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return [Line(Text(zh="评估", en="Assessment"), plan.assessment)] if plan else []


def _safety(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return [Line(Text(zh="安全要求", en="Safety"), plan.safety)] if plan else []


def _wishes(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return [
        Line(Text(zh="本人意愿", en="Wish"), subject.own_wish) for subject in subjects if subject.own_wish
    ]


def _lists(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    people = [subject.person_id for subject in subjects]
    groups = Membership.objects.filter(person__in=people, ends_on__isnull=True).values_list(
        "group", flat=True
    )
    titles = sorted(
        {GROUPS[group].title.zh for group in groups if group in GROUPS and group not in SENSITIVE}
    )
    return [Line(Text(zh="在册名单", en="On the lists"), "、".join(titles) or "—")]


def _identity(subjects: list[Subject], plan: Plan | None, at: datetime) -> list[Line]:
    return [
        Line(Text(zh="身份证号", en="Identity number"), id_number(subject.person) or "—")
        for subject in subjects
    ]


def id_number(person: Person) -> str:
    """Return the person's identity number, unsealed; empty where there is none."""
    if not person.id_sealed:
        return ""
    return sealing.unseal(bytes(person.id_sealed), domain=f"person.id:{person.code}").decode()


_SECTION = {
    "who": _who,
    "contact": _contact,
    "identity_number": _identity,
    "children": _children,
    "assessment": _assessment,
    "safety": _safety,
    "wishes": _wishes,
    "lists": _lists,
}


def timeline(case: Case, by: Officer) -> list[Event]:
    """Return what happened to a case and its referrals, oldest first; readings of it are left to the log page."""
    if has_wall_between(by, case.wall_id):
        return []
    own = Q(subject_kind="case", subject_id=case.pk)
    sent = Q(subject_kind="referral", subject_id__in=case.referrals.values("pk"))
    events = Event.objects.filter(own | sent).exclude(verb="cases.note_reading")
    return list(events.select_related("by__unit").order_by("at", "id"))


def steps(referral: Referral) -> list[ReferralStep]:
    """Return every move of a referral, oldest first."""
    return list(referral.steps.select_related("by__unit").order_by("id"))


def has_just_read(by: Officer, case: Case, part: str, at: datetime) -> bool:
    """Answer whether the officer's reading of this part is already on record for this sitting."""
    lately = Event.objects.filter(
        subject_kind="case", subject_id=case.pk, verb="cases.note_reading", by=by, at__gt=at - SAME_SITTING
    )
    return any(event.payload.get("part") == part for event in lately.order_by("-id")[:20])


def possible_seconds(by: Officer, at: datetime) -> QuerySet[Officer]:
    """Return the colleagues who could confirm danger now: those who may open cases, other than oneself."""
    today = clocks.day_of(at)
    granted = Q(
        grants__role__in=("lead", "handler"), grants__starts_on__lte=today, grants__revoked_at__isnull=True
    )
    still = Q(grants__ends_on__isnull=True) | Q(grants__ends_on__gte=today)
    found = Officer.objects.filter(granted, still, is_active=True).exclude(pk=by.pk)
    return found.select_related("unit").distinct().order_by("unit__name", "name")


def units_outside(wall_id: int | None) -> QuerySet[Unit]:
    """Return the units that can own a case or receive a referral: those no wall keeps from it."""
    units = Unit.objects.exclude(kind="press").order_by("name")
    if wall_id is None:
        return units
    walled = WallEntry.objects.filter(wall_id=wall_id, unit__isnull=False, removed_at__isnull=True)
    for unit_id in walled.values_list("unit_id", flat=True):
        units = units.exclude(Q(pk=unit_id) | Q(path__contains=f"/{unit_id}/"))
    return units


def opened_before(found: QuerySet[Case], readable: QuerySet[Case], after: str) -> QuerySet[Case]:
    """Return cases newest first, from behind the one a page ended with; their numbers say nothing about their order.

    A case that is not readable is no page's end: a list cut short by it would say that it exists, and since when.
    """
    last = readable.filter(pk=int(after[:18])).first() if after.isdigit() else None
    if last is not None:
        found = found.filter(Q(opened_at__lt=last.opened_at) | Q(opened_at=last.opened_at, pk__gt=last.pk))
    return found.order_by("-opened_at", "pk")


def works_on(by: Officer, case: Case, at: datetime) -> bool:
    """Answer whether the officer may take steps in a case, not only read it."""
    if by.pk in (case.opened_by_id, case.second_officer_id) or has_verb(by, "cases.close_case", at):
        return True
    return by.unit_id == case.owner_unit_id and has_verb(by, "cases.assess", at)


def counts(by: Officer, at: datetime) -> dict[str, int]:
    """Return the tiles of the list: open, overdue, waiting for verification, closed - of what the officer may read."""
    mine = with_clocks(cases(by, at), at)
    return mine.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN_CASES)),
        danger=Count("pk", filter=Q(state__in=OPEN_CASES, is_danger_now=True)),
        overdue=Count("pk", filter=Q(has_overdue=True) | Q(look_overdue=True)),
        to_verify=Count("pk", filter=Q(state=Case.State.OUTCOME_PROPOSED)),
        closed=Count("pk", filter=Q(state__in=("closed", "look_back", "settled"))),
    )
