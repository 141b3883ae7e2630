"""The ceremony of a draw: freeze, commit, two people throw dice, draw. Nobody alone, not even the machine, picks the seed.

How the seed is made stands in `actions_seeds`. Published at once: the frame's root, both commitments. The seed itself
only after the last look's re-visits are closed; each thrower then finds their own dice in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from jiandi.core.estimate.draw import draw_ids, freeze_frame, seed_commitment
from jiandi.core.estimate.samples import TargetedSample
from jiandi.core.estimate.streams import most_targets, targets_root
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import actions_seeds as seeds
from jiandi.rooms.assurance import drawing, known, policies
from jiandi.rooms.assurance.models import Draw, KnownCase, Recheck, Target
from jiandi.rooms.screening import actions as screening
from jiandi.rooms.screening.models import Campaign, Expected, VisitTask

CALL_BACKS = {"tries": 3, "days": 5, "hours": "8-20"}
RECHECK_DAYS = 5
#: What is public the moment a draw is opened, and what a certificate is later held against.
OPENED_WITH = ("frame_size", "frame_root", "machine_commitment", "plan", "targets_root")


@action
def make_draw(
    *, by: Officer, at: datetime, campaign: Campaign, claim_per_10000: int = 100, targets: int = 0
) -> Draw:
    """Freeze the claims, lay down the looks, commit to the machine's part of the seed; two people throw dice next.

    `targets` claims at most are visited besides because the ranking points there: frozen here, before the dice.
    """
    permit(by, "assurance.make_draw", at=at, place=campaign.place)
    policies.check_not_certified(campaign)
    policies.check_no_open_draw(campaign)
    policies.check_claim(claim_per_10000)
    frame = drawing.frame_of(campaign) if _has_claims(campaign) else None
    policies.check_frame(campaign, len(frame.ids) if frame else 0)
    assert frame is not None
    part = seeds.machine_part()
    plan = drawing.plan_for(len(frame.ids), claim_per_10000)
    chosen = drawing.targets_for(campaign, frame, min(targets, most_targets(plan.looks[0].checked)), at)
    draw = Draw.objects.create(
        campaign=campaign,
        made_at=at,
        made_by=by,
        frame_size=len(frame.ids),
        frame_root=frame.root,
        frame_sha256=sealing.store_file("\n".join(frame.lines()).encode()),
        machine_commitment=seed_commitment(part),
        seed_sealed=b"",
        plan=[[look.checked, look.accept] for look in plan.looks],
        claim_per_10000=claim_per_10000,
        call_backs=CALL_BACKS,
        targets_frozen=chosen.frozen_at if chosen.ids else "",
        targets_root=targets_root(chosen) if chosen.ids else "",
    )
    seeds.seal_seed(draw, part)
    _keep_targets(draw, chosen)
    KnownCase.objects.filter(pk__in=known.fit(campaign=campaign)).update(draw=draw)
    told = {name: getattr(draw, name) for name in OPENED_WITH}
    told["targets"] = len(chosen.ids)
    record("assurance.make_draw", by=by, at=at, subject=draw, place=campaign.place, payload=told)
    return draw


def _keep_targets(draw: Draw, chosen: TargetedSample) -> None:
    """Write the targeted set down, inside the action that calls; its visits go out with the first look's."""
    Target.objects.bulk_create(
        (
            Target(
                draw=draw,
                expected=claim,
                original=claim.visit,
                village_id=claim.village_id,
                town_id=claim.town_id,
                county_id=claim.county_id,
            )
            for claim in drawing.claims(chosen.ids)
        ),
        batch_size=500,
    )


@action
def throw_dice(*, by: Officer, at: datetime, draw: Draw, dice: str) -> Draw:
    """Take one person's dice; with the second person's the seed is whole, committed to, and the first look goes out."""
    draw.refresh_from_db(from_queryset=Draw.objects.select_for_update())  # two may throw at the same moment
    permit(by, "assurance.throw_dice", at=at, place=draw.campaign.place)
    count, seed = seeds.take_throw(draw, by=by, at=at, dice=dice)
    told: dict[str, object] = {"throw": count}
    if seed is not None:
        told |= _draw_first_look(draw, seed, by=by, at=at)
    record("assurance.throw_dice", by=by, at=at, subject=draw, place=draw.campaign.place, payload=told)
    return draw


def hold_draw(
    *,
    at: datetime,
    campaign: Campaign,
    claim_per_10000: int = 100,
    targets: int = 0,
    throws: Sequence[tuple[Officer, str]],
) -> Draw:
    """Hold the whole ceremony as its minutes say: the first person opens it, then each throws."""
    draw = make_draw(
        by=throws[0][0], at=at, campaign=campaign, claim_per_10000=claim_per_10000, targets=targets
    )
    for officer, dice in throws:
        draw = throw_dice(by=officer, at=at, draw=draw, dice=dice)
    return draw


def _draw_first_look(draw: Draw, seed: str, *, by: Officer, at: datetime) -> dict[str, object]:
    """Send the first look and the targeted visits, inside the action that calls."""
    count = send_look(draw, seed, 1, by=by, at=at)
    _send_targets(draw, seed, by=by, at=at)
    return {"seed_commitment": draw.seed_commitment, "first_look": count}


def _has_claims(campaign: Campaign) -> bool:
    return Expected.objects.filter(
        task__campaign=campaign, task__purpose="round", outcome=Expected.Outcome.SEEN, visit__isnull=False
    ).exists()


def send_look(draw: Draw, seed: str, look: int, *, by: Officer, at: datetime) -> int:
    """Create the re-visits of one look and the blind tasks the inspectors get, inside the action that calls.

    Known cases go out with the first look, in one batch and shuffled: neither a list, a number nor the log tells them apart.
    """
    start = draw.plan[look - 2][0] if look > 1 else 0
    tokens = drawing.drawn(drawing.stored_frame(draw), seed, draw.plan[look - 1][0], start)
    sample = drawing.claims(tokens)
    tests = list(draw.known_cases.filter(withdrawn_at__isnull=True).order_by("pk")) if look == 1 else []
    also = drawing.claims([f"E{one.expected_id}" for one in tests])
    pairs, tasks = _out([*sample, *also], f"{seed}|{look}", by=by, at=at)
    _keep_known(tests, pairs[len(sample) :], tasks[len(sample) :])
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
        for number, (claim, pair, task) in enumerate(zip(sample, pairs, tasks, strict=False), start=start + 1)
    ]
    Recheck.objects.bulk_create(rechecks, batch_size=500)
    return len(rechecks)


def _send_targets(draw: Draw, seed: str, *, by: Officer, at: datetime) -> None:
    """Send out the targeted visits, inside the action that calls, but those the first look reaches anyway."""
    drawn = draw.rechecks.values("expected")
    waiting = list(draw.targets.exclude(expected__in=drawn).order_by("pk"))
    sample = drawing.claims([f"E{one.expected_id}" for one in waiting])
    pairs, tasks = _out(sample, f"{seed}|targets", by=by, at=at) if sample else ([], [])
    for one, pair, task in zip(waiting, pairs, tasks, strict=True):
        one.task = task
        one.inspector = pair[0] if pair else None
        one.second_inspector = pair[1] if len(pair) > 1 else None
    Target.objects.bulk_update(waiting, ["task", "inspector", "second_inspector"], batch_size=500)


def _keep_known(tests: list[KnownCase], pairs: list[list[Officer]], tasks: list[VisitTask]) -> None:
    """Write down which door of the batch is whose, inside the action that calls."""
    for one, pair, task in zip(tests, pairs, tasks, strict=True):
        one.task = task
        one.inspector = pair[0] if pair else None
        one.second_inspector = pair[1] if len(pair) > 1 else None
    KnownCase.objects.bulk_update(tests, ["task", "inspector", "second_inspector"], batch_size=500)


def _out(
    sample: Sequence[Expected], seed: str, *, by: Officer, at: datetime
) -> tuple[list[list[Officer]], list[VisitTask]]:
    """Assign inspectors by lottery and create their blind tasks; which stream a door belongs to shows nowhere."""
    chosen = drawing.assign(sample, seed, at)
    officers = {officer.pk: officer for officer in drawing.inspectors(at)}
    pairs = [[officers[pk] for pk in chosen.get(claim.pk, [])] for claim in sample]
    at_place = {str(claim.pk): n for n, claim in enumerate(sample)}
    order = [at_place[pk] for pk in draw_ids(freeze_frame(list(at_place)), f"order|{seed}", len(sample))]
    made = screening.add_tasks(
        by=by,
        at=at,
        purpose="revisit",
        pretext="services",
        due_on=timezone.localdate(at) + timedelta(days=RECHECK_DAYS),
        errands=[
            screening.Errand(
                sample[n].person,
                sample[n].person.household,
                sample[n].task.dwelling,
                pairs[n][0] if pairs[n] else None,
            )
            for n in order
        ],
    )
    tasks = dict(zip(order, made, strict=True))
    return pairs, [tasks[n] for n in range(len(sample))]
