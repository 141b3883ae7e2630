"""What a whole delivery looks like when most of its rows share one fault: said once, above the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from jiandi.core.rosters.kinds import kind_of
from jiandi.core.values import Text

MOST = 0.5  # of the rows; below it the rows' own lines say enough
LEAST_ROWS = 20  # a short list may well hold three people of one household, or of another county
_ELSEWHERE = Text(
    zh="{rows}行里有{n}行的地址认不出本县的乡镇或村,像是别县的名册。请核对文件;报错了请撤回后重新报送。",
    en="In {n} of {rows} rows no town or village of this county is recognised: this looks like another county's roster. Check the file; if it is the wrong one, take it back and deliver the right one.",
)
_SHIFTED = Text(
    zh="{rows}行里有{n}行像是整行错了列,没有接收。请打开文件,把单元格与表头对齐后重新报送。",
    en="{n} of {rows} rows seem to have slipped beside their headings and were not taken in. Open the file, align the cells with the headings and deliver it again.",
)
_REPEATED = Text(
    zh="{rows}行里有{n}行与别的行完全相同。请核对导出是否重复;重复的行都已保留,人不会因此变多。",
    en="{n} of {rows} rows are exact repeats of another row. Check whether the export ran twice; all rows were kept, and nobody becomes two people by it.",
)


def notices(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    number: int,
    repairs: Mapping[str, int],
    refused: Mapping[str, int],
    rows: int,
) -> Iterator[Text]:
    """Yield a sentence for each fault that most rows of a delivery share; `repairs` and `refused` count rows by code."""
    if rows < LEAST_ROWS:
        return
    found = (
        (_ELSEWHERE, repairs.get("address:place_unknown", 0)),
        (_SHIFTED, refused.get("columns_shifted", 0)),
        (_REPEATED, _repeats(con, kind, number)),
    )
    yield from (said.filled(rows=rows, n=n) for said, n in found if n > MOST * rows)


def _repeats(con: duckdb.DuckDBPyConnection, kind: str, number: int) -> int:
    """Count the rows that say nothing another row does not say: equal in every column but their number in the list."""
    columns = ", ".join(f'"{name}"' for name in kind_of(kind).fields if name != "seq")
    ((n,),) = con.execute(
        f"SELECT count(*) - count(DISTINCT hash({columns})) FROM rows_{kind} WHERE roster_id = {number}"
    ).fetchall()
    return int(n)
