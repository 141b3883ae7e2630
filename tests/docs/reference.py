"""The reference: pages read out of the tables the system itself works by. Nothing on them is typed by hand."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from jiandi import cli
from jiandi.core.checks.audiences import NOT_TOLD, RECIPIENTS
from jiandi.core.checks.table import RULES
from jiandi.core.clocks import CLOCKS, PAUSE_REASONS
from jiandi.core.values import Text
from jiandi.rooms.access.roles import ROLES, permissions
from jiandi.rooms.access.verbs import verb_name
from jiandi.rooms.checks.states import CLASSES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- Written by `python -m tests.docs.write` from {source}. Change that, not this. -->\n"
ROOMS = ("register", "screening", "checks", "intake", "cases", "accountability", "bulletins")


def _page(title: str, source: str, *parts: str) -> str:
    return "\n".join([f"# {title}", "", NOTE.format(source=source), *parts]).rstrip() + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head)] + [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _both(text: Text) -> str:
    return f"{text.en}<br>{text.zh}"


def permissions_page() -> str:
    """Who may use which verb."""
    head = ["Verb", "What", *(f"{text.en}<br>{text.zh}" for text in ROLES.values())]
    rooms: dict[str, list[list[str]]] = {}
    for verb, permission in sorted(permissions().items()):
        marks = ["●" if role in permission.roles else "" for role in ROLES]
        name = verb_name(verb)
        words = "" if name.zh == verb else _both(name)
        rooms.setdefault(verb.split(".")[0], []).append([f"`{verb}`", words, *marks])
    parts = [
        "A role alone opens nothing: it is granted over an area and a period, and a wall outranks every grant. "
        "A verb is the function, the permission and, for writes, the event.\n"
    ]
    for room, rows in rooms.items():
        parts += [f"## {room}\n", _table(head, rows)]
    return _page("Permissions", "src/jiandi/rooms/access/grants/*.toml", *parts)


def _diagrams() -> Iterator[tuple[str, str, Mapping[str, Iterable[str]]]]:
    """Yield (room, name, moves) for every table of moves a room keeps in its states.py."""
    for room in ROOMS:
        module = import_module(f"jiandi.rooms.{room}.states")
        for name, value in sorted(vars(module).items()):
            moves = _moves(value) if name.isupper() else None
            if moves:
                yield room, name.lower(), moves


def _moves(value: Any) -> dict[str, list[str]] | None:
    """Return a table of moves as plain words, or nothing where the value is something else."""
    if not isinstance(value, dict) or not value:
        return None
    moves = {}
    for state, ways in value.items():
        if isinstance(ways, tuple) and len(ways) == 2 and isinstance(ways[0], Text):
            ways = ways[1]
        if not isinstance(ways, frozenset | set | tuple | list) or not set(map(str, ways)) <= set(
            map(str, value)
        ):
            return None
        moves[str(state)] = sorted(map(str, ways), key=list(map(str, value)).index)
    return moves


def states_page() -> str:
    """What may follow what, drawn from the tables the policies refuse by."""
    parts = ["A step that is not drawn is refused, with a sentence that says which steps are possible.\n"]
    for room, name, moves in _diagrams():
        lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {next(iter(moves))}"]
        for state, ways in moves.items():
            lines += [f"    {state} --> {way}" for way in ways] or [f"    {state} --> [*]"]
        parts += [f"## {room}: {'the moves' if name == 'moves' else name}\n", "\n".join([*lines, "```\n"])]
    return _page("States", "each room's states.py", *parts)


def rules_page() -> str:
    """Every rule: what it asks, what it needs, how it can be wrong, what to do first, who must not be told."""
    parts = [
        f"{len(RULES)} rules. A hit is a question, never a finding about a person. A rule whose files were not delivered says that it "
        "did not run. Thresholds can be set by a county; the defaults name their source.\n",
        _table(
            ["Rule", "Asks", "Class", "Least evidence"],
            (
                [
                    f"[{rule.id}](#{rule.id.lower()})",
                    _both(rule.title),
                    _both(CLASSES[rule.klass]),
                    _both(rule.minimum),
                ]
                for rule in RULES
            ),
        ),
    ]
    for rule in RULES:
        parts += [f"## {rule.id}\n", f"**{rule.title.en}** · {rule.title.zh}\n"]
        parts += [
            _table(
                ["", ""],
                [
                    ["Version", str(rule.version)],
                    ["Needs", ", ".join(f"`{need}`" for need in rule.needs)],
                    ["Also reads", ", ".join(f"`{need}`" for need in rule.reads) or "—"],
                    ["First safe action", _both(rule.first_action)],
                    ["Goes to", ", ".join(RECIPIENTS[code].en for code in rule.recipients) or "—"],
                    ["Must not be told", ", ".join(NOT_TOLD[code].en for code in rule.not_told) or "—"],
                    ["How it can be wrong", _both(rule.risks)],
                    *(
                        [f"`{limit.name}` = {limit.default:g}", _both(limit.source)]
                        for limit in rule.thresholds
                    ),
                ],
            )
        ]
    return _page("Rules", "src/jiandi/core/checks/table_*.py", *parts)


def clocks_page() -> str:
    """Every clock with its limit and its source."""
    listed = CLOCKS.values()
    rows = (
        [
            f"`{clock.id}`",
            _both(clock.title),
            _both(clock.limit.text())
            + ("<br>at once in law; the limit is the target shown" if clock.at_once else ""),
            _both(clock.on_miss),
            clock.source + (" **(to be confirmed)**" if clock.verify else ""),
        ]
        for clock in listed
    )
    reasons = (f"- {text.en} · {text.zh} (`{code}`)" for code, text in PAUSE_REASONS.items())
    return _page(
        "Clocks",
        "src/jiandi/core/clocks/table*.py",
        f"{len(listed)} clocks. They are computed from events, never started or stopped by hand. Working days follow the State Council's "
        "calendars; for a year not loaded a deadline reads “not before”. “To be confirmed” marks limits that are local, set by the county, "
        "or not yet confirmed against the text of the law.\n",
        _table(["Clock", "What for", "Limit", "When missed", "Source"], rows),
        "A clock stands still only for these reasons, and only where the clock allows them:\n",
        *reasons,
    )


def commands_page() -> str:
    """Every command with its help."""
    parser = cli.build_parser()
    parts = [
        "`./jiandi COMMAND`. Every command that changes or reads acts as a named officer (`--as USERNAME` or the variable "
        "`JIANDI_OFFICER`); `--json` prints JSON. Two more commands belong to the workshop: `./jiandi test` and `./jiandi check`. In a "
        "checkout the rules are run by `./jiandi rules`, because `./jiandi check` is the workshop's.\n"
    ]
    for name, sub in _subparsers(parser, ""):
        parts += [f"## {name}\n", f"```\n{_help(sub, name)}\n```\n"]
    return _page("Commands", "the help of the command line itself", *parts)


def _subparsers(
    parser: argparse.ArgumentParser, prefix: str
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                full = f"{prefix} {name}".strip()
                deeper = list(_subparsers(sub, full))
                yield from deeper or [(full, sub)]


def _help(parser: argparse.ArgumentParser, name: str) -> str:
    """Return the help, the same whatever the width of the terminal and the version of Python."""
    lines = []
    for action in parser._actions:
        if action.dest == "help":
            continue
        names = ", ".join(action.option_strings) or action.dest
        takes = "" if action.nargs == 0 else f" {(action.metavar or action.dest).upper()}"
        takes = f" {{{','.join(map(str, action.choices))}}}" if action.choices else takes
        needed = " (needed)" if action.required and action.option_strings else ""
        lines.append(
            f"  {names}{takes if action.option_strings else ''}{needed}\n      {action.help or ''}".rstrip()
        )
    return re.sub(r"[ \t]+\n", "\n", "\n".join([f"jiandi {name}", *lines]))


PAGES: dict[Path, Callable[[], str]] = {
    FOLDER / "permissions.md": permissions_page,
    FOLDER / "states.md": states_page,
    FOLDER / "rules.md": rules_page,
    FOLDER / "clocks.md": clocks_page,
    FOLDER / "commands.md": commands_page,
}
