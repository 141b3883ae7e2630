"""The county's own rules: packs that stand in the data folder's `rules`, each a folder."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from jiandi.core.checks import packs
from jiandi.core.checks.shapes import Ask, Rule, RuleRun, TooLong
from jiandi.core.checks.table import RULES
from jiandi.core.values import Refused, Text
from jiandi.rooms.checks import child

CPU_SECONDS = 5
MEMORY = 512 * 2**20
"""What a county's own Python may use to say what it asks: seconds of processor, bytes of memory."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All rules of the installation, and the packs that were refused, with where and why."""

    rules: tuple[Rule, ...]
    refused: tuple[tuple[str, Text], ...] = ()

    def of(self, rule_id: str) -> Rule:
        """Return a rule by its id; a rule whose pack was taken away keeps its name on its alerts."""
        return next((rule for rule in self.rules if rule.id == rule_id), _taken_away(rule_id))

    def lines(self) -> list[RuleRun]:
        """Return what a run says of the packs it could not read."""
        return [RuleRun(name[:8], "failed", reason=why) for name, why in self.refused]


def home() -> Path:
    """Return the folder that holds the county's packs."""
    return Path(settings.DATA) / "rules"


def folders() -> list[Path]:
    """Return the folders of the county's packs, by name."""
    return sorted(one for one in home().glob("*") if one.is_dir())


def shelf() -> Shelf:
    """Read every pack; one that is wrong is told of and stops no other. It reads files: once for a page or a run."""
    own: list[Rule] = []
    refused: list[tuple[str, Text]] = []
    for folder in folders():
        try:
            rule = read(folder)
            if any(rule.id == other.id for other in own):
                raise packs.wrong(
                    f"{folder.name}/pack.toml",
                    1,
                    f"编号{rule.id}已被另一个规则包使用",
                    f"another pack is numbered {rule.id}",
                )
            own.append(rule)
        except Refused as problem:
            refused.append((folder.name, problem.text))
    return Shelf((*RULES, *own), tuple(refused))


def read(folder: Path) -> Rule:
    """Read one pack, or refuse it with file, line and reason."""
    name = folder.name
    toml = _text(folder / "pack.toml", name)
    if toml is None:
        raise packs.wrong(f"{name}/pack.toml", 1, "没有这个文件", "there is no such file")
    sql, python = _text(folder / "rule.sql", name), _text(folder / "rule.py", name)
    if python is None:
        return packs.read(toml, sql=sql, folder=name)
    packs.check_python(python, f"{name}/rule.py")
    return packs.read(toml, sql=sql, judge=_function(python, f"{name}/rule.py"), folder=name)


def _text(file: Path, name: str) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as problem:
        raise packs.wrong(f"{name}/{file.name}", 1, "不是 UTF-8 文本", "not UTF-8 text") from problem
    except OSError as problem:
        raise packs.wrong(f"{name}/{file.name}", 1, "读不到这个文件", "it cannot be read") from problem


def _function(source: str, name: str) -> packs.Run:
    """Return the question of a pack's Python file: its `judge`, asked in a child that reaches no record and can be stopped."""

    def judge(ask: Ask) -> str:
        told = {
            "source": source,
            "name": name,
            "at": ask.at.isoformat(),
            "day": ask.day,
            "limits": ask.limits.values(),
        }
        try:
            ended = subprocess.run(
                [sys.executable, "-I", child.__file__, str(CPU_SECONDS), str(MEMORY)],
                input=json.dumps(told), capture_output=True, timeout=CPU_SECONDS * 2, check=False, text=True,
                errors="replace", env={}, cwd="/",
            )  # fmt: skip
        except subprocess.TimeoutExpired as slow:
            raise TooLong(CPU_SECONDS * 2) from slow
        if ended.returncode == -signal.SIGXCPU or ended.returncode == -signal.SIGKILL:
            raise TooLong(CPU_SECONDS)
        answer = json.loads(ended.stdout) if ended.returncode == 0 and ended.stdout else {}
        if "sql" not in answer:
            kind = answer.get("kind", "exit")
            raise packs.wrong(name, answer.get("line", 1), f"运行时出错({kind})", f"it fails ({kind})")
        packs.check_sql(answer["sql"], set(), name)
        return str(answer["sql"])

    return judge


def _taken_away(rule_id: str) -> Rule:
    nothing = Text(zh="该规则包已撤下", en="its pack was taken away")
    title = Text(zh=f"本县规则{rule_id}", en=f"County rule {rule_id}")
    return Rule(
        rule_id, 1, title, "service_gap", (), nothing, nothing, nothing, "none", ("civil_affairs",), ()
    )
