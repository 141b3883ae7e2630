"""The language of whoever reads: pages, forms and exports ask here."""

from __future__ import annotations

from django.utils import translation

from jiandi.core.values import Text


def reader() -> str:
    """Return zh or en."""
    return "en" if (translation.get_language() or "zh").startswith("en") else "zh"


def say(text: Text) -> str:
    """Return the sentence in the reader's language."""
    return text.say(reader())
