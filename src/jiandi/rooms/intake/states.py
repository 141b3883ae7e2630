"""How a report moves. One dict; the diagram in the docs is printed from it."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.intake.models import Report

State = Report.State

NAMES: dict[str, Text] = {
    State.NEW: Text(zh="新收到", en="New"),
    State.READING: Text(zh="在看", en="Being read"),
    State.TAKEN_UP: Text(zh="已转个案", en="A case was opened"),
    State.ANSWERED: Text(zh="已答复", en="Answered"),
    State.CLOSED: Text(zh="已办结", en="Closed"),
}
TONES: dict[str, str] = {
    State.NEW: "blue",
    State.READING: "yellow",
    State.TAKEN_UP: "yellow",
    State.ANSWERED: "green",
    State.CLOSED: "plain",
}
# A reporter who says "not solved", or writes again, brings a closed report back.
MOVES: dict[str, frozenset[str]] = {
    State.NEW: frozenset({State.READING, State.TAKEN_UP, State.ANSWERED, State.CLOSED}),
    State.READING: frozenset({State.TAKEN_UP, State.ANSWERED, State.CLOSED}),
    State.TAKEN_UP: frozenset({State.ANSWERED, State.CLOSED}),
    State.ANSWERED: frozenset({State.READING, State.TAKEN_UP, State.CLOSED}),
    State.CLOSED: frozenset({State.READING, State.TAKEN_UP}),
}


def check_move(report: Report, to: str) -> None:
    """Refuse a move the life of a report does not have."""
    if to not in MOVES[report.state]:
        raise Refused(
            "intake.state_conflict",
            Text(
                zh=f"这条线索现在是“{NAMES[report.state].zh}”,不能改为“{NAMES[to].zh}”。",
                en=f'This report is "{NAMES[report.state].en}" and cannot become "{NAMES[to].en}".',
            ),
        )
