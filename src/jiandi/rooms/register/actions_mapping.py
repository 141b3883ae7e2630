"""A person says what a file is and which column holds what: a waiting file is read, one read wrongly is read anew."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Map
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from jiandi.core.values import Text
from jiandi.rooms.access import sealing
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.register import policies, shelf
from jiandi.rooms.register.actions_entering import deliver_roster, map_roster, withdraw_roster
from jiandi.rooms.register.full_disk import told_when_full
from jiandi.rooms.register.models import Roster
from jiandi.rooms.register.receiving import Delivered, Reading, Reception, receive, surroundings_of, unseal
from jiandi.rooms.register.remembering import remembered_for

Progress = Callable[[int, int], None] | None
READ_ANEW = Text(zh="各列重新对应后另读", en="Read anew by other columns")
_FACTS = ("unit", "file_name", "sha256", "size_bytes", "reference_on")


def confirm_columns(
    *,
    by: Officer,
    at: datetime,
    roster: Roster,
    kind: str | None,
    columns: Map[str, str] | None,
    heading: tuple[int, int] | None = None,
    progress: Progress = None,
) -> Roster:
    """Read a delivered file by the kind and columns a person chose, and return the roster that holds its rows now.

    `columns` names the column of each field by heading or as #n, `heading` the first and last line of the heading where the
    machine did not find it. A waiting roster is read; of one that was read already a new roster takes the place and the old
    one is withdrawn. The same choice again changes nothing. A choice that cannot be followed is refused with a sentence and
    leaves everything as it was.
    """
    permit(by, "register.map_roster", at=at, place=roster.county)
    roster = current(roster)
    policies.check_mappable(roster)
    with told_when_full(roster.file_name), shelf.scratch() as scratch:
        reception = reread(roster, scratch, _reading(roster, kind, columns, heading))
        if progress:
            progress(1, 2)
        entered = _enter(by, at, roster, reception)
        reception.con.close()
        if progress:
            progress(2, 2)
        return entered


def current(roster: Roster) -> Roster:
    """Return the roster that stands for the same file now: the one it was read anew as, else itself."""
    standing = Roster.objects.filter(unit=roster.unit_id, sha256=roster.sha256).filter(
        state__in=(Roster.State.READ, Roster.State.RECEIVED)
    )
    return standing.select_related("unit__place", "county").first() or roster


def _reading(
    roster: Roster, kind: str | None, columns: Map[str, str] | None, heading: tuple[int, int] | None
) -> Reading:
    return Reading(kind, columns, heading, remembered_for(roster.unit))


def reread(roster: Roster, scratch: Path, reading: Reading) -> Reception:
    """Read a roster's sealed file in another way; what was refused when it came stays refused."""
    path, around = unseal(roster, scratch), surroundings_of(roster.unit.place)
    reception = receive(Delivered(path, roster.file_name, scratch, roster.reference_on, around, reading))
    before = {f["header"]: f for f in roster.report.get("forbidden", ())}
    now = {f["header"]: f for f in reception.report["forbidden"]}
    reception.report["forbidden"] = list((now | before).values())
    if set(now) <= set(before):
        reception.sealed = None  # the sealed copy lacks those columns already
    return reception


def _enter(by: Officer, at: datetime, roster: Roster, reception: Reception) -> Roster:
    before = roster.report.get("sealed", roster.sha256)
    sealed = before if reception.sealed is None else sealing.store_path(reception.sealed)
    if roster.state == Roster.State.RECEIVED:
        entered = map_roster(by=by, at=at, roster=roster, reception=reception, sealed=sealed)
    elif _is_as_before(roster, reception):
        return roster
    else:
        with transaction.atomic():
            facts = {name: getattr(roster, name) for name in _FACTS}
            withdraw_roster(by=by, at=at, roster=roster, reason=f"{READ_ANEW.zh} · {READ_ANEW.en}")
            entered = deliver_roster(by=by, at=at, facts=facts, reception=reception, sealed=sealed)
    if sealed != before:
        _forget_copy(before)
    return entered


def _is_as_before(roster: Roster, reception: Reception) -> bool:
    kept = reception.mapping
    return roster.kind == reception.kind and all(kept[k] == roster.mapping[k] for k in ("columns", "sheets"))


def _forget_copy(digest: str) -> None:
    """Remove a sealed copy that still held a column which the chosen kind may not keep, unless another roster needs it."""
    if not Roster.objects.filter(
        Q(report__sealed=digest) | Q(sha256=digest, report__sealed__isnull=True)
    ).exists():
        sealing.sealed_path(digest).unlink(missing_ok=True)
