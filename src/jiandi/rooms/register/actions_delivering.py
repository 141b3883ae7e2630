"""A department's file comes in, is sealed as it came, and every row of it is accounted for; or is taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Map
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jiandi.core.linkage import clean
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
from jiandi.rooms.register.receiving import Reception, receive

Progress = Callable[[int, int], None] | None
EXAMPLES = 500  # lines kept for each kind of repair; the counts are complete
MOST_REFUSED = 100_000
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
    permit(by, "register.deliver_roster", at=at, place=_county_of(unit))
    roles = {grant.role for grant in live_grants(by, at)} & roles_for("register.deliver_roster")
    policies.check_own_unit(by, unit, roles)
    policies.check_reference(reference_on, at)
    file_name = Path(file_name).name[:200]
    with shelf.scratch() as scratch:
        path = scratch / "delivered"
        data = content if isinstance(content, bytes) else content.read_bytes()
        path.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        known = Roster.objects.filter(unit=unit, sha256=digest, state__in=_LIVE).first()
        if known is not None:
            return known
        facts: dict[str, Any] = {
            "unit": unit, "file_name": file_name, "sha256": digest, "size_bytes": len(data), "reference_on": reference_on,
        }  # fmt: skip
        try:
            reception = _received(path, facts, scratch, kind, mapping)
        except Refused as refusal:
            return refuse_roster(by=by, at=at, facts=facts, refusal=refusal)
        if progress:
            progress(1, 2)
        sealed = sealing.store_file(data if reception.sealed is None else reception.sealed)
        roster = deliver_roster(by=by, at=at, facts=facts, reception=reception, sealed=sealed)
        if progress:
            progress(2, 2)
        return roster


def _received(
    path: Path, facts: dict[str, Any], scratch: Path, kind: str | None, mapping: Map[str, str] | None
) -> Reception:
    given = {
        "scratch": scratch,
        "reference_on": facts["reference_on"],
        "place": facts["unit"].place,
        "name": facts["file_name"],
    }
    if mapping and kind:
        return receive(path, **given, kind=kind, columns=mapping)
    return receive(path, **given, kind=kind)


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
    """Enter one record for each person a row names, cleaned as linkage cleans."""
    con, shift = reception.con, roster.pk << 27
    clean(con, raw="raw_records", into="entered")
    chosen = con.execute(f"""
        SELECT e.record_id + {shift}, {roster.pk}, (e.row_id & {(1 << 24) - 1})::INTEGER, e.role, coalesce(e.name, '')[:60], e.sex,
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
