"""Import divisions and doors; make, rename and merge places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access import bulk
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places import policies
from jiandi.rooms.places.models import Dwelling, Level, Place, PlaceChange
from jiandi.rooms.places.tables import TABLES, Imported, is_code, place_id, read_lines

Progress = Callable[[int, int], None]

COLUMNS = (
    "id",
    "name",
    "level",
    "parent",
    "province",
    "city",
    "county",
    "town",
    "village",
    "full_name",
    "is_custom",
)
FIRST_CUSTOM = 9_000_000_000_000
ABOVE = {
    Level.PROVINCE: "province",
    Level.CITY: "city",
    Level.COUNTY: "county",
    Level.TOWN: "town",
    Level.VILLAGE: "village",
}
BATCH = 50_000
# What the tree needs to know of a place while its children are read: its ancestors and its full name.
Line = tuple[tuple[int | None, ...], str]
Row = tuple[Any, ...]  # in the order of COLUMNS


@action
def import_divisions(
    *, by: Officer, at: datetime, folder: Path, progress: Progress | None = None
) -> Imported:
    """Read the published division tables of a folder; what is there stays, a new name is a renaming with its date."""
    permit(by, "places.import_places", at=at)
    done, known = Imported(), dict(Place.objects.values_list("id", "name"))
    lines: dict[int, Line] = {}
    for number, (file, level, digits, parent_column) in enumerate(TABLES, start=1):
        if number > 1 and not (folder / file).exists():
            continue
        rows = _rows(folder / file, level, digits, parent_column, lines, done)
        _store(rows, known, done, timezone.localdate(at))
        if progress:
            progress(number, len(TABLES))
    root = Place.objects.order_by("level", "id").first()
    if root is not None:
        payload = {
            "new": done.new,
            "known": done.known,
            "renamed": done.renamed,
            "problems": len(done.problems),
        }
        record("places.import_divisions", by=by, at=at, subject=root, place=root, payload=payload)
    policies.check_something_came(root, folder)
    return done


def _rows(
    file: Path, level: int, digits: int, parent_column: str, lines: dict[int, Line], done: Imported
) -> Iterator[Row]:
    wanted = ("code", "name", parent_column) if parent_column else ("code", "name")
    for number, cells in read_lines(file, wanted):
        code, name = cells[0], cells[1]
        if not is_code(code, digits) or not name:
            done.note(
                Text(
                    zh=f"{file.name}第{number}行:“{code} {name}”不是{digits}位代码加名称,已跳过。",
                    en=f"{file.name}, line {number}: “{code} {name}” is not a {digits}-digit code and a name; skipped.",
                )
            )
            continue
        above: tuple[int | None, ...] = (None,) * 5
        full = ""
        if parent_column:
            parent = place_id(cells[2]) if is_code(cells[2], digits) or cells[2].isdigit() else 0
            if parent not in lines:
                done.note(
                    Text(
                        zh=f"{file.name}第{number}行:上级“{cells[2]}”不在表中,已跳过。",
                        en=f"{file.name}, line {number}: its parent “{cells[2]}” is in no table; skipped.",
                    )
                )
                continue
            above, full = lines[parent]
        id_ = place_id(code)
        here = tuple(id_ if index == level - 1 else value for index, value in enumerate(above))
        full = full + name
        if level < Level.VILLAGE:
            lines[id_] = (here, full)
        yield (id_, name, level, parent if parent_column else None, *here, full, False)


def _store(rows: Iterator[Row], known: dict[int, str], done: Imported, day: date) -> None:
    """Insert what is new in batches; note the renamed."""
    batch: list[Row] = []
    for row in rows:
        was = known.get(row[0])
        if was is None:
            batch.append(row)
            known[row[0]] = str(row[1])
        elif was != row[1]:
            _rename(row, was, day)
            done.renamed += 1
        else:
            done.known += 1
        if len(batch) >= BATCH:
            bulk.insert(Place, COLUMNS, batch, or_ignore=True)
            done.new += len(batch)
            batch = []
    if batch:
        bulk.insert(Place, COLUMNS, batch, or_ignore=True)
        done.new += len(batch)


def _rename(row: Row, was: str, day: date) -> None:
    PlaceChange.objects.create(
        kind=PlaceChange.Kind.RENAMED, before_id=row[0], after_id=row[0], old_name=was, on_date=day
    )
    Place.objects.filter(pk=row[0]).update(name=row[1], full_name=row[9])


@action
def import_dwellings(*, by: Officer, at: datetime, file: Path, progress: Progress | None = None) -> Imported:
    """Read a list of doors (code, village_code, group_no, address, lon, lat, kind), the empty ones too."""
    permit(by, "places.import_places", at=at)
    done = Imported()
    villages = {
        id_: (town, county)
        for id_, town, county in Place.objects.filter(level=Level.VILLAGE).values_list("id", "town", "county")
    }
    before = Dwelling.objects.count()
    names = ("code", "village", "town", "county", "group_no", "address", "kind", "lon", "lat")
    batch: list[tuple[object, ...]] = []
    read = 0
    for row in _doors(file, villages, done):
        batch.append(row)
        read += 1
        if len(batch) >= BATCH:
            bulk.insert(Dwelling, names, batch, or_ignore=True)
            batch = []
            if progress:
                progress(read, read)
    bulk.insert(Dwelling, names, batch, or_ignore=True)
    done.new = Dwelling.objects.count() - before
    done.known = read - done.new
    place = Place.objects.order_by("level", "id").first()
    policies.check_something_came(place, file)
    payload = {"new": done.new, "known": done.known, "problems": len(done.problems)}
    record("places.import_dwellings", by=by, at=at, subject=place, payload=payload)  # type: ignore[arg-type]
    return done


def _doors(
    file: Path, villages: dict[int, tuple[int | None, int | None]], done: Imported
) -> Iterator[tuple[object, ...]]:
    wanted = ("code", "village_code", "group_no", "address", "lon", "lat", "kind")
    for number, (code, village, group, address, lon, lat, kind) in read_lines(file, wanted):
        where = villages.get(int(village)) if village.isdigit() else None
        if where is None or not code:
            done.note(
                Text(
                    zh=f"{file.name}第{number}行:没有代码为“{village}”的村,这一门已跳过。请先导入区划表。",
                    en=f"{file.name}, line {number}: no village has the code “{village}”; this door was skipped. Import the divisions first.",
                )
            )
            continue
        yield (
            code,
            int(village),
            *where,
            _whole(group),
            address[:200],
            kind[:20],
            _degrees(lon, 180),
            _degrees(lat, 90),
        )


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() and int(text) < 10_000 else None


def _degrees(text: str, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -most <= value <= most else None


@action
def create_custom_place(*, by: Officer, at: datetime, parent: Place, name: str, level: int) -> Place:
    """Make a node for a zone that has no code, or a grid inside a village."""
    permit(by, "places.change_place", at=at, place=parent)
    policies.check_level(parent, level)
    policies.check_name(parent, name)
    last = Place.objects.filter(pk__gte=FIRST_CUSTOM).aggregate(last=Max("pk"))["last"] or FIRST_CUSTOM
    place = Place(
        id=last + 1, name=name, level=level, parent=parent, full_name=parent.full_name + name, is_custom=True
    )
    for column in ABOVE.values():
        setattr(place, f"{column}_id", getattr(parent, f"{column}_id"))
    if level in ABOVE:
        setattr(place, f"{ABOVE[Level(level)]}_id", place.id)
    Place.objects.bulk_create([place])
    record("places.create_custom_place", by=by, at=at, subject=place, place=parent, payload={"level": level})
    return place


@action
def rename_place(*, by: Officer, at: datetime, place: Place, name: str) -> Place:
    """Give a place its new name; the old one stays findable with its date."""
    permit(by, "places.change_place", at=at, place=place)
    policies.check_name(place.parent, name)
    PlaceChange.objects.create(
        kind=PlaceChange.Kind.RENAMED,
        before=place,
        after=place,
        old_name=place.name,
        on_date=timezone.localdate(at),
    )
    place.full_name = place.full_name.removesuffix(place.name) + name
    place.name = name
    place.save(update_fields=["name", "full_name"])
    record("places.rename_place", by=by, at=at, subject=place, place=place)
    return place


@action
def merge_place(*, by: Officer, at: datetime, place: Place, into: Place) -> PlaceChange:
    """Close a place that was merged into another; what happened there keeps its place."""
    permit(by, "places.change_place", at=at, place=place)
    policies.check_merge(place, into)
    day = timezone.localdate(at)
    change = PlaceChange.objects.create(
        kind=PlaceChange.Kind.MERGED, before=place, after=into, old_name=place.name, on_date=day
    )
    Place.objects.filter(pk=place.pk).update(ended_on=day)
    record("places.merge_place", by=by, at=at, subject=place, place=place, payload={"into": into.pk})
    return change
