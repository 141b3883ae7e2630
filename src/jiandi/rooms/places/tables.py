"""Division tables as they are published: five CSV files, codes and names, each row with its parents' codes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jiandi.core.values import Refused, Text
from jiandi.rooms.places.models import Level

# file, level, digits of its code, the column that names the parent
TABLES: tuple[tuple[str, int, int, str], ...] = (
    ("provinces.csv", Level.PROVINCE, 2, ""),
    ("cities.csv", Level.CITY, 4, "provinceCode"),
    ("areas.csv", Level.COUNTY, 6, "cityCode"),
    ("streets.csv", Level.TOWN, 9, "areaCode"),
    ("villages.csv", Level.VILLAGE, 12, "streetCode"),
)
MOST_PROBLEMS = 50


@dataclass
class Imported:
    """How many places or doors are new, how many were there, and which lines could not be used."""

    new: int = 0
    known: int = 0
    renamed: int = 0
    problems: list[Text] = field(default_factory=list)

    def note(self, text: Text) -> None:
        """Keep a problem; after the first fifty only their number grows."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(text)

    def __str__(self) -> str:
        return f"{self.new:,} + {self.known:,}"


def read_lines(file: Path, wanted: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and the wanted columns of a CSV; refuse a file that is not one, naming what is missing."""
    try:
        text = file.open(encoding="utf-8-sig", newline="")
    except OSError as problem:
        raise Refused(
            "places.no_file",
            Text(
                zh=f"打不开{file.name}:{problem.strerror}。",
                en=f"{file.name} cannot be opened: {problem.strerror}.",
            ),
        ) from problem
    with text:
        try:
            yield from _columns(file.name, csv.reader(text), wanted)
        except (UnicodeDecodeError, csv.Error) as problem:
            raise Refused(
                "places.not_a_table",
                Text(
                    zh=f"{file.name}不是UTF-8编码的CSV表,请另存为“CSV UTF-8”。",
                    en=f"{file.name} is not a CSV in UTF-8; save it as “CSV UTF-8”.",
                ),
            ) from problem


def _columns(
    name: str, lines: Iterator[list[str]], wanted: tuple[str, ...]
) -> Iterator[tuple[int, list[str]]]:
    header = [cell.strip() for cell in next(lines, [])]
    missing = [column for column in wanted if column not in header]
    if missing:
        raise Refused(
            "places.missing_column",
            Text(
                zh=f"{name}第1行缺少列:{'、'.join(missing)}。现有列:{'、'.join(header) or '无'}。",
                en=f"{name}, line 1: missing columns {', '.join(missing)}. Found: {', '.join(header) or 'none'}.",
            ),
        )
    places = [header.index(column) for column in wanted]
    last = max(places)
    for number, line in enumerate(lines, start=2):
        if len(line) > last:
            yield number, [line[place].strip() for place in places]


def place_id(code: str) -> int:
    """Return the twelve-digit number of a code of any level: 99 -> 990000000000."""
    return int(code.ljust(12, "0"))


def is_code(code: str, digits: int) -> bool:
    """Answer whether a text is a code of that many digits (published files also pad codes with zeros)."""
    return code.isascii() and code.isdigit() and (len(code) == digits or len(code) == 12)
