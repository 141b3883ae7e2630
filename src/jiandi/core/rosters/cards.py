"""The number of a disability certificate: 18 characters of identity number, the kind of disability, its grade.

Where a roster leaves kind, grade or identity number empty they are taken from the certificate's number and said to be; where
it fills them in otherwise, what it says stands and the contradiction is noted. Nothing here decides which of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import duckdb

from jiandi.core.codes import CodeTable
from jiandi.core.rosters.cells import NOTHING, Reading, narrow, quoted
from jiandi.core.rosters.kinds import Field, Kind

# GB/T 26341-2010 and the Federation's rules for the second certificate; a reissue may add B and a count behind the 20.
_NUMBER = "([0-9]{17}[0-9X])([1-7])([1-4])(B?[0-9]{0,2})"
_GRADE = "([一二三四壹贰叁肆1-4１-４ⅠⅡⅢⅣ]级)"

# What the number says, in its order, and the code table that words it.
_SAID = {"id_number": "", "category": "disability_kind", "grade": "disability_grade"}


def read_cards(
    con: duckdb.DuckDBPyConnection, kind: Kind, present: Mapping[str, Field], tables: Mapping[str, CodeTable]
) -> dict[str, Field]:
    """Read the certificate numbers of _plain and fill in from them what its rows leave empty; return the columns there are now.

    Adds to _plain: card_no__kept, card_no__reason, and card__<column>: what the certificate says, in the words of the code table.
    """
    named = [name for name, field in present.items() if field.type == "card"]
    if not named:
        return dict(present)
    (card,) = named
    filled = {name: kind.fields[name] for name in _SAID if name in kind.fields}
    as_written = narrow(f'"{card}"')
    text = f"upper(regexp_replace({as_written}, '[\\s-]+', '', 'g'))"
    said = ", ".join(f"{_said(name, field, tables)} AS card__{name}" for name, field in filled.items())
    written = {name: f'"{name}"' if name in present else "NULL::VARCHAR" for name in filled}
    missing = ", ".join(
        f"({cell} IS NULL OR {cell} IN {NOTHING}) AS lacks__{name}" for name, cell in written.items()
    )
    in_cell = f"regexp_extract({written['category']}, {quoted(_GRADE)}, 1)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE _plain AS
        SELECT * {_without(written, present)}, {", ".join(_cell(name, written[name]) for name in filled)}
        FROM (SELECT *, nullif({in_cell}, '') AS cell__grade, {said}, {missing},
                CASE WHEN card__is THEN card__text ELSE "{card}" END AS {card}__kept,
                CASE WHEN NOT card__is AND "{card}" NOT IN {NOTHING} THEN 'card_unreadable' END AS {card}__reason
            FROM (SELECT *, coalesce(regexp_full_match(card__text, '{_NUMBER}'), false) AS card__is
                  FROM (SELECT *, {text} AS card__text FROM _plain)))""")
    return dict(present) | filled


def _said(name: str, field: Field, tables: Mapping[str, CodeTable]) -> str:
    """Return SQL for what the number says about one column, NULL where there is no number."""
    at = list(_SAID).index(name) + 1
    digit = f"regexp_extract(card__text, '{_NUMBER}', {at})"
    if field.type != "code":
        return f"CASE WHEN card__is THEN {digit} END"
    kept = {code: value.kept for value in tables[_SAID[name]].values for code in value.codes}
    branches = " ".join(f"WHEN {quoted(code)} THEN {quoted(value)}" for code, value in kept.items())
    return f"CASE WHEN card__is THEN CASE {digit} {branches} END END"


def _without(written: Mapping[str, str], present: Mapping[str, Field]) -> str:
    gone = ", ".join(f'"{name}"' for name in written if name in present)
    return f"EXCLUDE ({gone})" if gone else ""


def _cell(name: str, written: str) -> str:
    """Return SQL for a column as it is read on: as written, else (the grade) from the cell of the kind, else from the number."""
    cell = "cell__grade, " if name == "grade" else ""
    return (
        f'CASE WHEN lacks__{name} THEN coalesce({cell}card__{name}, {written}) ELSE {written} END AS "{name}"'
    )


def noted_against_cards(readings: Mapping[str, Reading], present: Mapping[str, Field]) -> dict[str, Reading]:
    """Add to the readings what was taken from the certificate's number, and where the row says otherwise."""
    noted = dict(readings)
    if not any(field.type == "card" for field in present.values()):
        return noted
    for name in _SAID:
        if name not in noted:
            continue
        value = noted[name].value
        other = f"{value} <> card__{name}"
        if name == "category":  # several kinds named one by one are what the number calls multiple
            other += f" AND NOT (card__{name} = '多重' AND contains({value}, '、'))"
        filled = f"lacks__{name} AND {value} IS NOT NULL AND {value} = card__{name}"
        marks = [("from_card", filled), ("card_differs", f"NOT lacks__{name} AND {other}")]
        if name == "grade":
            marks.append(("from_category", f"lacks__{name} AND cell__grade IS NOT NULL"))
        noted[name] = replace(noted[name], repairs=(*noted[name].repairs, *marks))
    return noted
