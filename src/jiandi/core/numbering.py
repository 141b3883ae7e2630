"""The numbers by which a delivered row and each person it names are known everywhere.

row = roster x 2^24 + where it stands; record = row x 8 + role. A delivery run again therefore writes the same rows, and a
finding's source leads back to file, sheet and line without a table to look it up in.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROW_BITS = 24  # a row's number holds its sheet above the line: 16 sheets of 2^20 lines
SHEET_BITS = 20
ROLE_BITS = 3
ROW_MASK = (1 << ROW_BITS) - 1
ROLES = 1 << ROLE_BITS

ROLE_CODES: Mapping[str, int] = MappingProxyType(
    {
        "subject": 0,
        "husband": 1,
        "wife": 2,
        "child": 3,
        "mother": 4,
        "father": 5,
        "guardian": 6,
        "guardian2": 7,
    }
)


def record_ids(row_id: int) -> range:
    """Return the record numbers a row can have, one for each role."""
    return range(row_id * ROLES, (row_id + 1) * ROLES)


def roster_records(roster_id: int) -> tuple[int, int]:
    """Return the first and the last record number a roster can hold."""
    first = roster_id << (ROW_BITS + ROLE_BITS)
    return first, first + (1 << (ROW_BITS + ROLE_BITS)) - 1
