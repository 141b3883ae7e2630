"""Coverage shows both parts of its denominator."""

import numpy as np
import pytest

from jiandi.core.estimate.coverage import Coverage, add_coverage, compare_coverage, count_coverage


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
