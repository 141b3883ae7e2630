"""What becomes of a delivered file in the register: read, waiting for its columns, refused, or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiandi.core.numbering import ROLE_BITS, ROW_BITS, ROW_MASK
from jiandi.core.rosters.kinds import kind_of
from jiandi.core.rosters.sentences import say_refused, say_repaired
from jiandi.core.rosters.shapes import fingerprint
from jiandi.core.values import Refused
from jiandi.rooms.access.bulk import insert
from jiandi.rooms.access.models import Officer, Unit
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.places.models import Level, Place
from jiandi.rooms.register import mending, policies, shelf
from jiandi.rooms.register.models import RECORD_COLUMNS, ColumnChoice, Record, Roster, RowOutcome
from jiandi.rooms.register.receiving import Reception
from jiandi.rooms.register.waiting import Held

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


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was opened: the facts of it, and what it holds, or why it was refused, or what must still be chosen."""

    facts: dict[str, Any]
    outcome: Reception | Held | Refused
    sealed: str = ""

    def close(self) -> None:
        """Give back the working database, which files read together share."""
        if isinstance(self.outcome, Reception):
            self.outcome.con.close()


def enter(by: Officer, at: datetime, opened: Opened) -> Roster:
    """Enter an opened file as the roster it has become."""
    outcome = opened.outcome
    if isinstance(outcome, Refused):
        return refuse_roster(by=by, at=at, facts=opened.facts, refusal=outcome)
    if isinstance(outcome, Held):
        return hold_roster(by=by, at=at, facts=opened.facts, held=outcome, sealed=opened.sealed)
    return deliver_roster(by=by, at=at, facts=opened.facts, reception=outcome, sealed=opened.sealed)


def county_of(unit: Unit) -> Place:
    """Return the county a unit's rosters belong to."""
    place = unit.place
    return place.county if place.level > Level.COUNTY and place.county else place


@action
def deliver_roster(
    *, by: Officer, at: datetime, facts: dict[str, Any], reception: Reception, sealed: str
) -> Roster:
    """Enter a roster that was read: its records, what became of its rows, the columns it was read by."""
    unit: Unit = facts["unit"]
    permit(by, "register.deliver_roster", at=at, place=county_of(unit))
    policies.check_reference(facts["reference_on"], at)
    (roster,) = Roster.objects.bulk_create(
        [
            Roster(
                **facts,
                **_read_as(reception, sealed),
                county=county_of(unit),
                delivered_at=at,
                delivered_by=by,
                replaces=_before(unit, reception.kind, facts["reference_on"]),
            )
        ]
    )
    mended = _enter_rows(roster, reception)
    _remember(roster, by, at)
    payload = _counted(roster) | {"mended": mended}
    record("register.deliver_roster", by=by, at=at, subject=roster, place=roster.county, payload=payload)
    return roster


@action
def map_roster(*, by: Officer, at: datetime, roster: Roster, reception: Reception, sealed: str) -> Roster:
    """Read a roster that waited, by the kind and columns a person chose; the choice is kept for the unit's next file."""
    permit(by, "register.map_roster", at=at, place=roster.county)
    policies.check_waiting(roster)
    Roster.objects.filter(pk=roster.pk).update(
        **_read_as(reception, sealed),
        refusal={},
        replaces=_before(roster.unit, reception.kind, roster.reference_on),
    )
    roster.refresh_from_db()
    mended = _enter_rows(roster, reception)
    _remember(roster, by, at)
    payload = _counted(roster) | {"mended": mended}
    record("register.map_roster", by=by, at=at, subject=roster, place=roster.county, payload=payload)
    return roster


def _read_as(reception: Reception, sealed: str) -> dict[str, Any]:
    """Return what a roster's row says once it was read."""
    return {
        "kind": reception.kind,
        "state": Roster.State.READ,
        "sheet": "、".join(sheet.name for sheet, _ in reception.sheets)[:100],
        "header": list(reception.sheets[0][1].layout.headers),
        "mapping": reception.mapping,
        "report": reception.report | {"sealed": sealed} | mending.note_faults(reception),
    }


def _before(unit: Unit, kind: str, reference_on: date) -> Roster | None:
    """Return the unit's earlier roster of the kind, which this one follows; None when it is the first, or an older file."""
    before = Roster.objects.filter(unit=unit, kind=kind, state=Roster.State.READ).order_by("-pk").first()
    return before if before is not None and before.reference_on < reference_on else None


def _enter_rows(roster: Roster, reception: Reception) -> int:
    """Enter the records and what became of the rows; a register of who is takes the place of the one before.

    Return how many lines of earlier correction lists it mends.
    """
    _enter_records(roster, reception)
    insert(
        RowOutcome,
        ("roster_id", "row_no", "outcome", "code", "column", "detail_zh", "detail_en"),
        _outcomes(roster, reception),
    )
    shelf.put(reception.con, roster.pk, roster.kind, "entered", number=reception.number)
    mended = mending.mend(roster, reception)
    if roster.replaces_id and roster.kind in STOCKS:
        Roster.objects.filter(pk=roster.replaces_id).update(state=Roster.State.REPLACED)
    return mended


def _remember(roster: Roster, by: Officer, at: datetime) -> None:
    """Keep the columns a person chose, for the unit's next file with the same headings; an earlier choice is superseded."""
    if roster.mapping["how"] != "given":
        return
    shape = {"unit": roster.unit, "kind": roster.kind, "fingerprint": fingerprint(roster.header)}
    live = ColumnChoice.objects.filter(**shape, superseded_at__isnull=True)
    if live.filter(columns=roster.mapping["columns"]).exists():
        return
    live.update(superseded_at=at)
    ColumnChoice.objects.bulk_create(
        [
            ColumnChoice(
                **shape, header=roster.header, columns=roster.mapping["columns"], confirmed_by=by, confirmed_at=at
            )
        ]
    )  # fmt: skip


def _counted(roster: Roster) -> dict[str, Any]:
    """Return what the log keeps of a roster that was read: digests and counts, no name and no number of anybody."""
    return {
        "sha256": roster.sha256,
        "sealed": roster.report["sealed"],
        "kind": roster.kind,
        "unit": roster.unit_id,
        "columns": roster.mapping["how"],
        "refused_columns": [[f["header"], f["digest"]] for f in roster.report["forbidden"]],
        **{k: roster.report[k] for k in ("rows", "accepted", "refused", "records")},
    }


def _enter_records(roster: Roster, reception: Reception) -> None:
    """Enter one record for each person a row names."""
    con, shift = reception.con, (roster.pk - reception.number) << (ROW_BITS + ROLE_BITS)
    chosen = con.execute(f"""
        SELECT e.record_id + {shift}, {roster.pk}, (e.row_id & {ROW_MASK})::INTEGER, e.role, coalesce(e.name, '')[:60], e.sex,
            e.birth_on::VARCHAR, e.id_status, e.village, coalesce(o.repairs, '')[:200], ''
        FROM entered e LEFT JOIN row_outcomes o ON o.row_id = e.row_id WHERE e.roster_id = {reception.number} ORDER BY 1""")
    insert(Record, (*RECORD_COLUMNS, "how"), _fetched(chosen))


def _fetched(result: Any) -> Iterator[tuple[Any, ...]]:
    while rows := result.fetchmany(50_000):
        yield from rows


def _outcomes(roster: Roster, reception: Reception) -> Iterator[tuple[Any, ...]]:
    """Yield the lines of listed_faults in words: each refused row, and examples of each repair."""
    kind = kind_of(roster.kind)
    listed = reception.con.execute(
        "SELECT row_no, outcome, code, field, coalesce(places, '') FROM listed_faults"
    ).fetchall()
    for row_no, outcome, code, column, may_be in listed:
        text = (
            say_refused(kind, code, column)
            if outcome == "refused"
            else say_repaired(kind, f"{column}:{code}", may_be)
        )
        yield roster.pk, row_no, outcome, code[:40], column[:60], text.zh[:300], text.en[:300]


@action
def hold_roster(*, by: Officer, at: datetime, facts: dict[str, Any], held: Held, sealed: str) -> Roster:
    """Enter a file whose kind or columns a person must choose: sealed without what may not be kept, nothing read yet."""
    unit: Unit = facts["unit"]
    permit(by, "register.deliver_roster", at=at, place=county_of(unit))
    policies.check_reference(facts["reference_on"], at)
    why = held.why
    (roster,) = Roster.objects.bulk_create(
        [
            Roster(
                **facts, county=county_of(unit), state=Roster.State.RECEIVED, delivered_at=at, delivered_by=by,
                kind=held.kind or "", header=held.header, report=held.report | {"sealed": sealed},
                refusal={"code": why.code, "zh": why.text.zh, "en": why.text.en},
            )
        ]
    )  # fmt: skip
    record(
        "register.hold_roster",
        by=by,
        at=at,
        subject=roster,
        place=roster.county,
        payload={
            "sha256": roster.sha256,
            "sealed": sealed,
            "unit": unit.pk,
            "code": why.code,
            "refused_columns": [[f["header"], f["digest"]] for f in held.report["forbidden"]],
        },
    )
    return roster


@action
def refuse_roster(*, by: Officer, at: datetime, facts: dict[str, Any], refusal: Refused) -> Roster:
    """Enter that a file was delivered and could not be taken, with the reason; its content is not kept."""
    unit: Unit = facts["unit"]
    permit(by, "register.deliver_roster", at=at, place=county_of(unit))
    why = {"code": refusal.code, "zh": refusal.text.zh, "en": refusal.text.en}
    (roster,) = Roster.objects.bulk_create(
        [
            Roster(
                **facts, county=county_of(unit), state=Roster.State.REFUSED, delivered_at=at, delivered_by=by,
                refusal=why, report={"rows": 0, "why": refusal.text.zh},
            )
        ]
    )  # fmt: skip
    record(
        "register.refuse_roster",
        by=by,
        at=at,
        subject=roster,
        place=county_of(unit),
        payload={"sha256": roster.sha256, "unit": unit.pk, "code": refusal.code},
    )
    return roster


@action
def withdraw_roster(*, by: Officer, at: datetime, roster: Roster, reason: str) -> Roster:
    """Take back a wrong delivery: its rows count no more from the next linkage on; the sealed file stays.

    The roster whose place it had taken counts again.
    """
    permit(by, "register.withdraw_roster", at=at, place=roster.county)
    policies.check_reason(reason)
    policies.check_withdrawable(roster)
    Roster.objects.filter(pk=roster.pk).update(
        state=Roster.State.WITHDRAWN, withdrawn_reason=reason.strip()[:300]
    )
    if roster.state == Roster.State.READ and roster.replaces_id:
        Roster.objects.filter(pk=roster.replaces_id, state=Roster.State.REPLACED).update(
            state=Roster.State.READ
        )
    shelf.drop(roster.pk)
    reopened = mending.reopen(roster)
    roster.refresh_from_db()
    record(
        "register.withdraw_roster",
        by=by,
        at=at,
        subject=roster,
        place=roster.county,
        payload={"unit": roster.unit_id, "kind": roster.kind, "reopened": reopened},
    )
    return roster
