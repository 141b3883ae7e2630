"""Who re-visits whom: by lottery too, and never one's own town, kin or earlier visit."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from jiandi.core.values import Text

#: Larger than any sum of tickets (each below 1) plus load terms: a pair that must not be.
_FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class RecheckItem:
    """One visit to repeat: where, whom it concerns, and every officer who was there before."""

    id: str
    town: str
    visited_by: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inspector:
    """One inspector: home town, officers and persons who are kin or otherwise in conflict, and the most they take."""

    id: str
    town: str
    max_load: int
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class InspectorPlan:
    """Who re-visits each item; `unassigned` names items left without enough inspectors, and why."""

    assigned: dict[str, tuple[str, ...]]
    unassigned: dict[str, Text]


def is_conflicted(item: RecheckItem, inspector: Inspector) -> bool:
    """Whether an inspector must not re-visit: own town, an own earlier visit, kin of the visitor or of a person."""
    return (
        item.town == inspector.town
        or inspector.id in item.visited_by
        or not inspector.conflicts.isdisjoint(item.visited_by | item.persons)
    )


def assign_inspectors(
    items: Sequence[RecheckItem], inspectors: Sequence[Inspector], *, seed: str, per_item: int = 1
) -> InspectorPlan:
    """Give each re-visit its inspectors by min-cost assignment with SHA-256 tickets as costs.

    Conflicts are forbidden, loads stay within each inspector's maximum and are kept even; the same seed gives the
    same plan. With `per_item=2` inspectors go in pairs. As many items as possible are served; the rest is named.
    """
    chosen: dict[str, list[str]] = {item.id: [] for item in items}
    forbidden = _forbidden(items, inspectors)
    tickets = _tickets(items, inspectors, seed)
    load = np.zeros(len(inspectors), dtype=int)
    for _ in range(per_item):
        for row, column in _one_round(forbidden, tickets, load, inspectors):
            chosen[items[row].id].append(inspectors[column].id)
            forbidden[row, column] = True
            load[column] += 1
    short = {
        item_id: _reason(len(given), per_item) for item_id, given in chosen.items() if len(given) < per_item
    }
    return InspectorPlan({k: tuple(v) for k, v in chosen.items()}, short)


def _one_round(
    forbidden: np.ndarray, tickets: np.ndarray, load: np.ndarray, inspectors: Sequence[Inspector]
) -> list[tuple[int, int]]:
    """Assign at most one more inspector to each item: one column per remaining place in an inspector's day.

    Each further place costs more than the last. So an assignment nobody fills what they were offered in would be no
    cheaper with more places on offer (Rockafellar 1984, convex-cost flows): few are offered first, more where they are filled.
    """
    if not forbidden.size:
        return []
    even = -(-len(forbidden) // len(inspectors))
    room = np.minimum(np.array([one.max_load for one in inspectors]) - load, len(forbidden))
    offered = even + 1
    while True:
        pairs = _cheapest(np.where(forbidden, _FORBIDDEN, tickets), load, np.minimum(room, offered), even)
        taken = np.bincount([column for _, column in pairs], minlength=len(inspectors))
        if not ((taken >= offered) & (room > offered)).any():
            return [(row, column) for row, column in pairs if not forbidden[row, column]]
        offered *= 2


def _cheapest(cost: np.ndarray, load: np.ndarray, places: np.ndarray, even: int) -> list[tuple[int, int]]:
    """Return (item, inspector) of the cheapest assignment, with so many places in each inspector's day."""
    owners = np.repeat(np.arange(len(places)), np.maximum(places, 0))
    if not len(owners):
        return []
    beyond = [n + place + 1 - even for n, count in zip(load, places, strict=True) for place in range(count)]
    rows, columns = linear_sum_assignment(cost[:, owners] + 4.0 * np.maximum(0, beyond))
    return list(zip(rows.tolist(), owners[columns].tolist(), strict=True))


def _forbidden(items: Sequence[RecheckItem], inspectors: Sequence[Inspector]) -> np.ndarray:
    cells = [[is_conflicted(item, inspector) for inspector in inspectors] for item in items]
    return np.array(cells, dtype=bool).reshape(len(items), len(inspectors))


def _tickets(items: Sequence[RecheckItem], inspectors: Sequence[Inspector], seed: str) -> np.ndarray:
    heads = [
        int.from_bytes(hashlib.sha256(f"{seed}|{item.id}|{inspector.id}".encode()).digest()[:8], "big")
        for item in items
        for inspector in inspectors
    ]
    return (np.array(heads, dtype=float) / 2.0**64).reshape(len(items), len(inspectors))


def _reason(given: int, wanted: int) -> Text:
    return Text(
        zh=f"需要{wanted}名无回避情形的外乡镇复核员,只有{given}名可派。请增派其他乡镇人员或提高每人上限。",
        en=f"Needs {wanted} inspectors from another town without a conflict, has {given}. Add inspectors from other"
        " towns or raise their loads.",
    )
