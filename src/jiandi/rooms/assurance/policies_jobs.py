"""When a lead may be asked for."""

from __future__ import annotations

from jiandi.core.values import Refused, Text
from jiandi.rooms.assurance.models import EstimateJob
from jiandi.rooms.screening.models import Campaign


def check_no_live_job(campaign: Campaign) -> None:
    """Refuse to ask twice: what is under way answers both."""
    live = EstimateJob.objects.filter(campaign=campaign, state__in=("queued", "running"))
    if live.exists():
        raise Refused(
            "assurance.estimate_conflict",
            Text(
                zh="这一轮的推算正在进行,完成后结果就在此页。",
                en="This round's lead is being worked out already; the result will stand on this page.",
            ),
        )
