"""Walls: who must not see a matter because it is about them. Easy to raise, hard to take down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from jiandi.rooms.access import policies
from jiandi.rooms.access.models import Conflict, Officer, Unit, Wall, WallEntry
from jiandi.rooms.access.outsiders import tied
from jiandi.rooms.access.permissions import granting, permit
from jiandi.rooms.access.recording import action, record, record_batch

Outsider = tuple[Unit | Officer, str]


@action
def raise_wall(
    *,
    by: Officer | None,
    at: datetime,
    reason: str,
    entries: Sequence[Outsider],
    about: Sequence[tuple[str, int]] = (),
) -> Wall:
    """Put a wall between a matter and those it implicates; `about` (kind, id) adds officers with a declared tie.

    `by` is nobody when a report from outside names a unit: the wall stands before any officer reads it.
    """
    if by is not None:
        permit(by, "access.raise_wall", at=at)
    wall = Wall.objects.create(made_at=at, reason=reason[:300])
    added = add_entries(wall.pk, [*entries, *_tied(about)], by=by, at=at)
    record("access.raise_wall", by=by, at=at, subject=wall, wall=wall, payload={"entries": added})
    return wall


@action
def raise_walls(
    *, by: Officer, at: datetime, walls: Sequence[tuple[str, Sequence[Outsider], Sequence[tuple[str, int]]]]
) -> list[Wall]:
    """Raise many walls at once, each (reason, entries, about), as one batch: for a run of the rules."""
    permit(by, "access.raise_wall", at=at)
    made = Wall.objects.bulk_create([Wall(made_at=at, reason=reason[:300]) for reason, _, _ in walls])
    tied = _tied_by_subject([subject for _, _, about in walls for subject in about])
    rows: list[WallEntry] = []
    for wall, (_, entries, about) in zip(made, walls, strict=True):
        extra = [entry for subject in about for entry in tied.get(subject, [])]
        rows += _fresh(wall.pk, [*entries, *extra], set(), by, at)
    WallEntry.objects.bulk_create(rows, batch_size=2000)
    record_batch(
        "access.raise_walls",
        by=by,
        at=at,
        subject=by,
        subjects_kind="wall",
        subject_ids=[wall.pk for wall in made],
        payload={"entries": len(rows)},
    )
    return made


@action
def extend_walls(
    *, by: Officer, at: datetime, walls: Sequence[tuple[int, Sequence[Outsider], Sequence[tuple[str, int]]]]
) -> int:
    """Put more outside walls that stand, each (wall, entries, about), as one batch; returns how many were added.

    Whoever two people let back inside stays inside: a run of the rules knows no more than they did.
    """
    permit(by, "access.raise_wall", at=at)
    tied = _tied_by_subject([subject for _, _, about in walls for subject in about])
    known: dict[int, set[tuple[int | None, int | None]]] = {}
    for wall, unit, officer in WallEntry.objects.filter(wall__in=[wall for wall, _, _ in walls]).values_list(
        "wall_id", "unit_id", "officer_id"
    ):
        known.setdefault(wall, set()).add((unit, officer))
    rows: list[WallEntry] = []
    for wall, entries, about in walls:
        extra = [entry for subject in about for entry in tied.get(subject, [])]
        rows += _fresh(wall, [*entries, *extra], known.setdefault(wall, set()), by, at)
    WallEntry.objects.bulk_create(rows, batch_size=2000)
    record_batch(
        "access.extend_walls",
        by=by,
        at=at,
        subject=by,
        subjects_kind="wall",
        subject_ids=sorted({row.wall_id for row in rows}),
        payload={"entries": len(rows)},
    )
    return len(rows)


@action
def add_wall_entry(*, by: Officer, at: datetime, wall: Wall, party: Unit | Officer, why: str) -> Wall:
    """Put one more unit or officer outside a wall; from now on the matter does not exist for them."""
    permit(by, "access.add_wall_entry", at=at, wall=wall)
    policies.check_reason(why, at_least=2)
    added = add_entries(wall.pk, [(party, why)], by=by, at=at)
    record("access.add_wall_entry", by=by, at=at, subject=wall, wall=wall, payload={"entries": added})
    return wall


@action
def ask_wall_removal(*, by: Officer, at: datetime, entry: WallEntry, reason: str) -> WallEntry:
    """Ask that a unit or officer may come back inside: the first of two people above the walled unit."""
    _check_remover(by, at, entry, second=False)
    policies.check_reason(reason)
    entry.removal_asked_by, entry.removal_reason = by, reason[:300]
    WallEntry.objects.filter(pk=entry.pk).update(removal_asked_by=by, removal_reason=entry.removal_reason)
    record(
        "access.ask_wall_removal",
        by=by,
        at=at,
        subject=entry.wall,
        wall=entry.wall,
        payload={"entry": entry.pk},
    )
    return entry


@action
def confirm_wall_removal(*, by: Officer, at: datetime, entry: WallEntry) -> WallEntry:
    """Confirm a removal somebody else asked for: the second of two people above the walled unit."""
    _check_remover(by, at, entry, second=True)
    entry.removed_by, entry.removed_at = by, at
    WallEntry.objects.filter(pk=entry.pk).update(removed_by=by, removed_at=at)
    record(
        "access.confirm_wall_removal",
        by=by,
        at=at,
        subject=entry.wall,
        wall=entry.wall,
        payload={"entry": entry.pk},
    )
    return entry


def _check_remover(by: Officer, at: datetime, entry: WallEntry, *, second: bool) -> None:
    permit(by, "access.remove_wall_entry", at=at)
    policies.check_not_walled_themselves(by, entry)
    policies.check_above(granting(by, "access.remove_wall_entry", at), entry)
    policies.check_removal_step(by, entry, second=second)


def add_entries(wall_id: int, entries: Iterable[Outsider], *, by: Officer | None, at: datetime) -> int:
    """Write entries that are not there yet, inside the action that calls; returns how many."""
    standing = WallEntry.objects.filter(wall=wall_id, removed_at__isnull=True)
    known: set[tuple[int | None, int | None]] = set(standing.values_list("unit_id", "officer_id"))
    rows = _fresh(wall_id, entries, known, by, at)
    WallEntry.objects.bulk_create(rows)
    return len(rows)


def _fresh(
    wall_id: int,
    entries: Iterable[Outsider],
    known: set[tuple[int | None, int | None]],
    by: Officer | None,
    at: datetime,
) -> list[WallEntry]:
    rows = []
    for who, why in entries:
        unit, officer = (who, None) if isinstance(who, Unit) else (None, who)
        key = (unit.pk if unit else None, officer.pk if officer else None)
        if key in known:
            continue
        known.add(key)
        rows.append(
            WallEntry(wall_id=wall_id, unit=unit, officer=officer, why=why[:300], added_at=at, added_by=by)
        )
    return rows


def _tied(about: Sequence[tuple[str, int]]) -> list[Outsider]:
    found = _tied_by_subject(list(about))
    return [entry for subject in about for entry in found.get(subject, [])]


def _tied_by_subject(about: list[tuple[str, int]]) -> dict[tuple[str, int], list[Outsider]]:
    """Ties are few (officers declare them by hand): read them all, keep those asked for."""
    wanted = set(about)
    found: dict[tuple[str, int], list[Outsider]] = {}
    if not wanted:
        return found
    for conflict in Conflict.objects.select_related("officer"):
        subject = (conflict.subject_kind, conflict.subject_id)
        if subject in wanted:
            found.setdefault(subject, []).append((conflict.officer, tied(conflict.tie)))
    return found
