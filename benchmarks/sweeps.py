"""How often the sweep's interval and the certificate's bound hold the truth in invented counties of unequal visibility.

    python benchmarks/sweeps.py [--seeds 200]

Eight villages of ten areas, 20 of the 80 swept. Worlds: people found at random; some found five times less often by
the lists; villages whose lists differ strongly; people on no list by nature; homes differing without end. In every
world the sweep finds listed and unlisted people equally well; the last rows break that and print by how much the
answer is then wrong - what no interval can show. Printed too: the certificate's bound over the same seeds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.estimate.bounds import upper_bound  # noqa: E402
from tests.core.estimate.sweep_worlds import WORLDS, World, sweep_once  # noqa: E402


def cover(name: str, world: World, seeds: int) -> None:
    """Print how often the interval holds the world's true coverage."""
    runs = [sweep_once(world, np.random.default_rng(seed)) for seed in range(seeds)]
    hits = sum(run.low <= run.truth <= run.high for run in runs)
    width = np.mean([run.high - run.low for run in runs])
    truth, value = np.mean([run.truth for run in runs]), np.mean([run.value for run in runs])
    print(f"| {name} | {truth:.3f} | {value:.3f} | {width:.3f} | {hits / seeds:.3f} |")


def bias(seeds: int) -> None:
    """Print what is reported when unlisted people are found less well than listed ones."""
    print("\n| unlisted found, listed 95% | true unlisted per 10,000 | reported |\n|---|---|---|")
    for finds in (0.95, 0.8, 0.6, 0.3):
        world = WORLDS["five times less visible"]
        runs = [sweep_once(world, np.random.default_rng(seed), finds_unlisted=finds) for seed in range(seeds)]
        truth, told = (10_000 * (1 - np.mean([getattr(run, k) for run in runs])) for k in ("truth", "value"))
        print(f"| {finds:.0%} | {truth:,.0f} | {told:,.0f} |")


def certificate(seeds: int) -> None:
    """Print how often the exact bound holds, for false claims spread evenly, by village, and by worker."""
    print("\n| false claims | bound holds the truth |\n|---|---|")
    makers: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
        "2% anywhere": lambda dice: dice.random(6_000) < 0.02,
        "a fifth of one village in ten": lambda dice: (
            (np.arange(6_000) // 600 == dice.integers(10)) & (dice.random(6_000) < 0.2)
        ),
        "everything of 3 workers in 100": lambda dice: np.isin(
            np.arange(6_000) // 60, dice.choice(100, 3, replace=False)
        ),
    }
    for name, make in makers.items():
        hits = 0
        for seed in range(seeds):
            dice = np.random.default_rng(seed)
            false = make(dice)
            found = int(false[dice.permutation(6_000)[:300]].sum())
            hits += upper_bound(frame_size=6_000, checked=300, found=found) >= false.sum()
        print(f"| {name} | {hits / seeds:.3f} |")


def main() -> None:
    """Run every world."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    print("| world | true coverage | mean estimate | mean width | interval holds |\n|---|---|---|---|---|")
    for name, world in WORLDS.items():
        cover(name, world, seeds)
    bias(seeds)
    certificate(seeds)


if __name__ == "__main__":
    main()
