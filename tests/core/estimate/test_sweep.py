"""The blind sweep: formulas by hand, intervals that hold where overlaps of lists fail, and what it must not say."""

import numpy as np
import pytest

from jiandi.core.estimate.samples import ProbabilitySample, TargetedSample
from jiandi.core.estimate.sweep import (
    SweptArea,
    detection_bound,
    erroneous_sentence,
    ratio,
    sweep_result,
    sweep_sentence,
)
from jiandi.core.values import Refused
from tests.core.estimate.sweep_worlds import WORLDS, sweep_once

HEX = "ab" * 32


def lottery(areas, of=80):
    return ProbabilitySample("S1", HEX, HEX, of, areas, (areas,))


def swept(*counts):
    return [SweptArea(f"A{number}", *numbers) for number, numbers in enumerate(counts)]


def test_it_agrees_with_the_formula_by_hand():
    """Five areas of ten: 45 of 50 on lists. Variance by Cochran 6.3; t with four degrees of freedom, log-odds."""
    part, whole = np.array([9.0, 10, 8, 10, 8]), np.array([10.0, 10, 10, 10, 10])
    share = ratio(part, whole, left=0.5)

    off = part - 0.9 * whole
    error = np.sqrt(0.5 * (off @ off) / 4 / 5) / 10
    half = 2.7764451 * error / (0.9 * 0.1)
    centre = np.log(9)
    assert share.value == pytest.approx(0.9)
    assert share.low == pytest.approx(min(1 / (1 + np.exp(half - centre)), 0.78186), abs=1e-4)
    assert share.high == pytest.approx(max(1 / (1 + np.exp(-half - centre)), 0.96672), abs=1e-4)


def test_a_sweep_without_a_miss_proves_no_completeness():
    result = sweep_result(lottery(20), swept(*[(25, 25, 26, 1)] * 20))

    assert result.coverage.value == 1.0 and result.coverage.low < 1.0
    assert (result.swept_with_misses, result.areas_with_misses) == (0, 9)
    said = sweep_sentence(result)
    assert "equally well" in said.en and "同样容易" in said.zh
    assert "nobody" not in said.en and "100% covered" not in said.en


@pytest.mark.parametrize(("swept_clean", "at_most"), [(59, 13), (100, 7)])
def test_it_certifies_areas_with_any_miss_exactly(swept_clean, at_most):
    """300 areas: 59 clean leave at most 13 with a miss, 100 at most 7."""
    result = sweep_result(lottery(swept_clean, of=300), swept(*[(5, 5)] * swept_clean))

    assert result.areas_with_misses == at_most


def test_it_keeps_omissions_and_erroneous_listings_apart():
    """Net error nought, gross error ten percent both ways."""
    result = sweep_result(lottery(20), swept(*[(20, 18, 20, 2, 1)] * 20))

    assert result.on_no_list == result.erroneous_found == 40
    assert result.coverage.value == pytest.approx(0.9) and result.erroneous.value == pytest.approx(0.1)
    assert result.erroneous_if_unresolved.value == pytest.approx(0.15)
    assert "40 do not live there and 20 could not be settled" in erroneous_sentence(result).en
    assert "no erroneous" in erroneous_sentence(sweep_result(lottery(5), swept(*[(9, 8)] * 5))).en


def test_it_prints_what_a_blind_spot_would_hide():
    """If unlisted people are found only 3 times in 10 as often, one in ten unlisted found means one in four."""
    result = sweep_result(lottery(20), swept(*[(20, 18)] * 20))
    rows = {row.relative: row.coverage for row in result.bias}

    assert rows[1.0] == result.coverage
    assert rows[0.3].value == pytest.approx(0.9 / (0.9 + 0.1 / 0.3))
    assert all(
        a.coverage.value > b.coverage.value for a, b in zip(result.bias, result.bias[1:], strict=False)
    )


@pytest.mark.parametrize(("cases", "least"), [(29, 0.90), (59, 0.95)])
def test_seeded_cases_bound_how_well_it_finds(cases, least):
    assert detection_bound(cases, cases) == pytest.approx(least, abs=0.002)
    assert detection_bound(cases, cases - 3) < detection_bound(cases, cases)
    assert detection_bound(5, 0) == 0.0


@pytest.mark.parametrize("name", WORLDS)
def test_its_interval_holds_where_people_differ_in_visibility(name):
    """60 small counties each; 200 larger ones in benchmarks/sweeps.py."""
    runs = [sweep_once(WORLDS[name], np.random.default_rng(seed), people=1_200) for seed in range(60)]

    assert (
        sum(run.low <= run.truth <= run.high for run in runs) >= 51
    )  # binomial: 90 percent of 60, less two errors


def test_it_refuses_picked_missing_repeated_and_too_few_areas():
    areas = swept(*[(9, 8)] * 6)
    for sample, given, why in (
        (TargetedSample("2026-11-03", ("A1",)), areas, "not_drawn_by_lottery"),
        (lottery(7), areas, "sample_not_accounted"),
        (lottery(6), [*areas[:5], areas[0]], "sample_not_accounted"),
        (lottery(4), areas[:4], "few_areas"),
        (lottery(5), swept(*[(0, 0)] * 5), "sweep_empty"),
    ):
        with pytest.raises(Refused, match=why):
            sweep_result(sample, given)
    with pytest.raises(ValueError, match="do not add up"):
        SweptArea("A1", 3, 4)
