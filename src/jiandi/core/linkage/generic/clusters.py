"""From pairs to people: a group grows only where most pairs across the seam agree, so that one bad pair joins nobody.

Plain chains (connected components) let one wrong pair merge two whole people. Here two groups join at a strong pair, best
pairs first, only if at least half of all pairs between them agree, and never across two rows that must stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable

Edge = tuple[int, int, float]


class Groups:
    """Rows in growing groups; each group knows how many pairs speak for joining each neighbour."""

    def __init__(self, agreeing: Iterable[tuple[int, int]], apart: Iterable[tuple[int, int]]) -> None:
        self.root: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.agree: dict[int, dict[int, int]] = {}
        self.apart: dict[int, set[int]] = {}
        self.lists: dict[int, set[int]] = {}
        for a, b in agreeing:
            for one, other in ((a, b), (b, a)):
                near = self.agree.setdefault(one, {})
                near[other] = near.get(other, 0) + 1
        for a, b in apart:
            self.apart.setdefault(a, set()).add(b)
            self.apart.setdefault(b, set()).add(a)

    def find(self, row: int) -> int:
        """Return the row that stands for the group a row is in."""
        while self.root.get(row, row) != row:
            self.root[row] = self.root.get(self.root[row], self.root[row])
            row = self.root[row]
        return row

    def size(self, group: int) -> int:
        """Return how many rows a group has."""
        return len(self.members.get(group, (group,)))

    def may_join(self, a: int, b: int) -> bool:
        """Answer whether most pairs between two groups agree and nothing keeps them apart."""
        if b in self.apart.get(a, ()) or self.lists.get(a, set()) & self.lists.get(b, set()):
            return False
        return 2 * self.agree.get(a, {}).get(b, 0) >= self.size(a) * self.size(b)

    def join(self, a: int, b: int) -> None:
        """Make two groups one; the lower number stands for it."""
        kept, gone = min(a, b), max(a, b)
        self.root[gone] = kept
        self.members.setdefault(kept, [kept]).extend(self.members.pop(gone, [gone]))
        self._hand_over(kept, gone)
        for other in self.apart.pop(gone, set()):
            self.apart[other].discard(gone)
            self.apart[other].add(kept)
            self.apart.setdefault(kept, set()).add(other)
        if gone in self.lists:
            self.lists[kept] = self.lists.get(kept, set()) | self.lists.pop(gone)

    def _hand_over(self, kept: int, gone: int) -> None:
        mine = self.agree.setdefault(kept, {})
        mine.pop(gone, None)
        for other, count in self.agree.pop(gone, {}).items():
            if other == kept:
                continue
            mine[other] = mine.get(other, 0) + count
            theirs = self.agree[other]
            theirs[kept] = theirs.get(kept, 0) + theirs.pop(gone)


def grow(
    strong: list[Edge],
    agreeing: list[tuple[int, int]],
    *,
    same: list[tuple[int, int]] = [],  # noqa: B006 - never changed
    apart: list[tuple[int, int]] = [],  # noqa: B006
    lists: dict[int, int] | None = None,
) -> dict[int, int]:
    """Return for each row of `strong` or `same` the row that stands for its group.

    `strong`: (left, right, weight), each enough to join two single rows; `agreeing`: all pairs that speak for one person,
    the strong ones among them; `same` and `apart`: people's decisions, which no vote overrules; `lists`: the
    duplicate-free list a row is on, where two rows of one list are two people.
    """
    groups = Groups(agreeing, apart)
    groups.lists = {row: {name} for row, name in (lists or {}).items()}
    for left, right in same:
        a, b = groups.find(left), groups.find(right)
        if a != b and b not in groups.apart.get(a, ()):
            groups.join(a, b)
    for left, right, _ in sorted(strong, key=lambda edge: (-edge[2], edge[0], edge[1])):
        a, b = groups.find(left), groups.find(right)
        if a != b and groups.may_join(a, b):
            groups.join(a, b)
    rows = {row for left, right, _ in strong for row in (left, right)}
    rows |= {row for pair in same for row in pair}
    return {row: groups.find(row) for row in rows}


def components(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the lowest row each row can reach by any chain of pairs: only to know what else to compare."""
    groups = Groups((), ())
    rows = set()
    for left, right in pairs:
        rows |= {left, right}
        a, b = groups.find(left), groups.find(right)
        if a != b:
            groups.root[max(a, b)] = min(a, b)
    return {row: groups.find(row) for row in rows}
