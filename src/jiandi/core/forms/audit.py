"""The log a telephone keeps of how a form was filled in (`audit.csv`, ODK XForms client audit logs): never what was answered.

Columns event, node, start, end; with them, where the form asks for it, latitude, longitude, accuracy, old-value,
new-value, user. Times are milliseconds since 1970, counted on from the first, so changing the telephone's clock midway
moves nothing. An accuracy of 0 comes from an app that gives positions, not from satellites (Collect since 1.30).
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jiandi.core.values import Refused, Text

#: The name ODK clients give the file.
FILE_NAME = "audit.csv"
LARGEST_LOG, MOST_ROWS = 2 << 20, 20_000
_NEEDED = ("event", "node", "start", "end")
_LAST_MOMENT = 7_258_118_400_000  # the year 2200
_SCREENS = ("question", "group questions")
#: Fewer screens say nothing about how their times vary.
_LEAST_SCREENS = 5


@dataclass(frozen=True, slots=True)
class AuditLog:
    """How one form was filled in. None where the log cannot say.

    `seconds` is the natural logarithm of the seconds on a screen, averaged, `spread` its standard deviation; `edits` and
    `returns` are shares of the screens (0..1): an answer that stood was changed, a screen seen before was opened again;
    `away` is the share of the time from start to end with no screen of the form open; position as the best one logged.
    """

    screens: int
    seconds: float | None
    spread: float | None
    edits: float | None
    returns: float | None
    jumps: int
    away: float | None
    resumes: int
    errors: int
    lat: float | None
    lon: float | None
    is_mocked: bool


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    event: str
    node: str
    start: int
    end: int | None
    is_edit: bool
    lat: float | None
    lon: float | None
    accuracy_m: float | None


def read_audit(content: bytes) -> AuditLog:
    """Read a log; raises Refused with the line and what is wrong with it, so that a visit can be kept without."""
    text = _text(content)
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True, restkey="")
    try:
        columns = rows.fieldnames or []
        missing = [name for name in _NEEDED if name not in columns]
        if missing or len(set(columns)) != len(columns):
            raise Refused("forms.audit_columns", _COLUMNS.filled(missing=", ".join(missing) or "2×"))
        lines = list(_lines(rows))
    except csv.Error as wrong:
        raise Refused(
            "forms.audit_cells", _CELLS.filled(line=rows.line_num or 1, why=str(wrong)[:60])
        ) from None
    if not lines:
        raise Refused("forms.audit_empty", _EMPTY)
    return _measured(lines, knows_changes="old-value" in columns)


def _text(content: bytes) -> str:
    if len(content) > LARGEST_LOG:
        raise Refused("forms.audit_large", _LARGE)
    if b"\0" in content:
        raise Refused("forms.audit_text", _NOT_TEXT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("forms.audit_text", _NOT_TEXT) from None


def _lines(rows: csv.DictReader[str]) -> Iterator[_Line]:
    for count, row in enumerate(rows, start=1):
        if count > MOST_ROWS:
            raise Refused("forms.audit_large", _LARGE)
        number = rows.line_num
        if "" in row or any(row[name] is None for name in _NEEDED):
            raise Refused("forms.audit_cells", _CELLS.filled(line=number, why="cells"))
        start, end = _moment(row, "start", number), _moment(row, "end", number)
        if start is None or (end is not None and end < start):
            raise Refused("forms.audit_times", _TIMES.filled(line=number, start=row["start"], end=row["end"]))
        old = row.get("old-value") or ""
        is_edit = bool(old) and bool(row.get("new-value")) and row.get("new-value") != old
        lat, lon, accuracy = (_number(row, name, number) for name in ("latitude", "longitude", "accuracy"))
        if lat is not None and lon is not None and not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise Refused(
                "forms.audit_number", _NUMBER.filled(line=number, name="latitude", value=f"{lat} {lon}")
            )
        yield _Line(number, row["event"].strip(), row["node"], start, end, is_edit, lat, lon, accuracy)


def _moment(row: Mapping[str, str], name: str, number: int) -> int | None:
    value = row[name].strip()
    if not value:
        return None
    # By its length first: Python reads no number of thousands of digits, and no float holds one of hundreds.
    if not (value.isascii() and value.isdigit() and len(value) <= 13 and int(value) <= _LAST_MOMENT):
        raise Refused("forms.audit_number", _NUMBER.filled(line=number, name=name, value=value[:30]))
    return int(value)


def _number(row: Mapping[str, str | None], name: str, number: int) -> float | None:
    value = (row.get(name) or "").strip()
    if not value:
        return None
    try:
        read = float(value)
    except ValueError:
        read = math.nan
    if not math.isfinite(read):
        raise Refused("forms.audit_number", _NUMBER.filled(line=number, name=name, value=value[:30]))
    return read


def _measured(lines: list[_Line], *, knows_changes: bool) -> AuditLog:
    times: dict[str, float] = {}
    edited: set[str] = set()
    returns, before = 0, ""
    for line in lines:
        if line.event not in _SCREENS:
            continue
        if line.node in times and line.node != before:
            returns += 1
        spent = (line.end - line.start) / 1000 if line.end is not None else 0.0
        times[line.node] = times.get(line.node, 0.0) + spent
        before = line.node
        if line.is_edit:
            edited.add(line.node)
    logs = [math.log(max(seconds, 0.1)) for seconds in times.values()]
    count, events = len(times), [line.event for line in lines]
    placed = [line for line in lines if line.lat is not None and line.lon is not None]
    believed = [line for line in placed if line.accuracy_m != 0]
    best = min(
        believed, key=lambda line: math.inf if line.accuracy_m is None else line.accuracy_m, default=None
    )
    return AuditLog(
        screens=count,
        seconds=statistics.fmean(logs) if logs else None,
        spread=statistics.stdev(logs) if count >= _LEAST_SCREENS else None,
        edits=len(edited) / count if count and knows_changes else None,
        returns=returns / count if count else None,
        jumps=events.count("jump"),
        away=_away(lines),
        resumes=events.count("form resume"),
        errors=events.count("constraint error"),
        lat=best.lat if best else None,
        lon=best.lon if best else None,
        is_mocked=len(believed) < len(placed),
    )


def _away(lines: list[_Line]) -> float | None:
    """The share of the time in which no screen was open: the form lay aside, or another app was in front."""
    first = min(line.start for line in lines)
    last = max(line.end or line.start for line in lines)
    if last <= first:
        return None
    open_until, shown = first, 0
    for start, end in sorted((line.start, line.end) for line in lines if line.end is not None):
        shown += max(0, end - max(start, open_until))
        open_until = max(open_until, end)
    return 1 - shown / (last - first)


_LARGE = Text(
    zh=f"填表记录超过{LARGEST_LOG >> 20} MB或{MOST_ROWS}行,不像一次走访的记录,未采用。走访照常计入。",
    en=f"The form's log is larger than {LARGEST_LOG >> 20} MB or {MOST_ROWS:,} lines, more than one visit makes; it is not used."
    " The visit counts all the same.",
)
_NOT_TEXT = Text(
    zh="填表记录不是UTF-8文本,多半被别的程序改存过,未采用。请从手机原样提交。走访照常计入。",
    en="The form's log is not UTF-8 text; another program has probably saved it. It is not used: send the telephone's own file. The"
    " visit counts all the same.",
)
_COLUMNS = Text(
    zh="填表记录第1行缺少列或列重复({missing});须有 event、node、start、end。未采用,走访照常计入。",
    en="Line 1 of the form's log lacks columns or names one twice ({missing}); it needs event, node, start, end. It is not used; the"
    " visit counts all the same.",
)
_CELLS = Text(
    zh="填表记录第{line}行的格数与表头不符或引号未闭合({why}),未采用。请从手机重新提交。走访照常计入。",
    en="Line {line} of the form's log has more or fewer cells than its heading, or an open quotation mark ({why}); it is not used. Send"
    " it again from the telephone. The visit counts all the same.",
)
_TIMES = Text(
    zh="填表记录第{line}行没有开始时间,或结束({end})早于开始({start}),未采用。走访照常计入。",
    en="Line {line} of the form's log has no start, or ends ({end}) before it starts ({start}); it is not used. The visit counts all"
    " the same.",
)
_NUMBER = Text(
    zh="填表记录第{line}行的{name}是“{value}”,读不出来,未采用。走访照常计入。",
    en="Line {line} of the form's log has “{value}” as its {name}, which cannot be read; it is not used. The visit counts all the"
    " same.",
)
_EMPTY = Text(
    zh="填表记录只有表头,没有内容,未采用。走访照常计入。",
    en="The form's log has a heading and nothing else; it is not used. The visit counts all the same.",
)
