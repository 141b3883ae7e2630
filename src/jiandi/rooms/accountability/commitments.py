"""The 75 rows of the ledger: read from commitments.toml, each computed by its named query."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jiandi.core.values import Text
from jiandi.rooms.accountability import promises_people, promises_public, promises_work
from jiandi.rooms.accountability.facts import Facts
from jiandi.rooms.accountability.promise import Promise, Query, Shown

QUERIES: dict[str, Query] = promises_people.QUERIES | promises_work.QUERIES | promises_public.QUERIES


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "commitments.toml").read_text(encoding="utf-8"))


def _text(raw: dict[str, str]) -> Text:
    return Text(zh=raw["zh"], en=raw["en"])


@cache
def themes() -> dict[str, Text]:
    """Return the themes of the ledger, in reading order."""
    return {code: _text(raw) for code, raw in _book()["themes"].items()}


@cache
def departments() -> dict[str, Text]:
    """Return the departments named in the ledger."""
    return {code: _text(raw) for code, raw in _book()["departments"].items()}


@cache
def promises() -> dict[str, Promise]:
    """Return every row of the ledger by its number, D01 to D23 and C01 to C52."""
    return {number: _promise(number, raw) for number, raw in _book()["promise"].items()}


def _promise(number: str, raw: dict[str, Any]) -> Promise:
    book = _book()
    if raw["query"] not in QUERIES:
        raise ValueError(f"{number}: no query named {raw['query']}")
    return Promise(
        number=number,
        kind="diagnosis" if number.startswith("D") else "commitment",
        theme=raw["theme"],
        text=_text(raw),
        departments=tuple(_text(book["departments"][code]) for code in raw["departments"]),
        group=_text(book["groups"][raw["group"]]),
        proof=Text(zh=raw["proof_zh"], en=raw["proof_en"]),
        query=raw["query"],
        groups=tuple(raw.get("lists", ())),
        rules=tuple(raw.get("rules", ())),
        kinds=tuple(raw.get("kinds", ())),
        missing=Text(zh=raw.get("missing_zh", ""), en=raw.get("missing_en", "")),
    )


def compute(at: datetime) -> dict[str, Shown]:
    """Return what the evidence shows about each promise at a moment; every fact is read once."""
    facts = Facts(at)
    return {number: QUERIES[promise.query](facts, promise) for number, promise in promises().items()}
