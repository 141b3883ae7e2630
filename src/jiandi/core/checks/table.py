"""The table of rules R1-R29: read it beside the law.

Each row says what the rule asks, what it must have before it may ask, where its numbers come from, how it can be
wrong, the first safe action (true as a service), who receives it, and who must not be warned by it.
"""

from __future__ import annotations

from jiandi.core.checks import table_care, table_identity, table_screening
from jiandi.core.checks.shapes import Rule


def _number(rule: Rule) -> tuple[int, str]:
    return int(rule.family[1:]), rule.id


RULES: tuple[Rule, ...] = tuple(
    sorted((*table_identity.RULES, *table_care.RULES, *table_screening.RULES), key=_number)
)


def rule(rule_id: str) -> Rule:
    """Return one row of the table by its id."""
    return next(row for row in RULES if row.id == rule_id)
