"""The county's own words for the values of code columns: `codes.toml` in the data folder, beside the national tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from jiandi.core.codes import CodeTable, code_tables, with_words
from jiandi.core.values import Refused, Text

EXAMPLE = '[kin]\n"配偶" = ["那口子"]'
_WRONG = Text(
    zh='县自己的代码词表 {path} 读不出来:{why}。每张表写成:[kin] 换行 "配偶" = ["那口子"]。改好后再报送;不需要时可删去该文件。',
    en='The county\'s own words in {path} cannot be read: {why}. A table is written as: [kin], then on a new line "配偶" = ["那口子"]. Put it right and deliver again; the file may be removed when it is not needed.',
)


def own_file() -> Path:
    """Return where the county's words stand."""
    return Path(settings.DATA) / "codes.toml"


def codes() -> Mapping[str, CodeTable]:
    """Return the code tables with the county's own words; Refused in a sentence when its file is wrong.

    Read at each delivery: a word added counts from the next file on, and nothing that was read changes by itself.
    """
    path = own_file()
    if not path.exists():
        return code_tables()
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise _wrong(str(problem)) from problem
    _check_shape(words)
    return with_words(code_tables(), words)


def _check_shape(words: Mapping[str, Any]) -> None:
    for name, table in words.items():
        if not isinstance(table, dict):
            raise _wrong(f"{name}: {table!r}")
        for value, listed in table.items():
            if not isinstance(listed, list) or not all(isinstance(word, str) for word in listed):
                raise _wrong(f"[{name}] {value}: {listed!r}")


def _wrong(why: str) -> Refused:
    return Refused("codes.unreadable", _WRONG.filled(path=own_file(), why=why[:120]))
