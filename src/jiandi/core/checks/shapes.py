"""The words a rule is written in: what it needs, what it weighs, whom it must never warn, what it found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import duckdb

from jiandi.core.values import Source, Text

Class = Literal["danger", "contradiction", "service_gap"]
ActionKind = Literal["visit", "referral", "police", "none"]
State = Literal["ran", "not_run", "failed", "too_long"]


class TooLong(Exception):
    """A rule was stopped after so many seconds."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number a county may tune, its default, and the law, source or statistic it comes from."""

    name: str
    default: float
    source: Text


@dataclass(frozen=True, slots=True)
class Implicated:
    """A unit, officer or person who must not learn of the finding, and why (a word of `WHY`)."""

    kind: Literal["unit", "officer", "person"]
    name: str | None
    id: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A question raised by the records: concrete facts, where they stand, who is implicated. Never a verdict."""

    rule: str
    key: str
    person_id: int | None
    household_id: int | None
    village: int | None
    detail: Text
    sources: tuple[Source, ...]
    implicated: tuple[Implicated, ...] = ()
    people: tuple[int, ...] = ()
    """Whom it is about where one question is about several people; `person_id` is empty then."""


class Limits:
    """The thresholds of one rule in one run, as numbers; a whole number stays whole."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> float:
        return self._values[name]

    def whole(self, name: str) -> int:
        """Return a threshold counted in days, people or doors."""
        return int(self._values[name])

    def values(self) -> dict[str, float]:
        """Return all thresholds by name."""
        return dict(self._values)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a rule is asked: on which day, with which limits, over which connection."""

    con: duckdb.DuckDBPyConnection
    at: date
    limits: Limits
    rule: str = ""
    is_narrow: bool = False
    is_after: bool = False
    """After new visits: what no visit changes lies there from the last run over everything."""
    laid: dict[str, str] = field(default_factory=dict)
    """Tables laid in this run by any rule, and the query of each."""

    def once(self, name: str, query: str) -> str:
        """Lay a table that no visit changes, in a run over everything; a run after visits finds it there."""
        return _named(name, query) if self.is_after else self.shared(name, query)

    def shared(self, name: str, query: str) -> str:
        """Lay a table once a run, whichever rules read it; two that ask for the same read the same."""
        table = _named(name, query)
        if table not in self.laid:
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")
            self.laid[table] = query
        return table

    @property
    def day(self) -> str:
        """The day as a DuckDB literal."""
        return f"DATE '{self.at.isoformat()}'"

    def days(self, name: str) -> int:
        """Return a threshold in days."""
        return self.limits.whole(name)


def _named(name: str, query: str) -> str:
    return f"g_{name}_{hashlib.sha256(query.encode()).hexdigest()[:12]}"


Judge = Callable[[Ask], str]
"""A rule's SQL: one row a finding, in the columns of `say.finding`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of rules."""

    id: str
    version: int
    title: Text
    klass: Class
    needs: tuple[str, ...]
    minimum: Text
    risks: Text
    first_action: Text
    action: ActionKind
    recipients: tuple[str, ...]
    not_told: tuple[str, ...]
    judge: Judge | None = None
    thresholds: tuple[Threshold, ...] = ()
    reads: tuple[str, ...] = ()
    danger_now: bool = False
    grain: Literal["person", "county"] = "person"
    """What a new visit can change: answers about the people it touches, or any answer of the rule."""

    @property
    def tables(self) -> frozenset[str]:
        """The tables of the snapshot that the rule reads."""
        return frozenset(table.partition(".")[0] for table in (*self.needs, *self.reads))

    @property
    def hears_visits(self) -> bool:
        """Whether a new visit can change what the rule answers."""
        return bool(self.tables & {"visits", "sightings"})

    @property
    def is_local(self) -> bool:
        """Whether the county wrote the rule itself: ids of rule packs are L1, L2 and so on."""
        return self.id.startswith("L")

    @property
    def family(self) -> str:
        """The number of the rule in the rule book: R14b belongs to R14."""
        return self.id.rstrip("abc")


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What became of one rule in one run."""

    rule: str
    state: State
    findings: int = 0
    seconds: float = 0.0
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of every rule, those that could not run included."""

    at: date
    rules: tuple[RuleRun, ...] = field(default=())

    def of(self, rule: str) -> RuleRun:
        """Return what became of one rule."""
        return next(run for run in self.rules if run.rule == rule)

    @property
    def not_run(self) -> tuple[RuleRun, ...]:
        """Rules that found nothing because they could not look."""
        return tuple(run for run in self.rules if run.state != "ran")

    @property
    def findings(self) -> int:
        """All findings of the run."""
        return sum(run.findings for run in self.rules)
