"""`jiandi evaluate`: how good all of it is, where the truth is known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from jiandi.commands import replay, yardsticks
from jiandi.commands.terminal import add_common, language_of, show
from jiandi.core.values import Refused, Text


def add_commands(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("evaluate", help="与真相对照(需虚构县)· hold the results against the truth")
    parser.add_argument("--world", type=Path, help="虚构县的文件夹 · the world's folder")
    parser.add_argument(
        "--replay",
        action="store_true",
        help="逐年回放演示家庭:哪年哪条规则会开口 · the synthetic family year by year: when each rule would have spoken",
    )
    add_common(parser, acts=False)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print every yardstick, also the bad ones."""
    folder = arguments.world or Path(settings.DATA) / "world"
    if not (folder / "truth" / "harm.parquet").exists():
        raise Refused(
            "evaluate.no_truth",
            Text(
                zh=f"{folder} 里没有真相文件。只有用 demo 或 world 造出的县才能对照;真实的县请用随机复核。",
                en=f"{folder} holds no truth. Only a county made by demo or world can be evaluated; a real one needs re-visits.",
            ),
        )
    if arguments.replay:
        spoken = replay.measure(folder)
        show(arguments, spoken, replay.lines(spoken, language_of(arguments)))
        return 0
    found = yardsticks.measure(folder)
    show(arguments, found, _lines(found, language_of(arguments)))
    return 0


def _percent(share: dict[str, Any]) -> str:
    if share["value"] is None:
        return "—"
    return f"{share['value']:.4f} [{share['low']:.4f}, {share['high']:.4f}]"


def _lines(found: dict[str, Any], language: str) -> list[str]:
    """Return the yardsticks as lines of text."""
    zh = language == "zh"
    linkage, checks = found["linkage"], found["checks"]
    rate, gaps = checks["danger_and_contradiction_per_1000"], checks["service_gaps_per_1000"]
    lines = [
        ("比对" if zh else "Linkage"),
        f"  precision {_percent(linkage['precision'])}  recall {_percent(linkage['recall'])}",
        f"  wrong merges {linkage['wrong_merges']['value']}  people lost {linkage['people_lost']['value']}  split {linkage['people_split']}",
        ("疑点" if zh else "Questions"),
        f"  planted harm reached {checks['reached']} / {checks['planted']}; met and heard on the round before a rule had to ask: {sum(checks['met_by_shape'].values())}",
        f"  danger-now rules: {_counted(checks['danger_now'])}",
        f"  look-alikes quiet {checks['look_alikes_quiet']} / {checks['look_alikes']}",
        f"  danger + contradiction per 1,000 innocents {rate['value']:.2f} [{rate['low']:.2f}, {rate['high']:.2f}]; "
        f"service gaps {gaps['value']:.2f}, naming {checks['people_in_gaps_per_1000']['value']:.2f} people",
        (
            "  按规则:查出 · 相似者安静 · 每千无辜者"
            if zh
            else "  by rule: found · look-alikes quiet · per 1,000 innocents"
        ),
        *_by_rule(checks),
        ("  按情形:" if zh else "  by shape:"),
    ]
    lines += [
        f"    {s:<34} {r['hits']}/{r['tried']}{_met(checks, s)}"
        for s, r in sorted(checks["recall_by_shape"].items(), key=_worst)
    ]
    lines += [("走访人" if zh else "Workers"), *_pairs(found["workers"])]
    lines += [("单位" if zh else "Units"), *[f"  {style:<10} {row}" for style, row in found["units"].items()]]
    lines += [("凭证" if zh else "Certificate"), *_pairs(found["certificate"])]
    return lines


def _counted(share: dict[str, Any]) -> str:
    return f"{share['hits']}/{share['tried']} {_percent(share)}" if share["tried"] else "—"


def _by_rule(checks: dict[str, Any]) -> list[str]:
    """One line a rule: what was planted for it and found, its look-alikes left alone, its alerts about the innocent."""
    found, quiet, rates = checks["recall_by_rule"], checks["quiet_by_rule"], checks["per_1000_by_rule"]
    rules = sorted(
        {*found, *quiet, *rates},
        key=lambda name: (int("".join(filter(str.isdigit, name.split(" ")[0]))), name),
    )
    return [
        f"    {name:<9} {_counted(found.get(name, _NONE)):<32} quiet {_counted(quiet.get(name, _NONE)):<32} {rates.get(name, 0.0)}"
        for name in rules
    ]


_NONE: dict[str, Any] = {"hits": 0, "tried": 0, "value": None}


def _met(checks: dict[str, Any], shape: str) -> str:
    met, claimed = checks["met_by_shape"].get(shape, 0), checks["claimed_by_shape"].get(shape, 0)
    hidden = f"  ({claimed} behind a visit that did not take place)" if claimed else ""
    return (f"  (+{met} met and heard)" if met else "") + hidden


def _worst(item: tuple[str, dict[str, Any]]) -> tuple[float, str]:
    return (item[1]["value"] or 0.0, item[0])


def _pairs(values: dict[str, Any]) -> list[str]:
    return [
        f"  {name}: {round(value, 4) if isinstance(value, float) else value}"
        for name, value in values.items()
    ]
