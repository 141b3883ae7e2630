"""`jiandi serve` and `jiandi nightly`."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
import time
from typing import Any

from django.core.management import call_command
from django.db import close_old_connections
from granian import Granian
from granian.constants import Interfaces

from jiandi.commands.terminal import acting_officer, add_common, language_of, show, stage
from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.web import nightly

JOB_LOOK_SECONDS = 2  # somebody is waiting on a page
DANGER_SCAN_SECONDS = 10  # a danger sign is an alert within the minute, not at night


def add_commands(commands: Any) -> None:
    """Add the commands."""
    serve = commands.add_parser("serve", help="打开控制台 · serve the console")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument(
        "--host", default="127.0.0.1", help="默认只供本机访问 · this machine only, unless said otherwise"
    )
    add_common(serve, acts=False)
    serve.set_defaults(run=run_serve)
    night = commands.add_parser("nightly", help="夜间任务,依次进行 · the night's work, in order")
    add_common(night)
    night.set_defaults(run=run_nightly)


def run_serve(arguments: argparse.Namespace) -> int:
    """Bring the database up to date and serve."""
    call_command("migrate", verbosity=0)
    serve(arguments.host, arguments.port)
    return 0


def serve(host: str, port: int) -> None:
    """Serve the console until stopped; the danger scan and asked-for leads run beside it, in this process."""
    os.environ.setdefault("PYTHONPATH", os.pathsep.join(sys.path))
    # A fresh worker, never a fork: a fork taken while another thread is inside SQLite leaves a lock nobody will ever release.
    multiprocessing.set_start_method("spawn", force=True)
    threading.Thread(target=watch_for_danger, daemon=True).start()
    threading.Thread(target=work_on_leads, daemon=True).start()
    Granian(
        "jiandi.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        log_enabled=False,
    ).serve()


def watch_for_danger() -> None:
    """Read new submissions and reports by cursor, every few seconds (rooms do not call upwards)."""
    while True:
        nightly.watch(at=clock.now())
        close_old_connections()
        time.sleep(DANGER_SCAN_SECONDS)


def work_on_leads() -> None:
    """Work out what pages asked for, one after another; requests are answered by another process and do not wait."""
    while True:
        did_one = nightly.work(now=clock.now)
        close_old_connections()
        if not did_one:
            time.sleep(JOB_LOOK_SECONDS)


def run_nightly(arguments: argparse.Namespace) -> int:
    """Run the night's work; exit 1 when a step failed."""
    by, language = acting_officer(arguments), language_of(arguments)
    with stage(Text(zh="夜间任务", en="The night's work"), language) as bar:
        steps = nightly.run(by=by, at=clock.now(), progress=bar)
        bar.close("")
    marks = {"done": "✓", "nothing": "·", "failed": "✗"}
    rows = [{"step": s.name, "state": s.state, "zh": s.detail.zh, "en": s.detail.en} for s in steps]
    show(
        arguments,
        {"steps": rows},
        [f"{marks[s.state]} {s.text.say(language)}: {s.detail.say(language)}" for s in steps],
    )
    return 1 if any(step.state == "failed" for step in steps) else 0
