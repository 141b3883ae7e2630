"""Published counts from which nobody can be picked out, not by subtraction either.

Counts below the threshold are shown as "fewer than 5". Further counts are withheld until no hidden one can be computed
from row and column totals, from the level above, or from the last bulletin. Nothing is rounded.

A table of places (a tree) by categories with all its totals is a network: each count is an arc between two of the
equations "categories add up to the total" and "children add up to the parent". A hidden count can be computed exactly
when no cycle of hidden counts lets it go up or down by one within what a reader knows of them (Gusfield 1988, "A graph
theoretic approach to statistical data security"). Not covered: what a reader knows of individuals beforehand.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from jiandi.core.values import Refused, Text

#: The category that is the sum of all categories, and the place that is the sum of all places.
TOTAL = "*"
EVERYWHERE = "*"

#: Domain practice for small areas: suppress cells below five.
THRESHOLD = 5

Cell = tuple[str, str]  # (place, category)
Standing = Literal["shown", "small", "withheld", "unpublished"]
_Node = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """One count as it may be printed: the value, or why there is none."""

    value: int | None
    standing: Standing
    text: Text


@dataclass(frozen=True, slots=True)
class Protection:
    """How a table is protected: below which count, whether "fewer than" includes none, whether rows have totals."""

    threshold: int = THRESHOLD
    hide_zeros: bool = True
    category_totals: bool = True


def protect(
    counts: Mapping[Cell, int],
    *,
    parents: Mapping[str, str] | None = None,
    previous: Mapping[Cell, int] | None = None,
    protection: Protection | None = None,
) -> dict[Cell, Published]:
    """The counts of a table and all its totals as they may be published.

    `counts` holds the lowest places only, every place with every category (a missing one counts as 0); `parents`
    names each place's parent (none: all add up to EVERYWHERE). `previous` holds what earlier bulletins showed of
    the same cells: a change of 1 to threshold - 1 is hidden too. Refuses a table that cannot be protected.
    """
    table = _Table(counts, parents or {}, previous or {}, protection or Protection())
    for cell in sorted(table.hidden(), key=lambda c: (table.value[c], c)):
        table.cover(cell)
    if table.derivable():
        raise Refused("disclosure.cannot_protect", _CANNOT)
    return {cell: table.published(cell) for cell in table.value}


def published_values(published: Mapping[Cell, Published]) -> dict[Cell, int]:
    """What a bulletin showed, to be passed as `previous` for the next one."""
    return {cell: one.value for cell, one in published.items() if one.value is not None}


def protect_parts(
    parts: Mapping[str, int], *, total: str, protection: Protection | None = None
) -> dict[str, Published]:
    """The parts of one sum, and the sum under the name `total`, as they may stand in a sentence beside each other.

    The sum is taken as known even where the sentence does not say it: another sentence may.
    """
    cells = protect({("", name): count for name, count in parts.items()}, protection=protection)
    found = {name: cells["", name] for name in parts}
    return {**found, total: cells["", TOTAL]}


def small_count(count: int, *, protection: Protection | None = None) -> Published:
    """A single count outside any table, as it may be published."""
    rules = protection or Protection()
    if (count > 0 or rules.hide_zeros) and count < rules.threshold:
        return Published(None, "small", _SMALL.filled(t=rules.threshold))
    return Published(count, "shown", Text(zh=f"{count:,}", en=f"{count:,}"))


class _Table:
    """All cells of a table with totals, what is hidden, and the network that ties them together."""

    def __init__(
        self,
        counts: Mapping[Cell, int],
        parents: Mapping[str, str],
        previous: Mapping[Cell, int],
        rules: Protection,
    ) -> None:
        self.rules = rules
        self.leaves = frozenset(place for place, _ in counts)
        self.parents = {**{leaf: EVERYWHERE for leaf in self.leaves if leaf not in parents}, **parents}
        self._check_tree()
        self.value = self._totals(counts)
        self.arcs = {cell: self._arc(cell) for cell in self.value}
        self.touching: dict[_Node, list[Cell]] = {}  # the cells that stand in each equation
        for cell, ends in self.arcs.items():
            for end in ends:
                self.touching.setdefault(end, []).append(cell)
        self.known: dict[
            Cell, tuple[int, float]
        ] = {}  # what a reader knows of a hidden count: lowest, highest
        self.standing: dict[Cell, Standing] = dict.fromkeys(self.value, "shown")
        for cell in self.value:
            self._hide_if_small(cell, previous)

    def hidden(self) -> list[Cell]:
        """The cells that are not shown but belong to the published table."""
        return [cell for cell, standing in self.standing.items() if standing in ("small", "withheld")]

    def derivable(self) -> list[Cell]:
        """The hidden counts a reader could compute from what is published."""
        return [cell for cell in self.hidden() if not self.can_move(cell)]

    def published(self, cell: Cell) -> Published:
        """A cell as it may be printed."""
        standing, value = self.standing[cell], self.value[cell]
        if standing == "shown":
            return Published(value, standing, Text(zh=f"{value:,}", en=f"{value:,}"))
        text = _SMALL.filled(t=self.rules.threshold) if standing == "small" else _WITHHELD
        return Published(None, standing, text if standing != "unpublished" else Text(zh="", en=""))

    def can_move(self, cell: Cell) -> bool:
        """Whether a hidden count could be one more or one less and everything published still hold."""
        return any(self._cycle(cell, step, may_hide=False) is not None for step in (1, -1))

    def cover(self, cell: Cell) -> None:
        """Withhold the cheapest further counts that keep a hidden one from being computed."""
        if self.can_move(cell):
            return
        cycles = [cycle for step in (1, -1) if (cycle := self._cycle(cell, step, may_hide=True)) is not None]
        if cycles:
            for other in min(cycles)[1]:
                if self.standing[other] == "shown":
                    self._hide(other, "withheld", self.rules.threshold, math.inf)

    def _hide(self, cell: Cell, standing: Standing, low: int, high: float) -> None:
        self.standing[cell] = standing
        self.known[cell] = (low, high)

    def _hide_if_small(self, cell: Cell, previous: Mapping[Cell, int]) -> None:
        value, threshold = self.value[cell], self.rules.threshold
        if cell[1] == TOTAL and not self.rules.category_totals:
            self._hide(cell, "unpublished", 0, math.inf)
        elif value < threshold and (value > 0 or self.rules.hide_zeros):
            self._hide(cell, "small", 0 if self.rules.hide_zeros else 1, threshold - 1)
        elif cell in previous and 0 < abs(value - previous[cell]) < threshold:
            low = max(threshold, previous[cell] - threshold + 1)
            self._hide(cell, "withheld", low, previous[cell] + threshold - 1)

    def _cycle(self, cell: Cell, step: int, *, may_hide: bool) -> tuple[float, list[Cell]] | None:
        """The cheapest further cells that take up a change of one hidden count by `step`, and their cost."""
        if not self._may_change(cell, step):
            return None
        tail, head = self.arcs[cell]
        start, goal = (head, tail) if step > 0 else (tail, head)
        best: dict[_Node, float] = {start: 0.0}
        queue: list[tuple[float, _Node, list[Cell]]] = [(0.0, start, [])]
        while queue:
            cost, node, path = heapq.heappop(queue)
            if node == goal:
                return cost, path
            for other, reached, price in self._steps(node, cell, may_hide):
                if cost + price < best.get(reached, math.inf):
                    best[reached] = cost + price
                    heapq.heappush(queue, (cost + price, reached, [*path, other]))
        return None

    def _steps(self, node: _Node, moved: Cell, may_hide: bool) -> Iterator[tuple[Cell, _Node, float]]:
        """The counts that can pass a change on from one equation to the next, and what hiding them costs."""
        for other in self.touching[node]:
            tail, head = self.arcs[other]
            step = 1 if tail == node else -1
            if other == moved or not (may_hide or self.standing[other] != "shown"):
                continue
            if self._may_change(other, step):
                price = 1.0 + math.log1p(self.value[other]) if self.standing[other] == "shown" else 1e-3
                yield other, head if step > 0 else tail, price

    def _may_change(self, cell: Cell, step: int) -> bool:
        value = self.value[cell]
        if self.standing[cell] == "shown":  # could become withheld, known to be at least the threshold
            return value >= self.rules.threshold and value + step >= self.rules.threshold
        low, high = self.known[cell]
        return low <= value + step <= high

    def _arc(self, cell: Cell) -> tuple[_Node, _Node]:
        """The two equations a count stands in, as the ends of an arc: raising it is one unit along the arc."""
        place, category = cell
        is_leaf = place in self.leaves
        below: _Node = ("categories", place, "") if is_leaf else ("places", place, category)
        parent = self.parents.get(place)
        above: _Node = ("places", parent, category) if parent is not None else ("categories", place, "")
        return (below, above) if category != TOTAL else (above, below)

    def _totals(self, counts: Mapping[Cell, int]) -> dict[Cell, int]:
        categories = sorted({category for _, category in counts})
        value: dict[Cell, int] = {}
        for leaf in self.leaves:
            for category in categories:
                count = counts.get((leaf, category), 0)
                for place in self._upwards(leaf):
                    for kind in (category, TOTAL):
                        value[place, kind] = value.get((place, kind), 0) + count
        return value

    def _upwards(self, place: str | None) -> Iterator[str]:
        while place is not None:
            yield place
            place = self.parents.get(place)

    def _check_tree(self) -> None:
        tops = set()
        for leaf in self.leaves:
            line = self._line_of(leaf)
            tops.add(line[-1])
            if not self.leaves.isdisjoint(line[1:]):
                raise Refused("disclosure.place_counted_twice", _TWICE.filled(place=leaf))
        if len(tops) > 1:
            raise Refused("disclosure.several_tops", _SEVERAL_TOPS)

    def _line_of(self, leaf: str) -> list[str]:
        line: list[str] = []
        for place in self._upwards(leaf):
            if place in line:
                raise Refused("disclosure.place_counted_twice", _TWICE.filled(place=leaf))
            line.append(place)
        return line


def cells_of(places: Iterable[str], categories: Iterable[str]) -> list[Cell]:
    """Every cell of a table with its totals, in printing order: categories then the total, everywhere last."""
    columns = [*categories, TOTAL]
    return [(place, column) for place in [*places, EVERYWHERE] for column in columns]


_SMALL = Text(zh="少于{t}", en="fewer than {t}")
_WITHHELD = Text(zh="为保护个人不公布", en="withheld to protect individuals")
_CANNOT = Text(
    zh="此表无法在不泄露个人的情况下公布。请合并类别,或只公布上一级的数字。",
    en="This table cannot be published without giving individuals away. Merge categories or publish the level above.",
)
_TWICE = Text(
    zh="{place}的上级关系重复或成环,数目会被重复计算。请只给出最低一级的数字。",
    en="{place} lies below another counted place, or in a circle. Give counts of the lowest places only.",
)
_SEVERAL_TOPS = Text(
    zh="各地没有共同的最高一级。请给出共同的上级。",
    en="The places do not add up to one top place. Name their common parent.",
)
