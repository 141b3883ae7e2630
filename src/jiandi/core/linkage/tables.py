"""The library's front door: tables of people in, who is whom out. No service, no database, no Chinese columns needed.

from jiandi.core.linkage import link_tables
linked = link_tables({"clinic": "clinic.csv", "school": arrow_table}, profile="generic")
linked.clusters()   # pyarrow.Table: source, row_id, person_id, how, match_weight, detail_zh, detail_en
linked.pairs()      # pyarrow.Table of pairs that a person should look at
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa

from jiandi.core.identity.number_sql import text_literal
from jiandi.core.linkage.clean import clean
from jiandi.core.linkage.generic import FIELDS as GENERIC_FIELDS
from jiandi.core.linkage.generic import clean_generic, link_generic
from jiandi.core.linkage.headings import FIELDS, check_told, find_columns
from jiandi.core.linkage.link import link
from jiandi.core.linkage.sampling import draw_joins, measured_error
from jiandi.core.linkage.settings import Settings
from jiandi.core.linkage.train import FEWEST_LABELS, count_labels, train
from jiandi.core.linkage.wording import REVIEWS
from jiandi.core.values import Refused, Text

Source: TypeAlias = "str | Path | pa.Table | pa.RecordBatchReader | duckdb.DuckDBPyRelation"
Progress = Callable[[str], None]
Engine = Callable[..., dict[str, Any]]  # cleans and links as `spark.run.link_on_spark` does
FORMULA = r"^[=+\-@\t\r]"  # what a spreadsheet takes for a formula when a cell begins with it
ROWS_OF_A_TABLE = 1 << 36  # record id = number of the table x this + row
_TOWN = "regexp_extract(a, '([^省市县区旗镇乡街道]{1,8}(?:镇|乡|街道))', 1)"
_VILLAGE = "regexp_extract(a, '(?:镇|乡|街道)([^镇乡街道]{1,10}?(?:村|社区|居委会|嘎查))', 1)"


@dataclass(frozen=True)
class Linked:
    """What a linkage left in `con`: the tables `clusters` and `doubts`, the columns it used, its counts, its model."""

    con: duckdb.DuckDBPyConnection
    columns: Mapping[str, Mapping[str, str]]
    report: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] | None = None  # what pairs were scored by, where it was not the shipped one

    def clusters(self) -> pa.Table:
        """Return source, row_id, person_id, how, match_weight, detail_zh, detail_en: one line for every row."""
        return self.con.sql("select * from clusters order by row_no").to_arrow_table().drop(["row_no"])

    def pairs(self) -> pa.Table:
        """Return the pairs to look at: source_a, row_a, source_b, row_b, reason, match_weight, margin, details."""
        return self.con.sql("select * from doubts").to_arrow_table()


def link_tables(
    tables: Mapping[str, Source],
    *,
    profile: str = "cn-resident",
    columns: Mapping[str, str] | None = None,
    id_column: str | None = None,
    authority: str | None = None,
    reference_on: dt.date | None = None,
    day_first: bool = True,
    decisions: Source | None = None,
    sample: int = 0,
    seed: int = 1,
    settings: Settings | None = None,
    plain_ids: bool = False,
    con: duckdb.DuckDBPyConnection | None = None,
    engine: Engine | None = None,
    learn: bool = False,
    progress: Progress = lambda stage: None,
) -> Linked:
    """Say which rows of these tables are the same person; a doubtful pair is listed, never joined.

    tables: {name: CSV or Parquet path, Arrow table, or DuckDB relation}; CSV in UTF-8. profile: cn-resident (name, identity
    number, birth, sex, village ...) or generic (first and last name, birth date, address ...). columns: {field: heading} where
    headings do not say it. id_column: what a row is called in the output (else its number, from 1). authority: the table that
    names nobody twice and whose identity numbers are believed first. reference_on: the day ages count from (cn-resident; rows
    dated later are refused). decisions: a table source_a, row_a, source_b, row_b, verdict (same, not_same, unsure) that
    stands above every score. sample: how many automatic joins to draw by lot (seed) into the pairs, with the reason `sampled`; when
    they come back as decisions with their reason, report["sampled"] holds the measured error and its exact interval. engine: who
    cleans and links in place of DuckDB (cn-resident alone; see `jiandi.core.linkage.spark`). plain_ids: refuse ids that a
    spreadsheet would run as a formula, for results that go into one. learn: learn a model from these rows first (`Linked.model`).
    Raises Refused where a table cannot be used. Equal tables give equal results.
    """
    _check_asked(profile, authority, list(tables), engine)
    con = con or duckdb.connect()
    headers, found = _look_at(con, tables, profile, dict(columns or {}))
    progress("read")
    _read_rows(con, profile, found, headers, id_column, authority)
    _check_ids(con, list(tables), id_column)
    if plain_ids:
        _check_plain(con, list(tables))
    judged = _load_decisions(con, list(tables), decisions)
    run = _Run(con, judged, settings or Settings(), progress)
    if profile == "generic":
        report, model = _run_generic(run, day_first)
    else:
        report, model = _run_resident(run, reference_on, engine, learn)
    if judged:
        report |= {"sampled": _measure(con, len(tables))}
    _name_results(con, list(tables), sample, seed)
    return Linked(con, found, report, model)


def _look_at(
    con: duckdb.DuckDBPyConnection, tables: Mapping[str, Source], profile: str, told: Mapping[str, str]
) -> tuple[dict[str, list[str]], dict[str, Mapping[str, str]]]:
    """Open each table; return its headings and which of them holds which field."""
    headers = {name: _open(con, at, name, source) for at, (name, source) in enumerate(tables.items())}
    check_told(told, profile, headers)
    return headers, {
        name: find_columns(listed, profile, told, table=name) for name, listed in headers.items()
    }


def _check_asked(profile: str, authority: str | None, tables: list[str], engine: Engine | None) -> None:
    if profile not in FIELDS:
        raise Refused("link.unknown_profile", _PROFILE.filled(profile=profile, known=" ".join(FIELDS)))
    if authority is not None and authority not in tables:
        raise Refused("link.unknown_table", _TABLE.filled(table=authority, known=", ".join(tables)))
    if engine is not None:
        check_engine(profile)


def check_engine(profile: str) -> None:
    """Refuse a profile that only DuckDB links."""
    if profile != "cn-resident":
        raise Refused("link.engine_profile", _ENGINE.filled(profile=profile))


def _open(con: duckdb.DuckDBPyConnection, at: int, name: str, source: Source) -> list[str]:
    """Create the view lt_source_<at> over a table and return its headings; refuses what cannot be read or holds nothing."""
    view = f"lt_source_{at}"
    if isinstance(source, duckdb.DuckDBPyRelation):
        source = source.to_arrow_table()
    if isinstance(source, pa.RecordBatchReader):
        source = source.read_all()
    try:
        if isinstance(source, pa.Table):
            con.register(f"{view}_arrow", source)
            con.execute(f"create or replace temp view {view} as select * from {view}_arrow")
        else:
            con.execute(f"create or replace temp view {view} as select * from {_reader(str(source))}")
        headers = [str(row[0]) for row in con.execute(f"describe {view}").fetchall()]
        empty = not con.execute(f"select 1 from {view} limit 1").fetchall()
    except duckdb.Error as error:
        raise Refused("link.unreadable", _UNREADABLE.filled(table=name, why=_first_line(error))) from error
    if empty:
        raise Refused("link.empty", _EMPTY.filled(table=name))
    return headers


def _reader(path: str) -> str:
    path = "".join(
        f"[{char}]" if char in "*?[" else char for char in path
    )  # a name, never a pattern of names
    if path.lower().endswith((".parquet", ".pq")):
        return f"read_parquet({text_literal(path)})"
    return f"read_csv({text_literal(path)}, all_varchar = true, header = true, null_padding = true, sample_size = 20000)"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]


def _cell(columns: Mapping[str, str], name: str) -> str:
    if name not in columns:
        return f"null::varchar as {name}"
    return f"""nullif(trim("{columns[name].replace('"', '""')}"::varchar), '') as {name}"""


def _read_rows(
    con: duckdb.DuckDBPyConnection,
    profile: str,
    found: Mapping[str, Mapping[str, str]],
    headers: Mapping[str, Sequence[str]],
    id_column: str | None,
    authority: str | None,
) -> None:
    """Create lt_rows: table_no, row_no, row_id and the profile's fields as text."""
    parts = []
    for at, (name, columns) in enumerate(found.items()):
        if id_column is not None and id_column not in headers[name]:
            there = ", ".join(headers[name][:20])
            raise Refused("link.missing_column", _NO_ID.filled(column=id_column, table=name, there=there))
        cells = ", ".join(_cell(columns, one) for one in FIELDS[profile])
        row_id = f'''"{id_column.replace('"', '""')}"::varchar''' if id_column else "null::varchar"
        parts.append(
            f"select {at} as table_no, row_number() over () as row_no, {row_id} as given_id,"
            f" {str(name == authority).lower()} as is_authority, {cells} from lt_source_{at}"
        )
    try:
        con.execute(f"""create or replace temp table lt_rows as
          select (table_no::bigint + 1) * {ROWS_OF_A_TABLE} + row_no as record_id, coalesce(given_id, row_no::varchar) as row_id, *
          from ({" union all ".join(parts)})""")
    except duckdb.Error as error:
        names = ", ".join(found)
        raise Refused("link.unreadable", _UNREADABLE.filled(table=names, why=_first_line(error))) from error


def _check_ids(con: duckdb.DuckDBPyConnection, names: list[str], id_column: str | None) -> None:
    if id_column is None:
        return
    twice = con.execute("""select table_no, row_id, count(*) from lt_rows group by table_no, row_id having count(*) > 1
      order by count(*) desc, table_no, row_id limit 1""").fetchall()
    if twice:
        at, row_id, count = twice[0]
        raise Refused(
            "link.id_not_unique", _TWICE.filled(column=id_column, table=names[at], row=row_id, count=count)
        )


def _check_plain(con: duckdb.DuckDBPyConnection, names: list[str]) -> None:
    """Refuse what names rows where a spreadsheet would take it for a formula: it could be quoted only by changing the id."""
    runs = f"regexp_matches(one, {text_literal(FORMULA)}) and not regexp_matches(one, '^[+-]?[0-9.,]+$')"
    found = con.execute(f"""select source, one from (select source, unnest([source, row_id]) as one
      from lt_rows join {_named(names)} using (table_no)) where {runs} order by all limit 1""").fetchall()
    if found:
        raise Refused("link.formula", _FORMULA.filled(table=found[0][0], id=found[0][1][:60]))


def _named(names: list[str]) -> str:
    """Return SQL for the tables' names by their numbers."""
    return f"(values {', '.join(f'({at}, {text_literal(name)})' for at, name in enumerate(names))}) n(table_no, source)"


def _load_decisions(con: duckdb.DuckDBPyConnection, names: list[str], decisions: Source | None) -> str | None:
    if decisions is None:
        return None
    headers = _open(con, len(names), "decisions", decisions)
    needed = ("source_a", "row_a", "source_b", "row_b", "verdict")
    if missing := [column for column in needed if column not in headers]:
        raise Refused("link.decisions", _DECISIONS.filled(missing=" ".join(missing), needed=" ".join(needed)))
    named = _named(names)
    con.execute(f"""create or replace temp table lt_decisions as
      with known as (select source, row_id, record_id from lt_rows join {named} using (table_no))
      select a.record_id as record_a, b.record_id as record_b, verdict from lt_source_{len(names)} d
      join known a on a.source = source_a and a.row_id = row_a::varchar
      join known b on b.source = source_b and b.row_id = row_b::varchar
      where verdict in ('same', 'not_same', 'unsure')""")
    return "lt_decisions"


@dataclass(frozen=True)
class _Run:
    """Where the rows are, the table of people's decisions, the thresholds, and whom to tell of each stage."""

    con: duckdb.DuckDBPyConnection
    judged: str | None
    settings: Settings
    progress: Progress


def _run_generic(run: _Run, day_first: bool) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    con = run.con
    told: list[Mapping[str, Any]] = []
    run.progress("clean")
    con.execute(f"""create or replace temp view lt_raw as select record_id, table_no::bigint as roster_id,
      is_authority as duplicate_free, {", ".join(GENERIC_FIELDS)} from lt_rows""")
    clean_generic(con, raw="lt_raw", into="lt_records", day_first=day_first)
    report = link_generic(
        con, records="lt_records", decisions=run.judged, settings=run.settings, assignments="lt_assigned",
        reviews="lt_reviews", told=told.append, progress=run.progress,
    )  # fmt: skip
    return report, told[0]


def _run_resident(
    run: _Run, reference_on: dt.date | None, engine: Engine | None, learn: bool
) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    con, settings = run.con, run.settings
    run.progress("clean")
    _resident_rows(con, reference_on)
    if engine is not None:
        report = engine(
            con, raw="lt_raw", decisions=run.judged, settings=settings, assignments="lt_assigned", reviews="lt_reviews",
            progress=run.progress,
        )  # fmt: skip
        return report, settings.model
    repairs = clean(con, raw="lt_raw", into="lt_records")
    if learn:
        settings = replace(settings, model=_learnt(con))
    result = link(
        con, records="lt_records", decisions=run.judged, settings=settings, assignments="lt_assigned",
        reviews="lt_reviews", progress=run.progress,
    )  # fmt: skip
    return result.report | {"repairs": repairs}, settings.model


def _learnt(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    model = train(con, records="lt_records")
    if model is None:
        labels = count_labels(con, "lt_records")
        raise Refused(
            "link.few_labels", _FEW_LABELS.filled(labels=f"{labels:,}", fewest=f"{FEWEST_LABELS:,}")
        )
    return model


def _resident_rows(con: duckdb.DuckDBPyConnection, reference_on: dt.date | None) -> None:
    """Create the view lt_raw in the form `clean` reads; places are compared by their names, taken from the address if need be."""
    day = f"date '{reference_on.isoformat()}'" if reference_on else "date '2100-01-01'"
    con.execute(f"""create or replace temp view lt_raw as
      select record_id, record_id as row_id, table_no::bigint + 1 as roster_id, case when is_authority then 'hukou' else 'table' end as kind,
        0::tinyint as role, name, id_number, birth, sex, age, phone,
        case when v is not null then (hash(coalesce(t, ''), v) >> 2)::bigint end as village, (hash(t) >> 2)::bigint as town,
        address, household_no, {day} as reference_on
      from (select *, coalesce(town, nullif({_TOWN}, '')) as t, coalesce(village, nullif({_VILLAGE}, '')) as v
            from (select *, replace(address, ' ', '') as a from lt_rows))""")


def _measure(con: duckdb.DuckDBPyConnection, at: int) -> dict[str, Any] | None:
    """Return the error measured by the sampled joins among the decisions, or None where there are none."""
    columns = [row[0] for row in con.execute(f"describe lt_source_{at}").fetchall()]
    if "reason" not in columns:
        return None
    checked, wrong = (
        con.execute(f"""select count(*), count(*) filter (verdict is distinct from 'same') from lt_source_{at}
      where reason = 'sampled'""").fetchall()[0]
    )
    return measured_error(int(checked), int(wrong)) if checked else None


def _draw(con: duckdb.DuckDBPyConnection, size: int, seed: int) -> None:
    draw_joins(con, assignments="lt_assigned", size=size, seed=seed, into="lt_drawn")
    said = {
        language: f"{text_literal(REVIEWS['sampled'].say(language))} || ': ' || detail_{language} as detail_{language}"
        for language in ("zh", "en")
    }
    con.execute(f"""insert into lt_reviews by name
      select record_id, entity as candidate, 'sampled' as reason, match_weight, {said["zh"]}, {said["en"]} from lt_drawn""")
    con.execute("drop table lt_drawn")


def _name_results(con: duckdb.DuckDBPyConnection, names: list[str], sample: int, seed: int) -> None:
    """Create `clusters` and `doubts`: the results under the names of tables and rows, joins drawn by lot among the doubts."""
    if sample:
        _draw(con, sample, seed)
    named = _named(names)
    con.execute(f"""create or replace temp view lt_called as
      select record_id, source, row_id from lt_rows join {named} using (table_no)""")
    con.execute("""create or replace table clusters as
      select c.source, c.row_id, p.source || '/' || p.row_id as person_id, how, match_weight, detail_zh, detail_en, a.record_id as row_no
      from lt_assigned a join lt_called c using (record_id) join lt_called p on p.record_id = a.entity""")
    con.execute("""create or replace table doubts as
      select a.source as source_a, a.row_id as row_a, b.source as source_b, b.row_id as row_b, reason, match_weight, margin,
        detail_zh, detail_en
      from lt_reviews r join lt_called a using (record_id) join lt_called b on b.record_id = r.candidate
      order by match_weight desc nulls last, a.record_id""")
    con.execute("drop table lt_assigned; drop table lt_reviews; drop table if exists lt_records")


_ENGINE = Text(
    zh="Spark 目前只做 cn-resident 方案;{profile} 方案请去掉 --engine spark,用 DuckDB 在本机比对。",
    en="Spark links the profile cn-resident alone; for {profile} leave out --engine spark and link on this machine with DuckDB.",
)
_PROFILE = Text(
    zh="没有名为“{profile}”的方案,可用:{known}。", en="There is no profile {profile}; there are: {known}."
)
_TABLE = Text(zh="没有名为“{table}”的表,有:{known}。", en="There is no table {table}; there are: {known}.")
_UNREADABLE = Text(
    zh="“{table}”读不出来({why})。请给UTF-8或GB18030的CSV,或Parquet。",
    en="{table} cannot be read ({why}). Give CSV in UTF-8 or GB18030, or Parquet.",
)
_EMPTY = Text(zh="“{table}”里一行也没有。", en="{table} has no rows.")
_NO_ID = Text(
    zh="“{table}”里没有名为“{column}”的编号栏。它的栏目:{there}。",
    en="{table} has no column {column} to call its rows by. Its columns: {there}.",
)
_TWICE = Text(
    zh="“{table}”的“{column}”栏不能作编号:“{row}”出现{count}次。请换一栏,或不用 --id(按行号)。",
    en="Column {column} of {table} cannot name its rows: “{row}” stands {count} times. Choose another, or leave --id out (row numbers).",
)
_FORMULA = Text(
    zh="“{table}”里有行的编号是“{id}”,电子表格会把它当公式运行,而编号不能改动。请结果写成.parquet,或用--id换一栏作编号,或不用--id(按行号)。",
    en="A row of {table} is named “{id}”: a spreadsheet would run it as a formula, and an id must not be changed. Write the result as .parquet, or name the rows by another column with --id, or by their numbers without it.",
)
_FEW_LABELS = Text(
    zh="这些表里号码相同且有效的行(在不同的表中)只有{labels}对可学,至少要{fewest}对。随附的模型更好:请去掉 --learn。",
    en="These tables hold {labels} pairs of rows, from different tables, with one valid number to learn from; it takes {fewest}. The shipped model is better: leave --learn out.",
)
_DECISIONS = Text(
    zh="人工决定的文件缺少:{missing}。需要:{needed}。",
    en="The file of decisions lacks {missing}. It needs: {needed}.",
)
