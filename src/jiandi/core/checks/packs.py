"""Rule packs: a county's own rules, read from text. A pack that is wrong is refused with file, line and reason.

A pack is `pack.toml` (what the rule asks and who must not be told), `rule.sql` (what it finds) or `rule.py` (a
function `judge(ask)` that returns such SQL), and `spec.txt` (cases it must pass). This module opens no file.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, cast

import duckdb

from jiandi.core.checks.audiences import NOT_TOLD, RECIPIENTS
from jiandi.core.checks.say import Fact, finding
from jiandi.core.checks.schema import TABLES, view_of
from jiandi.core.checks.shapes import ActionKind, Ask, Class, Judge, Rule, Threshold
from jiandi.core.values import Refused, Text

TEXTS = ("title", "minimum", "risks", "first_action", "finding")
KEYS = {"id", "version", "class", "needs", "reads", "action", "recipients", "not_told", "thresholds", *TEXTS}
ID = re.compile(r"L[0-9]{1,4}")
_MARK = re.compile(r"\$([a-z_]+)")
READABLE = {view_of(table) for table in TABLES} | {
    "k_witnessed",
    "g_known",
    "g_seen",
    "g_verified",
    "g_namesake",
}
Run = Callable[[Ask], str]


def wrong(file: str, line: int, zh: str, en: str) -> Refused:
    """Return the refusal of a pack: where it is wrong and why."""
    return Refused("checks.pack", Text(zh=f"{file} 第{line}行:{zh}", en=f"{file}, line {line}: {en}"))


def read(toml: str, *, sql: str | None = None, judge: Run | None = None, folder: str = "") -> Rule:
    """Return the rule of a pack, or refuse it. Give the SQL of `rule.sql`, or the function of `rule.py`."""
    file = f"{folder}/pack.toml" if folder else "pack.toml"
    told = _parsed(toml, file)
    _check_keys(told, toml, file)
    texts = {name: _text(told, name, toml, file) for name in TEXTS}
    thresholds = _thresholds(told.get("thresholds", {}), toml, file)
    if (sql is None) == (judge is None):
        raise wrong(file, 1, "规则包须有 rule.sql 或 rule.py 之一", "a pack holds either rule.sql or rule.py")
    where = f"{folder}/rule.sql" if folder else "rule.sql"
    if sql is not None:
        check_sql(sql, {limit.name for limit in thresholds}, where)
    asked = judge or _substituted(sql or "")
    return Rule(
        id=told["id"],
        version=told["version"],
        title=texts["title"],
        klass=cast(Class, told["class"]),
        needs=tuple(told["needs"]),
        minimum=texts["minimum"],
        risks=texts["risks"],
        first_action=texts["first_action"],
        action=cast(ActionKind, told["action"]),
        recipients=tuple(told["recipients"]),
        not_told=tuple(told["not_told"]),
        judge=_judging(asked, texts["finding"]),
        thresholds=thresholds,
        reads=tuple(told.get("reads", ())),
    )


def _parsed(toml: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line (\d+)", str(problem))
        raise wrong(file, int(line[1]) if line else 1, "不是合法的 TOML", f"not TOML: {problem}") from problem


def _line(toml: str, key: str) -> int:
    """Return the line on which a key stands, or the first."""
    for number, line in enumerate(toml.splitlines(), 1):
        if re.match(rf"\s*\[?{re.escape(key)}\b", line):
            return number
    return 1


def _check_keys(told: dict[str, Any], toml: str, file: str) -> None:
    for key in told:
        if key not in KEYS:
            raise wrong(file, _line(toml, key), f"没有“{key}”这一项", f"there is no key “{key}”")
    for key in sorted(KEYS - {"reads", "thresholds"}):
        if key not in told:
            raise wrong(file, 1, f"缺少“{key}”", f"“{key}” is missing")
    _check_choices(told, toml, file)
    if not isinstance(told["id"], str) or not ID.fullmatch(told["id"]):
        raise wrong(
            file,
            _line(toml, "id"),
            "县的规则编号写作 L 加数字,如 L1",
            "a county's rule is numbered L1, L2 and so on",
        )
    if not isinstance(told["version"], int) or told["version"] < 1:
        raise wrong(file, _line(toml, "version"), "版本是从1起的整数", "the version is a whole number from 1")
    _check_lists(told, toml, file)


def _check_choices(told: dict[str, Any], toml: str, file: str) -> None:
    choices: dict[str, tuple[str, ...]] = {
        "class": ("danger", "contradiction", "service_gap"),
        "action": ("visit", "referral", "police", "none"),
    }
    for key, allowed in choices.items():
        if told[key] not in allowed:
            raise wrong(
                file,
                _line(toml, key),
                f"“{key}”只能是{'、'.join(allowed)}",
                f"“{key}” is one of {', '.join(allowed)}",
            )


def _check_lists(told: dict[str, Any], toml: str, file: str) -> None:
    known: dict[str, set[str]] = {
        "recipients": set(RECIPIENTS),
        "not_told": set(NOT_TOLD),
        "needs": set(TABLES),
        "reads": set(TABLES),
    }
    for key, names in known.items():
        listed = told.get(key, [])
        if not (isinstance(listed, list) and all(isinstance(name, str) for name in listed)):
            raise wrong(file, _line(toml, key), f"“{key}”须是一列名称", f"“{key}” is a list of names")
        for name in listed:
            table, _, column = name.partition(".")
            if table not in names or (column and column not in TABLES.get(table, {})):
                raise wrong(file, _line(toml, key), f"“{key}”里没有“{name}”", f"“{key}” knows no “{name}”")
    if not told["recipients"]:
        raise wrong(file, _line(toml, "recipients"), "至少写明一个接收方", "name at least one recipient")
    if told["class"] != "service_gap" and not told["not_told"]:
        raise wrong(
            file,
            _line(toml, "not_told"),
            "危险和矛盾类规则须写明不得告知谁",
            "a rule of danger or contradiction says who must not be told",
        )


def _text(told: dict[str, Any], key: str, toml: str, file: str) -> Text:
    value = told[key]
    if not isinstance(value, dict) or not (value.get("zh") and value.get("en")):
        raise wrong(
            file, _line(toml, key), f"“{key}”须有中文 zh 和英文 en", f"“{key}” is said in zh and in en"
        )
    return Text(zh=str(value["zh"]), en=str(value["en"]))


def _thresholds(told: Any, toml: str, file: str) -> tuple[Threshold, ...]:
    if not isinstance(told, dict):
        line = _line(toml, "thresholds")
        raise wrong(file, line, "阈值写作 [thresholds.名称]", "a threshold is written [thresholds.name]")
    return tuple(_threshold(name, value, toml, file) for name, value in told.items())


def _threshold(name: str, value: Any, toml: str, file: str) -> Threshold:
    if name == "day" or not _MARK.fullmatch(f"${name}"):
        raise wrong(
            file, _line(toml, f"thresholds.{name}"),
            f"阈值名“{name}”只能用小写字母和下划线,且不能是 day",
            f"the threshold's name “{name}” is of small letters and underscores, and not day",
        )  # fmt: skip
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("default"), int | float)
        or not (value.get("zh") and value.get("en"))
    ):
        raise wrong(
            file, _line(toml, f"thresholds.{name}"),
            f"阈值“{name}”须有 default 和中英文来源", f"threshold “{name}” needs a default and its source in zh and en",
        )  # fmt: skip
    return Threshold(name, float(value["default"]), Text(zh=str(value["zh"]), en=str(value["en"])))


def check_sql(sql: str, limits: set[str], file: str) -> None:
    """Refuse what is not one SELECT over the views that rules may read."""
    for number, line in enumerate(sql.splitlines(), 1):
        for mark in _MARK.findall(line):
            if mark != "day" and mark not in limits:
                raise wrong(file, number, f"没有名为“{mark}”的阈值", f"there is no threshold “{mark}”")
        reach = re.search(
            r"\b(read_\w+|\w+_scan|glob|getenv|duckdb_\w+|pragma_\w+)\s*\(", line, re.IGNORECASE
        )
        if reach:
            raise wrong(file, number, f"规则不能用“{reach[1]}”", f"a rule may not use “{reach[1]}”")
    for table in sorted(_tables_in(sql, file)):
        if table not in READABLE:
            number = next((n for n, line in enumerate(sql.splitlines(), 1) if table in line), 1)
            raise wrong(file, number, f"规则不能读“{table}”", f"a rule may not read “{table}”")


def _tables_in(sql: str, file: str) -> set[str]:
    """Return the tables one SELECT names. To name them is to bind it, so nothing outside may be reached already here."""
    plain = _MARK.sub("1", sql)
    with duckdb.connect(config={"enable_external_access": "false"}) as con:
        try:
            statements = con.extract_statements(plain)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise wrong(file, 1, "只能是一条 SELECT", "it is one SELECT and nothing else")
            return set(con.get_table_names(plain))
        except duckdb.Error as problem:
            raise wrong(file, _line_of(problem), "不是合法的 SQL", str(problem).splitlines()[0]) from problem


def _line_of(problem: Exception) -> int:
    found = re.search(r"LINE (\d+)", str(problem))
    return int(found[1]) if found else 1


def _substituted(sql: str) -> Run:
    def asked(ask: Ask) -> str:
        return _MARK.sub(lambda mark: ask.day if mark[1] == "day" else f"{ask.limits[mark[1]]:.15g}", sql)

    return asked


def _judging(asked: Run, said: Text) -> Judge:
    """Wrap a pack's rows into findings: columns `key`, `person_id`, `household_id`, `village`, `row_id` or `visit_id`, and the facts of its sentence."""
    gaps = sorted(set(re.findall(r"\{(\w+)\}", said.zh + said.en)))

    def judge(ask: Ask) -> str:
        sql = asked(ask).strip().rstrip(";")
        described = ask.con.execute(f"DESCRIBE ({sql}\n)").fetchall()
        columns = {str(row[0]) for row in described}
        facts: dict[str, Fact] = {gap: f'"{gap}"' for gap in gaps}
        shown = finding(
            key="key" if "key" in columns else "person_id",
            person="person_id" if "person_id" in columns else "NULL",
            household="household_id" if "household_id" in columns else "NULL",
            village="village" if "village" in columns else "NULL",
            text=said,
            facts=facts,
            sources="[visit_ref(visit_id)]" if "visit_id" in columns else "[row_ref(row_id)]",
            implicated=("unit_named(implicated_unit, 'named')",) if "implicated_unit" in columns else (),
        )
        return f"SELECT {shown} FROM ({sql}\n)"  # on its own line: the last may be a comment

    return judge


def check_python(source: str, file: str) -> None:
    """Refuse a `rule.py` that is no Python, or that defines no `judge(ask)`."""
    try:
        tree = ast.parse(source)
    except SyntaxError as problem:
        raise wrong(file, problem.lineno or 1, "不是合法的 Python", f"not Python: {problem.msg}") from problem
    judges = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "judge"]
    if not judges or len(judges[0].args.args) != 1:
        line = judges[0].lineno if judges else 1
        raise wrong(file, line, "须定义函数 judge(ask)", "define a function judge(ask)")


TEMPLATE: Mapping[str, str] = {
    "pack.toml": """id = "{id}"
version = 1
class = "service_gap"            # danger | contradiction | service_gap
needs = ["people", "rows_dibao"] # without these the rule says that it did not run
reads = []
action = "visit"                 # visit | referral | police | none
recipients = ["civil_affairs"]
not_told = []                    # must not be empty for danger and contradiction

[title]
zh = "低保多年未见复核"
en = "An allowance not reviewed for years"
[minimum]
zh = "依法建立的名册中的一份记录"
en = "one record of a file kept under the law"
[risks]
zh = "复核记录未交"
en = "reviews not delivered"
[first_action]
zh = "以年度复核为由上门,当面见到本人"
en = "Visit for the yearly review and see the person"
[finding]
zh = "{{name}}自{{started_on}}起领取低保,名册中没有复核。"
en = "{{name}} has drawn the allowance since {{started_on}} and no review is on file."
[thresholds.days]
default = 1095
zh = "三年"
en = "three years"
""",
    "rule.sql": """-- One row a finding. Tables: k_<kind> (see docs/reference), $day is the day of the run, $days a threshold.
SELECT subject_person AS person_id, name, started_on, row_id
FROM k_dibao
WHERE subject_person IS NOT NULL AND started_on < $day - CAST($days AS INTEGER)
""",
    "spec.txt": """{id}

case Drawn since 2015; since this spring.
  people
  person | household | village | name | sex | birth_on
  1      | 10        | 7       | 甲某 | 1   | 1950-01-01
  2      | 11        | 7       | 乙某 | 1   | 1950-01-01
  dibao
  person | name | started_on
  1      | 甲某 | 2015-03-01
  2      | 乙某 | 2026-03-01
  finds
  person | says
  1      | since 2015-03-01

case Nobody for long.
  people
  person | household | village | name | sex | birth_on
  2      | 11        | 7       | 乙某 | 1   | 1950-01-01
  dibao
  person | name | started_on
  2      | 乙某 | 2026-03-01
  finds
  nothing
""",
}
"""What `jiandi rules new` writes: a rule that works, to be changed."""
