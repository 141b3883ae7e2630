"""The few tags every page uses. Both languages stand side by side where the sentence is written."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from jiandi.core.values import Text
from jiandi.rooms.access import outsiders, verbs
from jiandi.rooms.access.language import reader

register = template.Library()


@register.simple_tag
def t(english: str, chinese: str, **values: Any) -> SafeString:
    """Write a sentence in the reader's language; {named} gaps are filled and escaped."""
    sentence = english if reader() == "en" else chinese
    if not values:
        return mark_safe(sentence)
    return mark_safe(sentence.format(**{name: conditional_escape(value) for name, value in values.items()}))


@register.filter
def say(text: Any) -> str:
    """Write a Text, or the zh/en half of something that has both, in the reader's language."""
    if text is None:
        return ""
    if isinstance(text, Text):
        return text.say(reader())
    if isinstance(text, dict):
        return str(text.get(reader(), ""))
    return str(text)


@register.filter
def either(thing: Any, name: str) -> str:
    """Write `thing.<name>_zh` or `thing.<name>_en`, as the reader reads."""
    value = (
        thing.get(f"{name}_{reader()}")
        if isinstance(thing, dict)
        else getattr(thing, f"{name}_{reader()}", "")
    )
    return "" if value is None else str(value)


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date as 2026-11-05; nothing for no date."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return value.strftime("%Y-%m-%d") if value else "—"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment as 2026-11-05 09:12."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else "—"


@register.filter
def number(value: int | float | None) -> str:
    """Write a number with thin groups of three; a dash for none."""
    if value is None:
        return "—"
    return f"{value:,.1f}" if isinstance(value, float) and value != int(value) else f"{int(value):,}"


@register.filter
def percent(part: float | None, whole: float | None = None) -> str:
    """Write part of whole as a percentage with one decimal; a dash where there is nothing to divide by."""
    if part is None or (whole is not None and not whole):
        return "—"
    share = part if whole is None else part / whole
    return f"{share * 100:.1f}%"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Look a key up in a mapping."""
    return mapping.get(key) if mapping else None


@register.filter
def kind_name(kind: str) -> Text:
    """Return what a kind of thing is called."""
    return verbs.kind_name(kind)


@register.filter
def reason_name(why: str) -> Text:
    """Return in words why somebody stands outside a wall; a sentence somebody wrote stays as it is."""
    return outsiders.why(why)
