"""A linkage model in a file: read for `jiandi link --model`, refused where it is none, written by `--learn`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiandi.core.linkage import check_model
from jiandi.core.values import Refused, Text

MOST_BYTES = 1 << 20  # a model has some ten thousand


def asked_for(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Return the model a command line names, or None for the one that comes along."""
    if arguments.model and arguments.learn:
        raise Refused("link.model_or_learn", _EITHER)
    if arguments.learn and arguments.engine != "duckdb":
        raise Refused("link.learn_engine", _ENGINE)
    return read(arguments.model, arguments.profile) if arguments.model else None


def read(path: Path, profile: str) -> dict[str, Any]:
    """Return the model of a file; raises Refused with the file's name and the reason."""
    try:
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused("file.unreadable", _UNREADABLE.filled(file=path, why=error.strerror or "")) from error
    if len(content) > MOST_BYTES:
        raise Refused("link.model_malformed", _TOO_LARGE.filled(file=path))
    try:
        model = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Refused("link.model_malformed", _NO_JSON.filled(file=path)) from error
    return check_model(model, profile=profile, named=str(path))


def write(model: Mapping[str, Any] | None, path: Path) -> None:
    """Write a model as JSON."""
    path.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


_EITHER = Text(
    zh="--model 和 --learn 只能用一个:要么用现成的模型,要么从这些行学。",
    en="Give --model or --learn, not both: either a model there is, or one learnt from these rows.",
)
_ENGINE = Text(
    zh="学习只在本机用 DuckDB 进行。请先不带 --engine 用 --learn 学好,再用 --model 交给 Spark。",
    en="Learning is done with DuckDB on this machine. Learn with --learn and without --engine first, then hand the file to Spark with --model.",
)
_UNREADABLE = Text(
    zh="读不到模型文件 {file}({why})。请检查路径。",
    en="The model file {file} cannot be read ({why}). Check the path.",
)
_TOO_LARGE = Text(
    zh="“{file}”不是可用的比对模型:文件太大。",
    en="{file} is not a usable linkage model: the file is too large.",
)
_NO_JSON = Text(
    zh="“{file}”不是可用的比对模型:不是JSON文件。请用 --learn 写出的文件。",
    en="{file} is not a usable linkage model: it is no JSON. Give a file as --learn wrote it.",
)
