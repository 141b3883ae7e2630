"""Invented rows that every run must keep apart: namesakes, twins, relatives' numbers, two rows of the police register.

They travel with the real rows under negative record ids in a village that does not exist and under names no keyboard
writes, so they can touch nobody. A run that merges two of them is not to be trusted (linkage guard rail 4).
"""

from __future__ import annotations

from jiandi.core.identity import whole_number

_VILLAGE = -1
_NAMES = {
    "甲": "\ue001\ue002\ue003",
    "乙": "\ue001\ue002\ue004",
    "丙": "\ue005\ue006",
    "丁": "\ue007\ue008\ue009",
}
_FIRST = whole_number("990101", 19310407, 101)
_SECOND = whole_number("990101", 19310407, 103)
_HUSBAND = whole_number("990101", 19290311, 205)

# record id, kind, name, number, birth, sex; the roster is the kind's
_ROWS: tuple[tuple[int, str, str, str | None, int | None, int], ...] = (
    (-1, "hukou", "甲", _FIRST, 19310407, 1),  # a twin ...
    (-2, "hukou", "乙", _SECOND, 19310407, 1),  # ... and the other, sharing surname and generation character
    (-3, "dibao", "乙", _FIRST, 19310407, 1),  # the second twin under the first one's number
    (-4, "clinic", "甲", None, 19310407, 1),  # the first twin without a number
    (-5, "hukou", "丙", _HUSBAND, 19290311, 1),  # a husband
    (-6, "disability", "丁", _HUSBAND, 19330520, 2),  # his wife under his number
    (-7, "clinic", "丙", None, 19520311, 1),  # a namesake one generation younger
    (-8, "hukou", "丁", None, 19330520, 2),  # the wife in the register, without a number
    (-9, "hukou", "丁", None, 19330520, 2),  # another woman of that name and day: two police rows, two people
)
APART: tuple[tuple[int, int], ...] = (
    (-1, -2), (-1, -3), (-2, -4), (-5, -6), (-5, -7), (-8, -9), (-1, -6),
)  # fmt: skip


def _row(record: int, kind: str, who: str, number: str | None, birth: int | None, sex: int) -> str:
    name = _NAMES[who]
    chars = [f"'{char}'" for char in name]
    given = [*chars[1:3], "null"][:2]
    first17 = number[:17] if number else "null"
    text = f"'{number}'" if number else "null"
    year = birth // 10000 if birth else "null"
    roster = {"hukou": -1, "dibao": -2, "clinic": -3, "disability": -4}[kind]
    return (
        f"({record}, {roster}, '{kind}', '{name}', '{name}', '{name}', {chars[0]}, {given[0]}, {given[1]}, {len(name)}, {first17}, {text},"
        f" {birth or 'null'}, null, {year}, {birth is not None}, {sex}, true, null, {_VILLAGE}, {_VILLAGE}, null)"
    )


_COLUMNS = (
    "record_id, roster_id, kind, name, py, shape, sur, g1, g2, nlen, idn, id_text, birth, birth_lun, birth_year,"
    " birth_stated, sex, sex_stated, phone, village, town, door"
)
CANARIES_SQL = (
    f"select * replace (record_id::bigint as record_id, roster_id::bigint as roster_id, idn::bigint as idn, nlen::smallint as nlen,"
    f" sex::tinyint as sex, village::bigint as village, town::bigint as town, phone::varchar as phone, door::varchar as door,"
    f" birth_lun::integer as birth_lun)"
    f" from (values {', '.join(_row(*row) for row in _ROWS)}) canary({_COLUMNS})"
)
