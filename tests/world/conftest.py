"""One small county, made once for all tests of the world."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from python_calamine import load_workbook

from jiandi.world import make

PEOPLE, SEED = 3_000, 11


class County:
    """A made world with the readings the tests share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def truth(self, name: str) -> list[dict[str, Any]]:
        """Read one of the truth's files."""
        return pq.read_table(self.folder / "truth" / f"{name}.parquet").to_pylist()

    def places(self, name: str) -> list[dict[str, str]]:
        """Read one of the tables of places."""
        with (self.folder / "places" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def cells(self, file: str) -> list[list[Any]]:
        """Read a roster as delivered, every physical row."""
        return read_cells(self.folder / "rosters" / file)

    def tasks(self, *, by_home: bool = True) -> list[dict[str, Any]]:
        """Make one task per door, with those whom the books put there."""
        listed: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for person in self.truth("people"):
            door = person["registered_dwelling"]
            if door and by_home:
                listed[door].append(
                    {
                        "code": f"P{person['true_id']}",
                        "name": person["name"],
                        "sex": person["sex"],
                        "birth_year": person["birth_on"].year,
                    }
                )
        village = {place["code"]: f"v{n:03d}" for n, place in enumerate(self.places("villages"), start=1)}
        return [
            {
                "task": f"T{n}",
                "dwelling_code": door["code"],
                "village_code": door["village_code"],
                "worker": f"grid_{village[door['village_code']]}{'b' if n % 2 else ''}",
                "round": 1,
                "expected": listed[door["code"]],
            }
            for n, door in enumerate(self.places("dwellings"))
        ]


def read_cells(path: Path) -> list[list[Any]]:
    """Read every physical row of a roster, whatever its format."""
    if path.suffix != ".csv":
        return load_workbook(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("gb18030")
    return list(csv.reader(text.splitlines()))


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county of these tests."""
    folder = tmp_path_factory.mktemp("world")
    make(folder, people=PEOPLE, seed=SEED)
    return County(folder)
