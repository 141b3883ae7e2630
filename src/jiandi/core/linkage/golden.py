"""Whose word stands when the rows about one person differ: one table of precedence, in SQL for a county and plainly for one person.

The order is data (golden.toml). Values are chosen attribute by attribute: a row that says nothing of one leaves it to the next.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from jiandi.core.values import Text

EXACT = ("day", "lunar")
DECIDED = Text(zh="经两人决定采用", en="decided by two people")
_ALONE = Text(zh="只有一行写了", en="one row alone says it")
_AGREED = Text(zh="写了这一项的各行一致", en="all rows that say it agree")
_EXACT = Text(zh="写明到日,先于只写到年月的", en="it names the day; others a month or a year alone")
_LATER = Text(zh="同级来源中截至日较晚", en="of sources of one rank, the later")
_FIRST = Text(zh="来源同级、截至日相同,取在前的一行", en="of one rank and date: the row that stands first")


@dataclass(frozen=True, slots=True)
class Rank:
    """Kinds of roster whose word weighs the same, and why; "*" stands for every kind no other rank names."""

    kinds: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something a person has one of; `only`: the kinds that may say it, empty for every kind."""

    code: str
    title: Text
    exact_first: bool = False
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says of one attribute; precision (day lunar month year age) of dates only."""

    record_id: int
    kind: str
    reference_on: dt.date
    value: str
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Golden:
    """The value that stands with the row it is from, why, and all rows by value: those of the value itself first."""

    said: Said
    why: Text
    agreeing: tuple[Said, ...]
    others: tuple[tuple[Said, ...], ...]


@lru_cache(maxsize=1)
def table() -> tuple[tuple[Rank, ...], dict[str, Attribute]]:
    """Return the ranks, first to last, and the attributes by code."""
    data = tomllib.loads(files("jiandi.core.linkage").joinpath("golden.toml").read_text(encoding="utf-8"))
    ranks = tuple(Rank(tuple(raw["kinds"]), Text(zh=raw["zh"], en=raw["en"])) for raw in data["ranks"])
    attributes = {
        code: Attribute(code, Text(zh=raw["zh"], en=raw["en"]), raw.get("exact_first", False), tuple(raw.get("only", ())))
        for code, raw in data["attributes"].items()
    }  # fmt: skip
    return ranks, attributes


def rank_of(kind: str) -> int:
    """Return where a kind of roster ranks, 0 first."""
    ranks, _ = table()
    return next((at for at, rank in enumerate(ranks) if kind in rank.kinds), len(ranks) - 1)


def trust_sql(kind: str) -> str:
    """Return SQL that ranks a row's kind by whose word counts first, 0 first."""
    ranks, _ = table()
    named = [(code, at) for at, rank in enumerate(ranks) for code in rank.kinds if code != "*"]
    cases = " ".join(f"when '{code}' then {at}" for code, at in named)
    return f"(case {kind} {cases} else {len(ranks) - 1} end)"


def order_sql(kind: str, reference_on: str, record_id: str) -> str:
    """Return SQL to order rows by: whose value stands first comes first."""
    return f"{trust_sql(kind)}, {reference_on} DESC, {record_id}"


def choice_sql(attribute: str, value: str, precision: str = "birth_precision") -> str:
    """Return the aggregate that gives the value that stands among a person's rows, numbered by `order_sql` in the column k."""
    _, attributes = table()
    first = f"arg_min({value}, k)"
    if not attributes[attribute].exact_first:
        return first
    return f"coalesce({first} FILTER (WHERE {precision} IN {EXACT}), {first})"


def choose(attribute: str, rows: Iterable[Said]) -> Golden | None:
    """Return what stands of one attribute among the rows that say it, with all the others; None where no row does."""
    _, attributes = table()
    one = attributes[attribute]
    told = [row for row in rows if row.value and (not one.only or row.kind in one.only)]
    told.sort(key=lambda row: _key(one, row))
    if not told:
        return None
    by_value: dict[str, list[Said]] = {}
    for row in told:
        by_value.setdefault(row.value, []).append(row)
    agreeing, *others = (tuple(group) for group in by_value.values())
    return Golden(told[0], _why(one, told, others), agreeing, tuple(others))


def _key(attribute: Attribute, row: Said) -> tuple[bool, int, int, int]:
    is_vague = attribute.exact_first and row.precision not in EXACT
    return is_vague, rank_of(row.kind), -row.reference_on.toordinal(), row.record_id


def _why(attribute: Attribute, told: Sequence[Said], others: Sequence[Sequence[Said]]) -> Text:
    """Say what put the value before the next other one."""
    if not others:
        return _ALONE if len(told) == 1 else _AGREED
    mine, theirs = _key(attribute, told[0]), _key(attribute, others[0][0])
    if mine[0] != theirs[0]:
        return _EXACT
    if mine[1] != theirs[1]:
        return table()[0][mine[1]].reason
    return _LATER if mine[2] != theirs[2] else _FIRST
