"""`jiandi link FILES...`: who is whom in a few files, without database, service or log-in."""

from __future__ import annotations

import argparse
import codecs
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from jiandi.commands import modelfiles
from jiandi.commands.engines import add_engine, engaged
from jiandi.commands.speaking import add_common, language_of, show
from jiandi.core.linkage import Linked, Settings, card_figures, card_lines, link_tables, make_card
from jiandi.core.linkage.headings import FIELDS
from jiandi.core.linkage.tables import FORMULA
from jiandi.core.values import Refused, Text

CHUNK = 1 << 22
COUNTY = "--authoris"


def is_for_files(argv: list[str]) -> bool:
    """Tell whether a command line asks for files to be linked, so that the service need not be started."""
    return argv[:1] == ["link"] and not any(word.startswith(COUNTY) for word in argv)


def add_commands(commands: Any) -> None:
    """Add the command in its form without the service."""
    add_link(commands).set_defaults(run=run)


def add_link(commands: Any) -> argparse.ArgumentParser:
    """Add `link` with the options of both its forms, and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "link",
        help="比对:给文件则比对这些文件;不给则归并本县登记册(数据专员)· link: these files, or else the county's register (steward)",
    )
    parser.add_argument("files", type=Path, nargs="*", help="CSV(UTF-8/GB18030)或 Parquet · CSV or Parquet")
    of_files = parser.add_argument_group(
        "FILES", "比对文件,不用数据库和登录 · files: neither database nor log-in"
    )
    _add_options_of_files(of_files)
    _add_results(of_files)
    add_engine(of_files)
    of_county = parser.add_argument_group("COUNTY", "归并本县登记册 · the county's register")
    of_county.add_argument("--authorisation", help="比对授权书编号 · number of the written authorisation")
    of_county.add_argument(
        "--anew",
        action="store_true",
        help="全部重新比对,并重新统计姓名多常见(默认只比对有变化的)· compare everything again and count anew how common names are (otherwise only what changed)",
    )
    add_common(parser)
    return parser


def _add_options_of_files(of_files: Any) -> None:
    of_files.add_argument(
        "--profile", choices=list(FIELDS), default="cn-resident",
        help="cn-resident:中国居民;generic:名、姓、生日、地址 · generic: first and last name, birth date, address",
    )  # fmt: skip
    of_files.add_argument(
        "--map", dest="columns", action="append", default=[], type=_pair, metavar="FIELD=COLUMN",
        help="哪一栏是什么,可写多次 · which column holds a field; repeat it: " + ", ".join(dict.fromkeys(sum(FIELDS.values(), ()))),
    )  # fmt: skip
    of_files.add_argument(
        "--id",
        metavar="COLUMN",
        help="行的编号栏(默认用行号)· the column that names the rows (default: the row's number)",
    )
    of_files.add_argument(
        "--authority", type=Path, metavar="FILE",
        help="其中每人只有一行、号码以它为准的文件,如户籍 · the file that names nobody twice and whose numbers are believed first",
    )  # fmt: skip
    of_files.add_argument(
        "--reference", type=date.fromisoformat, help="年龄截至日(默认今天)· the day ages count from (today)"
    )
    of_files.add_argument(
        "--month-first",
        action="store_true",
        help="03/04/1980 读作3月4日 · read 03/04/1980 as the 4th of March",
    )


def _add_results(of_files: Any) -> None:
    of_files.add_argument(
        "--decisions",
        type=Path,
        metavar="FILE",
        help="人工决定,改自 --review 的结果,加 verdict 栏(same/not_same/unsure)· people's decisions: the --review file with a column verdict",
    )
    of_files.add_argument(
        "--out", type=Path, metavar="FILE", help="结果:source,row_id,person_id…(.parquet 或 .csv)· the result"
    )
    of_files.add_argument(
        "--review",
        type=Path,
        metavar="FILE",
        help="需要人看的对(.parquet 或 .csv)· the pairs a person should look at",
    )
    of_files.add_argument(
        "--sample",
        type=int,
        default=0,
        metavar="N",
        help="抽N条自动合并放进 --review 请人核实;核实后交回 --decisions 就打印错误率和精确区间 · put N automatic joins drawn by lot into the "
        "--review file; given back with verdicts, the measured error and its exact interval are printed",
    )
    of_files.add_argument("--seed", type=int, default=1, help="抽签的种子 · the lottery's seed")
    of_files.add_argument(
        "--model", type=Path, metavar="FILE",
        help="用这个模型打分(--learn 写出的文件)· score with this model, as --learn wrote it",
    )  # fmt: skip
    of_files.add_argument(
        "--learn", type=Path, metavar="FILE",
        help="从这些行学一个模型,用它比对,并写到此文件 · learn a model from these rows, link with it, and write it here",
    )  # fmt: skip
    of_files.add_argument(
        "--memory",
        default="4GB",
        help="内存上限,超出用临时盘 · memory limit; beyond it the disk is used (4GB)",
    )


def _pair(text: str) -> tuple[str, str]:
    field, sign, column = text.partition("=")
    if not (field and sign and column):
        raise argparse.ArgumentTypeError(f"{text!r}: FIELD=COLUMN, 如 · for example name=姓名")
    return field.strip(), column.strip()


def run(arguments: argparse.Namespace) -> int:
    """Link the files; write the result whole or not at all."""
    if not arguments.files:
        raise Refused("link.no_files", _NO_FILES)
    if arguments.out is None:
        raise Refused("link.no_out", _NO_OUT)
    model = modelfiles.asked_for(arguments)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jiandi-link-") as folder:
        scratch = Path(folder)
        named = _named(arguments.files)
        tables = {name: readable(path, scratch) for name, path in named.items()}
        con = duckdb.connect(str(scratch / "work.duckdb"))
        con.execute("set memory_limit = ?", [arguments.memory])
        con.execute("set temp_directory = ?", [str(scratch)])
        with engaged(arguments, scratch) as chosen:
            linked = link_tables(
                tables, profile=arguments.profile, columns=dict(arguments.columns), id_column=arguments.id,
                authority=_called(arguments.authority, named), day_first=not arguments.month_first,
                reference_on=arguments.reference or datetime.fromtimestamp(time.time(), tz=UTC).date(),
                decisions=readable(arguments.decisions, scratch) if arguments.decisions else None,
                sample=arguments.sample, seed=arguments.seed, settings=Settings(model=model), con=con, engine=chosen.engine,
                learn=arguments.learn is not None,
                plain_ids=any(_is_csv(path) for path in (arguments.out, arguments.review) if path),
            )  # fmt: skip
        language = language_of(arguments)
        _write(linked, "clusters", arguments.out, language)
        if arguments.review:
            _write(linked, "doubts", arguments.review, language)
        if arguments.learn:
            with _whole(arguments.learn) as part:
                modelfiles.write(linked.model, part)
        con.close()
    _tell(arguments, linked, chosen.named, time.monotonic() - started)
    return 0


def _named(files: list[Path]) -> dict[str, Path]:
    """Return the files by their names without folder; two of one name are told apart by their folder."""
    names = [path.name for path in files]
    called = {path.name if names.count(path.name) == 1 else str(path): path for path in files}
    if len(called) < len(files):
        raise Refused("link.file_twice", _FILE_TWICE)
    return called


def _called(authority: Path | None, named: dict[str, Path]) -> str | None:
    if authority is None:
        return None
    return next(
        (name for name, path in named.items() if path == authority or name == str(authority)), str(authority)
    )


def readable(path: Path, scratch: Path) -> Path:
    """Return a file DuckDB can read: itself, or a copy in UTF-8; refuses what is neither CSV nor Parquet, in words."""
    if path.suffix.lower() in (".xlsx", ".xls", ".et"):
        raise Refused("link.spreadsheet", _SPREADSHEET.filled(file=path))
    try:
        with path.open("rb") as opened:
            first = opened.read(4)
        if first == b"PAR1":
            return path
        if not path.stat().st_size:
            raise Refused("link.empty", _EMPTY.filled(file=path))
        for encoding in _encodings(first):
            if copy := _in_utf8(path, encoding, scratch):
                return copy
    except OSError as error:
        raise Refused("file.unreadable", _UNREADABLE.filled(file=path, why=error.strerror or "")) from error
    raise Refused("link.encoding", _ENCODING.filled(file=path))


def _encodings(first: bytes) -> tuple[str, ...]:
    return ("utf-16",) if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else ("utf-8", "gb18030")


def _in_utf8(path: Path, encoding: str, scratch: Path) -> Path | None:
    """Return the file read through in one encoding, copied where that is not UTF-8, or None where it is not in it."""
    copy = scratch / f"{len(list(scratch.iterdir()))}-{path.name}.csv"
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as opened, copy.open("w", encoding="utf-8", newline="") as written:
            while chunk := opened.read(CHUNK):
                text = decoder.decode(chunk)
                if "\0" in text:
                    return None
                if encoding != "utf-8":
                    written.write(text)
            written.write(decoder.decode(b"", final=True) if encoding != "utf-8" else "")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return path if encoding == "utf-8" else copy


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a name beside the wanted file and put the file in its place when it is complete."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        os.replace(part, path)
    except (duckdb.Error, OSError) as error:
        raise Refused(
            "link.unwritable", _UNWRITABLE.filled(file=path, why=str(error).splitlines()[0])
        ) from error
    finally:
        if part.exists():
            part.unlink()


def _write(linked: Linked, table: str, path: Path, language: str) -> None:
    """Write a table of the result as Parquet or CSV by the file's ending, `detail` in the reader's language.

    A CSV is opened in spreadsheets: text that would be run as a formula gets a ' before it. Ids are never touched, because they lead
    back to the rows; one that would be run refuses the whole before it is linked (`plain_ids`).
    """
    left_out = "detail_zh, detail_en" + (", row_no" if table == "clusters" else "")
    order = "order by row_no" if table == "clusters" else ""
    form = "csv, header" if _is_csv(path) else "parquet"
    said = f"detail_{language}"
    if _is_csv(path):
        said = f"case when regexp_matches({said}, '{FORMULA}') then chr(39) || {said} else {said} end"
    with _whole(path) as part:
        linked.con.execute(
            f"copy (select * exclude ({left_out}), {said} as detail from {table} {order}) to '{str(part).replace(chr(39), chr(39) * 2)}' (format {form})"
        )


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _tell(arguments: argparse.Namespace, linked: Linked, engine: dict[str, str], seconds: float) -> None:
    report = linked.report
    figures = {
        "out": str(arguments.out),
        "review": str(arguments.review) if arguments.review else None,
        "columns": linked.columns,
        **engine,
        "seconds": round(seconds, 1),
        **report,
    }
    language = language_of(arguments)
    card = make_card(linked.model) if linked.model and (arguments.learn or arguments.model) else None
    figures["model"] = card_figures(card) if card else None
    lines = [
        f"{name}: " + ", ".join(f"{field} = {column}" for field, column in used.items())
        for name, used in linked.columns.items()
    ]
    lines.append(
        _DONE.filled(
            rows=f"{report['records']:,}",
            people=f"{report['people']:,}",
            reviews=f"{report['reviews']:,}",
            seconds=f"{seconds:.1f}",
        ).say(language)
    )
    if engine["engine"] != "duckdb":
        lines.append(_ENGINE.filled(**engine).say(language))
    if card and arguments.learn:
        lines += ["", *card_lines(card, language)]
    if error := report.get("sampled"):
        said = {end: f"{error[end]:.2%}" for end in ("value", "low", "high")}
        lines.append(_ERROR.filled(checked=error["checked"], wrong=error["wrong"], **said).say(language))
    show(arguments, figures, lines)


_ENGINE = Text(
    zh="由 {engine} {engine_version}({master})比对。", en="Linked by {engine} {engine_version} ({master})."
)
_NO_FILES = Text(
    zh="请给出要比对的文件:jiandi link 甲.csv 乙.csv --out 结果.parquet;或用 --authorisation 归并本县登记册。",
    en="Name the files to link: jiandi link a.csv b.csv --out result.parquet; or give --authorisation to link the county's register.",
)
_NO_OUT = Text(
    zh="请用 --out 文件名 说明结果写到哪里(.parquet 或 .csv)。",
    en="Say with --out where the result goes (.parquet or .csv).",
)
_FILE_TWICE = Text(zh="同一个文件给了两次。", en="A file was named twice.")
_SPREADSHEET = Text(
    zh="{file} 是电子表格。请在其中另存为CSV(UTF-8)再比对。",
    en="{file} is a spreadsheet. Save it as CSV (UTF-8) and link that.",
)
_EMPTY = Text(zh="{file} 是空文件。", en="{file} is empty.")
_UNREADABLE = Text(
    zh="读不到文件 {file}({why})。请检查路径。",
    en="The file {file} cannot be read ({why}). Check the path.",
)
_ENCODING = Text(
    zh="{file} 不是UTF-8、UTF-16或GB18030的文字。请另存为CSV(UTF-8)。",
    en="{file} is not text in UTF-8, UTF-16 or GB18030. Save it as CSV (UTF-8).",
)
_UNWRITABLE = Text(zh="写不到 {file}({why})。", en="{file} cannot be written ({why}).")
_ERROR = Text(
    zh="抽查自动合并{checked}条,错{wrong}条:错误率{value},95%精确区间{low}至{high}。",
    en="{checked} automatic joins were checked, {wrong} were wrong: {value}, exact 95 % interval {low} to {high}.",
)
_DONE = Text(
    zh="{rows}行,{people}人;{reviews}对需要人看;{seconds}秒。",
    en="{rows} rows, {people} people; {reviews} pairs for a person to look at; {seconds} s.",
)
