"""The gate: columns that are refused before anything is kept, by name and digest, never by value."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from jiandi.core.rosters.headers import flat
from jiandi.core.rosters.kinds import Kind, catalogue
from jiandi.core.values import Text

CALLER = Text(zh="来电人信息", en="who called")


@dataclass(frozen=True, slots=True)
class ForbiddenColumn:
    """A column that may not be stored: where it stood, its heading, and what it is about."""

    index: int
    header: str
    subject: Text


def subject_forbidden(header: str, kind: Kind | None = None) -> Text | None:
    """Return what a heading is about when it may not be stored (safety rule: no births, creed, party, offences)."""
    plain = flat(header)
    if not plain:
        return None
    for gate in catalogue().gates:
        if any(word in plain for word in gate.words):
            return gate.subject
    if kind and plain in kind.dropped:
        return CALLER
    return None


def column_digest(header: str, values: Iterable[str | None]) -> str:
    """Return the SHA-256 of a refused column, which proves later what was refused without keeping it."""
    digest = hashlib.sha256(header.encode())
    for value in values:
        digest.update(b"\n" + (value or "").encode("utf-8", "replace"))
    return digest.hexdigest()


def refusal_of(column: ForbiddenColumn, sheet: str) -> Text:
    """Say which column was left out and why."""
    return Text(
        zh="工作表「{sheet}」的列「{header}」涉及{zh},本系统不收,该列的内容没有保存,其余照常。今后请不要报送这一列。",
        en="Sheet “{sheet}”, column “{header}” is about {en}: this system does not accept it. Its values were not kept; the rest was read. Please leave the column out next time.",
    ).filled(sheet=sheet, header=column.header, zh=column.subject.zh, en=column.subject.en)
