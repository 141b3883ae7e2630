"""A telephone number as departments write it: the first usable one of a cell, in digits; never a piece of a longer number.

A mobile number has eleven digits (13 to 19), a land line its area code (0...) and seven or eight, or those alone. A cell with one
digit too many or too few holds no number: what could be cut out of it would ring at a stranger's.
"""

from __future__ import annotations

from jiandi.core.identity.number_sql import text_literal

NO_PHONE = (
    "无", "无电话", "没有", "不详", "未知", "0", "-", "--", "—", "/", "空机", "停机", "空号", "无号码", "暂无", "不清楚", "NULL", "NONE", "N/A", "NAN",
)  # fmt: skip
_WIDE, _NARROW = "０１２３４５６７８９（）－＋．　", "0123456789()-+. "
_MOBILE = "(?:^|[^0-9])(?:0086|86)?(1[3-9][0-9]{9})(?:[^0-9]|$)"
_LINE = "(?:^|[^0-9])(?:0086|86)?(0[1-9][0-9]{8,10}|[2-8][0-9]{6,7})(?:[^0-9]|$)"


def phone_sql(column: str) -> str:
    """Return SQL for the number of a cell, NULL where there is none."""
    half = f"translate({column}, '{_WIDE}', '{_NARROW}')"
    parted = f"regexp_replace({half}, '[\\-()+.]', '', 'g')"  # two numbers with a space between stay two
    tight = f"regexp_replace({half}, '[ \\-()+.\\t]', '', 'g')"
    found = [
        f"nullif(regexp_extract({text}, '{pattern}', 1), '')"
        for pattern, text in (
            (_MOBILE, half),
            (_MOBILE, parted),
            (_MOBILE, tight),
            (_LINE, parted),
            (_LINE, tight),
        )
    ]
    return f"""case when {column} is null then null when regexp_full_match({column}, '1[3-9][0-9]{{9}}') then {column}
        else coalesce({", ".join(found)}) end"""


def no_phone_sql(column: str) -> str:
    """Return SQL for whether a cell says that there is no number."""
    said = ", ".join(text_literal(word) for word in NO_PHONE)
    return f"(upper(trim({column})) in ({said}) or starts_with(trim({column}), '无'))"
