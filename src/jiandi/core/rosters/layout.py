"""Where a sheet's heading stands: below title rows, over one line or two, with the body after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jiandi.core.rosters.headers import bare, flat
from jiandi.core.rosters.kinds import catalogue

Rows = Sequence[Sequence[str | None]]
SEARCHED_ROWS = 40
LEAST_HEADINGS = 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A sheet's heading: the rows above it, the 1-based row(s) it fills, and one text a column."""

    titles: tuple[str, ...]
    first_row: int
    last_row: int
    headers: tuple[str, ...]


@lru_cache(maxsize=1)
def known_headings() -> dict[str, frozenset[str]]:
    """Return every heading any kind knows, with the kinds that know it."""
    known: dict[str, set[str]] = {}
    for kind in catalogue().kinds.values():
        for field in kind.fields.values():
            for heading in field.headings:
                known.setdefault(heading, set()).add(kind.code)
    return {heading: frozenset(kinds) for heading, kinds in known.items()}


def find_layout(rows: Rows) -> Layout | None:
    """Find the heading among a sheet's first rows; None when no row reads like one."""
    best: tuple[float, Layout] | None = None
    for layout in possible_layouts(rows):
        score = _score(layout.headers) - (0.6 if layout.last_row > layout.first_row else 0.0)
        if score >= LEAST_HEADINGS and (best is None or score > best[0] + 0.01):
            best = score, layout
    return best[1] if best else None


def possible_layouts(rows: Rows) -> Iterator[Layout]:
    """Yield each of a sheet's first rows as a heading, alone and then together with the row below it."""
    for first in range(1, min(len(rows), SEARCHED_ROWS) + 1):
        yield layout_at(rows, first, first)
        if first < len(rows):
            yield layout_at(rows, first, first + 1)


def layout_at(rows: Rows, first_row: int, last_row: int) -> Layout:
    """Return the layout of a heading whose rows are given (1-based), by a person or a saved mapping."""
    upper = rows[first_row - 1]
    headers = _joined(upper, rows[last_row - 1]) if last_row > first_row else _single(upper)
    return Layout(_titles(rows[: first_row - 1]), first_row, last_row, headers)


def _single(row: Sequence[str | None]) -> tuple[str, ...]:
    return tuple((cell or "").strip() for cell in row)


def _joined(upper: Sequence[str | None], lower: Sequence[str | None]) -> tuple[str, ...]:
    """Read a two-line heading: a group heading (男方) spans the columns to its right until the next one."""
    group, headers = "", []
    for i in range(max(len(upper), len(lower))):
        above = (upper[i] or "").strip() if i < len(upper) else ""
        below = (lower[i] or "").strip() if i < len(lower) else ""
        group = above or group
        if not below or flat(above) == flat(below):
            headers.append(above)
        else:
            headers.append(_under_group(group, below))
    return tuple(headers)


def _under_group(group: str, below: str) -> str:
    """Put the group before the heading where that makes a known heading; a mere caption is left off."""
    known = known_headings()
    return group + below if flat(group + below) in known or flat(below) not in known else below


def _score(headers: Sequence[str]) -> float:
    known, ignored = known_headings(), catalogue().ignored
    hits = {h for h in map(flat, headers) if h in known or h in ignored}
    hits |= {
        b for h, b in zip(map(flat, headers), map(bare, headers), strict=True) if h not in hits and b in known
    }
    filled = sum(1 for h in headers if h)
    return len(hits) - 0.3 * (filled - len(hits))


def _titles(rows: Rows) -> tuple[str, ...]:
    return tuple(cell.strip() for row in rows for cell in row if cell and cell.strip())
