"""Re-visit blind what was drawn, look after look. The ceremony, certifying and ranking have their own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from jiandi.core.forms import visit as forms
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.assurance import comparing, known, policies
from jiandi.rooms.assurance.actions_board import count_board
from jiandi.rooms.assurance.actions_ceremony import hold_draw, make_draw, send_look, throw_dice
from jiandi.rooms.assurance.actions_certifying import (
    compute,
    current_look,
    issue_certificate,
    reveal_seed,
    tally_of,
    withdraw_certificate,
)
from jiandi.rooms.assurance.actions_jobs import ask_estimate, do_job, take_job
from jiandi.rooms.assurance.actions_ranking import compute_suspicion, estimate_hidden, reply_suspicion
from jiandi.rooms.assurance.actions_seeds import unsealed_seed
from jiandi.rooms.assurance.comparing import Asked
from jiandi.rooms.assurance.models import Difference, Draw, KnownCase, Recheck, Target
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Visit

Progress = Callable[[int, int], None]

__all__ = [
    "ask_estimate", "close_waiting", "compute", "compute_suspicion", "count_board", "current_look", "decide_recheck", "decide_rechecks", "do_job", "estimate_hidden",
    "extend_look", "hold_draw", "issue_certificate", "make_draw", "receive_recheck", "receive_rechecks", "reply_suspicion",
    "reveal_seed", "take_job", "tally_of", "throw_dice",
    "withdraw_certificate",
]  # fmt: skip


@action
def extend_look(*, by: Officer, at: datetime, draw: Draw) -> int:
    """Draw the next planned look from the same lottery; returns how many re-visits it adds."""
    permit(by, "assurance.make_draw", at=at, place=draw.campaign.place)
    look = current_look(draw) + 1
    policies.check_may_extend(draw, look)
    policies.check_all_done(draw)
    policies.check_goes_on(compute(draw).state)
    seed = unsealed_seed(draw)
    count = send_look(draw, seed, look, by=by, at=at)
    record(
        "assurance.extend_look",
        by=by,
        at=at,
        subject=draw,
        place=draw.campaign.place,
        payload={"look": look, "added": count},
    )
    return count


def receive_recheck(*, by: Officer, at: datetime, body: bytes) -> Asked:
    """Take one re-visit from an inspector's form and hold it against the first visit."""
    form = forms.parse(body)
    recheck = _recheck_of(form.task)
    policies.check_own_recheck(by, recheck)
    visit = screening.receive_visit(by=by, at=at, body=body, channel="web")
    return decide_recheck(by=by, at=at, recheck=recheck, visit=visit, body=body)


@action
def decide_recheck(*, by: Officer, at: datetime, recheck: Asked, visit: Visit, body: bytes) -> Asked:
    """Write what one re-visit says of the claim, with the differences it rests on."""
    permit(by, "assurance.submit_recheck", at=at)
    policies.check_own_recheck(by, recheck)
    policies.check_same_visit(recheck, visit, forms.parse(body))
    assert recheck.draw is not None  # a known case that is out belongs to a draw
    _apply([(recheck, visit, body)])
    record(
        "assurance.decide_recheck",
        by=by,
        at=at,
        subject=recheck.draw,
        # Of a known case the log says no more than that a re-visit came in.
        payload={}
        if isinstance(recheck, KnownCase)
        else {str(recheck._meta.model_name): recheck.pk, "result": recheck.result},
    )
    return recheck


def _recheck_of(code: str) -> Asked:
    near = ("draw__campaign__place", "expected__person", "original", "task")
    found = (
        model.objects.filter(task__code=code).select_related(*near).first() for model in (Recheck, Target)
    )
    recheck: Asked | None = next((one for one in found if one is not None), None)
    if recheck is None:
        tests = KnownCase.objects.filter(task__code=code, withdrawn_at__isnull=True)
        recheck = tests.select_related("draw__campaign__place", "expected__person", "task").first()
    if recheck is None:
        raise Refused(
            "assurance.unknown_task",
            Text(zh=f"没有编号为“{code}”的复核任务。", en=f"There is no re-visit with the code “{code}”."),
        )
    return recheck


def receive_rechecks(
    *, by: Officer, at: datetime, draw: Draw, bodies: Iterable[bytes], progress: Progress | None = None
) -> dict[str, int]:
    """Take many re-visits of a draw at once; returns how many came to which result."""
    kept = list(bodies)
    screening.receive_visits(by=by, at=at, bodies=kept, channel="replay", progress=progress)
    return decide_rechecks(by=by, at=at, draw=draw, bodies=kept)


@action
def decide_rechecks(*, by: Officer, at: datetime, draw: Draw, bodies: list[bytes]) -> dict[str, int]:
    """Hold a batch of re-visits against the first visits; what is decided stays decided."""
    permit(by, "assurance.decide_rechecks", at=at)
    by_task: dict[str, Asked] = {
        one.task.code: one
        for kind in (draw.rechecks, draw.targets)
        for one in kind.filter(result=Recheck.Result.WAITING).select_related(
            "expected__person", "original", "task"
        )
        if one.task
    }
    by_task |= {one.task.code: one for one in known.out(draw) if one.task}
    read = {
        form.instance_id: (form.task, body)
        for body in bodies
        for form in [forms.parse(body)]
        if form.task in by_task
    }
    applied = Visit.objects.filter(instance_id__in=list(read), state=Visit.State.APPLIED)
    first: dict[tuple[type[Asked], int], tuple[Asked, Visit, bytes]] = {}
    for visit in applied.only("pk", "instance_id", "task").order_by("pk"):
        task, body = read[visit.instance_id]
        asked = by_task[task]
        if visit.task_id == asked.task_id:  # a second form for one re-visit is kept, and judges nothing
            first.setdefault((type(asked), asked.pk), (asked, visit, body))
    found = list(first.values())
    counts = _apply(found)
    record_batch(
        "assurance.decide_rechecks",
        by=by,
        at=at,
        subject=draw,
        subjects_kind="recheck",
        subject_ids=sorted(one.pk for one, _, _ in found if isinstance(one, Recheck)),
        payload={str(k): v for k, v in counts.items()},
    )
    return counts


def _apply(found: Sequence[tuple[Asked, Visit, bytes]]) -> dict[str, int]:
    """Judge re-visits and write results and differences, inside the action that calls; counts are of the lottery's."""
    counts: dict[str, int] = {}
    rows: list[Difference] = []
    for recheck, visit, body in found:
        result, differences = comparing.judge(recheck, forms.parse(body), comparing.answer_to_came(body))
        recheck.result, recheck.visit = result, visit
        if isinstance(recheck, KnownCase):
            continue
        if isinstance(recheck, Target):
            recheck.differences = [{"kind": d.kind, "zh": d.text.zh, "en": d.text.en} for d in differences]
            continue
        counts[str(result)] = counts.get(str(result), 0) + 1
        rows += [
            Difference(recheck=recheck, kind=d.kind, detail_zh=d.text.zh[:300], detail_en=d.text.en[:300])
            for d in differences
        ]
    drawn = [(str(one.result), visit.pk, one.pk) for one, visit, _ in found if isinstance(one, Recheck)]
    bulk.update(Recheck, ["result", "visit"], drawn)
    targeted = [
        (str(one.result), visit.pk, one.differences, one.pk)
        for one, visit, _ in found
        if isinstance(one, Target)
    ]
    bulk.update(Target, ["result", "visit", "differences"], targeted)
    tests = [(str(one.result), visit.pk, one.pk) for one, visit, _ in found if isinstance(one, KnownCase)]
    bulk.update(KnownCase, ["result", "visit"], tests)
    Difference.objects.bulk_create(rows, batch_size=500)
    return counts


@action
def close_waiting(*, by: Officer, at: datetime, draw: Draw) -> int:
    """Enter every re-visit still out as unresolved, when the days for call-backs are over; they count as false."""
    permit(by, "assurance.close_waiting", at=at, place=draw.campaign.place)
    policies.check_call_backs_over(draw, at)
    count = draw.rechecks.filter(result=Recheck.Result.WAITING).update(result=Recheck.Result.UNRESOLVED)
    out = draw.targets.filter(result=Recheck.Result.WAITING, task__isnull=False)
    targeted = out.update(result=Recheck.Result.UNRESOLVED)
    tests = [one.pk for one in known.out(draw)]
    KnownCase.objects.filter(pk__in=tests).update(result=KnownCase.Result.UNRESOLVED)
    record(
        "assurance.close_waiting",
        by=by,
        at=at,
        subject=draw,
        place=draw.campaign.place,
        payload={"unresolved": count, "targets": targeted},
    )
    return count + targeted
