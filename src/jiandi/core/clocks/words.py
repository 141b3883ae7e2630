"""How a clock's state reads: when it is due, how long is left, how late it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from jiandi.core.clocks.model import Clock
from jiandi.core.values import Text


def state_text(
    clock: Clock, state: str, due: datetime, remaining: timedelta | None, stopped_at: datetime | None
) -> Text:
    """One sentence on a clock: its title, what it stands at, and until when."""
    stopped = stopped_at.astimezone(due.tzinfo).strftime("%Y-%m-%d") if stopped_at else ""
    span = span_text(abs(remaining)) if remaining is not None else Text(zh="", en="")
    sentence = _SENTENCES[state]
    limit = clock.limit.text()
    at_once = _AT_ONCE.filled(limit="{limit}") if clock.at_once else Text(zh="{limit}", en="{limit}")
    return Text(
        zh=sentence.zh.format(
            title=clock.title.zh,
            due=due.strftime("%Y-%m-%d %H:%M"),
            span=span.zh,
            stopped=stopped,
            limit=at_once.zh.format(limit=limit.zh),
        ),
        en=sentence.en.format(
            title=clock.title.en,
            due=due.strftime("%Y-%m-%d %H:%M"),
            span=span.en,
            stopped=stopped,
            limit=at_once.en.format(limit=limit.en),
        ),
    )


def span_text(span: timedelta) -> Text:
    """A stretch of time in words: days from two days on, else hours, else minutes."""
    hours = int(span.total_seconds() // 3600)
    if hours >= 48:
        return Text(zh=f"{hours // 24}天", en=f"{hours // 24} days")
    if hours >= 1:
        return Text(zh=f"{hours}小时", en=f"{hours} hours" if hours > 1 else "1 hour")
    minutes = int(span.total_seconds() // 60)
    return Text(zh=f"{minutes}分钟", en=f"{minutes} minutes" if minutes != 1 else "1 minute")


_AT_ONCE = Text(zh="立即,目标{limit}", en="at once, target {limit}")
_SENTENCES: dict[str, Text] = {
    "running": Text(
        zh="{title}:时限{limit},{due}前办结,还剩{span}。",
        en="{title}: limit {limit}, due by {due}, {span} left.",
    ),
    "met": Text(zh="{title}:{stopped}按时办结。", en="{title}: done in time on {stopped}."),
    "met_late": Text(
        zh="{title}:应于{due}前办结,{stopped}办结,迟{span}。",
        en="{title}: due by {due}, done on {stopped}, {span} late.",
    ),
    "overdue": Text(
        zh="{title}:应于{due}前办结,已超期{span}。",
        en="{title}: was due by {due}, overdue by {span}.",
    ),
    "paused": Text(
        zh="{title}:依法暂停计时,若现在恢复则{due}前到期。",
        en="{title}: standing still for a listed reason; if resumed now it is due by {due}.",
    ),
    "unknown_year": Text(
        zh="{title}:时限{limit},不早于{due}到期;该年度国务院放假安排尚未载入,请管理员补充。",
        en="{title}: limit {limit}, due not before {due}; the State Council's calendar for that year is not loaded, an"
        " administrator should add it.",
    ),
}
