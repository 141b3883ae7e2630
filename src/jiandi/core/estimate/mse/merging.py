"""Making fewer lists of many, in two ways: what differs between them is how much the choice of merging matters."""

from __future__ import annotations

from itertools import combinations

from jiandi.core.estimate.mse.tables import PatternTable, at_least, merge_lists


def mergings(table: PatternTable, most: int) -> tuple[PatternTable, ...]:
    """Merge lists until at most `most` are left: the two smallest each time, and the two most alike each time.

    Alike: the share of the smaller list that is also on the other. The table itself where it is small enough.
    """
    by_size = by_likeness = table
    while by_size.width > most:
        by_size = merge_lists(by_size, *_two_smallest(by_size))
    while by_likeness.width > most:
        by_likeness = merge_lists(by_likeness, *_two_most_alike(by_likeness))
    return (by_size,) if set(by_size.lists) == set(by_likeness.lists) else (by_size, by_likeness)


def _two_smallest(table: PatternTable) -> tuple[str, str]:
    sizes = table.sizes()
    first, second = sorted(table.lists, key=lambda name: (sizes[name], name))[:2]
    return first, second


def _two_most_alike(table: PatternTable) -> tuple[str, str]:
    together = at_least(table.array)

    def likeness(pair: tuple[int, int]) -> float:
        one, other = (1 << place for place in pair)
        return float(together[one | other] / max(1.0, min(together[one], together[other])))

    one, other = max(combinations(range(table.width), 2), key=likeness)
    return table.lists[one], table.lists[other]
