"""Leads worked out outside the request: asked for, taken up by whoever is free, taken up again when the worker died.

A job is a row. A worker marks it as its own in one statement, says every second or two that it lives, and finishes it
once. A row whose worker has been silent for a minute belongs to nobody again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import F, Q

from jiandi.core.estimate.mse.study import DRAWS
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import policies_jobs as policies
from jiandi.rooms.assurance.actions_ranking import estimate_hidden
from jiandi.rooms.assurance.models import EstimateJob
from jiandi.rooms.screening.models import Campaign

S = EstimateJob.State
SILENT = timedelta(seconds=60)
BEAT = timedelta(seconds=1)
#: A job that ends its worker each time is a fault of ours, not of the machine.
MOST_ATTEMPTS = 3
ENDED = Text(
    zh=f"计算{MOST_ATTEMPTS}次都中断,已放弃。可再试一次;仍不行请报告维护人员。",
    en=f"The work was cut off {MOST_ATTEMPTS} times and is given up. Try again; if it fails again, tell whoever maintains this.",
)
BROKEN = Text(zh="出错:{kind}", en="failed: {kind}")


@action
def ask_estimate(*, by: Officer, at: datetime, campaign: Campaign) -> EstimateJob:
    """Ask for a round's lead with all its intervals; it is worked out beside the requests, and the page shows how far."""
    permit(by, "assurance.estimate_hidden", at=at, place=campaign.place)
    policies.check_no_live_job(campaign)
    job = EstimateJob.objects.create(campaign=campaign, asked_at=at, asked_by=by)
    record("assurance.ask_estimate", by=by, at=at, subject=job, place=campaign.place, payload={})
    return job


def take_job(*, at: datetime) -> EstimateJob | None:
    """Make the oldest waiting or abandoned job one's own, in one statement; None when there is none."""
    abandoned = Q(state=S.RUNNING, beat_at__lt=at - SILENT)
    waiting = EstimateJob.objects.filter(Q(state=S.QUEUED) | abandoned)
    EstimateJob.objects.filter(abandoned, attempts__gte=MOST_ATTEMPTS).update(
        state=S.FAILED, finished_at=at, problem_zh=ENDED.zh, problem_en=ENDED.en
    )
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:10]):
        mine = waiting.filter(pk=pk).update(
            state=S.RUNNING, beat_at=at, progress=0.0, attempts=F("attempts") + 1
        )
        if mine:
            return EstimateJob.objects.select_related("campaign__place", "asked_by__unit").get(pk=pk)
    return None


def do_job(*, job: EstimateJob, now: Callable[[], datetime], draws: int = DRAWS) -> EstimateJob:
    """Work a job out and write down how it ended; what was refused stays refused, without a number."""
    told = job.beat_at or job.asked_at

    def beat(done: int, of: int) -> None:
        nonlocal told
        at = now()
        if at - told >= BEAT:
            told = at
            EstimateJob.objects.filter(pk=job.pk, state=S.RUNNING).update(progress=done / of, beat_at=at)

    try:
        made = estimate_hidden(by=job.asked_by, at=now(), campaign=job.campaign, draws=draws, progress=beat)
    except Refused as refusal:
        return _end(job, S.FAILED, now(), refusal.text)
    except Exception as problem:  # noqa: BLE001 - a worker that dies of one job takes everybody's later ones with it
        return _end(job, S.FAILED, now(), BROKEN.filled(kind=type(problem).__name__))
    EstimateJob.objects.filter(pk=job.pk).update(estimate=made)
    return _end(job, S.DONE, now(), Text(zh="", en=""))


def _end(job: EstimateJob, state: str, at: datetime, problem: Text) -> EstimateJob:
    EstimateJob.objects.filter(pk=job.pk).update(
        state=state,
        finished_at=at,
        progress=1.0 if state == S.DONE else F("progress"),
        problem_zh=problem.zh[:300],
        problem_en=problem.en[:300],
    )
    job.refresh_from_db()
    return job
