"""What may be asked of the register: a person, a search, the protection lists, the snapshot for analysis."""

from __future__ import annotations

from jiandi.rooms.register.found import is_somebody_new_at_a_door
from jiandi.rooms.register.queries_people import count_people, person, protected_groups, search
from jiandi.rooms.register.queries_rosters import compare, report_of
from jiandi.rooms.register.queries_runs import is_link_due
from jiandi.rooms.register.queries_snapshot import add_people, snapshot
from jiandi.rooms.register.queries_statement import is_statement_due

__all__ = [
    "compare",
    "count_people",
    "is_link_due",
    "is_somebody_new_at_a_door",
    "is_statement_due",
    "person",
    "protected_groups",
    "report_of",
    "search",
    "add_people",
    "snapshot",
]
