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
_WORDS = Text(
    zh="「{zh}」里有代码表中没有的词,原样保留:{words}。是本县的叫法时,请管理员写进代码词表(codes.toml),再报一次就会认得。",
    en="“{en}” holds words that are in no code table, kept as written: {words}. If they are what your county says, have the administrator add them to codes.toml; delivered again they will be known.",
)
LEAST_TIMES, MOST_WORDS, LONGEST = (
    3,
    12,
    8,
)  # a word many rows share is a department's; a rare or long one may be about a person


def notices(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    number: int,
    repairs: Mapping[str, int],
    refused: Mapping[str, int],
    rows: int,
) -> Iterator[Text]:
    """Yield a sentence for each fault that most rows of a delivery share; `repairs` and `refused` count rows by code."""
    yield from _unknown_words(con, kind, number, repairs)
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


def _unknown_words(
    con: duckdb.DuckDBPyConnection, kind: str, number: int, repairs: Mapping[str, int]
) -> Iterator[Text]:
    """Yield a sentence for each code column with words that are in no table, the commonest first."""
    for name, field in kind_of(kind).fields.items():
        if repairs.get(f"{name}:unknown_code", 0) < LEAST_TIMES:
            continue
        words = con.execute(f"""SELECT "{name}", count(*) FROM rows_{kind} JOIN row_outcomes USING (row_id, roster_id)
            WHERE roster_id = {number} AND contains(' ' || repairs || ' ', ' {name}:unknown_code ') AND length("{name}") <= {LONGEST}
                AND NOT regexp_matches("{name}", '[0-9]{{3}}')
            GROUP BY 1 HAVING count(*) >= {LEAST_TIMES} ORDER BY 2 DESC, 1 LIMIT {MOST_WORDS}""").fetchall()
        if words:
            said = "、".join(f"{word}({n})" for word, n in words)
            yield _WORDS.filled(zh=field.title.zh, en=field.title.en, words=said)
