"""One door for operators: `jiandi COMMAND`. Every command acts as a named officer through the same predicate."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from pathlib import Path
from types import ModuleType

# The data folder must be known before Django reads its settings, and Django before the rooms are imported.
DEMO_DATA = Path("var/demo")


def _choose_data(argv: list[str]) -> None:
    """Point the process at the demonstration's data where that is meant, or where nothing else exists."""
    root = Path(os.environ.get("JIANDI_DATA", "var/jiandi"))
    demo = root.parent / DEMO_DATA.name
    wants_demo = "--demo" in argv or argv[:1] == ["demo"]
    nothing_else = not (root / "jiandi.sqlite3").exists() and (demo / "jiandi.sqlite3").exists()
    makes_own = argv[:1] in (["init"], ["world"]) or "JIANDI_DATABASE" in os.environ
    if wants_demo or (nothing_else and not makes_own):
        os.environ["JIANDI_DATA"] = str(demo)
    if "--demo" in argv:
        argv.remove("--demo")


_choose_data(sys.argv[1:] if sys.argv else [])
if "--demo" in sys.argv:
    sys.argv.remove("--demo")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiandi.web.settings")

from jiandi.commands import lists, sampling  # noqa: E402
from jiandi.core.values import Refused  # noqa: E402

#: Statistics on a file or a few numbers need neither database nor settings, so Django is not even started.
WITHOUT_SERVICE = ("mse", "certify", "plan-sample", "draw")
READER_GONE = 141  # as a shell reports a program that its pipe ended (128 + SIGPIPE)
GROUPS: tuple[ModuleType, ...] = (lists, sampling)

if sys.argv[1:2] not in [[name] for name in WITHOUT_SERVICE]:
    # Brings the linkage engine, half a second that a bound does not need.
    from jiandi.commands import linkfiles

    if linkfiles.is_for_files(sys.argv[1:]):
        GROUPS = (linkfiles, *GROUPS)
    else:
        import django

        django.setup()

        from jiandi.commands import (
            codes,
            county,
            demo,
            evaluation,
            keeping,
            linkmodels,
            rules,
            service,
            transferring,
            worlds,
        )

        GROUPS = (
            demo, county, codes, linkmodels, service, evaluation, rules, keeping, transferring, worlds, *GROUPS,
        )  # fmt: skip

ABOUT = """见底 Jiandi - 找到每一个人,并且能证明。 Reach everyone. Prove it.

加 --demo 就在演示县的数据上操作。 Add --demo to work on the demonstration's data.
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every command; help reads Chinese first, then English."""
    parser = argparse.ArgumentParser(
        prog="jiandi", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in GROUPS:
        group.add_commands(commands)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; a refusal is a sentence in both languages and exit code 2."""
    # Bulk work makes rows by the hundred thousand and few cycles: looking for cycles as often as Python does by itself
    # costs a tenth of a round of visits.
    gc.set_threshold(100_000, 20, 100)
    arguments = build_parser().parse_args(argv)
    try:
        ended = int(arguments.run(arguments) or 0)
        sys.stdout.flush()  # here, where a reader who has gone is still understood
        return ended
    except Refused as refusal:
        if getattr(arguments, "json", False):
            print(
                json.dumps(
                    {"refused": refusal.code, "zh": refusal.text.zh, "en": refusal.text.en},
                    ensure_ascii=False,
                )
            )
        else:
            print(f"{refusal.text.zh}\n{refusal.text.en}\n({refusal.code})", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read has read enough, as `| head` does. What is still buffered goes nowhere, without a complaint.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return READER_GONE
    except KeyboardInterrupt:
        print("已停止。再次运行会接着做。 Stopped. Run again to go on.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
