"""The frame, the plan and the inspectors of a draw: inputs gathered for the core, and what it returns written as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from jiandi.core.estimate.budget import WorkerBelief, choose_visits
from jiandi.core.estimate.certify import certify_once
from jiandi.core.estimate.draw import Frame, draw_ids, freeze_frame, simple_sample, stratum_sample
from jiandi.core.estimate.inspectors import Inspector, RecheckItem, assign_inspectors
from jiandi.core.estimate.looks import Look, LookPlan, design_looks
from jiandi.core.estimate.samples import Tally, TargetedSample
from jiandi.core.estimate.streams import (
    Answer,
    RoundBound,
    bound_round,
    freeze_targets,
    split_streams,
    targets_root,
)
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Conflict, Officer
from jiandi.rooms.access.permissions import grants_in_force
from jiandi.rooms.assurance.models import Draw, Recheck, Suspicion, Target
from jiandi.rooms.screening.models import Campaign, Expected, Visit


def frame_of(campaign: Campaign) -> Frame:
    """Freeze the claims of a round: everybody reported as seen in person, by a token that means nothing outside."""
    claimed = Expected.objects.filter(
        task__campaign=campaign, task__purpose="round", outcome=Expected.Outcome.SEEN, visit__isnull=False
    )
    return freeze_frame({f"E{pk}": str(village or 0) for pk, village in claimed.values_list("pk", "village")})


def stored_frame(draw: Draw) -> Frame:
    """Read the frozen frame back as it was sealed."""
    lines = sealing.read_file(draw.frame_sha256).decode().split("\n")
    return freeze_frame(dict(line.split("\t") for line in lines if line))


def plan_for(size: int, claim_per_10000: int) -> LookPlan:
    """Lay down the looks that can certify the claim; never more re-visits than there are claims."""
    return design_looks(frame_size=size, limit=claim_per_10000 / 10_000)


def plan_of(draw: Draw) -> LookPlan:
    """Return the plan a draw was made under."""
    limit = draw.claim_per_10000 / 10_000
    fresh = design_looks(frame_size=draw.frame_size, limit=limit)
    looks = tuple(Look(int(checked), int(accept)) for checked, accept in draw.plan)
    return LookPlan(draw.frame_size, limit, fresh.allowed, fresh.alpha, looks)


def drawn(frame: Frame, seed: str, upto: int, start: int) -> list[str]:
    """Return the tokens of one look, in the order of their tickets."""
    return draw_ids(frame, seed, min(upto, len(frame.ids)), start=start)


def targets_for(campaign: Campaign, frame: Frame, budget: int, at: datetime) -> TargetedSample:
    """Choose the claims to visit because the ranking points there, and freeze them; learns from every earlier re-visit."""
    ranks = dict(Suspicion.objects.filter(campaign=campaign).values_list("worker", "rank"))
    told: dict[int, list[int]] = {}
    for model in (Recheck, Target):
        settled = model.objects.filter(result__in=(Recheck.Result.TRUE, Recheck.Result.FALSE))
        for worker, result in settled.values_list("original__worker", "result"):
            told.setdefault(worker or 0, [0, 0])[result == Recheck.Result.TRUE] += 1
    beliefs = [
        WorkerBelief(worker, (rank - 1) / len(ranks), *told.get(worker, (0, 0)))
        for worker, rank in sorted(ranks.items())
    ]
    claims: dict[int, list[int]] = {}
    ids = {int(token[1:]) for token in frame.ids}
    rows = Expected.objects.filter(task__campaign=campaign, visit__worker__in=list(ranks))
    for pk, worker in rows.order_by("pk").values_list("pk", "visit__worker"):
        if pk in ids and worker:
            claims.setdefault(worker, []).append(pk)
    chosen = choose_visits(beliefs, claims, budget, seed=campaign.pk)
    return freeze_targets(frame, [f"E{pk}" for pk in chosen], frozen_at=at.isoformat())


def targets_stand(draw: Draw) -> bool:
    """Answer whether the targeted set is still the one whose fingerprint was published before the dice."""
    ids = tuple(sorted(f"E{pk}" for pk in draw.targets.values_list("expected", flat=True)))
    return (targets_root(TargetedSample(draw.targets_frozen, ids)) if ids else "") == draw.targets_root


def streams_of(draw: Draw) -> RoundBound | None:
    """Return the round's bound with its targeted set as a census; nothing where there is no such set."""
    if not draw.targets_root:
        return None
    words: dict[str, Answer] = {Recheck.Result.TRUE: "true", Recheck.Result.EXCUSED: "true"}
    words[Recheck.Result.FALSE] = "false"
    drawn = {
        f"E{pk}": words.get(result, "unresolved")
        for pk, result in draw.rechecks.values_list("expected", "result")
    }
    visited = {
        f"E{pk}": words.get(result, "unresolved")
        for pk, result in draw.targets.values_list("expected", "result")
    }
    visited |= {item: drawn[item] for item in visited if item in drawn}
    frame, plan = stored_frame(draw), plan_of(draw)
    targeted = freeze_targets(frame, visited, frozen_at=draw.targets_frozen)
    sizes = tuple(int(checked) for checked, _ in draw.plan)
    sample = simple_sample(f"draw-{draw.pk}", frame, draw.seed_commitment, len(drawn), laid_down=sizes)
    bound = bound_round(*split_streams(targeted, visited, sample, drawn), alpha=plan.alpha / len(plan.looks))
    return replace(bound, alpha=plan.alpha)  # the looks share the promise: only together do they keep it


def village_bounds(draw: Draw) -> list[list[int]]:
    """Return for each village: its number, claims, re-visits, counted false, and at most how many can be false.

    A village's part of a simple lottery is a lottery of the village. The promise is shared out over the planned looks
    (Bonferroni), since when the county's plan stops depends on what was found. No village inherits the county's bound;
    one without a re-visit may be false throughout.
    """
    frame, plan = stored_frame(draw), plan_of(draw)
    good = (Recheck.Result.TRUE, Recheck.Result.EXCUSED)
    told: dict[str, list[bool]] = {}
    for village, result in draw.rechecks.values_list("village", "result"):
        told.setdefault(str(village or 0), []).append(result in good)
    rows = []
    for name, claims in sorted(frame.sizes().items()):
        answers = told.get(name, [])
        most, false = claims, answers.count(False)
        if answers:
            sample = stratum_sample(f"draw-{draw.pk}", frame, draw.seed_commitment, name, len(answers))
            own = certify_once(sample, Tally(false, len(answers) - false), alpha=plan.alpha / len(plan.looks))
            most = claims if own.bound is None else own.bound
        rows.append([int(name), claims, len(answers), false, most])
    return rows


_OF_A_CLAIM = (
    *("task__dwelling", "visit", "town", "person__dwelling", "person__household__dwelling"),
    *("person__village", "person__town", "person__county"),
)


def claims(tokens: Sequence[str]) -> list[Expected]:
    """Return the claims behind tokens, in the same order."""
    ids = [int(token[1:]) for token in tokens]
    found: dict[int, Expected] = {}
    for start in range(0, len(ids), 500):
        rows = Expected.objects.filter(pk__in=ids[start : start + 500])
        found |= {row.pk: row for row in rows.select_related(*_OF_A_CLAIM)}
    return [found[pk] for pk in ids]


def inspectors(at: datetime) -> list[Officer]:
    """Return everybody whose grant to re-visit is in force that day, with their unit's place."""
    granted = grants_in_force(at).filter(role="inspector").order_by().values("officer")
    return list(
        Officer.objects.filter(pk__in=granted, is_active=True).select_related("unit__place").order_by("pk")
    )


def assign(sample: Sequence[Expected], seed: str, at: datetime) -> dict[int, list[int]]:
    """Give each claim its inspectors by lottery, never from its own town, kin or an earlier visitor of its door."""
    people = inspectors(at)
    if not people:
        return {}
    per_item = 2 if len(people) >= 4 else 1
    most = len(sample)  # conflicts may leave few; the lottery itself keeps loads even
    before = _visited_by([claim.task.dwelling_id for claim in sample if claim.task.dwelling_id])
    ties: dict[int, set[str]] = {}
    for officer_id, kind, subject in Conflict.objects.values_list("officer", "subject_kind", "subject_id"):
        ties.setdefault(officer_id, set()).add(f"{kind}:{subject}")
    items = [
        RecheckItem(
            id=str(claim.pk),
            town=str(claim.town_id or 0),
            visited_by=frozenset(str(w) for w in before.get(claim.task.dwelling_id or 0, ())),
            persons=frozenset({f"person:{claim.person_id}", f"household:{claim.person.household_id}"}),
        )
        for claim in sample
    ]
    pool = [
        Inspector(
            id=str(o.pk),
            town=str(o.unit.place.town_id or 0),
            max_load=most,
            conflicts=frozenset(ties.get(o.pk, set())),
        )
        for o in people
    ]
    plan = assign_inspectors(items, pool, seed=f"inspectors|{seed}", per_item=per_item)
    return {int(item): [int(one) for one in chosen] for item, chosen in plan.assigned.items()}


def _visited_by(dwellings: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for start in range(0, len(dwellings), 500):
        rows = Visit.objects.filter(dwelling__in=dwellings[start : start + 500], worker__isnull=False)
        for door, worker in rows.values_list("dwelling", "worker"):
            found.setdefault(door, set()).add(worker)
    return found
