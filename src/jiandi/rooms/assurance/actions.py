"""Draw at random and re-visit blind. Certifying and ranking have their own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from jiandi.core.estimate.draw import seed_commitment
from jiandi.core.forms import visit as forms
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import bulk, dice, sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.assurance import comparing, drawing, policies
from jiandi.rooms.assurance.actions_certifying import (
    compute,
    current_look,
    issue_certificate,
    reveal_seed,
    tally_of,
)
from jiandi.rooms.assurance.actions_ranking import compute_suspicion, estimate_hidden, reply_suspicion
from jiandi.rooms.assurance.models import Difference, Draw, Recheck
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Campaign, Expected, Visit

Progress = Callable[[int, int], None]

__all__ = [
    "close_waiting", "compute", "compute_suspicion", "current_look", "decide_recheck", "decide_rechecks", "estimate_hidden",
    "extend_look", "issue_certificate", "make_draw", "receive_recheck", "receive_rechecks", "reply_suspicion", "reveal_seed",
    "tally_of",
]  # fmt: skip
CALL_BACKS = {"tries": 3, "days": 5, "hours": "8-20"}
RECHECK_DAYS = 5


@action
def make_draw(*, by: Officer, at: datetime, campaign: Campaign, claim_per_10000: int = 100) -> Draw:
    """Freeze the claims, lay down the looks, draw the first one; only frame root and seed commitment are known now."""
    permit(by, "assurance.make_draw", at=at, place=campaign.place)
    policies.check_not_certified(campaign)
    policies.check_no_open_draw(campaign)
    frame = drawing.frame_of(campaign) if _has_claims(campaign) else None
    policies.check_frame(campaign, len(frame.ids) if frame else 0)
    assert frame is not None
    seed = dice.token_bytes(32).hex()
    plan = drawing.plan_for(len(frame.ids), claim_per_10000)
    draw = Draw.objects.create(
        campaign=campaign,
        made_at=at,
        made_by=by,
        frame_size=len(frame.ids),
        frame_root=frame.root,
        frame_sha256=sealing.store_file("\n".join(frame.lines()).encode()),
        seed_commitment=seed_commitment(seed),
        seed_sealed=b"",
        plan=[[look.checked, look.accept] for look in plan.looks],
        claim_per_10000=claim_per_10000,
        call_backs=CALL_BACKS,
    )
    draw.seed_sealed = sealing.seal(seed.encode(), domain=f"assurance.seed:{draw.pk}")
    draw.save(update_fields=["seed_sealed"])
    count = _send_look(draw, seed, 1, by=by, at=at)
    record(
        "assurance.make_draw",
        by=by,
        at=at,
        subject=draw,
        place=campaign.place,
        payload={
            "frame_size": draw.frame_size,
            "frame_root": draw.frame_root,
            "seed_commitment": draw.seed_commitment,
            "plan": draw.plan,
            "first_look": count,
        },
    )
    return draw


def _has_claims(campaign: Campaign) -> bool:
    return Expected.objects.filter(
        task__campaign=campaign, task__purpose="round", outcome=Expected.Outcome.SEEN, visit__isnull=False
    ).exists()


def _send_look(draw: Draw, seed: str, look: int, *, by: Officer, at: datetime) -> int:
    """Create the re-visits of one look and the blind tasks the inspectors get, inside the action that calls."""
    start = draw.plan[look - 2][0] if look > 1 else 0
    tokens = drawing.drawn(drawing.stored_frame(draw), seed, draw.plan[look - 1][0], start)
    sample = drawing.claims(tokens)
    chosen = drawing.assign(sample, f"{seed}|{look}")
    officers = {officer.pk: officer for officer in drawing.inspectors()}
    pairs = [[officers[pk] for pk in chosen.get(claim.pk, [])] for claim in sample]
    tasks = screening.add_tasks(
        by=by,
        at=at,
        purpose="revisit",
        pretext="services",
        due_on=timezone.localdate(at) + timedelta(days=RECHECK_DAYS),
        errands=[
            screening.Errand(
                claim.person, claim.person.household, claim.task.dwelling, pair[0] if pair else None
            )
            for claim, pair in zip(sample, pairs, strict=True)
        ],
    )
    rechecks = [
        Recheck(
            draw=draw,
            expected=claim,
            original=claim.visit,
            task=task,
            ticket=f"{number:06d}",
            look=look,
            inspector=pair[0] if pair else None,
            second_inspector=pair[1] if len(pair) > 1 else None,
            village_id=claim.village_id,
            town_id=claim.town_id,
            county_id=claim.county_id,
        )
        for number, (claim, pair, task) in enumerate(zip(sample, pairs, tasks, strict=True), start=start + 1)
    ]
    Recheck.objects.bulk_create(rechecks, batch_size=500)
    return len(rechecks)


@action
def extend_look(*, by: Officer, at: datetime, draw: Draw) -> int:
    """Draw the next planned look from the same lottery; returns how many re-visits it adds."""
    permit(by, "assurance.make_draw", at=at, place=draw.campaign.place)
    look = current_look(draw) + 1
    policies.check_may_extend(draw, look)
    policies.check_all_done(draw)
    seed = sealing.unseal(bytes(draw.seed_sealed), domain=f"assurance.seed:{draw.pk}").decode()
    count = _send_look(draw, seed, look, by=by, at=at)
    record(
        "assurance.extend_look",
        by=by,
        at=at,
        subject=draw,
        place=draw.campaign.place,
        payload={"look": look, "added": count},
    )
    return count


def receive_recheck(*, by: Officer, at: datetime, body: bytes) -> Recheck:
    """Take one re-visit from an inspector's form and hold it against the first visit."""
    form = forms.parse(body)
    recheck = _recheck_of(form.task)
    policies.check_own_recheck(by, recheck)
    visit = screening.receive_visit(by=by, at=at, body=body, channel="web")
    return decide_recheck(by=by, at=at, recheck=recheck, visit=visit, body=body)


@action
def decide_recheck(*, by: Officer, at: datetime, recheck: Recheck, visit: Visit, body: bytes) -> Recheck:
    """Write what one re-visit says of the claim, with the differences it rests on."""
    permit(by, "assurance.submit_recheck", at=at)
    _apply({recheck.pk: (recheck, visit, body)})
    record(
        "assurance.decide_recheck",
        by=by,
        at=at,
        subject=recheck.draw,
        payload={"recheck": recheck.pk, "result": recheck.result},
    )
    return recheck


def _recheck_of(code: str) -> Recheck:
    found = Recheck.objects.filter(task__code=code).select_related(
        "draw__campaign__place", "expected__person", "original", "task"
    )
    recheck = found.first()
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
    """Hold a batch of re-visits against the first visits."""
    permit(by, "assurance.submit_recheck", at=at)
    waiting = draw.rechecks.filter(result=Recheck.Result.WAITING).select_related(
        "expected__person", "original", "task"
    )
    by_task = {recheck.task.code: recheck for recheck in waiting if recheck.task}
    read = {
        form.instance_id: (form.task, body)
        for body in bodies
        for form in [forms.parse(body)]
        if form.task in by_task
    }
    visits = Visit.objects.filter(instance_id__in=list(read)).only("pk", "instance_id")
    found = {}
    for visit in visits:
        task, body = read[visit.instance_id]
        found[by_task[task].pk] = (by_task[task], visit, body)
    counts = _apply(found)
    record_batch(
        "assurance.decide_rechecks",
        by=by,
        at=at,
        subject=draw,
        subjects_kind="recheck",
        subject_ids=sorted(found),
        payload={str(k): v for k, v in counts.items()},
    )
    return counts


def _apply(found: dict[int, tuple[Recheck, Visit, bytes]]) -> dict[str, int]:
    """Judge re-visits and write results and differences, inside the action that calls."""
    counts: dict[str, int] = {}
    rows: list[Difference] = []
    for recheck, visit, body in found.values():
        result, differences = comparing.judge(recheck, forms.parse(body), comparing.answer_to_came(body))
        recheck.result, recheck.visit = result, visit
        counts[str(result)] = counts.get(str(result), 0) + 1
        rows += [
            Difference(recheck=recheck, kind=d.kind, detail_zh=d.text.zh[:300], detail_en=d.text.en[:300])
            for d in differences
        ]
    bulk.update(
        Recheck,
        ["result", "visit"],
        [(str(recheck.result), visit.pk, recheck.pk) for recheck, visit, _ in found.values()],
    )
    Difference.objects.bulk_create(rows, batch_size=500)
    return counts


@action
def close_waiting(*, by: Officer, at: datetime, draw: Draw) -> int:
    """Enter every re-visit still out as unresolved, when the days for call-backs are over; they count as false."""
    permit(by, "assurance.close_waiting", at=at, place=draw.campaign.place)
    policies.check_call_backs_over(draw, at)
    count = draw.rechecks.filter(result=Recheck.Result.WAITING).update(result=Recheck.Result.UNRESOLVED)
    record(
        "assurance.close_waiting",
        by=by,
        at=at,
        subject=draw,
        place=draw.campaign.place,
        payload={"unresolved": count},
    )
    return count
