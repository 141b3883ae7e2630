"""Asking who may be entitled and is on no list, and writing down what became of each question."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from jiandi.core.entitlements import Candidate, ask
from jiandi.rooms.access.bulk import insert, update
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.register import policies_life, policies_standing, shelf
from jiandi.rooms.register.models import Person
from jiandi.rooms.register.models_standing import EntitlementQuestion
from jiandi.rooms.register.queries_snapshot import snapshot

_STATE = EntitlementQuestion.State
# Forward 3, decide 10, tell 3 working days and the month of application (the same as R23 gives a decision).
DECISION_DAYS = 45
_NEW = ("key", "rule", "group", "person", "reason_zh", "reason_en", "rows", "village", "town", "county", "state",
        "first_asked_on", "last_asked_on", "answer")  # fmt: skip


@action
def ask_entitlements(*, by: Officer, at: datetime) -> int:
    """Ask of everybody whether the files say they may be entitled to a list they are not on; return how many questions stand open.

    What somebody answered stays answered. Helped to apply, and still on no list when the time to decide is over: asked again.
    """
    permit(by, "register.ask_entitlements", at=at)
    policies_standing.check_linked()
    on = timezone.localdate(at)
    with shelf.scratch() as scratch:
        con = shelf.connect(scratch)
        snapshot(con)
        asked = {one.key: one for one in ask(con, at=on)}
        con.close()
    known = {one.key: one for one in EntitlementQuestion.objects.all()}
    changed = [
        *_follow(asked, known, at),
        *_enter([one for key, one in asked.items() if key not in known], at),
    ]
    record_batch(
        "register.ask_entitlements",
        by=by,
        at=at,
        subject=by,
        subjects_kind="entitlementquestion",
        subject_ids=changed,
        place=by.unit.place,
        payload={"asked": len(asked)},
    )
    return EntitlementQuestion.objects.filter(state=_STATE.OPEN).count()


def _enter(fresh: list[Candidate], at: datetime) -> list[int]:
    on = timezone.localdate(at)
    where = Person.objects.in_bulk([one.person_id for one in fresh])
    rows = []
    for one in fresh:
        person, reason = where[one.person_id], one.reason
        rows.append(
            (one.key, one.entitlement.id, one.entitlement.group, one.person_id, reason.zh[:300], reason.en[:300],
             list(one.rows), person.village_id, person.town_id, person.county_id, _STATE.OPEN, on, on, "")
        )  # fmt: skip
    last = EntitlementQuestion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    insert(EntitlementQuestion, _NEW, rows)
    return list(EntitlementQuestion.objects.filter(pk__gt=last).values_list("pk", flat=True))


def _follow(asked: dict[str, Candidate], known: dict[str, EntitlementQuestion], at: datetime) -> list[int]:
    """Bring known questions up to date: those the files no longer ask are gone, those they ask again are open."""
    on, late = timezone.localdate(at), at - timedelta(days=DECISION_DAYS)
    changed, seen = [], []
    for key, question in known.items():
        state = question.state
        if key not in asked:
            state = _STATE.GONE if state in (_STATE.OPEN, _STATE.APPLIED) else state
        elif state == _STATE.GONE or (
            state == _STATE.APPLIED and question.answered_at is not None and question.answered_at < late
        ):
            state = _STATE.OPEN
        if state != question.state:
            changed.append((state, question.pk))
        if key in asked:
            reason = asked[key].reason
            seen.append((on, reason.zh[:300], reason.en[:300], list(asked[key].rows), question.pk))
    update(EntitlementQuestion, ("state",), changed)
    update(EntitlementQuestion, ("last_asked_on", "reason_zh", "reason_en", "rows"), seen)
    return [pk for _, pk in changed]


@action
def answer_entitlement(
    *, by: Officer, at: datetime, question: EntitlementQuestion, state: str, answer: str
) -> EntitlementQuestion:
    """Write down what became of a question: helped to apply, not wanted by the person, or not entitled, and why."""
    person = question.person
    permit(
        by,
        "register.answer_entitlement",
        at=at,
        place=question.village or question.town or question.county,
        wall=person.wall,
    )
    policies_life.check_no_tie(by, person)
    policies_standing.check_answer(question, state, answer)
    EntitlementQuestion.objects.filter(pk=question.pk).update(
        state=state, answer=answer.strip()[:300], answered_by=by, answered_at=at
    )
    question.refresh_from_db()
    record(
        "register.answer_entitlement",
        by=by,
        at=at,
        subject=person,
        place=person.village,
        wall=person.wall,
        payload={"question": question.key, "state": state},
    )
    return question
