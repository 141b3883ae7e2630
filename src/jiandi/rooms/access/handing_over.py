"""What rooms above do when an officer leaves or declares a tie: each says so once, when the service starts.

Access lies below every room that holds work, so it cannot call them by name; it calls what they left here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from jiandi.rooms.access.models import Officer

Move = Callable[[Officer, Officer, datetime], int]


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie just declared: whose, to what, and when."""

    officer: Officer
    kind: str
    subject_id: int
    at: datetime

    def has_colleagues(self) -> bool:
        """Answer whether anybody else of the officer's unit is there to take the work on."""
        return self.officer.unit.officers.filter(is_active=True).exclude(pk=self.officer.pk).exists()


WallOff = Callable[[Tie], Iterable[int]]
_moves: dict[str, Move] = {}
_wall_offs: dict[str, WallOff] = {}


def on_hand_over(name: str, move: Move) -> None:
    """Register how a room's open work passes from one officer to another; `move` returns how many things it moved."""
    _moves[name] = move


def on_conflict(name: str, wall_off: WallOff) -> None:
    """Register what a room does when a tie is declared: hand its open work over, and name the walls to keep them out by.

    It runs inside the declaring: a thing about the subject that has no wall yet gets one here.
    """
    _wall_offs[name] = wall_off


def move_work(officer: Officer, to: Officer, at: datetime) -> dict[str, int]:
    """Pass every room's open work on; returns how many of each."""
    return {name: move(officer, to, at) for name, move in sorted(_moves.items())}


def wall_off(tie: Tie) -> set[int]:
    """Let every room hand over what is open about the subject; return the walls the officer now stands outside of."""
    return {wall for _, act in sorted(_wall_offs.items()) for wall in act(tie)}
