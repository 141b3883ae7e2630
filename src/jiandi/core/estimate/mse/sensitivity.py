"""What an assumption nobody can test is worth: the estimates when the people on no list are e**xi times as many.

In the saturated model the people on no list are e**xi times the product of the cells of an odd number of lists over that
of an even number; xi = 0 says that all lists together interact in no way of their own (Fienberg 1972). No data on lists
can tell what xi is (Aleshin-Guendel, Sadinle and Wakefield 2024).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiandi.core.estimate.mse.lead import Envelope
from jiandi.core.estimate.mse.tables import PatternTable

XI = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Slide:
    """People in all under one value of xi: the lowest and highest lead with their unseen scaled by e**xi.

    `saturated` is the saturated model's own estimate, None where some pattern has nobody and it cannot be told.
    """

    xi: float
    least: float
    most: float
    saturated: float | None


def slide(table: PatternTable, spread: Envelope, *, values: Sequence[float] = XI) -> tuple[Slide, ...]:
    """Return how the estimates move with xi."""
    rows = []
    for xi in values:
        least, most = (scaled(table.seen, total, xi) for total in (spread.least, spread.most))
        rows.append(Slide(xi, least, most, saturated_estimate(table, xi=xi)))
    return tuple(rows)


def scaled(seen: float, total: float, xi: float) -> float:
    """People in all when the people on no list are e**xi times as many as `total` says of `seen`."""
    return seen + (total - seen) * math.exp(xi)


def saturated_estimate(table: PatternTable, *, xi: float = 0.0) -> float | None:
    """People in all by the saturated model, None where some pattern has nobody.

    For two lists and xi = 0 this is Lincoln and Petersen's n1 n2 / m.
    """
    cells = table.array[1:]
    if (cells == 0).any():
        return None
    odd = np.array([1 if cell.bit_count() % 2 else -1 for cell in range(1, len(cells) + 1)])
    return table.seen + math.exp(float((odd * np.log(cells)).sum()) + xi)
