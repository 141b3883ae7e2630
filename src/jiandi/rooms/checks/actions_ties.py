"""When somebody declares a tie later: every question about those close to them closes before them at once."""

from __future__ import annotations

from django.db.models import Q

from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.access.models import WallEntry
from jiandi.rooms.checks import packs
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.checks.routing import Directory
from jiandi.rooms.register.circles import circle


def alerts_near(tie: Tie) -> list[Alert]:
    """Return every question about somebody the tie reaches, answered ones too: their pages stay readable."""
    near = circle(tie.kind, tie.subject_id)
    homes = Q(household__in=near.households) | Q(person__household__in=near.households)
    about = Alert.objects.filter(Q(person__in=near.people) | homes)
    return list(about.select_related("wall", "routed_to").order_by("pk"))


def wall_alerts_off(tie: Tie) -> list[int]:
    """Give each of these questions a wall, inside the declaring; where nobody else of the unit is left, send it on."""
    alerts = alerts_near(tie)
    for alert in alerts:
        if alert.wall_id is None:
            alert.wall = raise_wall(by=None, at=tie.at, reason=alert.rule, entries=[])
            Alert.objects.filter(pk=alert.pk).update(wall=alert.wall)
    if not tie.has_colleagues():
        _route_again(tie, [alert for alert in alerts if alert.routed_to_id == tie.officer.unit_id])
    return [alert.wall_id for alert in alerts if alert.wall_id is not None]


def _route_again(tie: Tie, alerts: list[Alert]) -> None:
    if not alerts:
        return
    directory, shelf = Directory(tie.at), packs.shelf()
    for alert in alerts:
        standing = WallEntry.objects.filter(wall=alert.wall_id, removed_at__isnull=True, unit__isnull=False)
        walled = {int(unit) for unit in standing.values_list("unit", flat=True) if unit} | {
            tie.officer.unit_id
        }
        route = directory.route(shelf.of(alert.rule), alert.county_id, walled)
        Alert.objects.filter(pk=alert.pk).update(
            routed_to=route.unit, routed_why_zh=route.why.zh[:300], routed_why_en=route.why.en[:300]
        )
