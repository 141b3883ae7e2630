"""The lottery: same seed same draw, anybody can repeat it, nobody re-visits their own."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jiandi.core.estimate.draw import (
    allocate,
    check_seed,
    draw_by_stratum,
    draw_ids,
    freeze_frame,
    rerun_script,
    seed_commitment,
    simple_sample,
    stratified_sample,
    stratum_sample,
    top_up,
)
from jiandi.core.estimate.inspectors import Inspector, RecheckItem, assign_inspectors, is_conflicted
from jiandi.core.values import Refused

SEED = "dice 4 1 6 2 | frame published 2026-11-21"


def frame_of(count, villages=0):
    ids = [f"T{number:06d}" for number in range(count)]
    return freeze_frame({item: f"v{hash_of(item) % villages}" for item in ids} if villages else ids)


def hash_of(item):
    return int(item[1:]) * 7919 % 1_000_003


def rerun(frame, *arguments, change=""):
    text = "".join(line + "\n" for line in frame.lines()) + change
    return subprocess.run(
        [sys.executable, "-I", "-c", rerun_script(), *arguments],
        input=text.encode(),
        capture_output=True,
        check=False,
    )


def test_it_draws_the_same_people_from_the_same_frame_and_seed():
    assert draw_ids(frame_of(2_000), SEED, 60) == draw_ids(
        freeze_frame(reversed(frame_of(2_000).ids)), SEED, 60
    )
    assert draw_ids(frame_of(2_000), SEED, 60) != draw_ids(frame_of(2_000), SEED + "!", 60)


def test_it_extends_a_draw_without_changing_it():
    frame = frame_of(2_000)

    assert draw_ids(frame, SEED, 30) + draw_ids(frame, SEED, 90, start=30) == draw_ids(frame, SEED, 90)


def test_it_gives_everybody_the_same_chance():
    frame = frame_of(20_000)
    places = [int(item[1:]) / 20_000 for item in draw_ids(frame, SEED, 2_000)]

    assert stats.kstest(places, "uniform").pvalue > 0.001


def test_it_changes_the_root_with_any_change_of_the_frame():
    frame = frame_of(50, villages=3)
    other = freeze_frame({**dict(zip(frame.ids, frame.strata, strict=True)), "T000049": "v9"})

    assert len({frame.root, other.root, freeze_frame(frame.ids).root, freeze_frame(frame.ids[1:]).root}) == 4


def test_anybody_can_repeat_the_draw_with_the_published_script():
    frame = frame_of(3_000, villages=4)
    published = ("--root", frame.root, "--commitment", seed_commitment(SEED))

    whole = rerun(frame, "--seed", SEED, "--size", "120", *published)
    village = rerun(frame, "--seed", SEED, "--take", "v2=15", *published)

    assert whole.stdout.decode().split() == draw_ids(frame, SEED, 120)
    assert village.stdout.decode().split() == draw_by_stratum(frame, SEED, {"v2": 15})["v2"]


def test_the_script_says_when_frame_or_seed_is_not_the_published_one():
    frame = frame_of(50)

    other_frame = rerun(frame, "--seed", SEED, "--size", "5", "--root", frame.root, change="T999999\n")
    other_seed = rerun(frame, "--seed", "x", "--size", "5", "--commitment", seed_commitment(SEED))

    assert other_frame.returncode == other_seed.returncode == 1
    assert b"frame" in other_frame.stderr and b"seed" in other_seed.stderr


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 40), min_size=1), st.integers(0, 4), st.data()
)
def test_it_allocates_in_proportion_and_never_takes_a_visit_back(sizes, floor, data):
    least = sum(min(floor, size) for size in sizes.values())
    total = data.draw(st.integers(least, sum(sizes.values())))

    shares = allocate(sizes, total, floor=floor)

    assert sum(shares.values()) == total
    assert all(min(floor, sizes[name]) <= share <= sizes[name] for name, share in shares.items())
    if total < sum(sizes.values()):
        more = allocate(sizes, total + 1, floor=floor)
        assert all(more[name] >= share for name, share in shares.items())


def test_it_tops_up_small_villages_with_their_next_tickets():
    frame = frame_of(3_000, villages=7)
    county = draw_ids(frame, SEED, 40)

    extra = top_up(frame, SEED, county, 10)

    for village, ids in frame.members().items():
        in_village = [item for item in county if item in set(ids)] + extra.get(village, [])
        assert set(in_village) >= set(draw_by_stratum(frame, SEED, {village: 10})[village])
        assert set(in_village) == set(draw_by_stratum(frame, SEED, {village: len(in_village)})[village])


def test_it_describes_the_sample_for_the_certificate():
    frame = frame_of(300, villages=3)
    commitment = seed_commitment(SEED)
    shares = allocate(frame.sizes(), 60, floor=10)

    assert simple_sample("D1", frame, commitment, 60).frame_size == 300
    assert stratified_sample("D1", frame, commitment, shares).size == 60
    assert stratum_sample("D1", frame, commitment, "v1", 20).frame_size == frame.sizes()["v1"]


def test_it_refuses_what_would_spoil_a_lottery():
    for ids in (["T1", "T1"], [], ["T1\n"], [""]):
        with pytest.raises(Refused, match="estimate.frame"):
            freeze_frame(ids)
    with pytest.raises(Refused, match="draw_size"):
        draw_ids(frame_of(10), SEED, 11)
    with pytest.raises(Refused, match="stratum_size"):
        draw_by_stratum(frame_of(10, villages=2), SEED, {"v0": 11})
    with pytest.raises(Refused, match="allocation"):
        allocate({"a": 5, "b": 5}, 3, floor=2)
    with pytest.raises(Refused, match="other_seed"):
        check_seed("x", seed_commitment(SEED))


def cast(towns=4, each=3, load=30):
    return [
        Inspector(f"i{town}{number}", f"town{town}", load, frozenset({f"w{town}{number}"}))
        for town in range(towns)
        for number in range(each)
    ]


def items(count):
    return [
        RecheckItem(f"R{n}", f"town{n % 4}", frozenset({f"w{n % 3}{n % 2}", f"i{n % 4}0"}), frozenset())
        for n in range(count)
    ]


@pytest.mark.parametrize("per_item", [1, 2])
def test_it_sends_inspectors_without_conflict_and_evenly(per_item):
    inspectors, rechecks = cast(), items(120)

    plan = assign_inspectors(rechecks, inspectors, seed=SEED, per_item=per_item)

    by_id = {inspector.id: inspector for inspector in inspectors}
    assert not plan.unassigned
    for item in rechecks:
        assert len(set(plan.assigned[item.id])) == per_item
        assert not any(is_conflicted(item, by_id[one]) for one in plan.assigned[item.id])
    loads = np.bincount([list(by_id).index(one) for given in plan.assigned.values() for one in given])
    assert loads.max() <= 30 and loads.max() - loads.min() <= 3 * per_item
    assert plan == assign_inspectors(rechecks, inspectors, seed=SEED, per_item=per_item)


def test_it_names_the_re_visits_nobody_may_make():
    rechecks = [RecheckItem("R1", "town0"), RecheckItem("R2", "town1"), RecheckItem("R3", "town1")]

    plan = assign_inspectors(rechecks, [Inspector("i0", "town0", 1)], seed=SEED)

    assert "R1" in plan.unassigned and len(plan.unassigned) == 2
    assert sum(map(len, plan.assigned.values())) == 1
    assert assign_inspectors(rechecks, [], seed=SEED).unassigned.keys() == {"R1", "R2", "R3"}
    assert assign_inspectors([], cast(), seed=SEED).assigned == {}
