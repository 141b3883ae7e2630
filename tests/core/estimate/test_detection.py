"""What known cases prove of those who look: exact, one-sided, and never in the place of the plain figure."""

from __future__ import annotations

import pytest

from jiandi.core.estimate.bounds import upper_bound
from jiandi.core.estimate.detection import (
    Detection,
    imperfect_bound,
    imperfect_sentence,
    known_row,
    known_sentence,
)
from jiandi.core.estimate.looks import design_looks, plan_bound
from jiandi.core.estimate.samples import ProbabilitySample
from jiandi.core.estimate.sweep import SweptArea, sweep_result

PLAN = design_looks(frame_size=5_000, limit=0.01)


@pytest.mark.parametrize("cases", [1, 5, 29, 59])
def test_all_found_gives_the_published_bound(cases):
    assert Detection(cases, cases).least == pytest.approx(0.05 ** (1 / cases))


def test_one_that_could_not_be_settled_counts_as_overlooked():
    assert Detection(10, 9, 1).least == Detection(10, 9).least < Detection(10, 10).least


@pytest.mark.parametrize("counts", [(3, 4, 0), (3, 2, 2), (-1, 0, 0), (3, 4, -1)])
def test_it_refuses_counts_that_do_not_add_up(counts):
    with pytest.raises(ValueError, match="add up"):
        Detection(*counts)


def test_imperfect_inspectors_widen_the_bound_and_nothing_else():
    sharp, dull = Detection(300, 300), Detection(300, 150)
    plain = plan_bound(PLAN, 0, 0)
    bounds = [imperfect_bound(PLAN, 0, 0, shown) for shown in (sharp, dull)]

    assert plain < bounds[0] < bounds[1]
    alone = upper_bound(
        frame_size=5_000, checked=PLAN.looks[0].checked, found=0, alpha=0.05 / len(PLAN.looks), detection=dull.least
    )  # fmt: skip
    assert bounds[1] == alone
    said = imperfect_sentence(PLAN, bounds[1], dull)
    assert "does not replace" in said.en and "90%" in said.en and "并列" in said.zh


def test_nobody_noticed_proves_nothing():
    none = Detection(4, 0)

    assert none.least == 0.0 and imperfect_bound(PLAN, 0, 0, none) is None
    assert "No bound" in imperfect_sentence(PLAN, None, none).en


def test_a_sweep_gains_one_line_from_known_cases():
    sample = ProbabilitySample("s", "a" * 64, "b" * 64, 40, 8, (8,))
    result = sweep_result(sample, [SweptArea(str(n), 50, 48 if n < 4 else 50) for n in range(8)])
    row = known_row(result, Detection(29, 29))

    assert row.relative == pytest.approx(0.9, abs=0.002)
    assert result.bias[1].coverage.value < row.coverage.value < result.bias[0].coverage.value
    assert known_row(result, Detection(3, 0)) is None
    assert "29 were found" in known_sentence(row, Detection(29, 29)).en
    assert "Nothing further" in known_sentence(None, Detection(3, 0)).en
