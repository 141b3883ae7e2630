"""The log on paper and disk: JSON lines anybody can check offline, with one printed root and no trust in the server.

Line 1 is the head, then leaves in order with the checkpoints that cover them, then an end line. A leaf carries its
event and salt, or neither if they were lawfully erased; its place and hash stay.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jiandi.core.journal.canonical import canonical_json
from jiandi.core.journal.checkpoint import Checkpoint, Verify, open_checkpoint
from jiandi.core.journal.merkle import HASH_SIZE, Frontier, event_leaf
from jiandi.core.values import Text

_FORMAT = "jiandi-log-1"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of the log: its hash, and the event with its salt unless they were erased."""

    hash: bytes
    event: object | None = None
    salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an export that does not hold: the line it stands on (from 1), a stable code, a sentence."""

    line: int
    code: str
    text: Text


@dataclass(slots=True)
class Verification:
    """What checking an export found: problems (none = it holds), and what it covers."""

    problems: list[Problem] = field(default_factory=list)
    leaves: int = 0
    erased: int = 0
    checkpoints: int = 0
    root: bytes = b""


def export_lines(origin: str, leaves: Iterable[Leaf], notes: Sequence[tuple[int, str]]) -> Iterator[str]:
    """The lines of an export: `notes` are (size, signed note) in order of size; each line without its line feed."""
    digest = hashlib.sha256()
    lines = 0
    for line in _content(origin, leaves, notes):
        digest.update(line.encode() + b"\n")
        lines += 1
        yield line
    yield canonical_json({"kind": "end", "lines": lines, "sha256": digest.hexdigest()})


def verify_export(
    lines: Iterable[str],
    *,
    origin: str,
    public_key: bytes,
    verify: Verify,
    known: Sequence[Checkpoint] = (),
) -> Verification:
    """Check an export line by line: spelling, order, each event against its leaf, every root and signature.

    `known` are checkpoints held from elsewhere (printed, published, countersigned): only they show that the log's
    end was not cut off together with its last checkpoints.
    """
    reader = _Reader(origin, public_key, verify, known)
    for number, line in enumerate(lines, start=1):
        reader.read(number, line)
    return reader.finish()


def _content(origin: str, leaves: Iterable[Leaf], notes: Sequence[tuple[int, str]]) -> Iterator[str]:
    yield canonical_json({"kind": "head", "format": _FORMAT, "origin": origin})
    waiting = list(notes)
    for index, leaf in enumerate(leaves):
        entry: dict[str, object] = {"kind": "leaf", "index": index, "leaf": leaf.hash.hex()}
        if leaf.salt is not None:
            entry |= {"event": leaf.event, "salt": leaf.salt.hex()}
        yield canonical_json(entry)
        while waiting and waiting[0][0] <= index + 1:
            yield canonical_json({"kind": "checkpoint", "note": waiting.pop(0)[1]})
    for _, note in waiting:
        yield canonical_json({"kind": "checkpoint", "note": note})


class _Reader:
    """Reads an export once, front to back, keeping only the growing edge of the tree."""

    def __init__(self, origin: str, public_key: bytes, verify: Verify, known: Sequence[Checkpoint]) -> None:
        self.origin, self.public_key, self.verify = origin, public_key, verify
        self.known = {(point.size, point.root) for point in known}
        self.known_sizes = {point.size for point in known}
        self.frontier, self.result = Frontier(), Verification()
        self.digest, self.line, self.covered, self.ended = hashlib.sha256(), 0, 0, False
        self._check_known()

    def read(self, number: int, line: str) -> None:
        """Check one line against everything before it."""
        self.line = number
        entry = _parse(line)
        kind = entry.get("kind")
        if self.ended:
            self.problem("log.after_end", _AFTER_END)
        elif number == 1:
            self.head(entry)
        elif kind == "leaf":
            self.leaf(entry)
        elif kind == "checkpoint":
            self.checkpoint(entry)
        elif kind == "end":
            self.end(entry)
        else:
            self.problem("log.unreadable_line", _UNREADABLE)
        self.digest.update(line.encode("utf-8", "surrogatepass") + b"\n")

    def head(self, entry: dict[str, object]) -> None:
        if entry != {"kind": "head", "format": _FORMAT, "origin": self.origin}:
            self.problem("log.other_log", _OTHER_LOG)

    def leaf(self, entry: dict[str, object]) -> None:
        if entry.get("index") != self.frontier.size:
            self.problem("log.order", _ORDER.filled(expected=self.frontier.size))
        stated = _hex(entry.get("leaf"))
        if stated is None or len(stated) != HASH_SIZE:
            self.problem("log.unreadable_line", _UNREADABLE)
            return
        keys = set(entry) - {"kind", "index", "leaf"}
        if not keys:
            self.result.erased += 1
        elif keys != {"event", "salt"} or self._recomputed(entry) != stated:
            self.problem("log.event_changed", _EVENT_CHANGED)
        self.frontier.append(stated)
        self._check_known()

    def checkpoint(self, entry: dict[str, object]) -> None:
        note = entry.get("note")
        point = None
        if isinstance(note, str) and set(entry) == {"kind", "note"}:
            point = open_checkpoint(note, name=self.origin, public_key=self.public_key, verify=self.verify)
        self.result.checkpoints += 1
        if point is None:
            self.problem("log.bad_signature", _BAD_SIGNATURE)
        elif point != Checkpoint(self.origin, self.frontier.size, self.frontier.root()):
            self.problem("log.root", _ROOT.filled(size=point.size))
        else:
            self.covered = point.size

    def end(self, entry: dict[str, object]) -> None:
        self.ended = True
        if entry != {"kind": "end", "lines": self.line - 1, "sha256": self.digest.hexdigest()}:
            self.problem("log.incomplete", _INCOMPLETE)

    def finish(self) -> Verification:
        """Add what can only be seen at the end: a missing end, leaves under no signature, roots never reached."""
        if not self.ended:
            self.problem("log.incomplete", _INCOMPLETE)
        if self.covered != self.frontier.size:
            self.problem("log.unsigned_leaves", _UNSIGNED.filled(n=self.frontier.size - self.covered))
        missing = sorted(size for size in self.known_sizes if size > self.frontier.size)
        if missing:
            self.problem("log.shortened", _SHORTENED.filled(size=missing[-1], now=self.frontier.size))
        self.result.leaves, self.result.root = self.frontier.size, self.frontier.root()
        return self.result

    def problem(self, code: str, text: Text) -> None:
        self.result.problems.append(Problem(self.line, code, text))

    def _check_known(self) -> None:
        size = self.frontier.size
        if size in self.known_sizes and {r for s, r in self.known if s == size} != {self.frontier.root()}:
            self.problem("log.known_root", _KNOWN_ROOT.filled(size=size))

    def _recomputed(self, entry: dict[str, object]) -> bytes | None:
        salt = _hex(entry["salt"])
        try:
            return None if salt is None else event_leaf(salt, entry["event"])
        except (TypeError, UnicodeError):
            return None


def _parse(line: str) -> dict[str, object]:
    """The entry on a line, nothing unless it is the one possible spelling of that entry."""
    try:
        line.encode()
        entry = json.loads(line)
        return entry if isinstance(entry, dict) and canonical_json(entry) == line else {}
    except (ValueError, TypeError, RecursionError):
        return {}


def _hex(value: object) -> bytes | None:
    try:
        raw = bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return raw if raw is not None and raw.hex() == value else None


_UNREADABLE = Text(
    zh="此行无法读取或写法不规范,导出件已被改动或损坏。请重新导出,并与原件比对。",
    en="This line cannot be read or is not spelt as exported: changed or damaged. Export again and compare.",
)
_OTHER_LOG = Text(
    zh="首行不是本县日志的首行。请核对日志名称。",
    en="The first line is not this log's. Check the log's name.",
)
_ORDER = Text(
    zh="此处应为第{expected}条:有条目被删除、插入或调换。",
    en="Entry {expected} should stand here: an entry was removed, put in or moved.",
)
_EVENT_CHANGED = Text(
    zh="事件与当时封存的指纹不符:事件、盐值或指纹已被改动。",
    en="The event does not match the hash sealed at the time: the event, its salt or the hash was changed.",
)
_BAD_SIGNATURE = Text(
    zh="检查点的签名不成立,或写法不规范。请核对公钥。",
    en="The checkpoint's signature does not hold, or it is not spelt as signed. Check the public key.",
)
_ROOT = Text(
    zh="检查点(共{size}条)的根与此前条目算出的不同:条目被改动、删除或调换。",
    en="The checkpoint at {size} entries has another root than the entries before it: some were changed, removed or"
    " moved.",
)
_KNOWN_ROOT = Text(
    zh="前{size}条算出的根与此前公布(或打印)的不同:历史被改写。",
    en="The first {size} entries have another root than the one published or printed before: history was rewritten.",
)
_SHORTENED = Text(
    zh="曾公布过{size}条时的根,导出件却只有{now}条:末尾被截去。",
    en="A root was published at {size} entries but the export holds {now}: its end was cut off.",
)
_UNSIGNED = Text(
    zh="最后{n}条没有签名的检查点覆盖。请等下一个检查点后重新导出。",
    en="The last {n} entries are under no valid signed checkpoint. Export again after the next one.",
)
_INCOMPLETE = Text(
    zh="导出件不完整:缺少结尾行,或行数、总指纹不符。请重新传送。",
    en="The export is not complete: its end line is missing or does not match the lines. Transfer it again.",
)
_AFTER_END = Text(zh="结尾行之后还有内容。", en="There are lines after the end line.")
