"""Make a world: places, officers, every department's rosters, and the truth, village by village."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TypedDict

from jiandi.world import parameters, rumours
from jiandi.world.dice import Dice
from jiandi.world.files import RosterFile
from jiandi.world.geography import Geography, VillagePlace, write_places
from jiandi.world.officers import (
    all_clear_villages,
    staff_of,
    unit_styles,
    units_of,
    visitor_styles,
    write_officers,
)
from jiandi.world.parameters import Parameters
from jiandi.world.rosters.kinds import KINDS, Kind
from jiandi.world.settling import Settler
from jiandi.world.sharing import WORTH_IT, Neighbour, share, spare_core
from jiandi.world.sheaves import Columns, Sheaf
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
    """Writes one village after another; nothing of a village stays once it is written."""

    def __init__(self, out: Path, settler: Settler, people: int) -> None:
        self.desk = Desk(out / "rosters", settler.places, people, settler.seed, settler.rates)
        self.truth = Truth(out / "truth")
        self.people = self.rows = self.harms = 0

    def deliver(self, place: VillagePlace, sheaf: Sheaf) -> None:
        """Write a village's rows into every roster, and the truth beside them."""
        hinted: list[list[str]] = [[] for _ in sheaf.harms]
        for number, (kind, page) in enumerate(zip(KINDS, sheaf.pages, strict=True), start=1):
            file = self.desk.file_for(number, kind, place)
            numbers = file.write(page.cells)
            for at, harm in page.hints:
                hinted[harm - 1].append(f"{file.name}#{numbers[at]}")
            self.truth.rows(file.name, file.sheet, page, numbers)
            self.rows += len(page.cells)
        self.truth.people(sheaf)
        self.truth.harm(sheaf.harms, hinted)
        self.people += sheaf.residents
        self.harms += len(sheaf.harms)


def make(
    out: Path,
    *,
    people: int,
    seed: int,
    progress: Progress | None = None,
    parameter_file: Path | None = None,
    beside: bool | None = None,
) -> Made:
    """Make a world of so many people under a folder; the same seed makes the same bytes.

    `beside` lets a second process make villages too (None: where a core is spare and the world is large enough for
    it to pay). RuntimeError when that process dies.
    """
    if people < 400:
        raise ValueError(f"a world needs at least 400 people, not {people}")
    rates = parameters.load(parameter_file)
    out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        neighbour = None
        if spare_core() and people >= WORTH_IT if beside is None else beside:
            neighbour = _neighbour(stack, people, seed, parameter_file)
        settler = Settler(people, seed, rates)
        sheaves = share(settler, neighbour) if neighbour else map(settler.sheaf, settler.places.villages)
        return _write(out, settler, sheaves, people, progress)


def _neighbour(stack: ExitStack, people: int, seed: int, parameter_file: Path | None) -> Neighbour | None:
    """Return the second process, which ends with the stack; None where the machine gives none."""
    try:
        return stack.enter_context(Neighbour(people, seed, parameter_file))
    except OSError:
        return None


def _write(
    out: Path, settler: Settler, sheaves: Iterable[Sheaf], people: int, progress: Progress | None
) -> Made:
    places, seed, rates = settler.places, settler.seed, settler.rates
    maker = Maker(out, settler, people)
    write_places(out / "places", places)
    units, officers = units_of(places), staff_of(places, seed)
    write_officers(out / "officers.xlsx", units, officers)
    with rumours.Rumours(out, places, seed) as heard:
        doors = _Doors(out / "places" / "dwellings.csv")
        for done, (place, sheaf) in enumerate(zip(places.villages, sheaves, strict=True), start=1):
            doors.write(place, sheaf.doors)
            maker.deliver(place, sheaf)
            heard.listen(place, sheaf.reports)
            if progress is not None:
                progress(done, len(places.villages))
        doors.close()
    maker.desk.close()
    desk_villages = all_clear_villages(places, seed, settler.plan.all_clear)
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

    def write(self, place: VillagePlace, doors: Columns) -> None:
        """Write a village's doors."""
        columns = (doors[name] for name in ("code", "group", "address", "lon", "lat", "kind"))
        self._file.writelines(
            f"{code},{place.code},{group},{address},{lon:.6f},{lat:.6f},{kind}\n"
            for code, group, address, lon, lat, kind in zip(*columns, strict=True)
        )

    def close(self) -> None:
        """End the list."""
        self._file.close()
