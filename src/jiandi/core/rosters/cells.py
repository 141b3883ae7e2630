"""One cell in SQL: how the text of each type of column is read, and which repairs that took.

Every function returns DuckDB expressions over the column that holds the cell's plain text. Dates and identity numbers are
read by `core.identity`, codes by `core.codes`, once for each distinct spelling, and joined back; the rest is plain SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.identity.number import FULL_WIDTH
from jiandi.core.identity.phones import no_phone_sql, phone_sql
from jiandi.core.rosters.kinds import Field

_WIDE = "".join(chr(c) for c in FULL_WIDTH)
_NARROW = "".join(chr(c) if isinstance(c, int) else str(c) for c in FULL_WIDTH.values())
_EDGES = " \t\r\n\u3000\u00a0\ufeff\u200b'‘’`"
NOTHING = "('无','不详','未知','/','-','--','—','——','空','N/A','null','NULL','None','无电话','无号码','没有','暂无','不清楚','0')"
LATEST_DAYS_AHEAD = 400  # due dates and next visits lie at most a year ahead of the roster
_PLANNED = ("due_on", "next_on")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one column is read: steps (named expressions, each over the earlier ones), its value, and its repairs.

    A repair is a code and the SQL condition under which it was done; a code "*" stands for a column that names the reason.
    """

    value: str
    sql_type: str = "VARCHAR"
    steps: tuple[tuple[str, str], ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def plain(column: str) -> str:
    """Return a cell without the white space and apostrophes around it; NULL when nothing is left.

    Only the few cells with such an edge are trimmed: DuckDB's trim with a list of characters costs five times the test.
    """
    edges = quoted(_EDGES)
    return f"""CASE WHEN {column} = '' THEN NULL WHEN {column} LIKE '="%' THEN nullif(trim({column}, '=" '), '')
        WHEN contains({edges}, left({column}, 1)) OR contains({edges}, right({column}, 1))
        THEN nullif(trim({column}, {edges}), '') ELSE {column} END"""


def narrow(column: str) -> str:
    """Return a text with full-width letters and digits made half-width."""
    wide = f"regexp_matches({column}, '[\\x{{FF01}}-\\x{{FF5E}}\\x{{3000}}]')"
    return f"CASE WHEN {wide} THEN translate({column}, {quoted(_WIDE)}, {quoted(_NARROW)}) ELSE {column} END"


def reading_of(field: Field, source: str) -> Reading:
    """Return how a field is read from the plain text in the column `source`."""
    readers = {
        "name": _name,
        "id": _id,
        "phone": _phone,
        "money": _number,
        "int": _number,
        "code": _code,
        "card": _code,
        "address": _address,
        "date": _date,
        "month": _date,
    }
    return readers[field.type](field, source) if field.type in readers else Reading(source)


def _name(field: Field, source: str) -> Reading:
    nothing = f"{source} IN {NOTHING}"
    spaced = f"regexp_matches({source}, '[\\x{{4E00}}-\\x{{9FFF}}][ \\x{{3000}}\\x{{00A0}}\\t]+')"
    value = f"CASE WHEN {nothing} THEN NULL WHEN {spaced} THEN regexp_replace({source}, '[\\s\\x{{3000}}\\x{{00A0}}]+', '', 'g') ELSE {source} END"
    several = (
        f"NOT {nothing} AND regexp_matches({source}, '..[/／、;；|].|曾用|原名|又名|别名|小名|乳名|化名')"
    )
    return Reading(
        value, repairs=(("name_placeholder", nothing), ("name_spaces", spaced), ("name_several", several))
    )


def _id(field: Field, source: str) -> Reading:
    """The number was read beforehand into the columns <field>__number and <field>__reason (see rows.py)."""
    return Reading(f"{field.name}__number", repairs=(("*", f"{field.name}__reason"),))


def _date(field: Field, source: str) -> Reading:
    """The date was read beforehand into <field>__day and <field>__reason; a date ahead of its roster is set aside."""
    day, ahead = f"{field.name}__day", LATEST_DAYS_AHEAD if field.name in _PLANNED else 0
    future = f"{day} > roster_on + {ahead}"
    expected = "('date_month_only', 'date_year_only')" if field.type == "month" else "('')"
    reason = f"CASE WHEN {field.name}__reason IN {expected} THEN NULL ELSE {field.name}__reason END"
    return Reading(
        f"CASE WHEN NOT {future} THEN {day} END", "DATE", repairs=(("date_future", future), ("*", reason))
    )


def _phone(field: Field, source: str) -> Reading:
    clean = f"{field.name}__clean"
    unread = f"{clean} IS NULL AND NOT {no_phone_sql(source)}"
    return Reading(clean, steps=((clean, phone_sql(source)),), repairs=(("phone_unreadable", unread),))


def _number(field: Field, source: str) -> Reading:
    clean = f"{field.name}__clean"
    sql_type = "DOUBLE" if field.type == "money" else "VARCHAR"
    digits = f"regexp_extract(regexp_replace({narrow(source)}, '[,,\\s]+', '', 'g'), '-?[0-9]+(\\.[0-9]+)?')"
    step = f"coalesce(try_cast({source} AS DOUBLE), try_cast(nullif({digits}, '') AS DOUBLE))"
    wrong = f"{clean} IS NULL AND {source} NOT IN {NOTHING}"
    number = clean if field.type == "money" else f"{clean}::INTEGER::VARCHAR"
    bounded = f"CASE WHEN abs({clean}) < 1e9 THEN {number} END"
    return Reading(bounded, sql_type, ((clean, step),), (("not_a_number", wrong),))


def _code(field: Field, source: str) -> Reading:
    """The cell was read beforehand into <field>__kept and <field>__reason (see core.codes); what is unknown stays as written."""
    return Reading(f"{field.name}__kept", repairs=(("*", f"{field.name}__reason"),))


def _address(field: Field, source: str) -> Reading:
    value = f"CASE WHEN {source} IN {NOTHING} THEN NULL ELSE regexp_replace({narrow(source)}, '\\s+', '', 'g') END"
    return Reading(value)
