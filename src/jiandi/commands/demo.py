"""`jiandi demo`: the main job on an invented county, one screen of what came out, and the console."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from jiandi.commands import mainjob, service, stages, summary
from jiandi.commands.terminal import add_common, cpu_seconds, language_of, peak_megabytes, stage
from jiandi.commands.wording import figures_line
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Installation


def add_commands(commands: Any) -> None:
    """Add the command."""
    demo = commands.add_parser(
        "demo", help="在虚构县上跑完主要工作,再打开控制台 · the main job on an invented county"
    )
    demo.add_argument("--people", type=int, default=60_000, help="人数 · how many people")
    demo.add_argument("--seed", type=int, default=2026, help="种子 · the seed")
    demo.add_argument("--fresh", action="store_true", help="从头再做一遍 · start over")
    demo.add_argument("--no-serve", action="store_true", help="做完就结束 · end when done")
    demo.add_argument("--port", type=int, default=8000)
    add_common(demo, acts=False)
    demo.set_defaults(run=run)


def _mark() -> Path:
    return Path(settings.DATA) / "demo.json"


def finished_with(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Return the figures of a finished demonstration of this size and seed, if there is one."""
    try:
        mark = json.loads(_mark().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark if (mark["people"], mark["seed"]) == (arguments.people, arguments.seed) else None


def _clear() -> None:
    """Remove an earlier or interrupted demonstration - and nothing that is not one."""
    database = Path(settings.DATA) / "jiandi.sqlite3"
    if database.exists() and not (Path(settings.DATA) / "demo.started").exists():
        raise Refused(
            "demo.not_a_demo",
            Text(
                zh=f"{settings.DATA} 里有一个不是演示的数据库,演示不会动它。请换一个文件夹。",
                en=f"{settings.DATA} holds a database that is not a demonstration, so it was not touched. Choose another folder.",
            ),
        )
    connections.close_all()
    for child in Path(settings.DATA).iterdir():
        if child.name == "keys":
            continue
        shutil.rmtree(child) if child.is_dir() else child.unlink()


def make(arguments: argparse.Namespace) -> dict[str, Any]:
    """Run every stage; an interrupted demonstration starts over, so that two runs end alike."""
    language = language_of(arguments)
    if (Path(settings.DATA) / "demo.started").exists() and not arguments.fresh:
        print(
            Text(zh="  上一次没有做完,从头开始。", en="  The last run was interrupted; starting over.").say(
                language
            ),
            file=sys.stderr,
        )
    _clear()
    (Path(settings.DATA) / "demo.started").touch()
    call_command("migrate", verbosity=0)
    job = mainjob.Job(Path(settings.DATA) / "world", arguments.people, arguments.seed)
    timings = []
    for step in stages.STAGES:
        before = cpu_seconds()
        with stage(step.text, language) as bar:
            figures = step.work(job, bar)
            seconds = bar.close(figures_line(figures, language))
        cost = {"seconds": round(seconds, 2), "cpu_seconds": round(cpu_seconds() - before, 2)}
        timings.append({"stage": step.name, **cost, "peak_mb": peak_megabytes(), **figures})
    mark = {"people": arguments.people, "seed": arguments.seed, "stages": timings}
    _mark().write_text(json.dumps(mark, ensure_ascii=False, default=str), encoding="utf-8")
    return mark


def run(arguments: argparse.Namespace) -> int:
    """Make the county unless it is there, say what came out, serve the console."""
    language = language_of(arguments)
    mark = None if arguments.fresh else finished_with(arguments)
    if mark is None:
        if arguments.fresh and _mark().exists():
            (Path(settings.DATA) / "demo.started").touch()
        mark = make(arguments)
    else:
        already = Text(
            zh="  演示已经做好;--fresh 从头再做。", en="  The demonstration is ready; --fresh makes it anew."
        )
        print(already.say(language), file=sys.stderr)
    if not Installation.objects.filter(pk=1, is_demo=True).exists():
        raise Refused(
            "demo.not_a_demo", Text(zh="这个库不是演示库。", en="This database is not a demonstration.")
        )
    figures = summary.figures()
    if arguments.json:
        print(json.dumps({**figures, "stages": mark["stages"]}, ensure_ascii=False, indent=1, default=str))
    else:
        print(summary.page(figures, mark["stages"], language))
    if not arguments.no_serve:
        print(summary.log_ins(arguments.port, language))
        service.serve("127.0.0.1", arguments.port)
    return 0
