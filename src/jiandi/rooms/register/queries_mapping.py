"""A delivered file as the steward sees it who says what its columns are: its first lines, its columns, a trial reading."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Any

from jiandi.core.rosters.columns import guess_columns
from jiandi.core.rosters.gate import subject_forbidden
from jiandi.core.rosters.kinds import Kind, catalogue, kind_of
from jiandi.core.rosters.layout import SEARCHED_ROWS, Layout, find_layout, layout_at
from jiandi.core.rosters.mapping import rank_kinds
from jiandi.core.rosters.shapes import addresses, column_of, columns_to_shut, likely_heading
from jiandi.core.values import Text
from jiandi.rooms.access.language import say
from jiandi.rooms.register import shelf
from jiandi.rooms.register.models import SEXES, Roster
from jiandi.rooms.register.queries_rosters import report_in_words
from jiandi.rooms.register.reading.grid import Sheet, first_lines
from jiandi.rooms.register.receiving import Delivered, Reading, receive_sheets, surroundings_of
from jiandi.rooms.register.waiting import SHOWN_LINES, masked, sheets_of

EXAMPLES = 2
SHOWN_ROWS = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its place (1 first), its heading, some of its cells, and whether it may be chosen."""

    number: int
    header: str
    called: str
    examples: str
    is_shut: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a file shows before it is read: sheets, first lines, where its heading stands, its columns, the likely kinds."""

    sheets: list[tuple[int, str]]
    sheet: int
    lines: list[tuple[int, list[str], bool]]
    heading: tuple[int, int]
    choices: list[tuple[int, str]]
    columns: list[Column]
    likely: list[Kind]
    kind: Kind | None
    chosen: dict[str, str]

    @property
    def fields(self) -> list[tuple[str, Text, bool, str]]:
        """Return each field of the kind with its title, whether it must be there, and what its column is called now."""
        if self.kind is None:
            return []
        needed = self.kind.required
        names = sorted(self.kind.fields, key=lambda name: name not in needed)
        return [(n, self.kind.fields[n].title, n in needed, self.chosen.get(n, "")) for n in names]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the first lines of a file become by a choice of columns."""

    rows: int
    accepted: int
    repaired: int
    refused: int
    titles: list[Text]
    lines: list[list[tuple[Text, str]]]
    words: dict[str, list[tuple[Text, int]]]
    warnings: list[Text]


def look(
    roster: Roster, *, kind: str | None = None, sheet: int = 0, heading: tuple[int, int] | None = None
) -> Look:
    """Open a roster's sealed file and return what is needed to choose its columns, numbers of people masked."""
    with shelf.scratch() as scratch:
        sheets = sheets_of(roster, scratch)
    main = max(range(len(sheets)), key=lambda i: (find_layout(sheets[i].sample) is not None, sheets[i].rows))
    at = sheet - 1 if 0 < sheet <= len(sheets) else main
    opened = sheets[at]
    layout = _layout(roster, opened, heading)
    likely = [
        kind_of(guess.kind)
        for guess in rank_kinds(layout, called=(*layout.titles, opened.name, roster.file_name))
        if guess.score > 0
    ][:3]
    code = kind or roster.kind or (likely[0].code if likely else "")
    known = catalogue().kinds.get(code)
    return Look(
        sheets=[(i, s.name) for i, s in enumerate(sheets, start=1)],
        sheet=at + 1,
        lines=_lines(opened, layout),
        heading=(layout.first_row, layout.last_row),
        choices=_choices(opened),
        columns=_columns(opened, layout, known),
        likely=likely,
        kind=known,
        chosen=_chosen(roster, opened, layout, known),
    )


def _layout(roster: Roster, sheet: Sheet, heading: tuple[int, int] | None) -> Layout:
    """Return the heading a person pointed at, else the one the roster was read by, else the one found or most likely."""
    read_by = [tuple(kept["rows"]) for kept in roster.mapping.get("sheets", ()) if kept["name"] == sheet.name]
    for first, last in [heading] if heading else read_by:
        if 1 <= first <= last <= min(len(sheet.sample), SEARCHED_ROWS, first + 1):
            return layout_at(sheet.sample, first, last)
    return find_layout(sheet.sample) or likely_heading(sheet.sample) or layout_at(sheet.sample, 1, 1)


def _lines(sheet: Sheet, layout: Layout) -> list[tuple[int, list[str], bool]]:
    """Return the heading's surroundings: the lines above it, itself, and some lines of the body."""
    start = max(0, layout.first_row - 4)
    shown = sheet.sample[start : layout.last_row + SHOWN_LINES]
    width = max(map(len, shown))
    return [
        (
            no,
            [masked(cell) for cell in [*row, *[""] * (width - len(row))]],
            layout.first_row <= no <= layout.last_row,
        )
        for no, row in enumerate(shown, start=start + 1)
    ]


def _choices(sheet: Sheet) -> list[tuple[int, str]]:
    """Return the lines that could be a heading, each with its beginning."""
    return [
        (no, " | ".join(masked(cell) for cell in row if cell.strip())[:40])
        for no, row in enumerate(sheet.sample[:SEARCHED_ROWS], start=1)
        if any(cell.strip() for cell in row)
    ]


def _columns(sheet: Sheet, layout: Layout, kind: Kind | None) -> list[Column]:
    shut = set(columns_to_shut(sheet.sample, layout))
    body = sheet.sample[layout.last_row :]
    return [
        Column(
            number=i + 1,
            header=header,
            called=called,
            examples="、".join(_examples(body, i)),
            is_shut=i in shut or subject_forbidden(header, kind) is not None,
        )
        for i, (header, called) in enumerate(zip(layout.headers, addresses(layout.headers), strict=True))
        if header.strip() or _examples(body, i)
    ]


def _examples(body: list[list[str]], column: int) -> list[str]:
    cells = dict.fromkeys(row[column].strip() for row in body if column < len(row) and row[column].strip())
    return [masked(cell)[:20] for cell in list(cells)[:EXAMPLES]]


def _chosen(roster: Roster, sheet: Sheet, layout: Layout, kind: Kind | None) -> dict[str, str]:
    """Return the column of each field to start from: as the roster was read, else the best guess."""
    if kind is None:
        return {}
    called = addresses(layout.headers)
    if roster.kind == kind.code and roster.mapping:
        kept = {f: column_of(layout.headers, c) for f, c in roster.mapping["columns"].items()}
        if None not in kept.values():
            return {field: called[at] for field, at in kept.items() if at is not None}
    guesses = guess_columns(kind, layout.headers, sheet.sample[layout.last_row : layout.last_row + 60])
    return {g.field: called[g.index] for g in guesses if g.field and not subject_forbidden(g.header, kind)}


def trial(roster: Roster, *, kind: str, columns: Map[str, str], heading: tuple[int, int]) -> Trial:
    """Read a file's first lines by a choice of columns, entering nothing; Refused when the choice cannot be followed."""
    with shelf.scratch() as scratch:
        sheets = [first_lines(sheet, scratch) for sheet in sheets_of(roster, scratch)]
        around, reading = surroundings_of(roster.unit.place), Reading(kind, columns, heading)
        file = Delivered(scratch, roster.file_name, scratch, roster.reference_on, around, reading)
        reception = receive_sheets(sheets, file)
        fields = [name for name in kind_of(kind).fields if name in columns]
        listed = ", ".join(f'"{name}"' for name in fields)
        read = reception.con.execute(
            f"SELECT {listed} FROM rows_{kind} ORDER BY row_id LIMIT {SHOWN_ROWS}"
        ).fetchall()
        reception.con.close()
    report = reception.report
    titles = [kind_of(kind).fields[name].title for name in fields]
    return Trial(
        **{name: report[name] for name in ("rows", "accepted", "repaired", "refused")},
        titles=titles,
        lines=[
            [(title, _shown(field, value)) for title, field, value in zip(titles, fields, row, strict=True)]
            for row in read
        ],
        words=report_in_words(kind, report),
        warnings=reception.warnings,
    )


def _shown(field: str, value: Any) -> str:
    if field.split("_")[-1] == "sex" and value in ("1", "2"):
        return say(SEXES[int(value)])
    return "" if value is None else masked(str(value))
