"""Kill the demonstration at random moments, run it again, and compare its summary with an undisturbed run's.

    python benchmarks/interrupted.py [--people 5000] [--times 5] [--seed 1]

Prints JSON; exits 1 when any summary differs (log root included; only times and memory are left out).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def command(people: int, *more: str) -> list[str]:
    """Return the demonstration's command line."""
    return [str(ROOT / "jiandi"), "demo", "--people", str(people), "--no-serve", "--json", *more]


def summary(people: int, folder: Path, *more: str) -> dict[str, Any]:
    """Run to the end and return what it says, without how long it took."""
    environment = {**os.environ, "JIANDI_DATA": str(folder / "own")}
    done = subprocess.run(command(people, *more), env=environment, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    said.pop("stages")
    return said


def kill_after(seconds: float, people: int, folder: Path) -> str:
    """Start the demonstration and kill it, children and all, after so many seconds; return the last stage it told of."""
    environment = {**os.environ, "JIANDI_DATA": str(folder / "own")}
    with tempfile.TemporaryFile("w+") as told:
        running = subprocess.Popen(
            command(people, "--fresh"),
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=told,
            start_new_session=True,
        )
        time.sleep(seconds)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        told.seek(0)
        lines = [line.strip() for line in told if line.strip().startswith("✓")]
    return lines[-1] if lines else "before the first stage ended"


def main() -> int:
    """Compare, print, and say by the exit code whether all summaries were the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    dice, folder = random.Random(arguments.seed), Path(tempfile.mkdtemp(prefix="jiandi-interrupted-"))
    before = time.monotonic()
    wanted = summary(arguments.people, folder, "--fresh")
    whole = time.monotonic() - before
    rounds = []
    for _ in range(arguments.times):
        seconds = dice.uniform(0.1, 0.95) * whole
        last = kill_after(seconds, arguments.people, folder)
        found = summary(arguments.people, folder)
        differs = sorted(name for name in wanted if wanted[name] != found.get(name))
        rounds.append({"killed_after_s": round(seconds, 1), "last_stage_told": last, "differs": differs})
    print(
        json.dumps(
            {"whole_s": round(whole, 1), "log_root": wanted["log_root"], "rounds": rounds},
            ensure_ascii=False,
            indent=1,
        )
    )
    return 1 if any(one["differs"] for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
