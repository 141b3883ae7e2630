"""`jiandi world`: make a county whose truth is known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from jiandi import world
from jiandi.commands.terminal import add_common, language_of, peak_megabytes, show, stage
from jiandi.core.values import Text


def add_commands(commands: Any) -> None:
    """Add the command."""
    made = commands.add_parser(
        "world", help="造一个已知真相的虚构县 · make an invented county with known truth"
    )
    made.add_argument("folder", type=Path, help="写到哪里 · where to write it")
    made.add_argument("--people", type=int, default=60_000, help="人数,2 000 到 10 000 000 · how many people")
    made.add_argument("--seed", type=int, default=2026, help="种子 · the seed")
    add_common(made, acts=False)
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write places, rosters, officers, feeds, reports - and the truth, apart."""
    with stage(Text(zh="虚构县", en="Invented county"), language_of(arguments)) as bar:
        figures = world.make(arguments.folder, people=arguments.people, seed=arguments.seed, progress=bar)
        seconds = bar.close(f"{arguments.people:,}")
    shown = dict(figures or {})
    show(
        arguments,
        {**shown, "folder": str(arguments.folder), "seconds": round(seconds, 1), "peak_mb": peak_megabytes()},
    )
    return 0
