"""How often a certificate is false when somebody tries every trick, and how fast draws and bounds are.

    python benchmarks/certificates.py [--runs 10000] [--frame 10000000]

Each run is a whole lottery over real SHA-256 tickets from a frame with one false claim more than the plan may certify:
the worst case. At every look all tricks are tried through the public functions (peeking, one-look formula, left-out
and replaced claims, other plans, other frames, targeted lists) before the rules are followed. A run counts as false
when anything passed. Then the one-look formula reused at every fifty shows what the rules prevent, and the speed of
the lottery and of its stand-alone re-run is measured.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "src"), str(Path(__file__).parents[1])]

from jiandi.core.estimate.audits import clopper_pearson  # noqa: E402
from jiandi.core.estimate.bounds import upper_bound  # noqa: E402
from jiandi.core.estimate.draw import draw_ids, freeze_frame, rerun_script, seed_commitment  # noqa: E402
from jiandi.core.estimate.looks import Look, chance_of_passing, design_looks  # noqa: E402
from tests.core.estimate.cheating import Setting, play  # noqa: E402


def rate(name: str, hits: int, of: int) -> None:
    """Print a share with its exact interval."""
    share = clopper_pearson(hits, of)
    print(
        f"| {name} | {hits:,} of {of:,} | {100 * hits / of:.2f}% | [{100 * share.low:.2f}, {100 * share.high:.2f}] |"
    )


def cheat(runs: int) -> None:
    """Play rounds against every trick and print how many ended in a false certificate."""
    print("| what | false certificates | rate | exact 95% interval |\n|---|---|---|---|")
    for size, limit in ((400, 0.02), (2_000, 0.01)):
        setting, dice = Setting.of(size, limit), random.Random(size)
        rounds = [play(setting, dice) for _ in range(runs)]
        rate(f"{size:,} claims, limit {limit:.1%}: plan", sum(r.passed for r in rounds), runs)
        tried, got = sum(r.tricks_tried for r in rounds), sum(len(r.tricks_passed) for r in rounds)
        rate(f"{size:,} claims: tricks ({tried:,} tried)", got, tried)
        rate(f"{size:,} claims: live meter, stopped at its best", sum(r.meter_passed for r in rounds), runs)
    peeks = []
    for checked in range(50, 2_001, 50):
        passing = [x for x in range(8) if upper_bound(frame_size=5_000, checked=checked, found=x) <= 25]
        peeks += [Look(checked, passing[-1])] if passing else []
    naive = sum(chance_of_passing(peeks, frame_size=5_000, false=26))
    print(
        f"\nOne-look formula reused at every 50 up to 2,000 of 5,000 (exact): {naive:.1%} false certificates"
    )


def speed(frame_size: int) -> None:
    """Design plans, draw 300 from a large frame, repeat the draw with the published script; print seconds."""
    for size, limit in ((5_000, 0.005), (100_000, 0.001), (10_000_000, 0.001)):
        start = time.perf_counter()
        design_looks(frame_size=size, limit=limit)
        print(f"plan for {size:,} claims at {limit:.1%}: {time.perf_counter() - start:.3f} s")
    ids = [f"E{n:09d}" for n in range(frame_size)]
    start = time.perf_counter()
    frame = freeze_frame(ids)
    root = frame.root
    print(f"{frame_size:,} frozen and hashed: {time.perf_counter() - start:.1f} s")
    start = time.perf_counter()
    drawn = draw_ids(frame, "seed", 300)
    print(f"300 of {frame_size:,} drawn: {time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("rerun.py").write_text(rerun_script(), encoding="utf-8")
        Path("frame.txt").write_text("".join(f"{item}\n" for item in frame.ids), encoding="utf-8")
        start = time.perf_counter()
        command = [sys.executable, "-I", "rerun.py", "--seed", "seed", "--size", "300"]
        command += ["--root", root, "--commitment", seed_commitment("seed")]
        with open("frame.txt", "rb") as lines:
            again = subprocess.run(command, stdin=lines, capture_output=True, text=True, check=True)
        same = again.stdout.split() == drawn
        print(f"repeated by the script alone: {time.perf_counter() - start:.1f} s, same list: {same}")
    if not same:
        sys.exit("the script drew another list")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=10_000, help="rounds played per frame (10,000)")
    parser.add_argument(
        "--frame", type=int, default=10_000_000, help="size of the frame drawn from, 0 to skip"
    )
    given = parser.parse_args()
    if given.runs:
        cheat(given.runs)
    if given.frame:
        speed(given.frame)


if __name__ == "__main__":
    main()
