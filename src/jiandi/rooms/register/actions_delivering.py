"""A department's file comes in, is sealed as it came, and every row of it is accounted for; one file or many."""

from __future__ import annotations

import hashlib
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Map
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from jiandi.core.rosters.shapes import Remembered
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import live_grants, permit
from jiandi.rooms.access.roles import roles_for
from jiandi.rooms.register import policies, shelf
from jiandi.rooms.register.actions_entering import Opened, county_of, enter
from jiandi.rooms.register.actions_mapping import confirm_columns
from jiandi.rooms.register.full_disk import told_when_full
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.receiving import (
    Delivered,
    Reading,
    Reception,
    Surroundings,
    receive_together,
    surroundings_of,
)
from jiandi.rooms.register.remembering import remembered_for
from jiandi.rooms.register.waiting import MENDABLE, hold

Progress = Callable[[int, int], None] | None
READERS = 2  # batches read at a time while an earlier one is entered
LAID = "delivered"  # what a file is called while it is read
SMALL_BYTES, MOST_TOGETHER = 300_000, 12
_LIVE = (Roster.State.READ, Roster.State.RECEIVED, Roster.State.REPLACED)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file as a unit hands it over. `mapping` names the heading of each column; `at`, when that was before today."""

    unit: Unit
    file_name: str
    content: bytes | Path
    reference_on: date
    kind: str | None = None
    mapping: Map[str, str] | None = None
    at: datetime | None = None


def deliver(
    *,
    by: Officer,
    at: datetime,
    unit: Unit,
    file_name: str,
    content: bytes | Path,
    reference_on: date,
    kind: str | None = None,
    mapping: Map[str, str] | None = None,
    progress: Progress = None,
) -> Roster:
    """Take in a department's file: seal it, find its kind and columns, account for every row.

    `mapping` names the column of each field, by heading or as #n; fields it leaves out stay unread, and a mapping that
    cannot be followed refuses the file. Without it the columns are those once confirmed for the unit's files with the same
    headings, else the best guess. A file whose kind or columns cannot be told waits until a person chooses them; one that
    cannot be read at all becomes a refused roster with the reason. The same file from the same unit again gives the roster
    it became, read anew when the kind or the mapping is another one.
    """
    parcel = Parcel(unit, file_name, content, reference_on, kind, mapping)
    _check(by, at, parcel)
    with told_when_full(file_name), shelf.scratch() as scratch:
        facts = _laid_down(parcel, scratch)
        known = _known(facts)
        if known is not None:
            return _again(by, at, parcel, known)
        (opened,) = _open([_Waiting(parcel, facts, scratch, _around(unit))])
        if progress:
            progress(1, 2)
        roster = enter(by, at, opened)
        opened.close()
        if progress:
            progress(2, 2)
        return roster


def deliver_many(
    *, by: Officer, at: datetime, parcels: Sequence[Parcel], progress: Progress = None
) -> list[Roster]:
    """Take in many files in their order, each as `deliver` would; while one is entered the next are already being read."""
    rosters: list[Roster] = []
    for parcel in parcels:
        _check(by, parcel.at or at, parcel)
    first = parcels[0].file_name if parcels else ""
    with told_when_full(first), shelf.scratch() as scratch, ThreadPoolExecutor(READERS) as readers:
        ahead: deque[tuple[list[_Waiting], Future[list[Opened]]]] = deque()
        for batch in _batches(parcels, scratch):
            ahead.append((batch, readers.submit(_open, batch)))
            if len(ahead) > READERS:
                rosters += _enter_first(by, at, ahead)
                _tell(progress, len(rosters), len(parcels))
        while ahead:
            rosters += _enter_first(by, at, ahead)
            _tell(progress, len(rosters), len(parcels))
    return rosters


def _batches(parcels: Sequence[Parcel], scratch: Path) -> Iterator[list[_Waiting]]:
    """Yield the parcels in their order, small ones together: what reading costs before the first row is then paid once."""
    around: dict[int, _Around] = {}
    batch: list[_Waiting] = []
    for number, parcel in enumerate(parcels):
        folder = scratch / str(number)
        folder.mkdir()
        facts = _laid_down(parcel, folder)
        if parcel.unit.pk not in around:
            around[parcel.unit.pk] = _around(parcel.unit)
        is_small = facts["size_bytes"] <= SMALL_BYTES
        if batch and (not is_small or len(batch) == MOST_TOGETHER):
            yield batch
            batch = []
        batch.append(_Waiting(parcel, facts, folder, around[parcel.unit.pk]))
        if not is_small:
            yield batch
            batch = []
    if batch:
        yield batch


def _enter_first(
    by: Officer, at: datetime, ahead: deque[tuple[list[_Waiting], Future[list[Opened]]]]
) -> list[Roster]:
    batch, reading = ahead.popleft()
    rosters = []
    read = reading.result()
    for waiting, opened in zip(batch, read, strict=True):
        parcel, known = waiting.parcel, _known(opened.facts)
        day = parcel.at or at
        rosters.append(enter(by, day, opened) if known is None else _again(by, day, parcel, known))
    for waiting, opened in zip(batch, read, strict=True):
        opened.close()
        shutil.rmtree(waiting.scratch, ignore_errors=True)
    return rosters


def _tell(progress: Progress, done: int, whole: int) -> None:
    if progress:
        progress(done, whole)


def _check(by: Officer, at: datetime, parcel: Parcel) -> None:
    permit(by, "register.deliver_roster", at=at, place=county_of(parcel.unit))
    roles = {grant.role for grant in live_grants(by, at)} & roles_for("register.deliver_roster")
    policies.check_own_unit(by, parcel.unit, roles)
    policies.check_reference(parcel.reference_on, at)


def _laid_down(parcel: Parcel, folder: Path) -> dict[str, Any]:
    """Lay a file's content down where it can be opened, and return what is known of it: what is hashed is what is read."""
    digest, size = hashlib.sha256(), 0
    content = BytesIO(parcel.content) if isinstance(parcel.content, bytes) else parcel.content.open("rb")
    with content as source, (folder / LAID).open("wb") as out:
        while piece := source.read(sealing.STREAM_BYTES):
            digest.update(piece)
            size += out.write(piece)
    return {
        "unit": parcel.unit, "file_name": Path(parcel.file_name).name[:200], "sha256": digest.hexdigest(),
        "size_bytes": size, "reference_on": parcel.reference_on,
    }  # fmt: skip


def _known(facts: dict[str, Any]) -> Roster | None:
    return Roster.objects.filter(unit=facts["unit"], sha256=facts["sha256"], state__in=_LIVE).first()


def _again(by: Officer, at: datetime, parcel: Parcel, known: Roster) -> Roster:
    """Answer a file that was delivered before: with its roster, read anew when it is now said to be something else."""
    kind = parcel.kind or known.kind or None
    if parcel.mapping:
        return confirm_columns(by=by, at=at, roster=known, kind=kind, columns=parcel.mapping)
    if parcel.kind and (known.state == Roster.State.RECEIVED or known.kind != parcel.kind):
        return confirm_columns(by=by, at=at, roster=known, kind=kind, columns=None)
    return known


@dataclass(frozen=True, slots=True)
class _Around:
    """What the operational database knows of a sender, fetched before files are opened on threads of their own."""

    places: Surroundings
    remembered: tuple[Remembered, ...]


def _around(unit: Unit) -> _Around:
    return _Around(surroundings_of(unit.place), remembered_for(unit))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A parcel about to be opened, with all that must be known of it: opening asks no database."""

    parcel: Parcel
    facts: dict[str, Any]
    scratch: Path
    around: _Around

    def as_file(self) -> Delivered:
        """Return the file that was laid down, with all that must be known to read it."""
        parcel, path = self.parcel, self.scratch / LAID
        reading = Reading(parcel.kind, parcel.mapping, remembered=self.around.remembered)
        name = str(self.facts["file_name"])
        return Delivered(path, name, self.scratch, parcel.reference_on, self.around.places, reading)


def _open(batch: Sequence[_Waiting]) -> list[Opened]:
    """Read files and seal what may be kept; touches no database, so it may run on a thread of its own."""
    files = [waiting.as_file() for waiting in batch]
    outcomes = receive_together(files)
    return [
        _opened(waiting, file, outcome) for waiting, file, outcome in zip(batch, files, outcomes, strict=True)
    ]


def _opened(waiting: _Waiting, file: Delivered, outcome: Reception | Refused) -> Opened:
    parcel, facts = waiting.parcel, waiting.facts
    if not isinstance(outcome, Refused):
        return Opened(facts, outcome, sealing.store_path(outcome.sealed or file.path))
    if parcel.mapping or outcome.code not in MENDABLE:
        return Opened(facts, outcome)
    held = hold(file.path, name=file.name, scratch=file.scratch, why=outcome, kind=parcel.kind)
    return Opened(facts, held or outcome, sealing.store_path(held.copy or file.path) if held else "")
