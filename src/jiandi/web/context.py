"""What every page of the console knows: who reads it, in which language, and where they may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from jiandi.core.values import Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import live_grants
from jiandi.rooms.access.queries import unread_count
from jiandi.rooms.access.roles import ROLES, roles_for
from jiandi.web.middleware import language_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: shown to those who hold the verb."""

    text: Text
    url_name: str
    verb: str
    icon: str


MENU: tuple[tuple[Text, tuple[Entry, ...]], ...] = (
    (
        Text(zh="总览", en="Overview"),
        (
            Entry(Text(zh="首页", en="Home"), "home", "", "home"),
            Entry(Text(zh="地区", en="Places"), "places:tree", "places.read_place", "map"),
        ),
    ),
    (
        Text(zh="底数", en="Register"),
        (
            Entry(
                Text(zh="查找人员", en="Find a person"), "register:search", "register.find_person", "search"
            ),
            Entry(Text(zh="名册", en="Rosters"), "register:rosters", "register.read_roster", "file"),
            Entry(
                Text(zh="底数说明", en="What the lists say"),
                "register:statement",
                "register.read_statement",
                "list",
            ),
            Entry(
                Text(zh="应享未享", en="Entitlements"),
                "register:entitlements",
                "register.read_entitlement",
                "list",
            ),
            Entry(
                Text(zh="监护疑问", en="Guardians in doubt"),
                "register:guardian_doubts",
                "register.read_doubts",
                "list",
            ),
            Entry(
                Text(zh="生死与迁移", en="Deaths, births, moves"),
                "register:life_events",
                "register.read_life_event",
                "list",
            ),
            Entry(
                Text(zh="跨县转接", en="Other counties"),
                "register:transfers",
                "register.read_transfer",
                "list",
            ),
            Entry(Text(zh="疑似同人", en="Review"), "register:review", "register.decide_pair", "pair"),
        ),
    ),
    (
        Text(zh="排查", en="Screening"),
        (
            Entry(
                Text(zh="我的走访", en="My visits"), "screening:my_tasks", "screening.submit_visit", "walk"
            ),
            Entry(
                Text(zh="关于我的走访", en="About my visits"),
                "assurance:my_indicators",
                "assurance.reply_suspicion",
                "eye",
            ),
            Entry(
                Text(zh="排查进度", en="Campaigns"), "screening:campaigns", "screening.read_campaign", "flag"
            ),
            Entry(Text(zh="疑点", en="Alerts"), "checks:alerts", "checks.read_alert", "bell"),
            Entry(Text(zh="线索", en="Reports"), "intake:reports", "intake.read_report", "mail"),
        ),
    ),
    (
        Text(zh="办理", en="Action"),
        (
            Entry(Text(zh="个案", en="Cases"), "cases:cases", "cases.read_case", "folder"),
            Entry(Text(zh="收件箱", en="Inbox"), "cases:inbox", "cases.answer_referral", "inbox"),
            Entry(Text(zh="待核实", en="To verify"), "cases:to_verify", "cases.verify_outcome", "eye"),
            Entry(Text(zh="回头看", en="Look-backs"), "cases:look_backs", "cases.look_back", "eye"),
        ),
    ),
    (
        Text(zh="核验与问责", en="Proof"),
        (
            Entry(
                Text(zh="复核", en="My re-visits"), "assurance:my_rechecks", "assurance.submit_recheck", "eye"
            ),
            Entry(
                Text(zh="覆盖台账", en="Coverage board"), "assurance:board", "assurance.read_board", "list"
            ),
            Entry(
                Text(zh="见底凭证", en="Certificate"),
                "assurance:certificates",
                "assurance.read_certificate",
                "seal",
            ),
            Entry(Text(zh="单位", en="Units"), "accountability:units", "accountability.read_unit", "unit"),
            Entry(
                Text(zh="承诺台账", en="Commitments"),
                "accountability:commitments",
                "accountability.read_commitment",
                "list",
            ),
            Entry(Text(zh="通报", en="Bulletins"), "bulletins:bulletins", "bulletins.read_bulletin", "news"),
            Entry(Text(zh="日志", en="Log"), "access:log", "access.read_log", "log"),
            Entry(Text(zh="紧急查看", en="Emergency access"), "access:glass", "access.read_glass", "key"),
            Entry(Text(zh="隔离", en="Walls"), "access:walls", "access.read_wall", "seal"),
            Entry(Text(zh="人员与授权", en="Officers"), "access:officers", "access.manage_officers", "key"),
        ),
    ),
)


def _menu(request: HttpRequest, roles: set[str]) -> list[dict[str, object]]:
    groups: list[dict[str, object]] = []
    for title, entries in MENU:
        lines = []
        for entry in entries:
            if entry.verb and not roles & roles_for(entry.verb):
                continue
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            lines.append({"text": entry.text, "url": url, "icon": entry.icon})
        if lines:
            groups.append({"text": title, "entries": lines})
    _mark_where_one_is(groups, request.path)
    return groups


def _mark_where_one_is(groups: list[dict[str, Any]], path: str) -> None:
    """Mark one entry: of a page and the page it lies under, only the nearer is where one is."""
    shown = [line for group in groups for line in group["entries"]]
    within = [
        line["url"]
        for line in shown
        if path == line["url"] or (line["url"] != "/" and path.startswith(line["url"]))
    ]
    nearest = max(within, key=len, default=None)
    for line in shown:
        line["here"] = line["url"] == nearest


def console(request: HttpRequest) -> dict[str, object]:
    """Return the menu, the language and the installation for the page's frame."""
    installation = Installation.objects.select_related("county").filter(pk=1).first()
    frame: dict[str, object] = {
        "language": language_of(request),
        "installation": installation,
        "is_demo": bool(installation and installation.is_demo),
    }
    officer = getattr(request, "user", None)
    if isinstance(officer, Officer):
        roles = {grant.role for grant in live_grants(officer, clock.now())}
        frame["menu"] = _menu(request, roles)
        frame["reads_alerts"] = bool(roles & roles_for("checks.read_alert"))
        frame["unread"] = unread_count(officer)
        frame["role_names"] = [ROLES[role] for role in sorted(roles)]
    return frame
