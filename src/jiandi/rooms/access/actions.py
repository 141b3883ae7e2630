"""Units, officers, their roles and ties: who may do what, from when to when, and who said so."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access import handing_over, policies
from jiandi.rooms.access.actions_walls import (
    add_entries,
    add_wall_entry,
    extend_walls,
    raise_wall,
    raise_walls,
)
from jiandi.rooms.access.models import Conflict, Grant, Installation, LookUp, Officer, Unit
from jiandi.rooms.access.notices import holders, post_notice
from jiandi.rooms.access.outsiders import tied
from jiandi.rooms.access.permissions import live_grants, permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.access.roles import ROLES
from jiandi.rooms.places.models import Place

__all__ = [
    "add_wall_entry",
    "change_unit",
    "count_look_up",
    "create_officer",
    "create_unit",
    "declare_conflict",
    "grant_role",
    "hand_over",
    "raise_wall",
    "extend_walls",
    "raise_walls",
    "revoke_role",
]

# A desk officer looks up some dozens of people an hour; a list being copied out takes hundreds (ASVS 2.4.1).
LOOK_UPS_AN_HOUR = 120
# Whoever gets one of these roles could open or take down walls: those above read about it.
WATCHED_ROLES = frozenset({"admin", "lead", "overseer"})


@action
def create_unit(
    *,
    by: Officer,
    at: datetime,
    name: str,
    kind: str,
    place: Place,
    parent: Unit | None = None,
    is_outside: bool = False,
) -> Unit:
    """Add an office; walls against an office above it hold for it too."""
    permit(by, "access.manage_officers", at=at, place=place)
    policies.check_unit(name, kind)
    unit = make_unit(name, kind, place, parent, is_outside=is_outside)
    record("access.create_unit", by=by, at=at, subject=unit, place=place, payload={"kind": kind})
    return unit


def make_unit(name: str, kind: str, place: Place, parent: Unit | None, *, is_outside: bool = False) -> Unit:
    """Write a unit with its path, inside the action that calls."""
    unit = Unit.objects.create(
        name=name.strip(), kind=kind, place=place, parent=parent, is_outside=is_outside
    )
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    Unit.objects.filter(pk=unit.pk).update(path=unit.path)
    return unit


@action
def change_unit(*, by: Officer, at: datetime, unit: Unit, name: str) -> Unit:
    """Rename an office; its place, kind and parent stay, because walls and duties hang on them."""
    permit(by, "access.manage_officers", at=at, place=unit.place)
    policies.check_unit(name, unit.kind)
    unit.name = name.strip()
    Unit.objects.filter(pk=unit.pk).update(name=unit.name)
    record("access.change_unit", by=by, at=at, subject=unit, place=unit.place)
    return unit


@action
def create_officer(
    *, by: Officer, at: datetime, username: str, name: str, unit: Unit, phone: str = ""
) -> Officer:
    """Add a person who works here under their own name; they log in once they have a one-time password."""
    permit(by, "access.manage_officers", at=at, place=unit.place)
    policies.check_username(username)
    if not name.strip():
        raise Refused(
            "access.name",
            Text(
                zh="请填写姓名;没有不署名的账户。", en="Write the person's name; no account is without one."
            ),
        )
    officer = make_officer(username, name, unit, phone)
    record(
        "access.create_officer", by=by, at=at, subject=officer, place=unit.place, payload={"unit": unit.pk}
    )
    return officer


def make_officer(username: str, name: str, unit: Unit, phone: str) -> Officer:
    """Write an officer who cannot log in yet, inside the action that calls."""
    is_demo = Installation.objects.filter(pk=1, is_demo=True).exists()
    officer = Officer(username=username, name=name.strip(), unit=unit, phone=phone.strip(), is_demo=is_demo)
    officer.set_unusable_password()
    Officer.objects.bulk_create([officer])
    return officer


@action
def grant_role(
    *,
    by: Officer,
    at: datetime,
    officer: Officer,
    role: str,
    place: Place,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Grant:
    """Give an officer a role over an area for a period; held already, the same grant is returned."""
    permit(by, "access.manage_officers", at=at, place=place)
    starts_on = starts_on or timezone.localdate(at)
    policies.check_role(role)
    policies.check_grant(by, officer, place, starts_on, ends_on)
    grant, is_new = make_grant(by, officer, role, place, starts_on, ends_on)
    record(
        "access.grant_role",
        by=by,
        at=at,
        subject=officer,
        place=place,
        payload={"role": role, "grant": grant.pk, "new": is_new},
    )
    if is_new and role in WATCHED_ROLES:
        _tell_of_grant(by, grant, at)
    return grant


def make_grant(
    by: Officer | None,
    officer: Officer,
    role: str,
    place: Place,
    starts_on: date,
    ends_on: date | None = None,
) -> tuple[Grant, bool]:
    """Write a grant unless the same one is open, inside the action that calls."""
    if ends_on is None:
        return Grant.objects.get_or_create(
            officer=officer,
            role=role,
            place=place,
            ends_on=None,
            revoked_at=None,
            defaults={"starts_on": starts_on, "given_by": by},
        )
    grant = Grant.objects.create(
        officer=officer, role=role, place=place, starts_on=starts_on, ends_on=ends_on, given_by=by
    )
    return grant, True


def _tell_of_grant(by: Officer, grant: Grant, at: datetime) -> None:
    text = Text(
        zh=f"{by.name}授予{grant.officer.name}“{ROLES[grant.role].zh}”角色({grant.place.name})。",
        en=f"{by.name} gave {grant.officer.name} the role {ROLES[grant.role].en} ({grant.place.name}).",
    )
    told = [one for one in holders("overseer", grant.place, at=at) if one.pk not in (by.pk, grant.officer_id)]
    post_notice(told, text, link="", at=at)


@action
def revoke_role(*, by: Officer, at: datetime, grant: Grant, reason: str) -> Grant:
    """Take a role back at once: the next request of the officer no longer has it."""
    permit(by, "access.manage_officers", at=at, place=grant.place)
    policies.check_reason(reason, at_least=2)
    policies.check_grant_live(grant)
    grant.revoked_at, grant.revoked_by = at, by
    Grant.objects.filter(pk=grant.pk).update(revoked_at=at, revoked_by=by)
    record(
        "access.revoke_role",
        by=by,
        at=at,
        subject=grant.officer,
        place=grant.place,
        payload={"role": grant.role, "grant": grant.pk, "reason": reason},
    )
    return grant


@action
def hand_over(
    *, by: Officer, at: datetime, officer: Officer, to: Officer | None, reason: str
) -> dict[str, int]:
    """Close the account of an officer who leaves; open work and roles pass to the successor, sessions end at once.

    Without a successor the roles end and the work waits under the old name for a supervisor to give it out.
    Returns how many of each thing moved.
    """
    permit(by, "access.manage_officers", at=at, place=officer.unit.place)
    policies.check_reason(reason, at_least=2)
    policies.check_hand_over(officer, to)
    grants = live_grants(officer, at)
    moved = {"grants": len(grants)}
    if to is not None:
        for grant in grants:
            permit(by, "access.manage_officers", at=at, place=grant.place)
            make_grant(by, to, grant.role, grant.place, timezone.localdate(at))
        moved |= handing_over.move_work(officer, to, at)
    officer.grants.filter(revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    close_account(officer, to)
    record(
        "access.hand_over",
        by=by,
        at=at,
        subject=officer,
        place=officer.unit.place,
        payload={"to": to.pk if to else None, "reason": reason, "moved": moved},
    )
    return moved


def close_account(officer: Officer, to: Officer | None) -> None:
    """Close an account: a changed password ends every session of it at once (the session carries its digest)."""
    officer.is_active, officer.handed_over_to = False, to
    officer.set_unusable_password()
    Officer.objects.filter(pk=officer.pk).update(
        is_active=False, handed_over_to=to, password=officer.password, one_time_until=None
    )


@action
def declare_conflict(
    *, by: Officer, at: datetime, subject_kind: str, subject_id: int, tie: str, officer: Officer | None = None
) -> Conflict:
    """Say that an officer is tied to a person, household or unit; they are walled off from what is held about it.

    Everybody declares their own ties; a lead or overseer may declare those of another.
    """
    whose = officer or by
    if whose.pk != by.pk:
        permit(by, "access.add_wall_entry", at=at)
    policies.check_reason(tie, at_least=2)
    conflict = Conflict.objects.create(
        officer=whose, subject_kind=subject_kind, subject_id=subject_id, tie=tie.strip()[:60], declared_at=at
    )
    for wall_id in sorted(handing_over.wall_off(handing_over.Tie(whose, subject_kind, subject_id, at))):
        add_entries(wall_id, [(whose, tied(conflict.tie))], by=by, at=at)
    record(
        "access.declare_conflict",
        by=by,
        at=at,
        subject=whose,
        place=whose.unit.place,
        payload={"conflict": conflict.pk},
    )
    return conflict


def count_look_up(
    by: Officer, at: datetime, *, most: int = LOOK_UPS_AN_HOUR, code: str = "access.too_many"
) -> int:
    """Count one look-up of the officer in this hour; refuse when a list is being copied out rather than people found."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    LookUp.objects.get_or_create(officer=by, hour=hour, defaults={"count": 0})
    LookUp.objects.filter(officer=by, hour=hour).update(count=F("count") + 1)
    count = LookUp.objects.get(officer=by, hour=hour).count
    if count > most:
        raise Refused(
            code,
            Text(
                zh=f"一小时内已查询{most}次,请下一小时再查;需要整批数据请走导出并说明用途。",
                en=f"You have looked up {most} people in this hour. Go on in the next one; "
                "for whole lists use an export, with its purpose.",
            ),
        )
    return count
