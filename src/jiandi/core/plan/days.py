"""Cut the doors of each village into days of work and share them evenly over its workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jiandi.core.plan.walk import path_length, to_metres, walking_order


@dataclass(frozen=True, slots=True)
class Door:
    """One door to call at; `minutes` is how long the visit takes, positions in degrees or None."""

    id: str
    village: str
    group: str = ""
    lat: float | None = None
    lon: float | None = None
    minutes: float = 20.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How work goes: minutes of visiting in a day, walking speed, and the step from door to door where unknown."""

    minutes_a_day: float = 360.0
    metres_a_minute: float = 60.0
    minutes_between_unknown: float = 5.0


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One worker's day: which day of the round (from 1), the doors in walking order, minutes in all."""

    worker: str
    day: int
    village: str
    doors: tuple[str, ...]
    minutes: float
    metres: float


def plan_days(
    doors: Sequence[Door], workers: Mapping[str, Sequence[str]], *, pace: Pace | None = None
) -> list[WorkDay]:
    """Plan the days of a round: `workers` names the workers of each village.

    Each village's doors are walked group by group and cut into one stretch per worker of equal minutes, then into
    days. A worker of several villages does them one after the other. Villages without a worker are planned for
    worker "" so that nobody is forgotten. The same input gives the same plan.
    """
    speed = pace or Pace()
    by_village: dict[str, list[Door]] = {}
    for door in sorted(doors, key=lambda d: (d.village, d.group, d.id)):
        by_village.setdefault(door.village, []).append(door)
    done: dict[str, int] = {}
    days: list[WorkDay] = []
    for village, here in by_village.items():
        walk, minutes, points = _village_walk(here, speed)
        team = sorted(workers.get(village, ())) or [""]
        team.sort(
            key=lambda worker: done.get(worker, 0)
        )  # who has fewest days so far takes the first stretch
        for worker, stretch in zip(team, _equal_stretches(minutes, len(team)), strict=True):
            for first, last in _cut_days(minutes, *stretch, speed.minutes_a_day):
                done[worker] = done.get(worker, 0) + 1
                days.append(
                    WorkDay(
                        worker,
                        done[worker],
                        village,
                        tuple(door.id for door in walk[first:last]),
                        round(float(minutes[first:last].sum()), 1),
                        round(path_length(points[first:last]), 1),
                    )
                )
    return sorted(days, key=lambda day: (day.worker, day.day))


def _village_walk(doors: Sequence[Door], pace: Pace) -> tuple[list[Door], np.ndarray, np.ndarray]:
    """A village's doors in walking order, the minutes each takes with the way to it, and their positions."""
    lat = np.array([np.nan if door.lat is None else door.lat for door in doors])
    lon = np.array([np.nan if door.lon is None else door.lon for door in doors])
    points = to_metres(lat, lon)
    order = _group_by_group(doors, points)
    walk, placed = [doors[row] for row in order], points[order]
    way = np.zeros(len(walk))
    if len(walk) > 1:
        steps = np.linalg.norm(np.diff(placed, axis=0), axis=1) / pace.metres_a_minute
        way[1:] = np.where(np.isnan(steps), pace.minutes_between_unknown, steps)
    return walk, way + np.array([door.minutes for door in walk]), placed


def _group_by_group(doors: Sequence[Door], points: np.ndarray) -> np.ndarray:
    """Walk the groups (组) in turn, each the nearest to where the last one ended."""
    members: dict[str, list[int]] = {}
    for row, door in enumerate(doors):
        members.setdefault(door.group, []).append(row)
    walks = {}
    for group, rows in members.items():
        inside = np.array(rows)
        walks[group] = inside[walking_order(points[inside])]
    ordered = [walks.pop(next(iter(sorted(walks))))]
    while walks:
        group = min(sorted(walks), key=lambda g: _apart(points, ordered[-1][-1], walks[g]))
        walk = walks.pop(group)
        is_backward = _gap(points, ordered[-1][-1], walk[-1]) < _gap(points, ordered[-1][-1], walk[0])
        ordered.append(walk[::-1] if is_backward else walk)
    return np.concatenate(ordered)


def _apart(points: np.ndarray, here: int, walk: np.ndarray) -> float:
    return min(_gap(points, here, walk[0]), _gap(points, here, walk[-1]))


def _gap(points: np.ndarray, one: int, other: int) -> float:
    gap = float(np.linalg.norm(points[one] - points[other]))
    return np.inf if np.isnan(gap) else gap


def _equal_stretches(minutes: np.ndarray, parts: int) -> list[tuple[int, int]]:
    """Cut a walk into stretches of as nearly equal minutes as whole doors allow."""
    ends = np.cumsum(minutes)
    middles = ends - minutes / 2
    cuts = np.searchsorted(middles, ends[-1] * np.arange(1, parts) / parts)
    edges = [0, *cuts.tolist(), len(minutes)]
    return list(zip(edges[:-1], edges[1:], strict=True))


def _cut_days(minutes: np.ndarray, first: int, last: int, minutes_a_day: float) -> list[tuple[int, int]]:
    """Cut a stretch into days of at most so many minutes, as even as that allows; a longer visit has its own day."""
    if first == last:
        return []
    total = float(minutes[first:last].sum())
    fair = total / max(1, int(np.ceil(total / minutes_a_day - 1e-9)))
    days, start, used = [], first, 0.0
    for row in range(first, last):
        takes = float(minutes[row])
        is_full = used + takes > minutes_a_day or used + takes / 2 > fair
        if row > start and is_full:
            days.append((start, row))
            start, used = row, 0.0
        used += takes
    days.append((start, last))
    return days
