"""Exact bounds: the published table, brute force over every outcome on small frames, and the words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest

from jiandi.core.estimate.bounds import n_required, upper_bound
from jiandi.core.estimate.certify import (
    certificate_sentence,
    certify_once,
    certify_plan,
    frame_sentence,
    village_sentence,
)
from jiandi.core.estimate.looks import Look, chance_of_passing, design_looks, plan_bound
from jiandi.core.estimate.samples import ProbabilitySample, Stratum, Tally, TargetedSample
from jiandi.core.estimate.strata import stratified_bound
from jiandi.core.values import Refused, Text

HEX = "ab" * 32

# (frame, limit): required re-visits with 0, 1, 2 false; with inspectors who find 90% and 80%. None = impossible.
REQUIRED = {
    (500, 0.001): (475, None, None, None, None),
    (500, 0.005): (316, 432, 492, 351, 395),
    (500, 0.01): (196, 290, 364, 218, 245),
    (5_000, 0.001): (1_965, 2_909, 3_643, 2_183, 2_456),
    (5_000, 0.005): (543, 848, 1_113, 604, 679),
    (5_000, 0.01): (284, 447, 590, 316, 356),
    (100_000, 0.001): (2_922, 4_609, 6_101, 3_246, 3_652),
    (100_000, 0.005): (595, 942, 1_250, 661, 744),
    (100_000, 0.01): (298, 472, 626, 331, 373),
}

PLANS = {
    (5_000, 0.005): [(630, 0), (1_031, 1), (1_379, 2), (1_619, 3)],
    (5_000, 0.01): [(331, 0), (547, 1), (738, 2), (871, 3)],
    (100_000, 0.005): [(696, 0), (1_162, 1), (1_578, 2), (1_866, 3)],
    (100_000, 0.01): [(348, 0), (582, 1), (790, 2), (935, 3)],
    (100_000, 0.001): [(3_411, 0), (5_672, 1), (7_680, 2), (9_067, 3)],
    (500, 0.01): [(221, 0), (334, 1), (414, 2), (459, 3)],
    (500, 0.005): [(344, 0), (465, 1), (499, 2)],
}


def lottery(frame_size, size, strata=()):
    return ProbabilitySample("2026-1", HEX, HEX, frame_size, size, (size,), strata)


def planned(plan, look):
    sizes = tuple(step.checked for step in plan.looks)
    return ProbabilitySample("2026-1", HEX, HEX, plan.frame_size, sizes[look], sizes)


@pytest.mark.parametrize(("frame", "row"), REQUIRED.items())
def test_it_requires_the_tabled_number_of_re_visits(frame, row):
    size, limit = frame
    clean = [n_required(frame_size=size, limit=limit, found=c) for c in (0, 1, 2)]
    overlooking = [n_required(frame_size=size, limit=limit, detection=s) for s in (0.9, 0.8)]

    assert (*clean, *overlooking) == row


def test_it_splits_the_error_when_two_things_are_certified():
    needed = [
        n_required(frame_size=n, limit=p, alpha=0.025)
        for n, p in ((5_000, 0.005), (5_000, 0.01), (100_000, 0.005), (100_000, 0.01), (100_000, 0.001))
    ]

    assert needed == [660, 348, 732, 366, 3_585]


def test_it_asks_for_half_a_village():
    assert [n_required(frame_size=300, limit=p) for p in (0.01, 0.02, 0.05)] == [158, 104, 50]
    assert n_required(frame_size=60, limit=0.05) == 31


@pytest.mark.parametrize(("frame", "percent"), [(100, 44), (500, 11), (5_000, 1.16), (100_000, 0.06)])
def test_it_shows_what_the_customary_five_percent_check_bounds(frame, percent):
    bound = upper_bound(frame_size=frame, checked=frame // 20, found=0)

    assert 100 * bound / frame == pytest.approx(percent, abs=0.5 if percent > 2 else 0.005)


def test_it_agrees_with_counting_every_outcome_on_small_frames():
    for size in range(1, 31):
        for checked in range(1, size + 1):
            for found in range(min(checked, 4) + 1):
                plausible = [
                    false
                    for false in range(found, size - (checked - found) + 1)
                    if Fraction(
                        sum(comb(false, k) * comb(size - false, checked - k) for k in range(found + 1)),
                        comb(size, checked),
                    )
                    > Fraction(1, 20)
                ]
                assert upper_bound(frame_size=size, checked=checked, found=found) == max(plausible)


def test_it_covers_the_truth_at_least_as_often_as_it_promises():
    for size, checked in ((12, 5), (20, 19), (30, 10)):
        for false in range(size + 1):
            covered = sum(
                Fraction(comb(false, k) * comb(size - false, checked - k), comb(size, checked))
                for k in range(max(0, checked - size + false), min(false, checked) + 1)
                if upper_bound(frame_size=size, checked=checked, found=k) >= false
            )
            assert covered >= Fraction(19, 20)


@pytest.mark.parametrize(("frame", "looks"), PLANS.items())
def test_it_designs_the_tabled_plans(frame, looks):
    plan = design_looks(frame_size=frame[0], limit=frame[1])

    assert [(look.checked, look.accept) for look in plan.looks] == looks


def test_it_passes_a_plan_as_often_as_tabled():
    plan = design_looks(frame_size=5_000, limit=0.005)
    passes = [sum(chance_of_passing(plan.looks, frame_size=5_000, false=d)) for d in (0, 5, 10, 26)]

    assert passes == pytest.approx([1.0, 0.97, 0.66, 0.05], abs=0.005)
    assert passes[3] <= 0.05


def test_it_keeps_the_promise_of_a_plan_in_ten_thousand_simulated_rounds():
    plan = design_looks(frame_size=500, limit=0.01)
    dice = np.random.default_rng(7)
    false_certificates = 0
    for _ in range(10_000):
        order = np.cumsum(dice.permutation(500) < plan.allowed + 1)
        false_certificates += any(order[look.checked - 1] <= look.accept for look in plan.looks)

    assert false_certificates / 10_000 <= 0.05 + 3 * (0.05 * 0.95 / 10_000) ** 0.5


def test_it_bounds_after_a_plan_at_most_what_the_plan_certifies():
    plan = design_looks(frame_size=5_000, limit=0.005)

    bounds = [plan_bound(plan, k, look.accept) for k, look in enumerate(plan.looks)]

    assert max(bounds) <= plan.allowed
    assert plan_bound(plan, 3, 9) > plan.allowed


def test_it_covers_the_truth_whatever_the_look_a_small_plan_stops_at():
    plan = design_looks(frame_size=30, limit=0.2, spending=(0.03, 0.05))
    first, last = plan.looks
    for false in range(31):
        covered = 0.0
        for early in range(min(false, first.checked) + 1):
            ways = Fraction(
                comb(false, early) * comb(30 - false, first.checked - early), comb(30, first.checked)
            )
            if early <= first.accept:
                covered += float(ways) * (plan_bound(plan, 0, early) >= false)
                continue
            left, more = 30 - first.checked, last.checked - first.checked
            for late in range(min(false - early, more) + 1):
                chance = (
                    ways
                    * Fraction(
                        comb(false - early, late) * comb(left - false + early, more - late), comb(left, more)
                    )
                    if left - false + early >= more - late
                    else 0
                )
                covered += float(chance) * (plan_bound(plan, 1, early + late) >= false)
        assert covered >= 0.95 - 1e-9


def spread_evenly(total, parts):
    return [Stratum(str(h), 125, total // parts) for h in range(parts)]


def test_it_bounds_a_proportional_draw_like_a_simple_one():
    for found in (0, 1, 3):
        simple = upper_bound(frame_size=5_000, checked=320, found=found)

        assert abs(stratified_bound(spread_evenly(320, 40), found) - simple) <= 1


def test_it_bounds_nothing_when_villages_are_picked():
    picked = [Stratum(str(h), 125, 40 if h < 10 else 0) for h in range(40)]

    assert stratified_bound(picked, 0) > 3_750


def test_it_finds_the_worst_spread_by_enumeration():
    strata = [Stratum("a", 8, 4), Stratum("b", 6, 2), Stratum("c", 5, 3)]
    laws = [
        [
            [
                comb(d, k) * comb(s.frame_size - d, s.size - k) / comb(s.frame_size, s.size)
                if k <= s.size
                else 0.0
                for k in range(4)
            ]
            for d in range(s.frame_size + 1)
        ]
        for s in strata
    ]
    for found in range(4):
        worst = 0
        for spread in product(*(range(s.frame_size + 1) for s in strata)):
            total = np.array([1.0])
            for stratum, false in enumerate(spread):
                total = np.convolve(total, laws[stratum][false])
            if total[: found + 1].sum() > 0.05:
                worst = max(worst, sum(spread))
        assert stratified_bound(strata, found) == worst


def test_it_refuses_a_targeted_list():
    with pytest.raises(Refused, match="not_drawn_by_lottery"):
        certify_once(TargetedSample("2026-11-03", ("T1",)), Tally(0, 1))


def test_it_refuses_a_draw_nobody_could_check():
    with pytest.raises(Refused, match="unverifiable_draw"):
        ProbabilitySample("2026-1", "", HEX, 500, 60, (60,))


def test_it_refuses_a_sample_from_which_somebody_was_left_out():
    with pytest.raises(Refused, match="sample_not_accounted"):
        certify_once(lottery(500, 60), Tally(0, 58))


def test_checking_fifty_more_until_it_passes_breaks_the_promise():
    """26 false of 5,000, one more than the claim allows; the one-look bound is used again after every 50."""
    peeks = []
    for checked in range(50, 2_001, 50):
        passing = [x for x in range(8) if upper_bound(frame_size=5_000, checked=checked, found=x) <= 25]
        peeks += [Look(checked, passing[-1])] if passing else []

    assert sum(chance_of_passing(peeks, frame_size=5_000, false=26)) == pytest.approx(0.125, abs=0.0005)


def test_it_refuses_to_check_a_few_more_and_look_again():
    plan = design_looks(frame_size=500, limit=0.01)

    with pytest.raises(Refused, match="size_not_laid_down"):
        replace(planned(plan, 0), size=271)
    with pytest.raises(Refused, match="other_frame"):
        certify_plan(plan, lottery(500, 271), [Tally(1, 270)])
    with pytest.raises(Refused, match="look_size"):
        certify_plan(plan, planned(plan, 1), [Tally(1, 270), Tally(1, 333)])
    with pytest.raises(Refused, match="look_after_pass"):
        certify_plan(plan, planned(plan, 1), [Tally(0, 221), Tally(1, 333)])
    with pytest.raises(Refused, match="several_looks"):
        certify_once(planned(plan, 0), Tally(0, 221))


def test_it_counts_the_unresolved_as_false_and_prints_both_bounds():
    certificate = certify_once(
        lottery(5_000, 300), Tally(false_claims=1, true_claims=295, unresolved=3, excused=1)
    )

    assert certificate.bound == upper_bound(frame_size=5_000, checked=300, found=4)
    assert certificate.bound_if_unresolved_true == upper_bound(frame_size=5_000, checked=300, found=1)
    said = certificate_sentence(certificate)
    for sentence in (said.zh, said.en):
        assert "100%" not in sentence
        assert f"{certificate.per_10_000:,.1f}".removesuffix(".0") in sentence
        assert f"{certificate.per_10_000_if_unresolved_true:,.1f}".removesuffix(".0") in sentence


def test_it_says_when_a_plan_passes_goes_on_and_fails():
    plan = design_looks(frame_size=500, limit=0.005)
    history = [Tally(1, 343), Tally(2, 463), Tally(3, 496)]

    states = [certify_plan(plan, planned(plan, k), history[: k + 1]).state for k in range(3)]
    passed = certify_plan(plan, planned(plan, 0), [Tally(0, 344)])

    assert states == ["continue", "continue", "failed"]
    assert passed.state == "passed"
    assert passed.bound <= plan.allowed
    assert "50 per 10,000" in certificate_sentence(passed).en
    assert "nothing is stated" in certificate_sentence(certify_plan(plan, planned(plan, 0), history[:1])).en


def test_it_certifies_strata_and_names_the_frame():
    strata = (Stratum("990101101001", 300, 60), Stratum("990101101002", 200, 40))
    certificate = certify_once(lottery(500, 100, strata), Tally(0, 100))
    frame = frame_sentence(
        frame=Text(zh="住处清单", en="the list of dwellings"),
        frozen_on=date(2026, 11, 2),
        out_of_frame=[Text(zh="外出务工者", en="people away for work")],
    )

    assert certificate.bound == stratified_bound(strata, 0)
    assert "2026-11-02" in frame.zh and "out of frame: people away" in frame.en.lower()
    with pytest.raises(Refused, match="detection_with_strata"):
        certify_once(lottery(500, 100, strata), Tally(0, 100), detection=0.9)


def test_it_gives_a_village_its_own_bound_only():
    sentence = village_sentence(certify_once(lottery(300, 10), Tally(0, 10)))

    assert "25" in sentence.en and "does not inherit" in sentence.en


def test_it_plans_one_look_as_the_plain_bound():
    plan = design_looks(frame_size=5_000, limit=0.01, single_look=True)

    assert plan.looks == (Look(284, 0),)
    assert plan_bound(plan, 0, 0) == upper_bound(frame_size=5_000, checked=284, found=0)
