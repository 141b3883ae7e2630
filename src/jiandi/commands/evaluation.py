"""`jiandi evaluate`: how good all of it is, where the truth is known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings

from jiandi.commands import yardsticks
from jiandi.commands.terminal import add_common, language_of, show
from jiandi.core.values import Refused, Text


def add_commands(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("evaluate", help="与真相对照(需虚构县)· hold the results against the truth")
    parser.add_argument("--world", type=Path, help="虚构县的文件夹 · the world's folder")
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
        f"  planted harm reached {checks['reached']} / {checks['planted']}",
        f"  look-alikes quiet {checks['look_alikes_quiet']} / {checks['look_alikes']}",
        f"  danger + contradiction per 1,000 innocents {rate['value']:.2f} [{rate['low']:.2f}, {rate['high']:.2f}]; "
        f"service gaps {gaps['value']:.2f}",
    ]
    lines += [
        f"    {s:<34} {r['hits']}/{r['tried']}"
        for s, r in sorted(checks["recall_by_shape"].items(), key=_worst)
    ]
    lines += [
        f"    per 1,000 innocents: {' '.join(f'{rule} {v}' for rule, v in checks['per_1000_by_rule'].items())}"
    ]
    lines += [("走访人" if zh else "Workers"), *_pairs(found["workers"])]
    lines += [("单位" if zh else "Units"), *[f"  {style:<10} {row}" for style, row in found["units"].items()]]
    lines += [("凭证" if zh else "Certificate"), *_pairs(found["certificate"])]
    return lines


def _worst(item: tuple[str, dict[str, Any]]) -> tuple[float, str]:
    return (item[1]["value"] or 0.0, item[0])


def _pairs(values: dict[str, Any]) -> list[str]:
    return [
        f"  {name}: {round(value, 4) if isinstance(value, float) else value}"
        for name, value in values.items()
    ]
