"""Make a world: places, officers, every department's rosters, and the truth, village by village."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from jiandi.world import hidden, parameters, rumours
from jiandi.world.dice import Dice
from jiandi.world.files import RosterFile
from jiandi.world.geography import Geography, VillagePlace, lay_out, write_places
from jiandi.world.harm.plan import Plan
from jiandi.world.households import settle_village
from jiandi.world.lives import live_on
from jiandi.world.officers import (
    all_clear_villages,
    staff_of,
    unit_styles,
    units_of,
    visitor_styles,
    write_officers,
)
from jiandi.world.parameters import Parameters
from jiandi.world.people import Village
from jiandi.world.rosters.all import rows_of
from jiandi.world.rosters.kinds import KINDS, Kind
from jiandi.world.rosters.mess import Clerk
from jiandi.world.truth import Truth

Progress = Callable[[int, int], None]
ALL_CSV_ABOVE = 200_000
REFERENCE = "2026-11-02"


class Made(TypedDict):
    """What was made."""

    people: int
    villages: int
    rows: int
    harms: int
    files: int


class Desk:
    """Keeps the roster files open that are being written, and closes a town's or county's when it is left."""

    def __init__(self, folder: Path, places: Geography, people: int, seed: int, rates: Parameters) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.places, self.people, self.seed = folder, places, people, seed
        self.layouts = rates.layouts
        self.open: dict[tuple[str, str], RosterFile] = {}
        self.manifest: list[dict[str, str]] = []

    def file_for(self, number: int, kind: Kind, place: VillagePlace) -> RosterFile:
        """Return the file that holds a village's rows of a kind."""
        area = place.town_code if kind.per_town else place.county_code
        key = (kind.name, area)
        if key not in self.open:
            self._leave(kind)
            self.open[key] = self._begin(number, kind, place, area)
        return self.open[key]

    def _begin(self, number: int, kind: Kind, place: VillagePlace, area: str) -> RosterFile:
        single = len(self.places.counties) == 1
        tail = f"_{area}" if kind.per_town or not single else ""
        unit = f"{place.town if kind.per_town else place.county}{kind.unit}"
        form = kind.form
        if self.people > ALL_CSV_ABOVE and not form.startswith("csv"):
            form = ("csv-gb", "csv-utf8")[number % 2]
        title = f"{place.town if kind.per_town else place.county}{kind.title}(2026年10月)"
        dice = Dice(self.seed, int(area), f"file {kind.name}")
        file = RosterFile(
            self.folder / f"{number:02d}_{kind.name}{tail}",
            kind,
            unit=unit,
            title=title,
            form=form,
            dice=dice,
            layouts=self.layouts,
        )
        self.manifest.append({"file": file.name, "unit": unit, "reference_on": REFERENCE, "kind": kind.name})
        return file

    def _leave(self, kind: Kind) -> None:
        for key in [key for key in self.open if key[0] == kind.name]:
            self.open.pop(key).close()

    def close(self) -> None:
        """Close what is open and write the list of deliveries."""
        for file in self.open.values():
            file.close()
        text = json.dumps(sorted(self.manifest, key=lambda item: item["file"]), ensure_ascii=False, indent=1)
        (self.folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


class Maker:
    """Makes one village after another; nothing of a village outlives its turn."""

    def __init__(self, out: Path, people: int, seed: int, rates: Parameters) -> None:
        self.out, self.seed, self.rates = out, seed, rates
        self.places = lay_out(people, seed, rates)
        self.plan = Plan(self.places, people, seed, rates)
        self.desk = Desk(out / "rosters", self.places, people, seed, rates)
        self.truth = Truth(out / "truth")
        self.clerks = [Clerk(kind, rates) for kind in KINDS]
        self.people = self.rows = self.harms = 0

    def village(self, place: VillagePlace) -> Village:
        """Make one village and everything that is planted in it."""
        village = Village(place, self.rates, self.seed)
        builder = settle_village(village)
        live_on(village)
        hidden.hide(village, builder)
        self.plan.plant(village, builder)
        return village

    def deliver(self, village: Village) -> None:
        """Write a village's rows into every roster, and the truth beside them."""
        hinted = {harm_no: harm for harm_no, harm in enumerate(village.harms, start=1)}
        for number, (kind, clerk) in enumerate(zip(KINDS, self.clerks, strict=True), start=1):
            file = self.desk.file_for(number, kind, village.place)
            rows = clerk.write(rows_of(kind.name, village), village.dice(f"clerk {kind.name}"))
            numbers = file.write(rows)
            for row, row_no in zip(rows, numbers, strict=True):
                if row.harm:
                    hinted[row.harm].rows.append(f"{file.name}#{row_no}")
            self.truth.rows(file.name, file.sheet, rows, numbers)
            self.rows += len(rows)
        self.truth.people(village)
        self.truth.harm(village)
        self.people += len(village.people)
        self.harms += len(village.harms)


def make(
    out: Path,
    *,
    people: int,
    seed: int,
    progress: Progress | None = None,
    parameter_file: Path | None = None,
) -> Made:
    """Make a world of so many people under a folder; the same seed makes the same bytes."""
    if people < 400:
        raise ValueError(f"a world needs at least 400 people, not {people}")
    rates = parameters.load(parameter_file)
    out.mkdir(parents=True, exist_ok=True)
    maker = Maker(out, people, seed, rates)
    places = maker.places
    write_places(out / "places", places)
    units, officers = units_of(places), staff_of(places, seed)
    write_officers(out / "officers.xlsx", units, officers)
    with rumours.Rumours(out, places, seed) as heard:
        doors = _Doors(out / "places" / "dwellings.csv")
        for done, place in enumerate(places.villages, start=1):
            village = maker.village(place)
            doors.write(village)
            maker.deliver(village)
            heard.listen(village)
            if progress is not None:
                progress(done, len(places.villages))
        doors.close()
    maker.desk.close()
    desk_villages = all_clear_villages(places, seed, maker.plan.all_clear)
    visitors = visitor_styles(officers, places, rates, seed, desk_villages)
    maker.truth.close(unit_styles(units, rates, seed), visitors)
    settings = {"people": people, "seed": seed, "villages": len(places.villages)}
    (out / "truth" / "world.json").write_text(json.dumps(settings | {"visitors": rates.visitors}) + "\n")
    return Made(
        people=maker.people,
        villages=len(places.villages),
        rows=maker.rows,
        harms=maker.harms,
        files=len(maker.desk.manifest),
    )


class _Doors:
    """The list of every door, also those where nobody is registered."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._file.write("code,village_code,group_no,address,lon,lat,kind\n")

    def write(self, village: Village) -> None:
        """Write a village's doors."""
        code = village.place.code
        self._file.writelines(
            f"{d.code},{code},{d.group},{d.address},{d.lon:.6f},{d.lat:.6f},{d.kind}\n"
            for d in village.dwellings
        )

    def close(self) -> None:
        """End the list."""
        self._file.close()
