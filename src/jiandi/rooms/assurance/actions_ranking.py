"""Where to look first, and where people on no list may be: orders and leads, never rates, never a certificate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
from django.utils import timezone

from jiandi.core.estimate.audits import audit_table
from jiandi.core.estimate.indicators import INDICATORS
from jiandi.core.estimate.mse.bootstrap import Progress
from jiandi.core.estimate.suspicion import WorkerSuspicion, rank_workers
from jiandi.core.estimate.suspicion_sql import read_visits
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import auditing, leads, policies
from jiandi.rooms.assurance.models import Estimate, IndicatorMonth, Suspicion
from jiandi.rooms.screening import queries as screening_queries
from jiandi.rooms.screening import queries_tracks
from jiandi.rooms.screening.models import Campaign, VisitTask

FLAG_SHARE, FLAG_MENTIONS = 0.15, 2


@action
def compute_suspicion(*, by: Officer, at: datetime, campaign: Campaign) -> int:
    """Order the round's workers by how unlike their colleagues' their visits are; returns how many are flagged.

    Flagged: among the first 15 % and standing out in two indicators or more. Nothing follows but a re-visit. Before and
    after, the month's line is written of what random re-visits say of each indicator; those that mislead too often are left
    out, also of the order that showed it.
    """
    permit(by, "assurance.compute_suspicion", at=at, place=campaign.place)
    with duckdb.connect() as con:
        screening_queries.snapshot(con, campaign=campaign)
        queries_tracks.add_tracks(con)
        table = read_visits(con)
    retired, last = _audit(campaign, at), None
    while retired != last:  # what is retired stays retired, so this ends
        rows = _rows(campaign, rank_workers(table, seed=campaign.pk, retired=retired), at)
        Suspicion.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["campaign", "worker"],
            update_fields=["computed_at", "rank", "visits", "indicators", "is_flagged", "town", "county"],
        )
        last, retired = retired, _audit(campaign, at)
    flagged = sum(row.is_flagged for row in rows)
    record(
        "assurance.compute_suspicion",
        by=by,
        at=at,
        subject=campaign,
        place=campaign.place,
        payload={"ranked": len(rows), "flagged": flagged, "retired": retired},
    )
    return flagged


def _rows(campaign: Campaign, ranked: Sequence[WorkerSuspicion], at: datetime) -> list[Suspicion]:
    """The ranking as rows, one per worker who could be compared."""
    towns = dict(
        VisitTask.objects.filter(campaign=campaign, worker__isnull=False)
        .values_list("worker", "town")
        .distinct()
    )
    known = set(
        Officer.objects.filter(pk__in=[row.officer_id for row in ranked]).values_list("pk", flat=True)
    )
    most = max(1, int(FLAG_SHARE * sum(row.rank is not None for row in ranked)))
    return [
        Suspicion(
            campaign=campaign,
            worker_id=row.officer_id,
            computed_at=at,
            rank=row.rank,
            visits=row.n_visits,
            indicators=[{"code": m.name, "zh": m.text.zh, "en": m.text.en} for m in row.mentions],
            is_flagged=row.rank <= most and len(row.mentions) >= FLAG_MENTIONS,
            town_id=towns.get(row.officer_id),
            county_id=campaign.place.county_id or campaign.place_id,
        )
        for row in ranked
        if row.rank is not None and row.officer_id in known
    ]


def _audit(campaign: Campaign, at: datetime) -> list[str]:
    """Write the month's line of the indicators, inside the action that calls; returns those retired by now.

    What was retired stays so: once out of use an indicator flags nobody, so no re-visit can clear it, and the figures it
    was retired for stay on its line.
    """
    county, month = campaign.place.county_id or campaign.place_id, timezone.localdate(at).replace(day=1)
    random, targeted = auditing.audits_of(county)
    rows = audit_table(random, targeted, indicators=[indicator.name for indicator in INDICATORS])
    before = IndicatorMonth.objects.filter(county=county, month__lte=month).order_by("-month").first()
    gone = set(before.retired) if before else set()
    retired = sorted(gone | {row.indicator for row in rows if row.standing == "retired"})
    grounds = {row["indicator"]: row for row in before.rows if row["indicator"] in gone} if before else {}
    IndicatorMonth.objects.update_or_create(
        county_id=county,
        month=month,
        defaults={
            "computed_at": at,
            "honest": sum(not audit.is_false for audit in random),
            "rows": [grounds.get(row["indicator"], row) for row in auditing.kept(rows)],
            "retired": retired,
        },
    )
    return retired


@action
def reply_suspicion(*, by: Officer, at: datetime, suspicion: Suspicion, text: str) -> Suspicion:
    """Let a worker say how it was, before anybody concludes anything."""
    permit(by, "assurance.reply_suspicion", at=at)
    policies.check_own_suspicion(by, suspicion)
    suspicion.reply = text.strip()[:500]
    suspicion.save(update_fields=["reply"])
    record(
        "assurance.reply_suspicion", by=by, at=at, subject=suspicion, payload={"length": len(suspicion.reply)}
    )
    return suspicion


def estimate_hidden(
    *, by: Officer, at: datetime, campaign: Campaign, draws: int = 0, progress: Progress | None = None
) -> Estimate:
    """Say what list overlaps suggest about people on no list, at both thresholds of linkage - or refuse to, and say why.

    `draws` resamples stand behind the stepwise and BIC intervals; they take half a minute and are left to the night or
    to a job. The work is done before anything is written, so that nobody waits for it. A table already worked out with as
    many is not worked out again.
    """
    permit(by, "assurance.estimate_hidden", at=at, place=campaign.place)
    table, joined = leads.table_for(campaign), leads.joined_table_for(campaign)
    last = leads.worked_out(campaign, table, joined)
    if last is not None and last.counts["draws"] >= draws:
        kept = last.counts, last.was_refused, Text(zh=last.sentence_zh, en=last.sentence_en)
    else:
        study = leads.study_for(table, draws=draws, progress=progress)
        kept = leads.figures(study, joined, table=table, draws=draws), not study.gate.passed, study.text
    return keep_estimate(by=by, at=at, campaign=campaign, kept=kept)


@action
def keep_estimate(
    *, by: Officer, at: datetime, campaign: Campaign, kept: tuple[dict[str, Any], bool, Text]
) -> Estimate:
    """Write a lead down: its figures, whether the gate refused, its sentence."""
    permit(by, "assurance.estimate_hidden", at=at, place=campaign.place)
    counts, was_refused, text = kept
    estimate = Estimate.objects.create(
        campaign=campaign,
        computed_at=at,
        place=campaign.place,
        counts=counts,
        was_refused=was_refused,
        sentence_zh=text.zh,
        sentence_en=text.en,
    )
    record(
        "assurance.estimate_hidden",
        by=by,
        at=at,
        subject=campaign,
        place=campaign.place,
        payload={"refused": estimate.was_refused},
    )
    return estimate
