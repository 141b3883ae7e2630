"""The oldest leads read as in the textbook, and miss where they are known to miss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.estimate.mse.chao import chao_lead, chao_lower_bound, chapman_estimate, chapman_leads
from tests.core.estimate.mse import published


@pytest.mark.parametrize(
    ("seen", "once", "twice", "lists", "told"),
    [
        (271, 187, 56, 3, (479, 410, 584)),  # hepatitis A, Chao et al. 2001
        (76, 43, 16, 18, (131, 101, 196)),  # cottontail rabbits, Edwards and Eberhardt 1967; 135 in truth
    ],
)
def test_it_gives_the_published_lower_bounds(seen, once, twice, lists, told):
    lead = chao_lower_bound(seen, once, twice, lists=lists)

    assert (lead.estimate, lead.low, lead.high) == pytest.approx(told, abs=0.6)


def test_it_misses_the_truth_of_the_golf_tees():
    lead = chao_lead(published.GOLF_TEES)

    assert (lead.estimate, lead.low, lead.high) == pytest.approx((195, 178, 231), abs=1)
    assert lead.high < published.GOLF_TEES_TRUTH


def test_chapman_reads_as_in_the_textbook():
    lead = chapman_estimate(200, 150, 30)

    assert lead.estimate == pytest.approx(201 * 151 / 31 - 1)
    assert lead.seen == 320 <= lead.low < lead.estimate < lead.high
    assert len(chapman_leads(published.HEPATITIS)) == 3


@given(st.integers(0, 500), st.integers(0, 200), st.integers(0, 500), st.integers(2, 9))
def test_a_lower_bound_never_says_fewer_than_were_seen(once, twice, more, lists):
    lead = chao_lower_bound(once + twice + more, once, twice, lists=lists)

    assert lead.seen <= lead.low <= lead.estimate <= lead.high
