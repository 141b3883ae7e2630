"""Order doors so that one can walk from each to the next: nearest neighbour, then crossings undone (2-opt)."""

from __future__ import annotations

import numpy as np

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
    """Reverse stretches of the walk while that shortens it (2-opt over each door's nearest neighbours)."""
    near = _neighbours(points)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    for _ in range(_PASSES):
        improved = False
        for first in range(len(order) - 1):
            last = _best_reversal(points, order, place, near, first)
            if last is not None:
                order[first + 1 : last + 1] = order[first + 1 : last + 1][::-1]
                place[order[first + 1 : last + 1]] = np.arange(first + 1, last + 1)
                improved = True
        if not improved:
            break
    return order


def _best_reversal(
    points: np.ndarray, order: np.ndarray, place: np.ndarray, near: np.ndarray, first: int
) -> int | None:
    """Where the stretch after `first` should end to be reversed with most gain; None when nothing is gained.

    Reversing first+1..last replaces the steps first -> first+1 and last -> last+1 by first -> last and
    first+1 -> last+1; at the end of the walk only one step changes.
    """
    here, after = order[first], order[first + 1]
    lasts = place[near[here]]
    lasts = lasts[lasts > first + 1]
    if not len(lasts):
        return None
    ends = order[lasts]
    is_inner = lasts + 1 < len(order)
    beyond = order[np.minimum(lasts + 1, len(order) - 1)]
    step = _distance(points, here, after)
    gain = step - _distance(points, here, ends)
    gain += np.where(is_inner, _distance(points, ends, beyond) - _distance(points, after, beyond), 0.0)
    best = int(np.argmax(gain))
    return int(lasts[best]) if gain[best] > 1e-6 else None


def _distance(points: np.ndarray, one: np.ndarray | int, other: np.ndarray | int) -> np.ndarray:
    difference = points[one] - points[other]
    return np.sqrt((difference**2).sum(axis=-1))


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
