"""Workers who made visits up come first; slow, hilly and thorough ones do not; nobody is called a fabricator."""

from datetime import datetime, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from jiandi.core.estimate.indicators import INDICATORS
from jiandi.core.estimate.suspicion import MIN_VISITS, rank_visits, rank_workers
from jiandi.core.estimate.suspicion_sql import FEATURES, VisitTable, read_visits

FAKES = {3, 17}  # officers who fill forms in at a desk
HILLS = {5}  # an honest officer with long ways and poor reception
NEW = {40}  # an officer with few visits


def simulate(seed, *, workers=41, visits=60, fakes=FAKES):
    """Visits and sightings of honest officers, two desk workers, one in the hills, one newcomer."""
    dice = np.random.default_rng(seed)
    visit_rows, sighting_rows = [], []
    for officer in range(1, workers):
        count = 8 if officer in NEW else visits
        start = datetime(2026, 11, 3, 8, 30)
        for number in range(count):
            visit_id, village = officer * 1_000 + number, 1 + officer % 6
            if number % 12 == 0:
                start = datetime(2026, 11, 3 + number // 12, 8 if officer not in fakes else 20, 30)
            fake = officer in fakes
            minutes = dice.lognormal(np.log(4 if fake else 16), 0.1 if fake else 0.4)
            end = start + timedelta(minutes=minutes)
            lat = 34.5 + (0.001 if fake else dice.normal(0, 0.01))
            lon = 116.5 + (0.001 if fake else dice.normal(0, 0.01))
            met = fake or dice.random() < 0.8
            visit_rows.append(
                (
                    visit_id,
                    visit_id,
                    village,
                    officer,
                    start,
                    end,
                    "met" if met else "no_contact",
                    "no",
                    lat,
                    lon,
                    f"p{visit_id}",
                )
            )
            if met:
                talk = not fake and dice.random() < 0.4
                person = None if not fake and dice.random() < 0.06 else visit_id
                sighting_rows.append(
                    (
                        visit_id,
                        person,
                        "seen",
                        bool(fake or dice.random() < 0.5),
                        "yes",
                        "none",
                        "food" if talk else "",
                        "有话" if talk else "",
                    )
                )
            gap = dice.lognormal(np.log(2 if fake else 25 if officer in HILLS else 9), 0.5)
            start = end + timedelta(minutes=gap)
    return visit_rows, sighting_rows


def snapshot(visits, sightings, homes=False):
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE visits(visit_id BIGINT, dwelling_id BIGINT, village BIGINT, officer_id BIGINT, started_at TIMESTAMP,"
        " ended_at TIMESTAMP, result VARCHAR, outbuildings VARCHAR, lat DOUBLE, lon DOUBLE, photo_sha VARCHAR)"
    )
    con.execute(
        "CREATE TABLE sightings(visit_id BIGINT, person_id BIGINT, present VARCHAR, alone BOOL, own_id VARCHAR,"
        " danger VARCHAR, need VARCHAR, words VARCHAR)"
    )
    for name, rows in (("visits", visits), ("sightings", sightings)):
        if rows:
            batch = pa.table(
                [list(column) for column in zip(*rows, strict=True)],
                names=[f"c{n}" for n in range(len(rows[0]))],
            )
            con.register("batch", batch)
            con.execute(f"INSERT INTO {name} SELECT * FROM batch")
    if homes:
        con.execute("CREATE TABLE dwellings AS SELECT dwelling_id, 34.5 AS lat, 116.5 AS lon FROM visits")
    return con


@pytest.fixture(scope="module")
def table():
    return read_visits(snapshot(*simulate(1), homes=True))


@pytest.fixture(scope="module")
def ranked(table):
    return rank_workers(table, seed=11)


def test_it_ranks_desk_workers_first(ranked):
    assert {row.officer_id for row in ranked[:2]} == FAKES
    assert [row.rank for row in ranked[:3]] == [1, 2, 3]


def test_it_leaves_a_thorough_officer_in_the_hills_alone(ranked):
    place = next(row.rank for row in ranked if row.officer_id in HILLS)

    assert place > 5


def test_it_does_not_rank_who_made_few_visits(ranked):
    newcomer = next(row for row in ranked if row.officer_id in NEW)

    assert (newcomer.rank, newcomer.score, newcomer.mentions) == (None, None, ())
    assert newcomer.n_visits < MIN_VISITS and "too few" in newcomer.text.en


def test_it_gives_reasons_in_words_and_no_verdict(ranked):
    worst = ranked[0]

    assert worst.is_flagged
    assert worst.text.en == f"flagged for re-visit: {len(worst.mentions)} indicators"
    assert {"short_visits", "same_spot"} <= {mention.name for mention in worst.mentions}
    for row in ranked:
        for text in (row.text, *(mention.text for mention in row.mentions)):
            assert text.zh and text.en
            assert not any(word in text.en + text.zh for word in ("fabricat", "fake", "造假", "虚假", "{"))


def test_it_gives_the_same_order_for_the_same_seed(table, ranked):
    assert rank_workers(table, seed=11) == ranked


def test_a_retired_indicator_neither_counts_nor_is_mentioned(table, ranked):
    gone = {mention.name for mention in ranked[0].mentions}
    after = rank_workers(table, seed=11, retired=gone)

    assert gone and not any(mention.name in gone for row in after for mention in row.mentions)
    assert [row.score for row in after] != [row.score for row in ranked]


def test_it_names_hardly_anybody_when_all_are_honest():
    honest = rank_workers(read_visits(snapshot(*simulate(2, fakes=set()))), seed=11)

    assert sum(row.is_flagged for row in honest) <= 4


def test_it_compares_nobody_when_there_are_too_few_colleagues():
    few = rank_workers(read_visits(snapshot(*simulate(3, workers=6))), seed=11)

    assert len(few) == 5 and all(row.rank is None for row in few)
    assert rank_workers(read_visits(snapshot([], [])), seed=11) == []


def test_it_orders_visits_by_worker_and_visit(table, ranked):
    visit_ids, scores = rank_visits(table, ranked)

    assert {int(visit) // 1_000 for visit in visit_ids[:80]} <= FAKES
    assert (np.diff(scores) <= 0).all() and len(visit_ids) == len(table.visit_id)


def test_it_measures_overlap_speed_photos_and_distance():
    at = datetime(2026, 11, 3, 9)
    minute = timedelta(minutes=1)
    visits = [
        (1, 1, 7, 9, at, at + 10 * minute, "met", "no", 34.0, 116.0, "a"),
        (2, 2, 7, 9, at + 5 * minute, at + 15 * minute, "met", "no", 34.0, 116.0, "a"),
        (3, 3, 7, 9, at + 16 * minute, at + 20 * minute, "no_contact", "no", 34.2, 116.0, ""),
        (
            4,
            4,
            7,
            9,
            at + timedelta(hours=13),
            at + timedelta(hours=13, minutes=9),
            "met",
            "no",
            34.0,
            116.0,
            "b",
        ),
    ]
    found = read_visits(snapshot(visits, [(1, 1, "seen", True, "yes", "tied", "", "")])).features

    assert found["overlaps"].tolist()[1:] == [1, 0, 0]
    assert found["too_fast"][2] == 1
    assert found["photo_again"][:2].tolist() == [1, 1] and found["photo_again"][3] == 0
    assert found["same_spot"].tolist() == [1, 1, 0, 1]
    assert found["has_need"][0] == 1 and np.isnan(found["has_need"][2])
    assert found["odd_hours"].tolist() == [0, 0, 0, 1]
    assert np.isnan(found["log_metres"]).all()


def test_every_indicator_reads_in_two_languages_and_is_measured():
    assert {indicator.feature for indicator in INDICATORS} <= set(FEATURES)
    for indicator in INDICATORS:
        assert "{own}" in indicator.text.zh and "{peers}" in indicator.text.en


def with_logs(table, seed, workers, *, only=lambda officer: True, desk=frozenset()):
    """The same visits, some workers' with a log of how the form was filled in."""
    dice = np.random.default_rng(seed)
    has = np.array([only(int(officer)) for officer in table.officer_id])
    at_desk = np.isin(table.officer_id, list(desk))
    count = len(table.visit_id)
    drawn = {
        "item_seconds": np.where(at_desk, dice.normal(0.6, 0.1, count), dice.normal(1.8, 0.4, count)),
        "item_spread": np.where(at_desk, dice.normal(0.3, 0.05, count), dice.normal(1.0, 0.2, count)),
        "item_edits": np.where(at_desk, 0.0, (dice.random(count) < 0.3) * 0.2),
        "resumed": np.where(at_desk, dice.random(count) < 0.6, dice.random(count) < 0.05).astype(float),
    }
    features = {**table.features, **{name: np.where(has, values, np.nan) for name, values in drawn.items()}}
    return VisitTable(table.visit_id, table.officer_id, table.village, features)


def test_a_missing_log_is_no_suspicion():
    honest = read_visits(snapshot(*simulate(2, fakes=set())))
    before = {row.officer_id: row.rank for row in rank_workers(honest, seed=11) if row.rank}
    logged = with_logs(honest, 1, 41, only=lambda officer: officer % 4 != 0)
    after = {row.officer_id: row for row in rank_workers(logged, seed=11) if row.rank}

    without = [officer for officer in after if officer % 4 == 0]
    assert not any(mention.name in LOGGED for officer in without for mention in after[officer].mentions)
    moved = np.mean([after[officer].rank - before[officer] for officer in without])
    assert abs(moved) < 6  # of forty places, up or down


LOGGED = {"short_items", "even_items", "few_edits", "resumed"}


def test_what_a_log_says_is_held_against_colleagues_with_one():
    honest = read_visits(snapshot(*simulate(2, fakes=set())))
    logged = with_logs(honest, 1, 41, only=lambda officer: officer % 4 != 0, desk={3})
    ranked = rank_workers(logged, seed=11)

    assert ranked[0].officer_id == 3
    assert {mention.name for mention in ranked[0].mentions} >= LOGGED
    said = next(mention.text for mention in ranked[0].mentions if mention.name == "short_items")
    assert "秒" in said.zh and " s, colleagues" in said.en
