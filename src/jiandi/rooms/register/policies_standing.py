"""What the state of the register allows when lists are counted and people are asked about."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.register.models import MatchRun


def check_linked() -> None:
    """Lists are counted in people, so rows must have been put with people before."""
    if not MatchRun.objects.filter(is_whole=True).exists():
        raise Refused(
            "register.not_linked_yet",
            Text(
                zh="名册还没有比对归并到人,无法统计底数。请先运行比对。",
                en="Rows have not been put with people yet, so nothing can be counted. Run the linkage first.",
            ),
        )
