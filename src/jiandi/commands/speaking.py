"""How commands speak without the service: their language, their common options, JSON or lines."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from jiandi.core.values import Text


def language_of(arguments: argparse.Namespace) -> str:
    """Return zh or en: the option, else the installation's language."""
    return getattr(arguments, "lang", None) or os.environ.get("JIANDI_LANGUAGE") or "zh"


def add_common(parser: argparse.ArgumentParser, *, acts: bool = True) -> None:
    """Add what every command takes: the officer, the language, JSON."""
    if acts:
        parser.add_argument(
            "--as", dest="officer", metavar="USERNAME", help="以哪位工作人员的身份 · the officer you act as"
        )
    parser.add_argument("--lang", choices=["zh", "en"], help="语言 · language")
    parser.add_argument("--json", action="store_true", help="输出 JSON · print JSON")


def both(text: Text) -> dict[str, str]:
    """Return a sentence as JSON holds it: in both languages."""
    return {"zh": text.zh, "en": text.en}


def show(arguments: argparse.Namespace, figures: dict[str, Any], lines: list[str] | None = None) -> None:
    """Print a result: JSON when asked, else lines for people."""
    if arguments.json:
        print(json.dumps(figures, ensure_ascii=False, default=str, indent=1))
        return
    for line in lines if lines is not None else [f"{name}: {value}" for name, value in figures.items()]:
        print(line)
