"""Where the bars and dots of the overlap picture stand, in units of its drawing: 340 wide, so that it reads on a phone."""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.overlaps import Picture
from jiandi.core.values import Text
from jiandi.rooms.register.queries_statement import title_of_set

WIDTH = 340
_SET, _LINE, _STEP = 32, 22, 19  # height of a list, height of a combination, distance between its dots
_LEFT = 11


@dataclass(frozen=True, slots=True)
class SetBar:
    """One list with its number in the picture and its size."""

    number: int
    title: Text
    people: int
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Dot:
    """One list's place in a combination's row."""

    x: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One combination: its dots, the line that joins them, its bar."""

    titles: list[Text]
    people: int
    y: int
    dots: list[Dot]
    first: int
    last: int
    width: float
    text_x: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture."""

    sets: list[SetBar]
    rows: list[Row]
    bars_x: int
    head_y: int
    height: int


def draw(picture: Picture) -> Drawing:
    """Return where everything stands."""
    largest_set = max((n for _, n in picture.lists), default=1)
    largest = max((line.people or 0 for line in picture.lines), default=1)
    head = len(picture.lists) * _SET + 18
    bars_x = _LEFT + len(picture.lists) * _STEP + 6
    room = WIDTH - bars_x - 62  # the number beside the longest bar
    sets = [
        SetBar(i + 1, title_of_set(code), n, i * _SET, round(WIDTH * n / largest_set, 1))
        for i, (code, n) in enumerate(picture.lists)
    ]
    rows = []
    for at, line in enumerate(picture.lines):
        dots = [Dot(_LEFT + i * _STEP, code in line.lists) for i, (code, _) in enumerate(picture.lists)]
        on = [dot.x for dot in dots if dot.is_on]
        width = round(max(1.0, room * (line.people or 0) / largest), 1)
        titles = [title_of_set(code) for code, _ in picture.lists if code in line.lists]
        y = head + at * _LINE + 12
        rows.append(
            Row(titles, line.people or 0, y, dots, on[0], on[-1], width, round(bars_x + width + 5, 1))
        )
    return Drawing(sets, rows, bars_x, head, head + len(rows) * _LINE + 8)
