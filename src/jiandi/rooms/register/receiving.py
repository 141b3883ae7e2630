"""A delivered file read before anything is written: its sheets, its kind, its columns, and what became of every row."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jiandi.core.codes import CodeTable
from jiandi.core.identity import USABLE
from jiandi.core.linkage import clean
from jiandi.core.rosters.columns import ColumnGuess
from jiandi.core.rosters.gate import column_digest, refusal_of
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.rosters.layout import SEARCHED_ROWS, Layout, find_layout, layout_at
from jiandi.core.rosters.mapping import SheetMapping, given_mapping, guess_mapping, remembered_mapping
from jiandi.core.rosters.rows import MOST_SHEETS, Delivery, read_rows
from jiandi.core.rosters.shapes import Remembered
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import sealing
from jiandi.rooms.places.models import Level, Place, PlaceChange
from jiandi.rooms.register import shelf
from jiandi.rooms.register.blanking import without_columns
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.noticing import notices
from jiandi.rooms.register.reading.grid import Sheet, open_grid
from jiandi.rooms.register.words import codes

UNREAD = Text(
    zh="工作表「{sheet}」没有读取:{zh}",
    en="Sheet “{sheet}” was not read: {en}",
)
MEMORY = "2GB"  # beyond it a delivery works on disk: ten million rows then need no more of it than one
NO_LINE = Text(
    zh="工作表「{sheet}」不能把第{first}至{last}行作表头(表头是前40行内的一行或相连的两行)。",
    en="Sheet “{sheet}”: lines {first} to {last} cannot be the heading (it is one line, or two together, within the first 40).",
)


@dataclass
class Reception:
    """What a file turned out to hold; its rows lie in `con` under a number of their own until the roster has one."""

    con: duckdb.DuckDBPyConnection
    kind: str
    sheets: list[tuple[Sheet, SheetMapping]]
    report: dict[str, Any]
    sealed: Path | None = None  # a copy without refused columns, when there were any
    warnings: list[Text] = field(default_factory=list)
    number: int = 0  # several small files lie in one working database

    @property
    def mapping(self) -> dict[str, Any]:
        """Return the columns as they are kept: by heading for the next delivery, by place to read this file again."""
        first = self.sheets[0][1]
        places = [
            {
                "number": sheet.number,
                "name": sheet.name,
                "rows": [mapping.layout.first_row, mapping.layout.last_row],
                "columns": mapping.by_field,
                "shut": [f.index for f in mapping.forbidden],
            }
            for sheet, mapping in self.sheets
        ]
        how = {"how": first.how, "choice": first.remembered}
        return {"columns": first.saved()["columns"], "sheets": places, **how}


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: what the deliverer said of it, and what was confirmed for earlier files of the unit.

    `heading` gives the first and last line of the heading (1-based) where a person pointed at it.
    """

    kind: str | None = None
    columns: Map[str, str] | None = None
    heading: tuple[int, int] | None = None
    remembered: Sequence[Remembered] = ()


GUESSED = Reading()
_Mapped = tuple[list[tuple[Sheet, SheetMapping]], list[Text]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sender's rows are read by: towns and villages (id, name, level, parent), the sender's own town if any, code tables."""

    places: pa.Table
    town: int | None
    codes: Map[str, CodeTable]


def surroundings_of(place: Place) -> Surroundings:
    """Return the towns and villages of the sender's county, or of everything below a higher sender."""
    inside = {Level.PROVINCE: "province_id", Level.CITY: "city_id"}.get(Level(place.level), "county_id")
    county = place.pk if place.level <= Level.COUNTY else place.county_id
    rows = list(
        Place.objects.filter(
            **{inside: county}, level__in=(Level.TOWN, Level.VILLAGE), ended_on__isnull=True
        ).values_list("id", "name", "level", "parent_id")
    )
    rows += _earlier_names({row[0]: row for row in rows})
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    names = ("id", "name", "level", "parent")
    types = (pa.int64(), pa.string(), pa.int32(), pa.int64())
    table = pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
    return Surroundings(table, place.pk if place.level == Level.TOWN else place.town_id, codes())


def _earlier_names(living: Map[int, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the names places bore before they were renamed or merged: departments go on writing them for years."""
    changes = PlaceChange.objects.filter(after__level__in=(Level.TOWN, Level.VILLAGE)).values_list(
        "after_id", "old_name"
    )
    return [(after, name, *living[after][2:]) for after, name in changes if after in living]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A delivered file that lies on disk: its name as given, a folder for what is unpacked, and what is known about it."""

    path: Path
    name: str
    scratch: Path
    reference_on: date
    around: Surroundings
    reading: Reading = GUESSED


def receive(file: Delivered) -> Reception:
    """Open a file, find its kind and columns, and read and clean its rows; Refused with a sentence when that cannot be done.

    Asks the operational database nothing, so files can be read on other threads while one is written.
    """
    (outcome,) = receive_together([file])
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def receive_together(files: Sequence[Delivered]) -> list[Reception | Refused]:
    """Do the same for several files, in one working database and cleaned in one pass; each is read or refused by itself.

    What a pass costs before it sees a row is more than most rosters' rows cost.
    """
    mapped: list[_Mapped | Refused] = []
    for file in files:
        try:
            sheets = open_grid(file.path, name=file.name, scratch=file.scratch)
            mapped.append(map_sheets(sheets, file.name, file.reading))
        except Refused as refusal:
            mapped.append(refusal)
    return _read(files, mapped)


def receive_sheets(sheets: list[Sheet], file: Delivered) -> Reception:
    """Do the same with sheets that were opened, or with the first lines of them."""
    (reception,) = _read([file], [map_sheets(sheets, file.name, file.reading)])
    assert isinstance(reception, Reception)  # whatever is mapped is read
    return reception


def _read(files: Sequence[Delivered], mapped: Sequence[_Mapped | Refused]) -> list[Reception | Refused]:
    """Read the files that were mapped, each under its number; whoever asked closes the working database they share."""
    rows = sum(sheet.rows for one in mapped if not isinstance(one, Refused) for sheet, _ in one[0])
    con = shelf.connect(files[0].scratch, rows=rows, memory=MEMORY)
    outcomes: list[Reception | Refused] = []
    for number, (file, one) in enumerate(zip(files, mapped, strict=True)):
        if isinstance(one, Refused):
            outcomes.append(one)
            continue
        sheets, warnings = one
        reception = Reception(con, sheets[0][1].kind, sheets, {}, warnings=warnings, number=number)
        _read_sheets(con, reception, file)
        outcomes.append(reception)
    receptions = [outcome for outcome in outcomes if isinstance(outcome, Reception)]
    if not receptions:
        con.close()
        return outcomes
    clean(con, raw="raw_records", into="entered")
    for reception in receptions:
        reception.report = _report(reception)
        if any(mapping.forbidden for _, mapping in reception.sheets):
            copy = files[reception.number].scratch / "copy"
            reception.sealed = _without_refused(reception.sheets, copy)
    return outcomes


def map_sheet(sheet: Sheet, name: str, reading: Reading) -> SheetMapping:
    """Map one sheet: as a person says now, else as one once confirmed for these headings, else by the best guess."""
    if reading.columns:
        layout = _pointed_at(sheet, reading.heading) if reading.heading else None
        return given_mapping(
            sheet.sample, sheet=sheet.name, kind=reading.kind, columns=reading.columns, layout=layout, called=[name]
        )  # fmt: skip
    known = remembered_mapping(
        sheet.sample, sheet=sheet.name, remembered=reading.remembered, kind=reading.kind
    )
    return known or guess_mapping(sheet.sample, sheet=sheet.name, called=[name], kind=reading.kind)


def _pointed_at(sheet: Sheet, heading: tuple[int, int]) -> Layout:
    first, last = heading
    if not (1 <= first <= last <= first + 1 and last <= min(len(sheet.sample), SEARCHED_ROWS)):
        raise Refused("mapping_heading_missing", NO_LINE.filled(sheet=sheet.name, first=first, last=last))
    return layout_at(sheet.sample, first, last)


def unseal(roster: Roster, scratch: Path) -> Path:
    """Lay a roster's sealed file down in a scratch folder, as it was delivered but for the columns that may not be kept."""
    path = scratch / "sealed"
    with path.open("wb") as out:
        out.writelines(sealing.read_pieces(roster.report.get("sealed", roster.sha256)))
    return path


def read_again(roster: Roster, scratch: Path) -> duckdb.DuckDBPyConnection:
    """Make a roster's rows again from its sealed file and its mapping, when the shelf was emptied."""
    path = unseal(roster, scratch)
    sheets = {sheet.number: sheet for sheet in open_grid(path, name=roster.file_name, scratch=scratch)}
    mapped = []
    for number, kept in enumerate(roster.mapping["sheets"]):
        sheet = sheets.get(kept["number"]) or sheets[number]
        layout = layout_at(sheet.sample, *kept["rows"])
        columns = tuple(
            ColumnGuess(i, layout.headers[i] if i < len(layout.headers) else "", f, 1.0, "given")
            for f, i in kept["columns"].items()
        )
        mapped.append((sheet, SheetMapping(kept["name"], roster.kind, layout, columns, ())))
    con = shelf.connect(scratch, memory=MEMORY)
    around = surroundings_of(roster.unit.place)
    file = Delivered(path, roster.file_name, scratch, roster.reference_on, around)
    _read_sheets(con, Reception(con, roster.kind, mapped, {}), file)
    clean(con, raw="raw_records", into="entered")
    return con


def map_sheets(
    sheets: list[Sheet], name: str, reading: Reading
) -> tuple[list[tuple[Sheet, SheetMapping]], list[Text]]:
    """Map each sheet; those of another kind than the first, or without a heading, are left unread and said so."""
    mapped: list[tuple[Sheet, SheetMapping]] = []
    unread: list[tuple[Sheet, Refused]] = []
    for sheet in sheets[:MOST_SHEETS]:
        try:
            mapped.append((sheet, map_sheet(sheet, name, reading)))
        except Refused as why:
            unread.append((sheet, why))
    if not mapped:
        raise unread[0][1]
    chosen = max(mapped, key=lambda pair: pair[0].rows)[1].kind
    warnings = [UNREAD.filled(sheet=s.name, zh=why.text.zh, en=why.text.en) for s, why in unread]
    for sheet, mapping in mapped:
        if mapping.kind != chosen:
            other = kind_of(mapping.kind).title
            warnings.append(
                UNREAD.filled(
                    sheet=sheet.name,
                    zh=f"是另一类名册({other.zh}),请单独报送",
                    en=f"it is another kind of roster ({other.en}); deliver it on its own",
                )
            )
    same = [(sheet, mapping) for sheet, mapping in mapped if mapping.kind == chosen]
    for _, mapping in same:
        warnings += [*mapping.warnings(), *(refusal_of(f, mapping.sheet) for f in mapping.forbidden)]
    return same, warnings


def _read_sheets(con: duckdb.DuckDBPyConnection, reception: Reception, file: Delivered) -> None:
    """Read every sheet of a file into rows and raw records, under the reception's number."""
    con.register("county_places", file.around.places)
    counts = []
    for sheet, mapping in reception.sheets:
        con.register("delivered_cells", sheet.stream())
        delivery = Delivery(reception.number, file.reference_on, sheet_no=sheet.number, town=file.around.town)
        counts.append(
            read_rows(
                con,
                mapping,
                delivery,
                cells="delivered_cells",
                places="county_places",
                codes=file.around.codes,
            )
        )
        con.unregister("delivered_cells")
    con.unregister("county_places")
    reception.report["counts"] = counts


def _report(reception: Reception) -> dict[str, Any]:
    counts = reception.report.pop("counts")
    con, ours = reception.con, f"roster_id = {reception.number}"
    repairs = con.execute(f"""SELECT code, count(*) FROM (SELECT unnest(string_split(repairs, ' ')) AS code FROM row_outcomes
        WHERE {ours} AND repairs <> '') GROUP BY code ORDER BY 2 DESC, 1""").fetchall()
    reasons = con.execute(f"""SELECT outcome, reason, count(*) FROM row_outcomes WHERE {ours} AND reason <> ''
        GROUP BY ALL ORDER BY 3 DESC, 2""").fetchall()
    by_status = dict(
        con.execute(
            f"SELECT id_status, count(*) FROM entered WHERE {ours} GROUP BY ALL ORDER BY 1"
        ).fetchall()
    )
    rows = sum(c.accepted + c.refused for c in counts)
    refused = {reason: n for outcome, reason, n in reasons if outcome == "refused"}
    reception.warnings += notices(con, reception.kind, reception.number, dict(repairs), refused, rows)
    return {
        "rows": rows,
        "accepted": sum(c.accepted for c in counts),
        "repaired": sum(c.repaired for c in counts),
        "refused": sum(c.refused for c in counts),
        "skipped": sum(c.skipped for c in counts),
        "records": sum(c.records for c in counts),
        "with_id": sum(by_status.get(status, 0) for status in USABLE),
        "without_id": by_status.get("missing", 0) + by_status.get("placeholder", 0),
        "repairs": dict(repairs),
        "refusals": refused,
        "skips": {reason: n for outcome, reason, n in reasons if outcome == "skipped"},
        "confidence": round(min(mapping.confidence for _, mapping in reception.sheets), 3),
        "sheets": [{"name": sheet.name, "rows": sheet.rows} for sheet, _ in reception.sheets],
        "warnings": [{"zh": w.zh, "en": w.en} for w in reception.warnings],
        "forbidden": [
            {
                "sheet": mapping.sheet,
                "header": f.header,
                "zh": f.subject.zh,
                "en": f.subject.en,
                "digest": column_digest(f.header, sheet.column(f.index)),
            }
            for sheet, mapping in reception.sheets
            for f in mapping.forbidden
        ],
    }


def _without_refused(mapped: list[tuple[Sheet, SheetMapping]], into: Path) -> Path:
    return without_columns(
        [
            (sheet, range(m.layout.first_row, m.layout.last_row + 1), {f.index for f in m.forbidden})
            for sheet, m in mapped
        ],
        into,
    )


__all__ = ["Delivered", "Reception", "find_layout", "read_again", "receive", "receive_together"]
