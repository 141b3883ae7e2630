"""Sentences in forms, in the language of whoever reads the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import lazy

from jiandi.core.values import Text
from jiandi.rooms.access.language import say


def _say(zh: str, en: str) -> str:
    return say(Text(zh=zh, en=en))


_lazily = lazy(_say, str)


def said(zh: str, en: str) -> str:
    """Return a label that becomes Chinese or English when the page is written."""
    return _lazily(zh, en)


def options(
    texts: Mapping[str, Text] | Iterable[tuple[str, Text]], *, empty: Text | None = None
) -> list[tuple[str, str]]:
    """Return a list's entries as the choices of a form field."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    first = [("", said(empty.zh, empty.en))] if empty else []
    return first + [(value, said(text.zh, text.en)) for value, text in pairs]
