"""Recall who truly lives behind a door, one village at a time, from the truth's files."""

from __future__ import annotations

import csv
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

KEPT_VILLAGES = 12
_COLUMNS = [
    "name", "sex", "birth_on", "dwelling_code", "hidden_kind", "visibility", "registered_dwelling",
    "away", "died_on", "restraint", "need", "known_as",
]  # fmt: skip


@dataclass(slots=True, eq=False)
class Soul:
    """As much of a true person as somebody at the door could learn."""

    name: str
    sex: int
    birth_year: int
    home: str
    hidden: str
    visibility: float
    away: bool
    died: bool
    restraint: str
    need: str
    known_as: str


@dataclass(slots=True)
class Door:
    """A door on the grid."""

    lon: float
    lat: float
    kind: str


@dataclass(slots=True)
class Known:
    """A village as it truly is."""

    doors: dict[str, Door]
    living: dict[str, list[Soul]]
    registered: dict[str, list[Soul]]
    by_name: dict[str, list[Soul]]
    office: Door


NOWHERE = Known({}, {}, {}, {}, Door(0.0, 0.0, ""))


class Memory:
    """Keeps the villages last asked for; each is one row group of the truth."""

    def __init__(self, out: Path) -> None:
        truth = out / "truth"
        with (out / "places" / "villages.csv").open(encoding="utf-8", newline="") as file:
            self._group = {row["code"]: i for i, row in enumerate(csv.DictReader(file))}
        self._people = pq.ParquetFile(truth / "people.parquet")
        self._doors = pq.ParquetFile(truth / "doors.parquet")
        self._kept: OrderedDict[str, Known] = OrderedDict()

    def village(self, code: str) -> Known:
        """Return a village, reading it when it is not among those kept."""
        if code in self._kept:
            self._kept.move_to_end(code)
            return self._kept[code]
        if code not in self._group:
            return NOWHERE
        known = self._read(self._group[code])
        self._kept[code] = known
        if len(self._kept) > KEPT_VILLAGES:
            self._kept.popitem(last=False)
        return known

    def _read(self, group: int) -> Known:
        table = self._doors.read_row_group(group).to_pydict()
        doors = {
            code: Door(lon, lat, kind)
            for code, lon, lat, kind in zip(
                table["code"], table["lon"], table["lat"], table["kind"], strict=True
            )
        }
        living: dict[str, list[Soul]] = defaultdict(list)
        registered: dict[str, list[Soul]] = defaultdict(list)
        by_name: dict[str, list[Soul]] = defaultdict(list)
        people = self._people.read_row_group(group, columns=_COLUMNS)
        asked = {**dict(zip(_COLUMNS, people.columns, strict=True)), "birth_on": pc.year(people["birth_on"])}
        asked["died_on"] = pc.is_valid(people["died_on"])  # a year and a yes or no: no day is made for either
        for name, sex, born, home, hidden, visible, book, away, died, restraint, need, alias in zip(
            *(asked[column].to_pylist() for column in _COLUMNS), strict=True
        ):
            soul = Soul(name, sex, born, home, hidden, visible, away, died, restraint, need, alias)
            if home and not soul.died and not away:
                living[home].append(soul)
            if home:
                by_name[name].append(soul)
            if home and alias:
                by_name[alias].append(soul)
            if book:
                registered[book].append(soul)
            if home and home != book:
                registered[home].append(soul)
        return Known(doors, living, registered, by_name, next(iter(doors.values())))
