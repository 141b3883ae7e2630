"""A budget of re-visits: learns from what is found, spreads while little is known, and never repeats a visit."""

import numpy as np

from jiandi.core.estimate.budget import WorkerBelief, choose_visits

VISITS = {worker: list(range(100 * worker, 100 * worker + 50)) for worker in range(40)}


def ranked(**known):
    return [WorkerBelief(w, w / 40, *known.get(f"w{w}", (0, 0))) for w in range(40)]


def per_worker(chosen):
    return np.bincount([visit // 100 for visit in chosen], minlength=40)


def test_it_starts_with_the_ranking_and_spreads():
    counts = per_worker(choose_visits(ranked(), VISITS, 100, seed=1))

    assert counts[:8].sum() > 60 and counts[:8].max() < 50 and counts.sum() == 100


def test_it_leaves_the_honest_and_follows_what_is_found():
    known = {"w0": (0, 15), "w1": (0, 15), "w30": (8, 2)}
    counts = per_worker(choose_visits(ranked(**known), VISITS, 100, seed=1))

    assert counts[30] > 20 and counts[0] < 10 and counts[1] < 10


def test_it_repeats_no_visit_and_gives_the_same_choice_for_the_same_seed():
    chosen = choose_visits(ranked(), VISITS, 5_000, seed=2)

    assert sorted(chosen) == sorted(visit for visits in VISITS.values() for visit in visits)
    assert choose_visits(ranked(), VISITS, 60, seed=3) == choose_visits(ranked(), VISITS, 60, seed=3)
    assert choose_visits([WorkerBelief(1, None)], {}, 5, seed=1) == []


def test_it_finds_more_than_a_static_order_when_the_ranking_is_poor():
    """60 workers, 6 make up nine visits in ten, the ranking barely better than chance: four rounds of 60."""
    found = {"learning": 0, "static": 0}
    for seed in range(20):
        dice = np.random.default_rng(seed)
        fakers = set(dice.choice(60, 6, replace=False).tolist())
        order = np.argsort(-(dice.normal(size=60) + np.array([0.7 * (w in fakers) for w in range(60)])))
        place = {int(worker): rank / 60 for rank, worker in enumerate(order)}
        for way in found:
            tally = {worker: [0, 0] for worker in range(60)}
            left = {worker: [100 * worker + n for n in range(60)] for worker in range(60)}
            for turn in range(4):
                beliefs = [WorkerBelief(w, place[w], *tally[w]) for w in range(60)]
                if way == "learning":
                    chosen = choose_visits(beliefs, left, 60, seed=100 * seed + turn)
                else:
                    chosen = [v for w in order.tolist() for v in left[w][:60]][:60]
                for visit in chosen:
                    worker = visit // 100
                    left[worker].remove(visit)
                    false = worker in fakers and dice.random() < 0.9
                    tally[worker][0 if false else 1] += 1
            found[way] += sum(false for false, _ in tally.values())
    assert found["learning"] > 1.3 * found["static"]
