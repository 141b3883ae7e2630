"""What came out held against the truth the world kept apart: linkage, harm, workers, units, the certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from django.db.models import F

from jiandi.core.checks.evaluation import Evaluation, evaluate
from jiandi.core.checks.table import RULES
from jiandi.core.linkage.evaluate import evaluate as evaluate_linkage
from jiandi.core.numbering import ROLES, ROW_BITS
from jiandi.rooms.accountability.models import Fault
from jiandi.rooms.assurance.models import Certificate, Suspicion
from jiandi.rooms.checks.models import Alert
from jiandi.rooms.register import queries as register
from jiandi.rooms.register.models import Roster
from jiandi.rooms.screening.models import Expected

EVERY_RULE = tuple(rule.id for rule in RULES)
# Which rules should speak of which planted shape. Shapes laid beyond the rules' own wording name every rule: there the
# question is whether anything at all spoke.
EXPECTED: dict[str, tuple[str, ...]] = {
    "marriage_without_papers": ("R1",),
    "backdated_registration": ("R2",),
    "several_names": ("R3",),
    "adult_on_no_register": ("R4",),
    "collective_book_without_origin": ("R4",),
    "bride_without_trace": ("R5",),
    "birth_without_care": ("R6",),
    "mother_too_young": ("R7",),
    "helpless_without_service": ("R8",),
    "illness_outside_register": ("R9",),
    "followup_never_in_person": ("R10",),
    "restrained_at_home": ("R11",),
    "shut_away_unknown": ("R4", "R11", "R15"),
    "guardian_holds_all": ("R12",),
    "benefit_after_death": ("R13",),
    "nobody_has_seen_them": ("R14",),
    "named_but_unlisted": ("R15",),
    "child_not_in_school": ("R16",),
    "in_register_not_in_class": ("R16",),
    "child_in_no_book": ("R16",),
    "child_of_other_parents": ("R17",),
    "barred_carer": ("R18",),
    "child_left_alone": ("R19",),
    "missing_person_here": ("R20",),
    "no_match_taken_as_clear": ("R21",),
    "repeated_calls_no_order": ("R22",),
    "severe_without_subsidy": ("R23",),
    "destitute_not_enrolled": ("R23",),
    "elder_no_answer": ("R24",),
    "same_number_two_places": ("R25",),
    "number_of_the_dead": ("R13", "R25"),
    "shown_for_income": ("R26",),
    "brides_by_one_road": EVERY_RULE,
    "unit_reports_all_clear": ("R28",),
    "reply_not_true": ("R29",),
    "replay_family": EVERY_RULE,
    "payee_of_many": ("R12b",),
    "elder_lent_a_life": EVERY_RULE,
    "orphan_in_name": EVERY_RULE,
    "workers_held_at_kiln": ("R4", "R11"),
}


def _truth(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Fill `truth(record_id, true_id)`, `who(true_id, person_id)` and `harm` in the register's own ids."""
    con.execute("CREATE TABLE files (file VARCHAR, roster_id BIGINT)")
    rosters = Roster.objects.filter(state="read").values_list("file_name", "pk")
    con.executemany("INSERT INTO files VALUES (?, ?)", list(rosters))
    rows, harm = folder / "truth" / "rows.parquet", folder / "truth" / "harm.parquet"
    con.execute(
        f"""CREATE TABLE truth AS SELECT ((f.roster_id * {1 << ROW_BITS} + t.row_no) * {ROLES} + t.role)::BIGINT AS record_id, t.true_id
        FROM '{rows}' t JOIN files f ON f.file = t.file::VARCHAR"""
    )
    # A true person may stand in several people of the register: a rule that speaks of any of them has spoken.
    con.execute(
        "CREATE TABLE who AS SELECT DISTINCT true_id, person_id FROM truth JOIN records USING (record_id)"
    )
    con.execute(
        f"""CREATE TABLE harm AS SELECT h.harm_id, h.shape, w.person_id, p.household_id, h.village_code::BIGINT AS village,
        h.look_alike FROM '{harm}' h LEFT JOIN who w USING (true_id) LEFT JOIN people p ON p.person_id = w.person_id"""
    )


def _findings(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "CREATE TABLE findings (rule VARCHAR, key VARCHAR, person_id BIGINT, household_id BIGINT, village BIGINT)"
    )
    names = ("rule", "key", "person_id", "household_id", "village_id")
    alerts = list(Alert.objects.filter(gone_at__isnull=True).values_list(*names))
    if alerts:
        con.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?)", alerts)


def measure(folder: Path) -> dict[str, Any]:
    """Return every yardstick of a world's run; what is bad stands beside what is good."""
    with duckdb.connect() as con:
        register.snapshot(con)
        _truth(con, folder)
        _findings(con)
        linkage = evaluate_linkage(
            con, "(SELECT record_id, person_id AS entity FROM records WHERE person_id IS NOT NULL)", "truth"
        )
        checks = evaluate(con, expected=EXPECTED)
        styles = dict(
            con.execute(f"SELECT username, style FROM '{folder}/truth/visitors.parquet'").fetchall()
        )
        units = dict(con.execute(f"SELECT unit, style FROM '{folder}/truth/units.parquet'").fetchall())
    return {
        "linkage": linkage,
        "checks": _checks(checks),
        "workers": workers(styles),
        "units": _units(units),
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


def _units(styles: dict[str, str]) -> dict[str, Any]:
    found: dict[str, set[str]] = {}
    for unit, kind in Fault.objects.values_list("unit__name", "kind").distinct():
        found.setdefault(unit, set()).add(kind)
    wanted = {"slow": {"slow"}, "idle": {"no_action"}, "fake": {"fake"}, "improper": {"improper", "fake"}}
    table: dict[str, dict[str, int]] = {}
    for unit, style in styles.items():
        row = table.setdefault(style, {"units": 0, "with_a_fault": 0, "with_its_fault": 0})
        row["units"] += 1
        row["with_a_fault"] += bool(found.get(unit))
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
