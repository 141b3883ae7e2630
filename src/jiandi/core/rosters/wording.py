"""What is said when a person's choice of columns cannot be followed, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jiandi.core.rosters.kinds import Kind
from jiandi.core.values import Text

_SHOWN = 20


def unknown_kind(kind: str, known: Iterable[str]) -> Text:
    """Say that there is no such kind of roster, and which there are."""
    return Text(
        zh="没有「{kind}」这一类名册。可用的类别:{known}。",
        en="There is no kind of roster “{kind}”. The kinds are: {known}.",
    ).filled(kind=kind, known=" ".join(known))


def unknown_field(kind: Kind, fields: Sequence[str]) -> Text:
    """Say which fields a kind does not have, and which it has."""
    return Text(
        zh="「{title_zh}」没有这些栏目:{fields}。可用的栏目:{known}。",
        en="“{title_en}” has no such fields: {fields}. Its fields are: {known}.",
    ).filled(
        title_zh=kind.title.zh, title_en=kind.title.en, fields=" ".join(fields), known=" ".join(kind.fields)
    )


def gone(sheet: str, columns: Sequence[str], headers: Sequence[str]) -> Text:
    """Say which named columns the sheet does not have, and which it has."""
    there = [header for header in headers if header.strip()][:_SHOWN]
    return Text(
        zh="工作表「{sheet}」没有这些列:{gone}。表中的列是:{there}。请改写列名,或补上这些列后再收。",
        en="Sheet “{sheet}” has no such columns: {gone}. Its columns are: {there}. Name them as they are written, or add the columns and deliver it again.",
    ).filled(sheet=sheet, gone="、".join(columns), there="、".join(there))


def shut(header: str, subject: Text) -> Text:
    """Say that a column is one of those never stored."""
    return Text(
        zh="列「{header}」涉及{zh},本系统不收,不能选用。",
        en="Column “{header}” is about {en}: this system does not accept it, so it cannot be chosen.",
    ).filled(header=header, zh=subject.zh, en=subject.en)


def twice(header: str, titles: Sequence[Text]) -> Text:
    """Say that one column was given to two fields."""
    return Text(
        zh="列「{header}」同时选给了「{zh}」。一列只能对应一个栏目。",
        en="Column “{header}” was given to {en}. A column belongs to one field.",
    ).filled(
        header=header, zh="」和「".join(t.zh for t in titles), en=" and ".join(f"“{t.en}”" for t in titles)
    )
