"""Every rule's spec: what was delivered, what is asked. Read `rules/*.txt`; they are the reference manual.

Each case runs on the DuckDB rule and on its slow plain twin; both must say the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from jiandi.core.checks import RULES, run
from jiandi.core.checks.engine import limits_of
from jiandi.core.checks.plain import TWINS, answers_of, read_county
from jiandi.core.checks.specs import AT, Case, cases_in, county
from jiandi.core.checks.table import rule

CASES = [
    case
    for path in sorted((Path(__file__).parent / "rules").glob("*.txt"))
    for case in cases_in(path.read_text(encoding="utf-8"))
]


def told(case: Case):
    """Run one rule on a case; return its report, its findings and the connection."""
    con = county(case.delivered)
    report = run(con, at=AT, only=[case.rule], thresholds={case.rule: case.limits})
    found = con.execute("SELECT * FROM findings ORDER BY person_id NULLS LAST, key").fetchall()
    columns = [column[0] for column in con.description]
    return report.of(case.rule), [dict(zip(columns, row, strict=True)) for row in found], con


def wall_of(finding) -> set[str]:
    return {
        f"{one['why']}:{one['id'] if one['id'] is not None else one['name']}" for one in finding["implicated"]
    }


@pytest.mark.parametrize("case", CASES, ids=[f"{case.rule}: {case.title[:60]}" for case in CASES])
def test_it_finds_what_the_spec_says_and_what_its_plain_twin_finds(case):
    outcome, found, con = told(case)

    assert outcome.state == "ran", outcome.reason
    wanted = case.expected
    assert len(found) == len(wanted), [finding["detail_en"] for finding in found]
    for want in wanted:
        mine = [
            f
            for f in found
            if str(f["person_id"] or "") == (want["person"] or "")
            and f["people"] == [int(one) for one in (want.get("people") or "").split()]
            and (want["says"] or "") in f["detail_en"]
        ]
        assert len(mine) == 1, [finding["detail_en"] for finding in found]
        assert mine[0]["detail_zh"] and mine[0]["sources"] and mine[0]["key"].startswith(case.rule + ":")
        assert wall_of(mine[0]) == set((want["wall"] or "").split())
    limits = limits_of(rule(case.rule), {case.rule: case.limits})
    assert TWINS[case.rule](read_county(con), AT, limits) == answers_of(con, case.rule)


@pytest.mark.parametrize("rule_id", [row.id for row in RULES if row.judge and row.id != "R9b"])
def test_every_rule_has_a_spec_with_a_hit_and_a_look_alike(rule_id):
    own = [case for case in CASES if case.rule == rule_id]

    assert any(case.expected for case in own)
    assert any(not case.expected for case in own)
