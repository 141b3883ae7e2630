"""Every door on exactly one day, days one can walk, work shared evenly."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiandi.core.plan.days import Door, Pace, plan_days
from jiandi.core.plan.walk import path_length, to_metres, walking_order


def village_of(count, village="v1", seed=3, groups=4):
    dice = np.random.default_rng(seed)
    return [
        Door(
            f"{village}-{n:04d}",
            village,
            str(n % groups),
            34.5 + n % groups * 0.01 + float(dice.normal(0, 0.002)),
            116.5 + float(dice.normal(0, 0.002)),
            minutes=15 + n % 3 * 5,
        )
        for n in range(count)
    ]


def test_every_door_is_called_at_exactly_once():
    doors = village_of(300) + village_of(120, "v2")

    days = plan_days(doors, {"v1": ["shen", "lu"], "v2": ["shen"]})

    called = [door for day in days for door in day.doors]
    assert sorted(called) == sorted(door.id for door in doors)
    assert all(day.minutes <= 360 for day in days)
    assert {(day.worker, day.day) for day in days} == {
        (worker, n + 1) for worker in ("lu", "shen") for n in range(sum(d.worker == worker for d in days))
    }


def test_work_is_shared_evenly():
    days = plan_days(village_of(400), {"v1": ["a", "b", "c"]})
    minutes = [sum(day.minutes for day in days if day.worker == worker) for worker in "abc"]

    assert max(minutes) - min(minutes) < 60


def test_days_are_even_and_within_the_limit():
    days = plan_days(village_of(100), {"v1": ["a"]}, pace=Pace(minutes_a_day=240))
    minutes = [day.minutes for day in days]

    assert max(minutes) <= 240 and max(minutes) - min(minutes) < 80


def test_a_village_without_a_worker_is_planned_all_the_same():
    days = plan_days(village_of(30), {})

    assert {day.worker for day in days} == {""}
    assert sum(len(day.doors) for day in days) == 30


def test_doors_without_a_position_are_not_forgotten():
    doors = [*village_of(20), Door("x1", "v1"), Door("x2", "v1", "9")]
    nowhere = [Door(f"n{n}", "v9") for n in range(5)]

    called = {door for day in plan_days([*doors, *nowhere], {}) for door in day.doors}

    assert called == {door.id for door in [*doors, *nowhere]}


def test_a_visit_longer_than_a_day_has_its_own_day():
    doors = [Door("long", "v1", minutes=500.0), Door("short", "v1", minutes=20.0)]

    assert [day.doors for day in plan_days(doors, {"v1": ["a"]})] == [("long",), ("short",)]


def test_it_gives_the_same_plan_whatever_the_order_given():
    doors = village_of(80)

    assert plan_days(doors, {"v1": ["b", "a"]}) == plan_days(doors[::-1], {"v1": ["a", "b"]})
    assert plan_days([], {}) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=7, unique=True))
def test_the_walk_is_not_much_longer_than_the_shortest(places):
    points = np.array(places, dtype=float)

    order = walking_order(points)

    shortest = min(path_length(points[list(one)]) for one in permutations(range(len(points))))
    assert sorted(order.tolist()) == list(range(len(points)))
    assert path_length(points[order]) <= 1.6 * shortest + 1e-6


def test_the_walk_undoes_crossings():
    points = np.random.default_rng(5).uniform(0, 1_000, (400, 2))
    walked = path_length(points[walking_order(points)])

    assert (
        walked < 0.7124 * np.sqrt(400 * 1_000 * 1_000) * 1.2
    )  # the shortest tour of random points is near 0.7124


def test_positions_become_metres():
    points = to_metres(np.array([34.0, 34.01, np.nan]), np.array([116.0, 116.0, 116.0]))

    assert points[1, 1] - points[0, 1] == pytest.approx(1_112, abs=1)
    assert np.isnan(points[2]).any()
    assert np.isnan(to_metres(np.array([np.nan]), np.array([np.nan]))).all()
