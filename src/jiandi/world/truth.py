"""What is really so, in files the engine never reads: people, rows, harm, units, visitors."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiandi.world.people import Entry, Person, Village

PEOPLE = pa.schema(
    [
        ("true_id", pa.int64()),
        ("name", pa.string()),
        ("sex", pa.int8()),
        ("birth_on", pa.date32()),
        ("dwelling_code", pa.string()),
        ("village_code", pa.string()),
        ("household_true", pa.int64()),
        ("registered", pa.bool_()),
        ("hidden_kind", pa.string()),
        ("visibility", pa.float32()),
        ("registered_dwelling", pa.string()),
        ("away", pa.bool_()),
        ("died_on", pa.date32()),
        ("restraint", pa.string()),
        ("need", pa.string()),
        ("known_as", pa.string()),
    ]
)
ROWS = pa.schema(
    [
        ("file", pa.dictionary(pa.int32(), pa.string())),
        ("sheet", pa.dictionary(pa.int32(), pa.string())),
        ("row_no", pa.int32()),
        ("role", pa.int8()),
        ("true_id", pa.int64()),
    ]
)
HARM = pa.schema(
    [
        ("harm_id", pa.int32()),
        ("shape", pa.string()),
        ("true_id", pa.int64()),
        ("household_true", pa.int64()),
        ("village_code", pa.string()),
        ("look_alike", pa.bool_()),
        ("hinted_in", pa.string()),
    ]
)
DOORS = pa.schema(
    [("code", pa.string()), ("lon", pa.float64()), ("lat", pa.float64()), ("kind", pa.string())]
)
_EPOCH = 719_163  # the ordinal of 1970-01-01
_BATCH = 200_000


class Truth:
    """Writes the truth while villages stream past; one row group of people per village, in village order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._people = pq.ParquetWriter(folder / "people.parquet", PEOPLE, compression="zstd")
        self._rows = pq.ParquetWriter(folder / "rows.parquet", ROWS, compression="zstd")
        self._doors = pq.ParquetWriter(folder / "doors.parquet", DOORS, compression="zstd")
        self._harm: list[dict[str, Any]] = []
        self._scenes = 0
        self._files: dict[tuple[str, str], int] = {}
        self._begin()

    def _begin(self) -> None:
        self._file, self._row_no, self._role, self._who = array("i"), array("i"), array("b"), array("q")

    def people(self, village: Village) -> None:
        """Write everyone of a village: residents first, then those who only stand in papers."""
        everyone = village.people + village.outside
        columns: dict[str, list[Any]] = {name: [] for name in PEOPLE.names}
        for person in everyone:
            _person_row(columns, person, village)
        self._people.write_table(pa.table(columns, schema=PEOPLE))
        doors = {name: [getattr(door, name) for door in village.dwellings] for name in DOORS.names}
        self._doors.write_table(pa.table(doors, schema=DOORS))

    def rows(self, file: str, sheet: str, rows: list[Entry], numbers: list[int]) -> None:
        """Write who stands in which row of a file."""
        code = self._files.setdefault((file, sheet), len(self._files))
        for row, number in zip(rows, numbers, strict=True):
            for role, person in row.people.items():
                self._file.append(code)
                self._row_no.append(number)
                self._role.append(role)
                self._who.append(person.true_id)
        if len(self._who) > _BATCH:
            self._flush()

    def _flush(self) -> None:
        files = [file for file, _ in self._files]
        sheets = [sheet for _, sheet in self._files]
        kinds = sorted(set(sheets))
        codes = np.frombuffer(self._file, dtype=np.int32)
        sheet_codes = np.array([kinds.index(sheet) for sheet in sheets], dtype=np.int32)[codes]
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(files, pa.string())),
            pa.DictionaryArray.from_arrays(pa.array(sheet_codes, pa.int32()), pa.array(kinds, pa.string())),
            pa.array(np.frombuffer(self._row_no, dtype=np.int32)),
            pa.array(np.frombuffer(self._role, dtype=np.int8)),
            pa.array(np.frombuffer(self._who, dtype=np.int64)),
        ]
        self._rows.write_table(pa.table(columns, schema=ROWS))
        self._begin()

    def harm(self, village: Village) -> None:
        """Keep what was planted in a village, one line a person concerned, with the rows that hint at it."""
        for harm in village.harms:
            self._scenes += 1
            for person in (harm.person, *harm.others):
                self._harm.append(
                    {
                        "harm_id": self._scenes,
                        "shape": harm.shape,
                        "true_id": person.true_id,
                        "household_true": person.household,
                        "village_code": harm.village,
                        "look_alike": harm.look_alike,
                        "hinted_in": ";".join(harm.rows),
                    }
                )

    def close(self, units: list[tuple[str, str]], visitors: list[tuple[str, str]]) -> None:
        """End the files."""
        if len(self._who):
            self._flush()
        self._people.close()
        self._doors.close()
        self._rows.close()
        pq.write_table(pa.Table.from_pylist(self._harm, schema=HARM), self.folder / "harm.parquet")
        for name, key, pairs in (("units", "unit", units), ("visitors", "username", visitors)):
            table = pa.table({key: [a for a, _ in pairs], "style": [b for _, b in pairs]})
            pq.write_table(table, self.folder / f"{name}.parquet")


def _person_row(columns: dict[str, list[Any]], person: Person, village: Village) -> None:
    lives_here = person.home is not None
    values = (
        person.true_id,
        person.name,
        person.sex,
        person.birth - _EPOCH,
        person.home.code if person.home else "",
        village.place.code if lives_here else "",
        person.household,
        person.registered,
        person.hidden,
        person.visibility,
        person.registered_at.code if person.registered_at and person.registered else "",
        person.away,
        person.died - _EPOCH if person.died else None,
        person.restraint,
        person.need,
        person.known_as,
    )
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)
