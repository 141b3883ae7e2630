"""How often an indicator is right, and how often it points at honest visits: from random re-visits only.

The false-alarm rate of a rule can only be measured on visits nobody chose because of it. Targeted re-visits add their
own line and never a rate. A rule that points at more than one honest visit in twenty is retired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy import stats

RETIRE_ABOVE = 0.05
#: Below so many honest visits a rate says too little to retire a rule.
_ENOUGH_HONEST = 60


@dataclass(frozen=True, slots=True)
class RandomAudit:
    """One visit re-visited because the lottery drew it: the indicators that had flagged it, and whether it was false.

    `worker` is whose visit it was, where known: visits of one worker are flagged together.
    """

    visit: int | str
    flags: frozenset[str]
    is_false: bool
    worker: int | str | None = None


@dataclass(frozen=True, slots=True)
class TargetedAudit:
    """One visit re-visited because it was suspected; it may not be counted among the random ones."""

    visit: int | str
    flags: frozenset[str]
    is_false: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact 95% interval (Clopper-Pearson); value None when there was nothing to count."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What random re-visits say of one indicator; `targeted_*` counts what its suspicions led to, never pooled.

    `misled_workers`: over how many workers the false alarms spread. A rate over visits, with its interval, is surer of
    itself than one worker allows: read both.
    """

    indicator: str
    precision: Rate
    false_alarms: Rate
    missed: Rate
    targeted_false: int
    targeted_checked: int
    standing: Literal["kept", "retired", "too_few"]
    misled_workers: int = 0


def clopper_pearson(hits: int, of: int, *, confidence: float = 0.95) -> Rate:
    """The exact interval for a share."""
    tail = (1 - confidence) / 2
    low = float(stats.beta.ppf(tail, hits, of - hits + 1)) if hits else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, of - hits)) if hits < of else 1.0
    return Rate(hits, of, low, high)


def audit_table(
    random: Sequence[RandomAudit], targeted: Sequence[TargetedAudit] = (), *, indicators: Sequence[str] = ()
) -> list[AuditRow]:
    """Per indicator: how many of its flags were false claims, how many honest visits it flagged, how many it missed.

    Every rate comes from the random re-visits. `indicators` adds rows for those that flagged nothing.
    """
    if any(not isinstance(audit, RandomAudit) for audit in random):
        raise TypeError("rates are computed from random re-visits only")
    every: list[RandomAudit | TargetedAudit] = [*random, *targeted]
    named = {flag for audit in every for flag in audit.flags}
    return [_row(name, random, targeted) for name in sorted(named | set(indicators))]


def _row(name: str, random: Sequence[RandomAudit], targeted: Sequence[TargetedAudit]) -> AuditRow:
    flagged = [audit for audit in random if name in audit.flags]
    honest = [audit for audit in random if not audit.is_false]
    false = [audit for audit in random if audit.is_false]
    alarms = clopper_pearson(sum(name in audit.flags for audit in honest), len(honest))
    aimed = [audit for audit in targeted if name in audit.flags]
    return AuditRow(
        name,
        clopper_pearson(sum(audit.is_false for audit in flagged), len(flagged)),
        alarms,
        clopper_pearson(sum(name not in audit.flags for audit in false), len(false)),
        sum(audit.is_false for audit in aimed),
        len(aimed),
        _standing(alarms),
        len({audit.worker for audit in honest if name in audit.flags and audit.worker is not None}),
    )


def _standing(alarms: Rate) -> Literal["kept", "retired", "too_few"]:
    if alarms.of < _ENOUGH_HONEST or alarms.value is None:
        return "too_few"
    return "retired" if alarms.value > RETIRE_ABOVE else "kept"
