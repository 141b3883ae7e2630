"""Invented counties in which people differ in how easily lists find them, and a sweep of some of their areas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jiandi.core.estimate.samples import ProbabilitySample
from jiandi.core.estimate.sweep import SweptArea, sweep_result

AREAS, SWEPT, VILLAGES = 80, 20, 8
HEX = "ab" * 32
#: Given dice and each person's area: whether the person is on any list.
World = Callable[[np.random.Generator, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Run:
    """The truth, and what one sweep said of it."""

    truth: float
    value: float
    low: float
    high: float


def _evenly(dice: np.random.Generator, area: np.ndarray) -> np.ndarray:
    return dice.random(len(area)) < 0.9


def _less_visible(dice: np.random.Generator, area: np.ndarray) -> np.ndarray:
    hidden = dice.random(len(area)) < 0.15
    return dice.random(len(area)) < np.where(hidden, 0.19, 0.95)


def _by_village(dice: np.random.Generator, area: np.ndarray) -> np.ndarray:
    share = dice.beta(8, 2, VILLAGES)
    return dice.random(len(area)) < share[area % VILLAGES]


def _by_nature(dice: np.random.Generator, area: np.ndarray) -> np.ndarray:
    shed = dice.random(AREAS) < 0.3  # work sheds: whole clusters nobody listed
    by_nature = dice.random(len(area)) < np.where(shed[area], 0.15, 0.007)
    return ~by_nature & (dice.random(len(area)) < 0.97)


def _without_end(dice: np.random.Generator, area: np.ndarray) -> np.ndarray:
    logit = 2.2 + dice.normal(0, 1, len(area)) + dice.normal(0, 0.6, AREAS)[area]
    return dice.random(len(area)) < 1 / (1 + np.exp(-logit))


WORLDS: dict[str, World] = {
    "alike": _evenly,
    "five times less visible": _less_visible,
    "villages differ": _by_village,
    "on no list by nature": _by_nature,
    "without end": _without_end,
}


def sweep_once(
    world: World,
    dice: np.random.Generator,
    *,
    people: int = 2_000,
    finds: float = 0.95,
    finds_unlisted: float = 0.95,
) -> Run:
    """Invent the county, sweep the areas drawn, estimate."""
    sizes = dice.multinomial(people, dice.dirichlet(np.full(AREAS, 6.0)))
    area = np.repeat(np.arange(AREAS), sizes)
    listed = world(dice, area)
    met = dice.random(people) < np.where(listed, finds, finds_unlisted)
    swept = [
        SweptArea(str(a), int((met & (area == a)).sum()), int((met & listed & (area == a)).sum()))
        for a in dice.choice(AREAS, SWEPT, replace=False)
    ]
    sample = ProbabilitySample("S1", HEX, HEX, AREAS, SWEPT, (SWEPT,))
    share = sweep_result(sample, swept).coverage
    return Run(float(listed.mean()), share.value, share.low, share.high)
