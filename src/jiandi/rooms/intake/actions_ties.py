"""When somebody declares a tie later: what the public told about those close to them closes before them at once."""

from __future__ import annotations

from jiandi.rooms.access.actions import raise_wall
from jiandi.rooms.access.handing_over import Tie
from jiandi.rooms.checks.actions_ties import alerts_near
from jiandi.rooms.intake.actions import day_of
from jiandi.rooms.intake.models import Report


def wall_reports(tie: Tie, ids: set[int]) -> list[int]:
    """Put a wall around each of these reports that has none, inside the declaring; return all their walls."""
    reports = list(Report.objects.filter(pk__in=ids).order_by("pk"))
    for report in reports:
        if report.wall_id is None:
            # The day alone, as everywhere here: an hour could lead to whoever wrote.
            report.wall = raise_wall(by=None, at=day_of(tie.at), reason="tie", entries=[])
            Report.objects.filter(pk=report.pk).update(wall=report.wall)
    return [report.wall_id for report in reports if report.wall_id is not None]


def wall_reports_off(tie: Tie) -> list[int]:
    """A report names nobody we know; it is about somebody where a question about them rests on it."""
    sources = [source for alert in alerts_near(tie) for source in alert.sources]
    return wall_reports(tie, {int(source["id"]) for source in sources if source["kind"] == "report"})
