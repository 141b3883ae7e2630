"""Leads say where to look and refuse when lists are few; coverage shows both parts of its denominator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.estimate.coverage import Coverage, add_coverage, compare_coverage, count_coverage
from jiandi.core.estimate.overlap import (
    ListInfo,
    chao_lower_bound,
    chapman_estimate,
    suggest_leads,
)

# Hepatitis A outbreak, Taiwan 1995 (Chao et al. 2001): serum test, hospital, questionnaire lists; 271 seen of ~545.
HEPATITIS = {
    (True, False, False): 69,
    (False, True, False): 55,
    (True, True, False): 21,
    (False, False, True): 63,
    (True, False, True): 17,
    (False, True, True): 18,
    (True, True, True): 28,
}
LISTS = [ListInfo("serum", True), ListInfo("hospital", True), ListInfo("questionnaire", True)]


@pytest.mark.parametrize(
    ("seen", "once", "twice", "lists", "published"),
    [
        (271, 187, 56, 3, (479, 410, 584)),
        (76, 43, 16, 18, (131, 101, 196)),  # cottontail rabbits, Edwards and Eberhardt 1967; 135 in truth
    ],
)
def test_it_gives_the_published_lower_bounds(seen, once, twice, lists, published):
    lead = chao_lower_bound(seen, once, twice, lists=lists)

    assert (lead.estimate, lead.low, lead.high) == pytest.approx(published, abs=0.6)


def test_it_misses_the_truth_of_the_golf_tees_and_so_is_called_a_lead():
    # 250 golf tees, 8 observers, 162 seen: 46 by one, 28 by two (Borchers, Buckland and Zucchini 2002).
    lead = chao_lower_bound(162, 46, 28, lists=8)

    assert (lead.estimate, lead.low, lead.high) == pytest.approx((195, 178, 231), abs=1)
    assert lead.high < 250


def test_chapman_reads_as_in_the_textbook():
    lead = chapman_estimate(200, 150, 30)

    assert lead.estimate == pytest.approx(201 * 151 / 31 - 1)
    assert lead.seen == 320 <= lead.low < lead.estimate < lead.high


def test_it_suggests_a_lead_from_three_lists_and_says_it_is_no_certificate():
    leads = suggest_leads(LISTS, HEPATITIS)

    assert (leads.seen, leads.qualifying_lists, leads.overlaps) == (271, 3, 84)
    assert leads.chao.unseen == pytest.approx(208, abs=1)
    assert len(leads.chapman) == 3
    assert "not a certificate" in leads.text.en and "不是证书" in leads.text.zh


@pytest.mark.parametrize(
    ("lists", "patterns"),
    [
        (LISTS[:2], {(True, False): 500, (False, True): 500, (True, True): 300}),
        ([*LISTS[:2], ListInfo("visits drawn from the roster", False)], HEPATITIS),
        (LISTS, {pattern: min(count, 7) for pattern, count in HEPATITIS.items()}),
        (LISTS, {}),
    ],
)
def test_it_refuses_a_number_when_lists_or_overlaps_are_too_few(lists, patterns):
    leads = suggest_leads(lists, patterns)

    assert leads.chao is None and leads.chapman == ()
    assert "No estimate" in leads.text.en and "不作估计" in leads.text.zh


def test_a_list_that_does_not_qualify_is_dropped_with_those_known_only_from_it():
    wider = {(*pattern, False): count for pattern, count in HEPATITIS.items()} | {
        (False, False, False, True): 99
    }

    assert suggest_leads([*LISTS, ListInfo("referred", False)], wider) == suggest_leads(LISTS, HEPATITIS)


@given(st.integers(0, 500), st.integers(0, 200), st.integers(0, 500), st.integers(2, 9))
def test_a_lower_bound_never_says_fewer_than_were_seen(once, twice, more, lists):
    lead = chao_lower_bound(once + twice + more, once, twice, lists=lists)

    assert lead.seen <= lead.low <= lead.estimate <= lead.high


def test_it_counts_coverage_by_place_with_both_parts_of_the_denominator():
    places = np.array(["v1", "v1", "v1", "v2", "v2"])
    yes, no = True, False

    one, two = count_coverage(
        places,
        listed=np.array([yes, yes, no, yes, yes]),
        seen=np.array([yes, no, yes, no, no]),
        seen_alone=np.array([no, no, yes, yes, no]),
        excused=np.array([yes, no, no, yes, no]),
    )

    assert one == Coverage("v1", listed=2, unlisted_found=1, seen=2, seen_alone=1, excused=0)
    assert (two.seen, two.seen_alone, two.excused, two.not_seen, two.percent) == (0, 0, 1, 1, "50.0%")
    whole = add_coverage("t", [one, two])
    assert (whole.denominator, whole.not_seen, whole.percent) == (5, 2, "60.0%")
    assert "found on no list" in whole.text().en and "名册外发现1人" in whole.text().zh


def test_a_rate_is_cut_down_and_never_rounded_up_to_all():
    nearly = Coverage("c", 100_000, 0, 99_999, 0, 0)

    assert nearly.percent == "99.9%"
    assert Coverage("c", 0, 0, 0, 0, 0).percent == "-"
    assert Coverage("c", 1_000, 0, 290, 0, 0).percent == "29.0%"


def test_people_found_on_no_list_lower_the_rate_and_are_good_news():
    before, after = Coverage("c", 100, 0, 95, 0, 0), Coverage("c", 100, 10, 100, 0, 0)

    said = compare_coverage(before, after)

    assert after.rate < before.rate
    assert "good news" in said.en and "好事" in said.zh
    assert "95.0%" in compare_coverage(before, before).en


def test_coverage_that_does_not_add_up_is_an_error():
    with pytest.raises(ValueError, match="does not add up"):
        Coverage("c", 10, 0, 8, 0, 3)
