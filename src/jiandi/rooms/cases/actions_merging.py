"""A case follows its people: whoever was merged into somebody else in the register is that person in the case too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.cases.models import Case, Subject
from jiandi.rooms.register.standing import standing_for


def follow_merges(*, by: Officer, at: datetime) -> int:
    """Point every case at whom its people are counted as now, at the end of however many merges; return how many moved.

    Each case by an event of its own, behind the case's wall: one list of them all would say which cases there are. Two people of
    one case who were merged stay two lines, each with its own wishes.
    """
    permit(by, "cases.follow_merges", at=at)
    merged = Subject.objects.filter(person__superseded_by__isnull=False)
    subjects = list(merged.select_related("case__wall", "case__county").order_by("case", "pk"))
    now = standing_for(subject.person_id for subject in subjects)
    waiting: dict[Case, list[tuple[Subject, int]]] = {}
    for subject in subjects:
        number = now[subject.person_id]
        if not Subject.objects.filter(case=subject.case, person=number).exists():
            waiting.setdefault(subject.case, []).append((subject, number))
    return sum(_follow_merges(by=by, at=at, case=case, moves=moves) for case, moves in waiting.items())


@action
def _follow_merges(*, by: Officer, at: datetime, case: Case, moves: Sequence[tuple[Subject, int]]) -> int:
    """Move the lines of one case, inside one transaction."""
    payload, taken = [], set()
    for subject, number in moves:
        if number in taken:
            continue
        taken.add(number)
        payload.append({"subject": subject.pk, "was": subject.person_id, "now": number})
        Subject.objects.filter(pk=subject.pk).update(person=number)
    record(
        "cases.follow_merges",
        by=by,
        at=at,
        subject=case,
        place=case.village or case.town or case.county,
        wall=case.wall,
        payload={"moves": payload},
    )
    return len(payload)
