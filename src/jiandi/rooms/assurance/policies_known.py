"""Whom a test of those who look may rest on, and when. Each refusal is a sentence; one of them never says which reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, is_within
from jiandi.rooms.assurance.models import Draw, KnownCase, Sweep
from jiandi.rooms.cases.models import Subject
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.places.models import Place
from jiandi.rooms.register.groups import SENSITIVE
from jiandi.rooms.register.models import Membership, Person
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask

ADULT = 18
LEAST_WORDS, MOST_WORDS = 10, 500


def check_looks_for_nobody(by: Officer, at: datetime) -> None:
    """Refuse who also inspects: whoever looks must not know for whom."""
    if granting(by, "assurance.submit_recheck", at) or granting(by, "assurance.sweep_area", at):
        raise Refused(
            "assurance.known_not_blind",
            Text(
                zh="您同时是督查员。谁去找人,谁就不能知道已知个案。请由另一位监督员办理。",
                en="You inspect as well. Who goes looking must not know the known cases; another overseer does this.",
            ),
        )


def check_person(person: Person | None, place: Place) -> Person:
    """Return the person; refuses everybody who must not be a test, in one sentence that does not say why.

    Nobody a case, an alert of danger or a wall is about, nobody on a list that villages may not know of, nobody unknown
    or from elsewhere: were the reasons told apart, a number typed in would tell who is protected.
    """
    if person is None or person.superseded_by_id or person.died_on or not may_be_asked(person, place):
        raise Refused(
            "assurance.known_person",
            Text(
                zh="此人不能作为已知个案:编号不对、不住在范围内,或属于不得用来检验的情形。系统不说明是哪一种。受保护的人从不用来检验。",
                en="This person cannot be a known case: the code is wrong, they live elsewhere, or they are among those who"
                " must not be a test. Which it is, is not said. Nobody under protection is ever staged.",
            ),
        )
    return person


def may_be_asked(person: Person, place: Place) -> bool:
    """Answer whether somebody may be a test now: asked at registering, and again when a draw or sweep is opened."""
    home = person.village or person.town or person.county
    open_danger = Alert.objects.filter(
        Q(person=person) | Q(household=person.household_id, household__isnull=False), rule_class="danger"
    )
    is_protected = (
        person.wall_id is not None
        or Subject.objects.filter(person=person).exists()
        or Membership.objects.filter(person=person, group__in=sorted(SENSITIVE)).exists()
        or open_danger.exclude(state=Alert.State.EXPLAINED).exists()
    )
    return is_within(home, place) and not is_protected


def check_consent(person: Person, consented: bool, words: str, on: date, at: datetime) -> str:
    """Return what was said; refuses anybody who did not agree themselves, is no adult, or of whom nothing is written down."""
    clean, today = words.strip(), timezone.localdate(at)
    born = person.birth_on
    if born is None or (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < ADULT:
        raise Refused(
            "assurance.known_minor",
            Text(
                zh="只有登记为年满18岁的本人才能同意,别人不能代为同意。",
                en="Only adults registered as such can agree, and nobody agrees for another.",
            ),
        )
    if not consented or not LEAST_WORDS <= len(clean) <= MOST_WORDS or on > today:
        raise Refused(
            "assurance.known_consent",
            Text(
                zh=f"没有本人同意就不能登记。请勾选本人已同意,并写明怎样说明、本人怎样答复({LEAST_WORDS}至{MOST_WORDS}字),日期不得晚于今天。",
                en="Without the person's own consent nobody is registered. Tick that they agreed, and write what was explained"
                f" and what they said ({LEAST_WORDS} to {MOST_WORDS} characters), on a day not after today.",
            ),
        )
    return clean


def check_round_not_drawn(campaign: Campaign) -> None:
    """Refuse to seed once a draw of the round was opened: a test chosen after would be no test."""
    if campaign.certified_at is not None or Draw.objects.filter(campaign=campaign).exists():
        raise _too_late()


def check_sweep_not_open(place: Place) -> None:
    """Refuse to seed while a sweep of the place is open: its areas are drawn."""
    if Sweep.objects.filter(place=place, closed_at__isnull=True).exists():
        raise _too_late()


def _too_late() -> Refused:
    return Refused(
        "assurance.known_late_conflict",
        Text(
            zh="抽签已经开启,不能再登记已知个案。请在下一轮开启之前登记。",
            en="The draw is open already; known cases are registered before. Register for the next one.",
        ),
    )


def check_unvisited(expected: Expected | None) -> Expected:
    """Return the person's line in the round; refuses a door somebody went to: there, a claim would be no false one."""
    if expected is None or not is_unvisited(expected):
        raise Refused(
            "assurance.known_visited",
            Text(
                zh="此人的门本轮已有人走访过,或不在本轮之内。只有确知无人去过的门,才能检验复核人能否看出。",
                en="Somebody was at this person's door in the round, or the round does not expect them. Only a door nobody went to"
                " can show whether inspectors notice.",
            ),
        )
    return expected


def is_unvisited(expected: Expected) -> bool:
    """Answer whether nobody was at the door of this line in the round."""
    return (
        expected.task.state == VisitTask.State.OPEN
        and expected.outcome == Expected.Outcome.NOT_YET
        and not expected.task.visits.exists()
    )


def check_has_door(person: Person) -> None:
    """Refuse somebody without a door on the map: no area could be drawn that holds them."""
    if person.dwelling_id is None:
        raise Refused(
            "assurance.known_door",
            Text(
                zh="此人没有登记门牌,不知道属于哪一片。请先补登门牌。",
                en="No door is registered for this person, so no area holds them. Register the door first.",
            ),
        )


def check_not_known_yet(person: Person, campaign: Campaign | None, place: Place | None) -> None:
    """Refuse the same person twice in one test."""
    known = KnownCase.objects.filter(
        person=person, withdrawn_at__isnull=True, result=KnownCase.Result.WAITING
    )
    if known.filter(campaign=campaign, swept_place=place).exists():
        raise Refused(
            "assurance.known_conflict",
            Text(zh="此人已登记。", en="This person is registered already."),
        )


def check_may_withdraw(known: KnownCase) -> None:
    """Refuse to withdraw what has been counted: the figure was published, and the person is named nowhere."""
    closed = known.draw is not None and known.draw.certificates.exists()
    closed = closed or (known.sweep is not None and known.sweep.closed_at is not None)
    if closed or known.withdrawn_at is not None:
        raise Refused(
            "assurance.known_closed_conflict",
            Text(
                zh="已经计入或已经撤回,不能再撤回。公布的数字不含姓名。",
                en="It has been counted or withdrawn already. The published figure names nobody.",
            ),
        )


def check_known_done(draw: Draw) -> None:
    """Refuse a certificate while a known case is out: the sentence about inspectors is issued with it or not at all."""
    out = draw.known_cases.filter(
        result=KnownCase.Result.WAITING, withdrawn_at__isnull=True, task__isnull=False
    ).exists()
    if out:
        raise Refused(
            "assurance.revisits_waiting",
            Text(
                zh="还有复访没有结果。请按规定回访,期满后记为“未核实”。",
                en="Some re-visits are still out. Enter those not reached after the call-backs as unresolved.",
            ),
        )
