"""Which lists people stand on together: the commonest first, and small numbers that nobody can compute."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.overlaps import picture, withheld

A, B, C = "a", "b", "c"


def of(**counts: int) -> dict[frozenset[str], int]:
    """`of(ab=3)`: three people on exactly a and b."""
    return {frozenset(name): n for name, n in counts.items()}


def test_it_draws_the_largest_lists_and_the_commonest_combinations() -> None:
    drawn = picture(of(a=50, ab=20, b=5, c=1), most_lists=2, most_lines=2)

    assert drawn.lists == ((A, 70), (B, 25))
    assert [(sorted(line.lists), line.people) for line in drawn.lines] == [([A], 50), ([A, B], 20)]
    assert (drawn.others, drawn.others_count, drawn.total) == (6, 2, 76)


def test_it_draws_no_list_so_short_that_its_size_gives_somebody_away() -> None:
    drawn = picture(of(a=50, b=2), threshold=5)

    assert drawn.lists == ((A, 50),)


def test_it_draws_nothing_of_nobody() -> None:
    drawn = picture({})

    assert (drawn.lists, drawn.lines, drawn.total) == ((), (), 0)


def test_a_small_number_takes_another_with_it() -> None:
    # A's size is known: were only {a, b} hidden, it would be the rest.
    assert withheld(of(a=50, ab=3, c=40)) > {frozenset("ab")}


def test_three_small_numbers_that_two_lists_and_the_total_give_away_take_a_fourth() -> None:
    counts = of(a=2, b=3, ab=4, c=60, ac=70)

    hidden = withheld(counts)

    assert {frozenset("a"), frozenset("b"), frozenset("ab")} < hidden


def test_it_hides_nothing_where_nothing_is_small() -> None:
    assert withheld(of(a=50, ab=20, b=9)) == frozenset()


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.frozensets(st.sampled_from("abc"), min_size=1), st.integers(0, 7), min_size=1, max_size=6
    )
)
def test_what_is_withheld_has_more_than_one_value_unless_everything_is_withheld(
    counts: dict[frozenset[str], int],
) -> None:
    """The oracle tries every rational step: a hidden number is safe when a solution of the equations moves it."""
    hidden = sorted(withheld(counts, threshold=3), key=sorted)
    if not hidden or len(hidden) == len(counts):
        return
    names = sorted({name for one in counts for name in one})
    moves = [
        step
        for step in product((-2, -1, 0, 1, 2), repeat=len(hidden))
        if sum(step) == 0
        and all(sum(s for s, one in zip(step, hidden, strict=True) if n in one) == 0 for n in names)
    ]

    assert all(any(step[i] for step in moves) for i in range(len(hidden)))
