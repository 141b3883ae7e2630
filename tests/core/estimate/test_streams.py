"""Targeted and random re-visits: counted apart, bounded together, and impossible to pool."""

import numpy as np
import pytest

from jiandi.core.estimate.audits import TargetedAudit, audit_table
from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.certify import certify_once, certify_plan
from jiandi.core.estimate.draw import freeze_frame, simple_sample
from jiandi.core.estimate.looks import design_looks
from jiandi.core.estimate.meter import read_meter
from jiandi.core.estimate.samples import ProbabilitySample, Tally
from jiandi.core.estimate.streams import (
    RestCount,
    TargetedCount,
    bound_round,
    check_share,
    freeze_targets,
    most_targets,
    split_streams,
    targets_root,
)
from jiandi.core.estimate.sweep import SweptArea, sweep_result
from jiandi.core.values import Refused

HEX = "ab" * 32
FRAME = freeze_frame([f"E{n:03d}" for n in range(200)])


def test_it_counts_the_targeted_set_whole_and_the_lottery_outside_it():
    targeted = freeze_targets(FRAME, ["E001", "E002", "E003"], frozen_at="2026-11-03")
    drawn = {f"E{n:03d}": "true" for n in range(3, 63)} | {"E050": "unresolved"}
    sample = simple_sample("D1", FRAME, HEX, 60)

    visited = {"E001": "false", "E002": "unresolved", "E003": "true"}
    census, rest = split_streams(targeted, visited, sample, drawn)
    assert census.counted_false == 2 and rest == RestCount(197, 59, 1)
    whole = bound_round(census, rest)
    assert whole.bound == 2 + upper_bound(frame_size=197, checked=59, found=1)
    assert "counted apart" in whole.text().en and "分开" in whole.text().zh


def test_the_bound_holds_where_pooling_and_picking_fail():
    """5,000 claims, 150 false; suspicion finds them better than chance. 400 rounds of 250 targeted and 250 random."""
    dice = np.random.default_rng(3)
    held, pooled, picked = 0, [], 0
    for _ in range(400):
        false = np.zeros(5_000, dtype=bool)
        false[dice.choice(5_000, 150, replace=False)] = True
        target = np.zeros(5_000, dtype=bool)
        score = dice.normal(size=5_000) + 1.5 * false
        target[np.argsort(-score)[:250]] = True
        drawn = dice.choice(5_000, 250, replace=False)
        rest = drawn[~target[drawn]]
        census = TargetedCount(freeze_targets(FRAME, [], frozen_at=""), int(false[target].sum()))
        bound = bound_round(census, RestCount(4_750, len(rest), int(false[rest].sum())))
        held += census.counted_false + bound.rest_bound >= 150
        pooled.append(5_000 * (false[target].sum() + false[drawn].sum()) / 500)
        safe = np.argsort(score)[:250]
        picked += upper_bound(frame_size=5_000, checked=250, found=int(false[safe].sum())) >= 150
    assert held >= 370 and np.mean(pooled) > 400 and picked <= 20


def test_a_targeted_set_goes_into_nothing_that_speaks_for_the_rest():
    targeted = freeze_targets(FRAME, FRAME.ids[:60], frozen_at="2026-11-03")
    count, sample = TargetedCount(targeted, 0), simple_sample("D1", FRAME, HEX, 60)
    plan = design_looks(frame_size=200, limit=0.05, single_look=True)
    pooling = (
        lambda: certify_once(targeted, Tally(0, 60)),
        lambda: certify_once(sample, count),
        lambda: certify_plan(plan, targeted, [Tally(0, plan.looks[0].checked)]),
        lambda: read_meter(targeted, [False] * 60, limit=0.05),
        lambda: sweep_result(targeted, [SweptArea(i, 1, 1) for i in targeted.ids]),
        lambda: audit_table([TargetedAudit(1, frozenset(), False)]),
        lambda: bound_round(RestCount(140, 60, 0), RestCount(140, 60, 0)),
        lambda: bound_round(count, Tally(0, 60)),
        lambda: split_streams(sample, {}, sample, dict.fromkeys(FRAME.ids[:60], "true")),
        lambda: split_streams(targeted, {}, targeted, {}),
        lambda: Tally(0, 60) + count,
        lambda: ProbabilitySample("D1", targets_root(targeted), "", 200, 60, (60,)),
    )
    for attempt in pooling:
        with pytest.raises((Refused, TypeError, AttributeError)):
            attempt()


def test_it_refuses_a_set_outside_the_frame_unvisited_or_too_large():
    with pytest.raises(Refused, match="target_outside_frame"):
        freeze_targets(FRAME, ["E999"], frozen_at="2026-11-03")
    targeted = freeze_targets(FRAME, FRAME.ids[:5], frozen_at="2026-11-03")
    drawn, sample = dict.fromkeys(FRAME.ids[10:40], "true"), simple_sample("D1", FRAME, HEX, 30)
    with pytest.raises(Refused, match="targets_not_accounted"):
        split_streams(targeted, {"E000": "true"}, sample, drawn)
    with pytest.raises(Refused, match="sample_not_accounted"):
        split_streams(targeted, dict.fromkeys(targeted.ids, "true"), sample, {"E010": "true"})
    check_share(targeted, 3)
    with pytest.raises(Refused, match="too_few_random"):
        check_share(targeted, 2)
    assert most_targets(300) == 600


def test_its_fingerprint_changes_with_any_change():
    roots = {
        targets_root(freeze_targets(FRAME, ids, frozen_at=day))
        for ids, day in ((["E001"], "1"), (["E002"], "1"), (["E001"], "2"), (["E001", "E002"], "1"))
    }
    assert len(roots) == 4
