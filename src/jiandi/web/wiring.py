"""What happens in every room when an officer declares a tie. Access lies below them all; here they are told of each other.

No part waits for another's: each finds by itself what it holds about the tie's people.
"""

from __future__ import annotations

from jiandi.rooms.access.handing_over import on_conflict
from jiandi.rooms.assurance.actions_ties import give_rechecks_away
from jiandi.rooms.cases.actions_ties import wall_cases_off
from jiandi.rooms.checks.actions_ties import wall_alerts_off
from jiandi.rooms.intake.actions_ties import wall_reports_off
from jiandi.rooms.register.actions_ties import let_go_of_pairs
from jiandi.rooms.screening.actions_ties import give_doors_away

TIES = {
    "register": let_go_of_pairs,
    "screening": give_doors_away,
    "checks": wall_alerts_off,
    "intake": wall_reports_off,
    "cases": wall_cases_off,
    "assurance": give_rechecks_away,
}


def wire() -> None:
    """Tell the access room of every room's part; doing it twice changes nothing."""
    for room, act in TIES.items():
        on_conflict(room, act)
