"""Which column of a delivered sheet holds what: guessed, checked against the gate, and said aloud when a column is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from jiandi.core.rosters import wording
from jiandi.core.rosters.columns import ColumnGuess, columns_given, guess_columns
from jiandi.core.rosters.gate import ForbiddenColumn, subject_forbidden
from jiandi.core.rosters.headers import flat
from jiandi.core.rosters.kinds import Kind, catalogue
from jiandi.core.rosters.layout import Layout, Rows, find_layout, known_headings
from jiandi.core.rosters.shapes import (
    Remembered,
    addresses,
    column_of,
    find_named,
    find_shape,
    fingerprint,
    likely_heading,
)
from jiandi.core.values import Refused, Text

LEAST_SCORE = (
    0.45  # below this a person must say the kind; set on the kinds' own headings and on foreign sheets
)
LEAST_MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class KindGuess:
    """How well a sheet's headings and titles agree with one kind, 0 to 1 and a bonus for its name in a title."""

    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """What each column of one sheet is: the outcome of a guess or of a person's choice, ready to read rows with."""

    sheet: str
    kind: str
    layout: Layout
    columns: tuple[ColumnGuess, ...]
    forbidden: tuple[ForbiddenColumn, ...]
    others: tuple[KindGuess, ...] = ()
    remembered: int = 0  # the number of the confirmed choice it follows, if it follows one

    @property
    def how(self) -> str:
        """Return on whose word the columns stand: `remembered`, `given` for this file, or `guessed`."""
        given = any(c.reason == "given" for c in self.columns)
        return "remembered" if self.remembered else "given" if given else "guessed"

    @property
    def by_field(self) -> dict[str, int]:
        """Return the 0-based column of each canonical field that was found."""
        return {c.field: c.index for c in self.columns if c.field}

    @property
    def unmapped(self) -> tuple[ColumnGuess, ...]:
        """Return the columns whose content would be lost."""
        return tuple(c for c in self.columns if c.reason == "unknown")

    @property
    def confidence(self) -> float:
        """Return the share of named columns that found their place, weighted by how sure each is."""
        named = [c for c in self.columns if c.header and c.reason != "ignored"]
        return sum(c.confidence for c in named) / len(named) if named else 0.0

    def saved(self) -> dict[str, object]:
        """Return the mapping as plain values, by which the same columns are found again: field and what its column is called."""
        called = addresses(self.layout.headers)
        return {"kind": self.kind, "columns": {c.field: called[c.index] for c in self.columns if c.field}}

    def warnings(self) -> tuple[Text, ...]:
        """Say each column that would be lost: where it stands and what to do."""
        return tuple(_lost(self.sheet, column) for column in self.unmapped)


def guess_mapping(
    rows: Rows, *, sheet: str = "", called: Sequence[str] = (), kind: str | None = None
) -> SheetMapping:
    """Say what a sheet holds, from its first rows (text cells), its name and the file's name; `kind` fixes the kind.

    Raises Refused `roster_without_header`, `roster_of_unknown_kind`, `roster_misses_column` or `mapping_unknown_kind`.
    """
    layout = find_layout(rows)
    if layout is None:
        raise Refused("roster_without_header", _NO_HEADER.filled(sheet=sheet))
    ranked = rank_kinds(layout, called=(*layout.titles, sheet, *called))
    chosen = _known(kind) if kind else _surest(ranked, sheet, layout)
    return _mapped(
        rows, sheet, chosen, layout, guess_columns(chosen, layout.headers, _body(rows, layout)), ranked
    )


def given_mapping(
    rows: Rows,
    *,
    sheet: str,
    kind: str | None,
    columns: Map[str, str],
    layout: Layout | None = None,
    called: Sequence[str] = (),
) -> SheetMapping:
    """Map a sheet as a person said or once confirmed: `columns` names the column of each field, by heading or as #n.

    Fields it does not name stay unread. Without `kind` the kind is guessed from the headings. Raises Refused
    `mapping_unknown_kind`, `mapping_unknown_field`, `mapping_loses_column` (no such column), `mapping_takes_refused_column`,
    `mapping_takes_twice`, or what `guess_mapping` raises.
    """
    layout = layout or find_named(rows, columns.values()) or find_layout(rows) or likely_heading(rows)
    if layout is None:
        raise Refused("roster_without_header", _NO_HEADER.filled(sheet=sheet))
    ranked = () if kind else rank_kinds(layout, called=(*layout.titles, sheet, *called))
    chosen = _known(kind) if kind else _surest(ranked, sheet, layout)
    placed = place_columns(chosen, layout.headers, columns, sheet)
    return _mapped(rows, sheet, chosen, layout, columns_given(layout.headers, placed), ranked)


def _known(kind: str) -> Kind:
    if kind not in catalogue().kinds:
        raise Refused("mapping_unknown_kind", wording.unknown_kind(kind, catalogue().kinds))
    return catalogue().kinds[kind]


def place_columns(kind: Kind, headers: Sequence[str], columns: Map[str, str], sheet: str) -> dict[int, str]:
    """Return the field of each 0-based column a person named; refuse what does not exist, is taken twice or must stay shut."""
    unknown = [field for field in columns if field not in kind.fields]
    if unknown:
        raise Refused("mapping_unknown_field", wording.unknown_field(kind, unknown))
    gone = [called for called in columns.values() if column_of(headers, called) is None]
    if gone:
        raise Refused("mapping_loses_column", wording.gone(sheet, gone, headers))
    placed: dict[int, str] = {}
    for field, called in columns.items():
        at = column_of(headers, called)
        assert at is not None  # refused above
        if subject := subject_forbidden(headers[at], kind):
            raise Refused("mapping_takes_refused_column", wording.shut(headers[at] or called, subject))
        if at in placed:
            titles = [kind.fields[name].title for name in (placed[at], field)]
            raise Refused("mapping_takes_twice", wording.twice(headers[at] or called, titles))
        placed[at] = field
    return placed


def remembered_mapping(
    rows: Rows, *, sheet: str, remembered: Sequence[Remembered], kind: str | None = None
) -> SheetMapping | None:
    """Map a sheet as was once confirmed for the unit's files with these headings; None when nothing was, or it is not sure.

    Where the same headings were confirmed for two kinds, `kind` must say which.
    """
    of_kind = [choice for choice in remembered if kind in (None, choice.kind)]
    layout = find_shape(rows, (choice.fingerprint for choice in of_kind))
    if layout is None:
        return None
    same = [choice for choice in of_kind if choice.fingerprint == fingerprint(layout.headers)]
    if len(same) > 1:
        return None
    (choice,) = same
    mapping = given_mapping(rows, sheet=sheet, kind=choice.kind, columns=choice.columns, layout=layout)
    return replace(mapping, remembered=choice.number)


def rank_kinds(layout: Layout, *, called: Sequence[str]) -> tuple[KindGuess, ...]:
    """Return the kinds a heading could belong to, the likeliest first."""
    titles = flat("".join(called))
    guesses = [KindGuess(k.code, _likeness(k, layout, titles)) for k in catalogue().kinds.values()]
    return tuple(sorted(guesses, key=lambda g: -g.score))


def _mapped(
    rows: Rows,
    sheet: str,
    kind: Kind,
    layout: Layout,
    guesses: Sequence[ColumnGuess],
    others: Sequence[KindGuess],
) -> SheetMapping:
    forbidden = [
        ForbiddenColumn(i, header, subject)
        for i, header in enumerate(layout.headers)
        if (subject := subject_forbidden(header, kind))
    ]
    shut = {f.index for f in forbidden}
    kept = tuple(_closed(c) if c.index in shut else c for c in guesses)
    mapping = SheetMapping(sheet, kind.code, layout, kept, tuple(forbidden), tuple(others[:3]))
    missing = [kind.fields[f].title for f in kind.required if f not in mapping.by_field]
    if missing:
        raise Refused("roster_misses_column", _missing(sheet, kind, missing))
    return mapping


def _closed(column: ColumnGuess) -> ColumnGuess:
    return ColumnGuess(column.index, column.header, None, 1.0, "forbidden")


def _body(rows: Rows, layout: Layout) -> Rows:
    return rows[layout.last_row : layout.last_row + 60]


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """Weigh a heading by how few kinds know it: 户号 says much, 姓名 nothing."""
    total = len(catalogue().kinds)
    return {h: math.log((total + 1) / len(kinds)) for h, kinds in known_headings().items()}


def _likeness(kind: Kind, layout: Layout, titles: str) -> float:
    found = {c.field for c in guess_columns(kind, layout.headers, ()) if c.field}
    if not set(kind.required) <= found:
        return 0.0
    weights = _weights()
    named = [flat(h) for h in layout.headers if h and flat(h) not in catalogue().ignored]
    mine = {h for f in found for h in kind.fields[f].headings}
    total = sum(weights.get(h, 1.0) for h in named) or 1.0
    covered = sum(weights.get(h, 1.0) for h in named if h in mine) / total
    own = len(found & kind.own_fields) / max(len(kind.own_fields), 1)
    name_bonus = max((len(word) for word in kind.called if flat(word) in titles), default=0)
    return min(1.3, 0.6 * covered + 0.4 * own + 0.05 * min(name_bonus, 6))


def _surest(ranked: Sequence[KindGuess], sheet: str, layout: Layout) -> Kind:
    first, second = ranked[0], ranked[1]
    if first.score < LEAST_SCORE or first.score - second.score < LEAST_MARGIN:
        likely = [catalogue().kinds[g.kind].title for g in ranked[:3] if g.score > 0]
        raise Refused("roster_of_unknown_kind", _unknown(sheet, layout, likely))
    return catalogue().kinds[first.kind]


_NO_HEADER = Text(
    zh="工作表「{sheet}」前40行里没有认出表头(至少要有两个认得的列名,如「姓名」「身份证号」)。请检查文件,或在表头行写上列名后重新报送。",
    en="Sheet “{sheet}”: no heading was recognised in the first 40 rows (at least two known column names are needed, such as 姓名 and 身份证号). Check the file, or add the column names and deliver it again.",
)


def _unknown(sheet: str, layout: Layout, likely: Sequence[Text]) -> Text:
    return Text(
        zh="工作表「{sheet}」(表头在第{row}行)认不出是哪一类名册{zh}。请在报送时指明类别。",
        en="Sheet “{sheet}” (heading in row {row}): the kind of roster is not recognised{en}. Say the kind when delivering it.",
    ).filled(
        sheet=sheet,
        row=layout.first_row,
        zh=",较接近的有:" + "、".join(t.zh for t in likely) if likely else "",
        en="; closest: " + ", ".join(t.en for t in likely) if likely else "",
    )


def _missing(sheet: str, kind: Kind, missing: Sequence[Text]) -> Text:
    return Text(
        zh="工作表「{sheet}」按「{kind_zh}」读取,但缺少必需的列:{zh}。请补上该列,或改选名册类别。",
        en="Sheet “{sheet}” was read as “{kind_en}”, but a required column is missing: {en}. Add the column or choose another kind.",
    ).filled(
        sheet=sheet,
        kind_zh=kind.title.zh,
        kind_en=kind.title.en,
        zh="、".join(t.zh for t in missing),
        en=", ".join(t.en for t in missing),
    )


def _lost(sheet: str, column: ColumnGuess) -> Text:
    return Text(
        zh="工作表「{sheet}」第{n}列「{header}」没有对应的栏目,内容只留在原件里,不进入登记册。需要时请在“核对各列”页指定。",
        en="Sheet “{sheet}”, column {n} “{header}” has no place in the register: its content stays in the original file only. Give it a place on the page “Check the columns” if it is needed.",
    ).filled(sheet=sheet, n=column.index + 1, header=column.header)
