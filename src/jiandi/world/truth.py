"""What is really so, in files the engine never reads: people, rows, harm, units, visitors."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jiandi.world.sheaves import Page, Sheaf

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
_BATCH = 200_000


class _Block(NamedTuple):
    """Those who stand in one file's rows of one village."""

    code: int
    row_no: NDArray[np.int32]
    roles: array[int]
    who: array[int]


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
        self._pending: list[_Block] = []
        self._count = 0

    def people(self, sheaf: Sheaf) -> None:
        """Write everyone of a village, and its doors."""
        self._people.write_table(pa.table(sheaf.people, schema=PEOPLE))
        doors = {name: sheaf.doors[name] for name in DOORS.names}
        self._doors.write_table(pa.table(doors, schema=DOORS))

    def rows(self, file: str, sheet: str, page: Page, numbers: NDArray[np.int32]) -> None:
        """Write who stands in which row of a file."""
        code = self._files.setdefault((file, sheet), len(self._files))
        self._pending.append(_Block(code, np.repeat(numbers, page.each), page.roles, page.who))
        self._count += len(page.who)
        if self._count > _BATCH:
            self._flush()

    def _flush(self) -> None:
        files = [file for file, _ in self._files]
        sheets = [sheet for _, sheet in self._files]
        kinds = sorted(set(sheets))
        blocks = self._pending
        codes = np.repeat(
            np.array([block.code for block in blocks], dtype=np.int32), [len(block.who) for block in blocks]
        )
        sheet_codes = np.array([kinds.index(sheet) for sheet in sheets], dtype=np.int32)[codes]
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(files, pa.string())),
            pa.DictionaryArray.from_arrays(pa.array(sheet_codes, pa.int32()), pa.array(kinds, pa.string())),
            pa.array(np.concatenate([block.row_no for block in blocks])),
            pa.array(np.concatenate([np.frombuffer(block.roles, dtype=np.int8) for block in blocks])),
            pa.array(np.concatenate([np.frombuffer(block.who, dtype=np.int64) for block in blocks])),
        ]
        self._rows.write_table(pa.table(columns, schema=ROWS))
        self._pending, self._count = [], 0

    def harm(self, harms: list[dict[str, Any]], hinted: list[list[str]]) -> None:
        """Keep what was planted in a village, one line a person concerned, with the rows that hint at it."""
        for harm, rows in zip(harms, hinted, strict=True):
            self._scenes += 1
            for true_id, household in harm["people"]:
                self._harm.append(
                    {
                        "harm_id": self._scenes,
                        "shape": harm["shape"],
                        "true_id": true_id,
                        "household_true": household,
                        "village_code": harm["village_code"],
                        "look_alike": harm["look_alike"],
                        "hinted_in": ";".join(rows),
                    }
                )

    def close(self, units: list[tuple[str, str]], visitors: list[tuple[str, str]]) -> None:
        """End the files."""
        if self._count:
            self._flush()
        self._people.close()
        self._doors.close()
        self._rows.close()
        pq.write_table(pa.Table.from_pylist(self._harm, schema=HARM), self.folder / "harm.parquet")
        for name, key, pairs in (("units", "unit", units), ("visitors", "username", visitors)):
            table = pa.table({key: [a for a, _ in pairs], "style": [b for _, b in pairs]})
            pq.write_table(table, self.folder / f"{name}.parquet")
