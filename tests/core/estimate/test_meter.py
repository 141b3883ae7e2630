"""The live meter: the same answer as weighing every number of false claims, and a promise that survives peeking."""

import math

import numpy as np
import pytest
from scipy import stats

from jiandi.core.estimate.bounds import chance_drawn_false, upper_bound
from jiandi.core.estimate.meter import meter_bound, read_meter
from jiandi.core.estimate.samples import ProbabilitySample, Stratum, TargetedSample
from jiandi.core.values import Refused

HEX = "ab" * 32


def lottery(frame_size, size, **more):
    return ProbabilitySample("2026-1", HEX, HEX, frame_size, size, (size,), **more)


def weighed(frame_size, checked, found, limit, alpha=0.05):
    """The largest number of false claims whose prior is less than 1/alpha times its posterior, one by one."""
    every = np.arange(frame_size + 1)
    prior = stats.betabinom(frame_size, 1, 1 / limit).pmf(every)
    chance = np.array(
        [chance_drawn_false(np.array([found]), frame_size, int(false), checked)[0] for false in every]
    )
    posterior = prior * chance / (prior * chance).sum()
    return int(every[prior * alpha < posterior].max())


@pytest.mark.parametrize("frame_size", [1, 7, 30])
def test_it_agrees_with_weighing_every_number_of_false_claims(frame_size):
    for checked in range(1, frame_size + 1):
        for found in range(min(checked, 4) + 1):
            bound = meter_bound(frame_size=frame_size, checked=checked, found=found, limit=0.05)
            assert bound == weighed(frame_size, checked, found, 0.05)


def test_it_costs_more_than_one_look_and_less_than_a_flat_start():
    """Published comparison: 812 clean re-visits where one planned look takes 543 (5,000 claims, 0.5 percent)."""

    def needed(limit):
        return next(
            n for n in range(1, 5_000) if meter_bound(frame_size=5_000, checked=n, found=0, limit=limit) <= 25
        )

    assert needed(0.005) == 812
    assert needed(0.999) > 1_600
    assert upper_bound(frame_size=5_000, checked=543, found=0) <= 25


def test_more_tickets_help_and_more_false_claims_do_not():
    bounds = [
        [meter_bound(frame_size=200, checked=n, found=x, limit=0.02) for n in range(x, 201)] for x in range(5)
    ]

    assert all(np.diff(row[1:]).max() <= 0 for row in bounds)
    for fewer, more in zip(bounds, bounds[1:], strict=False):
        assert all(a <= b for a, b in zip(fewer[1:], more, strict=True))


def test_whoever_stops_at_the_best_moment_is_seldom_wrong():
    """3,000 lotteries of a frame one false claim too many, each read after every ticket: at most 5 percent mislead."""
    dice = np.random.default_rng(7)
    frame_size, false = 300, 10
    limit = (false - 1) / frame_size
    passing = np.full(false + 1, frame_size + 1)  # tickets needed to show the claim with so many found
    for found in range(false):
        for checked in range(max(1, found), frame_size + 1):
            if (
                meter_bound(frame_size=frame_size, checked=checked, found=found, limit=limit) <= limit * 300
                and passing[found] > checked
            ):
                passing[found] = checked
                break
    wrong = 0
    for _ in range(3_000):
        places = np.sort(dice.permutation(frame_size)[:false]) + 1
        # With `found` false claims met, the next lies at places[found]: misled if the claim shows before it.
        wrong += any(passing[found] < places[found] for found in range(false))
    assert wrong / 3_000 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 3_000)
    assert wrong / 3_000 < 0.05


def test_it_reads_in_the_lottery_s_order_and_counts_who_is_out_as_false():
    clean, out = [False] * 400, [False] * 300 + [True] * 100
    reading, later = (
        read_meter(lottery(5_000, 400), clean, limit=0.01),
        read_meter(lottery(5_000, 400), out, limit=0.01),
    )

    assert reading.bound == meter_bound(frame_size=5_000, checked=400, found=0, limit=0.01)
    assert later.bound == meter_bound(frame_size=5_000, checked=300, found=0, limit=0.01)
    assert (later.counted_false, later.read) == (100, 400)
    assert "not a certificate" in later.text().en and "不是凭证" in later.text().zh


def test_it_refuses_what_is_no_whole_simple_lottery():
    with pytest.raises(Refused, match="not_drawn_by_lottery"):
        read_meter(TargetedSample("2026-11-03", ("T1",)), [False], limit=0.01)
    with pytest.raises(Refused, match="not_drawn_by_lottery"):
        read_meter(lottery(10, 2, strata=(Stratum("v", 10, 2),)), [False, False], limit=0.01)
    with pytest.raises(Refused, match="sample_not_accounted"):
        read_meter(lottery(500, 60), [False] * 59, limit=0.01)
