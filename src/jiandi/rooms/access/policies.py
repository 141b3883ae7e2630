"""What the state of things allows, apart from who may: each refusal a sentence."""

from __future__ import annotations

from datetime import date

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import BreakGlass, Grant, Officer, Unit, WallEntry
from jiandi.rooms.access.permissions import unit_ids
from jiandi.rooms.access.roles import ROLES, UNIT_KINDS
from jiandi.rooms.places.models import Level, Place


def check_reason(reason: str, *, at_least: int = 6) -> None:
    """A reason is a sentence somebody can later hold against what happened."""
    if len(reason.strip()) < at_least:
        raise Refused(
            "access.reason",
            Text(
                zh=f"请写明理由,至少{at_least}个字;以后要凭它核对。",
                en=f"Write the reason, at least {at_least} characters; it will be checked later.",
            ),
        )


def check_unit(name: str, kind: str) -> None:
    """A unit has a name nobody else bears and a kind the system knows."""
    if kind not in UNIT_KINDS:
        known = "、".join(text.zh for text in UNIT_KINDS.values())
        raise Refused(
            "access.unit_kind",
            Text(
                zh=f"单位类别“{kind}”不认识。可用:{known}。",
                en=f'The unit kind "{kind}" is not known. Known: {", ".join(UNIT_KINDS)}.',
            ),
        )
    if not name.strip():
        raise Refused("access.unit_name", Text(zh="请填写单位名称。", en="Write the unit's name."))
    if Unit.objects.filter(name=name.strip()).exists():
        raise Refused(
            "access.unit_conflict",
            Text(zh=f"已有单位“{name}”。", en=f'There is already a unit named "{name}".'),
        )


def check_username_shape(username: str) -> None:
    """A user name is short and plain, so that it can be said on the telephone."""
    plain = username.replace("_", "").replace("-", "").replace(".", "")
    is_short = 2 <= len(username) <= 40 and username not in (
        "new",
        "import",
        "units",
    )  # pages have these names
    if not (is_short and plain.isascii() and plain.isalnum() and username == username.lower()):
        raise Refused(
            "access.username",
            Text(
                zh=f"用户名“{username}”不合规:2至40位小写字母、数字、点、横线或下划线。",
                en=f'The user name "{username}" will not do: 2 to 40 small letters, digits, dots, dashes, underscores.',
            ),
        )


def check_username(username: str) -> None:
    """A user name is plain and not taken; accounts of people who left keep theirs."""
    check_username_shape(username)
    if Officer.objects.filter(username=username).exists():
        raise Refused(
            "access.username_conflict",
            Text(
                zh=f"用户名“{username}”已有人用(离岗人员的用户名也保留)。",
                en=f'The user name "{username}" is taken (names of people who left are kept).',
            ),
        )


def check_role(role: str) -> None:
    """A role is one of the twelve; what each may do is printed in the table of roles."""
    if role not in ROLES:
        known = "、".join(text.zh for text in ROLES.values())
        raise Refused(
            "access.unknown_role",
            Text(
                zh=f"角色“{role}”不认识。可用:{known}。",
                en=f'The role "{role}" is not known. Known: {", ".join(ROLES)}.',
            ),
        )


def check_grant(by: Officer, officer: Officer, place: Place, starts_on: date, ends_on: date | None) -> None:
    """A grant reaches a province to a village, runs forwards, and nobody gives one to themselves."""
    if by.pk == officer.pk:
        raise Refused(
            "access.own_grant",
            Text(
                zh="不能给自己授权,请另一位管理员办理。",
                en="Nobody grants a role to themselves; ask another administrator.",
            ),
        )
    if place.level >= Level.GRID:
        raise Refused(
            "access.grant_level",
            Text(
                zh="授权范围最小到村(社区)。",
                en="An area of responsibility is a village at the least, not a grid.",
            ),
        )
    if ends_on is not None and ends_on < starts_on:
        raise Refused(
            "access.grant_period",
            Text(zh="结束日期早于开始日期。", en="The end date is before the start date."),
        )
    check_account_open(officer)


def check_account_open(officer: Officer) -> None:
    """Someone who has left neither works nor receives work."""
    if not officer.is_active:
        raise Refused(
            "access.account_closed",
            Text(zh=f"{officer.name}的账户已关闭。", en=f"The account of {officer.name} is closed."),
        )


def check_hand_over(officer: Officer, to: Officer | None) -> None:
    """Work passes to somebody else who is still there."""
    check_account_open(officer)
    if to is None:
        return
    check_account_open(to)
    if to.pk == officer.pk:
        raise Refused(
            "access.hand_over_self", Text(zh="接手人不能是本人。", en="The successor must be somebody else.")
        )


def check_grant_live(grant: Grant) -> None:
    """A grant is revoked once."""
    if grant.revoked_at is not None:
        raise Refused(
            "access.grant_conflict", Text(zh="该授权已经收回。", en="This grant has been revoked already.")
        )


def check_above(areas: list[Place], entry: WallEntry) -> None:
    """A wall comes down only by people whose area lies above the walled unit's (two levels keep each other honest)."""
    unit = entry.unit or (entry.officer.unit if entry.officer else None)
    if unit is None or not any(area.level < unit.place.level for area in areas):
        raise Refused(
            "access.level",
            Text(
                zh="撤除隔离须由被隔离单位上级的两名监督员办理;您的层级不高于该单位。",
                en="Taking down a wall needs two overseers from above the walled unit; your area is not above it.",
            ),
        )


def check_not_walled_themselves(by: Officer, entry: WallEntry) -> None:
    """Nobody who stands outside the wall helps to take it down."""
    theirs = set(unit_ids(by))
    for other in WallEntry.objects.filter(wall=entry.wall_id, removed_at__isnull=True):
        if other.officer_id == by.pk or other.unit_id in theirs:
            raise Refused("not_found", Text(zh="没有这一条。", en="There is no such entry."))


def check_removal_step(by: Officer, entry: WallEntry, *, second: bool) -> None:
    """One asks, another confirms; both while the entry stands."""
    if entry.removed_at is not None:
        raise Refused(
            "access.wall_conflict", Text(zh="这一条已经撤除。", en="This entry has been removed already.")
        )
    if second and entry.removal_asked_by_id is None:
        raise Refused(
            "access.two_people",
            Text(
                zh="先由一人提出撤除,再由另一人确认。",
                en="One person asks for the removal, then another confirms it.",
            ),
        )
    if second and entry.removal_asked_by_id == by.pk:
        raise Refused(
            "access.two_people",
            Text(
                zh="提出人不能自己确认,请另一名监督员办理。",
                en="Whoever asked cannot confirm; another overseer must.",
            ),
        )


def check_glass_waits(glass: BreakGlass, by: Officer) -> None:
    """An approval comes before the access, once, from somebody else."""
    if glass.danger_to_life or glass.approved_by_id is not None:
        raise Refused(
            "access.glass_conflict",
            Text(zh="这次查看无需再批准。", en="This access needs no approval any more."),
        )
    if glass.officer_id == by.pk:
        raise Refused(
            "access.two_people", Text(zh="不能批准自己的申请。", en="Nobody approves their own request.")
        )


def check_glass_reviewer(glass: BreakGlass, by: Officer) -> None:
    """Two people review an emergency access; neither opened it, works with who did, or reviews twice."""
    if glass.second_reviewer_id is not None:
        raise Refused(
            "access.glass_conflict",
            Text(zh="已由两人复核完毕。", en="Two people have reviewed this already."),
        )
    if by.pk in (glass.officer_id, glass.reviewed_by_id):
        raise Refused(
            "access.two_people", Text(zh="须由另外的人复核。", en="Somebody else must review this.")
        )
    if by.unit_id == glass.officer.unit_id:
        raise Refused(
            "access.same_unit",
            Text(
                zh="复核人不能与查看人同一单位。",
                en="A reviewer does not come from the unit of whoever looked.",
            ),
        )
