"""Rosters as departments export them, of any length, for `deliveries.py`: everybody and every place in them is invented.

Rows are made by DuckDB from numbers alone, so the same call writes the same file. A share of the rows has what real ones have: wrong
check digits, full-width digits, fifteen-digit and scientific numbers, dates in six spellings, spaces in names, cells slid to the right,
no name at all.
"""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb

from jiandi.core.identity.number_sql import check_sql
from jiandi.world.names import SURNAMES

COUNTY = 990101000000
_TOWNS = [
    "东河",
    "西岭",
    "南塘",
    "北坡",
    "白石",
    "青山",
    "长岗",
    "沙湾",
    "新桥",
    "双井",
    "龙泉",
    "马店",
    "杏林",
    "古渡",
    "高坪",
    "平川",
    "竹溪",
    "松原",
    "石门",
    "花园",
]
_VILLAGES = [
    "上湾",
    "下湾",
    "大塘",
    "小河",
    "前进",
    "后坪",
    "高坎",
    "新建",
    "老街",
    "茶园",
    "瓦窑",
    "水磨",
    "柏杨",
    "黄泥",
    "金竹",
]
_MEN = "建军国华志强伟勇平明东红兵新胜利文忠学德安荣成立永光辉海江山林生有根保全银金龙树春浩宇轩子博俊杰涵睿"
_WOMEN = "秀芳丽英玲梅兰霞燕萍敏桂珍淑凤春娟艳爱琴云荣小玉美香莲菊翠银平群素会彩利巧改花娜雪倩文颖丹莹洁欣怡"

HEADINGS = {
    "hukou": ["户号", "姓名", "性别", "出生日期", "公民身份号码", "与户主关系", "民族", "户别", "户籍地址", "婚姻状况", "联系电话", "落户日期"],
    "dibao": ["序号", "户主", "姓名", "身份证号", "性别", "与户主关系", "保障类别", "月保障金额", "起始月", "家庭住址", "联系电话", "开户人", "开户人身份证号", "备注"],
    "left_behind": ["序号", "身份类别", "组别", "姓名", "性别", "年龄", "联系电话", "家庭住址", "备注"],
}  # fmt: skip
TITLES = {
    "hukou": "明溪县户籍人口信息表",
    "dibao": "明溪县城乡居民最低生活保障对象花名册",
    "left_behind": "三留守及独居人员花名册",
}
_ORDER = {
    "hukou": "household, name, sex, born, number, relation, '汉族', '家庭户', address, marital, phone, entered",
    "dibao": "i, head, name, number, sex, relation, category, yuan, since, address, phone, holder, holder_number, ''",
    "left_behind": "i, kind, grp, name, sex, age, phone, address, ''",
}


def places() -> list[tuple[int, str, int, int]]:
    """Return towns and villages beside those of the story county: number, name, level (4 town, 5 village), what they lie in."""
    found = []
    for t, town in enumerate(_TOWNS):
        number = COUNTY + (103 + t) * 1000
        found.append((number, f"{town}镇", 4, COUNTY))
        found += [(number + 201 + v, f"{name}村", 5, number) for v, name in enumerate(_VILLAGES)]
    return found


def write(
    path: Path, *, layout: str, form: str, rows: int, bad: float, seed: int, one: bool = False, **more: object
) -> None:
    """Write a roster of so many rows: `form` csv (UTF-8), gbk (GB18030) or xlsx (shared strings, as Excel writes).

    `one` repeats a single row, without a defect; `county`, `slid` and `name_times` spoil every row (see `_spoilt`).
    """
    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.execute("SET memory_limit = '3GB'")
    con.execute(f"SET temp_directory = '{path}.spill'")
    con.execute(f"CREATE TABLE lists AS SELECT {list(SURNAMES)} AS s, {list(_MEN)} AS m, {list(_WOMEN)} AS w, {_TOWNS} AS t, {_VILLAGES} AS v")  # fmt: skip
    con.execute(
        f"CREATE TEMP VIEW roster AS {_spoilt(layout, _roster_sql(layout, rows, 0.0 if one else bad, seed, one), **more)}"
    )
    if form == "xlsx":
        _write_workbook(con, path, layout)
        return
    _write_text(con, path, layout, "gb18030" if form == "gbk" else "utf-8-sig")


def _roster_sql(layout: str, rows: int, bad: float, seed: int, one: bool) -> str:
    cells = [f"({cell.strip()})::VARCHAR" for cell in _ORDER[layout].split(", ")]
    whole = [f"nullif({cell}, '') AS c{n}" for n, cell in enumerate(cells)]
    # Cells slid one to the right, as a stray separator at the start of a line does.
    slid = [
        f"CASE WHEN fault = 11 THEN {f'c{n - 1}' if n else 'NULL'} ELSE c{n} END AS c{n}"
        for n in range(len(cells))
    ]
    return f"SELECT {', '.join(slid)} FROM (SELECT fault, {', '.join(whole)} FROM ({_people_sql(rows, bad, seed, one)}))"  # fmt: skip


def _spoilt(layout: str, roster: str, *, county: str = "", slid: bool = False, name_times: int = 1) -> str:
    """Return SQL for the rows with another county's name, slid one cell to the right, or with each name written many times."""
    cells = {n: f"c{n}" for n in range(len(HEADINGS[layout]))}
    if county:
        cells = {
            n: f"regexp_replace({cell}, '^明溪县..镇..村', '{county}孤岭乡远坪村')"
            for n, cell in cells.items()
        }
    at = HEADINGS[layout].index("姓名")
    if name_times > 1:
        cells[at] = f"repeat(c{at}, {name_times})[1:{name_times}]"
    if slid:
        cells = {n: f"c{n - 1}" if n else "NULL" for n in cells}
    return f"SELECT {', '.join(f'{cell} AS c{n}' for n, cell in cells.items())} FROM ({roster})"


def _dice(salt: int) -> str:
    """Return SQL for a number from 0 up to 1 that depends on the row and the salt alone."""
    return f"(hash(n * 64 + {salt}) % 1000003 / 1000003.0)"


def _people_sql(rows: int, bad: float, seed: int, one: bool) -> str:
    """Return SQL for people with every fact any layout asks for, as it stands in the cells."""
    zipf = f"1 + (3 * pow({len(SURNAMES) / 3 + 1}, {_dice(1)}) - 3)::INTEGER % {len(SURNAMES)}"
    given = f"CASE WHEN man THEN m[1 + floor({len(_MEN)} * pow({{u}}, 1.4))::INTEGER] ELSE w[1 + floor({len(_WOMEN)} * pow({{u}}, 1.4))::INTEGER] END"  # fmt: skip
    second = f"CASE WHEN {_dice(4)} < .16 THEN '' ELSE {given.format(u=_dice(3))} END"
    family = "CASE WHEN n % 3 = 0 THEN '户主' WHEN n % 3 = 1 THEN '配偶' ELSE '子' END"
    born = "date '2026-10-01' - floor(95 * 365.25 * pow({u}, 1.1))::INTEGER"
    return f"""
    WITH base AS (SELECT {f"1 AS i, {seed}" if one else f"i, i + {seed * 10**9}"} AS n FROM range(1, {rows + 1}) r(i)),
    drawn AS (SELECT i, n, {_dice(5)} < .51 AS man, {born.format(u=_dice(6))} AS day, n // 3 AS house,
        CASE WHEN {_dice(7)} < {bad} THEN 1 + (hash(n * 64 + 8) % 15)::INTEGER ELSE 0 END AS fault FROM base),
    named AS (SELECT *, s[{zipf}] || {given.format(u=_dice(2))} || {second} AS whole_name,
        (990101 + hash(n * 64 + 9) % 12)::VARCHAR || strftime(day, '%Y%m%d')
            || lpad((2 * (hash(n * 64 + 10) % 499) + man::INTEGER)::VARCHAR, 3, '0') AS first17,
        t[1 + (hash(house * 64 + 11) % {len(_TOWNS)})::INTEGER] AS town, v[1 + (hash(house * 64 + 12) % {len(_VILLAGES)})::INTEGER] AS village,
        1 + hash(house * 64 + 13) % 20 AS gr, 1 + hash(house * 64 + 14) % 240 AS door FROM drawn, lists),
    numbered AS (SELECT *, first17 || {check_sql("first17::BIGINT")} AS id FROM named),
    spelt AS (SELECT i, fault, man, day, id, whole_name, house, gr, {_written_sql()},
        (13000000000 + hash(n * 64 + 15) % 6999999999)::VARCHAR AS mobile, {family} AS relation,
        CASE WHEN man THEN '男' ELSE '女' END AS sex FROM numbered)
    SELECT *, 'H' || lpad(house::VARCHAR, 9, '0') AS household, CASE WHEN fault = 12 THEN '无电话' WHEN hash(i) % 4 = 0 THEN '' ELSE mobile END AS phone,
        CASE WHEN day > date '2004-10-01' THEN '未婚' ELSE '已婚' END AS marital, strftime(day + 40, '%Y-%m-%d') AS entered,
        whole_name AS head, CASE WHEN i % 3 = 0 THEN 'A' WHEN i % 3 = 1 THEN 'B' ELSE 'C' END AS category, 380 + 10 * (i % 30) AS yuan,
        '20' || (18 + i % 8)::VARCHAR || '-' || lpad((1 + i % 12)::VARCHAR, 2, '0') AS since, whole_name AS holder, id AS holder_number,
        CASE WHEN i % 3 = 0 THEN '留守老人' WHEN i % 3 = 1 THEN '留守儿童' ELSE '留守妇女' END AS kind,
        (['一','二','三','四','五','六','七','八','九','十'])[1 + (gr % 10)::INTEGER] || '组' AS grp, 2026 - year(day) AS age FROM spelt"""


def _written_sql() -> str:
    """Return SQL for name, number, birthday and address as a clerk wrote them; fault 0 is none."""
    wide = "translate({x}, '0123456789', '０１２３４５６７８９')"
    born = "strftime(day, '{f}')"
    return f"""CASE fault WHEN 1 THEN whole_name[1:1] || ' ' || whole_name[2:] WHEN 2 THEN whole_name || '(女)'
            WHEN 13 THEN CASE WHEN i % 4 = 0 THEN '' ELSE '不详' END ELSE whole_name END AS name,
        CASE fault WHEN 3 THEN id[1:17] || CASE id[18:18] WHEN '0' THEN '1' ELSE '0' END WHEN 4 THEN {wide.format(x="id")}
            WHEN 5 THEN CASE WHEN year(day) < 2000 THEN id[1:6] || id[9:17] ELSE lower(id) END WHEN 6 THEN id[1:1] || '.' || id[2:15] || 'E+17'
            WHEN 7 THEN '' WHEN 13 THEN '' WHEN 14 THEN id[1:16] WHEN 15 THEN '''' || id ELSE id END AS number,
        CASE fault WHEN 8 THEN {born.format(f="%Y年%-m月%-d日")} WHEN 9 THEN {born.format(f="%Y.%-m.%-d")} WHEN 10 THEN {wide.format(x=born.format(f="%Y%m%d"))}
            ELSE {born.format(f="%Y-%m-%d")} END AS born,
        CASE fault WHEN 3 THEN village || '村' || gr || '组' WHEN 10 THEN '外省务工' ELSE '明溪县' || town || '镇' || village || '村' || gr || '组' || door || '号' END AS address"""


def _write_text(con: duckdb.DuckDBPyConnection, path: Path, layout: str, encoding: str) -> None:
    plain = path.with_suffix(".plain")
    con.execute(f"COPY roster TO '{plain}' (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', NULLSTR '')")
    width = len(HEADINGS[layout])
    head = [TITLES[layout] + "," * (width - 1), ",".join(HEADINGS[layout])]
    written = codecs.getincrementalencoder(encoding)()
    with plain.open("r", encoding="utf-8", newline="") as rows, path.open("wb") as out:
        out.write(written.encode("\r\n".join(head) + "\r\n"))
        while text := rows.read(1 << 20):
            out.write(written.encode(text))
    plain.unlink()


def _write_workbook(con: duckdb.DuckDBPyConnection, path: Path, layout: str) -> None:
    """Write a workbook by hand: the writers at hand take longer than the reader that is to be timed."""
    width = len(HEADINGS[layout])
    con.execute("CREATE TABLE grid AS SELECT row_number() OVER () + 2 AS row_no, * FROM roster")
    texts = " UNION ".join(f"SELECT c{n} AS text FROM grid" for n in range(width))
    con.execute(
        f"CREATE TABLE strings AS SELECT text, row_number() OVER () - 1 AS no FROM ({texts}) WHERE text <> ''"
    )
    ((known,),) = con.execute("SELECT count(*) FROM strings").fetchall()
    heads = [TITLES[layout], *HEADINGS[layout]]
    cells = " || ".join(f"coalesce('<c r=\"{chr(65 + n)}' || row_no || '\" t=\"s\"><v>' || s{n}.no || '</v></c>', '')" for n in range(width))  # fmt: skip
    joins = " ".join(f"LEFT JOIN strings s{n} ON s{n}.text = c{n}" for n in range(width))
    con.execute(
        f"CREATE TABLE sheet_lines AS SELECT row_no, '<row r=\"' || row_no || '\">' || {cells} || '</row>' AS line FROM grid {joins}"
    )
    top = f'<row r="1"><c r="A1" t="s"><v>{known}</v></c></row><row r="2">'
    top += "".join(f'<c r="{chr(65 + n)}2" t="s"><v>{known + 1 + n}</v></c>' for n in range(width)) + "</row>"
    ((last,),) = con.execute("SELECT max(row_no) FROM grid").fetchall()
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as book:
        _write_frame(book, ns)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<?xml version="1.0" encoding="UTF-8"?><worksheet {ns}><dimension ref="A1:{chr(64 + width)}{last}"/><sheetData>{top}'.encode())  # fmt: skip
            _write_lines(con, "SELECT line FROM sheet_lines ORDER BY row_no", sheet)
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(
                f'<?xml version="1.0" encoding="UTF-8"?><sst {ns} uniqueCount="{known + len(heads)}">'.encode()
            )
            _write_lines(con, "SELECT '<si><t>' || text || '</t></si>' FROM strings ORDER BY no", shared)
            shared.write("".join(f"<si><t>{escape(text)}</t></si>" for text in heads).encode() + b"</sst>")


def _write_lines(con: duckdb.DuckDBPyConnection, query: str, out: object) -> None:
    found = con.execute(query)
    while some := found.fetchmany(50_000):
        out.write("".join(line for (line,) in some).encode())  # type: ignore[attr-defined]


def _write_frame(book: zipfile.ZipFile, ns: str) -> None:
    kind, rel = "application/vnd.openxmlformats-officedocument.spreadsheetml", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"  # fmt: skip
    head, packed = '<?xml version="1.0" encoding="UTF-8"?>', "http://schemas.openxmlformats.org/package/2006"
    types = f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/>'  # fmt: skip
    book.writestr("[Content_Types].xml", f'{head}<Types xmlns="{packed}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{types}</Types>')  # fmt: skip
    book.writestr("_rels/.rels", f'{head}<Relationships xmlns="{packed}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>')  # fmt: skip
    book.writestr("xl/_rels/workbook.xml.rels", f'{head}<Relationships xmlns="{packed}/relationships"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>')  # fmt: skip
    book.writestr("xl/workbook.xml", f'{head}<workbook {ns} xmlns:r="{rel}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>')  # fmt: skip
