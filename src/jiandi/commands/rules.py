"""`jiandi rules new|test|explain`: a county's own rules, and why a rule speaks or is silent about somebody."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from jiandi.commands.terminal import acting_officer, add_common, language_of, show
from jiandi.core.checks import packs as core_packs
from jiandi.core.checks.engine import run as run_rules
from jiandi.core.checks.shapes import Rule
from jiandi.core.checks.specs import AT, Case, cases_in, county
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock
from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import has_verb
from jiandi.rooms.checks import packs, queries
from jiandi.rooms.register import actions as register_actions
from jiandi.rooms.register import queries as register
from jiandi.rooms.register.groups import SENSITIVE_FILES
from jiandi.rooms.register.models import Record


def add_commands(commands: Any) -> None:
    """Add the command and its three parts."""
    group = commands.add_parser("rules", help="县自己的规则 · the county's own rules")
    parts = group.add_subparsers(dest="part", required=True, metavar="PART")
    new = parts.add_parser("new", help="写出一个可用的规则包供修改 · write a pack that works, to be changed")
    new.add_argument("name", help="文件夹名 · the folder's name")
    new.add_argument("--id", default="L1", help="规则编号 · the rule's id")
    test = parts.add_parser("test", help="校验规则包并跑它的规格 · check a pack and run its spec")
    test.add_argument("folder", type=Path, nargs="?", help="缺省为全部 · all of them unless one is named")
    explain = parts.add_parser("explain", help="某规则对某人问了什么 · what a rule asks about somebody")
    explain.add_argument("rule")
    explain.add_argument("person", help="人员编号 · the person's code")
    for parser, acts, work in ((new, False, _new), (test, False, _test), (explain, True, _explain)):
        add_common(parser, acts=acts)
        parser.set_defaults(run=work)


def _new(arguments: argparse.Namespace) -> int:
    """Write a working pack into the installation's folder of rules."""
    folder = packs.home() / arguments.name
    if not core_packs.ID.fullmatch(arguments.id):
        raise Refused(
            "checks.pack",
            Text(zh="县的规则编号写作 L 加数字,如 L1。", en="A county's rule is numbered L1, L2 and so on."),
        )
    if Path(arguments.name).name != arguments.name or folder.exists():
        raise Refused(
            "checks.pack",
            Text(
                zh=f"{folder} 已存在或不是文件夹名。",
                en=f"{folder} exists already, or is no name of a folder.",
            ),
        )
    folder.mkdir(parents=True)
    for name, text in core_packs.TEMPLATE.items():
        written = text.replace("{id}", arguments.id).replace("{{", "{").replace("}}", "}")
        (folder / name).write_text(written, encoding="utf-8")
    said = Text(
        zh=f"写好了:{folder}。改好后运行 jiandi rules test。",
        en=f"Written: {folder}. Change it, then run jiandi rules test.",
    )
    show(arguments, {"folder": str(folder)}, [said.say(language_of(arguments))])
    return 0


def _test(arguments: argparse.Namespace) -> int:
    """Check packs and run every case of their specs; each fault with file, line and reason."""
    home = packs.home()
    folders = [arguments.folder] if arguments.folder else packs.folders()
    language, faults, lines = language_of(arguments), 0, []
    for folder in folders:
        found = _faults(folder)
        faults += len(found)
        lines += [f"✗ {text.say(language)}" for text in found] or [f"✓ {folder.name}"]
    nothing = Text(zh=f"{home} 里没有规则包。", en=f"There is no pack in {home}.")
    show(
        arguments, {"packs": len(folders), "faults": faults, "lines": lines}, lines or [nothing.say(language)]
    )
    return 1 if faults else 0


def _faults(folder: Path) -> list[Text]:
    spec = f"{folder.name}/spec.txt"
    try:
        rule = packs.read(folder)
        cases = _cases(folder / "spec.txt", spec)
    except Refused as problem:
        return [problem.text]
    return [fault for case in cases if (fault := _fault(rule, case, spec))]


def _cases(file: Path, name: str) -> list[Case]:
    """Read a pack's spec, or refuse it: it must hold a case that asks and one that does not."""
    try:
        cases = cases_in(file.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise core_packs.wrong(name, 1, "没有这个文件", "there is no such file") from problem
    except UnicodeDecodeError as problem:
        raise core_packs.wrong(name, 1, "不是 UTF-8 文本", "not UTF-8 text") from problem
    except Refused as problem:
        raise core_packs.wrong(name, 1, problem.text.zh, problem.text.en) from problem
    if {bool(case.expected) for case in cases} != {True, False}:
        raise core_packs.wrong(
            name,
            1,
            "规格至少要有一例应问、一例不应问",
            "the spec holds at least one case that asks and one that does not",
        )
    return cases


def _fault(rule: Rule, case: Case, file: str) -> Text | None:
    """Run one case; return how it differs from what the spec says, if it does."""
    try:
        con = county(case.delivered)
        limits = {rule.id: case.limits} if case.limits else None
        outcome = run_rules(con, at=AT, rules=(rule,), thresholds=limits, seconds_per_rule=20.0).of(rule.id)
    except Refused as problem:
        return core_packs.wrong(file, case.line, problem.text.zh, problem.text.en).text
    if outcome.state != "ran":
        why = outcome.reason or Text(zh="未运行", en="not run")
        return core_packs.wrong(file, case.line, f"“{case.title}”:{why.zh}", f"“{case.title}”: {why.en}").text
    found = con.execute("SELECT CAST(person_id AS VARCHAR), detail_en, detail_zh FROM findings").fetchall()
    missed = [want for want in case.expected if not any(_is_said(want, row) for row in found)]
    if len(found) == len(case.expected) and not missed:
        return None
    said = "; ".join(row[1] for row in found) or "-"
    return core_packs.wrong(
        file, case.line, f"“{case.title}”:实际为“{said}”", f"“{case.title}”: it says “{said}”"
    ).text


def _is_said(want: dict[str, str | None], row: tuple[Any, ...]) -> bool:
    person, en, zh = row
    words = want.get("says") or ""
    return (want.get("person") or None) == person and (words in en or words in zh)


def _hidden_kinds(by: Officer, at: datetime) -> frozenset[str]:
    """Return the kinds of file whose rows the officer is not shown, here as on the person's page."""
    sees_all = any(has_verb(by, f"register.{verb}", at) for verb in ("decide_pair", "withdraw_roster"))
    return frozenset() if sees_all else SENSITIVE_FILES


def _explain(arguments: argparse.Namespace) -> int:
    """Say what a rule needs, which records of the person it reads, and what it asks - as far as the officer may see.

    An alert behind a wall is answered exactly as no alert is.
    """
    by, at, language = acting_officer(arguments), clock.now(), language_of(arguments)
    rule = next((one for one in packs.shelf().rules if one.id == arguments.rule), None)
    if rule is None:
        raise Refused(
            "checks.unknown_rule",
            Text(zh=f"没有编号为“{arguments.rule}”的规则。", en=f"There is no rule “{arguments.rule}”."),
        )
    person = register.person(by, arguments.person, at)
    register_actions.read_person(by=by, at=at, person=person, purpose="data")
    kinds = {table.partition(".")[0].removeprefix("rows_") for table in (*rule.needs, *rule.reads)}
    records = (
        Record.objects.filter(person=person, roster__kind__in=kinds - _hidden_kinds(by, at))
        .select_related("roster__unit")
        .order_by("pk")
    )
    alerts = queries.alerts_about(by, at, rule=rule.id, person=person)
    zh = language == "zh"
    lines = [
        f"{rule.id} {rule.title.say(language)}",
        ("最低证据:" if zh else "Evidence needed: ") + rule.minimum.say(language),
    ]
    lines += [
        f"  {limit.name} = {limit.default:g}  {limit.source.say(language)}" for limit in rule.thresholds
    ]
    lines.append("它读到的此人记录:" if zh else "Records of this person that it reads:")
    lines += [f"  {one.roster.file_name}, {one.row_no}" for one in records] or ["  -"]
    lines.append("它的问题:" if zh else "What it asks:")
    lines += [f"  {alert.detail_zh if zh else alert.detail_en}" for alert in alerts] or [
        ("  没有您可以看到的问题。" if zh else "  Nothing that you may see.")
    ]
    figures = {"rule": rule.id, "records": len(records), "asks": [alert.detail_en for alert in alerts]}
    show(arguments, figures, lines)
    return 0
