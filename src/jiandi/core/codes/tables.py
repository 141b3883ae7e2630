"""One cell of a code column: the national code or any of the words departments write, and the one value that is kept for it.

The tables are data (national.toml, office.toml). A county adds its own words; it cannot give a word two meanings.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jiandi.core.values import Refused, Text

REASONS: dict[str, Text] = {
    "unknown_code": Text(zh="代码不在代码表中,原样保留", en="The code is not in the code list; kept as written"),
    "code_contradicts": Text(zh="代码与文字不一致,未采用,原样保留", en="Code and word contradict each other; not used, kept as written"),
}  # fmt: skip
NOTHING = frozenset(["/", "-", "--", "—", "——", "空", "N/A", "NA", "NULL", "NONE", "无", "没有", "暂无", "不清楚", "不详", "未知"])  # fmt: skip
_NOISE = re.compile(r"[\s.、,,::;;()()\[\]【】'‘’\"“”]+")
_WHOLE = re.compile(r"(\d+)\.0+")
_CODE_FIRST = re.compile(r"(\d{1,2})[-_—]?(\D+)")
_CODE_LAST = re.compile(r"(\D+?)[-_—]?(\d{1,2})")
_NOTED = re.compile(r"(.+?)\((.+?)\)")  # 配偶(妻)
_BETWEEN = re.compile(r"[、,,;;/+]|以及|及|和")
_GRADE = re.compile(r"[一二三四壹贰叁肆1-4ⅠⅡⅢⅣ]级$")
JOINED = "、"


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a table: what is kept, what it is called, and the standard's codes for it."""

    kept: str
    title: Text
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code table: its standard, its values, and everything a department may write for one of them.

    `several` allows more than one value in a cell (肢体、精神), kept in the table's order.
    """

    name: str
    title: Text
    standard: str
    values: tuple[Value, ...]
    written: Mapping[str, str]
    several: bool = False

    def title_of(self, kept: str) -> Text | None:
        """Return what a kept value is called; None for text that is in no table."""
        return next((value.title for value in self.values if value.kept == kept), None)


@dataclass(frozen=True, slots=True)
class CodeReading:
    """What a cell means: the value kept for it (as written where it is unknown, None where nothing is said) and why."""

    value: str | None
    reason: str | None = None


@lru_cache(maxsize=1)
def code_tables() -> Mapping[str, CodeTable]:
    """Return the code tables this version reads by, by name."""
    data: dict[str, Any] = {}
    for name in ("national.toml", "office.toml"):
        data |= tomllib.loads(files("jiandi.core.codes").joinpath(name).read_text(encoding="utf-8"))
    return {name: _table(name, raw) for name, raw in data.items()}


def with_words(
    tables: Mapping[str, CodeTable], words: Mapping[str, Mapping[str, Sequence[str]]]
) -> Mapping[str, CodeTable]:
    """Return the tables with a county's own words: {table: {value or national code: [words]}}.

    Refused for a table or value that does not exist, and for a word that already means something else.
    """
    return {**tables, **{name: _with(tables, name, more) for name, more in words.items()}}


def read_code(table: CodeTable, written: str | None) -> CodeReading:
    """Return what a cell of a code column means; nothing is dropped: what cannot be told is kept as written, with a reason."""
    if written is None or not written.strip():
        return CodeReading(None)
    text = _tidy(written)
    if (kept := table.written.get(text)) is not None:
        return CodeReading(kept)
    if text in NOTHING or not text:
        return CodeReading(None)
    if (kept := _noted(table, written)) is not None:
        return CodeReading(kept)
    if pair := _code_and_word(text):
        return _agreed(table, *pair, written)
    if table.several and (values := _several(table, written)):
        return CodeReading(JOINED.join(values))
    return CodeReading(written, "unknown_code")


def _tidy(written: str) -> str:
    text = _NOISE.sub("", _WHOLE.sub(r"\1", unicodedata.normalize("NFKC", written).strip()))
    return text.upper()


def _code_and_word(text: str) -> tuple[str, str] | None:
    if found := _CODE_FIRST.fullmatch(text):
        return found[1], found[2]
    return (found[2], found[1]) if (found := _CODE_LAST.fullmatch(text)) else None


def _noted(table: CodeTable, written: str) -> str | None:
    """Read a word with another in brackets behind it, where both mean the same."""
    found = _NOTED.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if not found:
        return None
    word, note = (table.written.get(_tidy(part)) for part in found.groups())
    return word if word == note else None


def _agreed(table: CodeTable, code: str, word: str, written: str) -> CodeReading:
    by_code, by_word = table.written.get(code), table.written.get(word)
    if by_code is not None and by_code == by_word:
        return CodeReading(by_word)
    both = by_code is not None and by_word is not None
    return CodeReading(written, "code_contradicts" if both else "unknown_code")


def _several(table: CodeTable, written: str) -> list[str]:
    """Read several values of one cell, each with or without a grade; [] when one of them is unknown."""
    found = set()
    for part in _BETWEEN.split(unicodedata.normalize("NFKC", written)):
        text = _tidy(part)
        kept = table.written.get(text) or table.written.get(_GRADE.sub("", text))
        if text and kept is None:
            return []
        found |= {kept} if kept else set()
    return [value.kept for value in table.values if value.kept in found]


def _table(name: str, raw: Mapping[str, Any]) -> CodeTable:
    listed = {kept: {"codes": [f"{at:02}"], "zh": kept} for at, kept in enumerate(raw.get("listed", ()), 1)}
    entries = listed | dict(raw["values"])
    written: dict[str, str] = {}
    values = []
    for kept, entry in entries.items():
        title = Text(zh=entry["zh"], en=entry.get("en", entry["zh"]))
        values.append(Value(kept, title, tuple(entry["codes"])))
        for form in (kept, entry["zh"], *entry["codes"], *entry.get("words", ())):
            for one in _forms(form, raw.get("suffix", "")):
                if written.setdefault(one, kept) != kept:
                    raise ValueError(f"{name}: {one} stands for {written[one]} and {kept}")
    title = Text(**raw["title"])
    return CodeTable(
        name, title, raw.get("standard", ""), tuple(values), written, bool(raw.get("several", False))
    )


def _forms(form: str, suffix: str) -> set[str]:
    """Return the spellings of one form: with the table's suffix (汉, 汉族), and codes without their leading zero."""
    text = _tidy(form)
    forms = {text, text + suffix}
    return forms | ({text.lstrip("0"), text.lstrip("0") + suffix} if text.isdigit() and int(text) else set())


def _with(tables: Mapping[str, CodeTable], name: str, more: Mapping[str, Sequence[str]]) -> CodeTable:
    if name not in tables:
        raise Refused("codes.unknown_table", _NO_TABLE.filled(table=name, known=" ".join(tables)))
    table = tables[name]
    written = dict(table.written)
    for called, words in more.items():
        kept = table.written.get(_tidy(called))
        if kept is None:
            known = "、".join(value.kept for value in table.values)
            raise Refused("codes.unknown_value", _NO_VALUE.filled(table=name, value=called, known=known))
        for word in words:
            if (other := written.setdefault(_tidy(word), kept)) != kept:
                raise Refused(
                    "codes.word_taken", _TAKEN.filled(table=name, word=word, other=other, value=kept)
                )
    return replace(table, written=written)


_NO_TABLE = Text(
    zh="没有代码表「{table}」。可用的代码表:{known}。请改写表名。",
    en="There is no code table “{table}”. The tables are: {known}. Name one of them.",
)
_NO_VALUE = Text(
    zh="代码表「{table}」没有「{value}」这个值。可用的值:{known}。请改写,或去掉这一行。",
    en="Code table “{table}” has no value “{value}”. Its values are: {known}. Name one of them, or take the line out.",
)
_TAKEN = Text(
    zh="代码表「{table}」里「{word}」已经表示「{other}」,不能再表示「{value}」。请去掉这个词。",
    en="In code table “{table}” the word “{word}” stands for “{other}” already; it cannot stand for “{value}” too. Take the word out.",
)
