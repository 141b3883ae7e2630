"""Rows that belong to nobody known: they stay persons of their own, and join one another only on very strong evidence.

Groups are stars: each row of a group was compared with the group's centre and passed. There is no chain, so that one bad
pair cannot draw two people together.
"""

from __future__ import annotations

from collections.abc import Iterable

Edge = tuple[int, int, float]


def stars(edges: Iterable[Edge], rank: dict[int, int]) -> dict[int, tuple[int, float]]:
    """Return for each row that joins a centre: the centre and the weight; centres themselves are left out.

    Rows are taken best rank first (lower is better, then the lower record id); a row joins the nearest centre it has
    an edge to, else becomes a centre.
    """
    near: dict[int, list[tuple[int, float]]] = {}
    for left, right, weight in edges:
        near.setdefault(left, []).append((right, weight))
        near.setdefault(right, []).append((left, weight))
    centres: set[int] = set()
    joined: dict[int, tuple[int, float]] = {}
    for row in sorted(near, key=lambda one: (rank.get(one, 0), one)):
        reachable = [(weight, -other) for other, weight in near[row] if other in centres]
        if reachable:
            weight, other = max(reachable)
            joined[row] = (-other, weight)
        else:
            centres.add(row)
    return joined
