"""`jiandi log`, `trace`, `backup`, `restore`: what shows that nothing was changed, and keeps it from being lost."""

from __future__ import annotations

import argparse
import getpass
import os
import re
from pathlib import Path
from typing import Any

from django.utils import timezone

from jiandi.commands.terminal import acting_officer, add_common, language_of, show
from jiandi.commands.trails import trail
from jiandi.core.journal.checkpoint import Checkpoint
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import clock, journal, keeping, queries
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.cases.models import Case
from jiandi.rooms.register.models import Person


def add_commands(commands: Any) -> None:
    """Add the commands."""
    log = commands.add_parser("log", help="核验、导出日志 · verify and export the event log")
    verbs = log.add_subparsers(dest="verb", required=True, metavar="VERB")
    verify = verbs.add_parser(
        "verify", help="离线核验导出文件;不带文件则核验本库 · verify an export, or this database"
    )
    verify.add_argument("file", type=Path, nargs="?", help="日志导出文件 · an export")
    verify.add_argument("--size", type=int, help="通报上印的日志条数 · the log size printed on a bulletin")
    verify.add_argument("--root", default="", help="通报上印的日志根 · the log root printed on a bulletin")
    export = verbs.add_parser("export", help="导出供任何人核验 · export for anybody to verify")
    export.add_argument("file", type=Path)
    checkpoint = verbs.add_parser("checkpoint", help="立即签名 · sign the log now")
    for parser, run in ((verify, run_verify), (export, run_export), (checkpoint, run_checkpoint)):
        add_common(parser, acts=False)
        parser.set_defaults(run=run)
    trace = commands.add_parser("trace", help="一条记录从头到尾 · one record from beginning to end")
    trace.add_argument(
        "id", help="人员编号、个案编号,或 类型:编号(如 roster:3) · a person's code, or kind:id"
    )
    add_common(trace)
    trace.set_defaults(run=run_trace)
    for name, text in (("backup", "备份 · back up"), ("restore", "恢复 · restore")):
        parser = commands.add_parser(name, help=text)
        parser.add_argument("file", type=Path)
        add_common(parser, acts=False)
        parser.set_defaults(run=run_backup if name == "backup" else run_restore)


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify the log; exit 1 and name every problem when it does not hold. A file is checked without any database."""
    language = language_of(arguments)
    if arguments.file:
        found = journal.examine(arguments.file, known=_published(arguments))
        problems = [
            Text(zh=f"第{p.line}行:{p.text.zh}", en=f"Line {p.line}: {p.text.en}") for p in found.problems
        ]
        size, root = found.leaves, found.root.hex()
    else:
        problems, latest = journal.verify(), journal.latest()
        size, root = (latest.size, bytes(latest.root).hex()) if latest else (0, "")
    if not problems:
        whole = Text(zh="日志完整,未见改动。", en="The log is whole; nothing was changed.").say(language)
        show(arguments, {"problems": 0, "size": size, "root": root, "result": whole})
        return 0
    show(arguments, {"problems": [p.say(language) for p in problems]}, [p.say(language) for p in problems])
    return 1


def _published(arguments: argparse.Namespace) -> list[Checkpoint]:
    """Return the size and root printed on a bulletin or certificate, to hold the file against."""
    if arguments.size is None and not arguments.root:
        return []
    if arguments.size is None or not re.fullmatch("[0-9a-fA-F]{64}", arguments.root):
        raise Refused(
            "log.published",
            Text(
                zh="--size 和 --root 要一起写,照抄通报上的“日志”一行:条数和64位十六进制的根。",
                en="Give --size and --root together, as the bulletin prints them: a number and 64 hexadecimal digits.",
            ),
        )
    name, _ = journal.read_key(journal.key_file(arguments.file))
    return [Checkpoint(name, arguments.size, bytes.fromhex(arguments.root))]


def run_export(arguments: argparse.Namespace) -> int:
    """Write the log's leaves and checkpoints to a file."""
    journal.export(arguments.file)
    show(arguments, {"file": str(arguments.file)})
    return 0


def run_checkpoint(arguments: argparse.Namespace) -> int:
    """Give every event its place and sign the result."""
    made = journal.checkpoint(at=clock.now())
    show(arguments, {"size": made.size, "root": bytes(made.root).hex()})
    return 0


def _subject(text: str) -> tuple[str, int]:
    kind, _, number = text.rpartition(":")
    if kind and number.isdigit():
        return kind, int(number)
    person = Person.objects.filter(code=text.upper()).first()
    case = Case.objects.filter(number=text).first()
    if person is not None:
        return "person", person.pk
    return "case", case.pk if case else 0


def run_trace(arguments: argparse.Namespace) -> int:
    """Print a record's events in order, each named after the function that made it; walled off and unknown answer alike."""
    by, at = acting_officer(arguments), clock.now()
    permit(by, "access.read_log", at=at)
    found = {e.pk: e for thing in trail(*_subject(arguments.id)) for e in queries.trace(*thing, by=by, at=at)}
    if not found:
        raise Refused(
            "trace.not_found",
            Text(
                zh=f"没有编号为“{arguments.id}”的记录,或者您无权查看。可写人员编号、个案编号,或 类型:编号,例如 roster:3、visit:20。",
                en=f"No record “{arguments.id}”, or it is not yours to see. Write a person's code, a case's number, or kind:id, such as roster:3, visit:20.",
            ),
        )
    events = [found[number] for number in sorted(found)]
    rows = [
        {
            "at": timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M"),
            "verb": event.verb,
            "by": event.by.name if event.by else "—",
            "subject": f"{event.subject_kind}:{event.subject_id}",
        }
        for event in events
    ]
    show(
        arguments, {"events": rows}, [f"{r['at']}  {r['verb']:<34} {r['by']:<8} {r['subject']}" for r in rows]
    )
    return 0


def _passphrase() -> str:
    return os.environ.get("JIANDI_PASSPHRASE") or getpass.getpass("口令 Passphrase: ")


def run_backup(arguments: argparse.Namespace) -> int:
    """Write database, sealed files and keys into one encrypted, verified archive."""
    show(arguments, keeping.backup(arguments.file, passphrase=_passphrase()))
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Restore an archive into an empty data folder."""
    show(arguments, keeping.restore(arguments.file, passphrase=_passphrase()))
    return 0
