"""A department's file comes in, is sealed as it came, and every row of it is accounted for; one file or many."""

from __future__ import annotations

import hashlib
import shutil
from collections import deque
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Map
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
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
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.receiving import Reading, Surroundings, receive, surroundings_of
from jiandi.rooms.register.remembering import remembered_for
from jiandi.rooms.register.waiting import MENDABLE, hold

Progress = Callable[[int, int], None] | None
READERS = 2  # files read at a time while an earlier one is entered
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
    facts, data = _facts(parcel)
    known = _known(facts)
    if known is not None:
        return _again(by, at, parcel, known)
    with shelf.scratch() as scratch:
        opened = _open(parcel, facts, data, scratch, _around(unit))
        if progress:
            progress(1, 2)
        roster = enter(by, at, opened)
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
    with shelf.scratch() as scratch, ThreadPoolExecutor(READERS) as readers:
        ahead: deque[tuple[Parcel, Path, Future[Opened]]] = deque()
        around: dict[int, _Around] = {}
        for number, parcel in enumerate(parcels):
            facts, data = _facts(parcel)
            if parcel.unit.pk not in around:
                around[parcel.unit.pk] = _around(parcel.unit)
            folder = scratch / str(number)
            folder.mkdir()
            ahead.append(
                (parcel, folder, readers.submit(_open, parcel, facts, data, folder, around[parcel.unit.pk]))
            )
            if len(ahead) > READERS:
                rosters.append(_enter_first(by, at, ahead))
                _tell(progress, len(rosters), len(parcels))
        while ahead:
            rosters.append(_enter_first(by, at, ahead))
            _tell(progress, len(rosters), len(parcels))
    return rosters


def _enter_first(by: Officer, at: datetime, ahead: deque[tuple[Parcel, Path, Future[Opened]]]) -> Roster:
    parcel, folder, reading = ahead.popleft()
    opened = reading.result()
    known = _known(opened.facts)
    roster = (
        enter(by, parcel.at or at, opened) if known is None else _again(by, parcel.at or at, parcel, known)
    )
    shutil.rmtree(folder, ignore_errors=True)
    return roster


def _tell(progress: Progress, done: int, whole: int) -> None:
    if progress:
        progress(done, whole)


def _check(by: Officer, at: datetime, parcel: Parcel) -> None:
    permit(by, "register.deliver_roster", at=at, place=county_of(parcel.unit))
    roles = {grant.role for grant in live_grants(by, at)} & roles_for("register.deliver_roster")
    policies.check_own_unit(by, parcel.unit, roles)
    policies.check_reference(parcel.reference_on, at)


def _facts(parcel: Parcel) -> tuple[dict[str, Any], bytes]:
    """Return what is known of a file before it is opened, and its content."""
    data = parcel.content if isinstance(parcel.content, bytes) else parcel.content.read_bytes()
    facts = {
        "unit": parcel.unit, "file_name": Path(parcel.file_name).name[:200], "sha256": hashlib.sha256(data).hexdigest(),
        "size_bytes": len(data), "reference_on": parcel.reference_on,
    }  # fmt: skip
    return facts, data


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


def _open(parcel: Parcel, facts: dict[str, Any], data: bytes, scratch: Path, around: _Around) -> Opened:
    """Read a file and seal what may be kept; touches no database, so it may run on a thread of its own."""
    path = scratch / "delivered"
    path.write_bytes(data)
    name = facts["file_name"]
    try:
        reception = receive(
            path,
            name=name,
            scratch=scratch,
            reference_on=parcel.reference_on,
            around=around.places,
            reading=Reading(parcel.kind, parcel.mapping, remembered=around.remembered),
        )
    except Refused as refusal:
        if parcel.mapping or refusal.code not in MENDABLE:
            return Opened(facts, refusal)
        held = hold(path, name=name, scratch=scratch, why=refusal, kind=parcel.kind)
        return Opened(facts, held or refusal, _sealed(data, held.copy) if held else "")
    return Opened(facts, reception, _sealed(data, reception.sealed))


def _sealed(data: bytes, copy: bytes | None) -> str:
    return sealing.store_file(data if copy is None else copy)
