"""A match run that is killed, whenever that is, leaves nothing half-linked; the next one ends as if it had never been.

1. A county has linked its police register; an allowance list came since.
2. The run that looks at what changed is killed while it writes, and another when it has written everything but has not ended.
3. The register stands as before, and what the first run worked out still counts.
4. The next run ends as the run of a county where nobody was ever killed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WRITING, WRITTEN = (
    5,
    8,
)  # steps of `register.link`: people are written; all is written and kept, the end is not said


def child(folder: Path, *does: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "JIANDI_DATABASE"}
    environment |= {"JIANDI_DATA": str(folder), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "tests.stories.linking_child", *does]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def ended(folder: Path, *does: str) -> dict[str, Any]:
    told, _ = child(folder, *does).communicate(timeout=300)
    found: dict[str, Any] = json.loads(told)
    return found


def killed_at(folder: Path, step: int) -> None:
    running = child(folder, "link", str(step))
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()


def test_a_killed_run_leaves_nothing_half_linked(tmp_path: Path) -> None:
    county = tmp_path / "county"
    before = ended(county, "prepare")
    shutil.copytree(county, tmp_path / "undisturbed")

    killed_at(county, WRITING)
    killed_at(county, WRITTEN)

    assert ended(county, "tell") == before
    linked = ended(county, "link")
    assert linked == ended(tmp_path / "undisturbed", "link")
    assert linked["ways"] == ["anew", "changes"]
    left = sorted(path.name.split("-")[0] for path in (county / "analysis").iterdir())
    assert left == ["linkage", "roster", "roster"]
