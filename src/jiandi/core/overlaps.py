"""Which lists people stand on together, as a picture: one line for each combination, the commonest first.

After Lex et al. 2014, "UpSet: Visualization of Intersecting Sets": beyond three sets circles cannot be read; a matrix of dots
beside bars can, on a phone too. Counts below a threshold may be withheld; further ones then are, until none can be computed
from the sizes of the lists and the total, which stay exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jiandi.core.disclosure import THRESHOLD

Combination = frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """People on exactly these lists; None where the number is withheld."""

    lists: Combination
    people: int | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The lists by size, the commonest combinations, and how many people all the other combinations hold (None: withheld)."""

    lists: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    others: int | None
    others_count: int
    total: int


def withheld(counts: Mapping[Combination, int], *, threshold: int = THRESHOLD) -> frozenset[Combination]:
    """The combinations whose numbers may not be shown: the small ones, and others until no hidden one can be computed.

    A reader knows the size of each list and the total: one equation each. A hidden number can be computed when its unit vector
    lies in the span of the equations over the hidden numbers; then the smallest shown one is hidden too.
    """
    hidden = {one for one, n in counts.items() if 0 < n < threshold}
    names = sorted({name for one in counts for name in one})
    waiting = sorted((one for one in counts if one not in hidden), key=lambda one: (counts[one], sorted(one)))
    while hidden and _can_compute(sorted(hidden, key=sorted), names) and waiting:
        hidden.add(waiting.pop(0))
    return frozenset(hidden)


def _can_compute(hidden: list[Combination], names: list[str]) -> bool:
    equations = np.array([[1.0] * len(hidden)] + [[float(name in one) for one in hidden] for name in names])
    # An unknown is determined exactly when every solution of the homogeneous system leaves it at nought.
    _, sizes, rows = np.linalg.svd(equations)
    rank = int((sizes > 1e-9).sum())
    free = rows[rank:]
    return bool((np.abs(free).max(axis=0, initial=0.0) < 1e-9).any())


def picture(
    counts: Mapping[Combination, int],
    *,
    most_lists: int = 8,
    most_lines: int = 12,
    threshold: int | None = None,
) -> Picture:
    """The picture of a table of combinations. Lists beyond the largest are not drawn: their combinations join the others.

    With a threshold, small numbers are withheld; the others' sum is given only where it could give nobody away.
    """
    sizes: dict[str, int] = {}
    for one, n in counts.items():
        for name in one:
            sizes[name] = sizes.get(name, 0) + n
    large = [item for item in sizes.items() if item[1] >= (threshold or 0)]
    lists = sorted(large, key=lambda item: (-item[1], item[0]))[:most_lists]
    drawn = {name for name, _ in lists}
    hidden = withheld(counts, threshold=threshold) if threshold else frozenset()
    order = sorted(counts, key=lambda one: (-counts[one], sorted(one)))
    shown = [one for one in order if one <= drawn and one not in hidden][:most_lines]
    rest = [one for one in order if one not in shown]
    others = sum(counts[one] for one in rest)
    return Picture(
        lists=tuple(lists),
        lines=tuple(Line(one, counts[one]) for one in shown),
        others=None if threshold and 0 < others < threshold else others,
        others_count=len(rest),
        total=sum(counts.values()),
    )
