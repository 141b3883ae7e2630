"""What a clock is: the moment that starts it, the moments that stop it, how long it may run, and by what law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jiandi.core.values import Text

Unit = Literal[
    "hours", "same_day", "days", "working_days", "months", "calendar_month", "calendar_quarter", "school_term"
]

#: Events any clock understands; each carries its reason.
CLOCK_PAUSED, CLOCK_RESUMED, CLOCK_EXTENDED = "clock.pause", "clock.resume", "clock.extend"

#: The only reasons for which a clock may stand still. A clock names which of them it accepts; most accept none.
PAUSE_REASONS: dict[str, Text] = {
    "papers_requested": Text(zh="等待申请人补正材料", en="waiting for papers asked of the applicant"),
    "public_notice": Text(zh="依法公示期间", en="during a public notice required by law"),
    "appraisal": Text(zh="依法鉴定、检测期间", en="during an appraisal or test under law"),
    "court": Text(zh="等待法院裁判", en="waiting for a court's decision"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock may run. Days and months end at midnight and do not count the first day (民法典 201-203).

    An end on a rest day is not moved to the next working day: for protection the earlier day is kept.
    """

    amount: int
    unit: Unit

    def text(self) -> Text:
        """The limit in words."""
        zh, en, en_one = _UNITS[self.unit]
        return Text(
            zh=zh.format(n=self.amount), en=(en_one if self.amount == 1 else en).format(n=self.amount)
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of the table.

    `starts` and `stops` are event verbs; a verb in both (a follow-up) stops one round and starts the next.
    `at_once` marks duties the law wants done at once, whose limit is only the target shown. `extension` is added
    once when an extension was granted. `verify` marks limits not confirmed against their text, or local: an administrator checks them before use.
    """

    id: str
    title: Text
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    limit: Limit
    on_miss: Text
    source: str
    verify: bool = False
    at_once: bool = False
    pause_reasons: tuple[str, ...] = ()
    extension: int = 0
    warn_before_days: tuple[int, ...] = ()


_UNITS: dict[Unit, tuple[str, str, str]] = {
    "hours": ("{n}小时", "{n} hours", "1 hour"),
    "same_day": ("当日", "the same day", "the same day"),
    "days": ("{n}日", "{n} days", "1 day"),
    "working_days": ("{n}个工作日", "{n} working days", "1 working day"),
    "months": ("{n}个月", "{n} months", "1 month"),
    "calendar_month": ("当月", "the calendar month", "the calendar month"),
    "calendar_quarter": ("当季", "the calendar quarter", "the calendar quarter"),
    "school_term": ("本学期", "the school term", "the school term"),
}
