"""What of the coverage board may be seen, and by whom; what the working group alone sees is never in anybody else's sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from jiandi.core.disclosure import Protection, Published, protect_parts
from jiandi.core.estimate.coverage import Coverage
from jiandi.core.estimate.misses import Misses, count_misses
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import area_filter, granting, is_within
from jiandi.rooms.assurance import boards
from jiandi.rooms.assurance.models import Board, BoardCell
from jiandi.rooms.cases import queries as cases
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register.groups import GROUPS
from jiandi.rooms.screening import queries as screening
from jiandi.rooms.screening.models import Campaign

READ, READ_SEALED = "assurance.read_board", "assurance.read_sealed_board"
#: No count of none is hidden: "nobody left" is what the board is for.
SMALL = Protection(hide_zeros=False)
GROUP_NAMES: dict[str, Text] = {
    boards.ANY: Text(zh="各类对象合计(每人计一次)", en="Any list (each person once)"),
    boards.ANY_OPEN: Text(zh="各类对象合计(每人计一次)", en="Any list (each person once)"),
    **{code: group.title for code, group in GROUPS.items()},
}
_ORDER = list(GROUP_NAMES)
_COUNTS = (
    "listed", "unlisted_found", "seen", "seen_alone", "excused", "hukou_only", "hukou_only_left", "unplanned",
)  # fmt: skip
_SUMS = {f"sum_{name}": Sum(name) for name in _COUNTS}
_BELOW = {
    Level.PROVINCE: "county_id",
    Level.CITY: "county_id",
    Level.COUNTY: "town_id",
    Level.TOWN: "village_id",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the board: a place or a list, its counts, and where they may not be told, in what words."""

    name: Text
    counts: Coverage
    place_id: int | None = None
    hukou_only: int = 0
    hukou_only_left: int = 0
    unplanned: int = 0
    seen_alone_needed: bool = False
    hidden: dict[str, Published] | None = None

    @property
    def shown(self) -> dict[str, int | Text]:
        """The counts by name, a sentence in the place of those that are held back."""
        counts = self.counts
        told = {
            "whole": counts.denominator,
            "alone": counts.seen_alone,
            "seen": counts.seen,
            "excused": counts.excused,
            "left": counts.not_seen,
        }
        if self.hidden is None:
            return dict(told)
        held = {name: one.text for name, one in self.hidden.items() if one.value is None}
        if {"alone", "rest"} & held.keys():
            held["seen"] = _WITHHELD  # the sum of the two would give either away
        return {name: held.get(name, value) for name, value in told.items()}

    @property
    def words(self) -> dict[str, Text]:
        """The same as a page writes them."""
        return {
            name: value if isinstance(value, Text) else Text(zh=f"{value:,}", en=f"{value:,}")
            for name, value in self.shown.items()
        }


def campaigns(by: Officer, at: datetime) -> list[Campaign]:
    """Return the rounds the officer may read a board of, the newest first."""
    areas = granting(by, READ, at)
    rounds = Campaign.objects.select_related("place").order_by("-starts_on", "-pk")[:50]
    return [
        one
        for one in rounds
        if any(is_within(area, one.place) or is_within(one.place, area) for area in areas)
    ]


def sees_sealed(by: Officer, place: Place, at: datetime) -> bool:
    """Answer whether the officer belongs to the working group of the place: its lists that villages may not know of are theirs."""
    return any(
        area.level <= Level.COUNTY and is_within(place, area) for area in granting(by, READ_SEALED, at)
    )


def areas_of(by: Officer, campaign: Campaign, at: datetime) -> list[Place]:
    """Return where in a round the officer may look."""
    return screening.areas_of(by, campaign, at, READ)


def board_of(campaign: Campaign) -> Board | None:
    """Return the round's count, if it has been counted."""
    return Board.objects.select_related("campaign__place", "counted_by").filter(campaign=campaign).first()


def everybody(board: Board, place: Place) -> Line:
    """Return the counts of everybody in a place."""
    row = _within(board, place).filter(group=boards.EVERYBODY).aggregate(**_SUMS)
    return _line(_named(place), row, place.pk)


def by_place(board: Board, place: Place) -> list[Line]:
    """Return everybody by the places next below; whose place is not known that far stands last, without a name."""
    column = _BELOW.get(Level(place.level))
    if column is None:
        return []
    cells = _within(board, place).filter(group=boards.EVERYBODY)
    rows = list(cells.order_by().values(column).annotate(**_SUMS))
    names = Place.objects.in_bulk([row[column] for row in rows if row[column]])
    nowhere = Text(zh="地址不详", en="Place unknown")
    lines = [_line(_named(names[row[column]]) if row[column] else nowhere, row, row[column]) for row in rows]
    return sorted(lines, key=lambda line: (line.place_id is None, line.place_id or 0))


def by_group(board: Board, place: Place, *, is_sealed: bool) -> list[Line]:
    """Return the protection lists of a place, exact for the working group.

    For others the sensitive lists are not there at all, and small numbers are held back, with as many more as keep them
    from being computed.
    """
    cells = _within(board, place).exclude(
        group__in=(boards.EVERYBODY, boards.ANY_OPEN if is_sealed else boards.ANY)
    )
    if not is_sealed:
        cells = cells.filter(is_sensitive=False)
    rows: dict[str, Any] = {row["group"]: row for row in cells.order_by().values("group").annotate(**_SUMS)}
    lines = [
        _line(GROUP_NAMES[code], rows[code], None, alone=code in GROUPS and GROUPS[code].seen_alone)
        for code in _ORDER
        if code in rows
    ]
    return lines if is_sealed else _held_back(lines)


def _held_back(lines: list[Line]) -> list[Line]:
    """Hold small numbers back; beside a list that is held back, the union of all lists would bound it from below."""
    kept = [_protected(line) for line in lines]
    any_held = any(one.value is None for line in kept for one in (line.hidden or {}).values())
    union = GROUP_NAMES[boards.ANY_OPEN]
    return [line for line in kept if line.name is not union] if any_held else kept


def _protected(line: Line) -> Line:
    counts = line.counts
    parts = {
        "alone": counts.seen_alone,
        "rest": counts.seen - counts.seen_alone,
        "excused": counts.excused,
        "left": counts.not_seen,
    }
    try:
        hidden = protect_parts(parts, total="whole", protection=SMALL)
    except Refused:  # so few that no part may stand beside another
        held = Published(None, "withheld", _WITHHELD)
        hidden = dict.fromkeys((*parts, "whole"), held)
    return Line(line.name, counts, seen_alone_needed=line.seen_alone_needed, hidden=hidden)


def _within(board: Board, place: Place) -> QuerySet[BoardCell]:
    return BoardCell.objects.filter(area_filter([place]), board=board)


def _named(place: Place) -> Text:
    return Text(zh=place.name, en=place.name)


def _line(name: Text, row: dict[str, Any], place_id: int | None, *, alone: bool = False) -> Line:
    found = [int(row[f"sum_{count}"] or 0) for count in _COUNTS]
    counts, (only, only_left, unplanned) = Coverage(name.zh, *found[:5]), found[5:]
    return Line(name, counts, place_id, only, only_left, unplanned, seen_alone_needed=alone)


@dataclass(frozen=True, slots=True)
class Behind:
    """One roster behind the denominators."""

    kind: Text
    unit: str
    reference_on: str
    delivered_on: str
    records: int


def rosters(board: Board, *, is_sealed: bool) -> list[Behind]:
    """Return the rosters behind a count; the size of a sensitive one is the working group's."""
    return [
        Behind(
            kind_of(row["kind"]).title,
            row["unit"],
            row["reference_on"],
            row["delivered_on"],
            row["records"],
        )
        for row in board.rosters
        if is_sealed or not row["is_sensitive"]
    ]


def misses(by: Officer, place: Place, at: datetime) -> Misses:
    """Return how those stood whom outside signals led to in a place, through the walls, like every list of cases."""
    mine = cases.cases(by, at).filter(area_filter([place]))
    return count_misses(boards.standings(boards.signal_cases(mine)))


COLUMNS = [
    Text(zh="地区", en="Place"),
    Text(zh="对象类别", en="Protection list"),
    Text(zh="应见", en="To be reached"),
    Text(zh="在册(各名册合并)", en="On rosters (each person once)"),
    Text(zh="其中仅户籍在册", en="Of these on the household register alone"),
    Text(zh="名册外发现", en="Found on no list"),
    Text(zh="本人见到", en="Seen in person"),
    Text(zh="单独见到", en="Seen alone"),
    Text(zh="依规免访", en="Excused by rule"),
    Text(zh="未见到", en="Not seen"),
    Text(zh="见到或免访占比", en="Seen or excused, share"),
    Text(zh="在册而未列入本轮", en="On a roster, not in the round"),
]
EVERY = Text(zh="全部人员", en="Everybody")
_WITHHELD = Text(zh="为保护个人不列出", en="withheld to protect individuals")


def export_rows(lines: Iterable[Line], groups: Iterable[Line], place: Place) -> Iterator[list[object]]:
    """Yield the board as a ledger: everybody by place, then the protection lists of the place."""
    for line in lines:
        yield _exported(line, line.name, EVERY)
    for line in groups:
        yield _exported(line, _named(place), line.name)


def _exported(line: Line, place: Text, group: Text) -> list[object]:
    counts, shown = line.counts, line.shown
    is_exact = line.hidden is None
    return [
        place,
        group,
        shown["whole"],
        counts.listed if is_exact else "",
        line.hukou_only if is_exact and group is EVERY else "",
        counts.unlisted_found if is_exact else "",
        *(shown[name] for name in ("seen", "alone", "excused", "left")),
        counts.percent if is_exact else "",
        line.unplanned if group is EVERY else "",
    ]
