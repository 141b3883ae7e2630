"""What the state of a report allows."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.intake.models import Report


def check_not_answered_by_nobody(report: Report) -> None:
    """A report is closed only after the reporter has been told something."""
    if not report.messages.filter(from_reporter=False).exists() and report.same_as_id is None:
        raise Refused(
            "intake.not_answered",
            Text(
                zh="还没有给线索人任何答复。先写明查了什么、结果如何,再办结。",
                en="The reporter has been told nothing yet. Say what was looked into and what came of it, then close.",
            ),
        )


def check_can_be_same(report: Report, other: Report) -> None:
    """Two reports are the same only if the wall around one holds for the other too."""
    if report.pk == other.pk or other.same_as_id is not None:
        raise Refused(
            "intake.same_conflict",
            Text(zh="请选择另一条未合并的线索。", en="Choose another report that is not itself a double."),
        )
    if report.wall_id is not None and report.wall_id != other.wall_id:
        raise Refused(
            "intake.same_wall",
            Text(
                zh="这条线索设有隔离,不能并入隔离范围不同的线索。",
                en="This report stands behind a wall; it cannot be joined to one behind another.",
            ),
        )


def check_reply_open(report: Report) -> None:
    """A reporter may write again, but not without end."""
    if report.messages.filter(from_reporter=True).count() >= 50:
        raise Refused(
            "intake.too_many",
            Text(zh="回复太多了,请另报一条。", en="There are too many replies; please make a new report."),
        )
