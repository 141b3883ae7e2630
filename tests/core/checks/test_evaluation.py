"""How good the rules are is itself computed, with intervals, from a truth written apart."""

from __future__ import annotations

import pytest
from scipy import stats

from jiandi.core.checks import run
from jiandi.core.checks.evaluation import evaluate
from jiandi.core.checks.intervals import count_interval, share_interval
from tests.core.checks.county import AT, county

PLACE = """
    people
    person | household | village | name | sex | birth_on
    1      | 10        | 7       | 甲某 | 1   | 1980-01-01
    2      | 11        | 7       | 乙某 | 1   | 1980-01-01
    3      | 12        | 7       | 丙某 | 1   | 1980-01-01
    4      | 13        | 7       | 丁某 | 1   | 1980-01-01
    visits
    visit | started_at          | household | village
    5     | 2026-11-05 09:00:00 | 10        | 7
    sightings
    visit | person | danger | words
    5     | 1      | locked |
    5     | 2      | none   | 狗拴在门口
    5     | 4      | none   | 有人被锁在屋里
"""


@pytest.fixture
def judged():
    con = county(PLACE)
    con.execute(
        "CREATE TABLE harm (harm_id INTEGER, shape VARCHAR, person_id BIGINT, household_id BIGINT, look_alike BOOLEAN)"
    )
    con.execute(
        "INSERT INTO harm VALUES (1, 'restrained', 1, 10, false), (2, 'restrained', 2, 11, true), (3, 'restrained', 3, 12, false)"
    )
    run(con, at=AT)
    return evaluate(con, expected={"restrained": ["R11"]})


def test_it_tells_the_share_of_harm_found_by_shape_and_rule(judged):
    assert (judged.recall["restrained"].hits, judged.recall["restrained"].tried) == (1, 2)
    assert judged.rule_recall["restrained", "R11"].value == 0.5


def test_it_tells_look_alikes_left_alone(judged):
    assert judged.quiet["restrained"].value == 1.0


def test_it_counts_alerts_about_the_innocent_apart_by_class(judged):
    assert judged.innocents == 2
    assert judged.danger_and_contradiction.count == 1 and judged.danger_and_contradiction.value == 500
    assert judged.service_gaps.count == 0


@pytest.mark.parametrize(("hits", "tried"), [(0, 10), (3, 10), (10, 10), (57, 60), (1, 1), (0, 0)])
def test_a_share_has_the_exact_interval(hits, tried):
    low, high = share_interval(hits, tried)

    assert low == pytest.approx(stats.beta.ppf(0.025, hits, tried - hits + 1) if hits else 0, abs=1e-9)
    assert high == pytest.approx(
        stats.beta.ppf(0.975, hits + 1, tried - hits) if hits < tried else 1, abs=1e-9
    )


@pytest.mark.parametrize("count", [0, 1, 7, 250, 4000])
def test_a_count_has_the_exact_interval(count):
    low, high = count_interval(count)

    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0, rel=1e-6)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=1e-6)
