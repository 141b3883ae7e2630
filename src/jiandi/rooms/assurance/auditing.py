"""What re-visits say of the indicators: gathered for the core, kept as rows, shown in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiandi.core.estimate.audits import AuditRow, RandomAudit, TargetedAudit
from jiandi.core.estimate.indicators import FIGURES, INDICATORS
from jiandi.core.values import Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import visible
from jiandi.rooms.assurance.models import IndicatorMonth, Recheck, Suspicion, Target


def audits_of(county: int) -> tuple[list[RandomAudit], list[TargetedAudit]]:
    """Return a county's settled re-visits with the indicators that stood out for the worker: lottery and targeted apart.

    Unresolved and excused ones say nothing of an indicator either way and are left out.
    """
    flags = {
        (campaign, worker): frozenset(str(line["code"]) for line in lines)
        for campaign, worker, lines in Suspicion.objects.filter(county=county).values_list(
            "campaign", "worker", "indicators"
        )
    }
    settled = (Recheck.Result.TRUE, Recheck.Result.FALSE)
    columns = ("original", "draw__campaign", "original__worker", "result")

    def rows(model: type[Recheck] | type[Target]) -> list[tuple[int, frozenset[str], bool, int]]:
        found = model.objects.filter(county=county, result__in=settled).values_list(*columns)
        return [
            (visit, flags[campaign, worker], result == Recheck.Result.FALSE, worker)
            for visit, campaign, worker, result in found
            if (campaign, worker) in flags
        ]

    return [RandomAudit(*row) for row in rows(Recheck)], [TargetedAudit(*row[:3]) for row in rows(Target)]


def kept(rows: Sequence[AuditRow]) -> list[dict[str, Any]]:
    """Return the rows as they are stored: hits, of how many, and the exact interval of each rate."""
    return [
        {
            "indicator": row.indicator,
            **{
                name: [rate.hits, rate.of, round(rate.low, 4), round(rate.high, 4)]
                for name, rate in (
                    ("precision", row.precision), ("false_alarms", row.false_alarms), ("missed", row.missed)
                )
            },
            "targeted": [row.targeted_false, row.targeted_checked],
            "standing": row.standing,
            "workers": row.misled_workers,
        }
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator on the page: in words, its false alarms with their interval in percent, its standing."""

    text: Text
    false_alarms: tuple[int, int]
    percent: str
    workers: int
    right: tuple[int, int]
    targeted: tuple[int, int]
    is_retired: bool
    says_little: bool

    @property
    def has_spoken(self) -> bool:
        """Whether it pointed at any visit that was visited again, or was retired because of some."""
        return bool(self.is_retired or self.false_alarms[0] or self.right[1] or self.targeted[1])


def indicator_lines(by: Officer, at: datetime) -> tuple[IndicatorMonth | None, list[IndicatorLine]]:
    """Return the latest month of the officer's area and its indicators, those that flagged anybody first."""
    months = visible(IndicatorMonth.objects.all(), by, "assurance.read_suspicion", at=at)
    month = months.order_by("-month", "-pk").first()
    if month is None:
        return None, []
    words = {indicator.name: _short(indicator.text) for indicator in INDICATORS}
    lines = [_line(row, words, month.retired) for row in month.rows if row["indicator"] in words]
    return month, sorted(lines, key=lambda line: (not line.is_retired, -line.false_alarms[0]))


def _line(row: dict[str, Any], words: dict[str, Text], retired: Sequence[str]) -> IndicatorLine:
    hits, of, low, high = row["false_alarms"]
    percent = f"{100 * hits / of:.1f}% [{100 * low:.1f}, {100 * high:.1f}]" if of else "—"
    return IndicatorLine(
        words[row["indicator"]],
        (hits, of),
        percent,
        row.get("workers", 0),  # lines written before it was counted have none
        (row["precision"][0], row["precision"][1]),
        (row["targeted"][0], row["targeted"][1]),
        row["indicator"] in retired,
        row["standing"] == "too_few",
    )


def _short(text: Text) -> Text:
    """An indicator's words without the figures of one worker."""
    return Text(zh=text.zh.removesuffix(FIGURES.zh), en=text.en.removesuffix(FIGURES.en))
