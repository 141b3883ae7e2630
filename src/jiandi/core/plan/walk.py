"""Order doors so that one can walk from each to the next: nearest neighbour, then crossings undone (2-opt)."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

import numpy as np

Door = tuple[float, float]  # metres east and north

_METRES_PER_DEGREE = 111_195.0
#: A door's nearest few neighbours are enough to find nearly every crossing worth undoing.
_NEIGHBOURS = 8
_PASSES = 6


def to_metres(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Positions in degrees as metres east and north of their middle, shape (n, 2); NaN stays NaN."""
    known = ~(np.isnan(lat) | np.isnan(lon))
    if not known.any():
        return np.full((len(lat), 2), np.nan)
    middle_lat, middle_lon = lat[known].mean(), lon[known].mean()
    east = (lon - middle_lon) * _METRES_PER_DEGREE * np.cos(np.radians(middle_lat))
    return np.column_stack([east, (lat - middle_lat) * _METRES_PER_DEGREE])


def walking_order(points: np.ndarray) -> np.ndarray:
    """The order in which to walk points given in metres, shape (n, 2); starts at an outer door, does not return.

    Doors without a position keep their order and come last.
    """
    known = np.flatnonzero(~np.isnan(points).any(axis=1))
    unknown = np.flatnonzero(np.isnan(points).any(axis=1))
    if len(known) < 3:
        return np.concatenate([known, unknown])
    local = points[known]
    order = _undo_crossings(local, _nearest_neighbour(local))
    return np.concatenate([known[order], unknown])


def path_length(points: np.ndarray) -> float:
    """Metres from the first point to the last, walked in order; unknown positions count nothing."""
    known = points[~np.isnan(points).any(axis=1)]
    return float(np.linalg.norm(np.diff(known, axis=0), axis=1).sum()) if len(known) > 1 else 0.0


def _nearest_neighbour(points: np.ndarray) -> np.ndarray:
    """Go to the nearest door not yet visited, from the door farthest from the middle."""
    rest = points.copy()
    here = int(np.argmax(((points - points.mean(axis=0)) ** 2).sum(axis=1)))
    order = np.empty(len(points), dtype=np.int64)
    for step in range(len(points)):
        order[step] = here
        position = points[here]
        rest[here] = np.inf
        here = int(np.argmin(((rest - position) ** 2).sum(axis=1)))
    return order


def _undo_crossings(points: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Reverse stretches of the walk while that shortens it (2-opt over each door's nearest neighbours).

    Plain lists: a step looks at eight doors, too few for an array to pay (six times slower).
    """
    doors: list[Door] = [(x, y) for x, y in points.tolist()]
    near: list[list[int]] = _neighbours(points).tolist()
    walk: list[int] = order.tolist()
    place = [0] * len(walk)
    for position, door in enumerate(walk):
        place[door] = position
    for _ in range(_PASSES):
        improved = False
        for first in range(len(walk) - 1):
            last = _best_reversal(doors, walk, place, near[walk[first]], first)
            if last is not None:
                walk[first + 1 : last + 1] = walk[last:first:-1]
                for position in range(first + 1, last + 1):
                    place[walk[position]] = position
                improved = True
        if not improved:
            break
    return np.array(walk, dtype=np.int64)


def _best_reversal(
    doors: Sequence[Door], walk: Sequence[int], place: Sequence[int], near: Sequence[int], first: int
) -> int | None:
    """Where the stretch after `first` should end to be reversed with most gain; None when nothing is gained.

    Reversing first+1..last replaces the steps first -> first+1 and last -> last+1 by first -> last and
    first+1 -> last+1; at the end of the walk only one step changes.
    """
    here, after = doors[walk[first]], doors[walk[first + 1]]
    step = dist(here, after)
    best, most = None, 1e-6
    for door in near:
        last = place[door]
        if last <= first + 1:
            continue
        gain = step - dist(here, doors[door])
        if last + 1 < len(walk):
            beyond = doors[walk[last + 1]]
            gain += dist(doors[door], beyond) - dist(after, beyond)
        if gain > most:
            best, most = last, gain
    return best


def _neighbours(points: np.ndarray) -> np.ndarray:
    """Each door's nearest few doors, shape (n, k)."""
    count = min(_NEIGHBOURS, len(points) - 1)
    squares = (points**2).sum(axis=1)
    result = np.empty((len(points), count), dtype=np.int64)
    for start in range(0, len(points), 1_000):
        block = slice(start, start + 1_000)
        apart = squares[block, None] + squares[None, :] - 2 * points[block] @ points.T
        rows = np.arange(apart.shape[0])
        apart[rows, rows + start] = np.inf
        result[block] = np.argpartition(apart, count - 1, axis=1)[:, :count]
    return result
