"""A department's file comes in, is sealed as it came, and every row of it is accounted for; or is taken back."""

from __future__ import annotations

import hashlib
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Map
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jiandi.core.numbering import ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.rosters.sentences import say_refused, say_repaired
from jiandi.core.values import Refused
from jiandi.rooms.access import sealing
from jiandi.rooms.access.bulk import insert
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import live_grants, permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.access.roles import roles_for
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import policies, shelf
from jiandi.rooms.register.models import Record, Roster, RowOutcome
from jiandi.rooms.register.receiving import Reception, Surroundings, receive, surroundings_of

Progress = Callable[[int, int], None] | None
EXAMPLES = 500  # lines kept for each kind of repair; the counts are complete
MOST_REFUSED = 100_000
READERS = 2  # files read at a time while an earlier one is entered
# Registers of who is: a later one takes the place of the one before. Others list what happened and add up.
STOCKS = frozenset(
    [
        "hukou",
        "dibao",
        "tekun",
        "disability",
        "subsidy",
        "smd",
        "orphan",
        "left_behind",
        "lbc",
        "elderly",
        "insurance",
        "residence",
        "school",
    ]
)
_LIVE = (Roster.State.READ, Roster.State.RECEIVED, Roster.State.MAPPED, Roster.State.REPLACED)


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


@dataclass(slots=True)
class _Opened:
    """A parcel read: the facts of the file, and what it holds or why it was refused."""

    facts: dict[str, Any]
    outcome: Reception | Refused
    sealed: str = ""


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

    The same file from the same unit again gives the roster it became. A file that cannot be read becomes a refused roster
    with the reason; nothing else is touched. `mapping` names the heading of each column; else the unit's last one is used.
    """
    parcel = Parcel(unit, file_name, content, reference_on, kind, mapping)
    _check(by, at, parcel)
    facts, data = _facts(parcel)
    known = _known(facts)
    if known is not None:
        return known
    with shelf.scratch() as scratch:
        opened = _open(parcel, facts, data, scratch, surroundings_of(unit.place))
        if progress:
            progress(1, 2)
        roster = _enter(by, at, opened)
        if progress:
            progress(2, 2)
        return roster


def deliver_many(
    *, by: Officer, at: datetime, parcels: Sequence[Parcel], progress: Progress = None
) -> list[Roster]:
    """Take in many files in their order, each as `deliver` would; while one is entered the next are already being read."""
    rosters: list[Roster] = []
    with shelf.scratch() as scratch, ThreadPoolExecutor(READERS) as readers:
        ahead: deque[tuple[Parcel, Path, Future[_Opened]]] = deque()
        around: dict[int, Surroundings] = {}
        for number, parcel in enumerate(parcels):
            _check(by, parcel.at or at, parcel)
            facts, data = _facts(parcel)
            place = parcel.unit.place
            if place.pk not in around:
                around[place.pk] = surroundings_of(place)
            folder = scratch / str(number)
            folder.mkdir()
            ahead.append(
                (parcel, folder, readers.submit(_open, parcel, facts, data, folder, around[place.pk]))
            )
            if len(ahead) > READERS:
                rosters.append(_enter_first(by, at, ahead))
                _tell(progress, len(rosters), len(parcels))
        while ahead:
            rosters.append(_enter_first(by, at, ahead))
            _tell(progress, len(rosters), len(parcels))
    return rosters


def _enter_first(by: Officer, at: datetime, ahead: deque[tuple[Parcel, Path, Future[_Opened]]]) -> Roster:
    parcel, folder, reading = ahead.popleft()
    opened = reading.result()
    roster = _known(opened.facts) or _enter(by, parcel.at or at, opened)
    shutil.rmtree(folder, ignore_errors=True)
    return roster


def _tell(progress: Progress, done: int, whole: int) -> None:
    if progress:
        progress(done, whole)


def _check(by: Officer, at: datetime, parcel: Parcel) -> None:
    permit(by, "register.deliver_roster", at=at, place=_county_of(parcel.unit))
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


def _open(parcel: Parcel, facts: dict[str, Any], data: bytes, scratch: Path, around: Surroundings) -> _Opened:
    """Read a file and seal what may be kept; touches no database, so it may run on a thread of its own."""
    path = scratch / "delivered"
    path.write_bytes(data)
    try:
        reception = receive(
            path,
            name=facts["file_name"],
            scratch=scratch,
            reference_on=parcel.reference_on,
            around=around,
            kind=parcel.kind,
            columns=parcel.mapping if parcel.kind else None,
        )
    except Refused as refusal:
        return _Opened(facts, refusal)
    return _Opened(
        facts, reception, sealing.store_file(data if reception.sealed is None else reception.sealed)
    )


def _enter(by: Officer, at: datetime, opened: _Opened) -> Roster:
    outcome = opened.outcome
    if isinstance(outcome, Refused):
        return refuse_roster(by=by, at=at, facts=opened.facts, refusal=outcome)
    roster = deliver_roster(by=by, at=at, facts=opened.facts, reception=outcome, sealed=opened.sealed)
    outcome.con.close()
    return roster


def _county_of(unit: Unit) -> Place:
    place = unit.place
    return place.county if place.level > Level.COUNTY and place.county else place


@action
def deliver_roster(
    *, by: Officer, at: datetime, facts: dict[str, Any], reception: Reception, sealed: str
) -> Roster:
    """Enter a roster that was read: its records, what became of its rows, the columns it was read by."""
    unit: Unit = facts["unit"]
    permit(by, "register.deliver_roster", at=at, place=_county_of(unit))
    policies.check_reference(facts["reference_on"], at)
    before = (
        Roster.objects.filter(unit=unit, kind=reception.kind, state=Roster.State.READ).order_by("-pk").first()
    )
    (roster,) = Roster.objects.bulk_create(
        [
            Roster(
                **facts,
                county=_county_of(unit),
                kind=reception.kind,
                state=Roster.State.READ,
                delivered_at=at,
                delivered_by=by,
                sheet="、".join(sheet.name for sheet, _ in reception.sheets)[:100],
                header=list(reception.sheets[0][1].layout.headers),
                mapping=reception.mapping,
                report=reception.report | {"sealed": sealed},
                replaces=before if _is_next(before, facts) else None,
            )
        ]
    )
    _enter_records(roster, reception)
    insert(
        RowOutcome,
        ("roster_id", "row_no", "outcome", "code", "column", "detail_zh", "detail_en"),
        _outcomes(roster, reception),
    )
    shelf.put(reception.con, roster.pk, roster.kind, "entered")
    if roster.replaces_id and roster.kind in STOCKS:
        Roster.objects.filter(pk=roster.replaces_id).update(state=Roster.State.REPLACED)
    payload = {
        "sha256": roster.sha256,
        "sealed": sealed,
        "kind": roster.kind,
        "unit": unit.pk,
        "refused_columns": [[f["header"], f["digest"]] for f in reception.report["forbidden"]],
        **{k: reception.report[k] for k in ("rows", "accepted", "refused", "records")},
    }
    record("register.deliver_roster", by=by, at=at, subject=roster, place=roster.county, payload=payload)
    return roster


def _is_next(before: Roster | None, facts: dict[str, Any]) -> bool:
    return before is not None and before.reference_on < facts["reference_on"]


def _enter_records(roster: Roster, reception: Reception) -> None:
    """Enter one record for each person a row names."""
    con, shift = reception.con, roster.pk << 27
    chosen = con.execute(f"""
        SELECT e.record_id + {shift}, {roster.pk}, (e.row_id & {ROW_MASK})::INTEGER, e.role, coalesce(e.name, '')[:60], e.sex,
            e.birth_on::VARCHAR, e.id_status, e.village, coalesce(o.repairs, '')[:200]
        FROM entered e LEFT JOIN row_outcomes o ON o.row_id = e.row_id ORDER BY 1""")
    names = (
        "id",
        "roster_id",
        "row_no",
        "role",
        "name",
        "sex",
        "birth_on",
        "id_status",
        "village_id",
        "repairs",
    )
    insert(Record, (*names, "how"), ((*row, "") for row in _fetched(chosen)))


def _fetched(result: Any) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(50_000):
        yield from rows


def _outcomes(roster: Roster, reception: Reception) -> Iterator[tuple[Any, ...]]:
    """Yield a line for each refused row, and examples of each repair, in words."""
    kind, con = kind_of(roster.kind), reception.con
    refused = con.execute(
        f"SELECT row_no, reason, field FROM row_outcomes WHERE outcome = 'refused' ORDER BY row_no LIMIT {MOST_REFUSED}"
    ).fetchall()
    for row_no, reason, column in refused:
        text = say_refused(kind, reason, column)
        yield roster.pk, row_no, "refused", reason, column, text.zh[:300], text.en[:300]
    repaired = con.execute(f"""
        SELECT row_no, code FROM (SELECT row_no, unnest(string_split(repairs, ' ')) AS code FROM row_outcomes WHERE repairs <> '')
        QUALIFY row_number() OVER (PARTITION BY code ORDER BY row_no) <= {EXAMPLES} ORDER BY row_no""").fetchall()
    for row_no, repair in repaired:
        text = say_repaired(kind, repair)
        column, _, code = repair.partition(":")
        yield roster.pk, row_no, "repaired", code[:40], column[:60], text.zh[:300], text.en[:300]


@action
def refuse_roster(*, by: Officer, at: datetime, facts: dict[str, Any], refusal: Refused) -> Roster:
    """Enter that a file was delivered and could not be taken, with the reason; its content is not kept."""
    unit: Unit = facts["unit"]
    permit(by, "register.deliver_roster", at=at, place=_county_of(unit))
    why = {"code": refusal.code, "zh": refusal.text.zh, "en": refusal.text.en}
    (roster,) = Roster.objects.bulk_create(
        [
            Roster(
                **facts, county=_county_of(unit), state=Roster.State.REFUSED, delivered_at=at, delivered_by=by,
                refusal=why, report={"rows": 0, "why": refusal.text.zh},
            )
        ]
    )  # fmt: skip
    record(
        "register.refuse_roster",
        by=by,
        at=at,
        subject=roster,
        place=_county_of(unit),
        payload={"sha256": roster.sha256, "unit": unit.pk, "code": refusal.code},
    )
    return roster


@action
def withdraw_roster(*, by: Officer, at: datetime, roster: Roster, reason: str) -> Roster:
    """Take back a wrong delivery: its rows count no more from the next linkage on; the sealed file stays."""
    permit(by, "register.withdraw_roster", at=at, place=roster.county)
    policies.check_reason(reason)
    policies.check_withdrawable(roster)
    Roster.objects.filter(pk=roster.pk).update(
        state=Roster.State.WITHDRAWN, withdrawn_reason=reason.strip()[:300]
    )
    shelf.drop(roster.pk)
    roster.refresh_from_db()
    record(
        "register.withdraw_roster",
        by=by,
        at=at,
        subject=roster,
        place=roster.county,
        payload={"unit": roster.unit_id, "kind": roster.kind},
    )
    return roster
