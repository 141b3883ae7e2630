"""What rooms above do when an officer leaves or declares a tie: each says so once, when the service starts.

Access lies below every room that holds work, so it cannot call them by name; it calls what they left here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from jiandi.rooms.access.models import Officer

Move = Callable[[Officer, Officer, datetime], int]
WallsAbout = Callable[[str, int], Iterable[int]]

_moves: dict[str, Move] = {}
_walls_about: dict[str, WallsAbout] = {}


def on_hand_over(name: str, move: Move) -> None:
    """Register how a room's open work passes from one officer to another; `move` returns how many things it moved."""
    _moves[name] = move


def on_conflict(name: str, walls_about: WallsAbout) -> None:
    """Register how a room finds the walls of what it holds about a subject (kind, id)."""
    _walls_about[name] = walls_about


def move_work(officer: Officer, to: Officer, at: datetime) -> dict[str, int]:
    """Pass every room's open work on; returns how many of each."""
    return {name: move(officer, to, at) for name, move in sorted(_moves.items())}


def walls_about(kind: str, subject_id: int) -> set[int]:
    """Return the walls standing around anything about the subject."""
    return {wall for find in _walls_about.values() for wall in find(kind, subject_id)}
