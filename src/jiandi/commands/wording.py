"""What commands print, in words: figures of a stage, states, kinds - never the code kept in a column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiandi.core.values import Text

FIGURES: dict[str, Text] = {
    "people": Text(zh="人", en="people"),
    "places": Text(zh="地区", en="places"),
    "doors": Text(zh="门", en="doors"),
    "officers": Text(zh="人员账户", en="officers"),
    "files": Text(zh="文件", en="files"),
    "rows": Text(zh="行", en="rows"),
    "refused_files": Text(zh="退回的文件", en="files refused"),
    "in_doubt": Text(zh="对存疑待判", en="pairs in doubt"),
    "visits": Text(zh="走访", en="visits"),
    "seen": Text(zh="本人见到", en="seen in person"),
    "unlisted_found": Text(zh="名册外发现", en="found on no list"),
    "listed": Text(zh="名册内", en="listed"),
    "found": Text(zh="走访发现", en="found on visits"),
    "listed_after_all": Text(zh="名册上有其人", en="on a roster after all"),
    "reports": Text(zh="线索", en="reports"),
    "news_items": Text(zh="报道", en="news items"),
    "rules_run": Text(zh="规则已运行", en="rules run"),
    "rules_not_run": Text(zh="规则未运行", en="rules not run"),
    "danger_now": Text(zh="现有危险", en="danger now"),
    "cases": Text(zh="个案", en="cases"),
    "referrals": Text(zh="转办", en="requests"),
    "refusals": Text(zh="被拒绝的步骤", en="steps refused"),
    "verified": Text(zh="已核实", en="verified"),
    "sampled": Text(zh="抽中复核", en="sampled"),
    "false": Text(zh="不实", en="false"),
    "flagged_workers": Text(zh="建议优先复核的走访人", en="workers flagged for re-visit"),
    "faults": Text(zh="四类问题", en="faults"),
    "claims": Text(zh="通报语句", en="sentences told"),
    "log_size": Text(zh="日志条数", en="log size"),
}
RULE_STATES: dict[str, Text] = {
    "ran": Text(zh="已运行", en="ran"),
    "not_run": Text(zh="未运行", en="not run"),
    "failed": Text(zh="出错", en="failed"),
    "too_long": Text(zh="超时", en="too slow"),
}


def figures_line(figures: Mapping[str, Any], language: str) -> str:
    """Return a stage's figures as one line of words and numbers."""
    return "  ".join(
        f"{FIGURES[name].say(language)} {_value(value)}" for name, value in figures.items() if name in FIGURES
    )


def counted(counts: Mapping[str, int], names: Mapping[str, Text], language: str) -> str:
    """Return counts by state or kind, each by its name."""
    parts = [
        f"{names[code].say(language) if code in names else code} {count}" for code, count in counts.items()
    ]
    return "  ".join(parts) or "—"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(sum(value.values()))
    return f"{value:,}" if isinstance(value, int) else str(value)
