"""What came out held against the truth the world kept apart: linkage, harm, workers, units, the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from django.db.models import F

from jiandi.commands import harmtruth
from jiandi.core.checks.evaluation import Evaluation, evaluate
from jiandi.core.linkage.evaluate import evaluate as evaluate_linkage
from jiandi.rooms.access.models import Officer
from jiandi.rooms.accountability.models import Fault
from jiandi.rooms.assurance.models import Certificate, Suspicion
from jiandi.rooms.checks.models import Alert, Listed
from jiandi.rooms.register import queries as register
from jiandi.rooms.screening import queries as screening
from jiandi.rooms.screening.models import Expected


def _findings(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE findings (rule VARCHAR, key VARCHAR, person_id BIGINT, household_id BIGINT, village BIGINT,"
        " sources STRUCT(kind VARCHAR, id BIGINT)[], people BIGINT[])"
    )
    names = ("rule", "key", "person_id", "household_id", "village_id", "sources")
    listed: dict[int, list[int]] = {}
    for alert, person in Listed.objects.values_list("alert_id", "person_id"):
        listed.setdefault(alert, []).append(person)
    alerts = Alert.objects.filter(gone_at__isnull=True).values_list("pk", *names)
    rows = [(*columns, listed.get(alert, [])) for alert, *columns in alerts]
    if rows:
        con.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def measure(folder: Path) -> dict[str, Any]:
    """Return every yardstick of a world's run; what is bad stands beside what is good."""
    with duckdb.connect() as con:
        register.snapshot(con)
        screening.snapshot(con)
        harmtruth.load(con, folder)
        _findings(con)
        linkage = evaluate_linkage(
            con, "(SELECT record_id, person_id AS entity FROM records WHERE person_id IS NOT NULL)", "truth"
        )
        checks = evaluate(
            con,
            expected=harmtruth.EXPECTED,
            places=harmtruth.OF_A_PLACE,
            met_answers=harmtruth.ANSWERED_BY_SEEING,
        )
        styles = dict(
            con.execute(f"SELECT username, style FROM '{folder}/truth/visitors.parquet'").fetchall()
        )
        units = dict(con.execute(f"SELECT unit, style FROM '{folder}/truth/units.parquet'").fetchall())
    return {
        "linkage": linkage,
        "checks": _checks(checks),
        "workers": workers(styles),
        "units": _units(units, styles),
        "certificate": _certificate(styles),
    }


def _share(share: Any) -> dict[str, Any]:
    low, high = share.interval
    return {**asdict(share), "value": share.value, "low": low, "high": high}


def _checks(found: Evaluation) -> dict[str, Any]:
    planted = sum(share.tried for share in found.recall.values())
    reached = sum(share.hits for share in found.recall.values())
    quiet = sum(share.hits for share in found.quiet.values())
    alike = sum(share.tried for share in found.quiet.values())
    return {
        "planted": planted,
        "reached": reached,
        "look_alikes": alike,
        "look_alikes_quiet": quiet,
        "innocents": found.innocents,
        "danger_and_contradiction_per_1000": _share(found.danger_and_contradiction),
        "service_gaps_per_1000": _share(found.service_gaps),
        "people_in_gaps_per_1000": _share(found.people_in_gaps),
        "danger_now": _share(found.danger_now),
        "recall_by_rule": {rule: _share(share) for rule, share in found.by_its_rule.items()},
        "quiet_by_rule": {rule: _share(share) for rule, share in found.quiet_by_rule.items()},
        "met_by_shape": dict(found.met),
        "claimed_by_shape": dict(found.claimed),
        "recall_by_shape": {shape: _share(share) for shape, share in found.recall.items()},
        "quiet_by_shape": {shape: _share(share) for shape, share in found.quiet.items()},
        "per_1000_by_rule": {rule: round(rate.value, 3) for rule, rate in found.by_rule.items()},
    }


def auc(scores: Sequence[float], is_positive: Sequence[bool]) -> float | None:
    """Return the chance that a positive outranks a negative (Mann-Whitney); ties count half."""
    value, positive = np.asarray(scores, dtype=float), np.asarray(is_positive, dtype=bool)
    up, down = value[positive], value[~positive]
    if not up.size or not down.size:
        return None
    wins = (up[:, None] > down[None, :]).sum() + 0.5 * (up[:, None] == down[None, :]).sum()
    return float(wins / (up.size * down.size))


def workers(styles: dict[str, str]) -> dict[str, Any]:
    """Return how well the ranking finds those who never went, and those who hurried."""
    ranked = list(Suspicion.objects.order_by("rank").values_list("worker__username", "rank", "is_flagged"))
    never = [styles.get(name) in ("fabricating", "rule-aware") for name, _, _ in ranked]
    bad = [styles.get(name) != "honest" for name, _, _ in ranked]
    flagged = [is_flagged for _, _, is_flagged in ranked]
    scores = [-rank for _, rank, _ in ranked]
    at = {f"precision_at_{k}": sum(never[:k]) / k for k in (5, 10, 20) if len(ranked) >= k}
    return {
        "ranked": len(ranked),
        "never_went": sum(never),
        "auc_never_went": auc(scores, never),
        "auc_not_honest": auc(scores, bad),
        **at,
        "flagged": sum(flagged),
        "flagged_who_never_went": sum(f and n for f, n in zip(flagged, never, strict=True)),
        "share_of_never_went_flagged": sum(f and n for f, n in zip(flagged, never, strict=True))
        / max(1, sum(never)),
    }


def _units(styles: dict[str, str], workers: dict[str, str]) -> dict[str, Any]:
    """Return, per style of answering, how many units show a fault; apart from them, those whose own workers never went.

    A unit that answers its requests well may still employ somebody who fills in forms at a desk: that fault is true.
    """
    never = [name for name, style in workers.items() if style in ("fabricating", "rule-aware")]
    desks = set(Officer.objects.filter(username__in=never).values_list("unit__name", flat=True))
    found: dict[str, set[str]] = {}
    for unit, kind in Fault.objects.values_list("unit__name", "kind").distinct():
        found.setdefault(unit, set()).add(kind)
    wanted = {"slow": {"slow"}, "idle": {"no_action"}, "fake": {"fake"}, "improper": {"improper", "fake"}}
    table: dict[str, dict[str, int]] = {}
    for unit, style in styles.items():
        row = table.setdefault(
            style, {"units": 0, "with_a_fault": 0, "whose_workers_never_went": 0, "with_its_fault": 0}
        )
        row["units"] += 1
        row["with_a_fault"] += bool(found.get(unit))
        row["whose_workers_never_went"] += bool(found.get(unit)) and unit in desks
        row["with_its_fault"] += bool(found.get(unit, set()) & wanted.get(style, set()))
    return table


def _certificate(styles: dict[str, str]) -> dict[str, Any]:
    """Hold the bound against the claims of workers who, in truth, never went."""
    certificate = Certificate.objects.select_related("draw").order_by("-pk").first()
    if certificate is None:
        return {}
    never = [name for name, style in styles.items() if style in ("fabricating", "rule-aware")]
    claims = Expected.objects.filter(
        task__campaign=certificate.draw.campaign_id, outcome="seen", task__purpose="round"
    )
    false = claims.filter(visit__worker__username__in=never, visit__task=F("task")).count()
    true_rate = 10_000 * false / certificate.draw.frame_size
    return {
        "frame": certificate.draw.frame_size,
        "never_made": false,
        "never_made_per_10000": round(true_rate, 1),
        "bound_per_10000": certificate.bound_per_10000,
        "bound_holds": certificate.bound_per_10000 >= true_rate,
        "sampled": certificate.sampled,
        "false_found": certificate.false_found,
    }
