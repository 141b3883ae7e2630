"""A file whose kind or columns must be chosen by a person: what is kept of it meanwhile, and what that person is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jiandi.core.names import mask_id, mask_phone
from jiandi.core.rosters.gate import column_digest, subject_forbidden
from jiandi.core.rosters.layout import Layout, find_layout
from jiandi.core.rosters.rows import MOST_SHEETS
from jiandi.core.rosters.shapes import columns_to_shut, likely_heading
from jiandi.core.values import Refused, Text
from jiandi.rooms.register.blanking import without_columns
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.reading.grid import Sheet, open_grid
from jiandi.rooms.register.receiving import unseal

# A person can mend these by saying what the file is; a file that cannot be opened at all is refused.
MENDABLE = frozenset({"roster_of_unknown_kind", "roster_misses_column", "roster_without_header"})
SHOWN_LINES = 8
_SHUT = Text(zh="不得保存的内容", en="what may not be kept")
_NUMBER = re.compile(r"\d{14,17}[\dXx]")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits: why, its headings, a copy without the columns that may not be kept if there were any, its facts."""

    why: Refused
    kind: str | None
    header: list[str]
    copy: Path | None
    report: dict[str, Any]


def hold(path: Path, *, name: str, scratch: Path, why: Refused, kind: str | None) -> Held | None:
    """Return what may be kept of a file nobody could read yet; None when no line of it could be a heading."""
    sheets = open_grid(path, name=name, scratch=scratch)[:MOST_SHEETS]
    found = [find_layout(sheet.sample) for sheet in sheets]
    layouts = [layout or likely_heading(sheet.sample) for layout, sheet in zip(found, sheets, strict=True)]
    shut = [columns_to_shut(sheet.sample, layout) for layout, sheet in zip(found, sheets, strict=True)]
    main = max(range(len(sheets)), key=lambda i: (layouts[i] is not None, sheets[i].rows))
    heading = layouts[main]
    if heading is None:
        return None
    forbidden = [
        {
            "sheet": sheet.name,
            "header": (header := _heading_of(layout, i)),
            "column": i,
            **_said(subject_forbidden(header) or _SHUT),
            "digest": column_digest(header, sheet.column(i)),
        }
        for sheet, layout, columns in zip(sheets, layouts, shut, strict=True)
        for i in columns
    ]
    lines = [range(1, (layout.last_row if layout else 0) + 1) for layout in layouts]
    copy = None
    if forbidden:
        copy = without_columns(list(zip(sheets, lines, shut, strict=True)), scratch / "copy")
    report = {
        "rows": sum(sheet.rows for sheet in sheets),
        "sheets": [{"name": sheet.name, "rows": sheet.rows, "shut": c} for sheet, c in zip(sheets, shut, strict=True)],
        "forbidden": forbidden,
    }  # fmt: skip
    return Held(why, kind, list(heading.headers), copy, report)


def _heading_of(layout: Layout | None, column: int) -> str:
    return layout.headers[column] if layout and column < len(layout.headers) else ""


def _said(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def sheets_of(roster: Roster, scratch: Path) -> list[Sheet]:
    """Open the sheets of a roster's sealed file again."""
    return open_grid(unseal(roster, scratch), name=roster.file_name, scratch=scratch)


def masked(cell: str) -> str:
    """Return a cell as it may be shown on a page about columns: numbers of people keep their form, not their digits."""
    cell = _NUMBER.sub(lambda found: mask_id(found[0]), cell)
    return _PHONE.sub(lambda found: mask_phone(found[0]), cell)
