"""The event log as a signed Merkle log: a place for every event, a signature over the whole, proofs for anybody.

Writers never wait for each other: events are written without a place and a sequencer gives places afterwards, to
whatever has none yet (not "after the last id": PostgreSQL commits out of order).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import connection, transaction

from jiandi.core.journal import checkpoint as notes
from jiandi.core.journal.export import Leaf, Verification, export_lines, verify_export
from jiandi.core.journal.merkle import HASH_SIZE, Frontier, Tree, event_leaf, verify_inclusion
from jiandi.core.values import Refused, Text
from jiandi.rooms.access import bulk, sealing
from jiandi.rooms.access.models import BatchSubjects, Checkpoint, Event, Installation
from jiandi.rooms.access.recording import spelt, subjects_root, unpacked

SEQUENCER_LOCK = 7_255_113  # PostgreSQL's advisory lock; SQLite has one writer anyway
CHUNK = 50_000


def origin() -> str:
    """Return the log's name, which stands in every checkpoint."""
    found = Installation.objects.filter(pk=1).values_list("origin", flat=True).first()
    return found or "jiandi.local/log"


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sealing.kept_secret("log-signing", 32))


def public_key() -> bytes:
    """Return the 32 bytes with which anybody checks the log's signatures; print and publish them."""
    return _key().public_key().public_bytes_raw()


def sign(message: bytes) -> bytes:
    """Sign something other than the log with the installation's key; the message says what it is in its first line."""
    return _key().sign(message)


def _verify_with(key: bytes) -> notes.Verify:
    opened = Ed25519PublicKey.from_public_bytes(key)

    def verify(message: bytes, signature: bytes) -> bool:
        try:
            opened.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return verify


@transaction.atomic
def checkpoint(*, at: datetime) -> Checkpoint:
    """Give every event without a place its place, and sign the log as it then stands."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEQUENCER_LOCK])
    last = latest()
    frontier = _frontier(last)
    _place_events(frontier)
    if last is not None and frontier.size == last.size:
        return last
    state = notes.Checkpoint(origin(), frontier.size, frontier.root())
    key = _key()
    made = Checkpoint(
        size=state.size,
        root=state.root,
        text=notes.sign_checkpoint(state, public_key=public_key(), sign=key.sign),
        signature=key.sign(state.body().encode()),
        frontier=b"".join(frontier.edge),
        at=at,
    )
    Checkpoint.objects.bulk_create([made])
    return made


def _frontier(last: Checkpoint | None) -> Frontier:
    if last is None:
        return Frontier()
    edge = bytes(last.frontier)
    return Frontier(last.size, [edge[start : start + HASH_SIZE] for start in range(0, len(edge), HASH_SIZE)])


def _place_events(frontier: Frontier) -> None:
    while True:
        waiting = Event.objects.filter(position__isnull=True).order_by("pk").values_list("pk", "leaf")
        rows = list(waiting[:CHUNK])
        if not rows:
            return
        start = frontier.size
        frontier.extend(bytes(leaf) for _, leaf in rows)
        bulk.update(Event, ["position"], [(start + index, pk) for index, (pk, _) in enumerate(rows)])


def latest() -> Checkpoint | None:
    """Return the newest signed state of the log, if there is one."""
    return Checkpoint.objects.order_by("-size").first()


def mark_published(found: Checkpoint, *, at: datetime) -> None:
    """Note that a checkpoint was printed or published; from then on others hold the system to it."""
    Checkpoint.objects.filter(pk=found.pk, published_at__isnull=True).update(published_at=at)


def export(path: Path) -> int:
    """Write the log for anybody to verify: leaves and signatures, no content; returns the number of leaves.

    What an event says stays here: verbs and subjects alone would show who is being helped. Whoever holds an event can
    prove it (see `prove`). The public key goes into `<path>.key`, to be compared with the printed one.
    """
    last = latest()
    size = last.size if last else 0
    found = [(one.size, one.text) for one in Checkpoint.objects.order_by("size")]
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as out:
        for line in export_lines(origin(), _leaves(size), found):
            out.write(line + "\n")
    part.replace(path)
    key_file(path).write_text(_key_text(origin(), public_key()), encoding="utf-8")
    return size


def _leaves(size: int) -> Iterator[Leaf]:
    placed = Event.objects.filter(position__lt=size).order_by("position").values_list("leaf", flat=True)
    for leaf in placed.iterator(chunk_size=CHUNK):
        yield Leaf(bytes(leaf))


def key_file(path: Path) -> Path:
    """Return where an export's public key lies."""
    return path.with_name(f"{path.name}.key")


def _key_text(name: str, key: bytes) -> str:
    return f"{name}\n{base64.b64encode(key).decode()}\n"


def verify(path: Path | None = None, *, known: Sequence[notes.Checkpoint] = ()) -> list[Text]:
    """Check an export offline, or this database when no file is given; nothing found means the log is whole."""
    if path is None:
        return audit()
    return [
        Text(zh=f"第{one.line}行:{one.text.zh}", en=f"Line {one.line}: {one.text.en}")
        for one in examine(path, known=known).problems
    ]


def examine(path: Path, *, known: Sequence[notes.Checkpoint] = ()) -> Verification:
    """Check an export on any machine, without a database; returns what it covers and what does not hold."""
    if not path.is_file():
        raise Refused("log.not_found", Text(zh=f"没有文件“{path}”。", en=f'There is no file "{path}".'))
    try:
        name, key = read_key(key_file(path))
        with path.open(encoding="utf-8", newline="\n") as lines:
            stripped = (line.removesuffix("\n") for line in lines)
            return verify_export(stripped, origin=name, public_key=key, verify=_verify_with(key), known=known)
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused(
            "log.unreadable",
            Text(
                zh=f"“{path.name}”或其公钥文件“{key_file(path).name}”无法读取,请重新导出。",
                en=f'"{path.name}" or its key "{key_file(path).name}" cannot be read; export again.',
            ),
        ) from error


def read_key(path: Path) -> tuple[str, bytes]:
    """Return the name and public key of a log from the file beside its export."""
    if not path.is_file():
        raise Refused(
            "log.no_key",
            Text(
                zh=f"缺少公钥文件“{path.name}”,它与导出件一同生成。",
                en=f'The key "{path.name}" is missing; it is made with the export.',
            ),
        )
    name, key, *_ = path.read_text(encoding="utf-8").split("\n")
    raw = base64.b64decode(key, validate=True)
    if len(raw) != 32:
        raise ValueError("a public key has 32 bytes")
    return name, raw


def audit() -> list[Text]:
    """Recompute every leaf, batch and root of this database from what it says; name whatever does not hold."""
    problems: list[Text] = []
    frontier = Frontier()
    marks = {one.size: one for one in Checkpoint.objects.order_by("size")}
    verify_note = _verify_with(public_key())
    if 0 in marks:
        problems += _check_mark(marks.pop(0), frontier, verify_note)
    for event in Event.objects.filter(position__isnull=False).order_by("position").iterator(chunk_size=CHUNK):
        if event.position != frontier.size:
            problems.append(_gap(frontier.size))
            return problems
        leaf = bytes(event.leaf)
        if event_leaf(bytes(event.salt), spelt(event)) != leaf:
            problems.append(_changed(event))
        frontier.append(leaf)
        if frontier.size in marks:
            problems += _check_mark(marks.pop(frontier.size), frontier, verify_note)
    problems += [_gap(size) for size in marks]
    problems += [_changed(batch.event) for batch in _broken_batches()]
    return problems


def _check_mark(mark: Checkpoint, frontier: Frontier, verify_note: notes.Verify) -> list[Text]:
    stated = notes.open_checkpoint(mark.text, name=origin(), public_key=public_key(), verify=verify_note)
    if (
        stated is not None
        and stated.size == frontier.size
        and stated.root == frontier.root() == bytes(mark.root)
    ):
        return []
    return [
        Text(
            zh=f"前{frontier.size}条的根与当时签名的检查点不符:有事件被改动。",
            en=f"The root of the first {frontier.size} events is not the one signed: an event was changed.",
        )
    ]


def _broken_batches() -> Iterator[BatchSubjects]:
    for batch in BatchSubjects.objects.select_related("event").iterator(chunk_size=100):
        if subjects_root(unpacked(batch), bytes(batch.salt)).hex() != batch.event.payload.get(
            "subjects_root"
        ):
            yield batch


def _gap(position: int) -> Text:
    return Text(zh=f"第{position}条缺失或被调换。", en=f"Event {position} is missing or was moved.")


def _changed(event: Event) -> Text:
    return Text(
        zh=f"第{event.position}条({event.verb})的内容与封存的指纹不符。",
        en=f"Event {event.position} ({event.verb}) does not match the hash sealed at the time.",
    )


def prove(event: Event) -> dict[str, object]:
    """Return what shows anybody that an event stands in the signed log: content, salt, path to the root, signature."""
    last = latest()
    if last is None or event.position is None or event.position >= last.size:
        raise Refused(
            "log.not_signed_yet",
            Text(
                zh="该事件还没有签名,请稍后再试。", en="This event is not signed yet; try again in a minute."
            ),
        )
    tree = Tree(leaf.hash for leaf in _leaves(last.size))
    content = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in spelt(event).items()
    }
    return {
        "event": content,
        "salt": bytes(event.salt).hex(),
        "index": event.position,
        "proof": [part.hex() for part in tree.inclusion_proof(event.position, last.size)],
        "checkpoint": last.text,
    }


def verify_proof(proof: dict[str, object], *, name: str, key: bytes) -> bool:
    """Answer whether a proof made by `prove` holds under the log's public key."""
    given = json.loads(json.dumps(proof))
    state = notes.open_checkpoint(given["checkpoint"], name=name, public_key=key, verify=_verify_with(key))
    if state is None:
        return False
    event = given["event"] | {"at": datetime.fromisoformat(given["event"]["at"])}
    leaf = event_leaf(bytes.fromhex(given["salt"]), event)
    path = [bytes.fromhex(part) for part in given["proof"]]
    return verify_inclusion(leaf, given["index"], state.size, path, state.root)
