"""A sheet's shape: its headings as one fingerprint, each column by a name that finds it again, and what was confirmed for it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass

from jiandi.core.rosters.gate import subject_forbidden
from jiandi.core.rosters.headers import flat
from jiandi.core.rosters.layout import SEARCHED_ROWS, Layout, Rows, layout_at, possible_layouts

LEAST_CELLS = 2  # a line with one filled cell is a title, not a heading


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a person once confirmed for a unit's files of one shape: the kind, and the column of each field."""

    number: int
    kind: str
    fingerprint: str
    columns: Map[str, str]


def fingerprint(headers: Sequence[str]) -> str:
    """Return the SHA-256 of a heading by what it says: spaces, widths and empty columns at the end change nothing.

    Neither does the order, as long as each heading is there once: columns are then found by heading, not by place.
    """
    words = [flat(header) for header in headers]
    while words and not words[-1]:
        words.pop()
    if all(words) and len(set(words)) == len(words):
        words.sort()
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def addresses(headers: Sequence[str]) -> tuple[str, ...]:
    """Return what each column is called: its heading, or #n (the first is #1) where that is empty or stands there twice."""
    seen = Counter(map(flat, headers))
    return tuple(h if flat(h) and seen[flat(h)] == 1 else f"#{i}" for i, h in enumerate(headers, start=1))


def column_of(headers: Sequence[str], called: str) -> int | None:
    """Return the 0-based column that is called so, by heading or #n; None when there is none."""
    number = called.strip().removeprefix("#")
    if called.strip().startswith("#") and number.isdecimal():
        return int(number) - 1 if 1 <= int(number) <= len(headers) else None
    wanted = flat(called)
    return next((i for i, header in enumerate(headers) if wanted and flat(header) == wanted), None)


def find_shape(rows: Rows, shapes: Iterable[str]) -> Layout | None:
    """Find among a sheet's first rows a heading of one of these fingerprints."""
    wanted = set(shapes)
    layouts = possible_layouts(rows) if wanted else ()
    return next((layout for layout in layouts if fingerprint(layout.headers) in wanted), None)


def find_named(rows: Rows, columns: Iterable[str]) -> Layout | None:
    """Find among a sheet's first rows a heading that holds every column named by its text; None when no line does."""
    named = [called for called in columns if not called.strip().startswith("#")]
    for layout in possible_layouts(rows) if named else ():
        if all(column_of(layout.headers, called) is not None for called in named):
            return layout
    return None


def likely_heading(rows: Rows) -> Layout | None:
    """Return the first line that could be a heading, for a person to look at; None when every line has one cell."""
    for at, row in enumerate(rows[:SEARCHED_ROWS], start=1):
        if _could_be_heading(row):
            return layout_at(rows, at, at)
    return None


def _could_be_heading(row: Sequence[str | None]) -> bool:
    return sum(1 for cell in row if cell and cell.strip()) >= LEAST_CELLS


def columns_to_shut(rows: Rows, layout: Layout | None) -> tuple[int, ...]:
    """Return the columns that must not be kept before anybody has said which line is the heading.

    Where a heading was recognised its own lines and those above count; else every line that could be one. Rather one
    column too many than one that must never be stored (the gate, safety rule 4).
    """
    last = layout.last_row if layout else SEARCHED_ROWS
    shut = {
        i
        for row in rows[:last]
        if _could_be_heading(row)
        for i, cell in enumerate(row)
        if cell and subject_forbidden(cell)
    }
    shut |= {i for i, header in enumerate(layout.headers if layout else ()) if subject_forbidden(header)}
    return tuple(sorted(shut))
