"""How good the rules are, where the truth is known: harm found, look-alikes left alone, alerts about the innocent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from jiandi.core.checks.intervals import count_interval, share_interval
from jiandi.core.checks.shapes import Rule
from jiandi.core.checks.table import RULES


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its exact 95% interval."""

    hits: int
    tried: int

    @property
    def value(self) -> float | None:
        """The share, or nothing where nothing was tried."""
        return self.hits / self.tried if self.tried else None

    @property
    def interval(self) -> tuple[float, float]:
        """The Clopper-Pearson interval."""
        return share_interval(self.hits, self.tried)


@dataclass(frozen=True, slots=True)
class PerThousand:
    """A number of alerts for each 1,000 people, with its exact 95% Poisson interval."""

    count: int
    people: int

    @property
    def value(self) -> float:
        """Alerts for each 1,000 people."""
        return 1000 * self.count / max(self.people, 1)

    @property
    def interval(self) -> tuple[float, float]:
        """The interval of that rate."""
        low, high = count_interval(self.count)
        return 1000 * low / max(self.people, 1), 1000 * high / max(self.people, 1)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules found of what was planted, and whom they asked about in vain.

    `recall` is by shape of harm, `rule_recall` by (shape, rule); `quiet` is the share of look-alikes about whom
    none of their shape's rules spoke; `danger_and_contradiction` and `service_gaps` are alerts about the
    innocent; `by_rule` the same rule by rule; `about_no_person` counts findings on places and officers.
    """

    recall: Mapping[str, Share]
    rule_recall: Mapping[tuple[str, str], Share]
    quiet: Mapping[str, Share]
    danger_and_contradiction: PerThousand
    service_gaps: PerThousand
    by_rule: Mapping[str, PerThousand]
    about_no_person: Mapping[str, int]
    innocents: int


def evaluate(
    con: duckdb.DuckDBPyConnection,
    *,
    expected: Mapping[str, Sequence[str]],
    rules: Sequence[Rule] = RULES,
) -> Evaluation:
    """Hold the table `findings` against the truth.

    Reads `findings`, `people` and `harm(harm_id, shape, person_id, household_id, village, look_alike)`, already
    in the register's own ids (`village` may be left out; somebody whom the register holds as several people has
    several rows); `expected` is shape -> ids of the rules that should
    speak. A rule may be given by its family: R14 stands for R14 and R14b.
    """
    _match(con, expected, rules)
    innocents = _one(con, "SELECT count(*) FROM g_innocent")
    classes = {rule.id: rule.klass for rule in rules}
    counted = con.execute(
        "SELECT rule, count(DISTINCT key) FROM findings JOIN g_innocent USING (person_id) GROUP BY rule"
    ).fetchall()
    alerts = {rule: int(count) for rule, count in counted}
    gaps = sum(count for rule, count in alerts.items() if classes.get(rule) == "service_gap")
    impersonal = con.execute(
        "SELECT rule, count(*) FROM findings WHERE person_id IS NULL GROUP BY rule"
    ).fetchall()
    return Evaluation(
        recall=_shares(con, "shape", "NOT look_alike", "hit"),
        rule_recall=_rule_recall(con),
        quiet=_shares(con, "shape", "look_alike", "NOT hit"),
        danger_and_contradiction=PerThousand(sum(alerts.values()) - gaps, innocents),
        service_gaps=PerThousand(gaps, innocents),
        by_rule={rule: PerThousand(count, innocents) for rule, count in sorted(alerts.items())},
        about_no_person={rule: int(count) for rule, count in sorted(impersonal)},
        innocents=innocents,
    )


def _match(
    con: duckdb.DuckDBPyConnection, expected: Mapping[str, Sequence[str]], rules: Sequence[Rule]
) -> None:
    """Join planted scenes with what the rules of their shape said about the person, the household or the place."""
    pairs = [
        (shape, rule.id, rule.family)
        for shape, wanted in expected.items()
        for rule in rules
        if {rule.id, rule.family} & set(wanted)
    ]
    con.execute("CREATE OR REPLACE TEMP TABLE g_expected (shape VARCHAR, rule VARCHAR, family VARCHAR)")
    for pair in pairs:
        con.execute("INSERT INTO g_expected VALUES (?, ?, ?)", pair)
    columns = {row[0] for row in con.execute("DESCRIBE harm").fetchall()}
    village = "village" if "village" in columns else "NULL::BIGINT AS village"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE g_harm AS SELECT harm_id, shape, person_id, household_id, {village}, look_alike FROM harm"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_hit AS {_HITS}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_innocent AS {_INNOCENT}")


# A finding about a person of the scene counts; so does one about its household where no other person is named,
# and one about a place or officer of its village where the finding is about no person at all.
_HITS = """
    WITH spoken AS (
        SELECT DISTINCT h.harm_id, f.rule FROM g_harm h JOIN findings f ON f.person_id = h.person_id
        UNION
        SELECT DISTINCT h.harm_id, f.rule FROM g_harm h JOIN findings f ON f.household_id = h.household_id
        UNION
        SELECT DISTINCT h.harm_id, f.rule FROM g_harm h JOIN findings f ON f.village = h.village WHERE f.person_id IS NULL
    )
    SELECT DISTINCT h.harm_id, h.shape, h.look_alike, e.rule, e.family, s.rule IS NOT NULL AS hit
    FROM g_harm h JOIN g_expected e USING (shape) LEFT JOIN spoken s ON s.harm_id = h.harm_id AND s.rule = e.rule
"""

_INNOCENT = """
    SELECT p.person_id FROM people p
    ANTI JOIN (SELECT person_id FROM g_harm WHERE NOT look_alike) h USING (person_id)
    ANTI JOIN (SELECT household_id FROM g_harm WHERE NOT look_alike) i ON i.household_id = p.household_id
"""


def _shares(con: duckdb.DuckDBPyConnection, group: str, where: str, counts: str) -> dict[str, Share]:
    rows = con.execute(
        f"""
        WITH scenes AS (SELECT harm_id, {group} AS shape, bool_or(hit) AS hit FROM g_hit WHERE {where} GROUP BY ALL)
        SELECT shape, count(*) FILTER (WHERE {counts}), count(*) FROM scenes GROUP BY shape ORDER BY shape
        """
    ).fetchall()
    return {shape: Share(int(hits), int(tried)) for shape, hits, tried in rows}


def _rule_recall(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Share]:
    rows = con.execute(
        """
        SELECT shape, rule, count(*) FILTER (WHERE hit), count(*) FROM g_hit WHERE NOT look_alike
        GROUP BY shape, rule ORDER BY shape, rule
        """
    ).fetchall()
    return {(shape, rule): Share(int(hits), int(tried)) for shape, rule, hits, tried in rows}


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
