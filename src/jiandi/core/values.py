"""The few values every room speaks: a sentence in two languages, a source, a piece of evidence, a refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, ParamSpec

Language = Literal["zh", "en"]
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence people read, in Simplified Chinese and in English."""

    zh: str
    en: str

    def say(self, language: str) -> str:
        """Return the sentence in the reader's language; anything but English reads Chinese."""
        return self.en if language.startswith("en") else self.zh

    def filled(self, **values: object) -> Text:
        """Return the sentence with its {named} gaps filled, the same values in both languages."""
        return Text(zh=self.zh.format(**values), en=self.en.format(**values))

    def __str__(self) -> str:
        return self.zh


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact stands: the kind of thing (record, visit, report, event), its id, and a label to find it by."""

    kind: str
    id: int | str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found and where it stands; a score only where a model gave one."""

    detail: Text
    sources: tuple[Source, ...] = field(default=())
    score: float | None = None


class Refused(Exception):
    """The system declines, in a sentence a person can act on (what, where, what to do).

    `code` is stable and documented; it never changes its meaning between versions.
    """

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(f"{code}: {text.en} / {text.zh}")
        self.code = code
        self.text = text


def is_allowed(check: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Answer whether a step would pass its policy: a page offers what would be done, and nothing that would be refused."""
    try:
        check(*args, **kwargs)
    except Refused:
        return False
    return True
