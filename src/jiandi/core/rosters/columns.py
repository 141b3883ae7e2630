"""One heading to one canonical field: by its name, by part of its name, or by what its cells look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from jiandi.core.rosters.headers import bare, flat, is_neutral
from jiandi.core.rosters.kinds import Kind, catalogue

Reason = Literal["same", "part", "content", "given", "ignored", "forbidden", "empty", "unknown"]
_ID = re.compile(r"^\s*[\d0-9]{14,17}[\dXx0-9X]\s*$")
_PHONE = re.compile(r"^\s*1[3-9]\d{9}\s*$")
LEAST_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What one column is taken to be, how surely (0 to 1), and on what ground."""

    index: int
    header: str
    field: str | None
    confidence: float
    reason: Reason


def guess_columns(
    kind: Kind, headers: Sequence[str], body: Sequence[Sequence[str | None]]
) -> list[ColumnGuess]:
    """Give each heading its field; every field at most once, the surest heading first.

    The outcome depends on the headings alone, not on their order, except where two are the same.
    """
    guesses = [ColumnGuess(i, h, None, 0.0, _unread(h)) for i, h in enumerate(headers)]
    taken: set[str] = set()
    wishes = sorted(_wishes(kind, headers), key=lambda w: (-w.confidence, -len(flat(w.header)), w.index))
    for wish in wishes:
        if wish.field not in taken and guesses[wish.index].field is None:
            guesses[wish.index] = wish
            taken.add(wish.field or "")
    _second_guardian(kind, guesses, taken)
    _by_content(kind, guesses, taken, body)
    return guesses


def columns_given(headers: Sequence[str], placed: Map[int, str]) -> list[ColumnGuess]:
    """Give each column the field a person chose for it; the rest stays unread."""
    return [
        ColumnGuess(i, header, placed[i], 1.0, "given")
        if i in placed
        else ColumnGuess(i, header, None, 0.0, _unread(header))
        for i, header in enumerate(headers)
    ]


def _unread(header: str) -> Reason:
    if not flat(header):
        return "empty"
    return "ignored" if flat(header) in catalogue().ignored else "unknown"


@lru_cache(maxsize=64)
def _headings_of(code: str) -> dict[str, str]:
    """Return each heading a kind knows with its field; the first field to claim a heading keeps it."""
    known: dict[str, str] = {}
    for field in catalogue().kinds[code].fields.values():
        for heading in field.headings:
            known.setdefault(heading, field.name)
    return known


def _wishes(kind: Kind, headers: Sequence[str]) -> Iterable[ColumnGuess]:
    known = _headings_of(kind.code)
    for i, header in enumerate(headers):
        whole, core = flat(header), bare(header)
        if whole in known:
            yield ColumnGuess(i, header, known[whole], 1.0, "same")
        elif core in known:
            yield ColumnGuess(i, header, known[core], 0.95, "same")
        elif field := _part(core or whole, kind.code):
            yield ColumnGuess(i, header, field, 0.75, "part")


@lru_cache(maxsize=64)
def _longest_first(code: str) -> tuple[tuple[str, str], ...]:
    known = _headings_of(code).items()
    return tuple(
        sorted((pair for pair in known if len(pair[0]) > 1), key=lambda pair: (-len(pair[0]), pair[0]))
    )


def _part(header: str, code: str) -> str | None:
    """Find the longest known heading inside a longer one, when the rest of it changes nothing."""
    for heading, field in _longest_first(code):
        if heading in header and is_neutral(header.replace(heading, "", 1)):
            return field
    return None


def _second_guardian(kind: Kind, guesses: list[ColumnGuess], taken: set[str]) -> None:
    """Read a repeated guardian heading as the second guardian's, where the kind has one."""
    known = _headings_of(kind.code)
    for i, guess in enumerate(guesses):
        field = known.get(flat(guess.header), "")
        second = field.replace("guardian_", "guardian2_")
        if guess.field is None and second != field and second in kind.fields and second not in taken:
            guesses[i] = replace(guess, field=second, confidence=0.8, reason="same")
            taken.add(second)


def _by_content(
    kind: Kind, guesses: list[ColumnGuess], taken: set[str], body: Sequence[Sequence[str | None]]
) -> None:
    """Recognise an unread column by its cells: identity numbers and mobile phones look like nothing else."""
    for field, pattern in (("id_number", _ID), ("phone", _PHONE)):
        if field not in kind.fields or field in taken:
            continue
        for i, guess in enumerate(guesses):
            if guess.reason in ("unknown", "empty") and _alike(body, i, pattern) >= LEAST_ALIKE:
                guesses[i] = replace(guess, field=field, confidence=0.6, reason="content")
                break


def _alike(body: Sequence[Sequence[str | None]], column: int, pattern: re.Pattern[str]) -> float:
    cells = [row[column] for row in body if column < len(row) and (row[column] or "").strip()]
    return sum(1 for cell in cells if pattern.match(cell or "")) / len(cells) if len(cells) >= 3 else 0.0
