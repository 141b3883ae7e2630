"""Hidden counts stay hidden: brute force over every table that fits what was published."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.disclosure import (
    EVERYWHERE,
    TOTAL,
    Protection,
    cells_of,
    protect,
    published_values,
    small_count,
)
from jiandi.core.values import Refused

SHOW_ZEROS = Protection(hide_zeros=False)


def totals_of(counts, parents):
    """Every cell of a table by plain addition."""
    cells = {}
    for (place, category), count in counts.items():
        line = [place]
        while line[-1] in parents or line[-1] != EVERYWHERE and not parents:
            line.append(parents.get(line[-1], EVERYWHERE))
        for above in line:
            for kind in (category, TOTAL):
                cells[above, kind] = cells.get((above, kind), 0) + count
    return cells


def candidates(cell, one, true, protection, top):
    """What a reader thinks possible for one lowest count."""
    if one.standing == "shown":
        return [one.value]
    if one.standing == "small":
        return range(0 if protection.hide_zeros else 1, protection.threshold)
    return range(protection.threshold, top + 1)


def fits(cells, published, protection):
    for cell, one in published.items():
        value = cells[cell]
        if one.standing == "shown" and value != one.value:
            return False
        if one.standing == "small" and not (not protection.hide_zeros) <= value < protection.threshold:
            return False
        if one.standing == "withheld" and value < protection.threshold:
            return False
    return True


def computable(counts, published, parents, protection):
    """The hidden cells that have the same value in every table a reader could have before them."""
    top = max(counts.values()) + 4
    ranges = [candidates(cell, published[cell], count, protection, top) for cell, count in counts.items()]
    seen = {
        cell: set() for cell, one in published.items() if one.value is None and one.standing != "unpublished"
    }
    for values in product(*ranges):
        cells = totals_of(dict(zip(counts, values, strict=True)), parents)
        if fits(cells, published, protection):
            for cell, found in seen.items():
                found.add(cells[cell])
    return [cell for cell, found in seen.items() if len(found) < 2]


def table_of(values, width):
    return {(f"v{n // width}", f"c{n % width}"): value for n, value in enumerate(values)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4), st.booleans())
def test_no_hidden_count_can_be_computed_two_by_two(values, hide_zeros):
    counts, protection = table_of(values, 2), Protection(hide_zeros=hide_zeros)
    try:
        published = protect(counts, protection=protection)
    except Refused:
        return

    assert computable(counts, published, {}, protection) == []


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, 4, 5, 6, 9]), min_size=6, max_size=6))
def test_no_hidden_count_can_be_computed_three_by_two(values):
    counts = table_of(values, 2)

    assert computable(counts, protect(counts), {}, Protection()) == []


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 3, 4, 6, 8]), min_size=6, max_size=6), st.booleans())
def test_no_hidden_count_can_be_computed_by_subtracting_levels(values, totals):
    parents = {"v0": "t0", "v1": "t0", "v2": "t1", "t0": "county", "t1": "county"}
    counts, protection = table_of(values, 2), Protection(category_totals=totals)

    published = protect(counts, parents=parents, protection=protection)

    assert computable(counts, published, parents, protection) == []
    assert ("t0", "c1") in published and ("county", "c0") in published


def test_a_small_count_is_not_left_alone_in_its_row_and_column():
    counts = table_of([3, 40, 50, 60, 70, 80, 90, 20, 30], 3)

    published = protect(counts)

    assert published["v0", "c0"].standing == "small"
    assert published["v0", "c0"].text.en == "fewer than 5" and published["v0", "c0"].text.zh == "少于5"
    withheld = [cell for cell, one in published.items() if one.standing == "withheld"]
    assert len(withheld) == 3
    assert published[EVERYWHERE, TOTAL].value == sum(counts.values())


def test_two_counts_that_can_only_be_four_and_four_are_not_left_to_be_added_up():
    published = protect(table_of([4, 4, 50, 60], 2))

    assert published["v0", TOTAL].value is None or any(published["v1", c].value is None for c in ("c0", "c1"))


def test_nothing_is_hidden_or_rounded_where_nothing_is_small():
    counts = table_of([13, 27, 8, 5], 2)

    assert published_values(protect(counts)) == totals_of(counts, {})


def test_a_small_change_since_the_last_bulletin_is_not_shown():
    before = table_of([20, 31, 17, 44], 2)
    after = {**before, ("v0", "c0"): 22}
    shown = published_values(protect(before))

    published = protect(after, previous=shown)

    for cell, was in shown.items():
        now = published[cell].value
        assert now is None or now == was
    assert published["v0", "c0"].standing == "withheld"


def test_a_large_change_is_shown():
    before = table_of([20, 31, 17, 44], 2)

    published = protect({**before, ("v0", "c0"): 60}, previous=published_values(protect(before)))

    assert published["v0", "c0"].value == 60


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(5, 9), min_size=4, max_size=4), st.lists(st.integers(0, 6), min_size=4, max_size=4)
)
def test_no_small_change_can_be_computed_from_two_bulletins(values, changes):
    before = table_of(values, 2)
    after = table_of([v + c for v, c in zip(values, changes, strict=True)], 2)
    shown = published_values(protect(before))

    try:
        published = protect(after, previous=shown)
    except Refused:
        return

    exposed = computable(after, published, {}, Protection())
    truth = totals_of(after, {})
    assert [cell for cell in exposed if cell in shown and 0 < abs(truth[cell] - shown[cell]) < 5] == []


def test_zeros_are_shown_when_asked():
    counts = table_of([0, 40, 50, 60], 2)

    assert protect(counts, protection=SHOW_ZEROS)["v0", "c0"].value == 0
    assert protect(counts)["v0", "c0"].value is None


def test_a_table_that_cannot_be_protected_is_refused():
    with pytest.raises(Refused, match="cannot_protect"):
        protect({("v0", "c0"): 1, ("v1", "c0"): 0}, protection=Protection(threshold=2, hide_zeros=False))


def test_a_table_needs_one_tree_of_places():
    for parents in ({"v0": "v1"}, {"v0": "a", "v1": "b"}, {"v0": "a", "a": "v0"}):
        with pytest.raises(Refused, match="disclosure"):
            protect(table_of([9, 9, 9, 9], 2), parents=parents)


def test_single_counts_and_printing_order():
    assert small_count(3).value is None
    assert small_count(0, protection=SHOW_ZEROS).value == 0
    assert small_count(1_234).text.en == "1,234"
    assert cells_of(["v0"], ["a"]) == [("v0", "a"), ("v0", TOTAL), (EVERYWHERE, "a"), (EVERYWHERE, TOTAL)]


def test_a_county_of_villages_is_protected_in_reasonable_time():
    parents = {f"v{n}": f"t{n % 6}" for n in range(60)} | {f"t{n}": "county" for n in range(6)}
    counts = {(f"v{n}", f"c{m}"): (n * 7 + m * 13) % 23 for n in range(60) for m in range(8)}

    published = protect(counts, parents=parents)

    assert sum(one.value is not None for one in published.values()) > len(published) // 3
