"""How good the rules are, where the truth is known: harm found, look-alikes left alone, alerts about the innocent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from jiandi.core.checks.intervals import count_interval, share_interval
from jiandi.core.checks.shapes import Rule
from jiandi.core.checks.table import RULES

FEW = 2  # a shape that names more rules than this was laid beyond the rules' own wording


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

    `recall` is by shape of harm, `by_its_rule` by rule over the shapes that name it (“R15 / R4”: either will do), `danger_now` over
    the rules that speak at once; `rule_recall` is by (shape, rule). A scene in which no rule spoke and whose person
    was met on the round and told the visitor is neither found nor missed: it is counted in `met`. Of the missed,
    `claimed` counts those whom a worker who never met them reports as seen. `quiet` is the
    share of look-alikes about whom none of their shape's rules spoke, `quiet_by_rule` the same by rule;
    `danger_and_contradiction` and `service_gaps` are alerts about the innocent; `by_rule` the same rule by rule;
    `about_no_person` counts findings on places and officers. Where one question lists several people it is one alert, about
    whom `people_in_gaps` counts each: how many innocent people service gaps name.
    """

    recall: Mapping[str, Share]
    by_its_rule: Mapping[str, Share]
    danger_now: Share
    met: Mapping[str, int]
    claimed: Mapping[str, int]
    rule_recall: Mapping[tuple[str, str], Share]
    quiet: Mapping[str, Share]
    quiet_by_rule: Mapping[str, Share]
    danger_and_contradiction: PerThousand
    service_gaps: PerThousand
    people_in_gaps: PerThousand
    by_rule: Mapping[str, PerThousand]
    about_no_person: Mapping[str, int]
    innocents: int


def evaluate(
    con: duckdb.DuckDBPyConnection,
    *,
    expected: Mapping[str, Sequence[str]],
    places: Collection[str] = (),
    met_answers: Collection[str] = (),
    rules: Sequence[Rule] = RULES,
) -> Evaluation:
    """Hold the table `findings` against the truth.

    Reads `findings(rule, key, person_id, household_id, village, sources, people)`, `people` and `harm(harm_id, shape,
    person_id, household_id, village, look_alike)`, all in the register's own ids; somebody whom the register holds
    as several people has several rows. `harm_sources(harm_id, kind, id)`, where it exists, holds the rows and visits
    that only a scene left; `harm_met(harm_id)` the scenes whose person was met and told the visitor;
    `harm_claimed(harm_id)` those whom a worker who, in truth, never met anybody reports as seen. `expected` is
    shape -> ids of the rules that should speak; a rule may be given by its family: R14 stands for R14 and R14b.
    `places` are the shapes that are about a whole village; `met_answers` the shapes whose rules ask only as long as
    nobody has seen the person.
    """
    _match(con, expected, places, met_answers, rules)
    innocents = _one(con, "SELECT count(*) FROM g_innocent")
    classes = {rule.id: rule.klass for rule in rules}
    counted = con.execute(
        "SELECT rule, count(DISTINCT key), count(DISTINCT person_id) FROM g_about JOIN g_innocent USING (person_id) GROUP BY rule"
    ).fetchall()
    alerts = {rule: int(count) for rule, count, _ in counted}
    gaps = sum(count for rule, count in alerts.items() if classes.get(rule) == "service_gap")
    named = sum(int(people) for rule, _, people in counted if classes.get(rule) == "service_gap")
    impersonal = con.execute(
        "SELECT rule, count(*) FROM findings WHERE person_id IS NULL AND coalesce(len(people), 0) = 0 GROUP BY rule"
    ).fetchall()
    own = _shares(con, "own", "NOT look_alike AND own IS NOT NULL", "hit")
    return Evaluation(
        recall=_shares(con, "shape", "NOT look_alike", "hit"),
        by_its_rule=own,
        danger_now=_joined([own[rule.id] for rule in rules if rule.danger_now and rule.id in own]),
        met=_silent(con, "met"),
        claimed=_silent(con, "claimed AND NOT met"),
        rule_recall=_rule_recall(con),
        quiet=_shares(con, "shape", "look_alike", "NOT hit"),
        quiet_by_rule=_shares(con, "own", "look_alike AND own IS NOT NULL", "NOT hit"),
        danger_and_contradiction=PerThousand(sum(alerts.values()) - gaps, innocents),
        service_gaps=PerThousand(gaps, innocents),
        people_in_gaps=PerThousand(named, innocents),
        by_rule={rule: PerThousand(count, innocents) for rule, count in sorted(alerts.items())},
        about_no_person={rule: int(count) for rule, count in sorted(impersonal)},
        innocents=innocents,
    )


def _joined(shares: Sequence[Share]) -> Share:
    return Share(sum(share.hits for share in shares), sum(share.tried for share in shares))


def _match(
    con: duckdb.DuckDBPyConnection,
    expected: Mapping[str, Sequence[str]],
    places: Collection[str],
    met_answers: Collection[str],
    rules: Sequence[Rule],
) -> None:
    """Join planted scenes with what the rules of their shape said about the person, the household or the place."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE g_expected (shape VARCHAR, rule VARCHAR, own VARCHAR, is_place BOOLEAN, is_answered BOOLEAN, is_loud BOOLEAN)"
    )
    for shape, wanted in expected.items():
        own = " / ".join(wanted) if len(wanted) <= FEW else None
        for rule in (rule for rule in rules if {rule.id, rule.family} & set(wanted)):
            # Where every rule is asked, a service gap about an innocent life is no false alarm about this shape.
            loud = own is not None or rule.klass != "service_gap"
            row = (shape, rule.id, own, shape in places, shape in met_answers, loud)
            con.execute("INSERT INTO g_expected VALUES (?, ?, ?, ?, ?, ?)", row)
    con.execute("CREATE TABLE IF NOT EXISTS harm_sources (harm_id INTEGER, kind VARCHAR, id BIGINT)")
    for table in ("harm_met", "harm_claimed"):
        con.execute(f"CREATE TABLE IF NOT EXISTS {table} (harm_id INTEGER)")
    columns = {row[0] for row in con.execute("DESCRIBE harm").fetchall()}
    village = "village" if "village" in columns else "NULL::BIGINT AS village"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE g_harm AS SELECT harm_id, shape, person_id, household_id, {village}, look_alike FROM harm"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_about AS {_ABOUT}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_hit AS {_HITS}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE g_innocent AS {_INNOCENT}")


_ABOUT = """
    SELECT rule, key, person_id FROM findings WHERE person_id IS NOT NULL
    UNION ALL SELECT rule, key, unnest(people) FROM findings
"""

# A finding about a person of the scene counts, alone or in a list, one about its household, and one that rests on a row or a visit which
# nothing but the scene left. A finding about a village speaks only of harm that is the whole village's.
_HITS = """
    WITH spoken AS (
        SELECT h.harm_id, f.rule FROM g_harm h JOIN g_about f ON f.person_id = h.person_id
        UNION
        SELECT h.harm_id, f.rule FROM g_harm h JOIN findings f ON f.household_id = h.household_id
        UNION
        SELECT s.harm_id, f.rule FROM (SELECT rule, unnest(sources) AS source FROM findings) f
        JOIN harm_sources s ON s.kind = f.source.kind AND s.id = f.source.id
        UNION
        SELECT h.harm_id, f.rule FROM g_harm h JOIN g_expected e ON e.shape = h.shape AND e.is_place
        JOIN findings f ON f.village = h.village WHERE f.person_id IS NULL AND coalesce(len(f.people), 0) = 0
    )
    SELECT DISTINCT h.harm_id, h.shape, h.look_alike, e.rule, e.own, s.rule IS NOT NULL AND (e.is_loud OR NOT h.look_alike) AS hit, m.harm_id IS NOT NULL AND e.is_answered AS met, c.harm_id IS NOT NULL AS claimed
    FROM g_harm h JOIN g_expected e USING (shape) LEFT JOIN spoken s ON s.harm_id = h.harm_id AND s.rule = e.rule
    LEFT JOIN harm_met m ON m.harm_id = h.harm_id LEFT JOIN (SELECT DISTINCT harm_id FROM harm_claimed) c ON c.harm_id = h.harm_id
"""

_INNOCENT = """
    SELECT p.person_id FROM people p
    ANTI JOIN (SELECT person_id FROM g_harm WHERE NOT look_alike) h USING (person_id)
    ANTI JOIN (SELECT household_id FROM g_harm WHERE NOT look_alike) i ON i.household_id = p.household_id
"""


def _shares(con: duckdb.DuckDBPyConnection, group: str, where: str, counts: str) -> dict[str, Share]:
    """Count scenes; a harm nothing spoke of and whose person told a visitor is left out."""
    rows = con.execute(
        f"""
        WITH scenes AS (
            SELECT harm_id, {group} AS part, look_alike, bool_or(hit) AS hit, bool_or(met) AS met FROM g_hit WHERE {where} GROUP BY ALL
        )
        SELECT part, count(*) FILTER (WHERE {counts}), count(*) FROM scenes
        WHERE look_alike OR hit OR NOT met GROUP BY part ORDER BY part
        """
    ).fetchall()
    return {part: Share(int(hits), int(tried)) for part, hits, tried in rows}


def _silent(con: duckdb.DuckDBPyConnection, where: str) -> dict[str, int]:
    """Count by shape the harms nothing spoke of, of one kind."""
    rows = con.execute(
        f"""
        WITH scenes AS (SELECT harm_id, shape, bool_or(hit) AS hit, bool_or(met) AS met,
            bool_or(claimed) AS claimed FROM g_hit WHERE NOT look_alike GROUP BY ALL)
        SELECT shape, count(*) FROM scenes WHERE NOT hit AND ({where}) GROUP BY shape ORDER BY shape
        """
    ).fetchall()
    return {shape: int(count) for shape, count in rows}


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
